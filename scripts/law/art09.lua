-- 第九条 年度资金
-- luacheck: read globals law
local story = require "lib.story"
local function plan(facts, open_)
  local f = { plan_entered_on = "2024-01-12", investment_by_year = { { year = 2024, amount = wan(60) }, { year = 2025, amount = wan(40) } }, funding_sources = { { source = "city", amount = wan(100) } } }
  for k, v in pairs(facts or {}) do f[k] = v or nil end
  return { kind = "funding", on = "2024-01-15", open = open_ or "funding_compile", facts = { title = "2024年度资金计划", year = 2024, available = wan(80) },
    others = { A = story.other("A", f), B = story.other("B", f) }, papers = { "government_minutes" } }
end
local function allot(id, fen, purpose) return { "2024-01-16", "finance", "funding_compile.allot", { project = id, amount = fen, purpose = purpose or "new" } } end
local submit = { "2024-01-17", "finance", "funding_compile.submit" }

return law {
  { name = "安排、审定", article = 9, sort = "plain", given = plan(), steps = { allot("A", wan(50)), submit, { "2024-01-30", "government", "funding_pass.pass" } },
    expect = { ended = "issued", facts = { allotted = wan(50) } } },
  { name = "恰为当年能形成的支出", article = 9, sort = "boundary", given = plan(), steps = { allot("A", wan(60)) }, expect = { facts = { allotted = wan(60) } } },
  { name = "当年不能形成支出的不予安排", article = 9, sort = "refusal", given = plan(), steps = { allot("A", wan(60) + 1) }, expect = { refused = { article = 9, code = "funding.not_this_year" } } },
  { name = "恰好用完当年财力", article = 9, sort = "boundary", given = plan(), steps = { allot("A", wan(60)), allot("B", wan(20)) }, expect = { facts = { allotted = wan(80) } } },
  { name = "量入为出,超过当年财力", article = 9, sort = "refusal", given = plan(), steps = { allot("A", wan(60)), allot("B", wan(20) + 1) }, expect = { refused = { article = 9, code = "funding.money" } } },
  { name = "未列入计划的不能安排", article = { 9, 7 }, sort = "refusal", given = plan { plan_entered_on = false }, steps = { allot("A", wan(10)) },
    expect = { refused = { article = 7, code = "funding.not_planned" } } },
  { name = "以前年度项目当年应付", article = 9, sort = "plain", given = plan { contract_amount = wan(90), payments = { { contract = "HT-001", amount = wan(60), paid_on = "2023-06-01", purpose = "progress" } } },
    steps = { allot("A", wan(30), "earlier") }, expect = { facts = { allotted = wan(30) } } },
  { name = "自筹建成的项目奖补", article = 9, sort = "exception", given = plan { funding_sources = { { source = "own", amount = wan(100) } }, final_accepted_on = "2023-12-01" },
    steps = { allot("A", wan(10), "subsidy") }, expect = { facts = { allotted = wan(10) } } },
  { name = "没有建成的不奖补", article = 9, sort = "refusal", given = plan { funding_sources = { { source = "own", amount = wan(100) } } }, steps = { allot("A", wan(10), "subsidy") },
    expect = { refused = { article = 9, code = "funding.not_built" } } },
  { name = "未共享的系统不予安排运维经费", article = { 9, 35 }, sort = "refusal", given = plan { sharing_ban_on = "2023-05-01" }, steps = { allot("A", wan(10), "operation") },
    expect = { refused = { article = 35, code = "funding.not_shared" } } },
}
