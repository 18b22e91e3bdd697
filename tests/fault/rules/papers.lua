return papers { note = { zh = "便条", en = "Note" }, scan = { zh = "扫描件", en = "Scan" } }
