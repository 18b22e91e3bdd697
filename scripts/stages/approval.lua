-- 第十三、十四、十五条 审批:以方案评审意见为依据,10个工作日,一次性告知;批复后6个月内启动
local conditions = require "lib.conditions"
local building = require "lib.building"
local siblings = require "lib.siblings"
local oversight = require "lib.oversight"
local common = require "lib.common"
local money_ = require "lib.money"

local function waiting(case) return common.awaiting(case, "approval", "correct", "resubmit") end

local function applied(case)
  if not case.facts.approval_applied_on then
    return refuse { article = 13, code = "approval.not_applied", zh = "建设单位尚未提交审批申请:请待其办理“申请审批”",
      en = "The builder has not applied yet: wait for the application" }
  end
end

local function accepted(case)
  if common.did(case, "approval", "accept") == 0 then
    return refuse { article = 14, code = "approval.not_accepted", zh = "尚未受理:请先办理“受理”",
      en = "Not accepted yet: accept the application first" }
  end
end

local function not_waiting(case)
  if waiting(case) then
    return refuse { article = 14, code = "approval.waiting", zh = "已通知补正,时限暂停:请待建设单位“补正后重新提交”",
      en = "A correction is awaited and the clock is paused: wait for the resubmission" }
  end
end

local function in_plan(case)
  if not case.facts.plan_entered_on then
    return refuse { article = 7, code = "approval.not_planned", zh = "未列入年度计划,不能审批:请先列入计划或按第七条办理",
      en = "In no issued plan, so it cannot be approved: enter a plan first, or go the way of article 7" }
  end
end

local function reviewed(case)
  if not case.facts.review_passed_on then
    return refuse { article = 13, code = "approval.not_reviewed", zh = "方案评审未通过,不能审批:请先通过方案评审",
      en = "The scheme review was not passed: pass it first" }
  end
end

-- 不填的,按评审概算批复
local function amount_of(case, given) return given.amount or case.facts.reviewed_amount end

local function amount_fits(case, given, now)
  if amount_of(case, given) > case.facts.reviewed_amount then
    return refuse { article = 13, code = "approval.amount", field = "amount",
      zh = ("批复金额不能超过评审概算%s:确需增加的,退回重新评审"):format(money_text(case.facts.reviewed_amount)),
      en = "The amount approved cannot exceed the reviewed estimate: if more is due, have the scheme reviewed again" }
  end
  return money_.lighter(case, amount_of(case, given), given.lighter_reason, now)
end

