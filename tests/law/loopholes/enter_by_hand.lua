-- file: counties/430922/enter_by_hand.lua
-- crosses: plan_entry_by_government
-- 局里手工把漏报的项目补进计划 · the bureau adds what was forgotten by hand
return amend "planning" {
  actions = { add_late = { by = "bureau", order = 9, article = 6, title = { zh = "补列", en = "Add late" },
    effect = { set("plan_entered_on", today), set("plan_kind", "yearly"), follow "planned" } } },
}
