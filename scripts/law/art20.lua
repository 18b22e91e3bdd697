-- 第二十条 终止机制和三种终止情形
-- luacheck: read globals law
local story = require "lib.story"
local function built(papers_) return story.project("construction", "2024-06-01", { contracts = { story.signed(wan(90)) }, last_report_on = "2024-06-01" }, papers_) end
local function terminate(ground) return { "2024-08-01", "builder", "construction.terminate", { ground = ground, statement = "说明" } } end
local function sign(more) return { "2024-05-16", "builder", "contract.sign", story.contract(more) } end
local contract = story.project("contract", "2024-05-10", { awarded_on = "2024-05-10" }, { "contract" })

return law {
  { name = "不可抗力终止,书面说明提交,期限停止", article = 20, sort = "plain", given = built { "termination_statement" }, steps = { terminate "force_majeure" },
    expect = { ended = "terminated", facts = { termination_ground = "force_majeure", terminated_on = "2024-08-01" }, told = { "bureau", "finance" }, due = { ["construction.report"] = "none" } } },
  { name = "承建单位拒不整改", article = 20, sort = "exception", given = built { "termination_statement" }, steps = { terminate "contractor" }, expect = { ended = "terminated" } },
  { name = "三种情形之外的不能终止", article = 20, sort = "boundary", given = built { "termination_statement" }, steps = { terminate "change_of_mind" },
    expect = { refused = {}, open = "construction" } },
  { name = "没有书面说明", article = 20, sort = "refusal", given = built(), steps = { terminate "no_way_on" }, expect = { refused = { article = 20, code = "paper.missing" } } },
  { name = "合同没有终止条款的不能登记", article = 20, sort = "refusal", given = contract, steps = { sign { termination_clause = false } },
    expect = { refused = { article = 20, code = "contract.termination" } } },
  { name = "合同有终止条款", article = 20, sort = "plain", given = contract, steps = { sign() }, expect = { facts = { contract_amount = wan(100) } } },
}
