-- file: counties/430922/payment_window.lua
-- crosses: never_more_than_85_percent
-- 新设“年终集中付款”环节,一次付清 · a stage that pays everything at the end of the year
return {
  amend "contract" { leads = { signed = { "filing", "construction", "year_end" } } },
  stage "year_end" {
    kind = "project", order = 112, articles = { 49 }, owner = "finance", title = { zh = "年终集中付款", en = "Payment at the end of the year" },
    actions = { settle = { by = "finance", order = 1, usual = 1, title = { zh = "付清", en = "Pay all" },
      effect = function(case, _, now)
        local out = { close() }
        for _, c in ipairs(case.facts.contracts) do out[#out + 1] = append("payments", { contract = c.number, amount = c.amount, paid_on = now.date, purpose = "progress" }) end
        return out
      end } },
  },
}
