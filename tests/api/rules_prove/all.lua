-- Rules for the tests of proofs: small enough to be lived through to their end in a moment.
return {
  roles { clerk = { zh = "员", en = "Clerk", scope = "jurisdiction" } },
  jurisdictions { ["100000"] = { zh = "市", en = "City" }, ["100001"] = { zh = "甲县", en = "County A", parent = "100000" }, ["100002"] = { zh = "乙县", en = "County B", parent = "100000" } },
  kind "item" {
    title = { zh = "件", en = "Item" }, articles = { 1 }, name = "title",
    facts = { { "title", text, zh = "名称", en = "Title", example = "件一" }, { "total", money, zh = "金额", en = "Total", example = wan(1) },
      { "checked_on", date, zh = "核对日期", en = "Checked on", optional = true }, { "paid_on", date, zh = "付款日期", en = "Paid on", optional = true } },
    create = { by = "clerk", form = { "title", "total" }, effect = { open "work" } },
  },
  stage "work" {
    kind = "item", order = 1, articles = { 1 }, owner = "clerk", title = { zh = "办理", en = "Work" }, limits = { check_from = wan(5), within = months(1) },
    actions = {
      check = { by = "clerk", order = 1, title = { zh = "核对", en = "Check" }, effect = { set("checked_on", today) } },
      pay = { by = "clerk", order = 2, usual = 1, title = { zh = "付款", en = "Pay" },
        guard = function(case, now)
          if case.facts.total >= now.limits.check_from and not case.facts.checked_on then
            return refuse { article = 1, code = "pay.unchecked", zh = "尚未核对:请先核对", en = "Not checked yet: check it first" }
          end
        end,
        effect = { set("paid_on", today), finish "done" } },
    },
    deadlines = { soon = { article = 1, from = "opened", limit = "within", tell = "clerk", title = { zh = "期限", en = "Limit" } } },
  },
}
