-- 第二十二、二十三条 建设:按批复实施,进度和风险有记录;变更依法办理
local conditions = require "lib.conditions"
local building = require "lib.building"
local oversight = require "lib.oversight"
local ending = require "lib.ending"
local release = require "lib.release"
local money_ = require "lib.money"

local function ready(case)
  local said = {}
  if not case.facts.filed_on then
    said[1] = refuse { article = 25, code = "construction.not_filed", zh = "合同尚未报备:请先在“合同报备”环节报备",
      en = "The contract is not filed: file it first" }
  end
  if is_open(case, "change") then
    said[#said + 1] = refuse { article = 22, code = "construction.change", zh = "有变更尚未办结:请待变更批复后再申请验收",
      en = "A change is undecided: wait for it" }
  end
  said[#said + 1] = oversight.suspended(case)
  return said
end

local function known(case, given)
  if not money_.contract(case, given.contract) then
    return refuse { article = 22, code = "change.contract", field = "contract", zh = "没有这个编号的合同:请按登记的编号填写",
      en = "There is no contract with this number: use the number on record" }
  end
end

return stage "construction" {
  kind = "project", order = 110, articles = { 22, 23, 19, 26 }, owner = "builder", title = { zh = "项目建设", en = "Construction" },
  limits = { report_every = months(3), at_the_date = days(0) },
  facts = {
    { "progress_log", list_of { { "on", date, zh = "日期", en = "On" }, { "progress", percent, zh = "完成进度(%)", en = "Progress (%)" },
      { "quality", text, zh = "质量情况", en = "Quality", optional = true },
      { "risks", text, zh = "风险及处理", en = "Risks, and what is done", optional = true } }, zh = "进度和风险记录", en = "Progress and risks",
        optional = true },
    { "last_report_on", date, zh = "最近一次记录", en = "Last record", optional = true },
    { "completed_on", date, zh = "建成日期", en = "Built on", optional = true },
    { "change_pending", record { { "contract", text, zh = "合同编号", en = "Contract" }, { "direction", text, zh = "增减", en = "Direction" },
      { "amount", money, zh = "金额", en = "Amount" },
      { "content", text, zh = "变更内容", en = "What changes" }, { "on", date, zh = "日期", en = "On" } }, zh = "待批变更",
        en = "Change awaiting a decision", optional = true },
  },
  leads = { full = "preliminary_acceptance", short = "builder_acceptance", upper = "upper_acceptance", change = "change" },
  readings = { { article = 26, zh = "恰为{final_acceptance.full_path|money}的,走初验、试运行、竣工验收的完整程序",
    en = "Exactly {final_acceptance.full_path|money}: preliminary acceptance, trial run and acceptance by the bureau" } },
  actions = {
    report = { by = "builder", order = 1, usual = 1, after = workdays(40), article = 23,
      title = { zh = "记录进度和风险", en = "Record progress and risks" },
      form = { { "progress", percent, zh = "完成进度(%)", en = "Progress (%)", example = 60 },
        { "quality", text, zh = "质量情况", en = "Quality", optional = true },
        { "risks", text, zh = "风险及处理", en = "Risks, and what is done", optional = true } },
      effect = { append("progress_log", { on = today, progress = input "progress", quality = input "quality", risks = input "risks" }),
        set("last_report_on", today) } },
    request_change = { by = "builder", order = 2, article = 22, title = { zh = "申请变更", en = "Ask for a change" },
      needs = docs { "change_request" }, check = known,
      guard = function(case)
        if is_open(case, "change") then return refuse { article = 22, code = "change.pending", zh = "已有变更待批:请待其办结再提",
          en = "A change is undecided already: wait for it" } end
      end,
      help = { zh = "内容或金额变更由原批准机关批准;未批准前仍按原批复实施",
        en = "A change of content or amount goes back to who approved; until then build as approved" },
      form = { { "contract", text, zh = "合同编号", en = "Contract number", max = 60, example = "HT-001" },
        { "direction", choice { { "more", "增加", "More" }, { "less", "减少", "Less" }, { "same", "金额不变", "Same amount" } }, zh = "合同款增减",
        en = "Contract amount" },
        { "amount", money, zh = "增减金额", en = "By how much", example = 0 },
        { "content", text, zh = "变更内容和理由", en = "What changes, and why" } },
      effect = { set("change_pending", { contract = input "contract", direction = input "direction", amount = input "amount",
        content = input "content", on = today }), open "change",
        notify { to = { "bureau" }, article = 22, zh = "建设单位申请变更", en = "The builder asks for a change" } } },
    complete = { by = "builder", order = 3, usual = 2, after = workdays(60), article = 26,
      title = { zh = "建成,转入验收", en = "Built: go to acceptance" }, guard = ready,
      help = { zh = "总投资{final_acceptance.full_path|money}以上(含本数):初步验收、试运行{trial_run.trial_period}、竣工验收;以下的由建设单位组织竣工验收。验收前不得投入使用",
        en = "From {final_acceptance.full_path|money} (inclusive): preliminary acceptance, a trial run of {trial_run.trial_period}, acceptance by the bureau; below, the builder accepts. No use before acceptance" },
      effect = function(case, _, now)
        local way = "short"
        if case.facts.investment >= now.limit("final_acceptance.full_path") then way = "full" elseif case.facts.upper_money then way = "upper" end
        return { set("completed_on", now.date), follow(way) }
      end },
    pay = money_.pay(), terminate = ending.terminate(),
    classify = oversight.classify(), declassify = oversight.declassify(),
    meet_condition = conditions.meet(), confirm_condition = conditions.confirm(),
    center_confirm = conditions.confirm "center",
    log_risk = building.log_risk(), close_risk = building.close_risk(), supervision_report = building.supervision_report(),
    spot_check = building.spot_check(), answer_check = building.answer_check(), circular = building.circular(),
    accountability = building.accountability(), misconduct = building.misconduct(),
    suspend = oversight.suspend(), lift_suspension = oversight.lift_suspension(), release = release.release(), withdraw = release.withdraw(),
  },
  deadlines = {
    spot = { article = 25, from = "spot_correct_by", limit = "at_the_date", stage_open = true, warn = { workdays(3) }, tell = { "builder", "bureau" }, action = "answer_check",
      escalate = { { after = workdays(3), tell = "superior" }, { after = workdays(10), tell = "bureau" } },
      title = { zh = "抽查整改期限", en = "Correct what the spot check found" } },
    report = { article = 23, from = "last_report_on", limit = "report_every", nature = "reminder", stage_open = true, warn = { workdays(5) },
      tell = "builder", action = "report",
      title = { zh = "记录进度和风险提醒(本地设定)", en = "Record progress and risks (local setting)" } },
  },
}
