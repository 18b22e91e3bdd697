-- file: counties/430922/skip_the_plan.lua
-- crosses: approval_in_plan
-- 预审通过就做设计、报批,不等计划 · from the pre-technical review straight to design and approval
return {
  amend "pretech" { leads = { passed = "prelim_design" } },
  amend "prelim_design" { actions = { draft = { guard = remove }, submit = { guard = remove } } },
  amend "approval" { actions = { apply = { guard = remove }, approve = { guard = remove } } },
}
