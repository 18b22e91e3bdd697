-- file: counties/430922/everybody_releases.lua
-- crosses: public_only_when_released
-- 建设单位自己公开 · the builder releases it himself
return amend "construction" { actions = { release = { by = { "builder", "bureau" } } } }
