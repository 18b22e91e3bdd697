-- 第三十一、三十五条 单位记录:后评价、验收、共享、整改和逾期,与其后续项目审批挂钩 · the record of each unit, which weighs on its later projects
local function bit(condition) return condition and 1 or 0 end

local function overdue(deadlines)
  local n = 0
  for _, d in ipairs(deadlines or {}) do if d.state == "overdue" then n = n + 1 end end
  return n
end

local sums = { "evaluated", "failed", "open_problems", "failed_acceptances", "bans", "suspended", "extra_notices", "overdue", "investment" }

return report "unit_record" {
  title = { zh = "单位记录", en = "Record of the units" }, articles = { 31, 35, 14, 28, 45 }, by = { "bureau", "center", "drc", "finance", "audit" }, kind = "project",
  parameters = { { "since", date, zh = "自何日起立项的", en = "Declared since", optional = true } },
  columns = {
    { "unit", zh = "单位", en = "Unit" }, { "projects", int, zh = "项目数", en = "Projects" }, { "investment", money, zh = "总投资", en = "Investment" },
    { "evaluated", int, zh = "已后评价", en = "Evaluated" }, { "failed", int, zh = "后评价不合格", en = "Evaluations failed" },
    { "open_problems", int, zh = "后评价问题未整改", en = "Problems open" }, { "failed_acceptances", int, zh = "验收不合格次数", en = "Failed acceptances" },
    { "bans", int, zh = "未共享的系统", en = "Systems that do not share" }, { "suspended", int, zh = "暂停中的项目", en = "Suspended" },
    { "extra_notices", int, zh = "再次补正通知", en = "Further correction notices" }, { "overdue", int, zh = "逾期事项", en = "Overdue" },
    { "standing", choice { { "banned", "不得新建(第三十五条)", "May not build (art. 35)" }, { "weighs", "后续审批须写明考虑(第三十一条)", "Weighs on approvals (art. 31)" },
      { "clean", "无不良记录", "Clean" } }, zh = "对后续审批的影响", en = "Bearing on later approvals" },
  },
  group = { by = { "unit" }, sum = sums, count = "projects" },
  order = { "-bans", "-failed", "-open_problems", "-failed_acceptances", "unit" }, totals = { "projects", "bans", "failed", "open_problems", "failed_acceptances", "investment" },
  row = function(case, now)
    local f, unit, since = case.facts, now.units[case.unit], now.parameters.since
    if since and (not f.declared_on or f.declared_on < since) then return nil end
    return { unit = unit and unit.zh or case.unit, investment = f.investment, evaluated = bit(f.evaluated_on), failed = bit(f.evaluation_result == "failed"),
      open_problems = bit(f.evaluation_result == "passed_with_problems" and not f.evaluation_settled_on), failed_acceptances = f.acceptance_failures or 0,
      bans = bit(f.sharing_ban_on), suspended = bit(f.suspended_on), extra_notices = #(f.extra_notices or {}), overdue = overdue(now.deadlines[case.id]) }
  end,
  finish = function(rows)
    local out = {}
    for i, row in ipairs(rows) do
      local copy = {}
      for key, value in pairs(row) do copy[key] = value end
      copy.standing = row.bans > 0 and "banned" or row.failed + row.open_problems + row.failed_acceptances + row.suspended > 0 and "weighs" or "clean"
      out[i] = copy
    end
    return out
  end,
}
