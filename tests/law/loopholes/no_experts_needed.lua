-- file: counties/430922/no_experts_needed.lua
-- crosses: accepted_by_the_bureau nobody_decides_for_the_own_unit
-- 验收不再要求专家会 · acceptance without the experts' meeting
local acceptance = require "lib.acceptance"
return amend "final_acceptance" { actions = { pass = { guard = acceptance.gates } } }
