-- 第四十四、四十六条 主管部门、服务单位和专家的责任
-- luacheck: read globals law
local story = require "lib.story"
local function built(more)
  local f = { contracts = { story.signed(wan(90)) }, last_report_on = "2024-06-01", supervision_signed_on = "2024-05-20" }
  for k, v in pairs(more or {}) do f[k] = v end
  return story.project("construction", "2024-06-01", f)
end
local function breach(ground) return { "2024-06-10", "audit", "construction.accountability", { body = "某局", ground = ground, facts = "未经评审批复" } } end
local function credit(more)
  local i = { subject = "某科技公司", part = "contractor", facts = "交付虚假测试报告", blacklist = false }
  for k, v in pairs(more or {}) do i[k] = v end
  return { "2024-06-10", "bureau", "construction.misconduct", i }
end

local function listed()
  local given = built()
  given.entries = { contractors = { C001 = { name = "某科技公司", competence = "系统集成" } } }
  return given
end
local function tender(blacklisted)
  local given = story.project("procurement", "2024-05-01", { investment = wan(50), exempt = true, procurement_method = "open_tender" }, { "procurement_documents", "award_notice" })
  given.entries = { contractors = { C001 = { name = "某科技公司", competence = "系统集成", blacklisted = blacklisted } } }
  return given
end

-- 建设单位就是办理的机关 · the builder is the body that would decide
local function own(unit_, stage_, facts, papers_)
  local given = story.project(stage_, "2024-03-01", facts, papers_)
  given.unit = unit_
  return given
end

return law {
  { name = "审计登记问责线索,报领导小组", article = 44, sort = "plain", given = built(), steps = { breach "procedure" }, expect = { told = "leading_group",
    facts = { accountability = { { on = "2024-06-10", body = "某局", ground = "procedure", facts = "未经评审批复" } } } } },
  { name = "“其他”也是一种情形", article = 44, sort = "boundary", given = built(), steps = { breach "other" }, expect = { told = "leading_group" } },
  { name = "四种之外的不登记", article = 44, sort = "refusal", given = built(), steps = { breach "slow" }, expect = { refused = {} } },
  { name = "不影响项目本身", article = 44, sort = "exception", given = built(), steps = { breach "tender" }, expect = { open = "construction", absent = { "suspended_on" } } },
  { name = "不良行为记入信用档案", article = 46, sort = "plain", given = built(), steps = { credit() },
    expect = { facts = { misconduct = { { on = "2024-06-10", subject = "某科技公司", part = "contractor", facts = "交付虚假测试报告", blacklist = false } } } } },
  { name = "列入黑名单须有处理决定", article = 46, sort = "refusal", given = built(), steps = { credit { blacklist = true } }, expect = { refused = { article = 46, code = "credit.document" } } },
  { name = "有决定的列入黑名单,损失赔偿、移送记录在案", article = 46, sort = "exception", given = built(), steps = { credit { blacklist = true, document = "益政管〔2024〕9号", loss = wan(5), transferred = true } },
    expect = { facts = { misconduct = { { on = "2024-06-10", subject = "某科技公司", part = "contractor", facts = "交付虚假测试报告", blacklist = true, loss = wan(5), transferred = true } } } } },
  { name = "专家也可记入", article = 46, sort = "boundary", given = built(), steps = { credit { subject = "E003", part = "expert" } }, expect = { open = "construction" } },
  { name = "列入黑名单:信用档案新增,名录中的单位同时标明", article = 46, sort = "plain", given = listed(), steps = { credit { contractor = "C001", blacklist = true, document = "益政管〔2024〕9号" } },
    expect = { adds = { "credit" }, changes = { "contractors" } } },
  { name = "列入黑名单的不能中标", article = 46, sort = "refusal", given = tender(true), steps = { { "2024-05-10", "builder", "procurement.award", { contractor = "C001", amount = wan(40) } } },
    expect = { refused = { article = 46, code = "contractor.blacklisted" } } },
  { name = "没有列入的可以中标", article = 46, sort = "boundary", given = tender(false), steps = { { "2024-05-10", "builder", "procurement.award", { contractor = "C001", amount = wan(40) } } },
    expect = { open = "contract" } },
  { name = "不得评审本单位的方案", article = { 44, 11 }, sort = "refusal", given = own("center", "scheme_review", { design_estimate = wan(100) }, { "review_opinion" }),
    steps = { { "2024-03-04", "center", "scheme_review.pass", { subjects = story.subjects, opinion = "可行" } } }, expect = { refused = { article = 44, code = "own.unit" } } },
  { name = "不得附条件通过本单位的方案", article = { 44, 11 }, sort = "refusal", given = own("center", "scheme_review", { review_conditions = { "补充" }, conditions_answer = "已补" }),
    steps = { { "2024-03-04", "center", "scheme_review.confirm_conditions" } }, expect = { refused = { article = 44, code = "own.unit" } } },
  { name = "不得评审本单位的预算", article = { 44, 17 }, sort = "refusal", given = own("finance", "budget_review", { budget_submitted_on = "2024-03-01" }, { "budget_review_report" }),
    steps = { { "2024-03-04", "finance", "budget_review.conclude" } }, expect = { refused = { article = 44, code = "own.unit" } } },
  { name = "不得预验收本单位的项目", article = { 44, 27 }, sort = "refusal", given = own("bureau", "upper_acceptance", { sharing_result = "shared" }, { "acceptance_application", "pre_acceptance_opinion" }),
    steps = { { "2024-03-04", "bureau", "upper_acceptance.pre_accept" } }, expect = { refused = { article = 44, code = "own.unit" } } },
  { name = "不得后评价本单位的项目", article = { 44, 31 }, sort = "refusal", given = own("bureau", "evaluation", { final_accepted_on = "2023-03-01" }, { "evaluation_report" }),
    steps = { { "2024-03-04", "bureau", "evaluation.evaluate", { depth = "short", evaluation_result = "passed" } } }, expect = { refused = { article = 44, code = "own.unit" } } },
  { name = "不得批复本单位的申请", article = { 44, 13 }, sort = "refusal",
    given = own("bureau", "approval", { plan_entered_on = "2024-01-12", review_passed_on = "2024-02-20", reviewed_amount = wan(100), approval_applied_on = "2024-03-01" }, { "approval_reply" }),
    steps = { { "2024-03-04", "bureau", "approval.accept" }, { "2024-03-05", "bureau", "approval.approve" } }, expect = { refused = { article = 44, code = "own.unit" } } },
  { name = "不得对本单位的项目出具前置审查", article = { 44, 5 }, sort = "refusal", given = own("center", "pretech", { declared_on = "2023-09-20" }, { "pretech_opinion" }),
    steps = { { "2024-03-04", "center", "pretech.pass", { opinion = "同意" } } }, expect = { refused = { article = 44, code = "own.unit" } } },
  { name = "不得验收本单位的项目", article = { 44, 26 }, sort = "refusal", given = own("bureau", "final_acceptance", { sharing_result = "shared" }, { "acceptance_application", "acceptance_report" }),
    steps = { { "2024-03-04", "bureau", "final_acceptance.accept" }, { "2024-03-05", "bureau", "final_acceptance.pass", { opinion = "合格" } } }, expect = { refused = { article = 44, code = "own.unit" } } },
}
