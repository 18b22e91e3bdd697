local words = { "words", text, zh = "内容", en = "Words", optional = true }
local entry_ = { "entry", text, zh = "编号", en = "Entry", optional = true }
return stage "work" {
  kind = "item", articles = { 1 }, title = { zh = "办理", en = "Work" }, owner = "clerk",
  actions = {
    release = { by = "clerk", title = { zh = "公开", en = "Release" }, when = not_set("released_on"), effect = { set("released_on", today) } },
    withdraw = { by = "clerk", title = { zh = "撤回", en = "Withdraw" }, effect = { unset("released_on") } },
    classify = { by = "clerk", title = { zh = "定密", en = "Classify" }, effect = { classify(2) } },
    add = { by = "clerk", title = { zh = "登记", en = "Add" }, form = { entry_, words },
      effect = function(_, given) return { add("notes", given.entry, { words = given.words }) } end },
    change = { by = "clerk", title = { zh = "更改", en = "Change" }, form = { entry_, words },
      effect = function(_, given) return { change("notes", given.entry, { words = given.words }) } end },
    finish = { by = "clerk", title = { zh = "办结", en = "Finish" }, effect = { finish "done" } },
  },
}
