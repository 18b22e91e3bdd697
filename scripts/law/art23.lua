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
}
