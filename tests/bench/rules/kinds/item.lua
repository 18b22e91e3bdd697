-- One thing that people work on: forty facts, as a real case has.
local facts = { { "title", text, zh = "名称", en = "Title" }, { "amount", money, zh = "金额", en = "Amount" }, { "last_on", date, zh = "日期", en = "Date", optional = true },
  { "count", int, zh = "次数", en = "Count", optional = true } }
for i = 1, 36 do facts[#facts + 1] = { ("f%02d"):format(i), text, zh = "字段" .. i, en = "Field " .. i, optional = true } end
return kind "item" { title = { zh = "事项", en = "Item" }, articles = { 1 }, name = "title", columns = { "amount" }, facts = facts,
  create = { by = "clerk", form = { "title", "amount", "f01", "f02", "f03", "f04", "f05", "f06", "f07", "f08", "f09", "f10" },
    effect = { set("count", 0), open "work" } } }
