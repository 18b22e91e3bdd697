-- 第二十六条 竣工验收
-- luacheck: read globals law
local story = require "lib.story"
local function with(facts, more)
  local f = { contracts = { story.signed(wan(90)) }, operation_years = 3 }
  for k, v in pairs(facts or {}) do f[k] = v end
  for k, v in pairs(more or {}) do f[k] = v end
  return f
end
local function built(total) return story.project("construction", "2024-08-01", with { investment = total, filed_on = "2024-05-20", last_report_on = "2024-08-01" }) end
local function own(more) return story.project("builder_acceptance", "2024-09-01", with({ sharing_result = "shared" }, more), { "acceptance_report", "data_sharing_proof", "software_test_report" }) end
local function trial(more, papers_) return story.project("trial_run", "2024-09-02", with({ investment = wan(300), preliminary_passed_on = "2024-09-02", sharing_result = "shared" }, more),
  papers_ or { "trial_run_report", "acceptance_application" }) end
local function final(more, papers_) return story.project("final_acceptance", "2024-12-10", with({ investment = wan(300), sharing_result = "shared", acceptance_applied_on = "2024-12-10" }, more),
  papers_ or { "acceptance_application", "expert_opinion", "acceptance_report" }) end
local complete, pass = { "2024-08-30", "builder", "construction.complete" }, { "2024-09-10", "builder", "builder_acceptance.pass" }
local accept = { "2024-12-11", "bureau", "final_acceptance.accept" }
local meeting = { "2024-12-17", "bureau", "final_acceptance.meeting", { held_on = "2024-12-17", experts = { "E1", "E2", "E3", "E4", "E5" } } }
local function decide(date_) return { date_, "bureau", "final_acceptance.pass", { opinion = "同意" } } end

local function with_conditions(what, due)
  return { "2024-12-18", "bureau", "final_acceptance.pass_with_conditions", { opinion = "附条件同意",
    conditions = { { condition = "补齐运维手册", owner = "李某", due = due, blocks = what } } } }
end

