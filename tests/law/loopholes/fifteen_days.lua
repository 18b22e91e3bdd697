-- file: counties/430922/fifteen_days.lua
-- crosses: every_statutory_limit_is_a_deadline
-- 县里人手少,审批放宽到15个工作日 · few people, so 15 working days
return amend "approval" { limits = { decide_within = workdays(15) } }
