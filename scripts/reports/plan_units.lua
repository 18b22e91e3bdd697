-- 第六条 列入年度计划的投资,按单位和资金来源 · what is in the plan, by unit and by source of money
return report "plan_units" {
  title = { zh = "按单位和资金来源", en = "By unit and source" }, articles = { 6 },
  by = { "bureau", "center", "drc", "finance", "audit", "leading_group", "government" }, kind = "project", room = "plan",
  parameters = { { "plan_year", int, zh = "计划年度", en = "Plan year", min = 2022, max = 2100, example = 2024 } },
  columns = {
    { "unit", zh = "建设单位", en = "Unit" }, { "source", choice { { "city", "市级财政资金", "City budget" }, { "county", "区县财政资金", "County budget" }, { "provincial", "省级资金", "Provincial money" },
      { "central", "国家资金", "State money" }, { "own", "单位自筹", "The unit's own money" }, { "social", "社会资本", "Private capital" } }, zh = "资金来源", en = "Source" }, { "amount", money, zh = "金额", en = "Amount" }, { "projects", int, zh = "项目数", en = "Projects" },
  },
  group = { by = { "unit", "source" }, sum = { "amount" }, count = "projects" }, order = { "unit", "-amount" }, totals = { "amount" },
  row = function(case, now)
    local f, unit, rows = case.facts, now.units[case.unit], {}
    if f.plan_year ~= now.parameters.plan_year or not f.plan_entered_on then return nil end
    for i, s in ipairs(f.funding_sources or {}) do
      rows[i] = { unit = unit and unit.zh or case.unit, source = s.source, amount = s.amount }
    end
    return rows
  end,
}
