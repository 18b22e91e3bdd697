return stage "apply" { kind = "item", articles = { 1 }, title = { zh = "申请", en = "Apply" }, owner = "applicant", leads = { on = "examine" },
  actions = {
    submit = { by = "applicant", usual = 1, title = { zh = "提交", en = "Submit" }, effect = { follow "on" } },
    classify = { by = "applicant", title = { zh = "定密", en = "Classify" }, effect = { set("level", 2), classify(2) } },
  } }
