-- file: counties/430922/reply_by_phone.lua
-- crosses: decisions_have_their_papers
-- 批复不要文件 · an approval without its paper
return amend "approval" { actions = { approve = { needs = docs {} } } }
