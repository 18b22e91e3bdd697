-- 第十六条 严禁化整为零
-- luacheck: read globals law
local story = require "lib.story"
local draft = story.project("declaration", "2024-03-01", { investment = wan(40) })
local approval = story.project("approval", "2024-03-04", { investment = wan(300), plan_entered_on = "2024-01-12", review_passed_on = "2024-03-01", reviewed_amount = wan(300),
  approval_applied_on = "2024-03-04" }, { "review_opinion" })

return law {
  { name = "确认未拆分,小额项目自行实施", article = 16, sort = "plain", given = draft, steps = { { "2024-03-04", "builder", "declaration.start_small", { not_split = true } } },
    expect = { open = "procurement" } },
  { name = "不确认的不能按小额办理", article = 16, sort = "refusal", given = draft, steps = { { "2024-03-04", "builder", "declaration.start_small", { not_split = false } } },
    expect = { refused = { article = 16, code = "declaration.split" } } },
  { name = "受理时写明判断,记录在案", article = 16, sort = "exception", given = approval,
    steps = { { "2024-03-05", "bureau", "approval.accept", { split_judgement = "未发现同类项目" } } }, expect = { facts = { split_judgement = "未发现同类项目" } } },
}
