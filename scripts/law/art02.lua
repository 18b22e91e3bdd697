-- 第二条 类别和建设方式
-- luacheck: read globals law
local story = require "lib.story"
local function new(facts)
  local given = story.project(nil, "2023-08-15", facts)
  given.create, given.by = true, "builder"
  return given
end

return law {
  { name = "软件开发,政府投资", article = 2, sort = "plain", given = new(), expect = { open = "declaration", facts = { declared_investment = wan(100), upper_money = false } } },
  { name = "省级资金加市级配套的,标明", article = 2, sort = "boundary", given = new { funding_sources = { { source = "provincial", amount = wan(99) }, { source = "city", amount = wan(1) } } },
    expect = { facts = { upper_money = true } } },
  { name = "资金来源合计不等于总投资", article = 2, sort = "refusal", given = new { funding_sources = { { source = "city", amount = wan(99) } } },
    expect = { refused = { article = 5, code = "project.sources" } } },
  { name = "只有省级资金,没有市级配套", article = 2, sort = "exception", given = new { funding_sources = { { source = "provincial", amount = wan(100) } } }, expect = { facts = { upper_money = false } } },
}
