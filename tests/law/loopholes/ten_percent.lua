-- file: counties/430922/ten_percent.lua
-- crosses: contract_terms
-- 尾款比例降到10% · only 10% is held back
return amend "contract" { limits = { retention_percent = 10 } }
