return roles {
  applicant = { zh = "申请单位", en = "Applicant", scope = "unit" },
  desk = { zh = "受理机关", en = "Desk", scope = "jurisdiction", impartial = "council" },
  treasury = { zh = "资金机关", en = "Treasury", scope = "jurisdiction", impartial = true },
  council = { zh = "议事机构", en = "Council", scope = "jurisdiction" },
}
