-- file: counties/430922/accept_during_trial.lua
-- crosses: trial_run_of_three_months
-- 试运行中可提前验收 · acceptance ahead of time
return amend "trial_run" {
  leads = { early = { "archive", "settlement", "retention", "evaluation", "operations" } },
  actions = { accept_early = { by = "bureau", order = 9, article = 26, title = { zh = "提前验收", en = "Accept early" }, needs = docs { "acceptance_report" },
    effect = function(case, _, now)
      return { set("final_accepted_on", now.date), set("operations_until", later(now.date, years(case.facts.operation_years))), follow "early" }
    end } },
}
