-- 第十四条 审批时限与一次性告知
-- luacheck: read globals law
local facts = { title = "智慧水利一期", investment = wan(300), review_passed_on = "2023-09-20", plan_entered_on = "2023-01-10", reviewed_amount = wan(300),
  approval_applied_on = "2023-09-22" }
local function applied(more)
  local given = { kind = "project", on = "2023-09-25", open = "approval", papers = { "review_opinion" }, facts = facts }
  for key, value in pairs(more or {}) do given[key] = value end
  return given
end

local story = require "lib.story"
return law {
  { name = "自受理次日起十个工作日,跨国庆假期", article = 14, sort = "plain", given = applied(),
    steps = { { "2023-09-25", "bureau", "approval.accept" } },
    expect = { due = { ["approval.decide"] = "2023-10-13" } } }, -- 26 27 28 | 29..10-06 休 | 7 8(补班)9 10 11 12 13
  { name = "整改期间暂停,没有到期日", article = 14, sort = "exception", given = applied(),
    steps = { { "2023-09-25", "bureau", "approval.accept" }, { "2023-09-27", "bureau", "approval.correct", { missing = { "概算明细" } } } },
    expect = { due = { ["approval.decide"] = "paused" }, told = "builder" } },
  { name = "发出补正当日计入,重新提交的下一工作日起继续", article = 14, sort = "boundary", given = applied(),
    steps = { { "2023-09-25", "bureau", "approval.accept" }, { "2023-09-27", "bureau", "approval.correct", { missing = { "概算明细" } } },
      { "2023-10-09", "builder", "approval.resubmit" } },
    expect = { due = { ["approval.decide"] = "2023-10-19" } } }, -- 已用 26 27;续 10 11 12 13 16 17 18 19
  { name = "第二次一次性告知须写理由", article = 14, sort = "refusal", given = applied(),
    steps = { { "2023-09-25", "bureau", "approval.accept" }, { "2023-09-27", "bureau", "approval.correct", { missing = { "概算明细" } } },
      { "2023-10-09", "builder", "approval.resubmit" }, { "2023-10-10", "bureau", "approval.correct", { missing = { "等保方案" } } } },
    expect = { refused = { article = 14, code = "once" } } },
  { name = "期限届满当日只提醒经办单位和建设单位", article = 14, sort = "boundary", given = applied(),
    steps = { { "2023-09-25", "bureau", "approval.accept" } }, ["until"] = "2023-10-16",
    expect = { open = "approval", told = { "bureau", "builder" }, not_told = { "superior", "leading_group" } } },
  { name = "超时限不视为批准,次一工作日报告上级", article = 14, sort = "exception", given = applied(),
    steps = { { "2023-09-25", "bureau", "approval.accept" } }, ["until"] = "2023-10-17",
    expect = { open = "approval", absent = { "approved_on" }, told = "superior", not_told = "leading_group" } },
  { name = "仍不办理的,第三个工作日报告领导小组", article = 14, sort = "exception", given = applied(),
    steps = { { "2023-09-25", "bureau", "approval.accept" } }, ["until"] = "2023-10-19",
    expect = { open = "approval", absent = { "approved_on" }, told = { "superior", "leading_group" } } },
  { name = "已通知补正、未重新提交的,不能再通知", article = 14, sort = "refusal",
    given = story.project("approval", "2024-03-01", { plan_entered_on = "2024-01-12", review_passed_on = "2024-02-20", reviewed_amount = wan(100), approval_applied_on = "2024-03-01" }),
    steps = { { "2024-03-04", "bureau", "approval.accept" }, { "2024-03-05", "bureau", "approval.correct", { missing = { "概算表" } } },
      { "2024-03-06", "bureau", "approval.correct", { missing = { "设计图" }, reason = "首次遗漏" } } }, expect = { refused = { article = 14, code = "approval.waiting" } } },
}