return law {
  { name = "200万元以下,建设单位验收,报政务管理服务局", article = 26, sort = "plain", given = own(),
    steps = { pass, { "2024-09-11", "builder", "builder_acceptance.report" } },
    expect = { open = { "archive", "settlement", "retention", "evaluation", "operations" }, facts = { final_accepted_on = "2024-09-10", operations_until = "2027-09-10" }, told = "bureau" } },
  { name = "差一分200万元,走简的程序", article = 26, sort = "boundary", given = built(wan(200) - 1), steps = { complete }, expect = { open = "builder_acceptance" } },
  { name = "恰为200万元,走完整程序", article = 26, sort = "boundary", given = built(wan(200)), steps = { complete }, expect = { open = "preliminary_acceptance" } },
  { name = "初验合格,进入试运行", article = 26, sort = "plain", given = story.project("preliminary_acceptance", "2024-08-30", with { investment = wan(300) }, { "preliminary_acceptance_report" }),
    steps = { { "2024-09-02", "builder", "preliminary_acceptance.pass" } }, expect = { open = "trial_run", facts = { preliminary_passed_on = "2024-09-02" } } },
  { name = "试运行3个月从较晚的一天起算", article = 26, sort = "boundary", given = trial(), steps = { { "2024-09-20", "builder", "trial_run.begin", { trial_started_on = "2024-09-20" } } },
    expect = { due = { ["trial_run.over"] = "2024-12-20" } } },
  { name = "期满当日还不能申请", article = 26, sort = "refusal", given = trial { trial_started_on = "2024-09-02" }, steps = { { "2024-12-02", "builder", "trial_run.apply" } },
    expect = { refused = { article = 26, code = "trial.running" } } },
  { name = "期满次日可以申请", article = 26, sort = "boundary", given = trial { trial_started_on = "2024-09-02" }, steps = { { "2024-12-03", "builder", "trial_run.apply" } },
    expect = { open = "final_acceptance", told = "bureau" } },
  { name = "未登记试运行开始", article = 26, sort = "refusal", given = trial(), steps = { { "2024-12-03", "builder", "trial_run.apply" } }, expect = { refused = { code = "trial.not_begun" } } },
  { name = "受理次日起10个工作日,专家验收", article = 26, sort = "plain", given = final(), steps = { accept, meeting, decide "2024-12-18" },
    expect = { open = { "archive", "retention" }, facts = { final_accepted_on = "2024-12-18" } } },
  { name = "验收时限", article = 26, sort = "boundary", given = final(), steps = { accept }, expect = { due = { ["final_acceptance.accept"] = "2024-12-25" } } }, -- 12 13 16 17 18 19 20 23 24 25
  { name = "整改时间不计,当日计入,重新提交的下一工作日起续计", article = 26, sort = "exception", given = final(),
    steps = { accept, { "2024-12-13", "bureau", "final_acceptance.correct", { missing = { "补测" } } }, { "2024-12-20", "builder", "final_acceptance.resubmit" } },
    expect = { due = { ["final_acceptance.accept"] = "2025-01-02" } } }, -- 已用12 13;续23 24 25 26 27 30 31 | 元旦休 | 2
  { name = "超时限不视为合格,报领导小组", article = 26, sort = "exception", given = final(), steps = { accept }, ["until"] = "2024-12-31", -- 12月25日届满;26日报告上级,30日报告领导小组
    expect = { open = "final_acceptance", told = { "superior", "leading_group" }, absent = { "final_accepted_on" } } },
  { name = "逾期次日只报告上级", article = 26, sort = "boundary", given = final(), steps = { accept }, ["until"] = "2024-12-30",
    expect = { open = "final_acceptance", told = "superior", not_told = "leading_group" } },
  { name = "没有专家会不能验收", article = 26, sort = "refusal", given = final(), steps = { accept, decide "2024-12-18" }, expect = { refused = { article = 26, code = "acceptance.meeting" } } },
  { name = "(三)未共享的不受理", article = 26, sort = "refusal", given = final { sharing_result = false }, steps = { accept }, expect = { refused = { article = 26, code = "acceptance.sharing" } } },
  { name = "(三)例外由政务管理服务局写明理由", article = 26, sort = "exception", given = final { sharing_result = false },
    steps = { { "2024-12-10", "bureau", "final_acceptance.except", { what = "sharing", reason = "涉及个人隐私" } }, accept },
    expect = { facts = { sharing_result = "exempt", sharing_reason = "涉及个人隐私" }, may = "final_acceptance.meeting" } },
  { name = "(四)须做软件测评而未通过", article = 26, sort = "refusal", given = own { needs_software_test = true }, steps = { pass }, expect = { refused = { article = 26, code = "acceptance.software" } } },
  { name = "(四)测评未通过的不能验收", article = 26, sort = "refusal", given = own { needs_software_test = true },
    steps = { { "2024-09-09", "builder", "builder_acceptance.record_software_assessment", { result = "failed" } }, pass }, expect = { refused = { code = "acceptance.software" } } },
  { name = "(四)测评通过后验收", article = 26, sort = "plain", given = own { needs_software_test = true },
    steps = { { "2024-09-09", "builder", "builder_acceptance.record_software_assessment", { result = "passed" } }, pass }, expect = { facts = { final_accepted_on = "2024-09-10" } } },
  { name = "附条件通过:条件落实前挡住付款", article = 26, sort = "exception", given = final(),
    steps = { accept, meeting, with_conditions("payment", "2025-01-20"), { "2024-12-20", "finance", "settlement.pay", { contract = "HT-001", amount = 100 } } },
    expect = { refused = { article = 26, code = "conditions.unmet" }, facts = { final_accepted_on = "2024-12-18" }, due = { ["operations.condition"] = "2025-01-20" } } },
  { name = "附条件通过:落实并确认后付款", article = 26, sort = "exception", given = final(),
    steps = { accept, meeting, with_conditions("payment", "2025-01-20"), { "2025-01-10", "builder", "operations.meet_condition", { number = 1, note = "已补齐" } },
      { "2025-01-13", "bureau", "operations.confirm_condition", { number = 1 } }, { "2025-01-14", "finance", "settlement.pay", { contract = "HT-001", amount = 100 } } },
    expect = { absent = { "conditions_due" }, due = { ["operations.condition"] = "none" } } },
  { name = "未报告落实的不能确认", article = 26, sort = "refusal", given = final(),
    steps = { accept, meeting, with_conditions("payment", "2025-01-20"), { "2025-01-13", "bureau", "operations.confirm_condition", { number = 1 } } },
    expect = { refused = { code = "conditions.number" } } },
  { name = "条件只挡所写明的事项", article = 26, sort = "boundary", given = final(),
    steps = { accept, meeting, with_conditions("retention", "2025-01-20"), { "2024-12-20", "finance", "settlement.pay", { contract = "HT-001", amount = 100 } } },
    expect = { open = "settlement", facts = { conditions_due = "2025-01-20" } } },
  { name = "条件过期:提醒,不视为落实", article = 26, sort = "exception", given = final(), steps = { accept, meeting, with_conditions("nothing", "2025-01-20") }, ["until"] = "2025-02-10",
    expect = { facts = { conditions_due = "2025-01-20" }, told = { "builder", "bureau" } } },
  { name = "条件的期限不能是今天", article = 26, sort = "refusal", given = final(), steps = { accept, meeting, with_conditions("payment", "2024-12-18") },
    expect = { refused = { code = "conditions.date" } } },
  { name = "建设单位验收也可附条件", article = 26, sort = "exception", given = own(),
    steps = { { "2024-09-10", "builder", "builder_acceptance.pass_with_conditions", { conditions = { { condition = "补齐手册", owner = "李某", due = "2024-10-15", blocks = "closing" } } } } },
    expect = { facts = { final_accepted_on = "2024-09-10", conditions_due = "2024-10-15" }, may = "builder_acceptance.report" } },
  -- 初步验收附条件 · the preliminary acceptance with conditions
  { name = "初验附条件合格,进入试运行", article = 26, sort = "exception", given = story.project("preliminary_acceptance", "2024-08-30", with { investment = wan(300) }, { "preliminary_acceptance_report" }),
    steps = { { "2024-09-02", "builder", "preliminary_acceptance.pass_with_conditions", { conditions = { { condition = "优化报表", owner = "李某", due = "2024-11-29", blocks = "acceptance" } } } } },
    expect = { open = "trial_run", facts = { preliminary_passed_on = "2024-09-02", conditions_due = "2024-11-29" } } },
  { name = "初验条件未落实,不能竣工验收", article = 26, sort = "refusal",
    given = final { acceptance_conditions = { { number = 1, condition = "优化报表", owner = "李某", due = "2024-11-29", blocks = "acceptance", from = "初步验收", article = 26, confirm = "bureau" } }, conditions_due = "2024-11-29" },
    steps = { accept, meeting, decide "2024-12-18" }, expect = { refused = { article = 26, code = "conditions.unmet" }, open = "final_acceptance" } },
  { name = "前面的条件保留,验收的条件接在后面", article = 26, sort = "exception",
    given = final { acceptance_conditions = { { number = 1, condition = "优化报表", owner = "李某", due = "2025-03-31", blocks = "payment", from = "初步验收", article = 26, confirm = "bureau" } }, conditions_due = "2025-03-31" },
    steps = { accept, meeting, with_conditions("nothing", "2025-01-20"), { "2025-01-10", "builder", "operations.meet_condition", { number = 2, note = "已补齐" } },
      { "2025-01-13", "bureau", "operations.confirm_condition", { number = 2 } } },
    expect = { facts = { conditions_due = "2025-03-31" } } },
  { name = "整改期间不能再要求整改", article = 26, sort = "refusal", given = story.project("final_acceptance", "2024-09-02", { sharing_result = "shared" }, { "acceptance_application", "acceptance_report", "expert_opinion" }),
    steps = { { "2024-09-03", "bureau", "final_acceptance.accept" }, { "2024-09-04", "bureau", "final_acceptance.correct", { missing = { "培训" } } },
      { "2024-09-05", "bureau", "final_acceptance.correct", { missing = { "文档" } } } }, expect = { refused = { article = 26, code = "acceptance.waiting" } } },
  { name = "整改期间不能下验收结论", article = 26, sort = "refusal", given = story.project("final_acceptance", "2024-09-02", { sharing_result = "shared" }, { "acceptance_application", "acceptance_report", "expert_opinion" }),
    steps = { { "2024-09-03", "bureau", "final_acceptance.accept" }, { "2024-09-04", "bureau", "final_acceptance.correct", { missing = { "培训" } } },
      { "2024-09-05", "bureau", "final_acceptance.pass", { opinion = "合格" } } }, expect = { refused = { article = 26, code = "acceptance.waiting" } } },
}
