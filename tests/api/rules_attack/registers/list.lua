return register "list" { title = { zh = "名册", en = "List" }, articles = { 1 }, by = "clerk", fields = { { "name", text, zh = "名称", en = "Name" } } }
