-- file: counties/430922/retention_at_once.lua
-- crosses: retention_after_acceptance
-- 县里想快点付清:把满年和后评价的前提都去掉了 · to settle quickly, the conditions of the tranches were dropped
return amend "retention" { actions = { review_1 = { guard = remove }, pay_1 = { guard = remove } } }
