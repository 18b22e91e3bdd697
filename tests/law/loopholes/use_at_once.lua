-- file: counties/430922/use_at_once.lua
-- crosses: no_use_before_acceptance
-- 建成即投入使用,验收并行 · in use as soon as it is built
return amend "construction" { leads = { short = { "builder_acceptance", "operations" } } }
