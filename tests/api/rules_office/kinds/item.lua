-- A small application for tests of the ways an office works: applied for, examined, decided, paid.
return kind "item" { title = { zh = "申请", en = "Application" }, articles = { 1 }, name = "title", columns = { "amount" },
  facts = { { "title", text, zh = "名称", en = "Title" }, { "amount", money, zh = "金额", en = "Amount", optional = true },
    { "remarks", list_of(text), zh = "备注", en = "Remarks", optional = true }, { "made", list_of(ref "item"), zh = "后续", en = "Follow-ups", optional = true },
    { "examined_on", date, zh = "审查日期", en = "Examined on", optional = true }, { "decided_on", date, zh = "决定日期", en = "Decided on", optional = true },
    { "paid", money, zh = "已付", en = "Paid", optional = true }, { "level", int, zh = "密级", en = "Level", optional = true } },
  create = { by = "applicant", form = { "title", { "amount", money, zh = "金额", en = "Amount" } }, effect = { open "apply" } } }
