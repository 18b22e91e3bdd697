return roles { clerk = { zh = "经办", en = "Clerk", scope = "unit" }, office = { zh = "主管", en = "Office", scope = "jurisdiction" } }
