-- file: counties/430922/silence_is_consent.lua
-- crosses: silence_decides_nothing
-- 超过10个工作日不批的,视为同意 · no answer within the limit counts as approval
return amend "approval" {
  deadlines = { decide = { on_due = { set("approved_on", today), set("approved_amount", fact "reviewed_amount"), follow "approved" } } },
}
