-- 评审意见书(第十、十一、十二条)
local function subjects(case)
  local rows = {}
  for _, s in ipairs(type(case.facts.review_subjects) == "table" and case.facts.review_subjects or {}) do
    if type(s) == "table" then rows[#rows + 1] = { tostring(s.subject or s.name or s.what or ""), tostring(s.opinion or s.result or "") }
    else rows[#rows + 1] = { tostring(s), "已评审" } end
  end
  return rows
end

return letter "review_opinion" { kind = "project", order = 25, articles = { 10, 11, 12 }, from = "center", title = { zh = "评审意见书", en = "Review opinion" },
  when = any { is_set("review_passed_on"), is_set("review_conditions") },
  text = function(case, now)
    local passed = case.facts.review_passed_on ~= nil
    local paragraphs = { ("按照政府投资信息化项目管理办法第十至十二条,对“%s”项目(编号%s)建设方案进行了评审,意见如下:"):format(case.title, case.id) }
    if case.facts.review_opinion then paragraphs[#paragraphs + 1] = case.facts.review_opinion end
    if case.facts.reviewed_amount then
      paragraphs[#paragraphs + 1] = ("评审核定概算%s(大写:%s)。"):format(money_text(case.facts.reviewed_amount), money_capitals(case.facts.reviewed_amount))
    end
    paragraphs[#paragraphs + 1] = passed and "评审结论:通过。" or "评审结论:附条件通过。所列条件落实并经确认后,方可作为审批依据。"
    local rows = subjects(case)
    return { to = now.unit.zh or case.unit, date = case.facts.review_passed_on or now.date, heading = ("关于“%s”项目建设方案的评审意见"):format(case.title),
      paragraphs = paragraphs, rows = #rows > 0 and rows or nil }
  end }
