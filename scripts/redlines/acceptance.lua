-- 第二十六、二十七、三十六条 验收、使用和停用 · acceptance, use and retirement
local lines = require "lib.lines"

-- 组织或通过了验收 · an acceptance was organised or passed
local function accepting(step) return lines.wrote(step, "final_accepted_on") or lines.wrote(step, "pre_accepted_on") or lines.wrote(step, "acceptance_received_on") end

local sharing = redline "no_acceptance_without_sharing" {
  kind = "project", articles = { 26 }, touches = { "final_accepted_on", "pre_accepted_on", "acceptance_received_on", "sharing_result" },
  title = { zh = "未按要求共享数据的不得验收", en = "No acceptance without data sharing" },
  why = { zh = "验收是推动共享的最后一道关;例外只能由政务管理服务局写明理由", en = "Acceptance is the last gate that makes data shared; an exception is the bureau's, with a reason" },
  step = function(_, step)
    local f = step.after.facts
    local fine = f.sharing_result == "shared" or f.sharing_result == "exempt" and (f.sharing_reason or "") ~= ""
    if accepting(step) and not fine then
      return crossed { article = 26, zh = "没有确认数据共享开放(也没有例外的理由),就组织或通过了验收", en = "Acceptance was organised or passed without data shared, or an exception with its reason" }
    elseif lines.wrote(step, "sharing_result") and f.sharing_result == "exempt" and not lines.role(step, "bureau") then
      return crossed { article = 26, zh = "数据共享的例外不是政务管理服务局登记的", en = "The exception from sharing was not the bureau's" }
    elseif lines.wrote(step, "sharing_result") and f.sharing_result == "shared" and not has_paper(step.after, "data_sharing_proof") then
      return crossed { article = 26, zh = "没有数据共享开放证明,就登记了已共享", en = "Sharing was recorded without its proof" }
    end
  end,
}

local assessments = { { "software", "软件测评", "software test" }, { "classified", "涉密信息系统测评", "classified system assessment" },
  { "protection", "等级保护测评", "graded protection assessment" }, { "crypto", "商用密码应用安全性评估", "cryptography assessment" } }
local function need_of(a) return a[1] == "software" and "needs_software_test" or "needs_" .. a[1] .. "_assessment" end
local function result_of(a) return a[1] == "software" and "software_test_result" or a[1] .. "_assessment_result" end
local function paper_of(a) return a[1] == "software" and "software_test_report" or a[1] .. "_assessment_report" end

local assessed = redline "no_acceptance_without_assessments" {
  kind = "project", articles = { 26 },
  title = { zh = "应做的测评未通过的不得验收", en = "No acceptance without the required assessments" },
  why = { zh = "不安全的系统不能带病上线;例外须写明理由并记录", en = "An insecure system must not go live; an exception is on record with its reason" },
  -- 申报时就要做的测评,以后不得悄悄勾掉 · what was required at the declaration stays required
  remember = function(past, step)
    local f, out = step.after.facts, {}
    if not f.declared_on then return {} end
    for _, a in ipairs(assessments) do out[a[1]] = past[a[1]] or f[need_of(a)] or nil end
    return out
  end,
  step = function(past, step)
    local f = step.after.facts
    for _, a in ipairs(assessments) do
      local result = f[result_of(a)]
      if accepting(step) and (f[need_of(a)] or past[a[1]]) and result ~= "passed" and result ~= "exempt" then
        return crossed { article = 26, zh = ("须做的%s没有通过,就组织或通过了验收"):format(a[2]), en = ("Acceptance was organised or passed without the required %s"):format(a[3]) }
      elseif lines.wrote(step, result_of(a)) and result == "passed" and not has_paper(step.after, paper_of(a)) then
        return crossed { article = 26, zh = ("没有第三方报告,就登记%s通过"):format(a[2]), en = ("The %s was recorded as passed without the third party's report"):format(a[3]) }
      elseif lines.wrote(step, result_of(a)) and result == "exempt" and not lines.role(step, "bureau") then
        return crossed { article = 26, zh = ("%s的例外不是政务管理服务局登记的"):format(a[2]), en = ("The exception from the %s was not the bureau's"):format(a[3]) }
      end
    end
  end,
}

