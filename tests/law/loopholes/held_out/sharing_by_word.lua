-- file: counties/430922/sharing_by_word.lua
-- crosses: no_acceptance_without_sharing
-- 登记共享不要证明 · sharing is recorded without its proof
return amend "builder_acceptance" { actions = { record_sharing = { needs = docs {} } } }
