-- 第十三条 以方案评审意见为依据审批,原则上不另行评审
-- luacheck: read globals law
local story = require "lib.story"
local function approval(facts, papers_)
  local f = { investment = wan(300), plan_entered_on = "2024-01-12", review_passed_on = "2024-03-01", reviewed_amount = wan(300), approval_applied_on = "2024-03-04" }
  for k, v in pairs(facts or {}) do f[k] = v or nil end
  return story.project("approval", "2024-03-04", f, papers_ or { "review_opinion", "preliminary_design", "approval_application", "approval_reply" })
end
local accept = { "2024-03-05", "bureau", "approval.accept" }
local function approve(input_) return { "2024-03-08", "bureau", "approval.approve", input_ or {} } end

local unmet = { { number = 1, condition = "补充共享目录", owner = "李某", due = "2024-12-31", blocks = "approval", from = "前置技术审查", article = 5, confirm = "center" } }

return law {
  { name = "受理后批复,转预算评审", article = 13, sort = "plain", given = approval(), steps = { accept, approve() },
    expect = { open = "budget_review", facts = { approved_on = "2024-03-08", approved_amount = wan(300) }, told = { "builder", "finance" } } },
  { name = "批复数恰为评审概算", article = 13, sort = "boundary", given = approval(), steps = { accept, approve { amount = wan(300) } }, expect = { open = "budget_review" } },
  { name = "批复数超过评审概算", article = 13, sort = "refusal", given = approval(), steps = { accept, approve { amount = wan(300) + 1 } },
    expect = { refused = { article = 13, code = "approval.amount" } } },
  { name = "方案评审未通过", article = 13, sort = "refusal",
    given = story.project("approval", "2024-03-04", { plan_entered_on = "2024-01-12" }, { "review_opinion", "preliminary_design", "approval_application" }),
    steps = { { "2024-03-04", "builder", "approval.apply" } }, expect = { refused = { article = 13, code = "approval.not_reviewed" } } },
  { name = "另行评审的写明理由,记录在案", article = 13, sort = "exception", given = approval(), steps = { accept, approve { second_review_reason = "省里要求复核" } },
    expect = { facts = { second_review_reason = "省里要求复核" } } },
  { name = "不予批准,回到初步设计,重新评审", article = 13, sort = "exception", given = approval(),
    steps = { accept, { "2024-03-08", "bureau", "approval.reject", { reason = "目标不明" } } },
    expect = { open = "prelim_design", absent = { "review_passed_on", "accepted_on" }, told = "builder" } },
  { name = "未申请的不能受理", article = 13, sort = "refusal", given = story.project("approval", "2024-03-04", { review_passed_on = "2024-03-01" }),
    steps = { accept }, expect = { refused = { article = 13, code = "approval.not_applied" } } },
  { name = "缺批复文件", article = 13, sort = "refusal", given = approval(nil, { "review_opinion" }), steps = { accept, approve() }, expect = { refused = { code = "paper.missing" } } },
  -- 前面环节所附的条件 · conditions set earlier
  { name = "所附条件未落实的不能批复", article = 13, sort = "refusal", given = approval { acceptance_conditions = unmet, conditions_due = "2024-12-31" }, steps = { accept, approve() },
    expect = { refused = { article = 5, code = "conditions.unmet" } } },
  { name = "落实并确认后可以批复", article = 13, sort = "exception", given = approval { acceptance_conditions = unmet, conditions_due = "2024-12-31" },
    steps = { accept, { accept[1], "builder", "approval.meet_condition", { number = 1, note = "已落实" } }, { accept[1], "center", "approval.center_confirm", { number = 1 } }, approve() },
    expect = { open = "budget_review", absent = { "conditions_due" } } },
}
