-- 第十二条 专家从库中抽取、回避、例外须有理由
-- luacheck: read globals law
local story = require "lib.story"
local function review() return story.project("scheme_review", "2024-02-21", { investment = wan(300), design_estimate = wan(300) }, { "expert_opinion" }) end
local function meeting(input_) return { "2024-02-28", "center", "scheme_review.meeting", input_ } end

-- 专家库有 n 名 · a pool of n
local function pooled(n, unit_)
  local given = story.project("scheme_review", "2024-02-20", { investment = wan(200), design_estimate = wan(200), plan_entered_on = "2024-01-12" }, { "expert_opinion" })
  given.entries, given.seed = { experts = {} }, "0f3a"
  for i = 1, n do given.entries.experts["E" .. i] = { name = "专家" .. i, competence = "软件工程", unit_org = i == 1 and unit_ or nil } end
  return given
end
local function draw(input_) return { "2024-02-21", "center", "scheme_review.draw", input_ or {} } end

return law {
  { name = "五名专家,登记评审会", article = 12, sort = "plain", given = review(),
    steps = { meeting { held_on = "2024-02-27", experts = { "E1", "E2", "E3", "E4", "E5" } } }, expect = { may_not = "scheme_review.pass" } },
  { name = "当日的会当日可以登记", article = 12, sort = "boundary", given = review(),
    steps = { meeting { held_on = "2024-02-28", experts = { "E1", "E2", "E3", "E4", "E5" } } }, expect = { open = "scheme_review" } },
  { name = "会还没开,不能登记", article = 12, sort = "refusal", given = review(),
    steps = { meeting { held_on = "2024-02-29", experts = { "E1", "E2", "E3", "E4", "E5" } } }, expect = { refused = { article = 12, code = "experts.future" } } },
  { name = "专家不足", article = 12, sort = "refusal", given = review(), steps = { meeting { held_on = "2024-02-27", experts = { "E1", "E2", "E3", "E4" } } },
    expect = { refused = { article = 12, code = "experts.too_few" } } },
  { name = "重复的专家只算一名", article = 12, sort = "boundary", given = review(),
    steps = { meeting { held_on = "2024-02-27", experts = { "E1", "E1", "E2", "E3", "E4" } } }, expect = { refused = { article = 12, code = "experts.too_few" } } },
  { name = "专家不足而写明例外理由", article = 12, sort = "exception", given = review(),
    steps = { meeting { held_on = "2024-02-27", experts = { "E1", "E2", "E3" }, exception_reason = "该专业库内仅三人" } }, expect = { open = "scheme_review" } },
  { name = "没有专家意见", article = 12, sort = "refusal", given = story.project("scheme_review", "2024-02-21", { investment = wan(300) }),
    steps = { meeting { held_on = "2024-02-27", experts = { "E1", "E2", "E3", "E4", "E5" } } }, expect = { refused = { code = "paper.missing" } } },
  { name = "抽取过的,到会专家须是抽中的", article = 12, sort = "refusal",
    given = story.project("scheme_review", "2024-02-21", { investment = wan(300), expert_draws = { { on = "2024-02-20", stage = "scheme_review", seed = "a", pool = { "E1" }, drawn = { "E1", "E2", "E3", "E4", "E5" } } } },
      { "expert_opinion" }), steps = { meeting { held_on = "2024-02-27", experts = { "E1", "E2", "E3", "E4", "E6" } } }, expect = { refused = { article = 12, code = "experts.not_drawn" } } },
  { name = "抽中的五名到会", article = 12, sort = "plain",
    given = story.project("scheme_review", "2024-02-21", { investment = wan(300), expert_draws = { { on = "2024-02-20", stage = "scheme_review", seed = "a", pool = { "E1" }, drawn = { "E1", "E2", "E3", "E4", "E5" } } } },
      { "expert_opinion" }), steps = { meeting { held_on = "2024-02-27", experts = { "E1", "E2", "E3", "E4", "E5" } } }, expect = { open = "scheme_review" } },
  { name = "库中专家不足,抽不出来", article = 12, sort = "refusal", given = review(), steps = { { "2024-02-25", "center", "scheme_review.draw" } },
    expect = { refused = { article = 12, code = "draw.too_few" }, absent = { "expert_draws" } } },
  { name = "不经抽取的写明理由,记录在案", article = 12, sort = "exception", given = review(),
    steps = { { "2024-02-25", "center", "scheme_review.name_experts", { experts = { "E1" }, reason = "密码专业库内仅一人" } } },
    expect = { facts = { expert_draws = { { on = "2024-02-25", stage = "scheme_review", drawn = { "E1" }, reason = "密码专业库内仅一人" } } } } },
  { name = "应回避的不参加抽取,其余按种子排序", article = 12, sort = "plain", given = pooled(6), steps = { draw() }, expect = { open = "scheme_review", may = { "scheme_review.meeting" } } },
  { name = "库中专家不够,不能抽取", article = 12, sort = "refusal", given = pooled(4), steps = { draw() }, expect = { refused = { article = 12, code = "draw.too_few" } } },
  { name = "恰好够数", article = 12, sort = "boundary", given = pooled(5), steps = { draw() }, expect = { open = "scheme_review" } },
  { name = "抽取后不得随意再抽", article = 12, sort = "refusal", given = pooled(9), steps = { draw(), draw() }, expect = { refused = { article = 12, code = "draw.again" } } },
  { name = "写明理由的可以再抽", article = 12, sort = "exception", given = pooled(12), steps = { draw(), draw { reason = "两名专家临时出差" } }, expect = { open = "scheme_review" } },
  { name = "本单位的专家应当回避", article = 12, sort = "refusal", given = pooled(5, "law-unit"), steps = { draw() }, expect = { refused = { article = 12, code = "draw.too_few" } } },
  { name = "没有抽中的专家到会,须写例外理由", article = 12, sort = "refusal", given = pooled(5), steps = { draw(), { "2024-02-22", "center", "scheme_review.meeting", { held_on = "2024-02-22", experts = { "E9" } } } },
    expect = { refused = { article = 12, code = "experts.not_in_pool" } } },
}
