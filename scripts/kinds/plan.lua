-- 第六条 年度计划:自成一件,带着其中的项目一起走
return kind "plan" {
  title = { zh = "年度计划", en = "Yearly plan" }, articles = { 6 }, name = "title", columns = { "year" },
  public = { when = all { is_set("issued_on"), is_set("released_on") }, facts = { "title", "year" } }, -- 第四十三条
  facts = {
    { "title", text, zh = "计划名称", en = "Title", max = 120, example = "2024年度政府投资信息化建设项目计划" },
    { "year", int, zh = "计划年度", en = "Year", min = 2022, max = 2100, example = 2024 },
    { "projects", list_of(ref "project"), zh = "列入的项目", en = "Projects in the plan", optional = true },
    { "struck", list_of(ref "project"), zh = "调出的项目", en = "Projects struck", optional = true },
    { "deferred", list_of(ref "project"), zh = "缓列的项目", en = "Projects deferred", optional = true },
    { "decisions", list_of { { "project", ref "project", zh = "项目", en = "Project" }, { "decision", text, zh = "决定", en = "Decision" },
      { "reason", text, zh = "理由", en = "Reason" }, { "on", date, zh = "日期", en = "On" } }, zh = "调出、缓列的决定",
        en = "Decisions to strike or defer", optional = true },
    { "returned_reason", text, zh = "退回意见", en = "Why it was sent back", optional = true },
    { "end_reason", text, zh = "作废原因", en = "Why it was dropped", optional = true },
    { "released_on", date, zh = "公开日期", en = "Released on", optional = true },
  },
  create = { by = "bureau", article = 6, title = { zh = "新建年度计划", en = "Open a yearly plan" }, form = { "title", "year" },
    effect = { open "plan_compile" } },
}
