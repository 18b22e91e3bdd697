-- 第二十七条 有国家、省级资金又有市级配套的:先预验收,上级验收后市里认可
-- luacheck: read globals law
local story = require "lib.story"
local function upper(more, papers_)
  local f = { contracts = { story.signed(wan(90)) }, operation_years = 3, upper_money = true, sharing_result = "shared" }
  for k, v in pairs(more or {}) do f[k] = v end
  return story.project("upper_acceptance", "2024-12-01", f, papers_ or { "acceptance_application", "pre_acceptance_opinion", "upper_acceptance_document" })
end
local pre = { "2024-12-10", "bureau", "upper_acceptance.pre_accept" }
local function record_(date_, on) return { date_, "builder", "upper_acceptance.record_upper", { accepted_on = on, body = "省发展改革委" } } end

local function given_conditions(blocks, due) return { { condition = "补齐材料", owner = "李某", due = due, blocks = blocks } } end

return law {
  { name = "预验收、上级验收、市里认可", article = 27, sort = "plain", given = upper(), steps = { pre, record_("2025-02-10", "2025-02-05") },
    expect = { open = { "archive", "retention" }, facts = { final_accepted_on = "2025-02-05", operations_until = "2028-02-07" } } }, -- 2月5日为星期六,顺延
  { name = "上级与预验收同日", article = 27, sort = "boundary", given = upper(), steps = { pre, record_("2024-12-10", "2024-12-10") }, expect = { facts = { final_accepted_on = "2024-12-10" } } },
  { name = "未预验收的不能登记上级验收", article = 27, sort = "refusal", given = upper(), steps = { record_("2025-02-10", "2025-02-05") },
    expect = { refused = { article = 27, code = "upper.not_pre_accepted" } } },
  { name = "上级验收早于预验收", article = 27, sort = "refusal", given = upper(), steps = { pre, record_("2025-02-10", "2024-12-09") }, expect = { refused = { article = 27, code = "upper.date" } } },
  { name = "数据未共享的不能预验收", article = { 27, 26 }, sort = "refusal", given = upper { sharing_result = false }, steps = { pre }, expect = { refused = { article = 26 } } },
  { name = "200万元以下也先预验收", article = 27, sort = "exception",
    given = story.project("construction", "2024-08-01", { investment = wan(150), upper_money = true, filed_on = "2024-05-20", last_report_on = "2024-08-01" }),
    steps = { { "2024-08-30", "builder", "construction.complete" } }, expect = { open = "upper_acceptance" } },
  -- 附条件通过预验收 · pre-accepted with conditions
  { name = "附条件通过预验收,未落实前不登记上级验收", article = 27, sort = "exception", given = upper(),
    steps = { { "2024-12-10", "bureau", "upper_acceptance.pre_accept_with_conditions", { conditions = given_conditions("acceptance", "2025-01-10") } }, record_("2025-02-10", "2025-02-05") },
    expect = { refused = { article = 27, code = "conditions.unmet" }, facts = { pre_accepted_on = "2024-12-10" } } },
  { name = "落实并确认后登记", article = 27, sort = "exception", given = upper(),
    steps = { { "2024-12-10", "bureau", "upper_acceptance.pre_accept_with_conditions", { conditions = given_conditions("acceptance", "2025-01-10") } },
      { "2025-01-06", "builder", "upper_acceptance.meet_condition", { number = 1, note = "已补齐" } }, { "2025-01-08", "bureau", "upper_acceptance.confirm_condition", { number = 1 } },
      record_("2025-02-10", "2025-02-05") },
    expect = { facts = { final_accepted_on = "2025-02-05" }, absent = { "conditions_due" } } },
  { name = "不挡的条件不影响登记", article = 27, sort = "boundary", given = upper(),
    steps = { { "2024-12-10", "bureau", "upper_acceptance.pre_accept_with_conditions", { conditions = given_conditions("nothing", "2025-03-10") } }, record_("2025-02-10", "2025-02-05") },
    expect = { facts = { final_accepted_on = "2025-02-05", conditions_due = "2025-03-10" } } },
}
