-- file: counties/430922/plan_without_government.lua
-- crosses: plan_passed_before_issue
-- 县里的计划领导小组定了就下达 · in the county the leading group is enough
return amend "plan_leading_group" { leads = { approved = "plan_issue" } }
