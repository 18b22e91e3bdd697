-- file: counties/430922/notice_after_notice.lua
-- crosses: one_time_notice
-- 补正可以多次 · corrections may be asked for again and again
return amend "approval" { actions = { correct = { once = remove } } }
