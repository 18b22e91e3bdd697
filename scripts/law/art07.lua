-- 第七条 列入计划是审批的前提;急需建设的一事一议
-- luacheck: read globals law
local story = require "lib.story"
local signed = { urgent_bureau_on = "2024-03-01", urgent_drc_on = "2024-03-01" }
local function urgent(facts) return story.project("urgent_review", "2024-03-01", facts, { "joint_review_opinion", "leading_group_minutes", "government_minutes" }) end

local function given_conditions(blocks, due) return { { condition = "补齐材料", owner = "李某", due = due, blocks = blocks } } end

return law {
  { name = "列入下达的计划,可编制初步设计", article = 7, sort = "plain", given = story.project("planning", "2023-10-20"),
    steps = { { "2024-01-12", "system", "planning.enter_plan", { plan = "P" } } },
    expect = { open = "prelim_design", facts = { plan_entered_on = "2024-01-12", plan_kind = "yearly" } } },
  { name = "三家签齐,领导小组、政府批准,列入增补计划", article = 7, sort = "exception", given = urgent(),
    steps = { { "2024-03-02", "bureau", "urgent_review.sign_bureau" }, { "2024-03-03", "drc", "urgent_review.sign_drc" },
      { "2024-03-04", "finance", "urgent_review.sign_finance" }, { "2024-03-10", "leading_group", "urgent_review.leading_group" },
      { "2024-03-15", "government", "urgent_review.approve" } },
    expect = { open = "prelim_design", facts = { plan_kind = "supplementary", plan_entered_on = "2024-03-15" } } },
  { name = "差一家签署,领导小组不能审定", article = 7, sort = "boundary", given = urgent(signed),
    steps = { { "2024-03-10", "leading_group", "urgent_review.leading_group" } }, expect = { refused = { article = 7, code = "urgent.unsigned" } } },
  { name = "领导小组未审定,不能报政府", article = 7, sort = "refusal",
    given = urgent { urgent_bureau_on = "2024-03-01", urgent_drc_on = "2024-03-01", urgent_finance_on = "2024-03-01" },
    steps = { { "2024-03-10", "government", "urgent_review.approve" } }, expect = { refused = { article = 7, code = "urgent.group" } } },
  { name = "不同意的退回申报,重新走须重新签署", article = 7, sort = "exception", given = urgent(signed),
    steps = { { "2024-03-10", "finance", "urgent_review.decline", { reason = "无上级要求" } } },
    expect = { open = "declaration", absent = { "urgent_bureau_on", "urgent_drc_on" }, told = "builder" } },
  { name = "没有上级文件,不能申请急需建设", article = 7, sort = "refusal", given = story.project("declaration", "2024-03-01"),
    steps = { { "2024-03-01", "builder", "declaration.request_urgent", { urgent_reason = "省里要求" } } },
    expect = { refused = { article = 7, code = "paper.missing" } } },
  { name = "逾期后凭上级文件申请急需建设", article = 7, sort = "plain", given = story.project("declaration", "2024-03-01", nil, { "urgent_basis" }),
    steps = { { "2024-03-01", "builder", "declaration.request_urgent", { urgent_reason = "湘政办函〔2024〕1号" } } }, expect = { open = "urgent_review" } },
  { name = "未列入计划,不能登记初步设计", article = 7, sort = "refusal", given = story.project("prelim_design", "2024-03-01"),
    steps = { { "2024-03-01", "builder", "prelim_design.draft", { design_by = "own" } } }, expect = { refused = { article = 7, code = "design.not_planned" } } },
  { name = "未列入计划,不能申请审批", article = 7, sort = "refusal",
    given = story.project("approval", "2024-03-01", { review_passed_on = "2024-02-20" }, { "review_opinion", "preliminary_design", "approval_application" }),
    steps = { { "2024-03-01", "builder", "approval.apply" } }, expect = { refused = { article = 7, code = "approval.not_planned" } } },
  -- 附条件批准 · approved with conditions
  { name = "政府附条件批准急需项目", article = 7, sort = "exception", given = urgent { urgent_bureau_on = "2024-03-01", urgent_drc_on = "2024-03-01", urgent_finance_on = "2024-03-01", urgent_group_on = "2024-03-10" },
    steps = { { "2024-03-15", "government", "urgent_review.approve_with_conditions", { conditions = given_conditions("payment", "2024-06-03") } } },
    expect = { open = "prelim_design", facts = { plan_kind = "supplementary", conditions_due = "2024-06-03" }, told = "builder" } },
  { name = "领导小组未审定,附条件也不能批准", article = 7, sort = "refusal", given = urgent { urgent_bureau_on = "2024-03-01", urgent_drc_on = "2024-03-01", urgent_finance_on = "2024-03-01" },
    steps = { { "2024-03-15", "government", "urgent_review.approve_with_conditions", { conditions = given_conditions("payment", "2024-06-03") } } },
    expect = { refused = { article = 7, code = "urgent.group" } } },
}
