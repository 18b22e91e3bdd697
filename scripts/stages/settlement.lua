-- 第四条 结(决)算:2000万元以下由财政局评审;2000万元以上列入审计计划;恰为2000万元的两者都要;以下的抽审
local ending = require "lib.ending"
local money_ = require "lib.money"

local function submitted(case)
  if not case.facts.settlement_submitted_on then return refuse { article = 4, code = "settlement.not_submitted",
    zh = "建设单位尚未报送结(决)算:请待其报送", en = "The builder has not submitted the settlement yet: wait for it" } end
end

-- 各家都办完才了结 · closed when all who must have done their part
local function done(case, now, just)
  local function has(name) if just[name] ~= nil then return just[name] end return case.facts[name] end
  local line, total = now.limits.line, case.facts.investment
  local finance = total > line or has("settlement_reviewed_on") ~= nil
  local audit = has("audited_on") ~= nil or total < line and has("audit_drawn") == false
  local out = {}
  for name, value in pairs(just) do out[#out + 1] = set(name, value) end
  if finance and audit then out[#out + 1] = ending.wind_up(case, "settlement") end
  return out
end

return stage "settlement" {
  kind = "project", order = 165, articles = { 4 }, owner = "finance", title = { zh = "结(决)算和审计", en = "Settlement and audit" },
  limits = { line = wan(2000), remind_after = months(3) },
  readings = { { article = 4, zh = "恰为{line|money}的,财政评审和审计都要", en = "Exactly {line|money}: finance's review and the audit, both" } },
  facts = { { "settlement_submitted_on", date, zh = "结(决)算报送日期", en = "Settlement submitted on", optional = true },
    { "settlement_amount", money, zh = "报送的结(决)算金额", en = "Settlement as submitted", optional = true },
    { "settlement_reviewed_on", date, zh = "结(决)算评审日期", en = "Settlement reviewed on", optional = true },
    { "settlement_reviewed_amount", money, zh = "评审确认金额", en = "Settlement as reviewed", optional = true },
    { "audit_drawn", bool, zh = "抽中审计", en = "Drawn for audit", optional = true },
    { "audit_draw_note", text, zh = "抽审记录", en = "Record of the draw", optional = true },
    { "audited_on", date, zh = "审计日期", en = "Audited on", optional = true },
    { "audit_opinion", text, zh = "审计意见", en = "Audit opinion", optional = true } },
  actions = {
    submit = { by = "builder", order = 1, usual = 1, after = workdays(20), title = { zh = "报送结(决)算", en = "Submit the settlement" },
      needs = docs { "settlement_report" }, form = { { "amount", money, zh = "结(决)算金额", en = "Settlement", min = 1, example = wan(30) } },
      when = not_set("settlement_submitted_on"),
      effect = { set("settlement_submitted_on", today), set("settlement_amount", input "amount"),
        notify { to = { "finance", "audit" }, article = 4, zh = "项目结(决)算已报送", en = "A settlement was submitted" } } },
    review = { by = "finance", order = 2, usual = 2, after = workdays(20), title = { zh = "结(决)算评审", en = "Review the settlement" },
      when = all { at_most("investment", limit "line"), not_set("settlement_reviewed_on") }, needs = docs { "settlement_review" }, guard = submitted,
      form = { { "amount", money, zh = "评审确认金额", en = "Settlement as reviewed", min = 1, example = wan(30) } },
      effect = function(case, given, now) return done(case, now,
        { settlement_reviewed_on = now.date, settlement_reviewed_amount = given.amount }) end },
    draw = { by = "audit", order = 3, usual = 3, after = workdays(5), title = { zh = "登记抽审结果", en = "Record the draw" },
      when = all { below("investment", limit "line"), not_set("audit_drawn") },
      help = { zh = "{line|money}以下按一定比例抽审;请写明抽取方法、比例和依据,便于复核",
        en = "Below {line|money} a share is drawn: say how and at what ratio, so that anyone can check" },
      form = { { "drawn", bool, zh = "抽中", en = "Drawn", example = false }, { "note", text, zh = "抽取方法和比例", en = "How it was drawn" } },
      effect = function(case, given, now) return done(case, now, { audit_drawn = given.drawn, audit_draw_note = given.note }) end },
    audit = { by = "audit", order = 4, usual = 4, after = workdays(30), title = { zh = "审计", en = "Audit" },
      when = any { at_least("investment", limit "line"), is("audit_drawn", true) }, needs = docs { "audit_report" }, guard = submitted,
      form = { { "opinion", text, zh = "审计意见", en = "Opinion" } },
      effect = function(case, given, now) return done(case, now, { audited_on = now.date, audit_opinion = given.opinion }) end },
    return_settlement = { by = "finance", order = 5, title = { zh = "退回结(决)算", en = "Return the settlement" }, guard = submitted,
      form = { { "reason", text, zh = "退回意见", en = "What to change" } },
      effect = { unset("settlement_submitted_on"), notify { to = { "builder" }, article = 4, zh = "结(决)算被退回,请修改后重报",
        en = "The settlement was returned: change it and submit it again" } } },
    pay = money_.pay(),
  },
  deadlines = { waiting = { article = 4, from = "opened", limit = "remind_after", nature = "reminder", unless = "settlement_submitted_on",
    stage_open = true, warn = { workdays(10) }, tell = "builder", action = "submit",
    title = { zh = "结(决)算提醒(本地设定)", en = "Settlement pending (local setting)" } } },
}
