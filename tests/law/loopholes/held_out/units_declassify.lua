-- file: counties/430922/units_declassify.lua
-- crosses: nothing_classified_in_public
-- 解密由建设单位自己办 · the unit declassifies by itself
return amend "construction" { actions = { declassify = { by = { "secrecy", "builder" } } } }
