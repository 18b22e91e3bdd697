-- 第十八条 招标投标和政府采购
local conditions = require "lib.conditions"
local building = require "lib.building"
local oversight = require "lib.oversight"
local common = require "lib.common"
local lapse = require "lib.lapse"

-- 小额项目(第八条)无需计划、审批和预算评审;其余缺一不可
local function approved(case)
  local f = case.facts
  if not f.exempt and not (f.approved_on and f.budget_reviewed_on) then
    return refuse { article = 45, code = "procurement.not_approved", zh = "未经批准、未经预算评审,不得采购:请先办完审批和预算评审",
      en = "Not approved, or the budget not reviewed: no procurement before both are done" }
  end
end

local function chosen(case)
  if not case.facts.procurement_method then
    return refuse { article = 18, code = "procurement.method", zh = "尚未登记采购方式:请先办理“登记采购方式”",
      en = "The procurement method is not on record: record it first" }
  end
end

local function fits(case, given)
  if given.amount > case.facts.investment then
    return refuse { article = 22, code = "procurement.amount", field = "amount",
      zh = ("中标(成交)金额超过总投资%s:应在批准的金额内采购,请重新采购或重新报批"):format(money_text(case.facts.investment)),
      en = ("The award exceeds the approved total of %s: procure within it, or have the total approved anew"):format(common.yuan(case.facts.investment)) }
  end
end

-- 统采分签:一次采购,每个区县一份合同、一个子事项;门槛看本项目的总投资 · one procurement, a child case for each county's contract; thresholds stay on this project
local function separate(case)
  local out = {}
  for i, share in ipairs(case.facts.joint_with_counties and not case.facts.joint_contracts and case.facts.shares or {}) do
    out[i] = create { kind = "joint_contract", as = "joint_contracts",
      facts = { title = ("%s·%s"):format(case.title, share.county), project = case.id, county = share.county, share = share.amount } }
  end
  return out
end

return stage "procurement" {
  kind = "project", order = 80, articles = { 18, 8, 45 }, owner = "builder", title = { zh = "采购(招标投标)", en = "Procurement" },
  limits = { remind_after = months(2) },
  facts = {
    { "procurement_method", choice { { "open_tender", "公开招标", "Open tender" }, { "invited_tender", "邀请招标", "Invited tender" },
      { "negotiation", "竞争性谈判", "Competitive negotiation" },
      { "consultation", "竞争性磋商", "Competitive consultation" }, { "inquiry", "询价", "Inquiry" },
      { "single_source", "单一来源", "Single source" }, { "framework", "框架协议", "Framework agreement" },
      { "direct", "限额标准以下自行采购", "By the unit itself, below the threshold" } }, zh = "采购方式", en = "Procurement method", optional = true,
        example = "open_tender" },
    { "procurement_reason", text, zh = "采用该方式的理由", en = "Why this method", optional = true },
    { "agency", text, zh = "采购代理机构", en = "Procurement agency", optional = true, max = 120 },
    { "shares", list_of { { "county", text, zh = "区县", en = "County" }, { "amount", money, zh = "分担金额", en = "Its share" } },
      zh = "市、县分担(统采分签)", en = "Shares of the levels", optional = true },
    { "joint_contracts", list_of(ref "joint_contract"), zh = "各区县的分签合同", en = "The counties' contracts", optional = true },
    { "awards", list_of { { "contractor", entry "contractors", zh = "中标(成交)单位", en = "Winner" },
      { "amount", money, zh = "金额", en = "Amount" }, { "on", date, zh = "日期", en = "On" } }, zh = "中标(成交)结果", en = "Awards",
      optional = true },
    { "awarded_on", date, zh = "中标(成交)日期", en = "Awarded on", optional = true },
    { "procurement_failures", list_of { { "on", date, zh = "日期", en = "On" }, { "reason", text, zh = "原因", en = "Reason" } }, zh = "采购失败记录",
      en = "Failed procurements", optional = true },
  },
  leads = { awarded = "contract" },
  readings = { { article = 18, zh = "统采分签:一个母项目,每份合同一个子事项;各门槛看母项目的总投资", en = "One procurement, separate contracts: a parent with one child per contract; thresholds look at the parent" } },
  actions = {
    choose = { by = "builder", order = 1, usual = 1, after = workdays(10), title = { zh = "登记采购方式", en = "Record the method" },
      when = not_set("procurement_method"), guard = { lapse.guard, approved },
      form = { { name = "procurement_method", fact = "procurement_method", optional = false }, "procurement_reason", "agency", "shares" },
      help = { zh = "市、县一体化项目:市本级统一采购、分别签约、经费分级负担,请填分担金额",
        en = "Joint city-county projects: one procurement, separate contracts, shares per level" },
      check = function(case, given)
        if given.procurement_method == "single_source" and not given.procurement_reason then
          return refuse { article = 18, code = "procurement.reason", field = "procurement_reason", zh = "单一来源采购须写明理由",
            en = "A single source needs its reason" }
        elseif case.facts.joint_with_counties and not given.shares then
          return refuse { article = 18, code = "procurement.shares", field = "shares", zh = "市、县一体化项目须填各级分担金额",
            en = "A joint project needs the shares of each level" }
        elseif common.sum(given.shares, "amount") > case.facts.investment then
          return refuse { article = 18, code = "procurement.shares_sum", field = "shares", zh = ("各级分担合计超过总投资%s:请核对"):format(money_text(case.facts.investment)),
            en = ("The shares add up to more than the total of %s: check them"):format(common.yuan(case.facts.investment)) }
        end
      end,
      effect = { set("procurement_method", input "procurement_method"), set("procurement_reason", input "procurement_reason"),
        set("agency", input "agency"), set("shares", input "shares") } },
    award = { by = "builder", final = true, order = 2, usual = 2, after = workdays(25), title = { zh = "登记中标(成交)结果", en = "Record the award" },
      needs = docs { "procurement_documents", "award_notice" },
      form = { { "contractor", entry "contractors", zh = "中标(成交)单位", en = "Winner", example = "C001" },
        { "amount", money, zh = "中标(成交)金额", en = "Amount", min = 1, example = wan(30) } },
      guard = { lapse.guard, approved, chosen }, check = { fits, building.blacklisted }, reads = { "input.contractor" },
      effect = function(case, given, now)
        return { append("awards", { contractor = given.contractor, amount = given.amount, on = now.date }), set("awarded_on", now.date), follow "awarded", separate(case) }
      end },
    fail = { by = "builder", order = 3, title = { zh = "采购失败,重新组织", en = "Procurement failed" }, guard = chosen,
      form = { { "reason", text, zh = "原因", en = "Why" } },
      effect = { append("procurement_failures", { on = today, reason = input "reason" }), unset("procurement_method") } },
    reapply = lapse.reapply(), withdraw = common.withdraw(),
    classify = oversight.classify(), declassify = oversight.declassify(),
    meet_condition = conditions.meet(), confirm_condition = conditions.confirm(),
    center_confirm = conditions.confirm "center",
    release = oversight.release(), withdraw_release = oversight.withdraw_release(),
    suspend = oversight.suspend(), lift_suspension = oversight.lift_suspension(),
  },
  deadlines = {
    waiting = { article = 18, from = "opened", limit = "remind_after", nature = "reminder", warn = { workdays(10) }, tell = "builder",
      action = "award", title = { zh = "采购提醒(本地设定)", en = "Procurement pending (local setting)" } },
  },
}
