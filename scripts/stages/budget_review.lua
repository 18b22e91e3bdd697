-- 第十七条 预算评审(财政局)
local conditions = require "lib.conditions"
local oversight = require "lib.oversight"
local common = require "lib.common"
local lapse = require "lib.lapse"
local money_ = require "lib.money"

local function submitted(case)
  if not case.facts.budget_submitted_on then
    return refuse { article = 17, code = "budget.not_submitted", zh = "建设单位尚未送审预算:请待其办理“送审预算”",
      en = "The builder has not submitted the budget yet: wait for it" }
  end
end

local function amount_of(case, given) return given.amount or case.facts.investment end

local conclude = { by = "finance", order = 2, usual = 2, after = workdays(15), title = { zh = "出具预算评审结论", en = "Conclude the review" },
  needs = docs { "budget_review_report" },
  form = { { "amount", money, zh = "评审确认的预算(不填即同批复金额)", en = "Budget as reviewed (empty: as approved)", min = 1, optional = true },
    money_.lighter_field() }, guard = { common.not_own, lapse.guard, submitted },
  check = function(case, given, now)
    if amount_of(case, given) > case.facts.investment then
      return refuse { article = 22, code = "budget.amount", field = "amount",
        zh = ("预算不能超过批复金额%s:确需增加的,按规定重新报批"):format(money_text(case.facts.investment)),
        en = ("The budget cannot exceed the approved %s: if more is due, it is approved anew"):format(common.yuan(case.facts.investment)) }
    end
    return money_.lighter(case, amount_of(case, given), given.lighter_reason, now)
  end,
  effect = function(case, given, now)
    return { set("budget_reviewed_on", now.date), set("budget_amount", amount_of(case, given)), unset("budget_submitted_on"),
      money_.approved(case, amount_of(case, given), "budget_review", given.lighter_reason, now),
      notify { to = { "builder" }, article = 17, zh = "预算评审完成,可开展采购", en = "The budget was reviewed: procurement may begin" },
      follow "reviewed" }
  end }

return stage "budget_review" {
  kind = "project", order = 70, articles = { 17, 4 }, owner = "finance", title = { zh = "预算评审", en = "Budget review" },
  help = { zh = "办法未定评审时限:只计时、不算超期", en = "The regulation sets no limit here: time is shown, never called overdue" },
  limits = { remind_after = workdays(20) },
  facts = { { "budget_submitted_on", date, zh = "预算送审日期", en = "Budget submitted on", optional = true },
    { "budget_reviewed_on", date, zh = "预算评审日期", en = "Budget reviewed on", optional = true },
    { "budget_amount", money, zh = "预算评审金额", en = "Budget as reviewed", optional = true },
    { "budget_returned", text, zh = "预算退回意见", en = "Why the budget was returned", optional = true } },
  leads = { reviewed = "procurement" },
  actions = {
    submit = { by = "builder", order = 1, usual = 1, after = workdays(5), title = { zh = "送审预算", en = "Submit the budget" },
      needs = docs { "approval_reply", "budget" }, when = not_set("budget_submitted_on"),
      guard = lapse.guard, effect = { set("budget_submitted_on", today),
        notify { to = { "finance" }, article = 17, zh = "项目预算已送审", en = "A budget was submitted for review" } } },
    conclude = conclude,
    conclude_with_conditions = conditions.variant(conclude, { order = 4, article = 17, from = "预算评审", blocks = { "acceptance", "payment", "nothing" },
      title = { zh = "附条件出具评审结论", en = "Conclude with conditions" } }),
    return_budget = { by = "finance", order = 3, title = { zh = "退回预算", en = "Return the budget" },
      form = { { "reason", text, zh = "退回意见", en = "What to change" } }, guard = submitted,
      effect = { unset("budget_submitted_on"), set("budget_returned", input "reason"),
        notify { to = { "builder" }, article = 17, zh = "预算被退回,请修改后重新送审",
        en = "The budget was returned: change it and submit it again" } } },
    reapply = lapse.reapply(), withdraw = common.withdraw(),
    classify = oversight.classify(), declassify = oversight.declassify(),
    meet_condition = conditions.meet(), confirm_condition = conditions.confirm(),
    center_confirm = conditions.confirm "center",
    release = oversight.release(), withdraw_release = oversight.withdraw_release(),
  },
  deadlines = {
    waiting = { article = 17, from = "opened", limit = "remind_after", nature = "reminder", warn = { workdays(5) }, tell = { "finance", "builder" },
      action = "conclude",
      title = { zh = "预算评审提醒(本地设定)", en = "Budget review pending (local setting)" } },
  },
}
