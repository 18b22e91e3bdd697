-- file: counties/430922/units_confirm.lua
-- crosses: nobody_decides_for_the_own_unit
-- 整改到位由建设单位自己确认 · the unit itself confirms that its problems are fixed
return amend "evaluation" { actions = { confirm_fixed = { by = { "bureau", "builder" }, guard = remove } } }
