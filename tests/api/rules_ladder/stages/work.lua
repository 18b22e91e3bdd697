return stage "work" { kind = "item", articles = { 1 }, title = { zh = "办理", en = "Work" }, owner = "clerk",
  limits = { answer_within = workdays(10) },
  actions = {
    answer = { by = "clerk", usual = 1, title = { zh = "答复", en = "Answer" }, effect = { set("answered_on", today) } },
    again = { by = "clerk", title = { zh = "重新起算", en = "Count anew" }, effect = { set("answer_from", today) } },
    pass = { by = "clerk", title = { zh = "办结", en = "Finish" }, effect = { finish "done" } },
  },
  deadlines = {
    answer = { article = 1, title = { zh = "答复", en = "Answer" }, from = "answer_from", limit = "answer_within", unless = "answered_on", warn = { days(4), workdays(1) },
      after = { workdays(2) }, escalate = { { after = workdays(5), tell = "superior" }, { after = days(20), tell = { "superior", "office" } } }, tell = "clerk", action = "answer",
      on_due = function(case, _, now) return { set("ticks", case.facts.ticks + 1) } end },
  } }
