-- 第九、十九条 当年应付:在建项目按分年计划的进度款,和当年到期的尾款 · what falls due in a year: progress by the yearly schedule, tranches of the retention
local dues = require "lib.dues"

local purpose = choice { { "progress", "进度款", "Progress" }, { "retention_1", "尾款第一笔", "Retention 1" }, { "retention_2", "尾款第二笔", "Retention 2" },
  { "retention_3", "尾款第三笔", "Retention 3" } }

return report "payments_due" {
  title = { zh = "当年应付款", en = "Payments due in a year" }, articles = { 9, 19 },
  by = { "bureau", "finance", "audit", "builder" }, kind = "project",
  parameters = { { "year", int, zh = "年度", en = "Year", min = 2022, max = 2100, example = 2024 } },
  columns = {
    { "unit", zh = "建设单位", en = "Unit" }, { "title", zh = "项目名称", en = "Project" }, { "contract", zh = "合同编号", en = "Contract" },
    { "contractor", zh = "承建单位", en = "Contractor" }, { "purpose", purpose, zh = "用途", en = "Purpose" },
    { "due", date, zh = "届满日期", en = "Falls due on" }, { "amount", money, zh = "金额", en = "Amount" }, { "hold", zh = "未能支付的原因", en = "What holds it" },
  },
  order = { "due", "unit", "title", "contract" }, totals = { "amount" },
  row = function(case, now)
    if case.ended then return nil end
    local rows, unit = {}, now.units[case.unit]
    local function add_(row)
      row.unit, row.title = unit and unit.zh or case.unit, case.title
      rows[#rows + 1] = row
    end
    dues.of(case, now, now.parameters.year, add_)
    return rows
  end,
}
