return jurisdictions { ["100000"] = { zh = "市", en = "City" }, ["100001"] = { zh = "县", en = "County", parent = "100000" },
  ["100002"] = { zh = "远县", en = "Far County", parent = "100000" } }
