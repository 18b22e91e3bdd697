-- file: counties/430922/meeting_hidden.lua
-- crosses: nothing
-- 500万元以下看不到“登记专家评审会”,200万元以上又必须有会:只能来回退 · the meeting is hidden where it is due: the case can only go back and forth
return amend "scheme_review" { actions = { meeting = { when = at_least("investment", wan(500)) } } }
