-- 第十九条 尾款:竣工验收满1、2、3年各付合同款的5%;到期只是可以审核,从不自动付款;不合格只是暂缓,从不没收
local conditions = require "lib.conditions"
local common = require "lib.common"
local ending = require "lib.ending"
local money_ = require "lib.money"
local oversight = require "lib.oversight"

local names = { { zh = "第一笔", en = "first" }, { zh = "第二笔", en = "second" }, { zh = "第三笔", en = "third" } }
local function fact_of(what, n) return "tranche_" .. n .. "_" .. what end
local function no(code, zh, en) return refuse { article = 19, code = "retention." .. code, zh = zh, en = en } end

-- 第n笔各合同应付数 · what the n-th tranche is, contract by contract
local function amounts(case, n, now)
  local out, total = {}, 0
  for i, c in ipairs(case.facts.contracts) do
    out[i] = { contract = c.number, amount = money_.tranche(c.amount, n, now.limit("contract.retention_percent"), now.limits.tranche_percent),
      paid_on = now.date, purpose = "retention_" .. n }
    total = total + out[i].amount
  end
  return out, total
end

local function year_over(n)
  return function(case, now)
    local after = now.limits["year_" .. n]
    if not common.over(case.facts.final_accepted_on, after, now.date) then
      local last = later(case.facts.final_accepted_on, after)
      return no("early", ("尾款%s须竣工验收(%s)满%d年:到%s届满,次日起可以审核"):format(names[n].zh, case.facts.final_accepted_on, n, last),
        ("The %s tranche comes %d year(s) after final acceptance (%s): that ends on %s, review from the day after"):format(names[n].en, n,
          case.facts.final_accepted_on, last))
    end
  end
end

local function before(n)
  return function(case)
    if n > 1 and not case.facts[fact_of("paid_on", n - 1)] then
      return no("order", "前一笔尾款尚未支付:请先办完前一笔", "The tranche before this one is not paid: settle it first")
    end
  end
end

local function evaluated(case)
  if not case.facts.evaluation_settled_on then
    return no("evaluation", "第一笔须后评价合格且问题整改到位:请先办完“后评价”环节,尾款暂缓支付(不没收)",
      "The first tranche needs a passed post-evaluation with its problems fixed: finish that stage; until then the money is held, never forfeited")
  end
end

local function payable(n)
  return function(case)
    if not case.facts[fact_of("payable_on", n)] then
      return no("not_reviewed", ("%s尚未审核同意:请先办理“审核尾款%s”"):format(names[n].zh, names[n].zh),
        ("The %s tranche is not reviewed: review it first"):format(names[n].en))
    end
  end
end

local function held(case)
  if case.facts.retention_hold then return no("held", "尾款已暂缓:请先“解除暂缓”", "The retention is on hold: lift the hold first") end
end

