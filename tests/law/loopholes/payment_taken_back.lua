-- file: counties/430922/payment_taken_back.lua
-- crosses: payments_are_never_unwritten
-- 付错了可以清空付款记录 · a wrong payment may be wiped
return amend "construction" {
  actions = { wipe_payments = { by = "finance", order = 71, article = 19, title = { zh = "清空付款记录", en = "Wipe the payments" }, when = is_set("payments"),
    effect = { unset("payments") } } },
}
