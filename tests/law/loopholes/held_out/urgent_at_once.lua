-- file: counties/430922/urgent_at_once.lua
-- crosses: plan_entry_by_government
-- 急需项目政府先批,会签后补 · the government first, the signatures later
return amend "urgent_review" { actions = { approve = { guard = remove } } }
