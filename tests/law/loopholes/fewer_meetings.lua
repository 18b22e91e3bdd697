-- file: counties/430922/fewer_meetings.lua
-- crosses: expert_meeting_from_2000000
-- 专家会门槛提到300万元 · a meeting from 3,000,000 only
return amend "scheme_review" { limits = { meeting_from = wan(300) } }
