-- file: counties/430922/civil_share.lua
-- crosses: civil_works_apart
-- 土建门槛提到600万元 · civil works count from 6,000,000 only
return amend "declaration" { limits = { civil_above = wan(600), civil_share_above = wan(600) } }
