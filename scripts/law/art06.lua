-- 第六条 年度计划
-- luacheck: read globals law
local story = require "lib.story"
local A, B = story.other("A"), story.other("B")
local function compile(others, facts) return story.plan("plan_compile", "2023-11-20", facts, others, { "plan_draft" }) end
local function include(...) return { "2023-11-20", "bureau", "plan_compile.include", { projects = { ... } } } end

local function other_place(more)
  local x = story.other("X", more)
  x.jurisdiction = "430921"
  return story.plan("plan_compile", "2023-11-01", {}, { X = x })
end
local include_x = { "2023-11-06", "bureau", "plan_compile.include", { projects = { "X" } } }

return law {
  { name = "列入已通过前置技术审查的项目,送会签", article = 6, sort = "plain", given = compile { A = A, B = B },
    steps = { include("A", "B"), { "2023-11-21", "bureau", "plan_compile.submit" } },
    expect = { open = "plan_signatures", facts = { projects = { "A", "B" } }, told = { "drc", "finance" } } },
  { name = "两家会签后送领导小组", article = 6, sort = "plain", given = story.plan("plan_signatures", "2023-11-22", { projects = { "A" } }, { A = A }),
    steps = { { "2023-11-23", "drc", "plan_signatures.sign_drc" }, { "2023-11-24", "finance", "plan_signatures.sign_finance" } },
    expect = { open = "plan_leading_group", told = "leading_group" } },
  { name = "只有一家会签,不往下走", article = 6, sort = "boundary", given = story.plan("plan_signatures", "2023-11-22", { projects = { "A" } }, { A = A }),
    steps = { { "2023-11-23", "drc", "plan_signatures.sign_drc" } }, expect = { open = "plan_signatures", closed = "plan_leading_group" } },
  { name = "领导小组审定、政府常务会议通过", article = 6, sort = "plain",
    given = story.plan("plan_leading_group", "2023-12-01", { projects = { "A" } }, { A = A }, { "leading_group_minutes", "government_minutes" }),
    steps = { { "2023-12-10", "leading_group", "plan_leading_group.approve" }, { "2024-01-10", "government", "plan_government.approve" } },
    expect = { open = "plan_issue", facts = { leading_group_on = "2023-12-10", government_on = "2024-01-10" } } },
  { name = "下达:列入、调出、缓列的项目一并推动", article = 6, sort = "plain",
    given = story.plan("plan_issue", "2024-01-11", { projects = { "A" }, struck = { "B" }, deferred = { "C" } }, { A = A, B = B, C = story.other "C" }, { "plan_notice" }),
    steps = { { "2024-01-12", "bureau", "plan_issue.issue" } },
    expect = { ended = "issued", acts = { "planning.enter_plan", "planning.strike", "planning.defer" } } },
  { name = "未过前置技术审查的不能列入", article = 6, sort = "refusal", given = compile { A = story.other("A", { pretech_passed_on = false }) },
    steps = { include "A" }, expect = { refused = { article = 5, code = "plan.pretech" } } },
  { name = "别的年度的项目不能列入", article = 6, sort = "refusal", given = compile { A = story.other("A", { plan_year = 2025 }) }, steps = { include "A" },
    expect = { refused = { article = 5, code = "plan.year" } } },
  { name = "不在待列环节的不能列入", article = 6, sort = "refusal", given = compile { A = story.other("A", {}, "prelim_design") }, steps = { include "A" },
    expect = { refused = { code = "plan.not_waiting" } } },
  { name = "重复列入", article = 6, sort = "refusal", given = compile { A = A }, steps = { include("A", "A") }, expect = { refused = { article = 6, code = "plan.twice" } } },
  { name = "没有项目的计划不能送会签", article = 6, sort = "refusal", given = compile {}, steps = { { "2023-11-21", "bureau", "plan_compile.submit" } },
    expect = { refused = { article = 6, code = "plan.empty" } } },
  { name = "调出一个,其余照走", article = 6, sort = "exception",
    given = story.plan("plan_leading_group", "2023-12-01", { projects = { "A", "B" } }, { A = A, B = B }, { "leading_group_minutes" }),
    steps = { { "2023-12-05", "leading_group", "plan_leading_group.strike", { project = "B", reason = "条件不成熟" } },
      { "2023-12-10", "leading_group", "plan_leading_group.approve" } },
    expect = { open = "plan_government", facts = { projects = { "A" }, struck = { "B" } } } },
  { name = "退回重新编制,会签作废", article = 6, sort = "exception",
    given = story.plan("plan_leading_group", "2023-12-01", { projects = { "A" }, signed_drc_on = "2023-11-23", signed_finance_on = "2023-11-24" }, { A = A }),
    steps = { { "2023-12-05", "leading_group", "plan_leading_group.send_back", { reason = "压减规模" } } },
    expect = { open = "plan_compile", absent = { "signed_drc_on", "signed_finance_on" }, told = "bureau" } },
  { name = "缓列的项目转入下一年度,不必重新申报", article = 6, sort = "exception", given = story.project("planning", "2023-10-20", { declared_on = "2023-09-20" }),
    steps = { { "2024-01-12", "system", "planning.defer", { plan = "P", reason = "财力不足" } } },
    expect = { open = "planning", facts = { plan_year = 2025, declared_on = "2023-09-20" }, told = "builder" } },
  { name = "别的辖区的项目不能列入", article = { 6, 49 }, sort = "refusal", given = other_place(), steps = { include_x }, expect = { refused = { article = 49, code = "plan.jurisdiction" } } },
  { name = "市、县一体化的由市本级列入", article = { 6, 18, 49 }, sort = "exception", given = other_place { joint_with_counties = true }, steps = { include_x }, expect = { facts = { projects = { "X" } } } },
}
