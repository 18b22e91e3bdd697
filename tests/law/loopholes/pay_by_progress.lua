-- file: counties/430922/pay_by_progress.lua
-- crosses: never_more_than_85_percent
-- 按进度付款,“尾款以后再说” · pay by progress, never mind the retention
return amend "construction" { actions = { pay = { check = remove } } }
