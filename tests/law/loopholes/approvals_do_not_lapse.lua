-- file: counties/430922/approvals_do_not_lapse.lua
-- crosses: a_lapsed_approval_buys_nothing
-- 批复过期只提醒,不失效 · an old approval is only reminded of
return amend "approval" { deadlines = { start = { on_due = remove } } }
