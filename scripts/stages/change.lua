-- 第二十二条 变更:谁批准的,回到谁
local common = require "lib.common"
local money_ = require "lib.money"

local function after(case)
  local p = case.facts.change_pending
  return p.direction == "more" and p.amount or p.direction == "less" and -p.amount or 0
end

-- 追加累计不超过原合同款的10%(政府采购法第四十九条)
local function within(case, now)
  local p = case.facts.change_pending
  local c = money_.contract(case, p.contract)
  local sum, said = c.amount + after(case), {}
  if (sum - c.signed_amount) * 100 > c.signed_amount * now.limits.supplement_percent then
    said[1] = refuse { article = 22, code = "change.supplement",
      zh = ("追加累计超过原合同款的%d%%,不能批准(政府采购法第四十九条):超出部分应另行采购"):format(now.limits.supplement_percent),
      en = ("Supplements pass %d%% of the contract as signed and are stopped (Government Procurement Law, art. 49): procure the rest anew"):format(now.limits.supplement_percent) }
  end
  if case.facts.exempt and common.sum(case.facts.contracts, "amount") + after(case) > now.limit("declaration.exempt_up_to") then
    said[#said + 1] = refuse { article = 8, code = "change.exempt",
      zh = ("变更后超过%s,不再属于小额项目:须列入计划并报批,不能以变更方式增加"):format(money_text(now.limit("declaration.exempt_up_to"))),
      en = ("The change takes the project over %s: it would need plan and approval, so it cannot be a change"):format(common.yuan(now.limit("declaration.exempt_up_to"))) }
  end
  if sum < 0 or sum < money_.paid(case, p.contract) then
    said[#said + 1] = refuse { article = 22, code = "change.paid", zh = "减少后的合同款低于已付款:请核对金额",
      en = "The contract would fall below what is paid already: check the amount" }
  end
  return said
end

local function approve(case, given, now)
  local p, contracts, f = case.facts.change_pending, {}, case.facts
  for i, c in ipairs(f.contracts) do
    local copy = {}
    for k, v in pairs(c) do copy[k] = v end
    if c.number == p.contract then copy.amount = c.amount + after(case) end
    contracts[i] = copy
  end
  local total = common.sum(contracts, "amount")
  return { set("contracts", contracts), set("contract_amount", total),
    total > f.investment and money_.approved(case, total, "change", given.opinion, now) or {},
    append("changes", { contract = p.contract, direction = p.direction, amount = p.amount, content = p.content, decision = "approved",
      opinion = given.opinion, on = now.date }), unset("change_pending"),
    notify { to = { "builder", "finance" }, article = 22, zh = "变更已批准", en = "The change was approved" }, close() }
end

return stage "change" {
  kind = "project", order = 115, articles = { 22 }, owner = "bureau", title = { zh = "变更审批", en = "Change" },
  limits = { supplement_percent = 10, remind_after = workdays(20) },
  facts = { { "changes", list_of { { "contract", text, zh = "合同编号", en = "Contract" }, { "direction", text, zh = "增减", en = "Direction" },
    { "amount", money, zh = "金额", en = "Amount" },
    { "content", text, zh = "变更内容", en = "What changes" }, { "decision", text, zh = "决定", en = "Decision" },
    { "opinion", text, zh = "意见", en = "Opinion" }, { "on", date, zh = "日期", en = "On" } }, zh = "变更记录", en = "Changes",
      optional = true } },
  actions = {
    approve = { by = "bureau", order = 1, usual = 1, after = workdays(10), title = { zh = "批准变更", en = "Approve the change" },
      needs = docs { "change_reply" }, guard = within,
      form = { { "opinion", text, zh = "意见", en = "Opinion" } }, effect = approve,
      help = { zh = "变更后合同合计超过总投资的,总投资随之调整;只会走更严的程序,不会变简",
        en = "Where the contracts pass the total investment, the total follows; the path can only become stricter" } },
    reject = { by = "bureau", order = 2, title = { zh = "不同意变更", en = "Reject the change" },
      form = { { "opinion", text, zh = "理由", en = "Why" } },
      effect = function(case, given, now)
        local p = case.facts.change_pending
        return { append("changes", { contract = p.contract, direction = p.direction, amount = p.amount, content = p.content, decision = "rejected",
          opinion = given.opinion, on = now.date }), unset("change_pending"),
          notify { to = { "builder" }, article = 22, zh = "变更未获同意,按原批复实施", en = "The change was rejected: build as approved" }, close() }
      end },
  },
  deadlines = {
    waiting = { article = 22, from = "opened", limit = "remind_after", nature = "reminder", warn = { workdays(5) }, tell = "bureau",
      action = "approve", title = { zh = "变更审批提醒(本地设定)", en = "Change pending (local setting)" } },
  },
}
