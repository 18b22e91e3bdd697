-- 第五条 年度申报、前置技术审查
-- luacheck: read globals law
local story = require "lib.story"
local four = { "project_proposal", "party_group_approval", "investment_estimate", "supporting_evidence" }
local function draft(facts, papers_) return story.project("declaration", "2023-09-01", facts, papers_ or four) end
local function review(papers_) return story.project("pretech", "2023-09-28", { declared_on = "2023-09-28" }, papers_) end

local function given_conditions(blocks, due) return { { condition = "补齐材料", owner = "李某", due = due, blocks = blocks } } end

return law {
  { name = "材料齐全,按期申报,转前置技术审查", article = 5, sort = "plain", given = draft(), steps = { { "2023-09-20", "builder", "declaration.submit" } },
    expect = { open = "pretech", closed = "declaration", facts = { declared_on = "2023-09-20" }, told = "center" } },
  { name = "9月30日当日(休息日)仍可申报,不顺延", article = 5, sort = "boundary", given = draft(),
    steps = { { "2023-09-30", "builder", "declaration.submit" } }, expect = { open = "pretech" } },
  { name = "申报截止日固定为9月30日", article = 5, sort = "boundary", given = draft(), expect = { due = { ["declaration.window"] = "2023-09-30" } } },
  { name = "10月1日申报,逾期", article = 5, sort = "refusal", given = draft(), steps = { { "2023-10-01", "builder", "declaration.submit" } },
    expect = { refused = { article = 5, code = "declaration.late" }, open = "declaration", told = "builder" } },
  { name = "缺党组审议意见", article = 5, sort = "refusal", given = draft(nil, { "project_proposal", "investment_estimate", "supporting_evidence" }),
    steps = { { "2023-09-20", "builder", "declaration.submit" } }, expect = { refused = { article = 5, code = "paper.missing" } } },
  { name = "资金来源合计与总投资不符", article = 5, sort = "refusal", given = draft(),
    steps = { { "2023-09-20", "builder", "declaration.revise", { funding_sources = { { source = "city", amount = wan(90) } } } } },
    expect = { refused = { article = 5, code = "project.sources" } } },
  { name = "逾期的出路:改报下一年度", article = 5, sort = "exception", given = draft(),
    steps = { { "2023-10-08", "builder", "declaration.revise", { plan_year = 2025, investment_by_year = { { year = 2025, amount = wan(100) } } } },
      { "2023-10-08", "builder", "declaration.submit" } }, expect = { open = "pretech", facts = { plan_year = 2025 } } },
  { name = "前置技术审查通过,待列年度计划", article = 5, sort = "plain", given = review { "pretech_opinion" },
    steps = { { "2023-10-20", "center", "pretech.pass", { opinion = "同意申报" } } },
    expect = { open = "planning", facts = { pretech_passed_on = "2023-10-20" }, told = { "builder", "bureau" } } },
  { name = "没有审查意见书不能通过", article = 5, sort = "refusal", given = review(), steps = { { "2023-10-20", "center", "pretech.pass", { opinion = "同意" } } },
    expect = { refused = { article = 5, code = "paper.missing" } } },
  { name = "补正期间不下结论", article = 5, sort = "refusal", given = review { "pretech_opinion" },
    steps = { { "2023-10-10", "center", "pretech.correct", { missing = { "共享方案" } } }, { "2023-10-12", "center", "pretech.pass", { opinion = "同意" } } },
    expect = { refused = { article = 5, code = "pretech.waiting" } } },
  { name = "没有要求补正,不必重新提交", article = 5, sort = "refusal", given = review(), steps = { { "2023-10-12", "builder", "pretech.resubmit" } },
    expect = { refused = { article = 5, code = "pretech.not_asked" } } },
  { name = "补正后重新提交,审查通过", article = 5, sort = "exception", given = review { "pretech_opinion" },
    steps = { { "2023-10-10", "center", "pretech.correct", { missing = { "共享方案" } } }, { "2023-10-12", "builder", "pretech.resubmit" },
      { "2023-10-13", "center", "pretech.pass", { opinion = "同意" } } }, expect = { open = "planning", absent = { "pretech_missing" } } },
  { name = "审查不通过,退回申报,草稿保留", article = 5, sort = "exception", given = review(),
    steps = { { "2023-10-20", "center", "pretech.fail", { opinion = "重复建设" } } }, expect = { open = "declaration", absent = { "declared_on" }, told = "builder" } },
  -- 附条件通过前置技术审查 · passed with conditions
  { name = "附条件通过前置技术审查,待列计划,提醒责任人", article = 5, sort = "exception", given = review { "pretech_opinion" },
    steps = { { "2023-10-20", "center", "pretech.pass_with_conditions", { opinion = "原则同意", conditions = given_conditions("approval", "2023-11-20") } } }, ["until"] = "2023-11-14",
    expect = { open = "planning", facts = { conditions_due = "2023-11-20", pretech_passed_on = "2023-10-20" }, due = { ["operations.condition"] = "2023-11-20" }, told = "builder" } },
  { name = "条件由数据中心确认,政务局不能代为确认", article = 5, sort = "refusal", given = review { "pretech_opinion" },
    steps = { { "2023-10-20", "center", "pretech.pass_with_conditions", { opinion = "原则同意", conditions = given_conditions("approval", "2023-11-20") } },
      { "2023-11-01", "builder", "planning.meet_condition", { number = 1, note = "已补齐" } }, { "2023-11-02", "bureau", "planning.confirm_condition", { number = 1 } } },
    expect = { refused = { code = "conditions.number" } } },
  { name = "报告落实、中心确认,条件了结", article = 5, sort = "exception", given = review { "pretech_opinion" },
    steps = { { "2023-10-20", "center", "pretech.pass_with_conditions", { opinion = "原则同意", conditions = given_conditions("approval", "2023-11-20") } },
      { "2023-11-01", "builder", "planning.meet_condition", { number = 1, note = "已补齐" } }, { "2023-11-02", "center", "planning.center_confirm", { number = 1 } } },
    expect = { absent = { "conditions_due" }, due = { ["operations.condition"] = "none" }, told = "builder" } },
}
