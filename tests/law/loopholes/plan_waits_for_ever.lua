-- file: counties/430922/plan_waits_for_ever.lua
-- crosses: plan_has_a_way_out
-- 计划加了一道没有出口的公示 · a public notice of the plan that leads nowhere
return {
  amend "plan_government" { leads = { passed = "plan_notice_board" } },
  stage "plan_notice_board" {
    kind = "plan", order = 45, articles = { 6 }, owner = "bureau", title = { zh = "计划公示", en = "Plan on the notice board" }, leads = { done = "plan_issue" },
    actions = { close_notice = { by = "bureau", order = 1, usual = 1, title = { zh = "公示结束", en = "Notice over" }, when = is_set("issued_on"), effect = { follow "done" } } },
  },
}
