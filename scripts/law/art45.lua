-- 第四十五条 建设单位的责任:暂停项目、停止拨付、收回资金
-- luacheck: read globals law
local story = require "lib.story"
local function built(more)
  local f = { contracts = { story.signed(wan(90)) }, last_report_on = "2024-06-01", filed_on = "2024-06-01" }
  for k, v in pairs(more or {}) do f[k] = v end
  return story.project("construction", "2024-06-01", f)
end
local suspend = { "2024-06-10", "bureau", "construction.suspend", { ground = "use", reason = "未验收即使用", recover = wan(10) } }
local function pay(fen) return { "2024-06-12", "finance", "construction.pay", { contract = "HT-001", amount = fen } } end

return law {
  { name = "暂停项目,告知建设单位和财政", article = 45, sort = "plain", given = built(), steps = { suspend }, expect = { facts = { suspended_on = "2024-06-10" }, told = { "builder", "finance" } } },
  { name = "暂停期间不付款,一分也不付", article = 45, sort = "boundary", given = built(), steps = { suspend, pay(1) }, expect = { refused = { article = 45, code = "project.suspended" } } },
  { name = "暂停期间不能转入验收", article = 45, sort = "refusal", given = built(), steps = { suspend, { "2024-06-12", "builder", "construction.complete" } },
    expect = { refused = { article = 45, code = "project.suspended" } } },
  { name = "解除暂停后恢复付款", article = 45, sort = "exception", given = built(),
    steps = { suspend, { "2024-06-11", "bureau", "construction.lift_suspension", { reason = "已整改" } }, pay(wan(10)) }, expect = { absent = { "suspended_on" } } },
}
