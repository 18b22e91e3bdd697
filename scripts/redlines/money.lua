-- 第十九至二十四、二十八条 合同和付款 · contracts and payments
local lines = require "lib.lines"

local function no(zh, en) return crossed { article = 19, zh = zh, en = en } end

local function contract_of(f, number) for _, c in ipairs(f.contracts or {}) do if c.number == number then return c end end end

local function paid_on(f, number)
  local total = 0
  for _, p in ipairs(f.payments or {}) do if p.contract == number then total = total + p.amount end end
  return total
end

-- 竣工验收后满了几年 · how many full years since final acceptance
local function years_over(f, step)
  local n = 0
  while n < 3 and lines.over(f.final_accepted_on, step.base_limit("retention.year_" .. n + 1), step.date) do n = n + 1 end
  return n
end

local before = redline "never_more_than_85_percent" {
  kind = "project", articles = { 19 }, touches = { "payments" },
  title = { zh = "竣工验收前付款不超过合同款的85%,以后逐年各5%", en = "Never more than 85% before final acceptance, then 5% a year" },
  why = { zh = "15%的尾款是唯一的质保,不论叫什么名目都不能先付", en = "The 15% held back is the only hold on quality, whatever a payment is called" },
  step = function(_, step)
    local f = step.after.facts
    for _, p in ipairs(lines.added(step, "payments")) do
      local c, paid = contract_of(f, p.contract), paid_on(f, p.contract)
      local n = years_over(f, step)
      if not c then return no(("没有编号为%s的合同,却付了款"):format(p.contract), ("Money was paid on contract %s, which is not there"):format(p.contract)) end
      local most = 100 - step.base_limit "contract.retention_percent" + n * step.base_limit "retention.tranche_percent"
      if n < 3 and paid * 100 > c.amount * most or paid > c.amount then
        return no(("合同款%s,竣工验收后满%d年,累计已付%s,超过%d%%"):format(money_text(c.amount), n, money_text(paid), most),
          ("%s of a contract of %s are paid, %d full year(s) after final acceptance: more than %d%%"):format(money_text(paid), money_text(c.amount), n, most))
      end
    end
  end,
}

-- 后评价合格,有问题的已报告整改 · evaluated and passed, and what was found is reported fixed
local function evaluated(f)
  local clean = f.evaluation_result == "passed"
  local fixed = f.evaluation_result == "passed_with_problems" and f.problems_fixed_report_on ~= nil
  return f.evaluated_on ~= nil and f.evaluation_settled_on ~= nil and (clean or fixed)
end

local function assessed(f, n)
  local result
  for _, a in ipairs(f.assessments_yearly or {}) do if a.year == n then result = a.result end end
  return result == "passed"
end

local retention = redline "retention_after_acceptance" {
  kind = "project", articles = { 19, 31 }, touches = { "payments" },
  title = { zh = "尾款在竣工验收满年且评价(考核)合格之后", en = "Retention only after acceptance + n years and a passed evaluation" },
  why = { zh = "尾款早付一天、不看评价就付,质保就没有了", en = "Paid a day early, or without the evaluation, the hold on quality is gone" },
  step = function(_, step)
    local f = step.after.facts
    for _, p in ipairs(lines.added(step, "payments")) do
      local n = math.tointeger(tonumber(p.purpose:match("^retention_(%d)$")))
      if n and not lines.over(f.final_accepted_on, years(n), step.date) then
        return no(("竣工验收(%s)未满%d年,就支付了第%d笔尾款%s"):format(f.final_accepted_on or "尚无", n, n, money_text(p.amount)),
          ("Tranche %d was paid before %d year(s) after final acceptance (%s) were over"):format(n, n, f.final_accepted_on or "none"))
      elseif n == 1 and not evaluated(f) then
        return no("后评价尚未合格(或问题未整改到位),就支付了第一笔尾款", "The first tranche was paid without a passed post-evaluation with its problems fixed")
      elseif n and n > 1 and not assessed(f, n) then
        return no(("第%d年考核没有合格,就支付了第%d笔尾款"):format(n, n), ("Tranche %d was paid without that year's passed assessment"):format(n))
      end
    end
  end,
}

