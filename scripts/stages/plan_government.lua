-- 第六条 市人民政府常务会议审议
local planning = require "lib.planning"

return stage "plan_government" {
  kind = "plan", order = 40, articles = { 6 }, owner = "government", title = { zh = "政府常务会议审议", en = "Government's standing meeting" },
  limits = { remind_after = workdays(20) },
  facts = { { "government_on", date, zh = "政府常务会议通过日期", en = "Passed by the government on", optional = true } },
  leads = { passed = "plan_issue", returned = "plan_compile" },
  actions = {
    approve = { by = "government", order = 1, usual = 1, after = workdays(10), title = { zh = "审议通过", en = "Pass the plan" },
      needs = docs { "government_minutes" }, guard = planning.some,
      effect = { set("government_on", today), notify { to = { "bureau" }, article = 6, zh = "年度计划已通过,请下达",
        en = "The plan was passed: issue it" }, follow "passed" } },
    strike = planning.strike "government", defer = planning.defer "government", send_back = planning.send_back "government",
  },
  deadlines = { waiting = { article = 6, from = "opened", limit = "remind_after", nature = "reminder", warn = { workdays(5) },
    tell = { "government", "bureau" }, action = "approve", title = { zh = "政府审议提醒(本地设定)", en = "Government pending (local setting)" } } },
}
