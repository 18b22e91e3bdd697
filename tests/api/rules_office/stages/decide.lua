return stage "decide" { kind = "item", articles = { 3 }, title = { zh = "决定", en = "Decide" }, owner = "treasury", leads = { on = "pay" },
  limits = { within = workdays(5) },
  actions = {
    approve = { by = "treasury", usual = 1, title = { zh = "批准", en = "Approve" }, form = { { "amount", money, zh = "金额", en = "Amount" } },
      effect = { set("amount", input "amount"), set("decided_on", today), follow "on" } },
    spawn = { by = "treasury", title = { zh = "另立", en = "Spawn" },
      effect = function(case) return { create { kind = "item", facts = { title = case.title .. " 2", amount = 1 }, as = "made" } } end },
    classify = { by = "treasury", title = { zh = "定密", en = "Classify" }, effect = { set("level", 2), classify(2) } },
    refuse_ = { by = "treasury", title = { zh = "驳回", en = "Refuse" }, effect = { finish "refused" } },
  },
  deadlines = { decide = { article = 3, title = { zh = "决定时限", en = "Decide" }, from = "opened", limit = "within", tell = "treasury" } } }
