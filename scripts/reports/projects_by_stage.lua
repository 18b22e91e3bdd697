-- 第十八、二十三条 在办项目按环节:逾期的在前,其后按环节 · running projects, the overdue first, then by stage

-- 逾期最久的一项,没有逾期的取最早到期的;日期已到即可办理的不算期限 · the one overdue longest, else the one that comes first; dates that merely open something are none
local function first(deadlines)
  local best
  for _, d in ipairs(deadlines or {}) do
    local late, best_late = d.state == "overdue", best and best.state == "overdue"
    if d.due and d.nature ~= "opens" and (not best or late and not best_late or late == best_late and d.due < best.due) then best = d end
  end
  return best
end

local function open_stages(case, now)
  local names = {}
  for name, s in pairs(case.stages) do
    if s.state == "open" then names[#names + 1] = now.titles[name] and now.titles[name].zh or name end
  end
  return table.concat(names, "、")
end

return report "projects_by_stage" {
  title = { zh = "在办项目分环节情况", en = "Running projects by stage" }, articles = { 18, 23 },
  by = { "bureau", "center", "drc", "finance", "audit", "builder" }, kind = "project",
  parameters = { { "plan_year", int, zh = "计划年度", en = "Plan year", min = 2022, max = 2100, optional = true } },
  columns = {
    { "overdue_days", int, zh = "逾期天数", en = "Days overdue" },
    { "stage", zh = "环节", en = "Stage" },
    { "title", zh = "项目名称", en = "Project" },
    { "unit", zh = "建设单位", en = "Unit" },
    { "plan_year", int, zh = "计划年度", en = "Plan year" },
    { "investment", money, zh = "总投资", en = "Investment" },
    { "due", date, zh = "最近期限", en = "Next deadline" },
    { "what", zh = "期限事项", en = "What falls due" },
  },
  order = { "-overdue_days", "stage", "due" }, totals = { "investment" },
  row = function(case, now)
    local year = now.parameters.plan_year
    if case.ended or year and case.facts.plan_year ~= year then return nil end
    local d, unit = first(now.deadlines[case.id]), now.units[case.unit]
    local late = d and d.state == "overdue"
    return { stage = open_stages(case, now), title = case.title, unit = unit and unit.zh or case.unit, plan_year = case.facts.plan_year,
      investment = case.facts.investment, due = d and d.due, what = d and d.title.zh, overdue_days = late and -d.left_days or 0 }
  end,
}
