-- 第六、七条 年度计划:已列入当年计划(含增补)的项目,按建设单位 · the yearly plan and its supplement, unit by unit

local function open_stages(case, now)
  local names = {}
  for name, s in pairs(case.stages) do
    if s.state == "open" then names[#names + 1] = now.titles[name] and now.titles[name].zh or name end
  end
  return case.ended and "已了结" or table.concat(names, "、")
end

return report "yearly_plan" {
  title = { zh = "年度计划", en = "Yearly plan" }, articles = { 6, 7 },
  by = { "bureau", "center", "drc", "finance", "audit", "leading_group", "government" }, kind = "project",
  parameters = { { "plan_year", int, zh = "计划年度", en = "Plan year", min = 2022, max = 2100, example = 2024 } },
  columns = {
    { "unit", zh = "建设单位", en = "Unit" }, { "title", zh = "项目名称", en = "Project" },
    { "category", choice { { "infrastructure", "信息化基础设施", "Infrastructure" }, { "software", "软件开发", "Software" },
      { "maintenance", "系统运维", "Operation and maintenance" }, { "operation", "运营服务", "Operation services" } }, zh = "项目类别", en = "Category" },
    { "plan_kind", choice { { "yearly", "年度计划", "Yearly plan" }, { "supplementary", "年度增补计划", "Supplementary plan" } }, zh = "计划种类", en = "Kind of plan" },
    { "plan_entered_on", date, zh = "列入计划日期", en = "In the plan since" },
    { "investment", money, zh = "总投资", en = "Investment" }, { "this_year", money, zh = "其中当年投资", en = "Of it this year" },
    { "stage", zh = "现处环节", en = "Where it stands" },
  },
  order = { "unit", "-investment" }, totals = { "investment", "this_year" },
  row = function(case, now)
    local f, unit, year = case.facts, now.units[case.unit], now.parameters.plan_year
    if not f.plan_entered_on or f.plan_year ~= year then return nil end
    local this_year = 0
    for _, y in ipairs(f.investment_by_year or {}) do if y.year == year then this_year = this_year + y.amount end end
    return { unit = unit and unit.zh or case.unit, title = case.title, category = f.category, plan_kind = f.plan_kind, plan_entered_on = f.plan_entered_on,
      investment = f.investment, this_year = this_year, stage = open_stages(case, now) }
  end,
}
