-- file: counties/430922/split_is_fine.lua
-- crosses: no_approval_of_a_split_project
-- 是否拆分只作参考 · splitting is only for information
return amend "approval" {
  actions = {
    found_split = { by = "bureau", order = 22, article = 16, title = { zh = "标记为拆分", en = "Mark as split" }, effect = { set("split_found", true) } },
    approve = { guard = function(case)
      if not case.facts.accepted_on then return refuse { article = 14, zh = "尚未受理", en = "Not accepted yet" } end
    end },
  },
}