local trial = redline "trial_run_of_three_months" {
  kind = "project", articles = { 26 }, touches = { "final_accepted_on", "acceptance_received_on", "acceptance_applied_on" },
  title = { zh = "200万元以上(含)须初验合格、试运行满3个月", en = "From 2,000,000: preliminary acceptance and three months' trial run" },
  why = { zh = "问题要跑起来才看得见;三个月一天也不能少", en = "Faults show once it runs: three months, not a day less" },
  step = function(_, step)
    local f = step.after.facts
    if not lines.wrote(step, "final_accepted_on") and not lines.wrote(step, "acceptance_received_on") and not lines.wrote(step, "acceptance_applied_on") then return end
    if lines.total(step) < step.base_limit("final_acceptance.full_path") then return end
    local began, passed = f.trial_started_on, f.preliminary_passed_on
    if not (began and passed) then
      return crossed { article = 26, zh = ("总投资%s,没有初验合格和试运行,就申请或通过了竣工验收"):format(money_text(f.investment)),
        en = "A project from 2,000,000 went to final acceptance without preliminary acceptance and trial run" }
    end
    if passed > began then began = passed end
    if not lines.over(began, step.base_limit("trial_run.trial_period"), step.date) then
      return crossed { article = 26, zh = ("试运行自%s起,到%s未满3个月,就申请或通过了竣工验收"):format(began, step.date),
        en = ("The trial run began on %s and had not lasted 3 months by %s"):format(began, step.date) }
    end
  end,
}

local by_bureau = redline "accepted_by_the_bureau" {
  kind = "project", articles = { 26, 27, 12 }, touches = { "final_accepted_on" },
  title = { zh = "200万元以上(含)由政务管理服务局组织专家验收", en = "From 2,000,000 the bureau accepts, with experts" },
  why = { zh = "花大钱建的系统不能由建设单位自己说合格", en = "Who built with large money does not say himself that it is good" },
  step = function(_, step)
    local f = step.after.facts
    if not lines.wrote(step, "final_accepted_on") then return end
    if f.pre_accepted_on and f.upper_body then return end -- 第二十七条 上级已验收 · accepted above
    if f.upper_money then
      return crossed { article = 27, zh = "有国家、省级资金的项目,没有预验收和上级验收,就登记为验收合格", en = "A project with money from above was accepted without pre-acceptance and the acceptance above" }
    elseif lines.total(step) >= step.base_limit("final_acceptance.full_path") and not lines.role(step, "bureau") then
      return crossed { article = 26, zh = "200万元以上的项目,不是政务管理服务局验收的", en = "A project from 2,000,000 was accepted by somebody other than the bureau" }
    elseif lines.total(step) >= step.base_limit("final_acceptance.full_path") and #(f.acceptance_meetings or {}) == 0 then
      return crossed { article = 26, zh = "200万元以上的项目,没有专家验收会,就验收合格了", en = "A project from 2,000,000 was accepted without a meeting of experts" }
    end
  end,
}

local papers_ = redline "decisions_have_their_papers" {
  kind = "project", articles = { 13, 17, 26 }, touches = { "review_passed_on", "approved_on", "budget_reviewed_on", "pretech_passed_on", "evaluated_on", "study_replied_on", "final_accepted_on" },
  title = { zh = "批复、评审、验收有据可查", en = "Approval, review and acceptance rest on papers" },
  why = { zh = "没有文件的决定,事后无从核对,也无从问责", en = "A decision without its paper can be neither checked nor answered for" },
  step = function(_, step)
    local due = { { "review_passed_on", "review_opinion", 11 }, { "approved_on", "approval_reply", 13 }, { "budget_reviewed_on", "budget_review_report", 17 },
      { "pretech_passed_on", "pretech_opinion", 5 }, { "evaluated_on", "evaluation_report", 31 }, { "study_replied_on", "feasibility_reply", 10 } }
    for _, d in ipairs(due) do
      if lines.wrote(step, d[1]) and not has_paper(step.after, d[2]) then
        return crossed { article = d[3], zh = ("作出了决定(%s),却没有文件(%s)"):format(d[1], d[2]), en = ("A decision (%s) was taken without its paper (%s)"):format(d[1], d[2]) }
      end
    end
    if lines.wrote(step, "final_accepted_on") and not has_paper(step.after, "acceptance_report") and not has_paper(step.after, "upper_acceptance_document") then
      return crossed { article = 26, zh = "没有验收报告(或上级验收文件),就验收合格了", en = "The project was accepted without a report of acceptance" }
    end
  end,
}

