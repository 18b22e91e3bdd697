-- file: counties/430922/corrected_elsewhere.lua
-- crosses: accepted_by_the_bureau
-- 整改后由建设单位自己再验 · after correction the builder accepts himself
return amend "correction" { leads = { final = "builder_acceptance" } }
