-- 第二十六条(二) 试运行3个月,期满次日起申请竣工验收
local conditions = require "lib.conditions"
local oversight = require "lib.oversight"
local acceptance = require "lib.acceptance"
local common = require "lib.common"
local ending = require "lib.ending"
local money_ = require "lib.money"

-- 3个月从初验合格与实际试运行中较晚的一天起算
local function finished(case, now)
  local began, from = case.facts.trial_started_on, case.facts.preliminary_passed_on
  if not began then
    return refuse { article = 26, code = "trial.not_begun", zh = "尚未登记试运行开始:请先办理“开始试运行”",
      en = "The trial run has not begun: record its beginning first" }
  end
  if began > from then from = began end
  if not common.over(from, now.limits.trial_period, now.date) then
    local last = later(from, now.limits.trial_period)
    return refuse { article = 26, code = "trial.running",
      zh = ("试运行须满{trial_period}(自初验合格与实际试运行中较晚者%s起算),到%s届满:请在次日起申请"):format(from, last),
      en = ("The trial run lasts {trial_period} (from the later of preliminary acceptance and actual start, %s) and ends on %s: apply from the day after"):format(from, last) }
  end
end

return stage "trial_run" {
  kind = "project", order = 130, articles = { 26 }, owner = "builder", title = { zh = "试运行", en = "Trial run" },
  limits = { trial_period = months(3) },
  help = { zh = "试运行不是正式使用;竣工验收合格后方可投入使用", en = "A trial run is no formal use: that begins after final acceptance" },
  facts = { { "trial_started_on", date, zh = "试运行开始日期", en = "Trial run began on", optional = true },
    { "acceptance_applied_on", date, zh = "申请竣工验收日期", en = "Applied for acceptance on", optional = true } },
  leads = { applied = "final_acceptance", upper = "upper_acceptance" },
  actions = acceptance.with_records({
    begin = { by = "builder", order = 1, usual = 1, after = workdays(1), title = { zh = "开始试运行", en = "Begin the trial run" },
      when = not_set("trial_started_on"), form = { { name = "trial_started_on", fact = "trial_started_on", optional = false } },
      check = function(_, given, now)
        if given.trial_started_on > now.date then
          return refuse { article = 26, code = "trial.future", field = "trial_started_on", zh = "开始日期在今天之后:请在开始当天或以后登记",
            en = "It begins in the future: record it on that day or later" }
        end
      end,
      effect = { set("trial_started_on", input "trial_started_on") } },
    apply = { by = "builder", order = 2, usual = 7, after = workdays(3), title = { zh = "申请竣工验收", en = "Apply for final acceptance" },
      needs = docs { "trial_run_report", "acceptance_application" },
      guard = { finished, acceptance.gates }, help = { zh = "试运行期满次日起可申请;有国家、省级资金和市级配套的,先报预验收",
        en = "From the day after the trial run ends; with state or provincial money beside the city's: pre-acceptance first" },
      effect = function(case, _, now)
        return { set("acceptance_applied_on", now.date), notify { to = { "bureau" }, article = 26, zh = "建设单位申请验收,请受理",
          en = "The builder applies for acceptance" }, follow(case.facts.upper_money and "upper" or "applied") }
      end },
    pay = money_.pay(), terminate = ending.terminate(),
    classify = oversight.classify(), declassify = oversight.declassify(),
    meet_condition = conditions.meet(), confirm_condition = conditions.confirm(),
    center_confirm = conditions.confirm "center",
    suspend = oversight.suspend(), lift_suspension = oversight.lift_suspension(),
    release = oversight.release(), withdraw_release = oversight.withdraw_release(),
  }, 2),
  deadlines = {
    over = { article = 26, from = { "preliminary_passed_on", "trial_started_on" }, limit = "trial_period", nature = "opens", stage_open = true,
      warn = { days(10) }, tell = { "builder", "bureau" }, action = "apply",
      title = { zh = "试运行满{trial_period},次日起可申请竣工验收", en = "Trial run over: apply from the day after" } },
  },
}
