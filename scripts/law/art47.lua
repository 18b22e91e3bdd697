-- 第四十七条 土建与信息化分别审批
-- luacheck: read globals law
local story = require "lib.story"
local function draft(total, civil) return story.project("declaration", "2023-09-01", { investment = total, civil_works = civil },
  { "project_proposal", "party_group_approval", "investment_estimate", "supporting_evidence" }) end
local submit = { "2023-09-20", "builder", "declaration.submit" }

return law {
  { name = "土建不多的一并申报", article = 47, sort = "plain", given = draft(wan(1000), wan(150)), steps = { submit }, expect = { open = "pretech" } },
  { name = "恰为400万元:不超过", article = 47, sort = "boundary", given = draft(wan(1200), wan(400)), steps = { submit }, expect = { open = "pretech" } },
  { name = "超过400万元", article = 47, sort = "refusal", given = draft(wan(1200), wan(400) + 1), steps = { submit }, expect = { refused = { article = 47, code = "declaration.civil" } } },
  { name = "恰为200万元,占一半:金额未超过", article = 47, sort = "boundary", given = draft(wan(400), wan(200)), steps = { submit }, expect = { open = "pretech" } },
  { name = "超过200万元且占40%", article = 47, sort = "refusal", given = draft(wan(525), wan(210)), steps = { submit }, expect = { refused = { article = 47, code = "declaration.civil" } } },
  { name = "土建投资多于总投资", article = 47, sort = "refusal", given = draft(wan(100), 0), steps = { { "2023-09-19", "builder", "declaration.revise", { civil_works = wan(100) + 1 } } },
    expect = { refused = { article = 47, code = "project.civil" }, facts = { civil_works = 0 } } },
  { name = "土建投资恰为总投资,可以修改", article = 47, sort = "boundary", given = draft(wan(100), 0), steps = { { "2023-09-19", "builder", "declaration.revise", { civil_works = wan(100) } } },
    expect = { facts = { civil_works = wan(100) } } },
  { name = "剔除土建后申报信息化部分", article = 47, sort = "exception", given = draft(wan(525), wan(210)),
    steps = { { "2023-09-19", "builder", "declaration.revise", { investment = wan(315), civil_works = 0, funding_sources = { { source = "city", amount = wan(315) } },
      investment_by_year = { { year = 2024, amount = wan(315) } } } }, submit }, expect = { open = "pretech", facts = { investment = wan(315) } } },
  { name = "土建工程中的信息化部分恰为50万元,不必单独审批", article = 47, sort = "boundary",
    given = story.project("declaration", "2024-03-01", { category = "infrastructure", parts = { "in_construction" }, investment = wan(50) }),
    steps = { { "2024-03-04", "builder", "declaration.start_small", { not_split = true } } }, expect = { open = "procurement", facts = { exempt = true } } },
  { name = "土建工程中的信息化部分超过50万元,按本办法单独申报", article = 47, sort = "plain",
    given = story.project("declaration", "2023-09-01", { category = "infrastructure", parts = { "in_construction" }, investment = wan(50) + 1 },
      { "project_proposal", "party_group_approval", "investment_estimate", "supporting_evidence" }), steps = { submit }, expect = { open = "pretech" } },
}
