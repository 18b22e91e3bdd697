-- file: counties/430922/review_again.lua
-- crosses: no_second_review
-- 审批时可以退回再评审,不用说理由 · approval may send it to review again, no reason asked
return amend "approval" {
  actions = { review_again = { by = "bureau", order = 9, article = 13, title = { zh = "再评审一次", en = "Review again" }, effect = { close(), open "scheme_review" } } },
}
