-- 安化县自己的规则
-- luacheck: read globals law
local story = require "lib.story"
local function design(total, more)
  local f = { investment = total, plan_entered_on = "2024-01-12" }
  for k, v in pairs(more or {}) do f[k] = v end
  return story.project("prelim_design", "2024-02-01", f, { "preliminary_design", "review_opinion", "approval_application" })
end
local submit = { "2024-02-20", "builder", "prelim_design.submit_simple" }
local function pass(input_) return { "2024-02-22", "bureau", "simple_review.pass", input_ } end

return law {
  { name = "安化:80万元走简易评审,接着申请审批", article = 49, sort = "plain", given = design(wan(80)), steps = { submit, pass { opinion = "可行" }, { "2024-02-23", "builder", "approval.apply" } },
    expect = { open = "approval", facts = { reviewed_amount = wan(80), review_passed_on = "2024-02-22", approval_applied_on = "2024-02-23" } } },
  { name = "安化:恰为100万元可以", article = 49, sort = "boundary", given = design(wan(100)), steps = { submit }, expect = { open = "simple_review", due = { ["simple_review.review"] = "2024-02-23" } } },
  { name = "安化:100万元又一分不行", article = 49, sort = "refusal", given = design(wan(100) + 1), steps = { submit }, expect = { refused = { code = "not_applicable" } } },
  { name = "安化:评审数超过申报数的退回通常程序", article = 49, sort = "refusal", given = design(wan(80)), steps = { submit, pass { opinion = "可行", amount = wan(81) } },
    expect = { refused = { article = 49, code = "simple.amount" } } },
  { name = "安化:也可仍按通常程序", article = 49, sort = "exception", given = design(wan(80), { design_estimate = wan(80), design_by = "own" }),
    steps = { { "2024-02-20", "builder", "prelim_design.submit" } }, expect = { open = "scheme_review" } },
}
