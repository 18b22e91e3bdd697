return register "notes" {
  title = { zh = "记录", en = "Notes" }, articles = { 1 }, by = "clerk", fields = { { "words", text, zh = "内容", en = "Words", max = 60 } },
}
