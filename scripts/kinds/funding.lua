-- 第九条 年度资金计划:一次申请,分年按进度安排
return kind "funding" {
  title = { zh = "年度资金计划", en = "Yearly funding plan" }, articles = { 9 }, name = "title", columns = { "year", "available", "allotted" },
  facts = {
    { "title", text, zh = "名称", en = "Title", max = 120, example = "2024年度智慧城市建设专项资金计划" },
    { "year", int, zh = "年度", en = "Year", min = 2022, max = 2100, example = 2024 },
    { "available", money, zh = "当年可安排的专项资金", en = "Money available", min = 1, example = wan(5000) },
    { "allotted", money, zh = "已安排", en = "Allotted", optional = true },
    { "lines", list_of { { "project", ref "project", zh = "项目", en = "Project" }, { "amount", money, zh = "金额", en = "Amount" }, { "purpose", text, zh = "用途", en = "Purpose" },
      { "unit", text, zh = "单位", en = "Unit", optional = true }, { "quarter", int, zh = "季度", en = "Quarter", optional = true } },
      zh = "安排明细", en = "Lines", optional = true },
    { "passed_on", date, zh = "通过日期", en = "Passed on", optional = true },
    { "returned_reason", text, zh = "退回意见", en = "Why it was sent back", optional = true },
  },
  create = { by = "finance", article = 9, title = { zh = "新建年度资金计划", en = "Open a yearly funding plan" }, form = { "title", "year", "available" }, effect = { open "funding_compile" } },
}
