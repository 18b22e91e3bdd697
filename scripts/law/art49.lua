-- 第四十九条:没有自定规则的区县照市里的办;各县只改自己的 · the city's own cases are untouched by what a county changes
-- luacheck: read globals law
local story = require "lib.story"
local function review(place)
  local given = story.project("scheme_review", "2024-02-21", { investment = wan(150), design_estimate = wan(150), design_by = "own" }, { "review_opinion" })
  given.jurisdiction = place
  return given
end
local pass = { "2024-03-01", "center", "scheme_review.pass", { subjects = story.subjects, opinion = "可行" } }

return law {
  { name = "市本级:150万元不必开评审会", article = 49, sort = "plain", given = review "430900", steps = { pass }, expect = { open = "approval" } },
  { name = "南县:150万元须开评审会", article = 49, sort = "refusal", given = review "430921", steps = { pass }, expect = { refused = { code = "review.meeting" } } },
  -- 代码 430999 不是任何县,所以不会有自定规则 · the code of no county: it never has rules of its own
  { name = "没有自定规则的区县照市里的", article = 49, sort = "exception", given = review "430999", steps = { pass }, expect = { open = "approval" } },
}
