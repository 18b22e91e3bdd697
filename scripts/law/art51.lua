-- 第五十一条 施行和有效期(2027年9月15日)
-- luacheck: read globals law
local function regulation() return { kind = "regulation", on = "2026-09-01", open = "in_force",
  facts = { title = "管理办法", number = "益政办发〔2022〕22号", in_force_on = "2022-09-15", expires_on = "2027-09-15" } } end

return law {
  { name = "有效期至2027年9月15日,提前一年提醒", article = 51, sort = "plain", given = regulation(), ["until"] = "2026-09-16",
    expect = { due = { ["in_force.expiry"] = "2027-09-15" }, told = { "bureau", "leading_group" }, not_told = "government" } },
  { name = "提前一年以前还不提醒", article = 51, sort = "boundary", given = regulation(), ["until"] = "2026-09-14", expect = { not_told = "bureau" } },
  { name = "到期之日什么也不停", article = 51, sort = "exception", given = regulation(), ["until"] = "2027-10-01", expect = { open = "in_force", told = "government" } },
  { name = "延续后期限随之改变", article = 51, sort = "exception", given = regulation(),
    steps = { { "2027-08-01", "bureau", "in_force.prolong", { expires_on = "2032-09-15", document = "益政办发〔2027〕5号" } } }, expect = { due = { ["in_force.expiry"] = "2032-09-15" } } },
  { name = "延续不能早于原有效期", article = 51, sort = "refusal", given = regulation(),
    steps = { { "2027-08-01", "bureau", "in_force.prolong", { expires_on = "2027-09-15", document = "—" } } }, expect = { refused = { article = 51, code = "regulation.dates" } } },
}