local actions, facts, deadlines = {}, {}, {}
for n = 1, 3 do
  local name = names[n]
  facts[#facts + 1] = { fact_of("payable_on", n), date, zh = "尾款" .. name.zh .. "审核同意日期", en = "Tranche " .. n .. " payable since",
    optional = true }
  facts[#facts + 1] = { fact_of("paid_on", n), date, zh = "尾款" .. name.zh .. "支付日期", en = "Tranche " .. n .. " paid on", optional = true }
  actions["review_" .. n] = { by = "bureau", order = n * 10, usual = n * 2 - 1, after = workdays(10),
    title = { zh = "审核尾款" .. name.zh, en = "Review tranche " .. n }, when = not_set(fact_of("payable_on", n)),
    needs = n > 1 and docs { "assessment_report" } or nil,
    guard = n == 1 and { common.not_own, year_over(1), evaluated, money_.frozen, conditions.block "retention" }
      or { common.not_own, year_over(n), before(n), money_.frozen, conditions.block "retention" },
    help = n == 1 and { zh = "须后评价合格且问题整改到位",
      en = "Needs a passed post-evaluation with its problems fixed" } or { zh = "须年度考核合格;不合格的暂缓,整改后再审",
      en = "Needs a passed yearly assessment; failed: held, and reviewed again" },
    form = { { "result", choice { { "passed", "合格", "Passed" }, { "failed", "不合格,暂缓", "Failed: hold" } },
      zh = n == 1 and "审核结论" or "年度考核结论", en = n == 1 and "Result" or "Yearly assessment", example = "passed" },
      { "opinion", text, zh = "意见", en = "Opinion" } },
    effect = function(_, given, now)
      local passed = given.result == "passed"
      return { append("assessments_yearly", { year = n, result = given.result, opinion = given.opinion, on = now.date }),
        passed and set(fact_of("payable_on", n), now.date) or {},
        notify { to = passed and { "finance", "builder" } or { "builder" }, article = 19,
          zh = passed and ("尾款%s可以支付"):format(name.zh) or ("尾款%s暂缓支付,整改后再审"):format(name.zh),
          en = passed and ("Tranche %d may be paid"):format(n) or ("Tranche %d is held: correct, then it is reviewed again"):format(n) } }
    end }
  actions["pay_" .. n] = { by = "finance", final = true, order = n * 10 + 1, usual = n * 2, after = workdays(10),
    title = { zh = "支付尾款" .. name.zh, en = "Pay tranche " .. n }, when = all { is_set(fact_of("payable_on", n)), not_set(fact_of("paid_on", n)) },
    guard = { year_over(n), before(n), payable(n), held, money_.frozen, oversight.suspended },
    pays = function(case, now)
      if case.facts[fact_of("paid_on", n)] then return nil end
      local _, total = amounts(case, n, now)
      return total
    end,
    help = { zh = "金额由系统按每份合同算出:前两笔各{tranche_percent}%(舍去不足一分),第三笔取余数",
      en = "Computed for each contract: {tranche_percent}% each rounded down, the third takes the remainder" },
    effect = function(case, _, now)
      local out, total = amounts(case, n, now)
      local effects = { set(fact_of("paid_on", n), now.date),
        notify { to = { "builder", "bureau" }, article = 19, zh = ("尾款%s%s已支付"):format(name.zh, money_text(total)),
        en = ("Tranche %d of %s was paid"):format(n, common.yuan(total)) } }
      for _, p in ipairs(out) do effects[#effects + 1] = append("payments", p) end
      if n == 3 then effects[#effects + 1] = ending.wind_up(case, "retention") end
      return effects
    end }
  deadlines["year_" .. n] = { article = 19, from = "final_accepted_on", limit = "year_" .. n, nature = "opens", unless = fact_of("payable_on", n),
    stage_open = true, warn = { months(1) }, tell = { "bureau", "finance", "builder" }, action = "review_" .. n,
    title = { zh = ("满%d年,次日起可审核尾款%s"):format(n, name.zh), en = ("%d year(s) over: tranche %d may be reviewed"):format(n, n) } }
  deadlines["pay_" .. n] = { from = fact_of("payable_on", n), limit = "small_enterprise_pay", unless = fact_of("paid_on", n), stage_open = true,
    when = is("small_enterprise", true), warn = { days(10), days(3) }, after = { workdays(1) }, tell = "finance", action = "pay_" .. n,
    source = { zh = "保障中小企业款项支付条例({small_enterprise_pay})", en = "Regulation on Payments to Small and Medium Enterprises ({small_enterprise_pay})" },
    title = { zh = "中小企业尾款" .. name.zh .. "付款", en = "Pay tranche " .. n .. " to a small enterprise" } }
end
facts[#facts + 1] = { "assessments_yearly", list_of { { "year", int, zh = "第几年", en = "Year" }, { "result", text, zh = "结论", en = "Result" },
  { "opinion", text, zh = "意见", en = "Opinion" }, { "on", date, zh = "日期", en = "On" } }, zh = "尾款审核和年度考核",
  en = "Reviews and yearly assessments", optional = true }
facts[#facts + 1] = { "retention_hold", text, zh = "尾款暂缓理由", en = "Why the retention is held", optional = true }
actions.hold = { by = { "finance", "bureau" }, order = 40, title = { zh = "暂缓支付", en = "Hold" }, when = not_set("retention_hold"),
  form = { { "reason", text, zh = "理由", en = "Why" } }, effect = { set("retention_hold", input "reason"),
  notify { to = { "builder" }, article = 19, zh = "尾款暂缓支付", en = "The retention is on hold" } } }
actions.lift = { by = { "finance", "bureau" }, order = 41, title = { zh = "解除暂缓", en = "Lift the hold" }, when = is_set("retention_hold"),
  form = { { "reason", text, zh = "理由", en = "Why" } }, effect = { unset("retention_hold") } }
-- 验收期间暂停的,尾款同样停付,在这里解除 · suspended since acceptance: the retention waits too, and here it is lifted
actions.suspend, actions.lift_suspension = oversight.suspend(), oversight.lift_suspension()

return stage "retention" {
  kind = "project", order = 170, articles = { 19 }, owner = "finance", title = { zh = "尾款", en = "Retention" },
  limits = { tranche_percent = 5, year_1 = years(1), year_2 = years(2), year_3 = years(3), small_enterprise_pay = days(30) },
  readings = { { article = 19, zh = "每年都从竣工验收之日起算;年份届满的次日起可审核",
    en = "Each year counts from final acceptance; review from the day after it ends" } },
  facts = facts, actions = actions, deadlines = deadlines,
}
