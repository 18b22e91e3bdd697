-- file: counties/430922/supervision_from_two_million.lua
-- crosses: supervised_and_filed
-- 200万元以上才要监理 · supervision from 2,000,000 only
return amend "contract" { limits = { supervision_above = wan(200) } }
