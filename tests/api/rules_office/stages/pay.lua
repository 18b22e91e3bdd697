return stage "pay" { kind = "item", articles = { 4 }, title = { zh = "支付", en = "Pay" }, owner = "treasury",
  actions = {
    pay = { by = "treasury", usual = 1, final = true, title = { zh = "付款", en = "Pay" }, effect = function(case) return { set("paid", case.facts.amount) } end },
    close_ = { by = "treasury", usual = 2, title = { zh = "办结", en = "Close" }, effect = { finish "done" } },
  } }
