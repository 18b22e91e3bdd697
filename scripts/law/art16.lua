-- 第十六条 严禁化整为零
-- luacheck: read globals law
local story = require "lib.story"
local draft = story.project("declaration", "2024-03-01", { investment = wan(40) })
local approval = story.project("approval", "2024-03-04", { investment = wan(300), plan_entered_on = "2024-01-12", review_passed_on = "2024-03-01", reviewed_amount = wan(300),
  approval_applied_on = "2024-03-04" }, { "review_opinion" })

local function seen(mine, others)
  local given = story.project("filing", "2024-04-02", { title = "智慧校园平台一期", investment = mine, filed_on = "2024-04-02", signed_on = "2024-04-02" })
  given.others = others
  return given
end
local look = { "2024-04-03", "bureau", "filing.look_at_unit" }

return law {
  { name = "名称相近、各不足50万元、合计超过的,列出提示", article = 16, sort = "plain",
    given = seen(wan(30), { X = story.other("X", { title = "智慧校园平台二期", investment = wan(30) }, "filing") }), steps = { look },
    expect = { facts = { split_suspects = { { project = "X", title = "智慧校园平台二期", investment = wan(30), why = "名称相近 alike in name" } } }, told = "bureau" } },
  { name = "合计恰为50万元,没有越过", article = 16, sort = "boundary", given = seen(wan(20), { X = story.other("X", { title = "智慧校园平台二期", investment = wan(30) }, "filing") }),
    steps = { look }, expect = { absent = { "split_suspects" }, not_told = "bureau" } },
  { name = "名称不相近的不列", article = 16, sort = "exception", given = seen(wan(30), { X = story.other("X", { title = "食堂采购系统", investment = wan(30) }, "filing") }),
    steps = { look }, expect = { absent = { "split_suspects" } } },
  { name = "确认未拆分,小额项目自行实施", article = 16, sort = "plain", given = draft, steps = { { "2024-03-04", "builder", "declaration.start_small", { not_split = true } } },
    expect = { open = "procurement" } },
  { name = "不确认的不能按小额办理", article = 16, sort = "refusal", given = draft, steps = { { "2024-03-04", "builder", "declaration.start_small", { not_split = false } } },
    expect = { refused = { article = 16, code = "declaration.split" } } },
  { name = "受理时写明判断,记录在案", article = 16, sort = "exception", given = approval,
    steps = { { "2024-03-05", "bureau", "approval.accept", { split_judgement = "未发现同类项目" } } }, expect = { facts = { split_judgement = "未发现同类项目" } } },
  { name = "有疑似拆分而未判断的不能收备", article = 16, sort = "refusal",
    given = seen(wan(30), { X = story.other("X", { title = "智慧校园平台二期", investment = wan(30) }, "filing") }), steps = { look, { "2024-04-03", "bureau", "filing.receive" } },
    expect = { refused = { article = 16, code = "split.unjudged" } } },
  { name = "判断为不是拆分的,写明理由后继续", article = 16, sort = "exception",
    given = seen(wan(30), { X = story.other("X", { title = "智慧校园平台二期", investment = wan(30) }, "filing") }),
    steps = { look, { "2024-04-03", "bureau", "filing.judge_split", { split = false, reason = "两校各自独立" } }, { "2024-04-03", "bureau", "filing.receive" } },
    expect = { closed = "filing", facts = { split_judgement = "两校各自独立" } } },
  { name = "认定为拆分的不能收备", article = 16, sort = "refusal",
    given = seen(wan(30), { X = story.other("X", { title = "智慧校园平台二期", investment = wan(30) }, "filing") }),
    steps = { look, { "2024-04-03", "bureau", "filing.judge_split", { split = true, reason = "同一平台拆为两期" } }, { "2024-04-03", "bureau", "filing.receive" } },
    expect = { refused = { article = 16, code = "split.found" }, told = "builder" } },
  { name = "两个180万元合计超过200万元,审批时也须判断", article = 16, sort = "boundary",
    given = (function()
      local g = story.project("approval", "2024-03-04", { title = "智慧校园平台一期", investment = wan(180), plan_entered_on = "2024-01-12", review_passed_on = "2024-03-01",
        reviewed_amount = wan(180), approval_applied_on = "2024-03-04" }, { "review_opinion", "approval_reply" })
      g.others = { X = story.other("X", { title = "智慧校园平台二期", investment = wan(180) }) }
      return g
    end)(),
    steps = { { "2024-03-05", "bureau", "approval.accept" }, { "2024-03-05", "bureau", "approval.look_at_unit" }, { "2024-03-06", "bureau", "approval.approve", {} } },
    expect = { refused = { article = 16, code = "split.unjudged" } } },
}
