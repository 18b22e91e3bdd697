-- file: counties/430922/paid_while_suspended.lua
-- crosses: nothing_paid_after_the_end
-- 暂停期间农民工工资照付(误把全部限制去掉) · wages go on while suspended; all conditions were dropped by mistake
return amend "construction" { actions = { pay = { guard = remove } } }
