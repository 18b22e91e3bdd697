-- 第二十二条 按批复实施;变更依法办理
-- luacheck: read globals law
local story = require "lib.story"
local function built(more)
  local f = { investment = wan(120), contracts = { story.signed(wan(100)) }, contract_amount = wan(100), last_report_on = "2024-06-01", filed_on = "2024-06-01" }
  for k, v in pairs(more or {}) do f[k] = v end
  return story.project("construction", "2024-06-01", f, { "change_request", "change_reply" })
end
local function ask(direction, amount) return { "2024-07-01", "builder", "construction.request_change", { contract = "HT-001", direction = direction, amount = amount, content = "增加接口" } } end
local approve, reject = { "2024-07-10", "bureau", "change.approve", { opinion = "同意" } }, { "2024-07-10", "bureau", "change.reject", { opinion = "不必要" } }

return law {
  { name = "增加5万元,经批准", article = 22, sort = "plain", given = built(), steps = { ask("more", wan(5)), approve },
    expect = { closed = "change", facts = { contract_amount = wan(105), investment = wan(120) }, absent = { "change_pending" } } },
  { name = "追加恰为原合同款的10%", article = 22, sort = "boundary", given = built(), steps = { ask("more", wan(10)), approve }, expect = { facts = { contract_amount = wan(110) } } },
  { name = "追加超过10%一分", article = 22, sort = "refusal", given = built(), steps = { ask("more", wan(10) + 1), approve },
    expect = { refused = { article = 22, code = "change.supplement" }, open = "change" } },
  { name = "变更未批不能转入验收", article = 22, sort = "refusal", given = built(), steps = { ask("same", 0), { "2024-07-05", "builder", "construction.complete" } },
    expect = { refused = { article = 22, code = "construction.change" } } },
  { name = "同时只有一项变更", article = 22, sort = "refusal", given = built(), steps = { ask("same", 0), ask("same", 0) }, expect = { refused = { article = 22, code = "change.pending" } } },
  { name = "不同意的按原批复实施", article = 22, sort = "exception", given = built(), steps = { ask("more", wan(5)), reject },
    expect = { closed = "change", facts = { contract_amount = wan(100) }, told = "builder" } },
  { name = "减少,不低于已付款", article = 22, sort = "exception", given = built(), steps = { ask("less", wan(30)), approve }, expect = { facts = { contract_amount = wan(70) } } },
  { name = "减到已付款以下", article = 22, sort = "refusal", given = built { payments = { { contract = "HT-001", amount = wan(80), paid_on = "2024-06-20", purpose = "progress" } } },
    steps = { ask("less", wan(30)), approve }, expect = { refused = { article = 22, code = "change.paid" } } },
  { name = "小额项目不得以变更突破50万元", article = { 22, 8 }, sort = "refusal",
    given = built { investment = wan(50), exempt = true, contracts = { story.signed(wan(48)) }, contract_amount = wan(48) }, steps = { ask("more", wan(3)), approve },
    expect = { refused = { article = 8, code = "change.exempt" } } },
  { name = "合同超过批准的总投资", article = 22, sort = "refusal", given = story.project("contract", "2024-05-10", { awarded_on = "2024-05-10" }, { "contract" }),
    steps = { { "2024-05-16", "builder", "contract.sign", story.contract { amount = wan(100) + 1 } } }, expect = { refused = { article = 22, code = "contract.amount" } } },
}
