-- 第十条 初步设计:500万元起由专业机构编制,1000万元起须可行性研究报告批复
local conditions = require "lib.conditions"
local integration = require "lib.integration"
local oversight = require "lib.oversight"
local common = require "lib.common"
local money_ = require "lib.money"

-- 取总投资与设计概算中较大的数:不因尚未批准的概算而走较简的路
local function size(case) return math.max(case.facts.investment, case.facts.design_estimate or 0) end

local function in_plan(case)
  if not case.facts.plan_entered_on then
    return refuse { article = 7, code = "design.not_planned", zh = "未列入年度计划:列入计划是审批的前提,请待计划下达",
      en = "In no issued plan: that is the precondition of approval" }
  end
end

local function drafted(case)
  if not case.facts.design_estimate then
    return refuse { article = 10, code = "design.missing", zh = "尚未登记初步设计:请先办理“登记初步设计”",
      en = "The design is not recorded yet: record it first" }
  end
end

local function professional(case, now)
  if size(case) >= now.limits.professional_from and case.facts.design_by ~= "professional" then
    return refuse { article = 10, code = "design.professional", fact = "design_by",
      zh = ("总投资%s以上(含本数),初步设计方案须依法委托专业机构编制:请委托后重新“登记初步设计”并上传资质和委托合同"):format(money_text(now.limits.professional_from)),
      en = ("From %s (inclusive) the design is made by a professional body: commission one, record the design again and upload its qualification"):format(common.yuan(now.limits.professional_from)) }
  end
end

local function study(case, now)
  if size(case) >= now.limits.study_from and not case.facts.study_replied_on then
    return refuse { article = 10, code = "design.study", fact = "study_replied_on",
      zh = ("总投资%s以上(含本数),须有发展改革委的可行性研究报告批复:请先办理“报送可行性研究报告”"):format(money_text(now.limits.study_from)),
      en = ("From %s (inclusive) the DRC's reply to the feasibility study is due: submit the study first"):format(common.yuan(now.limits.study_from)) }
  end
end

local function amount_of(case, given) return given.amount or case.facts.design_estimate or case.facts.investment end

local function overrun(case, now) return case.facts.design_estimate * 100 > case.facts.investment * (100 + now.limits.overrun_percent) end

-- 超过10%要报告(政府投资条例第十二条);每次设计概算都重新判断
local function overrun_reported(case, now)
  if case.facts.design_estimate and overrun(case, now) and not has_paper(case, "overrun_report") then
    return refuse { article = 10, code = "design.overrun",
      zh = ("设计概算%s超过批准投资%s的%d%%,须报告(政府投资条例第十二条):请上传“概算超估算的报告”"):format(money_text(case.facts.design_estimate),
        money_text(case.facts.investment), now.limits.overrun_percent),
      en = ("The design estimate (%s) is more than %d%% over %s and must be reported (Regulation on Government Investment, art. 12): upload that report"):format(
        common.yuan(case.facts.design_estimate), now.limits.overrun_percent, common.yuan(case.facts.investment)) }
  end
end

local reply_study = { by = "drc", order = 3, usual = 3, after = workdays(20),
  title = { zh = "批复可行性研究报告", en = "Reply to the feasibility study" }, when = is_set("study_submitted_on"),
  needs = docs { "feasibility_reply" },
  help = { zh = "批复总投资不填的,即同设计概算", en = "Left empty, the total approved equals the design estimate" },
  form = { { "amount", money, zh = "批复总投资", en = "Total approved", min = 1, optional = true }, money_.lighter_field() },
  guard = common.not_own,
  check = function(case, given, now) return money_.lighter(case, amount_of(case, given), given.lighter_reason, now) end,
  effect = function(case, given, now)
    return { set("study_replied_on", now.date), unset("study_submitted_on"),
      money_.approved(case, amount_of(case, given), "prelim_design", given.lighter_reason, now),
      notify { to = { "builder", "bureau" }, article = 10, zh = "可行性研究报告已批复", en = "The feasibility study was approved" } }
  end }

