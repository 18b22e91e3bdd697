-- 第九、十九条 当年应付:在建项目按分年计划的进度款,和当年到期的尾款 · what falls due in a year: progress by the yearly schedule, tranches of the retention
-- 报表共用,now 须给出 limit · shared by reports, whose `now` tells the limits
local money_ = require "lib.money"
local dues = {}

local function tranches(case, now, year, add_)
  local f, held, each = case.facts, now.limit("contract.retention_percent"), now.limit("retention.tranche_percent")
  for n = 1, f.final_accepted_on and 3 or 0 do
    local due = later(f.final_accepted_on, now.limit("retention.year_" .. n))
    if year_of(due) == year and not f["tranche_" .. n .. "_paid_on"] then
      for _, c in ipairs(f.contracts or {}) do
        add_ { contract = c.number, contractor = c.contractor_name, purpose = "retention_" .. n, due = due, amount = money_.tranche(c.amount, n, held, each),
          hold = f.payments_frozen and "停付" or f.retention_hold and "暂缓" or not f["tranche_" .. n .. "_payable_on"] and "待审核" or nil }
      end
    end
  end
end

-- 进度款:当年计划投资,不超过扣除尾款后的未付数 · the year's schedule, never more than is unpaid without the retention
local function progress(case, now, year, add_)
  local f, left = case.facts, 0
  for _, y in ipairs(f.investment_by_year or {}) do if y.year == year then left = left + y.amount end end
  for _, p in ipairs(f.payments or {}) do
    if p.purpose == "progress" and year_of(p.paid_on) == year then left = left - p.amount end
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

-- ADD_ 收到每一笔应付 · is given each payment that falls due in YEAR
function dues.of(case, now, year, add_)
  tranches(case, now, year, add_)
  progress(case, now, year, add_)
end

return dues
