-- 第九、十九条 当年应付:在建项目按分年计划的进度款,和当年到期的尾款 · what falls due in a year: progress by the yearly schedule, tranches of the retention
local money_ = require "lib.money"

local purpose = choice { { "progress", "进度款", "Progress" }, { "retention_1", "尾款第一笔", "Retention 1" }, { "retention_2", "尾款第二笔", "Retention 2" },
  { "retention_3", "尾款第三笔", "Retention 3" } }

local function tranches(case, now, add_)
  local f, held, each = case.facts, now.limit("contract.retention_percent"), now.limit("retention.tranche_percent")
  for n = 1, f.final_accepted_on and 3 or 0 do
    local due = later(f.final_accepted_on, now.limit("retention.year_" .. n))
    if year_of(due) == now.parameters.year and not f["tranche_" .. n .. "_paid_on"] then
      for _, c in ipairs(f.contracts or {}) do
        add_ { contract = c.number, contractor = c.contractor_name, purpose = "retention_" .. n, due = due, amount = money_.tranche(c.amount, n, held, each),
          hold = f.payments_frozen and "停付" or f.retention_hold and "暂缓" or not f["tranche_" .. n .. "_payable_on"] and "待审核" or nil }
      end
    end
  end
end

-- 进度款:当年计划投资,不超过扣除尾款后的未付数 · the year's schedule, never more than is unpaid without the retention
local function progress(case, now, add_)
  local f, left = case.facts, 0
  for _, y in ipairs(f.investment_by_year or {}) do if y.year == now.parameters.year then left = left + y.amount end end
  for _, p in ipairs(f.payments or {}) do
    if p.purpose == "progress" and year_of(p.paid_on) == now.parameters.year then left = left - p.amount end
  end
  for _, c in ipairs(f.contracts or {}) do
    local open_ = c.amount - money_.held(c.amount, now.limit("contract.retention_percent")) - money_.paid(case, c.number)
    local amount = math.min(open_, left)
    if amount > 0 then
      left = left - amount
      add_ { contract = c.number, contractor = c.contractor_name, purpose = "progress", amount = amount, hold = f.payments_frozen and "停付" or f.suspended_on and "暂停" or nil }
    end
  end
end

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
    tranches(case, now, add_)
    progress(case, now, add_)
    return rows
  end,
}
