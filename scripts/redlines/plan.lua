-- 第五至九条 计划:谁也不能绕过领导小组和政府把项目列进去 · plans: nobody enters a project past the leading group and the government
local lines = require "lib.lines"

-- 在谁手上、这一轮办过 · done in this round, and by the body it belongs to
local marks = { signed_drc_on = "drc", signed_finance_on = "finance", leading_group_on = "leading_group", government_on = "government" }

local function plan_marks(past, step)
  if lines.opened(step, "plan_compile") then return {} end
  local out = {}
  for name, role in pairs(marks) do out[name] = past[name] or (lines.wrote(step, name) and step.what == "act" and lines.role(step, role)) or nil end
  return out
end

local plan_passed = redline "plan_passed_before_issue" {
  kind = "plan", articles = { 6 },
  title = { zh = "年度计划会签、审定、审议后才下达", en = "A plan is issued only once signed, approved and passed" },
  why = { zh = "计划是审批和花钱的前提,只有市政府常务会议能定", en = "The plan is the precondition of approval and money; only the government's standing meeting settles it" },
  remember = plan_marks,
  step = function(past, step)
    if not lines.wrote(step, "issued_on") then return end
    local now_ = plan_marks(past, step)
    for name, role in pairs(marks) do
      if not now_[name] then
        return crossed { article = 6, zh = ("本轮没有经过%s,计划就下达了"):format(role), en = ("The plan was issued without '%s' having agreed in this round"):format(role) }
      end
    end
  end,
}

-- 随计划下达一并推动:计划已下达,并且列有本项目 · moved by its plan: that is issued and holds this project
local function by_plan(step)
  local plan = step.what == "act" and step.cases[step.after.facts.plan or ""]
  return plan and plan.kind == "plan" and plan.facts.issued_on and lines.has(plan.facts.projects, step.after.id)
end
local function by_government(step)
  local f = step.after.facts
  return step.what == "act" and lines.role(step, "government") and f.urgent_bureau_on and f.urgent_drc_on and f.urgent_finance_on and f.urgent_group_on
end

local entry_ = redline "plan_entry_by_government" {
  kind = "project", articles = { 6, 7 }, touches = { "plan_entered_on" },
  title = { zh = "项目只随下达的计划、或经第七条全程列入计划", en = "A project enters a plan with the issued plan, or by the whole way of article 7" },
  why = { zh = "列入计划等于市政府同意建设;没有这一步,后面的批复都没有依据", en = "To be in a plan is the government's consent; without it no later approval has a ground" },
  step = function(_, step)
    if lines.wrote(step, "plan_entered_on") and not by_plan(step) and not by_government(step) then
      return crossed { article = 7, zh = "没有随下达的计划,也没有经三部门联合审查、领导小组审定、政府批准,项目就列入了计划",
        en = "The project was entered in a plan neither by an issued plan nor by joint review, leading group and government" }
    end
  end,
}

local approved = redline "approval_in_plan" {
  kind = "project", articles = { 7 }, touches = { "approved_on" },
  title = { zh = "未列入计划的不得批复", en = "No approval outside an issued plan" },
  why = { zh = "列入年度计划是项目审批的前提和依据", en = "Being in the yearly plan is the precondition of approval" },
  step = function(_, step)
    if lines.wrote(step, "approved_on") and not step.after.facts.plan_entered_on then
      return crossed { article = 7, zh = "项目没有列入已下达的计划,就批复了", en = "The project was approved though it is in no issued plan" }
    end
  end,
}

local function last_day(step)
  local b = step.base_limit
  return later(("%04d-%02d-%02d"):format(step.after.facts.plan_year - 1, b "declaration.closes_month", b "declaration.closes_day"), days(0))
end -- 休息日顺延由各地定,红线取宽 · whether it rolls is a county's choice

local declared = redline "declared_in_time" {
  kind = "project", articles = { 5, 7, 8 }, touches = { "declared_on" },
  title = { zh = "9月30日后不得再申报下一年度计划", en = "No declaration for next year's plan after 30 September" },
  why = { zh = "截止日人人一样;迟了只有两条路:改报以后年度,或按第七条", en = "The closing day is the same for all: later there is the next year, or article 7" },
  step = function(_, step)
    local f = step.after.facts
    if not lines.wrote(step, "declared_on") or f.investment <= step.base_limit("declaration.exempt_up_to") or by_government(step) then return end
    if step.date > last_day(step) then
      return crossed { article = 5, zh = ("%d年度计划的申报已于9月30日截止,仍然申报了"):format(f.plan_year),
        en = ("It was declared for the plan of %d after 30 September had passed"):format(f.plan_year) }
    end
  end,
}

local small = redline "small_only_up_to_500000" {
  kind = "project", articles = { 8, 16 }, touches = { "exempt" },
  title = { zh = "超过50万元的不得按小额项目免批", en = "Above 500,000 no project goes the way without approval" },
  why = { zh = "免计划、免审批只给50万元以下的项目,门槛是办法定的", en = "Only up to 500,000 the regulation asks for neither plan nor approval" },
  step = function(_, step)
    if lines.wrote(step, "exempt") and step.after.facts.exempt and step.after.facts.investment > step.base_limit("declaration.exempt_up_to") then
      return crossed { article = 8, zh = ("总投资%s,超过50万元,却按小额项目免了计划和审批"):format(money_text(step.after.facts.investment)),
        en = "The project is above 500,000 yuan and was exempted from plan and approval" }
    end
  end,
}

local civil = redline "civil_works_apart" {
  kind = "project", articles = { 47 }, touches = { "declared_on" },
  title = { zh = "土建部分须分别审批", en = "Civil works are approved apart" },
  why = { zh = "大额土建按政府投资项目管理,不能夹在信息化项目里过关", en = "Large civil works follow their own rules and must not slip through with an IT project" },
  step = function(_, step)
    local f = step.after.facts
    local civil_, b = f.civil_works or 0, step.base_limit
    if lines.wrote(step, "declared_on") and (civil_ > b "declaration.civil_above" or civil_ > b "declaration.civil_share_above"
      and civil_ * 100 >= f.investment * b "declaration.civil_share_percent") then
      return crossed { article = 47, zh = ("土建投资%s,未与信息化部分分开就申报了"):format(money_text(civil_)),
        en = "Civil works above the thresholds were declared together with the IT part" }
    end
  end,
}

local funded = redline "funding_by_government" {
  kind = "funding", articles = { 9 }, touches = { "passed_on", "allotted" },
  title = { zh = "资金计划只由政府审定", en = "Only the government passes the funding plan" },
  why = { zh = "专项资金的安排以市政府常务会议审定为准", en = "The special fund is settled by the government's standing meeting" },
  step = function(_, step)
    local f = step.after.facts
    if lines.wrote(step, "passed_on") and not (step.what == "act" and lines.role(step, "government")) then
      return crossed { article = 9, zh = "没有经政府审定,资金计划就通过了", en = "The funding plan was passed by somebody other than the government" }
    elseif step.touched.allotted and (f.allotted or 0) > f.available then
      return crossed { article = 9, zh = ("安排%s,超过当年可安排的%s:量入为出"):format(money_text(f.allotted), money_text(f.available)),
        en = "More was allotted than the year's money" }
    end
  end,
}

return { plan_passed, entry_, approved, declared, small, civil, funded }
