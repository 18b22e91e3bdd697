-- file: counties/430922/stop_without_statement.lua
-- crosses: terminated_on_its_grounds
-- 终止不用书面说明 · no statement is asked for
return amend "construction" { actions = { terminate = { needs = docs {} } } }
