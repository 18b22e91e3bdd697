-- 第六条 市新型智慧城市建设领导小组审定
local planning = require "lib.planning"

return stage "plan_leading_group" {
  kind = "plan", order = 30, articles = { 6, 4 }, owner = "leading_group", title = { zh = "领导小组审定", en = "Leading group" },
  limits = { remind_after = workdays(20) },
  facts = { { "leading_group_on", date, zh = "领导小组审定日期", en = "Leading group approved on", optional = true } },
  leads = { approved = "plan_government", returned = "plan_compile" },
  actions = {
    approve = { by = "leading_group", order = 1, usual = 1, after = workdays(10), title = { zh = "审定通过", en = "Approve the plan" },
      needs = docs { "leading_group_minutes" }, guard = planning.some,
      effect = { set("leading_group_on", today), notify { to = { "government", "bureau" }, article = 6, zh = "年度计划已审定,提请政府常务会议审议",
        en = "The plan goes to the government's standing meeting" }, follow "approved" } },
    strike = planning.strike "leading_group", defer = planning.defer "leading_group", send_back = planning.send_back "leading_group",
  },
  deadlines = { waiting = { article = 6, from = "opened", limit = "remind_after", nature = "reminder", warn = { workdays(5) },
    tell = { "leading_group", "bureau" }, action = "approve",
    title = { zh = "领导小组审定提醒(本地设定)", en = "Leading group pending (local setting)" } } },
}
