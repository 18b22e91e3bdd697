return jurisdictions { ["100000"] = { zh = "本地", en = "Here" } }
