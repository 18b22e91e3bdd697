-- 第六、七条 一个年度的项目:列入、增补、待列、调出、缓列,连同理由 · the projects of a year: in the plan, added, waiting, struck, deferred, each with its reason
local standing = choice { { "yearly", "列入年度计划", "In the plan" }, { "supplementary", "增补列入", "In the supplement" }, { "waiting", "待列入", "Waiting" },
  { "struck", "调出", "Struck" }, { "deferred", "缓列", "Deferred" } }

local sources = { city = true, county = true }

-- 该年度最近一次调出、缓列 · the latest decision of that year against it
local function note_of(case, year)
  local found
  for _, n in ipairs(case.facts.plan_notes or {}) do if n.year == year then found = n end end
  return found
end

local function money_of(case, row)
  row.investment, row.city, row.county, row.other = case.facts.investment, 0, 0, 0
  for _, s in ipairs(case.facts.funding_sources or {}) do
    local column = sources[s.source] and s.source or "other"
    row[column] = row[column] + s.amount
  end
end

return report "plan_projects" {
  title = { zh = "列入、调出、缓列的项目", en = "Projects in the plan, struck and deferred" }, articles = { 6, 7 },
  by = { "bureau", "center", "drc", "finance", "audit", "leading_group", "government" }, kind = "project", room = "plan",
  parameters = { { "plan_year", int, zh = "计划年度", en = "Plan year", min = 2022, max = 2100, example = 2024 } },
  columns = {
    { "standing", standing, zh = "情况", en = "Standing" }, { "unit", zh = "建设单位", en = "Unit" }, { "title", zh = "项目名称", en = "Project" },
    { "investment", money, zh = "总投资", en = "Investment" }, { "city", money, zh = "市级财政", en = "City" }, { "county", money, zh = "区县财政", en = "County" },
    { "other", money, zh = "其他来源", en = "Other sources" }, { "on", date, zh = "日期", en = "On" }, { "reason", zh = "理由", en = "Reason" },
  },
  order = { "standing", "unit", "-investment" }, totals = { "investment", "city", "county", "other" },
  row = function(case, now)
    local f, year, unit = case.facts, now.parameters.plan_year, now.units[case.unit]
    local row, note = { unit = unit and unit.zh or case.unit, title = case.title }, note_of(case, year)
    if f.plan_year == year and f.plan_entered_on then
      row.standing, row.on = f.plan_kind, f.plan_entered_on
    elseif note then
      row.standing, row.on, row.reason = note.decision, note.on, note.reason
    elseif f.plan_year == year and case.stages.planning and case.stages.planning.state == "open" then
      row.standing = "waiting"
    else
      return nil
    end
    money_of(case, row)
    return row
  end,
}
