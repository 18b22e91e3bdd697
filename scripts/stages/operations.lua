-- 第二十一条 运维期;第三十、三十二条 定期密评、安全检测与风险评估
local conditions = require "lib.conditions"
local building = require "lib.building"
local oversight = require "lib.oversight"
local ending = require "lib.ending"

local function over(case, now)
  if now.date <= case.facts.operations_until then
    return refuse { article = 21, code = "operations.running", zh = ("约定的运维期到%s届满:请在次日起办理"):format(case.facts.operations_until),
      en = ("Operations were agreed until %s: end them from the day after"):format(case.facts.operations_until) }
  end
end

local function retention_through(case)
  if is_open(case, "retention") then
    return refuse { article = 19, code = "operations.retention", zh = "尾款尚未付清,运维环节不能了结:请先办完“尾款”",
      en = "The retention is not through: finish that stage first" }
  end
end

return stage "operations" {
  kind = "project", order = 190, articles = { 21, 30, 32, 33, 34, 35, 36, 37 }, owner = "builder", title = { zh = "运行维护", en = "Operations" },
  limits = { at_the_date = days(0), security_test_every = years(1), crypto_every = years(1) },
  facts = { { "security_tested_on", date, zh = "最近安全检测日期", en = "Last security test", optional = true },
    { "crypto_assessed_on", date, zh = "最近密评日期", en = "Last cryptography assessment", optional = true },
    { "catalogue_log", list_of { { "on", date, zh = "日期", en = "On" }, { "resources", int, zh = "编目资源数", en = "Resources" }, { "shared", int, zh = "已共享", en = "Shared" },
      { "feedback", text, zh = "使用情况", en = "Use", optional = true }, { "only_for", text, zh = "仅向特定对象开放的", en = "For some only", optional = true } },
      zh = "编目和共享记录", en = "Catalogue and sharing", optional = true },
    { "retired_on", date, zh = "停用日期", en = "Retired on", optional = true },
    { "retirement", record { { "backed_up", text, zh = "备份", en = "Backed up", optional = true }, { "moved", text, zh = "迁移", en = "Moved", optional = true },
      { "destroyed", text, zh = "销毁", en = "Destroyed", optional = true } }, zh = "停用时的数据处理", en = "What became of the data", optional = true },
    { "handed_over_on", date, zh = "移交日期", en = "Handed over on", optional = true },
    { "handover", record { { "owner", text, zh = "产权单位", en = "Owner" }, { "received_by", text, zh = "接收人", en = "Received by" } }, zh = "移交", en = "Handover", optional = true },
    { "operations_ended_on", date, zh = "运维期结束日期", en = "Operations ended on", optional = true },
    { "follow_up", choice { { "renew", "继续运维,另行报批经费", "Go on: money by the usual procedure" }, { "retire", "停用", "Retire the system" },
      { "hand_over", "移交", "Hand over" } }, zh = "运维期后安排", en = "What follows", optional = true, example = "renew" } },
  actions = {
    accountability = building.accountability(), misconduct = building.misconduct(),
    classify = oversight.classify(), declassify = oversight.declassify(),
    release = oversight.release(), withdraw_release = oversight.withdraw_release(),
    meet_condition = conditions.meet(), confirm_condition = conditions.confirm(),
    center_confirm = conditions.confirm "center",
    find_not_sharing = { by = "bureau", order = 10, article = 35, title = { zh = "认定未按要求共享", en = "Find that it does not share" }, when = not_set("sharing_ban_on"),
      help = { zh = "不予安排运维经费,本单位不得新建、改建、扩建政务信息系统,直至解除", en = "No money for operations, and the unit may not build, until lifted" },
      form = { { "reason", text, zh = "事实和理由(未共享或重复采集)", en = "Facts: not shared, or collected twice" } },
      effect = { set("sharing_ban_on", today), set("sharing_ban_reason", input "reason"),
        notify { to = { "builder", "finance" }, article = 35, zh = "系统未按要求共享数据:不予安排运维经费,不得新建、改建、扩建",
          en = "The system does not share its data: no money for operations, and no building, until it does" } } },
    lift_ban = { by = "bureau", order = 11, article = 35, title = { zh = "解除限制", en = "Lift the ban" }, when = is_set("sharing_ban_on"),
      form = { { "reason", text, zh = "理由", en = "Why" } },
      effect = { unset("sharing_ban_on"), set("sharing_ban_reason", input "reason"),
        notify { to = { "builder", "finance" }, article = 35, zh = "限制已解除", en = "The ban is lifted" } } },
    catalogue = { by = "builder", order = 12, articles = { 33, 34 }, title = { zh = "登记资源编目和共享使用情况", en = "Record the catalogue and how shared data is used" },
      form = { { "resources", int, zh = "编目资源数", en = "Resources in the catalogue", min = 0 }, { "shared", int, zh = "其中已共享", en = "Of these shared", min = 0 },
        { "feedback", text, zh = "使用情况反馈", en = "How they are used", optional = true }, { "only_for", text, zh = "仅向特定对象开放的数据及依据", en = "Opened to some only, and why", optional = true } },
      check = function(_, given)
        if given.shared > given.resources then
          return refuse { article = 33, code = "catalogue.count", field = "shared", zh = "已共享的不能多于编目的:请核对", en = "More is shared than is in the catalogue: check it" }
        end
      end,
      effect = { append("catalogue_log", { on = today, resources = input "resources", shared = input "shared", feedback = input "feedback", only_for = input "only_for" }) } },
    retire = { by = "builder", order = 13, article = 36, title = { zh = "停用系统", en = "Retire the system" }, when = not_set("retired_on"), needs = docs { "retirement_assessment" },
      help = { zh = "先评估数据,再备份、迁移或销毁,然后停用,并报政务管理服务局备案;未付清的款项先办完",
        en = "Assess the data, back up, move or destroy it, then stop, then file; open payments are settled first" },
      guard = retention_through,
      form = { { "backed_up", text, zh = "已备份的数据", en = "Backed up", optional = true }, { "moved", text, zh = "已迁移的数据", en = "Moved", optional = true },
        { "destroyed", text, zh = "已销毁的数据", en = "Destroyed", optional = true } },
      check = function(_, given)
        if not (given.backed_up or given.moved or given.destroyed) then
          return refuse { article = 36, code = "retire.data", field = "backed_up", zh = "停用前须对数据备份、迁移或销毁:请至少填写一项", en = "Data is backed up, moved or destroyed first: name at least one" }
        end
      end,
      effect = { set("retired_on", today), set("retirement", { backed_up = input "backed_up", moved = input "moved", destroyed = input "destroyed" }),
        notify { to = { "bureau" }, article = 36, zh = "系统已停用并报备", en = "The system was retired; this is its filing" } } },
    hand_over = { by = "builder", order = 14, article = 37, title = { zh = "移交产权单位", en = "Hand over to the owner" }, when = not_set("handed_over_on"), needs = docs { "handover_list" },
      form = { { "owner", text, zh = "产权单位", en = "Owner", max = 120 }, { "received_by", text, zh = "接收人", en = "Received by", max = 60 } },
      effect = { set("handed_over_on", today), set("handover", { owner = input "owner", received_by = input "received_by" }),
        notify { to = { "bureau", "finance" }, article = 37, zh = "项目资产和资料已移交产权单位", en = "Assets and papers were handed over to the owner" } } },
    record_security_test = { by = "builder", order = 1, article = 32, title = { zh = "登记安全检测和风险评估", en = "Record a security test" },
      needs = docs { "security_test_report" }, effect = { set("security_tested_on", today) } },
    record_crypto = { by = "builder", order = 2, article = 30, title = { zh = "登记定期密评", en = "Record a cryptography assessment" },
      when = is("needs_crypto_assessment", true), needs = docs { "crypto_assessment_report" }, effect = { set("crypto_assessed_on", today) } },
    ["end"] = { by = "builder", order = 3, usual = 1, after = workdays(5), article = 21, title = { zh = "运维期结束", en = "End of operations" },
      guard = { over, retention_through, conditions.block "closing" }, form = { { name = "follow_up", fact = "follow_up", optional = false } },
      help = { zh = "以后的运维费用按相关规定和程序确定", en = "Later money for operations comes by the usual procedure" },
      effect = function(case, given, now) return { set("operations_ended_on", now.date), set("follow_up", given.follow_up),
        ending.wind_up(case, "operations") } end },
  },
  deadlines = {
    condition = { article = 26, from = "conditions_due", limit = "at_the_date", warn = { workdays(5), workdays(1) }, after = { workdays(1), workdays(5) },
      tell = { "builder", "bureau" }, action = "meet_condition",
      escalate = { { after = workdays(3), tell = "superior" }, { after = workdays(10), tell = "bureau" } }, title = { zh = "所附条件落实期限", en = "A condition is due" } },
    over = { article = 21, from = "operations_until", limit = "at_the_date", nature = "opens", stage_open = true,
      warn = { months(6), months(3), months(1) }, tell = { "builder", "bureau" }, action = "end",
      title = { zh = "运维期届满", en = "Operations end" } },
    security_first = { article = 32, from = "final_accepted_on", limit = "security_test_every", nature = "reminder", stage_open = true,
      unless = "security_tested_on", warn = { months(1) }, tell = "builder", action = "record_security_test",
      title = { zh = "安全检测提醒(办法未定周期,本地设定)", en = "Security test (the interval is a local setting)" } },
    security = { article = 32, from = "security_tested_on", limit = "security_test_every", nature = "reminder", stage_open = true,
      warn = { months(1) }, tell = "builder", action = "record_security_test",
      title = { zh = "安全检测提醒(办法未定周期,本地设定)", en = "Security test (the interval is a local setting)" } },
    crypto_first = { article = 30, from = "final_accepted_on", limit = "crypto_every", nature = "reminder", stage_open = true,
      unless = "crypto_assessed_on", when = is("needs_crypto_assessment", true), warn = { months(1) }, tell = "builder", action = "record_crypto",
      title = { zh = "定期密评提醒(办法未定周期,本地设定)", en = "Cryptography assessment (the interval is a local setting)" } },
    crypto = { article = 30, from = "crypto_assessed_on", limit = "crypto_every", nature = "reminder", stage_open = true,
      when = is("needs_crypto_assessment", true), warn = { months(1) }, tell = "builder", action = "record_crypto",
      title = { zh = "定期密评提醒(办法未定周期,本地设定)", en = "Cryptography assessment (the interval is a local setting)" } },
  },
}
