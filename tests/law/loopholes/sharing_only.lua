-- file: counties/430922/sharing_only.lua
-- crosses: no_acceptance_without_assessments
-- 改写验收前提时只想到了共享 · whoever rewrote the gate thought of sharing only
return amend "builder_acceptance" {
  actions = { pass = { guard = function(case)
    if case.facts.sharing_result ~= "shared" then return refuse { article = 26, zh = "尚未共享", en = "Not shared yet" } end
  end } },
}
