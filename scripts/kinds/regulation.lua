-- 第五十一条 办法本身:到期前一年起提醒,到期之日什么也不停,由主管部门决定修订、延续或废止
return kind "regulation" {
  title = { zh = "管理办法", en = "Regulation" }, articles = { 51 }, name = "title", columns = { "expires_on" },
  facts = {
    { "title", text, zh = "名称", en = "Title", max = 120, example = "益阳市政府投资信息化建设项目管理办法" },
    { "number", text, zh = "文号", en = "Number", max = 60, example = "益政办发〔2022〕22号" },
    { "in_force_on", date, zh = "施行日期", en = "In force since", example = "2022-09-15" },
    { "expires_on", date, zh = "有效期至", en = "Valid until", example = "2027-09-15" },
    { "replaced_by", text, zh = "修订、延续或废止的文件", en = "What revised, prolonged or ended it", optional = true },
  },
  create = { by = "bureau", article = 51, title = { zh = "登记管理办法", en = "Record a regulation" }, form = { "title", "number", "in_force_on", "expires_on" },
    check = function(case)
      if case.facts.expires_on <= case.facts.in_force_on then
        return refuse { article = 51, code = "regulation.dates", field = "expires_on", zh = "有效期应在施行日期之后:请核对", en = "It expires after it comes into force: check the dates" }
      end
    end,
    effect = { open "in_force" } },
}
