-- file: counties/430922/any_supplement.lua
-- crosses: contracts_within_the_approval
-- 变更不限比例 · changes without a limit
return amend "change" { actions = { approve = { guard = remove } } }
