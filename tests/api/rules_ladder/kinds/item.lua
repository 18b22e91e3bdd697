-- A small thing whose deadlines climb a ladder: reminders before, after, to the body above and to the office; what follows when the day passes is counted.
return kind "item" { title = { zh = "事项", en = "Item" }, articles = { 1 }, name = "title",
  facts = { { "title", text, zh = "名称", en = "Title" }, { "ticks", int, zh = "次数", en = "Ticks", optional = true },
    { "answer_from", date, zh = "起算日", en = "Counted from", optional = true }, { "answered_on", date, zh = "答复日期", en = "Answered on", optional = true } },
  create = { by = "clerk", form = { "title" }, effect = { set("answer_from", today), set("ticks", 0), open "work" } } }
