-- file: counties/430922/later_window.lua
-- crosses: declared_in_time
-- 县里申报放宽到10月31日 · the county gives a month more
return amend "declaration" { limits = { closes_month = 10, closes_day = 31 } }
