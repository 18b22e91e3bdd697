-- file: counties/430922/revived.lua
-- crosses: a_lapsed_approval_buys_nothing
-- 失效的批复点一下就恢复 · a lapsed approval is revived by a click
return amend "procurement" { actions = { reapply = { effect = { unset("approval_lapsed_on") } } } }
