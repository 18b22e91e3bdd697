-- 第十一、十二条 方案评审:八个方面;200万元起开专家评审会
local conditions = require "lib.conditions"
local integration = require "lib.integration"
local draw = require "lib.draw"
local oversight = require "lib.oversight"
local common = require "lib.common"
local experts = require "lib.experts"
local money_ = require "lib.money"

local subjects, all_pass = {}, {}
local judged = choice { { "pass", "合格", "Good" }, { "improve", "需完善", "To be improved" }, { "fail", "不合格", "Not good" } }
for i, s in ipairs { { "goals", "项目建设目标", "Goals" }, { "siting", "规划选址", "Siting" }, { "functions", "功能设计", "Functions" },
  { "approach", "技术思路", "Technical approach" },
  { "data_sharing", "数据共享方案", "Data sharing plan" }, { "architecture", "系统架构", "Architecture" }, { "equipment", "设备选型", "Equipment" },
  { "estimate", "投资概算", "Estimate" } } do
  subjects[i], all_pass[s[1]] = { s[1], judged, zh = s[2], en = s[3] }, "pass"
end

local function opinion_form()
  return { { "subjects", record(subjects), zh = "八个方面的评审", en = "The eight subjects", example = all_pass },
    { "amount", money, zh = "评审确认的概算(不填即同设计概算)", en = "Estimate as reviewed (empty: as designed)", min = 1, optional = true },
    { "opinion", text, zh = "评审意见", en = "Opinion", example = "方案可行" }, money_.lighter_field() }
end

local function size(case) return math.max(case.facts.investment, case.facts.design_estimate or 0) end

local function amount_of(case, given) return given.amount or case.facts.design_estimate or case.facts.investment end

local function met(case, now, amount)
  if amount >= now.limits.meeting_from and common.did(case, "scheme_review", "meeting") == 0 then
    return refuse { article = 11, code = "review.meeting",
      zh = ("总投资%s以上(含本数)须召开专家评审会:请先办理“登记专家评审会”"):format(money_text(now.limits.meeting_from)),
      en = ("From %s (inclusive) an expert meeting is due: record it first"):format(common.yuan(now.limits.meeting_from)) }
  end
end

local function no_conditions(case)
  if case.facts.review_conditions then
    return refuse { article = 11, code = "review.conditions", zh = "已附条件通过:请待建设单位落实后办理“确认条件已落实”",
      en = "It was passed with conditions: confirm them once the builder has met them" }
  end
end

