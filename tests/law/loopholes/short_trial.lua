-- file: counties/430922/short_trial.lua
-- crosses: trial_run_of_three_months
-- 试运行不计天数,能用就申请 · no counting of the trial run
return amend "trial_run" {
  actions = { apply = { guard = function(case)
    if not case.facts.trial_started_on then return refuse { article = 26, zh = "尚未试运行", en = "No trial run yet" } end
    if case.facts.sharing_result ~= "shared" then return refuse { article = 26, zh = "尚未共享", en = "Not shared yet" } end
  end } },
}
