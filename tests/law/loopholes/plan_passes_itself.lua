-- file: counties/430922/plan_passes_itself.lua
-- crosses: plan_silence_decides_nothing
-- 政府20个工作日没有意见的,计划自动通过 · a plan on which nothing was said passes by itself
return amend "plan_government" { deadlines = { waiting = { on_due = { set("government_on", today), follow "passed" } } } }
