return jurisdictions { ["100000"] = { zh = "市", en = "City" }, ["100001"] = { zh = "甲县", en = "County A", parent = "100000" },
  ["100002"] = { zh = "乙县", en = "County B", parent = "100000" } }