local kept = redline "payments_are_never_unwritten" {
  kind = "project", articles = { 4, 19 }, touches = { "payments", "investment_history" },
  title = { zh = "付款、总投资变动的记录只增不改", en = "What was paid stays on record" },
  why = { zh = "抹掉一笔付款,就能再付一笔", en = "Whoever can unwrite a payment can pay it twice" },
  step = function(_, step)
    for _, name in ipairs { "payments", "investment_history" } do
      local was, now_ = lines.before(step, name) or {}, step.after.facts[name] or {}
      if step.touched[name] and (#now_ < #was or #now_ - #was ~= #lines.added(step, name)) then
        return crossed { article = 4, zh = ("已有的记录(%s)被改动或删去了"):format(name), en = ("What was on record (%s) was changed or taken away"):format(name) }
      end
    end
  end,
}

local stopped = redline "nothing_paid_after_the_end" {
  kind = "project", articles = { 20, 28, 45 }, touches = { "payments" },
  title = { zh = "终止、停付、暂停期间不再付款", en = "Nothing is paid after termination, a freeze or a suspension" },
  why = { zh = "停付是对拒不整改的唯一约束;终止了的项目没有可付的款", en = "The freeze is the only answer to a refusal to correct; a terminated project has nothing to pay" },
  step = function(_, step)
    if #lines.added(step, "payments") == 0 then return end
    local f = step.before and step.before.facts or {}
    local what = f.terminated_on and { 20, "终止", "terminated" } or f.payments_frozen and { 28, "停付", "frozen" } or f.suspended_on and { 45, "暂停", "suspended" }
    if what then
      return crossed { article = what[1], zh = ("项目已%s,仍然付了款"):format(what[2]), en = ("The project is %s and money was paid all the same"):format(what[3]) }
    end
  end,
}

local frozen = redline "frozen_until_accepted" {
  kind = "project", articles = { 28 }, touches = { "acceptance_failures", "payments_frozen" },
  title = { zh = "再次不合格即停付,通过验收才恢复", en = "Failed again: frozen until accepted" },
  why = { zh = "整改后仍不合格的,财政不再付剩余款项", en = "What fails again after correction is paid nothing further" },
  step = function(_, step)
    local f = step.after.facts
    if lines.wrote(step, "acceptance_failures") and f.acceptance_failures > 1 and not f.payments_frozen then
      return crossed { article = 28, zh = ("第%d次验收不合格,剩余款项没有停付"):format(f.acceptance_failures), en = "Acceptance failed again and payments were not frozen" }
    elseif lines.before(step, "payments_frozen") and not f.payments_frozen and not lines.wrote(step, "final_accepted_on") then
      return crossed { article = 28, zh = "没有通过验收,就恢复了付款", en = "Payments were set free without an acceptance" }
    end
  end,
}

-- 新登记的合同(变更旧合同的金额不算) · contracts newly on record; a change of an old one's amount is none
local function signed(step)
  local out = {}
  for _, c in ipairs(lines.added(step, "contracts")) do
    if not (step.before and contract_of(step.before.facts, c.number)) then out[#out + 1] = c end
  end
  return out
end

local terms = redline "contract_terms" {
  kind = "project", articles = { 19, 20, 21 }, touches = { "contracts" },
  title = { zh = "合同预留15%、有终止条款、运维不少于3年", en = "A contract holds back 15%, can be ended, and covers 3 years of operations" },
  why = { zh = "合同里没有的,以后就要不到", en = "What the contract does not say cannot be asked for later" },
  step = function(_, step)
    for _, c in ipairs(signed(step)) do
      if (step.input.retention_percent or 0) < step.base_limit("contract.retention_percent") then
        return crossed { article = 19, zh = ("合同%s预留尾款不足15%%(或没有写明)"):format(c.number), en = ("Contract %s holds back less than 15%%, or does not say"):format(c.number) }
      elseif not step.input.termination_clause then
        return crossed { article = 20, zh = ("合同%s没有终止条款"):format(c.number), en = ("Contract %s has no clause of termination"):format(c.number) }
      elseif (c.operation_years or 0) < step.base_limit("contract.operation_years_at_least") and (c.operation_rule or "") == "" then
        return crossed { article = 21, zh = ("合同%s的运维期不足3年,又没有依据"):format(c.number), en = ("Contract %s covers fewer than 3 years of operations and names no rule for it"):format(c.number) }
      end
    end
  end,
}

local within = redline "contracts_within_the_approval" {
  kind = "project", articles = { 22 }, touches = { "contracts" },
  title = { zh = "合同不超批准的总投资,追加不超10%", en = "Contracts stay within the approved total, supplements within 10%" },
  why = { zh = "批多少建多少;追加超过10%的须另行采购", en = "Built as approved; a supplement above 10% is procured anew" },
  step = function(_, step)
    if not step.touched.contracts then return end
    local total, f = 0, step.after.facts
    for _, c in ipairs(f.contracts or {}) do
      total = total + c.amount
      if c.signed_amount and (c.amount - c.signed_amount) * 100 > c.signed_amount * step.base_limit("change.supplement_percent") then
        return crossed { article = 22, zh = ("合同%s追加累计超过原合同款的10%%"):format(c.number), en = ("Supplements to contract %s pass 10%% of it"):format(c.number) }
      end
    end
    if total > f.investment then
      return crossed { article = 22, zh = ("合同合计%s,超过批准的总投资%s"):format(money_text(total), money_text(f.investment)), en = "The contracts exceed the approved total" }
    end
  end,
}

local supervised = redline "supervised_and_filed" {
  kind = "project", articles = { 24, 25, 8 }, touches = { "contracts_complete_on" },
  title = { zh = "签约之后有监理、须报备", en = "Once contracted: supervised and filed" },
  why = { zh = "监理和报备是开工后唯一的外部眼睛", en = "Supervision and filing are the only eyes from outside once work begins" },
  step = function(_, step)
    if not lines.wrote(step, "contracts_complete_on") then return end
    if step.after.facts.investment > step.base_limit("contract.supervision_above") and not step.after.facts.supervision_signed_on then
      return crossed { article = 24, zh = "超过50万元的项目,没有监理合同就进入建设", en = "A project above 500,000 went to construction without a supervision contract" }
    elseif not is_open(step.after, "filing") and not step.after.facts.filed_on then
      return crossed { article = 25, zh = "合同签订完毕,没有进入报备", en = "The contracts are signed and nothing asks for their filing" }
    end
  end,
}

return { before, retention, kept, stopped, frozen, terms, within, supervised }
