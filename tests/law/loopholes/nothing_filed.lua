-- file: counties/430922/nothing_filed.lua
-- crosses: supervised_and_filed
-- 县里不要求报备 · the county asks for no filing
return amend "contract" { leads = { signed = "construction" } }
