-- 第十八、二十三条 项目台账:一个项目一行,从申报到付款 · the ledger: one line a project, from declaration to payment

local function paid(case)
  local sum = 0
  for _, p in ipairs(case.facts.payments or {}) do sum = sum + p.amount end
  return sum
end

return report "ledger" {
  title = { zh = "项目台账", en = "Ledger of projects" }, articles = { 18, 23 },
  by = { "bureau", "center", "drc", "finance", "audit", "builder" }, kind = "project",
  parameters = {
    { "plan_year", int, zh = "计划年度", en = "Plan year", min = 2022, max = 2100, optional = true },
    { "ended", bool, zh = "已办结", en = "Ended", optional = true },
  },
  columns = {
    { "title", zh = "项目名称", en = "Project" },
    { "unit", zh = "建设单位", en = "Unit" },
    { "category", choice { { "infrastructure", "信息化基础设施", "Infrastructure" }, { "software", "软件开发", "Software" },
      { "maintenance", "系统运维", "Operation and maintenance" }, { "operation", "运营服务", "Operation services" } }, zh = "项目类别", en = "Category" },
    { "plan_year", int, zh = "计划年度", en = "Plan year" },
    { "declared_investment", money, zh = "申报总投资", en = "As declared" },
    { "investment", money, zh = "总投资(最近一次批准的数)", en = "Investment" },
    { "approved_on", date, zh = "批复日期", en = "Approved on" },
    { "contract_amount", money, zh = "合同款合计", en = "Contracts" },
    { "paid", money, zh = "已付", en = "Paid" },
    { "unpaid", money, zh = "未付", en = "Unpaid" },
    { "completed_on", date, zh = "建成日期", en = "Built on" },
    { "final_accepted_on", date, zh = "竣工验收日期", en = "Finally accepted on" },
    { "ended", date, zh = "办结日期", en = "Ended on" },
  },
  totals = { "declared_investment", "investment", "contract_amount", "paid", "unpaid" },
  row = function(case, now)
    local f, wanted, unit = case.facts, now.parameters, now.units[case.unit]
    if wanted.plan_year and f.plan_year ~= wanted.plan_year then return nil end
    if wanted.ended ~= nil and wanted.ended ~= (case.ended ~= nil) then return nil end
    local out = paid(case)
    return { title = case.title, unit = unit and unit.zh or case.unit, category = f.category, plan_year = f.plan_year,
      declared_investment = f.declared_investment, investment = f.investment, approved_on = f.approved_on, contract_amount = f.contract_amount,
      paid = out, unpaid = f.contract_amount and f.contract_amount - out, completed_on = f.completed_on, final_accepted_on = f.final_accepted_on,
      ended = case.ended }
  end,
}
