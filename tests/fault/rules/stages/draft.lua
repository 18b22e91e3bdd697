local mark = { "mark", text, zh = "记号", en = "Mark", max = 60 }
return stage "draft" {
  kind = "item", articles = { 1 }, title = { zh = "草稿", en = "Draft" }, owner = "clerk", limits = { declare_within = days(5) },
  leads = { declared = "work" },
  actions = {
    edit = { by = "clerk", title = { zh = "修改", en = "Edit" }, form = { mark, { "amount", money, zh = "金额", en = "Amount", optional = true } },
      effect = function(case, given) return { set("mark", given.mark), set("amount", given.amount), set("count", case.facts.count + 1) } end },
    declare = { by = "clerk", title = { zh = "申报", en = "Declare" }, form = { mark },
      effect = { set("mark", input "mark"), set("declared_on", today), notify { to = { "office" }, article = 1, zh = "有事项申报", en = "An item was declared" }, follow "declared" } },
  },
  deadlines = {
    declare = { article = 1, title = { zh = "申报期限", en = "Declare" }, from = "opened", limit = "declare_within", unless = "declared_on",
      warn = { days(2), days(1) }, after = { days(3) }, tell = "clerk", on_due = { set("late", true), notify { to = { "office" }, article = 1, zh = "逾期未申报", en = "Not declared in time" } } },
  },
}
