-- 第十一条 方案评审:八个方面;200万元起开专家评审会
-- luacheck: read globals law
local story = require "lib.story"
local function review(total) return story.project("scheme_review", "2024-02-21", { investment = total, design_estimate = total, design_by = "own" },
  { "review_opinion", "expert_opinion", "conditions_reply" }) end
local function subjects(more)
  local s = {}
  for k, v in pairs(story.subjects) do s[k] = v end
  for k, v in pairs(more or {}) do s[k] = v end
  return s
end
local function pass(more, what, due) return { "2024-03-01", "center", "scheme_review." .. (what or "pass"),
  { subjects = subjects(more), opinion = "可行", conditions = what and { { condition = "补充共享目录", owner = "李某", due = due or "2024-03-20" } } or nil } } end
local meeting = { "2024-02-28", "center", "scheme_review.meeting", { held_on = "2024-02-27", experts = { "E1", "E2", "E3", "E4", "E5" } } }

return law {
  { name = "150万元,评审通过", article = 11, sort = "plain", given = review(wan(150)), steps = { pass() },
    expect = { open = "approval", facts = { reviewed_amount = wan(150), review_passed_on = "2024-03-01" }, told = { "builder", "bureau" } } },
  { name = "差一分200万元,不必开会", article = 11, sort = "boundary", given = review(wan(200) - 1), steps = { pass() }, expect = { open = "approval" } },
  { name = "恰为200万元,须开专家评审会", article = 11, sort = "boundary", given = review(wan(200)), steps = { pass() },
    expect = { refused = { article = 11, code = "review.meeting" } } },
  { name = "300万元,开会后通过", article = 11, sort = "plain", given = review(wan(300)), steps = { meeting, pass() }, expect = { open = "approval" } },
  { name = "有一方面不合格,不能通过", article = 11, sort = "refusal", given = review(wan(150)), steps = { pass { data_sharing = "fail" } },
    expect = { refused = { article = 11 }, open = "scheme_review" } },
  { name = "有一方面须完善,不能无条件通过", article = 11, sort = "refusal", given = review(wan(150)), steps = { pass { architecture = "improve" } },
    expect = { refused = { article = 11 } } },
  { name = "附条件通过,落实并确认后转审批", article = 11, sort = "exception", given = review(wan(150)),
    steps = { pass({ architecture = "improve" }, "pass_with_conditions"), { "2024-03-05", "builder", "scheme_review.answer_conditions", { answer = "已补充" } },
      { "2024-03-06", "center", "scheme_review.confirm_conditions" } }, expect = { open = "approval", facts = { review_passed_on = "2024-03-06" }, absent = { "review_conditions" } } },
  { name = "条件的期限不能是今天", article = 11, sort = "refusal", given = review(wan(150)), steps = { pass({ architecture = "improve" }, "pass_with_conditions", "2024-03-01") },
    expect = { refused = { article = 11, code = "conditions.date" } } },
  { name = "条件过期:提醒,不视为通过", article = 11, sort = "exception", given = review(wan(150)), steps = { pass({ architecture = "improve" }, "pass_with_conditions") }, ["until"] = "2024-03-22",
    expect = { open = "scheme_review", absent = { "review_passed_on" }, told = { "builder", "center" } } },
  { name = "条件未落实,不转审批", article = 11, sort = "boundary", given = review(wan(150)),
    steps = { pass({ architecture = "improve" }, "pass_with_conditions"), { "2024-03-05", "center", "scheme_review.confirm_conditions" } },
    expect = { refused = { code = "not_applicable" }, closed = "approval" } },
  { name = "退回修改,回到初步设计", article = 11, sort = "exception", given = review(wan(150)),
    steps = { { "2024-03-01", "center", "scheme_review.return_scheme", { missing = { "细化概算" } } } }, expect = { open = "prelim_design", told = "builder" } },
  { name = "评审把概算降到200万元以下,须写明理由", article = 11, sort = "refusal", given = review(wan(200)),
    steps = { meeting, { "2024-03-01", "center", "scheme_review.pass", { subjects = subjects(), opinion = "可行", amount = wan(199) } } },
    expect = { refused = { article = 11, code = "path.lighter" } } },
  { name = "写明理由的,可以降", article = 11, sort = "exception", given = review(wan(200)),
    steps = { meeting, { "2024-03-01", "center", "scheme_review.pass", { subjects = subjects(), opinion = "可行", amount = wan(199), lighter_reason = "核减重复功能" } } },
    expect = { open = "approval", facts = { investment = wan(199) } } },
  { name = "附条件通过的,评审概算达到门槛同样须先开会", article = 11, sort = "refusal", given = story.project("scheme_review", "2024-02-20", { design_estimate = wan(199), plan_entered_on = "2024-01-12" }, { "review_opinion" }),
    steps = { { "2024-02-21", "center", "scheme_review.pass_with_conditions", { subjects = story.subjects, opinion = "可行", amount = wan(200), conditions = { { condition = "补充数据目录", owner = "信息科", due = "2024-03-20" } } } } },
    expect = { refused = { article = 11, code = "review.meeting" } } },
}