-- 评审后的数达到更高门槛的,先补手续 · a reviewed amount that reaches a threshold needs what that threshold needs
local function thresholds(case, given, now)
  local amount, out = amount_of(case, given), {}
  out[1] = met(case, now, amount)
  out[#out + 1] = money_.lighter(case, amount, given.lighter_reason, now)
  local professional, study = now.limit("prelim_design.professional_from"), now.limit("prelim_design.study_from")
  if amount >= professional and case.facts.design_by ~= "professional" then
    out[#out + 1] = refuse { article = 10, code = "design.professional", field = "amount",
      zh = ("评审概算达到%s,须由专业机构编制设计:请退回建设单位"):format(money_text(professional)),
      en = ("From %s on the design is made by a professional body: return it"):format(common.yuan(professional)) }
  end
  if amount >= study and not case.facts.study_replied_on then
    out[#out + 1] = refuse { article = 10, code = "design.study", field = "amount",
      zh = ("评审概算达到%s,须先有可研批复:请退回建设单位"):format(money_text(study)),
      en = ("From %s on the DRC's reply is due first: return it"):format(common.yuan(study)) }
  end
  return out
end

local function judge(given, worst)
  for _, s in ipairs(subjects) do
    local v = given.subjects[s[1]]
    if v == "fail" or v == "improve" and worst == "pass" then
      return refuse { article = 11, code = "review.subject", field = "subjects." .. s[1],
        zh = ("“%s”未达到要求:请改为附条件通过或退回修改"):format(s.zh),
        en = ("“%s” is not good enough for this conclusion: pass with conditions, or return the scheme"):format(s.en) }
    end
  end
end

return stage "scheme_review" {
  kind = "project", order = 50, articles = { 11, 12 }, owner = "center", title = { zh = "方案评审", en = "Scheme review" },
  help = { zh = "办法未定评审时限:只计时、不算超期", en = "The regulation sets no limit here: time is shown, never called overdue" },
  limits = { meeting_from = wan(200), experts_at_least = 5, remind_after = workdays(20), at_the_date = days(0) },
  facts = {
    { "expert_meetings", list_of(experts.fields()), zh = "专家评审会", en = "Expert meetings", optional = true },
    { "review_subjects", record(subjects), zh = "八个方面的评审", en = "The eight subjects", optional = true },
    { "review_opinion", text, zh = "评审意见", en = "Review opinion", optional = true },
    { "review_conditions", list_of(conditions.plain), zh = "评审条件", en = "Conditions of the review", optional = true },
    { "review_conditions_due", date, zh = "评审条件最早期限", en = "Earliest date of a review condition", optional = true },
    { "conditions_answer", text, zh = "条件落实说明", en = "How the conditions were met", optional = true },
    { "review_passed_on", date, zh = "方案评审通过日期", en = "Scheme review passed on", optional = true },
    { "reviewed_amount", money, zh = "评审概算", en = "Amount as reviewed", optional = true },
  },
  leads = { passed = "approval", returned = "prelim_design" },
  readings = { { article = 11, zh = "恰为{meeting_from|money}的,按需要开会办理", en = "Exactly {meeting_from|money}: a meeting is due" } },
  actions = {
    check_integration = integration.judge(),
    classify = oversight.classify(), declassify = oversight.declassify(),
    meet_condition = conditions.meet(), confirm_condition = conditions.confirm(),
    center_confirm = conditions.confirm "center",
    draw = draw.action("center", "scheme_review"), name_experts = draw.by_hand("center", "scheme_review"),
    meeting = { by = "center", order = 1, usual = 1, after = workdays(10), article = 12,
      title = { zh = "登记专家评审会", en = "Record the expert meeting" }, needs = docs { "expert_opinion" },
      reads = { "input.experts" }, form = experts.fields(),
      help = { zh = "专家原则上从专家库中随机抽取,有利害关系的应回避;例外须写明理由",
        en = "Experts are drawn from the pool and recused where tied to the project; an exception needs a reason" },
      check = function(case, given, now) return experts.check(case, given, now, now.limits.experts_at_least) end,
      effect = { append("expert_meetings", experts.record()) } },
    pass = { by = "center", order = 2, usual = 2, after = workdays(5), title = { zh = "评审通过", en = "Pass" }, needs = docs { "review_opinion" },
      form = opinion_form(),
      guard = { common.not_own, no_conditions, integration.follows, function(case, now) return met(case, now, size(case)) end },
      check = { thresholds, function(_, given) return judge(given, "pass") end },
      effect = function(case, given, now)
        return { set("review_passed_on", now.date), set("review_subjects", given.subjects), set("review_opinion", given.opinion),
          set("reviewed_amount", amount_of(case, given)),
          money_.approved(case, amount_of(case, given), "scheme_review", given.lighter_reason, now),
          notify { to = { "builder", "bureau" }, article = 11, zh = "方案评审通过,请提交审批", en = "The scheme was passed: apply for approval" },
          follow "passed" }
      end },
    pass_with_conditions = { by = "center", order = 3, title = { zh = "附条件通过", en = "Pass with conditions" }, needs = docs { "review_opinion" },
      form = (function() local f = opinion_form(); f[#f + 1] = { "conditions", list_of(conditions.plain), zh = "须落实的条件", en = "Conditions",
        min = 1 }; return f end)(),
      help = { zh = "每个条件写明责任人和期限;全部落实并确认后才转审批", en = "Each condition names who answers for it and its date; the approval waits for all of them" },
      guard = { common.not_own, no_conditions, integration.follows, function(case, now) return met(case, now, size(case)) end },
      check = { thresholds, function(_, given) return judge(given, "improve") end, conditions.check },
      effect = function(case, given, now)
        return { set("review_subjects", given.subjects), set("review_opinion", given.opinion), set("reviewed_amount", amount_of(case, given)),
          set("review_conditions", given.conditions), set("review_conditions_due", conditions.earliest(given.conditions)),
          unset("conditions_answer"), money_.approved(case, amount_of(case, given), "scheme_review", given.lighter_reason, now),
          notify { to = { "builder" }, article = 11, zh = "方案附条件通过,请落实后提交说明",
            en = "The scheme was passed with conditions: meet them and say how" } }
      end },
    answer_conditions = { by = "builder", order = 4, title = { zh = "提交条件落实说明", en = "Say how the conditions were met" },
      when = is_set("review_conditions"), needs = docs { "conditions_reply" },
      form = { { "answer", text, zh = "落实情况", en = "How they were met" } },
      effect = { set("conditions_answer", input "answer"),
        notify { to = { "center" }, article = 11, zh = "建设单位已落实评审条件,请确认", en = "The builder has met the conditions: confirm" } } },
    confirm_conditions = { by = "center", order = 5, title = { zh = "确认条件已落实", en = "Confirm the conditions" },
      when = is_set("conditions_answer"), guard = common.not_own,
      effect = { set("review_passed_on", today), unset("review_conditions"), unset("review_conditions_due"),
        notify { to = { "builder", "bureau" }, article = 11, zh = "评审条件已落实,请提交审批", en = "The conditions are met: apply for approval" },
        follow "passed" } },
    return_scheme = { by = "center", order = 6, title = { zh = "退回修改", en = "Return for correction" },
      form = { { "missing", list_of(text), zh = "修改意见", en = "What to correct", min = 1 } },
      help = { zh = "请一次写全;退回初步设计环节,修改后重新提交", en = "Name everything at once; it goes back to the design and is submitted again" },
      effect = function(_, given)
        local said = ""
        for i, line in ipairs(given.missing) do said = said .. (i > 1 and ";" or "") .. line end
        return { unset("review_conditions"), unset("review_conditions_due"), unset("conditions_answer"), set("review_opinion", said),
          notify { to = { "builder" }, article = 11, zh = "方案评审退回,请按意见修改", en = "The scheme was returned: correct it" },
          follow "returned" }
      end },
  },
  deadlines = {
    conditions = { article = 11, from = "review_conditions_due", limit = "at_the_date", warn = { workdays(5), workdays(1) }, after = { workdays(1), workdays(5) },
      tell = { "builder", "center" }, action = "answer_conditions",
      escalate = { { after = workdays(3), tell = "superior" }, { after = workdays(10), tell = "bureau" } }, title = { zh = "评审条件落实期限", en = "The conditions of the review are due" } },
    waiting = { article = 11, from = "opened", limit = "remind_after", nature = "reminder", warn = { workdays(5) }, tell = "center", action = "pass",
      title = { zh = "方案评审提醒(本地设定)", en = "Scheme review pending (local setting)" } },
  },
}
