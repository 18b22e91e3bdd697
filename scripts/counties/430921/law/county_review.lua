-- 南县自己的规则
-- luacheck: read globals law
local story = require "lib.story"
local function budget(papers_) return story.project("budget_review", "2024-03-08", { investment = wan(100), approved_on = "2024-03-08", budget_submitted_on = "2024-03-20" }, papers_ or { "budget_review_report" }) end
local conclude = { "2024-04-01", "finance", "budget_review.conclude", {} }
local function pass(duplicates) return { "2024-04-03", "bureau", "county_review.pass", { opinion = "同意采购", duplicates = duplicates } } end
local two = { "budget_review_report", "county_review_opinion" }
local function review(total) return story.project("scheme_review", "2024-02-21", { investment = total, design_estimate = total, design_by = "own" }, { "review_opinion" }) end
local scheme = { "2024-03-01", "center", "scheme_review.pass", { subjects = story.subjects, opinion = "可行" } }

return law {
  { name = "南县:预算评审后先县级复核", article = 49, sort = "plain", given = budget(two), steps = { conclude, pass(false) },
    expect = { open = "procurement", facts = { county_reviewed_on = "2024-04-03" } } },
  { name = "南县:复核5个工作日", article = 49, sort = "boundary", given = budget(two), steps = { conclude }, expect = { open = "county_review", closed = "procurement",
    due = { ["county_review.review"] = "2024-04-09" } } }, -- 2 3 | 清明 | 7(补班)8 9
  { name = "南县:没有复核意见书", article = 49, sort = "refusal", given = budget(), steps = { conclude, pass(false) }, expect = { refused = { code = "paper.missing" } } },
  { name = "南县:重复建设的不同意", article = 49, sort = "refusal", given = budget(two), steps = { conclude, pass(true) }, expect = { refused = { article = 49, code = "county.duplicate" } } },
  { name = "南县:退回预算评审", article = 49, sort = "exception", given = budget(two), steps = { conclude, { "2024-04-03", "bureau", "county_review.send_back", { reason = "压减" } } },
    expect = { open = "budget_review", told = "builder" } },
  { name = "南县:150万元起须开评审会", article = 49, sort = "boundary", given = review(wan(150)), steps = { scheme }, expect = { refused = { article = 11, code = "review.meeting" } } },
  { name = "南县:不足150万元的不必", article = 49, sort = "boundary", given = review(wan(150) - 1), steps = { scheme }, expect = { open = "approval" } },
  { name = "南县:审批7个工作日", article = 49, sort = "plain",
    given = story.project("approval", "2024-03-04", { plan_entered_on = "2024-01-12", review_passed_on = "2024-03-01", reviewed_amount = wan(100), approval_applied_on = "2024-03-04" }),
    steps = { { "2024-03-04", "bureau", "approval.accept" } }, expect = { due = { ["approval.decide"] = "2024-03-13" } } },
}
