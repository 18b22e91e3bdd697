-- 金额一律以分计的整数 · whole fen everywhere
local conditions = require "lib.conditions"
local common = require "lib.common"
local oversight = require "lib.oversight"
local money_ = {}

-- 第十九条:尾款不足一分的向上取整,因此预留不少于15%,竣工验收前付款不超过85%
-- What is held back is rounded up to a whole fen: never less than 15% is held, never more than 85% is paid before.
function money_.held(amount, percent_) return (amount * percent_ + 99) // 100 end

-- 第一、二笔各5%,不足一分的舍去;第三笔取余数,三笔之和恰为预留的尾款
-- Tranches 1 and 2 are 5% rounded down; the third takes the remainder, so that the three are exactly what is held.
function money_.tranche(amount, n, held_percent, tranche_percent)
  local each = amount * tranche_percent // 100
  if n < 3 then return each end
  return money_.held(amount, held_percent) - 2 * each
end

function money_.contract(case, number)
  for i, c in ipairs(case.facts.contracts or {}) do if c.number == number then return c, i end end
end

-- 某合同已付的进度款 · progress money paid on a contract
function money_.paid(case, number)
  local total = 0
  for _, p in ipairs(case.facts.payments or {}) do
    if p.contract == number and p.purpose == "progress" then total = total + p.amount end
  end
  return total
end

-- 各级门槛 · the thresholds that decide which path a project takes
local marks = {
  { limit = "declaration.exempt_up_to", article = 8, above = 1 }, -- 恰为50万元的已是小额 · exactly 500,000 is small already
  { limit = "scheme_review.meeting_from", article = 11 }, { limit = "final_acceptance.full_path", article = 26 },
  { limit = "prelim_design.professional_from", article = 10 }, { limit = "prelim_design.study_from", article = 10 },
}

-- 批复数降到某一门槛之下时,须写明理由,不得悄悄转入较简的程序
-- When a newly approved total falls below a threshold, a reason is due: a path is never left silently for a lighter one.
function money_.lighter(case, amount, reason, now)
  if reason then return end
  for _, mark in ipairs(marks) do
    local line = now.limit(mark.limit)
    local first = line + (mark.above or 0)
    if case.facts.investment >= first and amount < first then
      return refuse { article = mark.article, code = "path.lighter", field = "lighter_reason",
        zh = ("金额由%s降到%s,低于%s的门槛,以后的程序会变简:请在“金额降低的理由”中写明理由,再提交"):format(
          money_text(case.facts.investment), money_text(amount), money_text(line)),
        en = ("The total falls from %s to %s, below the threshold of %s, and later steps become lighter: give the reason for the lower total"):format(
          common.yuan(case.facts.investment), common.yuan(amount), common.yuan(line)) }
    end
  end
end

function money_.lighter_field()
  return { "lighter_reason", text, zh = "金额降低的理由", en = "Reason for the lower total", optional = true,
    help = { zh = "只有金额降到{declaration.exempt_up_to|money}、{scheme_review.meeting_from|money}、{prelim_design.professional_from|money}、{prelim_design.study_from|money}等门槛之下时才需要", en = "Only when the total falls below a threshold ({declaration.exempt_up_to|money}, {scheme_review.meeting_from|money}, {prelim_design.professional_from|money}, {prelim_design.study_from|money})" } }
end

-- 每一关批准的数成为总投资 · the amount approved at a gate becomes the total investment
function money_.approved(case, amount, gate, reason, now)
  return { set("investment", amount),
    append("investment_history", { on = now.date, gate = gate, from = case.facts.investment, to = amount, reason = reason }) }
end

-- 第二十八条:付款已停 · payments are frozen
function money_.frozen(case)
  if case.facts.payments_frozen then
    return refuse { article = 28, code = "payment.frozen", zh = "项目拒不整改或再次验收不合格,剩余款项不予支付:整改并通过验收后才能付款",
      en = "Correction was refused or acceptance failed again: nothing further is paid until the project is corrected and accepted" }
  end
end

-- 各合同现在还可付的进度款之和,供规则变动的预演 · what may still be paid on all contracts now, for the plan of a change of rules
local function payable_now(case, now)
  local percent_, total = now.limit("contract.retention_percent"), 0
  for _, c in ipairs(case.facts.contracts or {}) do
    local left = c.amount - money_.held(c.amount, percent_) - money_.paid(case, c.number)
    if left > 0 then total = total + left end
  end
  return total
end

-- 合同付款(进度款):竣工验收前后都以扣除尾款后的数为限
function money_.pay()
  return { by = { "finance", "builder" }, order = 70, articles = { 19, 4 }, title = { zh = "支付合同进度款", en = "Pay on a contract" },
    help = { zh = "累计不超过合同款扣除{contract.retention_percent}%尾款后的数;尾款在“尾款”环节办理",
      en = "Never more in all than the contract less the {contract.retention_percent}% held back; that part has its own stage" },
    form = {
      { "contract", text, zh = "合同编号", en = "Contract number", max = 60, example = "HT-001" },
      { "amount", money, zh = "本次支付", en = "Amount paid now", min = 1, example = wan(10) },
      { "note", text, zh = "付款事由", en = "What it is for", optional = true },
    },
    guard = { money_.frozen, oversight.suspended, conditions.block "payment" }, pays = payable_now, final = true,
    check = function(case, given, now)
      local c = money_.contract(case, given.contract)
      if not c then
        return refuse { article = 25, code = "payment.contract", field = "contract", zh = "没有这个编号的合同:请按“合同签订”环节登记的编号填写",
          en = "There is no contract with this number: use the number given when it was signed" }
      end
      local percent_ = now.limit("contract.retention_percent")
      local most = c.amount - money_.held(c.amount, percent_)
      local paid = money_.paid(case, given.contract)
      if paid + given.amount > most then
        return refuse { article = 19, code = "payment.retention", field = "amount",
          zh = ("该合同款%s须预留%d%%尾款,进度款最多%s,已付%s,本次最多可付%s"):format(
            money_text(c.amount), percent_, money_text(most), money_text(paid), money_text(most - paid)),
          en = ("%d%% of the contract is held back: at most %s may be paid of it, %s are paid, so at most %s now"):format(percent_, common.yuan(most),
            common.yuan(paid), common.yuan(most - paid)) }
      end
    end,
    effect = { append("payments", { contract = input "contract", amount = input "amount", paid_on = today, purpose = "progress",
      note = input "note" }) } }
end

money_.sum = common.sum
return money_
