return report "sums" {
  title = { zh = "汇总", en = "Sums" }, articles = { 1 }, by = "office", kind = "item", totals = { "amount" }, order = { "-amount" },
  parameters = { { "least", int, zh = "至少", en = "At least", optional = true } },
  columns = { { "title", zh = "名称", en = "Title" }, { "amount", money, zh = "金额", en = "Amount" }, { "stage", zh = "环节", en = "Stage" } },
  row = function(case, now)
    local least = now.parameters.least
    if least and (case.facts.amount or 0) < least then return nil end
    return { title = case.title, amount = case.facts.amount, stage = is_open(case, "work") and now.titles.work.zh or nil }
  end,
}
