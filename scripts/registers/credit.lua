-- 第四十六条 信用档案:不良行为和黑名单,公布 · the credit file, to be published
return register "credit" {
  title = { zh = "信用档案", en = "Credit file" }, articles = { 46 }, by = "bureau",
  fields = {
    { "subject", text, zh = "单位或人员", en = "Body or person", max = 120 },
    { "part", text, zh = "身份", en = "As what", max = 40 },
    { "facts", text, zh = "不良行为", en = "Misconduct", max = 2000 },
    { "blacklisted", bool, zh = "列入黑名单", en = "Blacklisted" },
    { "document", text, zh = "处理决定文号", en = "Number of the decision", optional = true, max = 80 },
    { "project", text, zh = "所涉项目", en = "Project", optional = true, max = 40 },
    { "on", date, zh = "日期", en = "On" },
  },
}
