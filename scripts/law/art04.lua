-- 第四条 结(决)算评审和审计:2000万元为界
-- luacheck: read globals law
local story = require "lib.story"
local function settle(total) return story.project({ "settlement", "operations" }, "2024-12-18",
  { investment = total, final_accepted_on = "2024-12-18", operations_until = "2027-12-18" }, { "settlement_report", "settlement_review", "audit_report" }) end
local submit = { "2025-01-10", "builder", "settlement.submit", { amount = wan(290) } }
local review = { "2025-02-10", "finance", "settlement.review", { amount = wan(280) } }
local audit = { "2025-03-10", "audit", "settlement.audit", { opinion = "无异议" } }
local function draw(yes) return { "2025-02-11", "audit", "settlement.draw", { drawn = yes, note = "按10%抽取" } } end

return law {
  { name = "300万元:财政评审,未抽中审计", article = 4, sort = "plain", given = settle(wan(300)), steps = { submit, review, draw(false) },
    expect = { closed = "settlement", facts = { settlement_reviewed_amount = wan(280), audit_drawn = false } } },
  { name = "抽中的须审计后才了结", article = 4, sort = "exception", given = settle(wan(300)), steps = { submit, review, draw(true) }, expect = { open = "settlement", may = "settlement.audit" } },
  { name = "恰为2000万元:评审和审计都要", article = 4, sort = "boundary", given = settle(wan(2000)), steps = { submit, review },
    expect = { open = "settlement", may = "settlement.audit", may_not = "settlement.draw" } },
  { name = "超过2000万元:只由审计", article = 4, sort = "boundary", given = settle(wan(2000) + 1), steps = { submit, audit }, expect = { closed = "settlement" } },
  { name = "未报送的不能评审", article = 4, sort = "refusal", given = settle(wan(300)), steps = { review }, expect = { refused = { article = 4, code = "settlement.not_submitted" } } },
  { name = "别的机构不能代办", article = 4, sort = "refusal", given = settle(wan(300)), steps = { submit, { "2025-02-10", "bureau", "settlement.review", { amount = wan(280) } } },
    expect = { refused = { code = "role" } } },
  { name = "未报送的不能评审结(决)算", article = 4, sort = "refusal", given = story.project("settlement", "2024-09-02", {}, { "settlement_review" }),
    steps = { { "2024-09-03", "finance", "settlement.review", { amount = wan(90) } } }, expect = { refused = { article = 4, code = "settlement.not_submitted" } } },
  { name = "未报送的不能出具审计意见", article = 4, sort = "refusal", given = story.project("settlement", "2024-09-02", { audit_drawn = true }, { "audit_report" }),
    steps = { { "2024-09-03", "audit", "settlement.audit", { opinion = "无异议" } } }, expect = { refused = { article = 4, code = "settlement.not_submitted" } } },
}
