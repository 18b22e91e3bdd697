-- 第十二条 评审专家库
return register "experts" {
  title = { zh = "评审专家库", en = "Expert pool" }, articles = { 12 },
  by = "center", read = { "center", "bureau", "secrecy" },
  fields = {
    { "name", text, zh = "姓名", en = "Name", max = 40 },
    { "competence", text, zh = "专业领域", en = "Field of competence", max = 120, example = "软件工程" },
    { "unit", text, zh = "工作单位", en = "Unit", max = 120 },
    { "unit_org", org, zh = "工作单位(本系统内的机构)", en = "Unit, where it is an organisation of this system", optional = true,
      help = { zh = "用于回避:不得评审本单位的项目", en = "For recusal: an expert does not review projects of the own unit" } },
    { "avoid", list_of(org), zh = "其他应回避的机构", en = "Other organisations to avoid", optional = true },
    { "title", text, zh = "职称", en = "Professional title", optional = true, max = 60 },
    { "suspended", bool, zh = "暂停抽取", en = "Not drawn for now", optional = true },
  },
}
