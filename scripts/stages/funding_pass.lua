-- 第九条 资金计划审定
return stage "funding_pass" {
  kind = "funding", order = 20, articles = { 9 }, owner = "government", title = { zh = "资金计划审定", en = "The government passes the funding plan" },
  leads = { returned = "funding_compile" },
  actions = {
    pass = { by = "government", order = 1, usual = 1, title = { zh = "审定通过", en = "Pass" }, needs = docs { "government_minutes" },
      effect = { set("passed_on", today), notify { to = { "finance", "bureau" }, article = 9, zh = "年度资金计划已通过", en = "The funding plan was passed" }, finish "issued" } },
    send_back = { by = "government", order = 2, title = { zh = "退回", en = "Send back" }, form = { { "reason", text, zh = "理由", en = "Why" } },
      effect = { set("returned_reason", input "reason"), notify { to = { "finance" }, article = 9, zh = "年度资金计划被退回", en = "The funding plan was sent back" }, follow "returned" } },
  },
}
