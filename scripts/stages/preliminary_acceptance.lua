-- 第二十六条(二) 200万元以上(含):建设单位组织初步验收
local conditions = require "lib.conditions"
local oversight = require "lib.oversight"
local acceptance = require "lib.acceptance"
local ending = require "lib.ending"
local money_ = require "lib.money"

local pass = { by = "builder", order = 1, usual = 1, after = workdays(10), title = { zh = "初验合格,进入试运行", en = "Pass: begin the trial run" },
  needs = docs { "preliminary_acceptance_report" },
  effect = { set("preliminary_passed_on", today), notify { to = { "bureau" }, article = 26, zh = "项目初验合格,进入试运行",
    en = "Preliminary acceptance passed; the trial run begins" }, follow "passed" } }

return stage "preliminary_acceptance" {
  kind = "project", order = 125, articles = { 26 }, owner = "builder", title = { zh = "初步验收", en = "Preliminary acceptance" },
  limits = { remind_after = workdays(20) },
  facts = { { "preliminary_passed_on", date, zh = "初验合格日期", en = "Preliminary acceptance passed on", optional = true },
    { "preliminary_problems", list_of { { "on", date, zh = "日期", en = "On" }, { "problem", text, zh = "问题", en = "Problem" } }, zh = "初验问题",
      en = "What the preliminary acceptance found", optional = true } },
  leads = { passed = "trial_run" },
  actions = acceptance.with_records({
    pass = pass,
    pass_with_conditions = conditions.variant(pass, { order = 3, article = 26, from = "初步验收", blocks = { "acceptance", "payment", "nothing" },
      title = { zh = "初验附条件合格,进入试运行", en = "Pass with conditions: begin the trial run" } }),
    not_passed = { by = "builder", order = 2, title = { zh = "初验未通过,记录问题", en = "Not passed: record what is wrong" },
      form = { { "problem", text, zh = "存在的问题", en = "What is wrong" } },
      help = { zh = "督促承建单位整改后再次初验", en = "Have the contractor correct it, then accept again" },
      effect = { append("preliminary_problems", { on = today, problem = input "problem" }) } },
    pay = money_.pay(), terminate = ending.terminate(),
    classify = oversight.classify(), declassify = oversight.declassify(),
    meet_condition = conditions.meet(), confirm_condition = conditions.confirm(),
    center_confirm = conditions.confirm "center",
    suspend = oversight.suspend(), lift_suspension = oversight.lift_suspension(),
    release = oversight.release(), withdraw_release = oversight.withdraw_release(),
  }),
  deadlines = { waiting = { article = 26, from = "opened", limit = "remind_after", nature = "reminder", warn = { workdays(5) }, tell = "builder",
    action = "pass", title = { zh = "初步验收提醒(本地设定)", en = "Preliminary acceptance pending (local setting)" } } },
}
