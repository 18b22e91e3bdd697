return stage "work" { kind = "item", articles = { 1 }, title = { zh = "办理", en = "Work" }, owner = "clerk",
  limits = { answer_within = workdays(10), most = wan(500) },
  actions = {
    note = { by = "clerk", title = { zh = "记录", en = "Note" }, form = { { "amount", money, zh = "金额", en = "Amount" } },
      check = function(case, input, now) if input.amount > now.limits.most then return refuse { article = 1, zh = "超过上限", en = "Over the limit", field = "amount" } end end,
      effect = function(case, input, now) return { set("amount", input.amount), set("noted_on", now.date) } end },
    pass = { by = "clerk", title = { zh = "转下一环节", en = "Pass on" }, effect = { close "work", open "pay" } },
  },
  deadlines = { answer = { article = 1, title = { zh = "答复", en = "Answer" }, from = "opened", limit = "answer_within", warn = { workdays(3), workdays(1) }, tell = "clerk" } } }
