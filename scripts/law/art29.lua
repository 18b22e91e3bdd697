-- 第二十九条 档案
-- luacheck: read globals law
local story = require "lib.story"
local function filed(papers_) return story.project({ "archive", "operations" }, "2024-12-18", { final_accepted_on = "2024-12-18", operations_until = "2027-12-18" }, papers_ or { "archive_file" }) end
local file = { "2024-12-25", "builder", "archive.file", { archive_form = "electronic" } }

return law {
  { name = "报送电子档案,收备", article = 29, sort = "plain", given = filed(), steps = { file, { "2024-12-26", "bureau", "archive.receive" } },
    expect = { closed = "archive", facts = { archived_on = "2024-12-25", archive_form = "electronic" } } },
  { name = "验收后7个工作日提醒(借用)", article = 29, sort = "boundary", given = filed(), expect = { due = { ["archive.file"] = "2024-12-27" } } }, -- 19 20 23 24 25 26 27
  { name = "没有档案资料", article = 29, sort = "refusal", given = filed {}, steps = { file }, expect = { refused = { article = 29, code = "paper.missing" } } },
  { name = "退回补齐", article = 29, sort = "exception", given = filed(), steps = { file, { "2024-12-26", "bureau", "archive.return_archive", { reason = "缺监理资料" } } },
    expect = { open = "archive", absent = { "archived_on" }, told = "builder" } },
}
