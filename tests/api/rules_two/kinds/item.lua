-- A small thing with two stages one after the other, for tests of what a change of rules does to cases in flight.
return kind "item" { title = { zh = "事项", en = "Item" }, articles = { 1 }, name = "title", columns = { "amount" },
  facts = { { "title", text, zh = "名称", en = "Title" }, { "amount", money, zh = "金额", en = "Amount", optional = true },
    { "noted_on", date, zh = "日期", en = "Date", optional = true }, { "paid", money, zh = "已付", en = "Paid", optional = true } },
  create = { by = "clerk", form = { "title" }, effect = { open "work" } } }
