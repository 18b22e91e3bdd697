-- file: counties/430922/accept_anyway.lua
-- crosses: no_acceptance_without_sharing
-- 小项目验收不看共享 · small projects are accepted without sharing
return amend "builder_acceptance" { actions = { pass = { guard = remove } } }
