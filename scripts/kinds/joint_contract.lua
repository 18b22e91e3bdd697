-- 第十八条 统采分签:市本级统一采购,各区县分别签订的一份合同;金额以其分担数为限 · a county's contract under one joint procurement
return kind "joint_contract" {
  title = { zh = "分签合同", en = "Separate contract" }, articles = { 18 }, name = "title", columns = { "county", "share" },
  facts = {
    { "title", text, zh = "名称", en = "Title", max = 200, example = "智慧水利·南县" },
    { "project", ref "project", zh = "母项目", en = "Project", example = "430900-2023-0001" },
    { "county", text, zh = "区县", en = "County", max = 60, example = "南县" },
    { "share", money, zh = "分担金额", en = "Its share", min = 1, example = wan(30) },
    { "joint_number", text, zh = "合同编号", en = "Contract number", optional = true },
    { "joint_amount", money, zh = "合同款", en = "Amount", optional = true },
    { "joint_signed_on", date, zh = "签订日期", en = "Signed on", optional = true },
    { "end_reason", text, zh = "了结原因", en = "Why it ended", optional = true },
  },
  create = { by = "system", article = 18, title = { zh = "新建分签合同", en = "Open a separate contract" }, form = { "title", "project", "county", "share" }, effect = { open "joint_signing" } },
}
