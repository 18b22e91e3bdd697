return papers { note = { zh = "便条", en = "Note" } }
