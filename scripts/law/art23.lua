-- 第二十三条 进度、质量、风险有记录
-- luacheck: read globals law
local story = require "lib.story"
local built = story.project("construction", "2024-06-01", { contracts = { story.signed(wan(100)) }, last_report_on = "2024-06-03" })
local function report_(input_) return { "2024-08-01", "builder", "construction.report", input_ } end

return law {
  { name = "记录进度和风险", article = 23, sort = "plain", given = built, steps = { report_ { progress = 60, risks = "供货推迟,已催" } },
    expect = { facts = { last_report_on = "2024-08-01", progress_log = { { on = "2024-08-01", progress = 60, risks = "供货推迟,已催" } } } } },
  { name = "进度100%也是进度", article = 23, sort = "boundary", given = built, steps = { report_ { progress = 100 } }, expect = { facts = { last_report_on = "2024-08-01" } } },
  { name = "进度不能超过100%", article = 23, sort = "refusal", given = built, steps = { report_ { progress = 101 } }, expect = { refused = {} } },
  { name = "三个月没有记录,提醒而不处罚", article = 23, sort = "exception", given = built, ["until"] = "2024-09-05",
    expect = { open = "construction", told = "builder", due = { ["construction.report"] = "2024-09-03" } } },
  { name = "高等级风险告知政务管理服务局", article = 23, sort = "plain", given = built,
    steps = { { "2024-07-01", "builder", "construction.log_risk", { risk = "核心设备断供", grade = "high", response = "另寻货源" } } },
    expect = { told = "bureau", facts = { risks = { { number = 1, on = "2024-07-01", risk = "核心设备断供", grade = "high", response = "另寻货源" } } } } },
  { name = "销号", article = 23, sort = "exception", given = built,
    steps = { { "2024-07-01", "builder", "construction.log_risk", { risk = "人手", grade = "low", response = "增派" } },
      { "2024-07-20", "builder", "construction.close_risk", { number = 1, outcome = "已到位" } } }, expect = { not_told = "bureau",
      facts = { risks = { { number = 1, on = "2024-07-01", risk = "人手", grade = "low", response = "增派", closed_on = "2024-07-20", outcome = "已到位" } } } } },
  { name = "没有这个序号的风险", article = 23, sort = "refusal", given = built,
    steps = { { "2024-07-01", "builder", "construction.log_risk", { risk = "人手", grade = "low", response = "增派" } },
      { "2024-07-20", "builder", "construction.close_risk", { number = 2, outcome = "—" } } }, expect = { refused = { article = 23, code = "risk.number" } } },
}
