return amend "work" { limits = { within = months(2) } }
