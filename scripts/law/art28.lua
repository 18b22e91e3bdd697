-- 第二十八条 验收不合格:限期整改,再不合格的停付
-- luacheck: read globals law
local story = require "lib.story"
local function failing(more)
  local f = { contracts = { story.signed(wan(90)) }, operation_years = 3, sharing_result = "shared" }
  for k, v in pairs(more or {}) do f[k] = v end
  return story.project("builder_acceptance", "2024-09-01", f, { "acceptance_report", "correction_report" })
end
local function fail(date_, by_) return { date_, "builder", "builder_acceptance.fail", { problems = { "性能不达标" }, correct_by = by_ } } end
local again = { "2024-09-25", "builder", "correction.resubmit", { note = "已整改" } }

return law {
  { name = "不合格,限期整改", article = 28, sort = "plain", given = failing(), steps = { fail("2024-09-10", "2024-09-30") },
    expect = { open = "correction", due = { ["correction.correct_by"] = "2024-09-30" }, facts = { acceptance_failures = 1 }, absent = { "payments_frozen" }, told = "finance" } },
  { name = "整改后重新验收合格,恢复付款", article = 28, sort = "plain", given = failing { acceptance_failures = 1 },
    steps = { fail("2024-09-10", "2024-09-30"), again, { "2024-09-26", "builder", "builder_acceptance.pass" } },
    expect = { facts = { final_accepted_on = "2024-09-26" }, absent = { "payments_frozen" } } },
  { name = "再次不合格,停付剩余款项", article = 28, sort = "exception", given = failing(), steps = { fail("2024-09-10", "2024-09-20"), again, fail("2024-09-26", "2024-10-20") },
    expect = { facts = { acceptance_failures = 2, payments_frozen = true } } },
  { name = "拒不整改的停付", article = 28, sort = "exception", given = failing(),
    steps = { fail("2024-09-10", "2024-09-30"), { "2024-10-09", "bureau", "correction.refuse_to_correct", { reason = "逾期且拒绝" } } },
    expect = { facts = { payments_frozen = true, correction_refused_on = "2024-10-09" }, told = "finance" } },
  { name = "停付期间不能付款", article = 28, sort = "refusal", given = failing { payments_frozen = true },
    steps = { { "2024-09-10", "finance", "builder_acceptance.pay", { contract = "HT-001", amount = 100 } } }, expect = { refused = { article = 28, code = "payment.frozen" } } },
  { name = "整改期限不能是今天", article = 28, sort = "boundary", given = failing(), steps = { fail("2024-09-10", "2024-09-10") }, expect = { refused = { article = 28, code = "correction.date" } } },
  { name = "整改逾期,第三个工作日报告建设单位的上级", article = 28, sort = "exception",
    given = story.project("correction", "2024-09-10", { correct_by = "2024-09-30", failed_acceptance = "builder", acceptance_failures = 1 }), ["until"] = "2024-10-11",
    expect = { open = "correction", told = { "builder", "bureau", "superior" } } },
  { name = "国庆假期不算,十月九日还不报告", article = 28, sort = "boundary",
    given = story.project("correction", "2024-09-10", { correct_by = "2024-09-30", failed_acceptance = "builder", acceptance_failures = 1 }), ["until"] = "2024-10-10",
    expect = { open = "correction", told = "builder", not_told = "superior" } },
  { name = "没有整改报告不能重新验收", article = 28, sort = "refusal",
    given = story.project("correction", "2024-09-10", { correct_by = "2024-09-30", failed_acceptance = "builder", acceptance_failures = 1 }), steps = { again },
    expect = { refused = { code = "paper.missing" } } },
}
