-- file: counties/430922/reported_is_settled.lua
-- crosses: retention_after_acceptance
-- 报告整改即视为到位(不合格的也一样) · a report settles the evaluation, even a failed one
return amend "evaluation" {
  actions = { report_fixed = { effect = { set("problems_fixed_report_on", today), set("evaluation_settled_on", today) } } },
}
