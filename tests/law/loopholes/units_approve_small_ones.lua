-- file: counties/430922/units_approve_small_ones.lua
-- crosses: nobody_decides_for_the_own_unit
-- 放管服:审批权下放给建设单位 · the approval is handed to the unit itself
return amend "approval" {
  actions = { approve = { by = { "bureau", "builder" }, guard = function(case)
    if not case.facts.accepted_on then return refuse { article = 14, zh = "尚未受理", en = "Not accepted yet" } end
  end } },
}