return stage "approval" {
  kind = "project", order = 60, articles = { 13, 14, 15 }, owner = "bureau", title = { zh = "项目审批", en = "Approval" },
  limits = { decide_within = workdays(10), start_within = months(6), release_within = workdays(20) },
  facts = {
    { "approval_applied_on", date, zh = "申请审批日期", en = "Applied for approval on", optional = true },
    { "accepted_on", date, zh = "受理日期", en = "Accepted on", optional = true },
    { "approval_missing", list_of(text), zh = "一次性告知的补正内容", en = "One-time notice: what is missing", optional = true },
    { "extra_notices", list_of { { "on", date, zh = "日期", en = "On" }, { "reason", text, zh = "理由", en = "Reason" } },
      zh = "再次补正通知(记录在案)", en = "Further correction notices, on record", optional = true },
    { "approved_on", date, zh = "批复日期", en = "Approved on", optional = true },
    { "approved_amount", money, zh = "批复金额", en = "Amount approved", optional = true },
    { "approval_number", text, zh = "批复文号", en = "Number of the reply", optional = true, max = 80, example = "益政管审〔2024〕1号" },
    { "approval_rejected", text, zh = "不予批准的理由", en = "Why it was rejected", optional = true },
    { "second_review_reason", text, zh = "另行评审的理由", en = "Reason for a second review", optional = true },
    { "record_considered", text, zh = "对单位记录的考虑", en = "How the unit's record was considered", optional = true },
    { "approval_lapsed_on", date, zh = "批复失效日期", en = "Approval lapsed on", optional = true },
    { "split_judgement", text, zh = "是否拆分的判断", en = "Judgement on splitting", optional = true },
  },
  leads = { approved = "budget_review", rejected = "prelim_design" },
  actions = {
    apply = { by = "builder", order = 1, usual = 1, after = workdays(5), article = 13, title = { zh = "申请审批", en = "Apply for approval" },
      needs = docs { "review_opinion", "preliminary_design", "approval_application" },
      when = not_set("approval_applied_on"), guard = { in_plan, reviewed, siblings.banned }, reads = { "unit:project" },
      effect = { set("approval_applied_on", today), notify { to = { "bureau" }, article = 13, zh = "建设单位申请审批,请受理",
        en = "The builder applies for approval" } } },
    accept = { by = "bureau", bulk = true, order = 2, usual = 2, after = workdays(2), article = 14, title = { zh = "受理", en = "Accept the application" },
      when = not_set("accepted_on"), guard = applied,
      help = { zh = "受理次日起{decide_within}内办结(不含技术评审和补正时间)。请看有无化整为零(第十六条)并写明判断",
        en = "{decide_within} from the day after, corrections not counted. Judge whether it was split (art. 16), and say why" },
      form = { { "split_judgement", text, zh = "是否化整为零的判断和理由", en = "Judgement on splitting, with the reason", optional = true } },
      clock = start "decide", effect = { set("accepted_on", today), set("split_judgement", input "split_judgement") } },
    decline = { by = "bureau", order = 3, article = 14, title = { zh = "不予受理,退回申请", en = "Return the application" },
      when = not_set("accepted_on"), guard = applied,
      form = { { "missing", list_of(text), zh = "一次性告知内容", en = "Everything that is missing", min = 1 } },
      effect = { set("approval_missing", input "missing"), unset("approval_applied_on"),
        notify { to = { "builder" }, article = 14, zh = "审批申请未受理,请按一次性告知补齐后重新申请",
          en = "The application was returned: complete it as told and apply again" } } },
    correct = { by = "bureau", order = 4, article = 14, title = { zh = "一次性告知补正", en = "One-time correction notice" },
      guard = { accepted, not_waiting },
      help = { zh = "时限暂停,发出当日计入;须一次告知全部内容,再次告知须写理由并记录在案",
        en = "The clock pauses, today counts as used; everything at once: a further notice needs a reason and is counted" },
      form = { { "missing", list_of(text), zh = "需补正的全部内容", en = "Everything to correct", min = 1 },
        { "reason", text, zh = "再次告知的理由", en = "Reason for a further notice", optional = true } },
      once = { article = 14, unless = "reason", zh = "一次性告知只能一次:确需再次告知的,请在“再次告知的理由”中写明首次未能告知的原因",
        en = "One-time notice: a further one needs the reason why the first could not have told it" },
      clock = pause "decide",
      effect = function(case, given, now)
        return { set("approval_missing", given.missing), common.did(case, "approval", "correct") > 0 and append("extra_notices",
          { on = now.date, reason = given.reason }) or {},
          notify { to = { "builder" }, article = 14, zh = "审批需补正,时限暂停:请补正后重新提交",
            en = "Corrections are due, the clock is paused: correct and resubmit" } }
      end },
    resubmit = { by = "builder", order = 5, article = 14, title = { zh = "补正后重新提交", en = "Resubmit" },
      form = { { "note", text, zh = "补正说明", en = "What was corrected", optional = true } },
      guard = function(case)
        if not waiting(case) then return refuse { article = 14, code = "approval.not_asked", zh = "没有待补正的通知:等待审批即可",
          en = "No correction is asked for: wait for the decision" } end
      end,
      help = { zh = "提交后的下一工作日起继续计时", en = "The clock goes on from the next working day" },
      clock = resume "decide", effect = { notify { to = { "bureau" }, article = 14, zh = "建设单位已补正,审批时限恢复",
        en = "The builder has resubmitted; the clock runs again" } } },
    approve = { by = "bureau", order = 6, usual = 3, after = workdays(8), article = 13, title = { zh = "批复", en = "Approve" },
      needs = docs { "approval_reply" },
      form = { { "amount", money, zh = "批复金额(不填即按评审概算)", en = "Amount approved (empty: as reviewed)", min = 1, optional = true },
        "approval_number", "second_review_reason", money_.lighter_field(), siblings.weigh_field() }, reads = { "unit:project" },
      help = { zh = "以方案评审意见为依据,原则上不另行评审;另行评审的须写明理由",
        en = "On the strength of the review opinion; a second review needs a reason" },
      guard = { common.not_own, accepted, not_waiting, in_plan, reviewed, siblings.judged, conditions.block "approval" }, check = { amount_fits, siblings.weigh },
      effect = function(case, given, now)
        return { set("approved_on", now.date), set("approved_amount", amount_of(case, given)), set("approval_number", given.approval_number),
          set("second_review_reason", given.second_review_reason), set("record_considered", given.record_considered),
          unset("approval_missing"), money_.approved(case, amount_of(case, given), "approval", given.lighter_reason, now),
          notify { to = { "builder", "finance" }, article = 13, zh = "项目已批复,{start_within}内须启动实施(以签订合同为准);请办理预算评审",
            en = "Approved: start within {start_within} (the signed contract counts); the budget review is next" }, follow "approved" }
      end },
    reject = { by = "bureau", order = 7, article = 13, title = { zh = "不予批准", en = "Reject" }, guard = accepted,
      form = { { "reason", text, zh = "理由", en = "Why" } },
      help = { zh = "退回初步设计环节,可修改后重新评审、报批", en = "Back to the design: change it, have it reviewed, apply again" },
      effect = { set("approval_rejected", input "reason"), unset("accepted_on"), unset("approval_applied_on"), unset("review_passed_on"),
        notify { to = { "builder", "center" }, article = 13, zh = "项目未获批准,已退回初步设计", en = "Not approved; back to the design" },
        follow "rejected" } },
    withdraw = common.withdraw(),
    look_at_unit = siblings.look(), judge_split = siblings.judge(),
    except_from_ban = siblings.except(),
    accountability = building.accountability(), misconduct = building.misconduct(),
    classify = oversight.classify(), declassify = oversight.declassify(),
    meet_condition = conditions.meet(), confirm_condition = conditions.confirm(),
    center_confirm = conditions.confirm "center",
    release = oversight.release(), withdraw_release = oversight.withdraw_release(),
  },
  deadlines = {
    decide = { article = 14, clock = "decide", limit = "decide_within", warn = { workdays(3), workdays(1) }, after = { workdays(1), workdays(5) },
      tell = { "bureau", "builder" }, action = "approve",
      title = { zh = "审批时限({decide_within})", en = "Decide within {decide_within}" },
      -- 超时不视为批准:次日起报告上级,再报告领导小组 · silence is never approval: the body above hears of it, then the leading group
      escalate = { { after = workdays(1), tell = "superior" }, { after = workdays(3), tell = "leading_group" } }, },
    release = { article = 43, from = "approved_on", limit = "release_within", nature = "reminder", unless = { "released_on", "secret_level" }, tell = "bureau",
      source = { zh = "借用政府信息公开条例第二十六条({release_within})", en = "Borrowed from the Regulation on Open Government Information, art. 26" },
      title = { zh = "项目信息公开提醒", en = "Release to the public" } },
    start = { article = 15, from = "approved_on", limit = "start_within", unless = { "started_on", "approval_lapsed_on" },
      warn = { months(3), months(1), days(15) }, tell = { "builder", "bureau" },
      title = { zh = "{start_within}内启动实施", en = "Start within {start_within}" }, action = "contract.sign",
      help = { zh = "自批复之日起算,以签订合同为启动", en = "From the bureau's approval; the signed contract is the start" },
      on_due = { set("approval_lapsed_on", today), notify { to = { "builder", "bureau", "finance" }, article = 15,
        zh = "批复后{start_within}未启动实施,批复失效,须重新报批",
        en = "Not started within {start_within}: the approval has lapsed and must be sought again" } } },
  },
}
