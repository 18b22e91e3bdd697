-- file: counties/430922/release_anything.lua
-- crosses: nothing_classified_in_public
-- 公开不再看是否涉密 · release no longer asks whether it is classified
return amend "construction" { actions = { release = { when = not_set("released_on") } } }
