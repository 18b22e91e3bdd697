-- 第二十一条 运维期;第三十、三十二条 定期密评、安全检测与风险评估
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
  kind = "project", order = 190, articles = { 21, 30, 32 }, owner = "builder", title = { zh = "运行维护", en = "Operations" },
  limits = { at_the_date = days(0), security_test_every = years(1), crypto_every = years(1) },
  facts = { { "security_tested_on", date, zh = "最近安全检测日期", en = "Last security test", optional = true },
    { "crypto_assessed_on", date, zh = "最近密评日期", en = "Last cryptography assessment", optional = true },
    { "operations_ended_on", date, zh = "运维期结束日期", en = "Operations ended on", optional = true },
    { "follow_up", choice { { "renew", "继续运维,另行报批经费", "Go on: money by the usual procedure" }, { "retire", "停用", "Retire the system" },
      { "hand_over", "移交", "Hand over" } }, zh = "运维期后安排", en = "What follows", optional = true, example = "renew" } },
  actions = {
    classify = oversight.classify(), declassify = oversight.declassify(),
    release = oversight.release(), withdraw_release = oversight.withdraw_release(),
    record_security_test = { by = "builder", order = 1, article = 32, title = { zh = "登记安全检测和风险评估", en = "Record a security test" },
      needs = docs { "security_test_report" }, effect = { set("security_tested_on", today) } },
    record_crypto = { by = "builder", order = 2, article = 30, title = { zh = "登记定期密评", en = "Record a cryptography assessment" },
      when = is("needs_crypto_assessment", true), needs = docs { "crypto_assessment_report" }, effect = { set("crypto_assessed_on", today) } },
    ["end"] = { by = "builder", order = 3, usual = 1, after = workdays(5), article = 21, title = { zh = "运维期结束", en = "End of operations" },
      guard = { over, retention_through }, form = { { name = "follow_up", fact = "follow_up", optional = false } },
      help = { zh = "以后的运维费用按相关规定和程序确定", en = "Later money for operations comes by the usual procedure" },
      effect = function(case, given, now) return { set("operations_ended_on", now.date), set("follow_up", given.follow_up),
        ending.wind_up(case, "operations") } end },
  },
  deadlines = {
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
