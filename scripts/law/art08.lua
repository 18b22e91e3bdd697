-- 第八条 50万元以下;恰为50万元的免于计划和审批
-- luacheck: read globals law
local story = require "lib.story"
local function draft(total) return story.project("declaration", "2024-03-01", { investment = total },
  { "project_proposal", "party_group_approval", "investment_estimate", "supporting_evidence" }) end
local function small(date_, yes) return { date_, "builder", "declaration.start_small", { not_split = yes } } end

return law {
  { name = "40万元自行实施,直接采购", article = 8, sort = "plain", given = draft(wan(40)), steps = { small("2024-03-04", true) },
    expect = { open = "procurement", facts = { exempt = true } } },
  { name = "恰为50万元:免", article = 8, sort = "boundary", given = draft(wan(50)), steps = { small("2024-03-04", true) }, expect = { open = "procurement" } },
  { name = "50万元又一分:不免", article = 8, sort = "boundary", given = draft(wan(50) + 1), steps = { small("2024-03-04", true) },
    expect = { refused = { code = "not_applicable" }, open = "declaration" } },
  { name = "50万元以下不走年度申报", article = 8, sort = "refusal", given = draft(wan(50)), steps = { { "2024-03-04", "builder", "declaration.submit" } },
    expect = { refused = { code = "not_applicable" } } },
  { name = "不列入年度计划", article = 8, sort = "refusal",
    given = story.plan("plan_compile", "2023-11-20", nil, { A = story.other("A", { investment = wan(50) }) }),
    steps = { { "2023-11-20", "bureau", "plan_compile.include", { projects = { "A" } } } }, expect = { refused = { article = 8, code = "plan.exempt" } } },
  { name = "全年可办,不受9月30日限制", article = 8, sort = "exception", given = draft(wan(40)), steps = { small("2024-12-20", true) },
    expect = { open = "procurement", due = { ["declaration.window"] = "none" } } },
  { name = "合同签订后仍须报备", article = 8, sort = "plain",
    given = story.project({ "filing", "construction" }, "2024-04-02", { investment = wan(40), exempt = true, signed_on = "2024-04-02" }),
    expect = { due = { ["filing.file"] = "2024-04-12" } } }, -- 3 4清明休 5 6 | 7(补班)8 9 10 11 12:第7个工作日
}
