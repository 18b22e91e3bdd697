-- file: counties/430922/freeze_lifted_by_extension.lua
-- crosses: frozen_until_accepted
-- 另定整改期限的同时恢复付款 · a new date to correct by also frees the payments
return amend "correction" { actions = { extend = { effect = { set("correct_by", input "correct_by"), unset("payments_frozen") } } } }
