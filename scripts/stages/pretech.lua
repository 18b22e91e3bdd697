-- 第五条 前置技术审查:列入年度计划的门票
local conditions = require "lib.conditions"
local oversight = require "lib.oversight"
local common = require "lib.common"

local function corrected(case)
  if common.awaiting(case, "pretech", "correct", "resubmit") then
    return refuse { article = 5, code = "pretech.waiting", zh = "正等建设单位补正:请待其重新提交后再下结论",
      en = "The builder's correction is awaited: decide once it has come back" }
  end
end

local pass = { by = "center", order = 1, usual = 1, after = workdays(15), title = { zh = "审查通过", en = "Pass" }, needs = docs { "pretech_opinion" },
  guard = { common.not_own, corrected },
  form = { { "opinion", text, zh = "审查意见", en = "Opinion", example = "同意申报" } },
  effect = { set("pretech_passed_on", today), set("pretech_opinion", input "opinion"), unset("pretech_missing"),
    notify { to = { "builder", "bureau" }, article = 5, zh = "前置技术审查已通过,可列入年度计划",
      en = "The pre-technical review was passed: the project may enter the plan" }, follow "passed" } }

return stage "pretech" {
  kind = "project", order = 20, articles = { 5 }, owner = "center", title = { zh = "前置技术审查", en = "Pre-technical review" },
  help = { zh = "办法未定审查时限:只计时、不算超期", en = "The regulation sets no limit here: time is shown, never called overdue" },
  limits = { remind_after = workdays(20) },
  facts = {
    { "pretech_passed_on", date, zh = "前置技术审查通过日期", en = "Pre-technical review passed on", optional = true },
    { "pretech_opinion", text, zh = "前置技术审查意见", en = "Pre-technical opinion", optional = true },
    { "pretech_missing", list_of(text), zh = "前置技术审查补正内容", en = "What the pre-technical review asks to correct", optional = true },
  },
  leads = { passed = "planning", failed = "declaration" },
  actions = {
    pass = pass,
    pass_with_conditions = conditions.variant(pass, { order = 5, article = 5, confirm = "center", from = "前置技术审查", blocks = { "approval", "acceptance", "nothing" },
      title = { zh = "附条件通过审查", en = "Pass with conditions" } }),
    correct = { by = "center", order = 2, title = { zh = "退回补正", en = "Ask for correction" }, guard = corrected,
      help = { zh = "请一次写全需要补正的内容", en = "Name everything at once" },
      form = { { "missing", list_of(text), zh = "需补正的内容", en = "What to correct", min = 1, example = { "补充数据共享方案" } } },
      effect = { set("pretech_missing", input "missing"), notify { to = { "builder" }, article = 5, zh = "前置技术审查要求补正",
        en = "The pre-technical review asks for corrections" } } },
    resubmit = { by = "builder", order = 3, title = { zh = "补正后重新提交", en = "Resubmit" },
      form = { { "note", text, zh = "补正说明", en = "What was corrected", optional = true } },
      guard = function(case)
        if not common.awaiting(case, "pretech", "correct", "resubmit") then
          return refuse { article = 5, code = "pretech.not_asked", zh = "没有待补正的要求:等待审查结论即可",
            en = "No correction was asked for: wait for the conclusion" }
        end
      end,
      effect = { notify { to = { "center" }, article = 5, zh = "建设单位已补正,请继续审查",
        en = "The builder has corrected: go on with the review" } } },
    fail = { by = "center", order = 4, title = { zh = "审查不通过", en = "Fail" },
      help = { zh = "退回申报环节,可修改后改报以后年度", en = "Back to the declaration: revise and declare for a later year" },
      form = { { "opinion", text, zh = "不通过的理由", en = "Why" } },
      effect = { set("pretech_opinion", input "opinion"), unset("declared_on"), unset("pretech_missing"),
        notify { to = { "builder", "bureau" }, article = 5, zh = "前置技术审查不通过,已退回申报",
          en = "The pre-technical review was not passed; back to the declaration" }, follow "failed" } },
    withdraw = common.withdraw(),
    classify = oversight.classify(), declassify = oversight.declassify(),
  },
  deadlines = {
    waiting = { article = 5, from = "opened", limit = "remind_after", nature = "reminder", warn = { workdays(5) }, tell = "center", action = "pass",
      title = { zh = "前置技术审查提醒(本地设定)", en = "Pre-technical review pending (local setting)" } },
  },
}
