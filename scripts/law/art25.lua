-- 第二十五条 采购文件和合同报备
-- luacheck: read globals law
local story = require "lib.story"
local function filing(papers_) return story.project({ "filing", "construction" }, "2024-05-15", { signed_on = "2024-05-15", last_report_on = "2024-05-15" },
  papers_ or { "contract", "procurement_documents" }) end
local file = { "2024-05-20", "builder", "filing.file" }

local function check(more)
  local i = { findings = "现场查看" }
  for k, v in pairs(more or {}) do i[k] = v end
  return { "2024-07-01", "bureau", "construction.spot_check", i }
end
local built = story.project("construction", "2024-06-01", { last_report_on = "2024-06-03" })

return law {
  { name = "抽查发现问题,限期整改", article = 25, sort = "plain", given = built, steps = { check { problems = { "进度滞后" }, correct_by = "2024-07-15" } },
    expect = { due = { ["construction.spot"] = "2024-07-15" }, told = "builder" } },
  { name = "整改期限不能是今天", article = 25, sort = "boundary", given = built, steps = { check { problems = { "进度滞后" }, correct_by = "2024-07-01" } },
    expect = { refused = { article = 25, code = "spot.date" } } },
  { name = "整改报告后期限了结,并通报", article = 25, sort = "exception", given = built, steps = { check { problems = { "进度滞后" }, correct_by = "2024-07-15" },
    { "2024-07-10", "builder", "construction.answer_check", { answer = "已赶上" } }, { "2024-07-12", "bureau", "construction.circular", { number = "〔2024〕3号", content = "整改到位" } } },
    expect = { due = { ["construction.spot"] = "none" }, told = "leading_group" } },
  { name = "没有抽查不能通报", article = 25, sort = "refusal", given = built, steps = { { "2024-07-12", "bureau", "construction.circular", { number = "〔2024〕3号", content = "—" } } },
    expect = { refused = { code = "not_applicable" } } },
  { name = "报备、收备", article = 25, sort = "plain", given = filing(), steps = { file, { "2024-05-21", "bureau", "filing.receive" } },
    expect = { closed = "filing", facts = { filed_on = "2024-05-20", filing_received_on = "2024-05-21" } } },
  { name = "签订后7个工作日提醒(借用政府采购法)", article = 25, sort = "boundary", given = filing(), expect = { due = { ["filing.file"] = "2024-05-24" } } }, -- 16 17 20 21 22 23 24
  { name = "缺采购文件", article = 25, sort = "refusal", given = filing { "contract" }, steps = { file }, expect = { refused = { article = 25, code = "paper.missing" } } },
  { name = "未报备不能转入验收", article = 25, sort = "refusal", given = filing(), steps = { { "2024-05-30", "builder", "construction.complete" } },
    expect = { refused = { article = 25, code = "construction.not_filed" } } },
  { name = "退回补齐后重报", article = 25, sort = "exception", given = filing(), steps = { file, { "2024-05-21", "bureau", "filing.return_filing", { reason = "缺附件" } } },
    expect = { open = "filing", absent = { "filed_on" }, told = "builder", may = "filing.file" } },
  { name = "提醒过期只再提醒,不影响建设", article = 25, sort = "exception", given = filing(), ["until"] = "2024-06-10", expect = { open = { "filing", "construction" }, told = "builder" } },
}
