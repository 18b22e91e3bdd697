-- file: counties/430922/buy_after_review.lua
-- crosses: procurement_after_approval
-- 评审通过的先采购,批复后补 · procure after the review, the approval follows later
return {
  amend "scheme_review" { leads = { passed = { "approval", "procurement" } } },
  amend "procurement" { actions = { choose = { guard = remove }, award = { guard = remove } } },
}
