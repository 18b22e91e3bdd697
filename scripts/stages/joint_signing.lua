-- 第十八条 统采分签:各区县签订自己的合同,条款与母项目相同,登记后转到母项目 · each county signs its own contract; the terms are checked on the parent
local contracts = require "lib.contracts"
local common = require "lib.common"

-- 母项目须在合同签订环节 · the parent must stand in its contract stage
local function ready(case, now)
  local parent = now.cases[case.facts.project]
  if not parent or not is_open(parent, "contract") then
    return refuse { article = 18, code = "joint.parent", zh = "母项目不在“合同签订”环节:请待其到该环节再签,或办理“不再分签”", en = "The parent project is not in its contract stage: wait for it, or drop this contract" }
  end
end

local function fits(case, given)
  if given.amount > case.facts.share then
    return refuse { article = 18, code = "joint.share", field = "amount", zh = ("合同款超过分担金额%s:经费分级负担,请在分担数内签订"):format(money_text(case.facts.share)),
      en = ("More than this county's share of %s: each level bears its own"):format(common.yuan(case.facts.share)) }
  end
end

return stage "joint_signing" {
  kind = "joint_contract", order = 10, articles = { 18 }, owner = "builder", title = { zh = "分签合同签订", en = "Sign the county's contract" },
  limits = { remind_after = days(30) },
  actions = {
    sign = { by = "builder", order = 1, usual = 1, after = workdays(10), title = { zh = "签订分签合同", en = "Sign the separate contract" }, needs = docs { "contract" }, reads = { "project" }, check = fits,
      help = { zh = "条款要求(尾款、终止机制、运维期)由母项目核对;签订后转到母项目", en = "The terms are checked on the parent project, where the contract is then on record" },
      form = contracts.form(), guard = ready,
      effect = function(case, given)
        return { set("joint_number", given.number), set("joint_amount", given.amount), set("joint_signed_on", given.signed_on),
          act { case = case.facts.project, stage = "contract", action = "join", input = given }, finish "signed" }
      end },
    drop = { by = "builder", order = 2, title = { zh = "不再分签", en = "No separate contract after all" }, form = { { "reason", text, zh = "理由", en = "Why" } },
      effect = { set("end_reason", input "reason"), notify { to = { "bureau" }, article = 18, zh = "有区县不再分签合同", en = "A county signs no separate contract" }, finish "dropped" } },
  },
  deadlines = { waiting = { article = 18, from = "opened", limit = "remind_after", nature = "reminder", warn = { workdays(10) }, tell = "builder", action = "sign",
    title = { zh = "分签合同提醒(本地设定)", en = "Separate contract pending (local setting)" } } },
}
