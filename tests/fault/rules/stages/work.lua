local mark = { "mark", text, zh = "记号", en = "Mark", max = 60 }
return stage "work" {
  kind = "item", articles = { 2 }, title = { zh = "办理", en = "Work" }, owner = "office", limits = { answer_within = workdays(3) },
  actions = {
    note = { by = { "clerk", "office" }, title = { zh = "记录", en = "Note" }, form = { mark },
      effect = function(case, given) return { set("mark", given.mark), set("count", case.facts.count + 1) } end },
    answer = { by = "office", title = { zh = "答复", en = "Answer" }, needs = docs { "note" }, effect = { finish "done" } },
  },
  deadlines = {
    answer = { article = 2, title = { zh = "答复期限", en = "Answer" }, from = "declared_on", limit = "answer_within", stage_open = true,
      warn = { workdays(2), workdays(1) }, tell = "office", on_due = function(_, _, now) return { set("unanswered_on", now.date) } end },
  },
}
