-- 第七条 一事一议:三部门联合审查,领导小组审定,政府批准,列入年度增补计划
local conditions = require "lib.conditions"
local order_of = { { "bureau", "urgent_bureau_on" }, { "drc", "urgent_drc_on" }, { "finance", "urgent_finance_on" } }

local function all_signed(case)
  for _, s in ipairs(order_of) do
    if not case.facts[s[2]] then
      return refuse { article = 7, code = "urgent.unsigned", zh = "联合审查意见须由政务管理服务局、发展改革委、财政局三家签署:请待签齐",
        en = "The joint opinion is signed by the bureau, the DRC and finance: wait for all three" }
    end
  end
end

local function sign(name, fact_name, zh, en)
  return { by = name, order = 1, usual = 1, after = workdays(5), title = { zh = zh .. "签署联合审查意见", en = en .. " signs the joint opinion" },
    needs = docs { "joint_review_opinion" },
    when = not_set(fact_name), effect = { set(fact_name, today) } }
end

local function group_first(case)
  if not case.facts.urgent_group_on then
    return refuse { article = 7, code = "urgent.group", zh = "须先经领导小组审定,再报政府批准",
      en = "The leading group comes first, then the government" }
  end
end

local approve = { by = "government", order = 3, usual = 3, after = workdays(10),
  title = { zh = "政府批准,列入增补计划", en = "The government approves: supplementary plan" },
  needs = docs { "government_minutes" }, guard = { all_signed, group_first },
  effect = { set("plan_entered_on", today), set("plan_kind", "supplementary"), set("declared_on", today),
    notify { to = { "builder", "center", "bureau" }, article = 7, zh = "项目已列入年度增补计划,可编制初步设计方案",
      en = "The project is in the supplementary plan: the preliminary design may be made" },
    follow "approved" } }

return stage "urgent_review" {
  kind = "project", order = 35, articles = { 7 }, owner = "bureau", title = { zh = "急需建设联合审查", en = "Joint review of an urgent project" },
  limits = { remind_after = workdays(20) },
  facts = {
    { "urgent_bureau_on", date, zh = "政务管理服务局签署", en = "Signed by the bureau", optional = true },
    { "urgent_drc_on", date, zh = "发展改革委签署", en = "Signed by the DRC", optional = true },
    { "urgent_finance_on", date, zh = "财政局签署", en = "Signed by finance", optional = true },
    { "urgent_group_on", date, zh = "领导小组审定", en = "Leading group", optional = true },
    { "urgent_declined", text, zh = "急需建设未获同意的理由", en = "Why the urgent way was declined", optional = true },
  },
  leads = { approved = "prelim_design", declined = "declaration" },
  actions = {
    sign_bureau = sign("bureau", "urgent_bureau_on", "政务管理服务局", "The bureau"),
    sign_drc = sign("drc", "urgent_drc_on", "发展改革委", "The DRC"),
    sign_finance = sign("finance", "urgent_finance_on", "财政局", "Finance"),
    leading_group = { by = "leading_group", order = 2, usual = 2, after = workdays(10),
      title = { zh = "领导小组审定", en = "The leading group approves" }, when = not_set("urgent_group_on"),
      needs = docs { "leading_group_minutes" }, guard = all_signed, effect = { set("urgent_group_on", today) } },
    approve = approve,
    approve_with_conditions = conditions.variant(approve, { order = 5, article = 7, from = "急需建设审批", blocks = { "approval", "acceptance", "payment", "nothing" },
      title = { zh = "政府附条件批准", en = "The government approves with conditions" } }),
    decline = { by = { "bureau", "drc", "finance", "leading_group", "government" }, order = 4, title = { zh = "不同意", en = "Decline" },
      form = { { "reason", text, zh = "理由", en = "Why" } },
      help = { zh = "退回申报环节,可改报下一年度", en = "Back to the declaration: declare for the next year" },
      effect = { set("urgent_declined", input "reason"), unset("urgent_bureau_on"), unset("urgent_drc_on"), unset("urgent_finance_on"),
        unset("urgent_group_on"),
        unset("declared_on"), notify { to = { "builder" }, article = 7, zh = "急需建设申请未获同意,已退回申报",
          en = "The urgent way was declined; back to the declaration" }, follow "declined" } },
  },
  deadlines = {
    waiting = { article = 7, from = "opened", limit = "remind_after", nature = "reminder", warn = { workdays(5) },
      tell = { "bureau", "drc", "finance" },
      title = { zh = "特事快办提醒(本地设定)", en = "Urgent review pending (local setting)" } },
  },
}
