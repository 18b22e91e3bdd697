-- file: counties/430922/late_means_accepted.lua
-- crosses: silence_decides_nothing
-- 10个工作日不验收的,视为合格 · not accepted within the limit counts as accepted
return amend "final_acceptance" {
  deadlines = { accept = { on_due = function(case, _, now)
    return { set("final_accepted_on", now.date), set("operations_until", later(now.date, years(case.facts.operation_years))), follow "accepted" }
  end } },
}
