-- file: counties/430922/named_without_reason.lua
-- crosses: draws_can_be_checked
-- 指定专家的理由改成选填 · the reason for naming experts by hand became optional
return amend "scheme_review" { actions = { name_experts = { form = { { "reason", text, zh = "理由", en = "Why", optional = true } } } } }
