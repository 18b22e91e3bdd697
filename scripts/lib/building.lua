-- 第二十三至二十五、四十四、四十六条:建设中的记录和责任 · records and responsibility while building
local building = {}

-- 第二十三条 风险台账
function building.log_risk()
  return { by = "builder", order = 12, article = 23, title = { zh = "登记风险", en = "Log a risk" },
    form = { { "risk", text, zh = "风险", en = "Risk" }, { "grade", choice { { "low", "低", "Low" }, { "middle", "中", "Middle" }, { "high", "高", "High" } }, zh = "等级", en = "Grade" },
      { "response", text, zh = "应对措施和责任人", en = "Response, and who answers for it" } },
    effect = function(case, given, now)
      return { append("risks", { number = #(case.facts.risks or {}) + 1, on = now.date, risk = given.risk, grade = given.grade, response = given.response }),
        given.grade == "high" and notify { to = { "bureau" }, article = 23, zh = "项目登记了高等级风险", en = "A high risk was logged" } or {} }
    end }
end

function building.close_risk()
  return { by = "builder", order = 13, article = 23, title = { zh = "风险销号", en = "Close a risk" }, when = is_set("risks"),
    form = { { "number", int, zh = "序号", en = "Number", min = 1 }, { "outcome", text, zh = "处理结果", en = "Outcome" } },
    check = function(case, given)
      local r = case.facts.risks[given.number]
      if not r or r.closed_on then
        return refuse { article = 23, code = "risk.number", field = "number", zh = "没有这个序号的未了风险:请核对风险台账", en = "No open risk has this number: look at the log" }
      end
    end,
    effect = function(case, given, now)
      local out = {}
      for i, r in ipairs(case.facts.risks) do
        local copy = {}
        for k, v in pairs(r) do copy[k] = v end
        if i == given.number then copy.closed_on, copy.outcome = now.date, given.outcome end
        out[i] = copy
      end
      return { set("risks", out) }
    end }
end

-- 第二十四条 监理报告
function building.supervision_report()
  return { by = "builder", order = 14, article = 24, title = { zh = "报送监理报告", en = "Hand in a supervision report" }, when = is_set("supervision_signed_on"),
    needs = docs { "supervision_report" },
    form = { { "period", text, zh = "所属期间", en = "Period", max = 40, example = "2024年6月" }, { "findings", text, zh = "监理意见和发现的问题", en = "Findings" },
      { "stop_work", bool, zh = "监理要求停工", en = "The supervisor asks to stop", optional = true } },
    effect = function(_, given, now)
      return { append("supervision_reports", { on = now.date, period = given.period, findings = given.findings, stop_work = given.stop_work }),
        given.stop_work and notify { to = { "bureau" }, article = 24, zh = "监理要求停工", en = "The supervisor asks to stop the work" } or {} }
    end }
end

-- 第二十五条 不定期抽查和通报
function building.spot_check()
  return { by = "bureau", order = 15, article = 25, title = { zh = "抽查", en = "Spot check" },
    form = { { "findings", text, zh = "抽查情况", en = "Findings" }, { "problems", list_of(text), zh = "要求整改的问题", en = "To be corrected", optional = true },
      { "correct_by", date, zh = "整改期限", en = "By when", optional = true } },
    check = function(_, given, now)
      if given.problems and not (given.correct_by and given.correct_by > now.date) then
        return refuse { article = 25, code = "spot.date", field = "correct_by", zh = "有问题要整改的,须定今天之后的期限", en = "Where something is to be corrected, set a date that lies ahead" }
      end
    end,
    effect = function(_, given, now)
      return { append("spot_checks", { on = now.date, findings = given.findings, problems = given.problems, correct_by = given.correct_by }),
        set("spot_correct_by", given.problems and given.correct_by or nil),
        notify { to = { "builder" }, article = 25, zh = given.problems and "抽查发现问题,请按期整改" or "已抽查", en = given.problems and "A spot check found problems: correct them by the date" or "A spot check was made" } }
    end }
end

function building.answer_check()
  return { by = "builder", order = 16, article = 25, title = { zh = "报告抽查问题已整改", en = "Report the problems corrected" }, when = is_set("spot_correct_by"),
    form = { { "answer", text, zh = "整改情况", en = "What was corrected" } },
    effect = { append("spot_answers", { on = today, answer = input "answer" }), unset("spot_correct_by"),
      notify { to = { "bureau" }, article = 25, zh = "抽查问题已整改", en = "What the spot check found is corrected" } } }
end

function building.circular()
  return { by = "bureau", order = 17, article = 25, title = { zh = "通报", en = "Circulate" }, when = is_set("spot_checks"),
    form = { { "number", text, zh = "通报文号", en = "Number", max = 60 }, { "content", text, zh = "通报内容", en = "Content" } },
    effect = { append("circulars", { on = today, number = input "number", content = input "content" }),
      notify { to = { "builder", "leading_group" }, article = 25, zh = "项目建设情况已通报", en = "How the project goes was circulated" } } }
end

-- 第四十四条 主管部门的责任记录
function building.accountability()
  return { by = "audit", order = 93, article = 44, title = { zh = "登记主管部门问责线索", en = "Record an official's breach" },
    form = { { "body", text, zh = "部门", en = "Body", max = 120 },
      { "ground", choice { { "procedure", "违反规定和程序批复", "Approved against the rules" }, { "tender", "违法干预招标投标", "Meddled with a tender" },
        { "false", "审查或监督结论失实、弄虚作假", "False conclusions" }, { "other", "其他", "Other" } }, zh = "情形", en = "Ground" },
      { "facts", text, zh = "事实", en = "Facts" } },
    effect = { append("accountability", { on = today, body = input "body", ground = input "ground", facts = input "facts" }),
      notify { to = { "leading_group" }, article = 44, zh = "有问责线索登记", en = "A breach by an official was recorded" } } }
end

-- 第四十六条 信用档案和黑名单
function building.misconduct()
  return { by = "bureau", order = 94, article = 46, title = { zh = "记入信用档案(黑名单)", en = "Enter in the credit file (blacklist)" }, reads = { "input.contractor" },
    form = { { "subject", text, zh = "单位或人员", en = "Body or person", max = 120 }, { "contractor", entry "contractors", zh = "名录中的单位", en = "In the register of contractors", optional = true },
      { "part", choice { { "designer", "设计单位", "Designer" }, { "contractor", "承建单位", "Contractor" }, { "agency", "代理机构", "Agency" }, { "supervisor", "监理单位", "Supervisor" },
        { "assessor", "测评机构", "Assessing body" }, { "expert", "专家", "Expert" } }, zh = "身份", en = "As what" },
      { "facts", text, zh = "事实", en = "Facts" }, { "blacklist", bool, zh = "列入黑名单", en = "Blacklist" },
      { "document", text, zh = "处理决定文号", en = "Number of the decision", optional = true, max = 80 },
      { "loss", money, zh = "应赔偿的损失", en = "Loss to be made good", optional = true }, { "transferred", bool, zh = "已移送有权机关", en = "Handed to the authorities", optional = true } },
    check = function(_, given)
      if given.blacklist and not given.document then
        return refuse { article = 46, code = "credit.document", field = "document", zh = "列入黑名单须有处理决定:请填写文号", en = "Blacklisting needs a decision: give its number" }
      end
    end,
    effect = function(case, given, now)
      local n = #(case.facts.misconduct or {}) + 1
      local value = { subject = given.subject, part = given.part, facts = given.facts, blacklisted = given.blacklist, document = given.document, project = case.id, on = now.date }
      local out = { append("misconduct", { on = now.date, subject = given.subject, part = given.part, facts = given.facts, blacklist = given.blacklist, loss = given.loss, transferred = given.transferred }),
        add("credit", case.id .. "-" .. n, value) }
      local known = given.contractor and now.entries and now.entries.contractors and now.entries.contractors[given.contractor]
      if given.blacklist and known then
        local copy = {}
        for k, v in pairs(known) do copy[k] = v end
        copy.blacklisted = true
        out[#out + 1] = change("contractors", given.contractor, copy)
      end
      return out
    end }
end

function building.blacklisted(_, given, now)
  local c = now.entries and now.entries.contractors and now.entries.contractors[given.contractor]
  if c and c.blacklisted then
    return refuse { article = 46, code = "contractor.blacklisted", field = "contractor", zh = ("“%s”已列入黑名单:请另选单位"):format(c.name),
      en = ("“%s” is blacklisted: choose another"):format(c.name) }
  end
end

building.facts = {
  { "risks", list_of { { "number", int, zh = "序号", en = "Number" }, { "on", date, zh = "日期", en = "On" }, { "risk", text, zh = "风险", en = "Risk" }, { "grade", text, zh = "等级", en = "Grade" },
    { "response", text, zh = "应对", en = "Response" }, { "closed_on", date, zh = "销号日期", en = "Closed on", optional = true }, { "outcome", text, zh = "结果", en = "Outcome", optional = true } },
    zh = "风险台账", en = "Risk log", optional = true },
  { "supervision_reports", list_of { { "on", date, zh = "日期", en = "On" }, { "period", text, zh = "期间", en = "Period" }, { "findings", text, zh = "意见", en = "Findings" },
    { "stop_work", bool, zh = "要求停工", en = "Asks to stop", optional = true } }, zh = "监理报告", en = "Supervision reports", optional = true },
  { "spot_checks", list_of { { "on", date, zh = "日期", en = "On" }, { "findings", text, zh = "情况", en = "Findings" }, { "problems", list_of(text), zh = "问题", en = "Problems", optional = true },
    { "correct_by", date, zh = "期限", en = "By", optional = true } }, zh = "抽查记录", en = "Spot checks", optional = true },
  { "spot_correct_by", date, zh = "抽查整改期限", en = "Spot check: correct by", optional = true },
  { "spot_answers", list_of { { "on", date, zh = "日期", en = "On" }, { "answer", text, zh = "整改情况", en = "Answer" } }, zh = "抽查整改记录", en = "Answers to spot checks", optional = true },
  { "circulars", list_of { { "on", date, zh = "日期", en = "On" }, { "number", text, zh = "文号", en = "Number" }, { "content", text, zh = "内容", en = "Content" } }, zh = "通报", en = "Circulars", optional = true },
  { "accountability", list_of { { "on", date, zh = "日期", en = "On" }, { "body", text, zh = "部门", en = "Body" }, { "ground", text, zh = "情形", en = "Ground" }, { "facts", text, zh = "事实", en = "Facts" } },
    zh = "问责线索", en = "Breaches by officials", optional = true },
  { "misconduct", list_of { { "on", date, zh = "日期", en = "On" }, { "subject", text, zh = "单位或人员", en = "Who" }, { "part", text, zh = "身份", en = "As what" }, { "facts", text, zh = "事实", en = "Facts" },
    { "blacklist", bool, zh = "黑名单", en = "Blacklisted" }, { "loss", money, zh = "损失", en = "Loss", optional = true }, { "transferred", bool, zh = "移送", en = "Handed on", optional = true } },
    zh = "不良行为记录", en = "Misconduct", optional = true },
}

return building
