-- 第二十一条 运维期一般不少于3年,自竣工验收起
-- luacheck: read globals law
local story = require "lib.story"
local contract = story.project("contract", "2024-05-10", { awarded_on = "2024-05-10" }, { "contract" })
local function sign(more) return { "2024-05-16", "builder", "contract.sign", story.contract(more) } end
local running = story.project("operations", "2024-06-28", { final_accepted_on = "2024-06-28", operations_until = "2027-06-28", security_tested_on = "2026-06-28" })
local function finish_(date_) return { date_, "builder", "operations.end", { follow_up = "renew" } } end

return law {
  { name = "运维期4年", article = 21, sort = "plain", given = contract, steps = { sign { operation_years = 4 } }, expect = { facts = { operation_years = 4 } } },
  { name = "恰为3年", article = 21, sort = "boundary", given = contract, steps = { sign { operation_years = 3 } }, expect = { facts = { operation_years = 3 } } },
  { name = "2年而没有依据", article = 21, sort = "refusal", given = contract, steps = { sign { operation_years = 2 } }, expect = { refused = { article = 21, code = "contract.operation" } } },
  { name = "2年,写明上级政策", article = 21, sort = "exception", given = contract, steps = { sign { operation_years = 2, operation_rule = "湘财行〔2023〕5号" } },
    expect = { facts = { operation_years = 2 } } },
  { name = "运维期最后一日还不能了结", article = 21, sort = "boundary", given = running, steps = { finish_ "2027-06-28" }, expect = { refused = { article = 21, code = "operations.running" } } },
  { name = "次日起办理,以后的费用另按程序", article = 21, sort = "plain", given = running, steps = { finish_ "2027-06-29" }, expect = { ended = "done", facts = { follow_up = "renew" } } },
}
