-- file: counties/430922/upper_result_alone.lua
-- crosses: no_acceptance_without_sharing
-- 上级验收了就登记,不再查预验收 · whatever was accepted above is written down
return amend "upper_acceptance" { actions = { record_upper = { guard = remove, check = remove } } }
