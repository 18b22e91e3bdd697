return jurisdictions { ["100000"] = { zh = "本市", en = "City" }, ["100001"] = { zh = "甲县", en = "County", parent = "100000" } }
