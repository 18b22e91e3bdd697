return kind "item" {
  title = { zh = "事项", en = "Item" }, articles = { 1 }, name = "title",
  public = { when = is_set("released_on"), facts = { "title", "amount", "sort" } },
  facts = {
    { "title", text, zh = "名称", en = "Title", max = 120 }, { "amount", money, zh = "金额", en = "Amount", optional = true },
    { "sort", choice { { "a", "甲类", "Sort A" }, { "b", "乙类", "Sort B" } }, zh = "类别", en = "Sort", optional = true },
    { "parts", list_of { { "who", text, zh = "谁", en = "Who" }, { "sum", money, zh = "数", en = "Sum" } }, zh = "组成", en = "Parts", optional = true },
    { "inner", text, zh = "内部意见", en = "Inner note", optional = true }, { "released_on", date, zh = "公开日期", en = "Released on", optional = true },
  },
  create = { by = "clerk", form = { "title", "amount", "sort", "parts", "inner" },
    check = function(case)
      if case.facts.title == "不准" then return refuse { article = 1, code = "item.no", field = "title", zh = "不准", en = "No." } end
    end, effect = { open "work" } },
}
