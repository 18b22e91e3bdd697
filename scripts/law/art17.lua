-- 第十七条 预算评审:审批之后、采购之前
-- luacheck: read globals law
local story = require "lib.story"
local function budget(more, papers_)
  local f = { investment = wan(300), approved_on = "2024-03-08", approved_amount = wan(300) }
  for k, v in pairs(more or {}) do f[k] = v end
  return story.project("budget_review", "2024-03-08", f, papers_ or { "approval_reply", "budget", "budget_review_report" })
end
local submit = { "2024-03-20", "builder", "budget_review.submit" }
local function conclude(input_) return { "2024-04-01", "finance", "budget_review.conclude", input_ or {} } end

local function given_conditions(blocks, due) return { { condition = "补齐材料", owner = "李某", due = due, blocks = blocks } } end

return law {
  { name = "送审、出具结论,转采购", article = 17, sort = "plain", given = budget(), steps = { submit, conclude { amount = wan(280) } },
    expect = { open = "procurement", facts = { budget_amount = wan(280), investment = wan(280) } } },
  { name = "预算恰为批复数", article = 17, sort = "boundary", given = budget(), steps = { submit, conclude { amount = wan(300) } }, expect = { open = "procurement" } },
  { name = "预算超过批复数", article = { 17, 22 }, sort = "refusal", given = budget(), steps = { submit, conclude { amount = wan(300) + 1 } },
    expect = { refused = { article = 22, code = "budget.amount" } } },
  { name = "未送审,不能下结论", article = 17, sort = "refusal", given = budget(), steps = { conclude() }, expect = { refused = { article = 17, code = "budget.not_submitted" } } },
  { name = "没有预算书不能送审", article = 17, sort = "refusal", given = budget(nil, { "approval_reply" }), steps = { submit }, expect = { refused = { code = "paper.missing" } } },
  { name = "退回后重新送审", article = 17, sort = "exception", given = budget(), steps = { submit, { "2024-03-25", "finance", "budget_review.return_budget", { reason = "单价偏高" } } },
    expect = { absent = { "budget_submitted_on" }, told = "builder", may = "budget_review.submit" } },
  { name = "办法未定时限:到期只提醒,不算超期、不视为通过", article = 17, sort = "exception", given = budget(), ["until"] = "2024-06-01",
    expect = { open = "budget_review", told = "finance", absent = { "budget_reviewed_on" } } },
  -- 附条件的评审结论 · concluded with conditions
  { name = "附条件出具结论,转采购;未落实前不付款", article = 17, sort = "exception", given = budget(),
    steps = { submit, { "2024-04-01", "finance", "budget_review.conclude_with_conditions", { amount = wan(280), conditions = given_conditions("payment", "2024-05-31") } } },
    expect = { open = "procurement", facts = { budget_amount = wan(280), conditions_due = "2024-05-31" }, told = "builder" } },
  { name = "附条件的结论也不能超过批复数", article = { 17, 22 }, sort = "refusal", given = budget(),
    steps = { submit, { "2024-04-01", "finance", "budget_review.conclude_with_conditions", { amount = wan(300) + 1, conditions = given_conditions("payment", "2024-05-31") } } },
    expect = { refused = { article = 22, code = "budget.amount" } } },
}
