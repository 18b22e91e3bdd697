-- 第十九至二十一条 建设合同登记表:本级签订的和各区县分签的相同 · the form of a construction contract, the same for a county's separate one
local contracts = {}

function contracts.form()
  return {
    { "number", text, zh = "合同编号", en = "Contract number", max = 60, example = "HT-001" },
    { "contractor", entry "contractors", zh = "承建单位", en = "Contractor", example = "C001" },
    { "contractor_name", text, zh = "承建单位名称", en = "Contractor's name", max = 120 },
    { "amount", money, zh = "合同款", en = "Amount", min = 1, example = wan(30) },
    { "signed_on", date, zh = "签订日期", en = "Signed on" },
    { "retention_percent", percent, zh = "预留尾款比例(%)", en = "Held back (%)", example = 15 },
    { "termination_clause", bool, zh = "有终止条款", en = "Holds a termination clause", example = true },
    { "operation_years", int, zh = "运维期(年)", en = "Years of operations", min = 0, max = 20, example = 3 },
    { "operation_rule", text, zh = "少于{contract.operation_years_at_least}年的依据", en = "Rule for fewer than {contract.operation_years_at_least} years", optional = true },
    { "small_enterprise", bool, zh = "承建单位为中小企业", en = "The contractor is a small enterprise", optional = true },
  }
end

return contracts
