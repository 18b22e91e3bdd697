return stage "pay" { kind = "item", articles = { 2 }, title = { zh = "支付", en = "Pay" }, owner = "clerk",
  limits = { pay_within = days(30), share = 80 },
  actions = {
    pay = { by = "clerk", title = { zh = "付款", en = "Pay" }, when = not_set("paid"),
      pays = function(case, now) if not case.facts.paid then return (case.facts.amount or 0) * now.limits.share // 100 end end, effect = function(case, input, now) return { set("paid", (case.facts.amount or 0) * now.limits.share // 100) } end },
    back = { by = "clerk", title = { zh = "退回", en = "Send back" }, effect = { close "pay", open "work" } },
    finish = { by = "clerk", title = { zh = "办结", en = "Finish" }, effect = { finish "done" } },
  },
  deadlines = { paid = { article = 2, title = { zh = "付清", en = "Paid" }, from = "opened", limit = "pay_within", unless = "paid", warn = { days(7) }, tell = "clerk" } } }
