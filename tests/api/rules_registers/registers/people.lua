-- 供名录、导入的测试 · for the tests of registers and imports
return register "people" {
  title = { zh = "人员", en = "People" }, articles = { 1 }, by = "office", read = { "office" },
  fields = { { "name", text, zh = "姓名", en = "Name", max = 20 }, { "age", int, zh = "年龄", en = "Age", optional = true, min = 0, max = 150 },
    { "tags", list_of(text), zh = "标签", en = "Tags", optional = true }, { "pay", money, zh = "报酬", en = "Pay", optional = true } },
}
