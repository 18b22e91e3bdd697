-- 第二十七条 国家、省级资金项目:先由政务管理服务局预验收,上级验收后市里认可
local conditions = require "lib.conditions"
local oversight = require "lib.oversight"
local acceptance = require "lib.acceptance"
local common = require "lib.common"
local ending = require "lib.ending"
local money_ = require "lib.money"

local pre_accept = { by = "bureau", order = 1, usual = 6, after = workdays(10), article = 27,
  title = { zh = "预验收合格", en = "Pass the pre-acceptance" }, needs = docs { "acceptance_application", "pre_acceptance_opinion" },
  when = not_set("pre_accepted_on"),
  guard = { common.not_own, acceptance.gates }, effect = { set("pre_accepted_on", today),
    notify { to = { "builder" }, article = 27, zh = "预验收合格,可向上级申请验收", en = "Pre-accepted: apply to the level above" } } }

return stage "upper_acceptance" {
  kind = "project", order = 145, articles = { 27, 26, 28 }, owner = "bureau",
  title = { zh = "预验收和上级验收", en = "Pre-acceptance and acceptance above" },
  help = { zh = "尾款和运维期自国家(省)验收之日起算", en = "Retention and operations count from the acceptance above" },
  limits = { remind_after = months(3) },
  facts = { { "pre_accepted_on", date, zh = "预验收日期", en = "Pre-accepted on", optional = true },
    { "upper_body", text, zh = "上级验收部门", en = "Who accepted above", optional = true, max = 120 } },
  leads = { accepted = { "archive", "settlement", "retention", "evaluation", "operations" }, failed = "correction" },
  actions = acceptance.with_records({
    pre_accept = pre_accept,
    pre_accept_with_conditions = conditions.variant(pre_accept, { order = 5, article = 27, from = "预验收", blocks = { "acceptance", "payment", "retention", "nothing" },
      title = { zh = "附条件通过预验收", en = "Pass the pre-acceptance with conditions" } }),
    record_upper = { by = "builder", final = true, order = 2, usual = 7, after = workdays(30), article = 27,
      title = { zh = "登记上级验收结果", en = "Record the acceptance above" }, needs = docs { "upper_acceptance_document" },
      form = { { "accepted_on", date, zh = "上级验收日期", en = "Accepted above on" },
        { "body", text, zh = "上级验收部门", en = "Who accepted", max = 120 } },
      guard = { function(case)
        if not case.facts.pre_accepted_on then return refuse { article = 27, code = "upper.not_pre_accepted",
          zh = "须先经政务管理服务局预验收:请待预验收合格", en = "The bureau's pre-acceptance comes first: wait for it" } end
      end, conditions.block "acceptance" },
      check = function(case, given, now)
        if given.accepted_on > now.date or given.accepted_on < case.facts.pre_accepted_on then
          return refuse { article = 27, code = "upper.date", field = "accepted_on", zh = "上级验收日期应在预验收之后、今天以前:请核对",
            en = "The day lies between the pre-acceptance and today: check it" }
        end
      end,
      effect = function(case, given)
        return { set("upper_body", given.body), acceptance.accepted(case, given.accepted_on),
          notify { to = { "bureau", "finance" }, article = 27, zh = "上级已验收,市里认可", en = "Accepted above and recognised" }, follow "accepted" }
      end },
    fail = acceptance.fail "upper", pay = money_.pay(), terminate = ending.terminate(),
    classify = oversight.classify(), declassify = oversight.declassify(),
    meet_condition = conditions.meet(), confirm_condition = conditions.confirm(),
    center_confirm = conditions.confirm "center",
    suspend = oversight.suspend(), lift_suspension = oversight.lift_suspension(),
    release = oversight.release(), withdraw_release = oversight.withdraw_release(),
  }, 1),
  deadlines = { waiting = { article = 27, from = "opened", limit = "remind_after", nature = "reminder", warn = { workdays(10) },
    tell = { "bureau", "builder" }, title = { zh = "预验收提醒(本地设定)", en = "Pre-acceptance pending (local setting)" } } },
}
