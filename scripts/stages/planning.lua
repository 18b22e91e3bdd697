-- 第六、七条 待列年度计划:由年度计划(plan)下达时一并推动
local conditions = require "lib.conditions"
local oversight = require "lib.oversight"
local common = require "lib.common"

return stage "planning" {
  kind = "project", order = 30, articles = { 6, 7 }, owner = "bureau", title = { zh = "待列年度计划", en = "Waiting for the plan" },
  limits = { remind_after = months(6) },
  facts = {
    { "plan", ref "plan", zh = "列入的年度计划", en = "The plan it is in", optional = true },
    { "plan_entered_on", date, zh = "列入计划日期", en = "In the plan since", optional = true },
    { "plan_kind", choice { { "yearly", "年度计划", "Yearly plan" }, { "supplementary", "年度增补计划", "Supplementary plan" } }, zh = "计划种类",
      en = "Kind of plan", optional = true },
    { "plan_notes", list_of { { "plan", ref "plan", zh = "计划", en = "Plan" }, { "decision", text, zh = "决定", en = "Decision" },
      { "reason", text, zh = "理由", en = "Reason" }, { "year", int, zh = "计划年度", en = "Plan year", optional = true },
      { "on", date, zh = "日期", en = "On" } }, zh = "调出、缓列记录", en = "Struck or deferred", optional = true },
  },
  leads = { planned = "prelim_design", struck = "declaration", urgent = "urgent_review" },
  actions = {
    enter_plan = { by = "system", order = 1, usual = 1, after = workdays(60), article = 6, title = { zh = "列入年度计划", en = "Enter the plan" },
      form = { { "plan", ref "plan", zh = "年度计划", en = "Plan", example = "430900-2023-0001" } },
      effect = { set("plan", input "plan"), set("plan_entered_on", today), set("plan_kind", "yearly"),
        notify { to = { "builder", "center" }, article = 6, zh = "项目已列入年度计划,可编制初步设计方案",
          en = "The project is in the issued plan: the preliminary design may be made" }, follow "planned" } },
    strike = { by = "system", order = 2, article = 6, title = { zh = "调出计划", en = "Struck from the plan" },
      form = { { "plan", ref "plan", zh = "年度计划", en = "Plan" }, { "reason", text, zh = "理由", en = "Reason" } },
      effect = function(case, given, now)
        return { append("plan_notes", { plan = given.plan, decision = "struck", reason = given.reason, year = case.facts.plan_year, on = now.date }),
          unset("declared_on"), unset("pretech_passed_on"),
          notify { to = { "builder" }, article = 6, zh = "项目未列入本年度计划,已退回申报:可修改后改报以后年度,或按第七条申请急需建设",
            en = "The project was struck from this plan: revise it for a later year, or ask for the urgent way of article 7" }, follow "struck" }
      end },
    defer = { by = "system", order = 3, article = 6, title = { zh = "缓列", en = "Deferred to the next year" },
      form = { { "plan", ref "plan", zh = "年度计划", en = "Plan" }, { "reason", text, zh = "理由", en = "Reason" } },
      effect = function(case, given, now)
        return { set("plan_year", case.facts.plan_year + 1),
          append("plan_notes", { plan = given.plan, decision = "deferred", reason = given.reason, year = case.facts.plan_year, on = now.date }),
          notify { to = { "builder" }, article = 6, zh = ("项目缓列,转入%d年度计划,不必重新申报"):format(case.facts.plan_year + 1),
            en = ("The project was deferred to the plan of %d; it need not be declared again"):format(case.facts.plan_year + 1) } }
      end },
    request_urgent = common.request_urgent(),
    withdraw = common.withdraw(),
    classify = oversight.classify(), declassify = oversight.declassify(),
    meet_condition = conditions.meet(), confirm_condition = conditions.confirm(),
    center_confirm = conditions.confirm "center",
  },
  deadlines = {
    waiting = { article = 6, from = "opened", limit = "remind_after", nature = "reminder", warn = { months(1) }, tell = { "bureau", "builder" },
      title = { zh = "待列计划提醒(本地设定)", en = "Still waiting for a plan (local setting)" } },
  },
}
