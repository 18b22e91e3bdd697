-- 第二十六至二十八条:各验收环节共用的门槛、登记和结果
local acceptance = {}

-- 第二十六条(四):要测评的四项 · the four assessments
local assessments = {
  { kind = "software", need = "needs_software_test", result = "software_test_result", paper = "software_test_report", zh = "软件测评",
    en = "software test" },
  { kind = "classified", need = "needs_classified_assessment", result = "classified_assessment_result", paper = "classified_assessment_report",
    zh = "涉密信息系统测评", en = "classified system assessment" },
  { kind = "protection", need = "needs_protection_assessment", result = "protection_assessment_result", paper = "protection_assessment_report",
    zh = "信息安全等级保护测评", en = "graded protection assessment" },
  { kind = "crypto", need = "needs_crypto_assessment", result = "crypto_assessment_result", paper = "crypto_assessment_report",
    zh = "商用密码应用安全性评估", en = "cryptography assessment" },
}

-- 未共享、未通过测评的不组织验收 · without sharing and passed assessments no acceptance is organised
function acceptance.gates(case)
  local said = {}
  local sharing = case.facts.sharing_result
  if sharing ~= "shared" and sharing ~= "exempt" then
    said[1] = refuse { article = 26, code = "acceptance.sharing",
      zh = "未确认按要求实现数据共享开放,不能组织验收:请先办理“登记数据共享”(有例外的由政务管理服务局登记)",
      en = "Data sharing is not confirmed, so no acceptance can be organised: record the data sharing first (or the bureau records an exception)" }
  end
  for _, a in ipairs(assessments) do
    local result = case.facts[a.result]
    if case.facts[a.need] and result ~= "passed" and result ~= "exempt" then
      said[#said + 1] = refuse { article = 26, code = "acceptance." .. a.kind,
        zh = ("本项目须通过%s,现未通过,不能组织验收:请委托第三方测评,通过后办理“登记测评结果”"):format(a.zh),
        en = ("This project must pass its %s and has not: have it assessed by a third party, then record the result"):format(a.en) }
    end
  end
  return said
end

local function record_sharing(usual)
  return { by = { "builder", "bureau" }, order = 40, usual = usual, after = workdays(3), article = 26, when = is_not("sharing_result", "shared"),
    title = { zh = "登记数据共享", en = "Record the data sharing" }, needs = docs { "data_sharing_proof" },
    help = { zh = "凭数据共享开放证明登记;不能共享的,由政务管理服务局作例外登记",
      en = "On the strength of the proof; what cannot be shared is the bureau's exception" },
    effect = { set("sharing_result", "shared"), set("sharing_on", today) } }
end

local function record_assessment(a, usual)
  return { by = { "builder", "bureau" }, order = 41, usual = usual, after = workdays(10), article = 26,
    when = all { is(a.need, true), is_not(a.result, "passed") },
    title = { zh = "登记" .. a.zh .. "结果", en = "Record the " .. a.en }, needs = docs { a.paper },
    help = { zh = "须上传第三方机构的报告;未通过的整改后再测、再登记",
      en = "Needs the third party's report; if failed, correct, have it assessed again and record that" },
    form = {
      { "result", choice { { "passed", "通过", "Passed" }, { "failed", "未通过", "Failed" } }, zh = "结果", en = "Result", example = "passed" },
      { "body", text, zh = "测评机构", en = "Assessing body", optional = true, max = 120 },
    },
    effect = { set(a.result, input "result"), append("assessments", { kind = a.kind, result = input "result", body = input "body", on = today }) } }
end

-- “原则上”的例外:政务管理服务局写明理由 · the exception to “in principle” is the bureau's, with its reason
local exceptions = { { "sharing", "数据共享", "Data sharing" } }
for i, a in ipairs(assessments) do exceptions[i + 1] = { a.kind, a.zh, a.en } end

local function except()
  return { by = "bureau", order = 45, article = 26, title = { zh = "作例外登记", en = "Record an exception" },
    help = { zh = "未共享、未通过测评的“原则上”不能验收;确有例外的写明理由,记录在案",
      en = "“In principle” no acceptance without sharing and assessments: an exception needs a reason, on record" },
    form = { { "what", choice(exceptions), zh = "例外事项", en = "Exception for", example = "sharing" },
      { "reason", text, zh = "理由", en = "Reason" } },
    effect = function(_, given, now)
      if given.what == "sharing" then return { set("sharing_result", "exempt"), set("sharing_reason", given.reason), set("sharing_on", now.date) } end
      for _, a in ipairs(assessments) do
        if a.kind == given.what then return { set(a.result, "exempt"),
          append("assessments", { kind = a.kind, result = "exempt", reason = given.reason, on = now.date }) } end
      end
    end }
end

-- 给一个验收环节加上登记数据共享和各项测评的动作 · gives an acceptance stage the actions that record sharing and assessments
function acceptance.with_records(actions, usual)
  actions.record_sharing, actions.except = record_sharing(usual), except()
  for i, a in ipairs(assessments) do actions["record_" .. a.kind .. "_assessment"] = record_assessment(a, usual and usual + i) end
  return actions
end

-- 通过:竣工验收之日起计尾款和运维期 · accepted: retention and operations count from that day
function acceptance.accepted(case, on)
  return { set("final_accepted_on", on), unset("payments_frozen"), set("operations_until", later(on, years(case.facts.operation_years))) }
end

-- 未通过(第二十八条):限期整改;再次不合格的停付 · failed: correct by a date; failed again: nothing further is paid
function acceptance.fail(path)
  return { by = path == "builder" and "builder" or "bureau", order = 30, article = 28,
    title = { zh = "验收不合格,限期整改", en = "Failed: correct by a date" },
    help = { zh = "第二次不合格起,财政部门停付剩余款项,直至通过验收", en = "From the second failure on, nothing further is paid until accepted" },
    form = { { "problems", list_of(text), zh = "存在的问题", en = "What is wrong", min = 1, example = { "系统性能未达到合同要求" } },
      { "correct_by", date, zh = "整改期限", en = "To be corrected by" } },
    check = function(_, given, now)
      if given.correct_by <= now.date then
        return refuse { article = 28, code = "correction.date", field = "correct_by", zh = "整改期限应在今天之后:请另定日期",
          en = "The date to correct by must lie ahead: set another" }
      end
    end,
    effect = function(case, given)
      local failures = (case.facts.acceptance_failures or 0) + 1
      return { set("acceptance_failures", failures), set("acceptance_problems", given.problems), set("correct_by", given.correct_by),
        set("failed_acceptance", path), failures > 1 and set("payments_frozen", true) or {},
        notify { to = { "builder", "finance", "bureau" }, article = 28, zh = ("验收不合格(第%d次),请于%s前整改"):format(failures, given.correct_by),
          en = ("Acceptance failed (time %d): correct by %s"):format(failures, given.correct_by) },
        follow "failed" }
    end }
end

return acceptance
