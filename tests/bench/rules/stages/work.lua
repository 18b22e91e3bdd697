return stage "work" { kind = "item", articles = { 1 }, title = { zh = "办理", en = "Work" }, owner = "clerk",
  limits = { answer_within = workdays(10), most = wan(500) },
  actions = {
    note = { by = "clerk", title = { zh = "记录", en = "Note" }, form = { { "amount", money, zh = "金额", en = "Amount" }, { "text", text, zh = "说明", en = "Text" } },
      guard = function(case, now) if not case.facts.title then return refuse { article = 1, zh = "没有名称", en = "No title" } end end,
      check = function(case, input, now) if input.amount > now.limits.most then return refuse { article = 1, zh = "超过上限", en = "Over the limit", field = "amount" } end end,
      effect = function(case, input, now) return { set("amount", input.amount), set("count", case.facts.count + 1), set("last_on", now.date), set("f11", input.text) } end },
    finish = { by = "clerk", title = { zh = "办结", en = "Finish" }, effect = { finish "done" } },
  },
  deadlines = { answer = { article = 1, title = { zh = "答复", en = "Answer" }, from = "last_on", limit = "answer_within", warn = { workdays(3), workdays(1) }, tell = "clerk" } } }
