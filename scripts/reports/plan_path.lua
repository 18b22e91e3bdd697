-- 第六条 年度计划的办理:编制、会签、领导小组、政府常务会议、下达 · the way of a yearly plan: compiled, signed, leading group, government, issued
return report "plan_path" {
  title = { zh = "年度计划的审定过程", en = "How the plan was decided" }, articles = { 6 },
  by = { "bureau", "center", "drc", "finance", "audit", "leading_group", "government" }, kind = "plan", room = "plan",
  parameters = { { "plan_year", int, zh = "计划年度", en = "Plan year", min = 2022, max = 2100, example = 2024 } },
  columns = {
    { "title", zh = "计划", en = "Plan" }, { "place", zh = "辖区", en = "Place" },
    { "included", int, zh = "列入项目", en = "Included" }, { "struck", int, zh = "调出", en = "Struck" }, { "deferred", int, zh = "缓列", en = "Deferred" },
    { "signed_drc_on", date, zh = "发展改革委会签", en = "Signed by the DRC" }, { "signed_finance_on", date, zh = "财政局会签", en = "Signed by finance" },
    { "leading_group_on", date, zh = "领导小组审定", en = "Leading group" }, { "government_on", date, zh = "政府常务会议通过", en = "Government" },
    { "issued_on", date, zh = "下达", en = "Issued" }, { "stage", zh = "现处环节", en = "Where it stands" },
  },
  order = { "place", "title" }, totals = { "included", "struck", "deferred" },
  row = function(case, now)
    local f, names = case.facts, {}
    if f.year ~= now.parameters.plan_year or f.end_reason then return nil end
    for name, s in pairs(case.stages) do
      if s.state == "open" then names[#names + 1] = now.titles[name] and now.titles[name].zh or name end
    end
    table.sort(names)
    local place = now.places[case.jurisdiction]
    return { title = case.title, place = place and place.zh or case.jurisdiction, included = #(f.projects or {}), struck = #(f.struck or {}), deferred = #(f.deferred or {}),
      signed_drc_on = f.signed_drc_on, signed_finance_on = f.signed_finance_on, leading_group_on = f.leading_group_on, government_on = f.government_on,
      issued_on = f.issued_on, stage = case.ended and "已下达" or table.concat(names, "、") }
  end,
}
