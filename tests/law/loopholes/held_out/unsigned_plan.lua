-- file: counties/430922/unsigned_plan.lua
-- crosses: plan_passed_before_issue
-- 县里的计划不用会签 · the county's plan needs no signatures
return amend "plan_compile" { leads = { compiled = "plan_leading_group" } }
