-- file: counties/430922/a_review_for_some.lua
-- crosses: every_stage_has_a_way_out
-- 县级会审只写了100万元以上怎么办 · what the county's stage can do was written for larger projects only
return {
  amend "budget_review" { leads = { reviewed = "county_meeting" } },
  stage "county_meeting" {
    kind = "project", order = 76, articles = { 49 }, owner = "bureau", title = { zh = "县级会审", en = "County meeting" },
    leads = { passed = "procurement" },
    actions = { pass = { by = "bureau", order = 1, usual = 1, title = { zh = "会审通过", en = "Pass" }, when = at_least("investment", wan(100)), effect = { follow "passed" } } },
  },
}
