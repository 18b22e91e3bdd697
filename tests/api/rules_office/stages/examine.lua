return stage "examine" { kind = "item", articles = { 2 }, title = { zh = "审查", en = "Examine" }, owner = "desk", leads = { on = "decide" },
  limits = { within = workdays(5) },
  actions = {
    accept = { by = "desk", usual = 1, once = 2, title = { zh = "受理", en = "Accept" }, clock = start "examine" },
    remark = { by = "desk", title = { zh = "备注", en = "Remark" }, form = { { "text", text, zh = "备注", en = "Remark" } },
      effect = { append("remarks", input "text") } },
    pass = { by = "desk", usual = 2, title = { zh = "通过", en = "Pass" }, effect = { set("examined_on", today), follow "on" } },
    withdraw = { by = "applicant", title = { zh = "撤回申请", en = "Withdraw" }, effect = { finish "withdrawn" } },
  },
  deadlines = { examine = { article = 2, title = { zh = "审查时限", en = "Examine" }, clock = "examine", limit = "within", warn = { workdays(1) }, tell = "desk" } } }
