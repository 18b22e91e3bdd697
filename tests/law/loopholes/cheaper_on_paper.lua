-- file: counties/430922/cheaper_on_paper.lua
-- crosses: no_silent_fall_below_a_threshold
-- 评审时核减不用说明 · the review may cut the total without a word
return amend "scheme_review" { actions = { pass = { check = remove } } }
