-- 第二十八条 验收不合格:限期整改,重新验收;拒不整改或仍不合格的,停付剩余款项
local conditions = require "lib.conditions"
local oversight = require "lib.oversight"
local acceptance = require "lib.acceptance"
local ending = require "lib.ending"

return stage "correction" {
  kind = "project", order = 150, articles = { 28 }, owner = "builder", title = { zh = "验收整改", en = "Correction after a failed acceptance" },
  limits = { at_the_date = days(0) },
  facts = { { "correction_note", text, zh = "整改情况", en = "What was corrected", optional = true },
    { "correction_refused_on", date, zh = "拒不整改认定日期", en = "Refusal to correct recorded on", optional = true } },
  leads = { builder = "builder_acceptance", final = "final_acceptance", upper = "upper_acceptance" },
  actions = acceptance.with_records({
    resubmit = { by = "builder", order = 1, usual = 1, after = workdays(15), title = { zh = "整改完成,重新验收", en = "Corrected: accept again" },
      needs = docs { "correction_report" },
      form = { { "note", text, zh = "整改情况", en = "What was corrected" } },
      effect = function(case, given)
        return { set("correction_note", given.note), unset("correct_by"), unset("pre_accepted_on"),
          notify { to = { "bureau" }, article = 28, zh = "整改完成,重新验收", en = "Corrected; acceptance is held again" },
          follow(case.facts.failed_acceptance) }
      end },
    extend = { by = "bureau", order = 2, title = { zh = "另定整改期限", en = "Set another date" },
      form = { { "correct_by", date, zh = "整改期限", en = "To be corrected by" }, { "reason", text, zh = "理由", en = "Why" } },
      check = function(_, given, now)
        if given.correct_by <= now.date then return refuse { article = 28, code = "correction.date", field = "correct_by",
          zh = "整改期限应在今天之后:请另定日期", en = "The date must lie ahead: set another" } end
      end,
      effect = { set("correct_by", input "correct_by"), set("correction_note", input "reason") } },
    refuse_to_correct = { by = "bureau", order = 3, title = { zh = "认定拒不整改,停付", en = "Record a refusal to correct" },
      form = { { "reason", text, zh = "认定理由", en = "Why" } },
      help = { zh = "财政部门停付剩余款项,直至整改并通过验收", en = "Nothing further is paid until corrected and accepted" },
      effect = { set("payments_frozen", true), set("correction_refused_on", today), set("correction_note", input "reason"),
        notify { to = { "finance", "builder" }, article = 28, zh = "项目拒不整改,剩余款项停付",
          en = "Correction was refused: nothing further is paid" } } },
    terminate = ending.terminate(),
    classify = oversight.classify(), declassify = oversight.declassify(),
    meet_condition = conditions.meet(), confirm_condition = conditions.confirm(),
    center_confirm = conditions.confirm "center",
    suspend = oversight.suspend(), lift_suspension = oversight.lift_suspension(),
    release = oversight.release(), withdraw_release = oversight.withdraw_release(),
  }),
  deadlines = {
    correct_by = { article = 28, from = "correct_by", limit = "at_the_date", stage_open = true, warn = { workdays(10), workdays(3) },
      after = { workdays(1), workdays(5) }, tell = { "builder", "bureau" }, action = "resubmit",
      escalate = { { after = workdays(3), tell = "superior" }, { after = workdays(10), tell = "bureau" } },
      title = { zh = "整改期限", en = "To be corrected by" } },
  },
}