local use = redline "no_use_before_acceptance" {
  kind = "project", articles = { 26, 45 },
  title = { zh = "竣工验收合格前不得投入使用", en = "No use before final acceptance" },
  why = { zh = "先用后验,验收就成了走过场", en = "What is in use already is accepted for form's sake" },
  step = function(_, step)
    for _, name in ipairs { "operations", "retention", "evaluation" } do
      if lines.opened(step, name) and not step.after.facts.final_accepted_on then
        return crossed { article = 26, zh = ("没有竣工验收合格,就打开了“%s”环节"):format(name), en = ("The stage '%s' was opened before final acceptance"):format(name) }
      end
    end
  end,
}

local retired = redline "retired_with_its_data" {
  kind = "project", articles = { 36, 31 }, touches = { "retired_on" },
  title = { zh = "停用前评估数据并备份、迁移或销毁", en = "Retired only once the data is assessed and dealt with" },
  why = { zh = "系统停了,数据还在;没有评估和去向的停用就是丢数据", en = "The system stops, its data stays: retiring it without assessment and destination loses it" },
  step = function(_, step)
    local f = step.after.facts
    if not lines.wrote(step, "retired_on") then return end
    local r = f.retirement or {}
    if not has_paper(step.after, "retirement_assessment") or not (r.backed_up or r.moved or r.destroyed) then
      return crossed { article = 36, zh = "数据没有评估,或没有备份、迁移、销毁,系统就停用了", en = "The system was retired without an assessment of its data, or without dealing with it" }
    elseif not f.evaluated_on then
      return crossed { article = 31, zh = "没有后评价,系统就停用了", en = "The system was retired before its post-evaluation" }
    elseif is_open(step.after, "retention") then
      return crossed { article = 36, zh = "尾款尚未了结,系统就停用了", en = "The system was retired while its retention is unsettled" }
    end
  end,
}

local ended = redline "terminated_on_its_grounds" {
  kind = "project", articles = { 20 },
  title = { zh = "终止只限三种情形,有书面说明", en = "Terminated only on the three grounds, with a statement" },
  why = { zh = "终止了的项目不再付款、不再追究;没有理由的终止就是逃避", en = "A termination ends payments and claims: without its ground it is a way to evade them" },
  step = function(_, step)
    local f = step.after.facts
    if not lines.wrote(step, "terminated_on") and not (step.after.outcome == "terminated" and not (step.before and step.before.ended)) then return end
    local grounds = { force_majeure = true, no_way_on = true, contractor = true }
    if not grounds[f.termination_ground or ""] or not has_paper(step.after, "termination_statement") then
      return crossed { article = 20, zh = "不属三种情形,或没有书面说明,项目就终止了", en = "The project was terminated on none of the three grounds, or without its statement" }
    end
  end,
}

local done = redline "contracted_projects_are_accepted" {
  kind = "project", articles = { 26, 45 },
  title = { zh = "签了合同的项目不得不验收就了结", en = "What was contracted does not end without acceptance" },
  why = { zh = "钱花了,就要有验收;不能一撤了之", en = "Where money was bound there is an acceptance; it is not just withdrawn" },
  step = function(_, step)
    local f = step.after.facts
    if step.after.ended and not (step.before and step.before.ended) and f.contracts_complete_on and not f.final_accepted_on and not f.terminated_on then
      return crossed { article = 26, zh = "合同已签订完毕,没有验收也没有依法终止,项目就了结了", en = "The contracts are signed; the case ended with neither acceptance nor termination" }
    end
  end,
}

return { sharing, assessed, trial, by_bureau, papers_, use, retired, ended, done }
