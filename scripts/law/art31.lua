-- 第三十一条 后评价
-- luacheck: read globals law
local story = require "lib.story"
local function kept(more, papers_)
  local f = { final_accepted_on = "2024-06-28", operations_until = "2027-06-28" }
  for k, v in pairs(more or {}) do f[k] = v end
  return story.project({ "evaluation", "operations" }, "2024-06-28", f, papers_ or { "evaluation_report", "problems_fixed_report" })
end
local function evaluate(date_, result, more)
  local i = { depth = "short", evaluation_result = result }
  for k, v in pairs(more or {}) do i[k] = v end
  return { date_, "bureau", "evaluation.evaluate", i }
end

local weighed = story.project("approval", "2025-08-01", {})
weighed.others = { X = story.other("X", { evaluation_result = "failed" }, "evaluation") }

-- 已申请审批的项目,旁边是同单位的另一个 · a project that applied, beside another of the same unit
local function applied(other)
  local given = story.project("approval", "2024-03-01", { investment = wan(100), plan_entered_on = "2024-01-12", review_passed_on = "2024-02-20", reviewed_amount = wan(100), approval_applied_on = "2024-03-01" },
    { "review_opinion", "preliminary_design", "approval_application", "approval_reply" })
  given.others = { B = story.other("B", other, "operations") }
  return given
end
local function approve(input_) return { { "2024-03-04", "bureau", "approval.accept" }, { "2024-03-08", "bureau", "approval.approve", input_ or {} } } end

return law {
  { name = "评价结果与后续项目审批挂钩:审批时可见", article = 31, sort = "plain", given = weighed, steps = { { "2025-08-01", "bureau", "approval.look_at_unit" } },
    expect = { facts = { unit_record = { { project = "X", title = "项目X", what = "后评价不合格 evaluation failed" } } } } },
  { name = "合格,环节办结", article = 31, sort = "plain", given = kept(), steps = { evaluate("2025-05-06", "passed") },
    expect = { closed = "evaluation", facts = { evaluation_settled_on = "2025-05-06" }, told = "builder" } },
  { name = "满10个月当日(顺延)起可以开展", article = 31, sort = "boundary", given = kept(), steps = { evaluate("2025-04-28", "passed") }, expect = { closed = "evaluation" } },
  { name = "早一天不行", article = 31, sort = "refusal", given = kept(), steps = { evaluate("2025-04-27", "passed") }, expect = { refused = { article = 31, code = "evaluation.early" } } },
  { name = "重点项目须用详表", article = 31, sort = "refusal", given = kept { key_project = true }, steps = { evaluate("2025-05-06", "passed") },
    expect = { refused = { article = 31, code = "evaluation.depth" } } },
  { name = "有问题要列出", article = 31, sort = "refusal", given = kept(), steps = { evaluate("2025-05-06", "passed_with_problems") }, expect = { refused = { code = "evaluation.problems" } } },
  { name = "有问题的,整改确认后才算到位", article = 31, sort = "exception", given = kept(),
    steps = { evaluate("2025-05-06", "passed_with_problems", { problems = { "共享目录未更新" }, fix_owner = "信息科", fix_by = "2025-05-30" }), { "2025-05-20", "builder", "evaluation.report_fixed" },
      { "2025-05-22", "bureau", "evaluation.confirm_fixed" } }, expect = { closed = "evaluation", facts = { evaluation_settled_on = "2025-05-22" } } },
  { name = "有问题的,写明整改责任人和期限", article = 31, sort = "refusal", given = kept(), steps = { evaluate("2025-05-06", "passed_with_problems", { problems = { "目录未更新" } }) },
    expect = { refused = { code = "evaluation.owner" } } },
  { name = "整改期限不能是今天", article = 31, sort = "boundary", given = kept(),
    steps = { evaluate("2025-05-06", "passed_with_problems", { problems = { "目录未更新" }, fix_owner = "信息科", fix_by = "2025-05-06" }) }, expect = { refused = { code = "evaluation.fix_by" } } },
  { name = "整改期限过了只提醒,不视为到位", article = 31, sort = "exception", given = kept(),
    steps = { evaluate("2025-05-06", "passed_with_problems", { problems = { "目录未更新" }, fix_owner = "信息科", fix_by = "2025-05-30" }) }, ["until"] = "2025-06-03",
    expect = { open = "evaluation", absent = { "evaluation_settled_on" }, told = { "builder", "bureau" } } },
  { name = "不合格的不能确认,须重新评价", article = 31, sort = "exception", given = kept(),
    steps = { evaluate("2025-05-06", "failed", { problems = { "未使用" } }), { "2025-05-20", "builder", "evaluation.report_fixed" }, { "2025-05-22", "bureau", "evaluation.confirm_fixed" } },
    expect = { refused = { code = "not_applicable" }, open = "evaluation", absent = { "evaluation_settled_on" } } },
  { name = "同单位有后评价不合格的项目,批复须写明怎样考虑", article = 31, sort = "refusal", given = applied { evaluation_result = "failed" }, steps = approve(),
    expect = { refused = { article = 31, code = "unit.record" }, open = "approval" } },
  { name = "写明考虑的可以批复,记录在案", article = 31, sort = "exception", given = applied { evaluation_result = "failed" }, steps = approve { record_considered = "已换承建单位,整改方案可行" },
    expect = { closed = "approval", facts = { record_considered = "已换承建单位,整改方案可行" } } },
  { name = "后评价合格的单位照常批复", article = 31, sort = "plain", given = applied { evaluation_result = "passed" }, steps = approve(), expect = { open = "budget_review", absent = { "record_considered" } } },
  { name = "有问题但已整改到位的不影响", article = 31, sort = "boundary", given = applied { evaluation_result = "passed_with_problems", evaluation_settled_on = "2024-02-01" }, steps = approve(), expect = { open = "budget_review" } },
}
