-- 第二十六条(二) 竣工验收:受理后10个工作日,只扣除整改时间;专家验收
local conditions = require "lib.conditions"
local building = require "lib.building"
local draw = require "lib.draw"
local oversight = require "lib.oversight"
local acceptance = require "lib.acceptance"
local common = require "lib.common"
local ending = require "lib.ending"
local experts = require "lib.experts"
local money_ = require "lib.money"

local function waiting(case) return common.awaiting(case, "final_acceptance", "correct", "resubmit") end

local function received(case)
  if common.did(case, "final_acceptance", "accept") == 0 then
    return refuse { article = 26, code = "acceptance.not_received", zh = "尚未受理验收申请:请先办理“受理验收申请”",
      en = "The application is not accepted yet: do that first" }
  end
end

local function not_waiting(case)
  if waiting(case) then
    return refuse { article = 26, code = "acceptance.waiting", zh = "建设单位正在整改,时限暂停:请待其“整改后重新提交”",
      en = "The builder is correcting and the clock is paused: wait for the resubmission" }
  end
end

local function met(case)
  if common.did(case, "final_acceptance", "meeting") == 0 then return refuse { article = 26, code = "acceptance.meeting",
    zh = "须组织专家验收:请先办理“登记专家验收会”", en = "Experts accept: record their meeting first" } end
end

