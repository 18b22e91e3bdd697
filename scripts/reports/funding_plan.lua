-- 第九条 年度资金计划:按单位、按季度;每个数都列出其项目 · the yearly funding plan by unit and quarter, each figure with its projects
return report "funding_plan" {
  title = { zh = "年度资金计划(按单位、季度)", en = "Yearly funding plan by unit and quarter" }, articles = { 9 },
  by = { "bureau", "finance", "drc", "audit", "leading_group", "government" }, kind = "funding",
  parameters = { { "year", int, zh = "年度", en = "Year", min = 2022, max = 2100, example = 2024 },
    { "passed", bool, zh = "只列已审定的", en = "Only what was passed", optional = true } },
  columns = {
    { "unit", zh = "单位", en = "Unit" }, { "quarter", int, zh = "季度(0:未分季度)", en = "Quarter (0: not by quarter)" },
    { "new", money, zh = "当年计划项目", en = "This year's plan" }, { "earlier", money, zh = "以前年度项目", en = "Earlier projects" },
    { "operation", money, zh = "运行维护", en = "Operations" }, { "subsidy", money, zh = "建成奖补", en = "Subsidies" },
    { "amount", money, zh = "合计", en = "Sum" }, { "lines", int, zh = "笔数", en = "Lines" },
  },
  group = { by = { "unit", "quarter" }, sum = { "new", "earlier", "operation", "subsidy", "amount" }, count = "lines" },
  order = { "unit", "quarter" }, totals = { "new", "earlier", "operation", "subsidy", "amount" },
  row = function(case, now)
    if case.facts.year ~= now.parameters.year or now.parameters.passed and not case.facts.passed_on then return nil end
    local rows = {}
    for i, line in ipairs(case.facts.lines or {}) do
      rows[i] = { case = line.project, unit = line.unit or "—", quarter = line.quarter or 0, [line.purpose] = line.amount, amount = line.amount }
    end
    return rows
  end,
  finish = function(rows, now)
    local out = {}
    for i, row in ipairs(rows) do
      local copy, unit = {}, now.units[row.unit]
      for key, value in pairs(row) do copy[key] = value end
      copy.unit = unit and unit.zh or row.unit
      out[i] = copy
    end
    return out
  end,
}
