-- 安化县(第四十九条,小额项目简化):100万元以下(含)由县局直接出具评审意见,不送市中心,不登记初步设计概算;运维、数据共享等其余规定照旧
-- Anhua County, simpler for small projects: up to and including 1,000,000 the county's bureau gives the review opinion itself; all else stays
local common = require "lib.common"

return {
  amend "prelim_design" {
    limits = { simple_up_to = wan(100) },
    leads = { simple = "simple_review" },
    actions = {
      submit_simple = { by = "builder", order = 6, article = 49, title = { zh = "提交简易评审", en = "Submit for the simple review" }, when = at_most("investment", limit "simple_up_to"),
        help = { zh = "总投资100万元以下(含100万元)可走简易评审;也可仍按通常程序提交", en = "Up to and including 1,000,000; the usual way stays open" },
        needs = docs { "preliminary_design" },
        guard = function(case)
          if not case.facts.plan_entered_on then
            return refuse { article = 7, code = "design.not_planned", zh = "未列入年度计划:请待计划下达", en = "In no issued plan: wait for it" }
          end
        end,
        effect = { notify { to = { "bureau" }, article = 49, zh = "有项目提交简易评审", en = "A project awaits its simple review" }, follow "simple" } },
    },
  },
  stage "simple_review" {
    kind = "project", order = 51, articles = { 49, 11 }, owner = "bureau", title = { zh = "简易评审", en = "Simple review" },
    limits = { review_within = workdays(3) }, leads = { passed = "approval", returned = "prelim_design" },
    actions = {
      pass = { by = "bureau", order = 1, usual = 1, after = workdays(2), article = 49, title = { zh = "评审通过", en = "Pass" }, needs = docs { "review_opinion" }, guard = common.not_own,
        form = { { "opinion", text, zh = "评审意见", en = "Opinion", example = "可行" }, { "amount", money, zh = "评审概算(不填即同总投资)", en = "Amount (empty: as declared)", min = 1, optional = true } },
        check = function(case, given)
          if given.amount and given.amount > case.facts.investment then
            return refuse { article = 49, code = "simple.amount", field = "amount", zh = "评审概算超过申报总投资:请退回,按通常程序评审", en = "More than was declared: return it to the usual review" }
          end
        end,
        effect = function(case, given, now)
          return { set("review_passed_on", now.date), set("review_opinion", given.opinion), set("reviewed_amount", given.amount or case.facts.investment),
            set("investment", given.amount or case.facts.investment),
            notify { to = { "builder" }, article = 49, zh = "简易评审通过,请提交审批", en = "The simple review was passed: apply for approval" }, follow "passed" }
        end },
      send_back = { by = "bureau", order = 2, article = 49, title = { zh = "退回修改", en = "Return" }, form = { { "reason", text, zh = "修改意见", en = "What to change" } },
        effect = { set("review_opinion", input "reason"), notify { to = { "builder" }, article = 49, zh = "简易评审退回,请修改", en = "The simple review returned it: change it" }, follow "returned" } },
      withdraw = common.withdraw(),
    },
    deadlines = { review = { article = 49, from = "opened", limit = "review_within", stage_open = true, unless = "review_passed_on", warn = { workdays(1) }, tell = "bureau", action = "pass",
      title = { zh = "简易评审3个工作日", en = "Simple review within 3 working days" } } },
  },
}
