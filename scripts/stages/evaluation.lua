-- 第三十一条 后评价:竣工验收满10个月起开展;简表适用于全部项目,重点项目用详表
local common = require "lib.common"
local ending = require "lib.ending"

local function in_time(case, now)
  local day = later(case.facts.final_accepted_on, now.limits.open_after)
  if now.date < day then
    return refuse { article = 31, code = "evaluation.early", zh = ("后评价在竣工验收满{open_after}后开展:请自%s起办理"):format(day),
      en = ("The post-evaluation opens {open_after} after acceptance: from %s"):format(day) }
  end
end

local function form_fits(case, given, now)
  if case.facts.key_project and given.depth ~= "full" then
    return refuse { article = 31, code = "evaluation.depth", field = "depth", zh = "重点项目须用详表评价",
      en = "A key project needs the full evaluation" }
  elseif given.evaluation_result == "passed_with_problems" and not given.problems then
    return refuse { article = 31, code = "evaluation.problems", field = "problems", zh = "有问题需整改的,请列出问题",
      en = "Name the problems that are to be fixed" }
  elseif given.evaluation_result == "passed_with_problems" and not (given.fix_owner and given.fix_by) then
    return refuse { article = 31, code = "evaluation.owner", field = "fix_owner", zh = "请写明整改的责任人和期限",
      en = "Say who answers for fixing them, and by when" }
  elseif given.fix_by and given.fix_by <= now.date then
    return refuse { article = 31, code = "evaluation.fix_by", field = "fix_by", zh = "整改期限应在今天之后:请另定", en = "The date must lie ahead" }
  end
end

return stage "evaluation" {
  kind = "project", order = 180, articles = { 31, 19 }, owner = "bureau", title = { zh = "后评价", en = "Post-evaluation" },
  limits = { open_after = months(10), remind_after = months(12), at_the_date = days(0) },
  facts = { { "evaluated_on", date, zh = "后评价日期", en = "Evaluated on", optional = true },
    { "evaluation_result", choice { { "passed", "合格", "Passed" }, { "passed_with_problems", "合格,有问题需整改", "Passed, problems to fix" },
      { "failed", "不合格", "Failed" } }, zh = "后评价结论", en = "Result", optional = true, example = "passed" },
    { "evaluation_problems", list_of(text), zh = "后评价发现的问题", en = "Problems found", optional = true },
    { "evaluation_fix_owner", text, zh = "整改责任人", en = "Who answers for fixing them", optional = true, max = 60 },
    { "evaluation_fix_by", date, zh = "整改期限", en = "To be fixed by", optional = true },
    { "problems_fixed_report_on", date, zh = "问题整改报告日期", en = "Problems reported fixed on", optional = true },
    { "evaluation_settled_on", date, zh = "后评价合格且整改到位日期", en = "Passed, problems fixed on", optional = true },
    { "evaluation_score", percent, zh = "得分", en = "Score", optional = true } },
  actions = {
    evaluate = { by = "bureau", order = 1, usual = 1, after = workdays(20), title = { zh = "作出后评价", en = "Evaluate" },
      needs = docs { "evaluation_report" }, guard = { common.not_own, in_time }, check = form_fits,
      help = { zh = "结论与建设单位后续项目审批挂钩;第一笔尾款以此为前提",
        en = "It weighs on the unit's later approvals; the first retention tranche depends on it" },
      form = { { "depth", choice { { "short", "简表", "Short form" }, { "full", "详表", "Full form" } }, zh = "评价方式", en = "Form",
        example = "full" }, { name = "evaluation_result", fact = "evaluation_result", optional = false },
        { "problems", list_of(text), zh = "发现的问题", en = "Problems", optional = true },
        { "fix_owner", text, zh = "整改责任人", en = "Who answers for fixing them", optional = true, max = 60 },
        { "fix_by", date, zh = "整改期限", en = "To be fixed by", optional = true }, "evaluation_score" },
      effect = function(case, given, now)
        local clean = given.evaluation_result == "passed"
        return { set("evaluated_on", now.date), set("evaluation_result", given.evaluation_result), set("evaluation_problems", given.problems),
          set("evaluation_score", given.evaluation_score), unset("problems_fixed_report_on"),
          set("evaluation_fix_owner", given.fix_owner), set("evaluation_fix_by", given.fix_by),
          notify { to = { "builder" }, article = 31, zh = clean and "后评价合格" or "后评价发现问题,请整改",
            en = clean and "The post-evaluation was passed" or "The post-evaluation found problems: fix them" },
          clean and { set("evaluation_settled_on", now.date), ending.wind_up(case, "evaluation") } or {} }
      end },
    report_fixed = { by = "builder", order = 2, title = { zh = "报告问题已整改", en = "Report the problems fixed" },
      when = any { is("evaluation_result", "passed_with_problems"), is("evaluation_result", "failed") }, needs = docs { "problems_fixed_report" },
      effect = { set("problems_fixed_report_on", today), notify { to = { "bureau" }, article = 31, zh = "后评价问题已整改,请确认(不合格的请重新评价)",
        en = "The problems are fixed: confirm (or evaluate again, if it had failed)" } } },
    confirm_fixed = { by = "bureau", order = 3, title = { zh = "确认整改到位", en = "Confirm that the problems are fixed" },
      when = all { is("evaluation_result", "passed_with_problems"), is_set("problems_fixed_report_on") }, guard = common.not_own,
      effect = function(case, _, now) return { set("evaluation_settled_on", now.date), ending.wind_up(case, "evaluation") } end },
  },
  deadlines = {
    fix = { article = 31, from = "evaluation_fix_by", limit = "at_the_date", unless = "evaluation_settled_on", warn = { workdays(5), workdays(1) },
      after = { workdays(1), workdays(5) }, tell = { "builder", "bureau" }, action = "report_fixed",
      escalate = { { after = workdays(3), tell = "superior" }, { after = workdays(10), tell = "bureau" } }, title = { zh = "后评价问题整改期限", en = "The problems are to be fixed" } },
    opens = { article = 31, from = "final_accepted_on", limit = "open_after", nature = "opens", stage_open = true, unless = "evaluated_on",
      warn = { days(15) }, tell = "bureau", action = "evaluate", title = { zh = "后评价可以开展", en = "The post-evaluation opens" } },
    waiting = { article = 19, from = "final_accepted_on", limit = "remind_after", nature = "reminder", stage_open = true,
      unless = "evaluation_settled_on", warn = { workdays(10) }, after = { months(1) }, tell = { "bureau", "builder" }, action = "evaluate",
      title = { zh = "第一笔尾款将到期,后评价应办结", en = "The first tranche falls due: finish the post-evaluation" } },
  },
}
