-- 第十四至十七条 审批和采购之前:谁决定、何时决定、失效了怎么办 · approval and what leads to procurement: who decides, when, and what a lapse means
local lines = require "lib.lines"

-- 由他人决定的事 · what is for others to decide
local decisions = { "pretech_passed_on", "study_replied_on", "review_passed_on", "approved_on", "budget_reviewed_on", "pre_accepted_on",
  "evaluated_on", "evaluation_settled_on", "tranche_1_payable_on", "tranche_2_payable_on", "tranche_3_payable_on" }

local own_touches = { "final_accepted_on" }
for _, name in ipairs(decisions) do own_touches[#own_touches + 1] = name end

local own = redline "nobody_decides_for_the_own_unit" {
  kind = "project", articles = { 44, 4 }, touches = own_touches,
  title = { zh = "不得审批本单位的申请", en = "Nobody decides on their own unit's application" },
  why = { zh = "自己申请、自己批,程序就是空的", en = "Where the applicant decides, there is no procedure" },
  step = function(_, step)
    local mine = step.what == "act" and (step.actor.org or step.actor.unit)
    if not mine or (step.actor.org ~= step.after.unit and step.actor.unit ~= step.after.unit) then return end
    for _, name in ipairs(decisions) do
      if lines.wrote(step, name) then
        return crossed { article = 44, zh = ("申请单位自己作出了决定(%s)"):format(name), en = ("The applicant's own unit took the decision (%s)"):format(name) }
      end
    end
    if lines.wrote(step, "final_accepted_on") and lines.total(step) >= step.base_limit("final_acceptance.full_path") and not step.after.facts.pre_accepted_on then
      return crossed { article = 26, zh = "200万元以上的项目,由建设单位自己竣工验收了", en = "A project from 2,000,000 was accepted by its own unit" }
    end
  end,
}

-- 一步之内不得由时间代人作主 · what no passed day may do in anybody's stead
local never_by_time = { "declared_on", "pretech_passed_on", "plan_entered_on", "study_replied_on", "review_passed_on", "accepted_on", "approved_on", "budget_reviewed_on",
  "procurement_method", "awarded_on", "contracts", "started_on", "preliminary_passed_on", "pre_accepted_on", "acceptance_received_on", "final_accepted_on", "evaluated_on",
  "evaluation_settled_on", "tranche_1_payable_on", "tranche_2_payable_on", "tranche_3_payable_on", "payments", "released_on", "issued_on", "passed_on", "retired_on",
  "signed_drc_on", "signed_finance_on", "leading_group_on", "government_on", "urgent_bureau_on", "urgent_drc_on", "urgent_finance_on", "urgent_group_on" }

local function silent(kind_)
  return redline(kind_ == "project" and "silence_decides_nothing" or kind_ .. "_silence_decides_nothing") {
    kind = kind_, articles = { 14, 26 },
    title = { zh = "期限届满不等于批准、合格、付款,也不了结", en = "A passed limit never approves, accepts, pays or ends anything" },
    why = { zh = "超时是办事人的责任,只能催办和问责,不能替人作决定", en = "A passed limit is the office's fault: it is chased and answered for, it decides nothing" },
    step = function(_, step)
      if step.what ~= "due" then return end
      for _, name in ipairs(never_by_time) do
        if lines.wrote(step, name) then
          return crossed { zh = ("期限一过就自动写入了“%s”:没有人作出决定"):format(name), en = ("A passed day wrote '%s': nobody had decided"):format(name) }
        end
      end
      for _, e in ipairs(step.effects) do
        if e["do"] == "close" or e["do"] == "finish" then
          return crossed { zh = "期限一过,环节就自动办结了:没有人办过", en = "A passed day closed the stage: nobody had done anything" }
        end
      end
    end,
  }
end

local notice = redline "one_time_notice" {
  kind = "project", articles = { 14 }, touches = { "accepted_on", "approval_missing", "extra_notices" },
  title = { zh = "补正一次告知,再次告知须有理由", en = "One notice of what is missing; a further one needs its reason" },
  why = { zh = "一次说清,不让建设单位反复跑;时限也不能靠反复补正拖长", en = "All is told at once, so that nobody is sent back again and again and the limit is not stretched" },
  -- 本次受理以来告知过 · a notice since this acceptance of the application
  remember = function(past, step)
    if lines.wrote(step, "accepted_on") or not step.after.facts.accepted_on then return {} end
    return { told = past.told or lines.wrote(step, "approval_missing") or nil }
  end,
  step = function(past, step)
    if not (past.told and step.after.facts.accepted_on and lines.wrote(step, "approval_missing")) then return end
    local noted = lines.added(step, "extra_notices")[1]
    if not noted or (noted.reason or "") == "" then
      return crossed { article = 14, zh = "受理后第二次要求补正,没有写明首次未能告知的理由", en = "Corrections were asked for a second time without a reason why the first notice could not tell them" }
    end
  end,
}

-- 第十四条:受理即开始计时 · the limit runs from the acceptance of the application
local runs = redline "the_limit_runs" {
  kind = "project", articles = { 14, 26 }, touches = { "accepted_on", "acceptance_received_on" },
  title = { zh = "一经受理,时限就起算", en = "Once accepted, the limit runs" },
  why = { zh = "时限不走,10个工作日就是一句空话", en = "A limit whose clock never starts binds nobody" },
  step = function(_, step)
    local function started()
      for _, e in ipairs(step.effects) do if e["do"] == "clock" and e.op == "start" then return true end end
      return false
    end
    if lines.wrote(step, "accepted_on") and not started() then
      return crossed { article = 14, zh = "审批申请受理了,10个工作日的时限没有起算", en = "The application was accepted and the 10 working days do not run" }
    elseif lines.wrote(step, "acceptance_received_on") and not started() then
      return crossed { article = 26, zh = "验收申请受理了,10个工作日的时限没有起算", en = "The application for acceptance was accepted and the 10 working days do not run" }
    end
  end,
}

-- 超过50万元的才须批准 · only above 500,000 an approval is due
local function needs_approval(step) return lines.total(step) > step.base_limit("declaration.exempt_up_to") end

local procured = redline "procurement_after_approval" {
  kind = "project", articles = { 17, 45 }, touches = { "procurement_method", "awards", "awarded_on", "contracts" },
  title = { zh = "批复和预算评审之后才能采购、签约", en = "Procurement only after approval and the budget review" },
  why = { zh = "未经批准擅自建设、采购的要追责(第四十五条)", en = "Procuring or building without approval is what article 45 punishes" },
  step = function(_, step)
    local f = step.after.facts
    local bought = lines.wrote(step, "procurement_method") or #lines.added(step, "awards") > 0 or lines.wrote(step, "awarded_on") or #lines.added(step, "contracts") > 0
    if not bought or step.touched.change_pending or not needs_approval(step) then return end
    if not f.approved_on then
      return crossed { article = 45, zh = ("总投资%s的项目,没有批复就采购、签约了"):format(money_text(f.investment)), en = "A project above 500,000 was procured or contracted without approval" }
    elseif not f.budget_reviewed_on then
      return crossed { article = 17, zh = "没有预算评审,项目就采购、签约了", en = "The project was procured or contracted without a budget review" }
    end
  end,
}

local lapsed = redline "a_lapsed_approval_buys_nothing" {
  kind = "project", articles = { 15 }, touches = { "awards", "contracts" },
  title = { zh = "批复6个月未启动即失效,失效后不得采购、签约", en = "Not started within 6 months: the approval has lapsed and procures nothing" },
  why = { zh = "方案和价格会过时;失效的批复不能拿来花钱", en = "Schemes and prices grow old: a lapsed approval must not spend money" },
  step = function(_, step)
    local f = step.after.facts
    local bought = #lines.added(step, "awards") > 0 or #lines.added(step, "contracts") > 0
    if not bought or step.touched.change_pending or not needs_approval(step) or not f.approved_on then return end
    local last = later(f.approved_on, step.base_limit("approval.start_within"))
    if f.approval_lapsed_on and (step.before and step.before.facts.approval_lapsed_on) then
      return crossed { article = 15, zh = ("批复已于%s失效,仍然采购、签约了"):format(f.approval_lapsed_on), en = ("The approval had lapsed on %s, and it was procured or contracted all the same"):format(f.approval_lapsed_on) }
    elseif f.started_on and f.started_on > last or not f.started_on and step.date > last then
      return crossed { article = 15, zh = ("批复(%s)满6个月(%s)仍未启动,没有重新报批就采购、签约了"):format(f.approved_on, last),
        en = ("Six months after the approval of %s had ended on %s; it was procured or contracted without a new approval"):format(f.approved_on, last) }
    end
  end,
}

local split = redline "no_approval_of_a_split_project" {
  kind = "project", articles = { 16 }, touches = { "approved_on" },
  title = { zh = "认定或疑似拆分的,不得批复", en = "What was split, or looks split, is not approved" },
  why = { zh = "化整为零是为了绕开门槛;疑点要有人判断并写明理由", en = "Splitting evades the thresholds: the doubt is for a person to settle, with a reason" },
  step = function(_, step)
    local f = step.after.facts
    if not lines.wrote(step, "approved_on") then return end
    if f.split_found then
      return crossed { article = 16, zh = "已认定为化整为零,项目仍然批复了", en = "The project was found to be split and was approved all the same" }
    elseif f.split_suspects and not f.split_judgement then
      return crossed { article = 16, zh = "疑似化整为零,没有人判断,项目就批复了", en = "The project looks split, nobody judged it, and it was approved" }
    end
  end,
}

-- 第八至二十六条:金额降到门槛以下,须有理由 · a total that falls below a threshold needs its reason
local marks = { "declaration.exempt_up_to", "scheme_review.meeting_from", "prelim_design.professional_from", "prelim_design.study_from" }
local lighter = redline "no_silent_fall_below_a_threshold" {
  kind = "project", articles = { 11, 10, 26 }, touches = { "investment" },
  title = { zh = "总投资降到门槛以下须写明理由", en = "A total that falls below a threshold needs its reason on record" },
  why = { zh = "把数改小一点,会议、可研、验收就都省了:必须有人说明为什么", en = "A slightly smaller number saves the meeting, the study and the acceptance: somebody must say why" },
  step = function(_, step)
    local f, was = step.after.facts, lines.before(step, "investment")
    if not was or not step.touched.investment or not f.investment or not f.declared_on then return end
    for i, name in ipairs(marks) do
      local mark = step.base_limit(name)
      local under = f.investment < mark
      if i == 1 then under = f.investment <= mark and was > mark else under = under and was >= mark end
      local noted = under and lines.added(step, "investment_history")
      local last = noted and noted[#noted]
      if under and not (last and (last.reason or "") ~= "") then
        return crossed { zh = ("总投资由%s降到%s,低于%s的门槛,没有写明理由"):format(money_text(was), money_text(f.investment), money_text(mark)),
          en = "The total fell below a threshold without a reason on record" }
      end
    end
  end,
}

return { own, silent "project", silent "plan", silent "funding", notice, runs, procured, lapsed, split, lighter }
