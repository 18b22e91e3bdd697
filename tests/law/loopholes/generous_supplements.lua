-- file: counties/430922/generous_supplements.lua
-- crosses: contracts_within_the_approval
-- 追加放宽到30% · supplements up to 30%
return amend "change" { limits = { supplement_percent = 30 } }
