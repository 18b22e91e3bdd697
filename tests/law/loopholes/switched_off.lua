-- file: counties/430922/switched_off.lua
-- crosses: retired_with_its_data
-- 停用系统一步办结 · retired in one step
return amend "operations" { actions = { retire = { needs = docs {}, check = remove } } }
