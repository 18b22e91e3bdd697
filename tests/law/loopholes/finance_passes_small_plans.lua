-- file: counties/430922/finance_passes_small_plans.lua
-- crosses: funding_by_government
-- 资金计划由财政局直接通过,不再报政府 · finance passes the funding plan itself
return amend "funding_compile" {
  actions = { pass = { by = "finance", order = 5, article = 9, title = { zh = "直接通过", en = "Pass at once" }, when = is_set("lines"),
    effect = { set("passed_on", today), finish "issued" } } },
}
