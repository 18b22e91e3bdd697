-- 第二十三、四十六条 承建、监理等单位
return register "contractors" {
  title = { zh = "承建和服务单位名录", en = "Contractors and service bodies" }, articles = { 23, 46 },
  by = { "bureau", "builder" }, read = { "bureau", "builder", "center", "finance", "audit", "drc" },
  fields = {
    { "name", text, zh = "单位名称", en = "Name", max = 120 },
    { "competence", text, zh = "业务领域", en = "Field of competence", max = 120, example = "系统集成" },
    { "credit_code", text, zh = "统一社会信用代码", en = "Unified social credit code", optional = true, max = 18 },
    { "small_enterprise", bool, zh = "中小企业", en = "Small or medium enterprise", optional = true },
    { "blacklisted", bool, zh = "列入黑名单", en = "Blacklisted", optional = true },
  },
}
