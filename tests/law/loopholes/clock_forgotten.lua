-- file: counties/430922/clock_forgotten.lua
-- crosses: the_limit_runs
-- 改受理动作时漏了计时 · the clock was lost when the action was rewritten
return amend "approval" { actions = { accept = { clock = remove, effect = { set("accepted_on", today) } } } }
