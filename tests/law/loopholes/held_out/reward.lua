-- file: counties/430922/reward.lua
-- crosses: never_more_than_85_percent
-- 按时完工奖励合同款的10% · a reward of 10% of the contract for being in time
return amend "archive" {
  actions = { reward = { by = "finance", order = 9, article = 49, title = { zh = "按期完工奖励", en = "Reward" }, when = is_set("contracts"),
    effect = function(case, _, now)
      local c = case.facts.contracts[1]
      return { append("payments", { contract = c.number, amount = c.amount * 90 // 100, paid_on = now.date, purpose = "progress" }) }
    end } },
}
