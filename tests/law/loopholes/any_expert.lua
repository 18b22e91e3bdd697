-- file: counties/430922/any_expert.lua
-- crosses: experts_from_the_pool
-- 专家登记不再核对库和回避 · experts are written down as they come
return amend "scheme_review" { actions = { meeting = { check = remove } } }
