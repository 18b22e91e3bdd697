return roles { clerk = { zh = "经办", en = "Clerk", scope = "unit" } }
