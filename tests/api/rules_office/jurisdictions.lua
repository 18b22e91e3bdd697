return jurisdictions { ["100000"] = { zh = "市", en = "City" }, ["100001"] = { zh = "县", en = "County", parent = "100000" } }
