-- file: counties/430922/approve_without_review.lua
-- crosses: approval_after_review
-- 县局有把握的项目直接批复 · the bureau approves what it is sure of
return amend "prelim_design" {
  actions = { approve_directly = { by = "bureau", order = 9, article = 13, title = { zh = "直接批复", en = "Approve at once" }, when = is_set("design_estimate"),
    needs = docs { "approval_reply" },
    effect = { set("approved_on", today), set("approved_amount", fact "design_estimate"), close(), open "budget_review" } } },
}