return stage "prelim_design" {
  kind = "project", order = 40, articles = { 10, 7 }, owner = "builder", title = { zh = "初步设计", en = "Preliminary design" },
  limits = { professional_from = wan(500), study_from = wan(1000), overrun_percent = 10, remind_after = months(3) },
  facts = {
    { "design_estimate", money, zh = "设计概算", en = "Design estimate", optional = true, min = 1 },
    { "design_by", choice { { "professional", "专业机构", "Professional body" }, { "own", "自行编制", "The unit itself" } }, zh = "编制方式",
      en = "Designed by", optional = true, example = "professional" },
    { "design_body", text, zh = "编制单位", en = "Designing body", optional = true, max = 120, example = "湖南省某设计院" },
    { "study_submitted_on", date, zh = "可研报送日期", en = "Study submitted on", optional = true },
    { "study_replied_on", date, zh = "可研批复日期", en = "Study replied on", optional = true },
    { "study_returned", text, zh = "可研退回意见", en = "Why the study was returned", optional = true },
    { "overrun_reported_on", date, zh = "超概报告日期", en = "Overrun reported on", optional = true },
  },
  leads = { submitted = "scheme_review" },
  readings = { { article = 10, zh = "恰为{professional_from|money}、{study_from|money}的,按需要委托、需要可研办理",
    en = "Exactly {professional_from|money} or {study_from|money}: a professional body, a study" } },
  actions = {
    draft = { by = "builder", order = 1, usual = 1, after = workdays(30), title = { zh = "登记初步设计", en = "Record the design" }, guard = in_plan,
      help = { zh = "设计概算不填的,即同总投资", en = "Left empty, the estimate equals the total investment" },
      form = { "design_estimate", { name = "design_by", fact = "design_by", optional = false }, "design_body" },
      check = function(_, given)
        if given.design_by == "professional" and not given.design_body then
          return refuse { article = 10, code = "design.body", field = "design_body", zh = "委托专业机构编制的,请填写编制单位",
            en = "Name the professional body that made the design" }
        end
      end,
      effect = function(case, given)
        return { set("design_estimate", given.design_estimate or case.facts.investment), set("design_by", given.design_by),
          set("design_body", given.design_body) }
      end },
    submit_study = { by = "builder", order = 2, usual = 2, after = workdays(10),
      title = { zh = "报送可行性研究报告", en = "Submit the feasibility study" },
      when = any { at_least("investment", limit "study_from"), at_least("design_estimate", limit "study_from") },
      needs = docs { "feasibility_study" },
      effect = { set("study_submitted_on", today), unset("study_returned"),
        notify { to = { "drc" }, article = 10, zh = "可行性研究报告已报送,请批复", en = "A feasibility study was submitted for your reply" } } },
    reply_study = reply_study,
    reply_study_with_conditions = conditions.variant(reply_study, { order = 6, article = 10, from = "可研批复", blocks = { "approval", "acceptance", "nothing" },
      title = { zh = "附条件批复可行性研究报告", en = "Reply to the study with conditions" } }),
    return_study = { by = "drc", order = 4, title = { zh = "退回可行性研究报告", en = "Return the study" }, when = is_set("study_submitted_on"),
      form = { { "reason", text, zh = "退回意见", en = "What to change" } },
      effect = { unset("study_submitted_on"), set("study_returned", input "reason"),
        notify { to = { "builder" }, article = 10, zh = "可行性研究报告被退回,请修改后重报",
        en = "The study was returned: change it and submit it again" } } },
    submit = { by = "builder", order = 5, usual = 4, after = workdays(5), title = { zh = "提交方案评审", en = "Submit for scheme review" },
      needs = docs { "preliminary_design",
        when(any { at_least("investment", limit "professional_from"), at_least("design_estimate", limit "professional_from") },
          "designer_qualification"),
        when(any { at_least("investment", limit "study_from"), at_least("design_estimate", limit "study_from") }, "feasibility_study",
          "feasibility_reply") },
      guard = { in_plan, drafted, professional, study, overrun_reported },
      effect = function(case, _, now)
        local over = overrun(case, now)
        return { notify { to = { "center" }, article = 11, zh = "初步设计方案已提交,请评审", en = "A preliminary design was submitted for review" },
          over and { set("overrun_reported_on", now.date), notify { to = { "bureau", "drc" }, article = 10,
            zh = "设计概算超过批准投资{overrun_percent}%,建设单位已报告",
            en = "The design is more than {overrun_percent}% over the approved total; the builder reports it" } } or {},
          follow "submitted" }
      end },
    declare_exception = integration.declare(),
    withdraw = common.withdraw(),
    classify = oversight.classify(), declassify = oversight.declassify(),
    meet_condition = conditions.meet(), confirm_condition = conditions.confirm(),
    center_confirm = conditions.confirm "center",
  },
  deadlines = {
    waiting = { article = 10, from = "opened", limit = "remind_after", nature = "reminder", warn = { workdays(10) }, tell = "builder",
      action = "submit",
      title = { zh = "初步设计提醒(本地设定)", en = "Design pending (local setting)" } },
  },
}
