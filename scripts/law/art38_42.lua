-- 第三十八至四十二条 统筹集约建设,各有声明的例外
-- luacheck: read globals law
local story = require "lib.story"
local out = {}
local function given() return story.project("scheme_review", "2024-02-21", { investment = wan(100), design_estimate = wan(100) }, { "review_opinion" }) end
local function checks(what, value)
  local c = { cloud = "none", base_data = "none", map = "none", platform = "none", video = "none" }
  if what then c[what] = value end
  return { "2024-02-25", "center", "scheme_review.check_integration", { checks = c } }
end
local pass = { "2024-03-01", "center", "scheme_review.pass", { subjects = story.subjects, opinion = "可行" } }

for _, a in ipairs { { 38, "cloud", "上云" }, { 39, "base_data", "基础库" }, { 40, "map", "一张图" }, { 41, "platform", "统一平台" }, { 42, "video", "视频平台" } } do
  local article, what, zh = a[1], a[2], a[3]
  out[#out + 1] = { name = zh .. ":符合,方案可通过", article = article, sort = "plain", given = given(), steps = { checks(what, "follows"), pass }, expect = { open = "approval" } }
  out[#out + 1] = { name = zh .. ":不涉及的不妨碍", article = article, sort = "boundary", given = given(), steps = { checks(), pass }, expect = { open = "approval" } }
  out[#out + 1] = { name = zh .. ":不符合的方案不能通过", article = article, sort = "refusal", given = given(), steps = { checks(what, "breaks"), pass },
    expect = { refused = { article = article, code = "integration.breaks" } } }
  out[#out + 1] = { name = zh .. ":没有声明的例外不算例外", article = article, sort = "refusal", given = given(), steps = { checks(what, "exception") },
    expect = { refused = { article = article, code = "integration.undeclared" } } }
  local declared = given()
  declared.facts.integration_exceptions = { { on = "2024-02-20", what = what, ground = "internal", reason = "单位内部使用设备" } }
  out[#out + 1] = { name = zh .. ":声明了理由的例外", article = article, sort = "exception", given = declared, steps = { checks(what, "exception"), pass }, expect = { open = "approval" } }
end
out[#out + 1] = { name = "建设单位在初步设计时声明例外", article = 38, sort = "exception", given = story.project("prelim_design", "2024-02-01", { plan_entered_on = "2024-01-12" }),
  steps = { { "2024-02-10", "builder", "prelim_design.declare_exception", { what = "cloud", ground = "internal", reason = "会议终端" } } },
  expect = { facts = { integration_exceptions = { { on = "2024-02-10", what = "cloud", ground = "internal", reason = "会议终端" } } } } }
return law(out)
