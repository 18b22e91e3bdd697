-- 第十八条 招标投标、政府采购;市、县一体化项目统采分签
-- luacheck: read globals law
local story = require "lib.story"
local function buy(more, papers_)
  local f = { investment = wan(300), approved_on = "2024-03-08", budget_reviewed_on = "2024-04-01" }
  for k, v in pairs(more or {}) do f[k] = v or nil end
  return story.project("procurement", "2024-04-01", f, papers_ or { "procurement_documents", "award_notice" })
end
local function choose(input_) return { "2024-04-10", "builder", "procurement.choose", input_ } end
local function award(amount) return { "2024-05-10", "builder", "procurement.award", { contractor = "C001", amount = amount } } end
-- 一份分签合同 · a county's separate contract
local function part(stage_)
  return { kind = "joint_contract", on = "2024-05-20", open = "joint_signing", papers = { "contract" }, facts = { title = "智慧水利·南县", project = "P1", county = "南县", share = wan(100) },
    others = { P1 = story.other("P1", {}, stage_ or "contract") } }
end
local function sign(amount)
  return { "2024-05-21", "builder", "joint_signing.sign", { number = "HT-101", contractor = "C001", contractor_name = "某科技公司", amount = amount, signed_on = "2024-05-20", retention_percent = 15,
    termination_clause = true, operation_years = 3 } }
end
local open_ = { procurement_method = "open_tender" }

return law {
  { name = "公开招标,登记中标", article = 18, sort = "plain", given = buy(), steps = { choose(open_), award(wan(290)) },
    expect = { open = "contract", facts = { awarded_on = "2024-05-10", procurement_method = "open_tender" } } },
  { name = "中标数恰为总投资", article = 18, sort = "boundary", given = buy(), steps = { choose(open_), award(wan(300)) }, expect = { open = "contract" } },
  { name = "中标数超过总投资", article = { 18, 22 }, sort = "refusal", given = buy(), steps = { choose(open_), award(wan(300) + 1) },
    expect = { refused = { article = 22, code = "procurement.amount" } } },
  { name = "未登记采购方式,不能登记中标", article = 18, sort = "refusal", given = buy(), steps = { award(wan(290)) }, expect = { refused = { article = 18, code = "procurement.method" } } },
  { name = "单一来源须写明理由", article = 18, sort = "refusal", given = buy(), steps = { choose { procurement_method = "single_source" } },
    expect = { refused = { article = 18, code = "procurement.reason" } } },
  { name = "单一来源,写明理由", article = 18, sort = "exception", given = buy(), steps = { choose { procurement_method = "single_source", procurement_reason = "原厂专利" } },
    expect = { facts = { procurement_reason = "原厂专利" } } },
  { name = "市、县一体化须填分担金额", article = 18, sort = "refusal", given = buy { joint_with_counties = true }, steps = { choose(open_) },
    expect = { refused = { article = 18, code = "procurement.shares" } } },
  { name = "市、县一体化,统采分签", article = 18, sort = "plain", given = buy { joint_with_counties = true },
    steps = { choose { procurement_method = "open_tender", shares = { { county = "南县", amount = wan(100) }, { county = "市本级", amount = wan(200) } } }, award(wan(290)) },
    expect = { open = "contract" } },
  { name = "未批准、未评审预算,不得采购", article = { 18, 45 }, sort = "refusal", given = buy { budget_reviewed_on = false }, steps = { choose(open_) },
    expect = { refused = { article = 45, code = "procurement.not_approved" } } },
  { name = "采购失败,重新登记方式", article = 18, sort = "exception", given = buy(),
    steps = { choose(open_), { "2024-05-10", "builder", "procurement.fail", { reason = "不足三家" } } }, expect = { absent = { "procurement_method" }, may = "procurement.choose" } },
  { name = "统采分签:一次采购,每个区县一份合同、一个子事项", article = 18, sort = "plain",
    given = buy { joint_with_counties = true, procurement_method = "open_tender", shares = { { county = "南县", amount = wan(100) }, { county = "桃江县", amount = wan(50) } } },
    steps = { award(wan(290)) }, expect = { open = "contract", creates = { "joint_contract" } } },
  { name = "不是市、县一体化的不分签", article = 18, sort = "exception", given = buy { procurement_method = "open_tender" }, steps = { award(wan(290)) }, expect = { open = "contract", absent = { "joint_contracts" } } },
  { name = "分担合计恰为总投资", article = 18, sort = "boundary", given = buy { joint_with_counties = true },
    steps = { choose { procurement_method = "open_tender", shares = { { county = "南县", amount = wan(300) } } } }, expect = { facts = { procurement_method = "open_tender" } } },
  { name = "分担合计超过总投资", article = 18, sort = "refusal", given = buy { joint_with_counties = true },
    steps = { choose { procurement_method = "open_tender", shares = { { county = "南县", amount = wan(300) + 1 } } } }, expect = { refused = { article = 18, code = "procurement.shares_sum" } } },
  { name = "区县在分担数内分签,转到母项目", article = 18, sort = "plain", given = part(), steps = { sign(wan(100)) }, expect = { ended = "signed", acts = { "contract.join" } } },
  { name = "分签合同超过分担数", article = 18, sort = "refusal", given = part(), steps = { sign(wan(100) + 1) }, expect = { refused = { article = 18, code = "joint.share" } } },
  { name = "母项目不在合同签订环节,不能分签", article = 18, sort = "refusal", given = part "approval", steps = { sign(wan(100)) }, expect = { refused = { article = 18, code = "joint.parent" } } },
  { name = "还有区县未签,母项目不能进入建设", article = 18, sort = "refusal",
    given = { kind = "project", on = "2024-05-20", open = "contract", papers = { "contract" }, others = { ["430900-2024-0009"] = { id = "430900-2024-0009", kind = "joint_contract", title = "智慧水利·南县", unit = "law-unit", facts = {}, stages = {} } },
      facts = { title = "智慧水利", investment = wan(50), joint_with_counties = true, joint_contracts = { "430900-2024-0009" }, contracts = { story.signed(wan(40)) }, approved_on = "2024-03-08" } },
    steps = { { "2024-05-21", "builder", "contract.complete" } }, expect = { refused = { article = 18, code = "contract.joint" } } },
}
