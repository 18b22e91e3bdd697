-- 第二十五条 采购文件和合同报备
-- luacheck: read globals law
local story = require "lib.story"
local function filing(papers_) return story.project({ "filing", "construction" }, "2024-05-15", { signed_on = "2024-05-15", last_report_on = "2024-05-15" },
  papers_ or { "contract", "procurement_documents" }) end
local file = { "2024-05-20", "builder", "filing.file" }

return law {
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
