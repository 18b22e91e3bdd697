-- 第二十六条(一) 200万元以下:建设单位组织竣工验收,验收报告报政务管理服务局
local conditions = require "lib.conditions"
local oversight = require "lib.oversight"
local acceptance = require "lib.acceptance"
local ending = require "lib.ending"
local money_ = require "lib.money"

local function accepted(case)
  if not case.facts.final_accepted_on then
    return refuse { article = 26, code = "acceptance.not_yet", zh = "尚未验收合格:请先办理“竣工验收合格”",
      en = "Not accepted yet: record the acceptance first" }
  end
end

return stage "builder_acceptance" {
  kind = "project", order = 120, articles = { 26, 28 }, owner = "builder",
  title = { zh = "竣工验收(建设单位组织)", en = "Acceptance by the builder" }, limits = { report_within = workdays(7) },
  leads = { accepted = { "archive", "settlement", "retention", "evaluation", "operations" }, failed = "correction" },
  actions = acceptance.with_records({
    pass = { by = "builder", final = true, order = 1, usual = 6, after = workdays(10), article = 26, title = { zh = "竣工验收合格", en = "Accept" },
      needs = docs { "acceptance_report" }, when = not_set("final_accepted_on"),
      guard = { acceptance.gates, conditions.block "acceptance" }, help = { zh = "数据共享和应做的测评通过后才能验收;合格后方可投入使用",
        en = "Only with data shared and assessments passed; only then the system is used" },
      effect = function(case, _, now) return acceptance.accepted(case, now.date) end },
    pass_with_conditions = { by = "builder", final = true, order = 3, article = 26, title = { zh = "附条件通过竣工验收", en = "Accept with conditions" }, needs = docs { "acceptance_report" },
      when = not_set("final_accepted_on"), guard = { acceptance.gates, conditions.block "acceptance" }, form = { conditions.field() }, check = conditions.check,
      help = { zh = "每个条件写明责任人、期限和落实前挡住的事项", en = "Each condition names who answers for it, its date, and what it blocks until met" },
      effect = function(case, given, now) return { acceptance.accepted(case, now.date), conditions.set(case, given, "竣工验收", 26) } end },
    report = { by = "builder", order = 2, usual = 7, after = workdays(3), article = 26,
      title = { zh = "验收报告报政务管理服务局", en = "Report the acceptance to the bureau" }, needs = docs { "acceptance_report" }, guard = accepted,
      effect = { set("acceptance_reported_on", today), notify { to = { "bureau", "finance" }, article = 26, zh = "建设单位已竣工验收并报送验收报告",
        en = "The builder accepted the project and reports it" }, follow "accepted" } },
    fail = (function() local a = acceptance.fail "builder"; a.when = not_set("final_accepted_on"); return a end)(),
    pay = money_.pay(), terminate = ending.terminate(),
    classify = oversight.classify(), declassify = oversight.declassify(),
    meet_condition = conditions.meet(), confirm_condition = conditions.confirm(),
    center_confirm = conditions.confirm "center",
    suspend = oversight.suspend(), lift_suspension = oversight.lift_suspension(),
    release = oversight.release(), withdraw_release = oversight.withdraw_release(),
  }, 1),
  facts = {
    { "acceptance_reported_on", date, zh = "验收报告报送日期", en = "Acceptance reported on", optional = true },
    { "final_accepted_on", date, zh = "竣工验收日期", en = "Finally accepted on", optional = true },
    { "operations_until", date, zh = "运维期至", en = "Operations until", optional = true },
    { "acceptance_failures", int, zh = "验收不合格次数", en = "Failed acceptances", optional = true },
    { "acceptance_problems", list_of(text), zh = "验收发现的问题", en = "What acceptance found wrong", optional = true },
    { "correct_by", date, zh = "整改期限", en = "To be corrected by", optional = true },
    { "failed_acceptance", choice { { "builder", "建设单位验收", "By the builder" }, { "final", "竣工验收", "By the bureau" },
      { "upper", "预验收", "Pre-acceptance" } }, zh = "未通过的验收", en = "Which acceptance failed", optional = true },
    { "sharing_result", choice { { "shared", "已按要求实现", "Shared" }, { "exempt", "例外", "Exempt" } }, zh = "数据共享", en = "Data sharing",
      optional = true },
    { "sharing_reason", text, zh = "数据共享例外理由", en = "Reason for the exception", optional = true },
    { "sharing_on", date, zh = "数据共享登记日期", en = "Data sharing recorded on", optional = true },
    { "software_test_result", text, zh = "软件测评", en = "Software test", optional = true },
    { "classified_assessment_result", text, zh = "涉密测评", en = "Classified assessment", optional = true },
    { "protection_assessment_result", text, zh = "等保测评", en = "Graded protection", optional = true },
    { "crypto_assessment_result", text, zh = "密评", en = "Cryptography assessment", optional = true },
    { "assessments", list_of { { "kind", text, zh = "种类", en = "Kind" }, { "result", text, zh = "结果", en = "Result" },
      { "body", text, zh = "测评机构", en = "Body", optional = true }, { "reason", text, zh = "理由", en = "Reason", optional = true },
      { "on", date, zh = "日期", en = "On" } }, zh = "测评记录", en = "Assessments", optional = true },
  },
  deadlines = {
    report = { article = 26, source = { zh = "借用政府采购法第四十七条({report_within});本办法未定期限",
      en = "Borrowed from the Government Procurement Law, art. 47; this regulation names no limit" }, from = "final_accepted_on", stage_open = true,
      limit = "report_within", nature = "reminder", unless = "acceptance_reported_on", warn = { workdays(2) }, after = { workdays(5) },
      tell = "builder", action = "report", title = { zh = "验收报告报送提醒", en = "Report the acceptance" } },
  },
}
