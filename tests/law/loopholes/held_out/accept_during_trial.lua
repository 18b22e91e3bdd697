-- file: counties/430922/accept_during_trial.lua
-- crosses: accepted_by_the_bureau trial_run_of_three_months no_acceptance_without_sharing
-- 试运行中可提前验收 · acceptance ahead of time
return amend "trial_run" {
  leads = { early = { "archive", "settlement", "retention", "evaluation", "operations" } },
  actions = { accept_early = { by = "bureau", order = 9, article = 26, title = { zh = "提前验收", en = "Accept early" }, needs = docs { "acceptance_report" },
    effect = function(case, _, now)
      return { set("final_accepted_on", now.date), set("operations_until", later(now.date, years(case.facts.operation_years))), follow "early" }
    end } },
}
