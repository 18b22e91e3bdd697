-- file: counties/430922/call_off.lua
-- crosses: contracted_projects_are_accepted
-- 建设中也可以撤回 · withdrawn while it is built
local common = require "lib.common"
return amend "construction" { actions = { call_off = common.withdraw() } }
