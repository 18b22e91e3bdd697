-- file: counties/430922/own_designs.lua
-- crosses: large_design_by_professionals
-- 800万元以下可自行设计 · own designs up to 8,000,000
return amend "prelim_design" { limits = { professional_from = wan(800) } }
