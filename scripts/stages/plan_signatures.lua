-- 第六条 发展改革委、财政局会签
local planning = require "lib.planning"

local function sign(role, own, other, zh, en)
  return { by = role, order = 1, usual = 1, after = workdays(5), title = { zh = zh, en = en }, when = not_set(own), guard = planning.some,
    effect = function(case, _, now) return { set(own, now.date),
      case.facts[other] and { notify { to = { "leading_group" }, article = 6, zh = "年度计划请审定",
      en = "The yearly plan awaits the leading group" }, follow "signed" } or {} } end }
end

return stage "plan_signatures" {
  kind = "plan", order = 20, articles = { 6, 4 }, owner = { "drc", "finance" }, title = { zh = "会签", en = "Joint signatures" },
  limits = { remind_after = workdays(10) },
  facts = { { "signed_drc_on", date, zh = "发展改革委会签", en = "Signed by the DRC", optional = true },
    { "signed_finance_on", date, zh = "财政局会签", en = "Signed by finance", optional = true } },
  leads = { signed = "plan_leading_group", returned = "plan_compile" },
  actions = { sign_drc = sign("drc", "signed_drc_on", "signed_finance_on", "发展改革委会签", "The DRC signs"),
    sign_finance = sign("finance", "signed_finance_on", "signed_drc_on", "财政局会签", "Finance signs"),
    send_back = planning.send_back { "drc", "finance" } },
  deadlines = { waiting = { article = 6, from = "opened", limit = "remind_after", nature = "reminder", warn = { workdays(3) },
    tell = { "drc", "finance" }, title = { zh = "会签提醒(本地设定)", en = "Signatures pending (local setting)" } } },
}
