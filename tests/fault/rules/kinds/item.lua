-- 最小的一种事项,供故障测试 · the smallest kind of case, for the fault tests
return kind "item" {
  title = { zh = "事项", en = "Item" }, articles = { 1 }, name = "title", columns = { "count" },
  facts = {
    { "title", text, zh = "名称", en = "Title", max = 120 },
    { "amount", money, zh = "金额", en = "Amount", optional = true },
    { "on", date, zh = "日期", en = "Date", optional = true },
    { "count", int, zh = "次数", en = "Count", optional = true },
    { "mark", text, zh = "最近一次的记号", en = "The latest mark", optional = true },
    { "declared_on", date, zh = "申报日期", en = "Declared on", optional = true },
    { "late", bool, zh = "逾期未申报", en = "Not declared in time", optional = true },
    { "unanswered_on", date, zh = "逾期未答复", en = "Not answered in time", optional = true },
  },
  create = { by = "clerk", form = { "title", "amount", "on" }, effect = { set("count", 0), open "draft" } },
}