return stage "final_acceptance" {
  kind = "project", order = 140, articles = { 26, 12, 28 }, owner = "bureau", title = { zh = "竣工验收", en = "Final acceptance" },
  limits = { full_path = wan(200), accept_within = workdays(10), experts_at_least = 5 },
  facts = { { "acceptance_received_on", date, zh = "验收受理日期", en = "Application accepted on", optional = true },
    { "acceptance_missing", list_of(text), zh = "验收整改内容", en = "What to correct for acceptance", optional = true },
    { "acceptance_meetings", list_of(experts.fields()), zh = "验收专家会", en = "Acceptance meetings", optional = true },
    { "acceptance_opinion", text, zh = "验收意见", en = "Opinion of acceptance", optional = true } },
  leads = { accepted = { "archive", "settlement", "retention", "evaluation", "operations" }, failed = "correction", returned = "trial_run" },
  readings = { { article = 26, zh = "(三)(四)项“原则上不能组织验收”:未共享、未通过测评的不受理;例外须写明理由",
    en = "(3) and (4): blocked without sharing and assessments; an exception needs a reason" } },
  actions = acceptance.with_records({
    accept = { by = "bureau", order = 1, usual = 1, after = workdays(2), title = { zh = "受理验收申请", en = "Accept the application" },
      needs = docs { "acceptance_application" },
      guard = { acceptance.gates, function(case)
        if common.did(case, "final_acceptance", "accept") > 0 then return refuse { article = 26, code = "acceptance.received", zh = "已受理,不必重复",
          en = "Accepted already" } end
      end },
      help = { zh = "受理次日起{accept_within}内组织验收,只扣除建设单位整改时间",
        en = "{accept_within} from the day after; only the builder's corrections are not counted" },
      clock = start "accept", effect = { set("acceptance_received_on", today) } },
    return_application = { by = "bureau", order = 2, title = { zh = "不予受理,退回申请", en = "Return the application" },
      form = { { "missing", list_of(text), zh = "需补齐的全部内容", en = "Everything that is missing", min = 1 } },
      guard = function(case)
        if common.did(case, "final_acceptance", "accept") > 0 then return refuse { article = 26, code = "acceptance.received",
          zh = "已受理的不能退回:请作补正或验收结论", en = "It is accepted already: ask for corrections or decide" } end
      end,
      effect = { set("acceptance_missing", input "missing"), unset("acceptance_applied_on"),
        notify { to = { "builder" }, article = 26, zh = "验收申请被退回,请补齐后重新申请",
        en = "The application was returned: complete it and apply again" }, follow "returned" } },
    correct = { by = "bureau", order = 3, title = { zh = "要求整改(时限暂停)", en = "Ask for corrections" }, guard = { received, not_waiting },
      form = { { "missing", list_of(text), zh = "需整改的内容", en = "What to correct", min = 1 } },
      clock = pause "accept", effect = { set("acceptance_missing", input "missing"),
        notify { to = { "builder" }, article = 26, zh = "验收需整改,时限暂停",
        en = "Corrections are due before acceptance; the clock is paused" } } },
    resubmit = { by = "builder", order = 4, title = { zh = "整改后重新提交", en = "Resubmit" },
      form = { { "note", text, zh = "整改说明", en = "What was corrected", optional = true } },
      guard = function(case)
        if not waiting(case) then return refuse { article = 26, code = "acceptance.not_asked", zh = "没有待整改的要求:等待验收即可",
          en = "No correction is asked for: wait for acceptance" } end
      end,
      clock = resume "accept", effect = { notify { to = { "bureau" }, article = 26, zh = "建设单位已整改,验收时限恢复",
        en = "The builder has corrected; the clock runs again" } } },
    meeting = { by = "bureau", order = 5, usual = 2, after = workdays(5), article = 12,
      title = { zh = "登记专家验收会", en = "Record the expert meeting" }, needs = docs { "expert_opinion" }, reads = { "input.experts" },
      form = experts.fields(),
      guard = received, check = function(case, given, now) return experts.check(case, given, now, now.limits.experts_at_least) end,
      effect = { append("acceptance_meetings", experts.record()) } },
    pass = { by = "bureau", final = true, order = 6, usual = 3, after = workdays(2), title = { zh = "竣工验收合格", en = "Accept the project" },
      needs = docs { "acceptance_report" }, form = { { "opinion", text, zh = "验收意见", en = "Opinion", example = "同意通过竣工验收" } },
      guard = { common.not_own, received, not_waiting, acceptance.gates, met, conditions.block "acceptance" },
      effect = function(case, given, now)
        return { set("acceptance_opinion", given.opinion), acceptance.accepted(case, now.date),
          notify { to = { "builder", "finance" }, article = 26, zh = "项目竣工验收合格,可投入使用", en = "The project is accepted and may be used" },
          follow "accepted" }
      end },
    pass_with_conditions = { by = "bureau", final = true, order = 7, title = { zh = "附条件通过竣工验收", en = "Accept with conditions" }, needs = docs { "acceptance_report" },
      form = { { "opinion", text, zh = "验收意见", en = "Opinion" }, conditions.field() },
      help = { zh = "每个条件写明责任人、期限和落实前挡住的事项", en = "Each condition names who answers for it, its date, and what it blocks until met" },
      guard = { common.not_own, received, not_waiting, acceptance.gates, met, conditions.block "acceptance" }, check = conditions.check,
      effect = function(case, given, now)
        return { set("acceptance_opinion", given.opinion), acceptance.accepted(case, now.date), conditions.set(case, given, "竣工验收", 26),
          notify { to = { "builder", "finance" }, article = 26, zh = "项目附条件通过竣工验收,请按期落实条件", en = "Accepted with conditions: meet them by their dates" }, follow "accepted" }
      end },
    fail = (function() local a = acceptance.fail "final"; a.guard = received; return a end)(),
    draw = draw.action("bureau", "final_acceptance"), name_experts = draw.by_hand("bureau", "final_acceptance"),
    pay = money_.pay(), terminate = ending.terminate(),
    accountability = building.accountability(), misconduct = building.misconduct(),
    classify = oversight.classify(), declassify = oversight.declassify(),
    meet_condition = conditions.meet(), confirm_condition = conditions.confirm(),
    center_confirm = conditions.confirm "center",
    suspend = oversight.suspend(), lift_suspension = oversight.lift_suspension(),
    release = oversight.release(), withdraw_release = oversight.withdraw_release(),
  }),
  deadlines = {
    accept = { article = 26, clock = "accept", limit = "accept_within", warn = { workdays(3), workdays(1) }, after = { workdays(1), workdays(5) },
      tell = { "bureau", "builder" }, action = "pass", title = { zh = "竣工验收时限({accept_within})", en = "Accept within {accept_within}" },
      escalate = { { after = workdays(1), tell = "superior" }, { after = workdays(3), tell = "leading_group" } }, -- 超时不视为合格 · silence is never acceptance
    },
  },
}
