-- 第十九、二十、二十一、二十四条 合同:15%尾款、终止条款、不少于3年运维、监理
local conditions = require "lib.conditions"
local oversight = require "lib.oversight"
local common = require "lib.common"
local contracts = require "lib.contracts"
local lapse = require "lib.lapse"
local money_ = require "lib.money"

local function no(article, code, field, zh, en) return refuse { article = article, code = "contract." .. code, field = field, zh = zh, en = en } end

local function terms(case, given, now)
  local said, lim = {}, now.limits
  if given.retention_percent ~= lim.retention_percent then
    said[1] = no(19, "retention", "retention_percent", ("合同须预留%d%%作为建设尾款:请改合同条款后登记"):format(lim.retention_percent),
      ("The contract must hold back %d%%: change the clause, then record it"):format(lim.retention_percent))
  end
  if not given.termination_clause then
    said[#said + 1] = no(20, "termination", "termination_clause", "合同须明确项目终止机制:请补充终止条款后登记",
      "The contract must say how it is terminated: add the clause, then record it")
  end
  if given.operation_years < lim.operation_years_at_least and not given.operation_rule then
    said[#said + 1] = no(21, "operation", "operation_rule",
      ("运维期不少于%d年:少于%d年的,请写明所依据的法律法规或上级政策"):format(lim.operation_years_at_least, lim.operation_years_at_least),
      ("Operations are at least %d years: for less, name the law or higher rule"):format(lim.operation_years_at_least))
  end
  if money_.contract(case, given.number) then
    said[#said + 1] = no(25, "number", "number", "已有这个编号的合同:请换编号", "There is a contract with this number already: use another")
  end
  if common.sum(case.facts.contracts, "amount") + given.amount > case.facts.investment then
    said[#said + 1] = no(22, "amount", "amount",
      ("合同合计超过批准的总投资%s:请在批准的金额内签订,或重新报批"):format(money_text(case.facts.investment)),
      ("The contracts exceed the approved total of %s: stay within it, or have it approved anew"):format(common.yuan(case.facts.investment)))
  end
  if given.signed_on > now.date or given.signed_on < case.facts.awarded_on then
    said[#said + 1] = no(25, "date", "signed_on", "签订日期应在中标(成交)之后、今天以前:请核对",
      "The day of signing lies between the award and today: check it")
  end
  return said
end

local function signed(case)
  if not case.facts.contracts then return no(25, "unsigned", nil, "尚未登记建设合同:请先办理“登记合同”",
    "No contract is on record: record it first") end
end

-- 第二十四条:50万元以上须监理(恰为50万元的只提醒)
local function supervised(case, now)
  if case.facts.investment > now.limits.supervision_above and not case.facts.supervision_signed_on then
    return no(24, "supervision", nil, ("总投资超过%s,须委托工程监理:请签订监理合同并办理“登记监理合同”"):format(money_text(now.limits.supervision_above)), ("Above %s a supervision contract is due: sign one and record it"):format(common.yuan(now.limits.supervision_above)))
  end
end

local function signed_effect(case, given)
  local f = case.facts
  local first = not f.started_on or given.signed_on < f.started_on
  return {
    append("contracts", { number = given.number, contractor = given.contractor, contractor_name = given.contractor_name, amount = given.amount,
      signed_amount = given.amount,
      signed_on = given.signed_on, operation_years = given.operation_years, operation_rule = given.operation_rule,
      small_enterprise = given.small_enterprise }),
    set("contract_amount", common.sum(f.contracts, "amount") + given.amount),
    set("operation_years", math.max(f.operation_years or 0, given.operation_years)),
    set("signed_on", common.latest(f.signed_on, given.signed_on)),
    set("small_enterprise", f.small_enterprise or given.small_enterprise or false), first and set("started_on", given.signed_on) or {},
  }
end

-- 第十八条 统采分签:各区县都签了才算签完 · joint: all counties have signed
local function all_joined(case, now)
  for _, id in ipairs(case.facts.joint_contracts or {}) do
    local child = now.cases[id]
    if child and not child.ended then
      return no(18, "joint", nil, ("“%s”尚未签订:统采分签的合同须全部签订"):format(child.title), ("“%s” is not signed yet: all contracts of a joint project are signed first"):format(child.title))
    end
  end
end

return stage "contract" {
  kind = "project", order = 90, articles = { 19, 20, 21, 24, 25 }, owner = "builder", title = { zh = "合同签订", en = "Contract" },
  limits = { retention_percent = 15, operation_years_at_least = 3, supervision_above = limit "declaration.exempt_up_to", remind_after = days(30) },
  facts = {
    { "contracts", list_of { { "number", text, zh = "合同编号", en = "Number" },
      { "contractor", entry "contractors", zh = "承建单位", en = "Contractor" },
      { "contractor_name", text, zh = "承建单位名称", en = "Contractor's name" }, { "amount", money, zh = "现合同款", en = "Amount now" },
      { "signed_amount", money, zh = "签订时合同款", en = "Amount as signed" },
      { "signed_on", date, zh = "签订日期", en = "Signed on" }, { "operation_years", int, zh = "运维期(年)", en = "Years of operations" },
      { "operation_rule", text, zh = "运维期依据", en = "Rule for fewer years", optional = true },
      { "small_enterprise", bool, zh = "中小企业", en = "Small enterprise", optional = true } }, zh = "建设合同", en = "Construction contracts",
        optional = true },
    { "contract_amount", money, zh = "合同款合计", en = "Contracts, sum", optional = true },
    { "operation_years", int, zh = "运维期(年)", en = "Years of operations", optional = true },
    { "small_enterprise", bool, zh = "承建单位为中小企业", en = "A small enterprise supplies", optional = true },
    { "started_on", date, zh = "启动实施日期", en = "Started on", optional = true },
    { "signed_on", date, zh = "最近合同签订日期", en = "Latest contract signed on", optional = true },
    { "contracts_complete_on", date, zh = "合同签订完成日期", en = "Contracts complete on", optional = true },
    { "supervision_signed_on", date, zh = "监理合同签订日期", en = "Supervision contract signed on", optional = true },
    { "supervisor", text, zh = "监理单位", en = "Supervisor", optional = true, max = 120 },
    { "supervision_amount", money, zh = "监理合同款", en = "Supervision contract", optional = true },
    { "payments", list_of { { "contract", text, zh = "合同编号", en = "Contract" }, { "amount", money, zh = "金额", en = "Amount" },
      { "paid_on", date, zh = "付款日期", en = "Paid on" },
      { "purpose", choice { { "progress", "进度款", "Progress" }, { "retention_1", "尾款第一笔", "Retention 1" },
        { "retention_2", "尾款第二笔", "Retention 2" }, { "retention_3", "尾款第三笔", "Retention 3" } }, zh = "用途", en = "Purpose" },
      { "note", text, zh = "付款事由", en = "What it was for", optional = true } }, zh = "付款记录", en = "Payments", optional = true },
    { "start_note", text, zh = "按期启动核实情况", en = "Why the start counts as in time", optional = true },
    { "payments_frozen", bool, zh = "停付剩余款项", en = "Payments frozen", optional = true },
  },
  leads = { signed = { "filing", "construction" } },
  readings = { { article = 24, zh = "恰为{supervision_above|money}的,监理只作提醒", en = "Exactly {supervision_above|money}: supervision is advised, not required" },
    { article = 19, zh = "尾款按每份建设合同的现合同款计算", en = "The {retention_percent}% is of each construction contract's current amount" } },
  actions = {
    sign = { by = "builder", final = true, order = 1, usual = 1, after = workdays(10), articles = { 19, 20, 21 },
      title = { zh = "登记合同", en = "Record a contract" }, needs = docs { "contract" }, guard = lapse.guard, check = terms,
      help = { zh = "有几份建设合同就办几次;签订合同即为启动实施(第十五条)",
        en = "Once for each construction contract; signing is the start that article 15 asks for" },
      form = contracts.form(), effect = signed_effect },
    -- 第十八条 统采分签:各区县的合同由其子事项签订后转来 · joint projects: each county's contract comes from its own child case
    join = { by = "system", order = 1, article = 18, title = { zh = "登记分签合同", en = "Record a county's contract" }, guard = lapse.guard, check = terms,
      when = is("joint_with_counties", true), form = contracts.form(), effect = signed_effect },
    sign_supervision = { by = "builder", final = true, order = 2, usual = 2, after = workdays(3), article = 24,
      title = { zh = "登记监理合同", en = "Record the supervision contract" }, needs = docs { "supervision_contract" },
      when = not_set("supervision_signed_on"), form = { { "supervisor", text, zh = "监理单位", en = "Supervisor", max = 120 },
        { "amount", money, zh = "监理合同款", en = "Amount", example = wan(3) } },
      effect = { set("supervision_signed_on", today), set("supervisor", input "supervisor"), set("supervision_amount", input "amount") } },
    complete = { by = "builder", order = 3, usual = 3, after = workdays(2), article = 25,
      title = { zh = "合同签订完毕,进入建设", en = "All signed: begin construction" }, guard = { lapse.guard, signed, supervised, all_joined }, reads = { "joint_contracts" },
      effect = function(case, _, now)
        return { set("contracts_complete_on", now.date), set("last_report_on", now.date),
          not case.facts.supervision_signed_on and notify { to = { "builder" }, article = 24, zh = "提醒:项目实行工程监理制,建议委托监理",
          en = "Reminder: projects are supervised; consider a supervision contract" } or {},
          notify { to = { "builder", "bureau" }, article = 25, zh = "合同已签订,请将采购文件和合同报备",
            en = "The contracts are signed: file them and the procurement documents" }, follow "signed" }
      end },
    record_in_time = { by = "bureau", order = 4, article = 15, title = { zh = "确认已按期启动", en = "Confirm a start in time" },
      when = is_set("approval_lapsed_on"), needs = docs { "contract" },
      help = { zh = "合同在{approval.start_within}内已签订、只是登记迟了的,由政务管理服务局核实后恢复批复,须写明理由",
        en = "The contract was signed in time and recorded late: the bureau checks it and restores the approval, with a reason" },
      form = { { "signed_on", date, zh = "合同签订日期", en = "Contract signed on" }, { "reason", text, zh = "核实情况", en = "What was checked" } },
      check = function(case, given, now)
        if given.signed_on > later(case.facts.approved_on, now.limit("approval.start_within")) then
          return no(15, "late", "signed_on", "合同在{approval.start_within}期满后签订,不能恢复:请建设单位重新报批",
            "The contract was signed after the {approval.start_within}: the builder must apply again")
        end
      end,
      effect = { unset("approval_lapsed_on"), set("started_on", input "signed_on"), set("start_note", input "reason") } },
    reapply = lapse.reapply(), withdraw = common.withdraw(),
    classify = oversight.classify(), declassify = oversight.declassify(),
    meet_condition = conditions.meet(), confirm_condition = conditions.confirm(),
    center_confirm = conditions.confirm "center",
    release = oversight.release(), withdraw_release = oversight.withdraw_release(),
    suspend = oversight.suspend(), lift_suspension = oversight.lift_suspension(),
  },
  deadlines = {
    waiting = { article = 25, from = "opened", limit = "remind_after", nature = "reminder",
      source = { zh = "政府采购法第四十六条(中标通知书发出之日起{remind_after}内签订)", en = "Government Procurement Law, art. 46" },
      warn = { workdays(10) }, tell = "builder", action = "sign", unless = "contracts_complete_on",
      title = { zh = "签订合同提醒", en = "Contract pending" } },
  },
}
