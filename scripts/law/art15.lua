-- 第十五条 批复后6个月内启动实施,逾期重新报批
-- luacheck: read globals law
local story = require "lib.story"
local approved = { investment = wan(300), approved_on = "2024-03-08", budget_reviewed_on = "2024-04-01", awarded_on = "2024-05-01", plan_entered_on = "2024-01-12" }
local function at(stage_, more, papers_)
  local f = {}
  for k, v in pairs(approved) do f[k] = v end
  for k, v in pairs(more or {}) do f[k] = v end
  return story.project(stage_, "2024-05-01", f, papers_ or { "contract" })
end

return law {
  { name = "批复之日起6个月", article = 15, sort = "plain", given = at "contract", expect = { due = { ["approval.start"] = "2024-09-09" } } }, -- 9月8日为星期日,顺延
  { name = "最后一日签订合同,仍有效", article = 15, sort = "boundary", given = at "contract",
    steps = { { "2024-09-09", "builder", "contract.sign", story.contract { amount = wan(280), signed_on = "2024-09-09" } } },
    expect = { facts = { started_on = "2024-09-09" }, absent = { "approval_lapsed_on" } } },
  { name = "期满未启动,批复失效,合同不能登记", article = 15, sort = "refusal", given = at "contract",
    steps = { { "2024-09-11", "builder", "contract.sign", story.contract { amount = wan(280), signed_on = "2024-09-10" } } },
    expect = { refused = { article = 15, code = "approval.lapsed" }, facts = { approval_lapsed_on = "2024-09-10" }, told = { "builder", "finance" } } },
  { name = "失效的不能采购", article = 15, sort = "refusal", given = at("procurement", { approval_lapsed_on = "2024-09-10" }),
    steps = { { "2024-09-11", "builder", "procurement.choose", { procurement_method = "open_tender" } } }, expect = { refused = { article = 15, code = "approval.lapsed" } } },
  { name = "重新报批", article = 15, sort = "exception", given = at("procurement", { approval_lapsed_on = "2024-09-10" }),
    steps = { { "2024-09-12", "builder", "procurement.reapply" } }, expect = { open = "approval", closed = "procurement", absent = { "approved_on", "approval_lapsed_on" } } },
  { name = "按期签订、迟了登记的,核实后恢复", article = 15, sort = "exception", given = at("contract", { approval_lapsed_on = "2024-09-10" }),
    steps = { { "2024-09-12", "bureau", "contract.record_in_time", { signed_on = "2024-09-09", reason = "合同原件已核" } } },
    expect = { absent = { "approval_lapsed_on" }, facts = { started_on = "2024-09-09" } } },
  { name = "期满后才签订的,不能恢复", article = 15, sort = "refusal", given = at("contract", { approval_lapsed_on = "2024-09-10" }),
    steps = { { "2024-09-12", "bureau", "contract.record_in_time", { signed_on = "2024-09-10", reason = "合同原件已核" } } },
    expect = { refused = { article = 15, code = "contract.late" } } },
  { name = "失效后不能送审预算", article = 15, sort = "refusal", given = story.project("budget_review", "2024-03-01", { approved_on = "2023-08-01", approval_lapsed_on = "2024-02-02" }, { "approval_reply", "budget" }),
    steps = { { "2024-03-04", "builder", "budget_review.submit" } }, expect = { refused = { article = 15, code = "approval.lapsed" } } },
  { name = "失效后不能出具预算结论", article = 15, sort = "refusal",
    given = story.project("budget_review", "2024-03-01", { approved_on = "2023-08-01", approval_lapsed_on = "2024-02-02", budget_submitted_on = "2024-01-02" }, { "budget_review_report" }),
    steps = { { "2024-03-04", "finance", "budget_review.conclude" } }, expect = { refused = { article = 15, code = "approval.lapsed" } } },
  { name = "失效后不能登记中标", article = 15, sort = "refusal",
    given = story.project("procurement", "2024-03-01", { approved_on = "2023-08-01", budget_reviewed_on = "2023-09-01", approval_lapsed_on = "2024-02-02", procurement_method = "open_tender" },
      { "procurement_documents", "award_notice" }),
    steps = { { "2024-03-04", "builder", "procurement.award", { contractor = "C001", amount = wan(90) } } }, expect = { refused = { article = 15, code = "approval.lapsed" } } },
}
