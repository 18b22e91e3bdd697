-- 第二十四条 工程监理制
-- luacheck: read globals law
local story = require "lib.story"
local function signed(total, more)
  local f = { investment = total, awarded_on = "2024-05-10", contracts = { story.signed(total) }, contract_amount = total, started_on = "2024-05-15", signed_on = "2024-05-15" }
  for k, v in pairs(more or {}) do f[k] = v end
  return story.project("contract", "2024-05-16", f, { "contract", "supervision_contract" })
end
local supervise = { "2024-05-20", "builder", "contract.sign_supervision", { supervisor = "某监理公司", amount = wan(3) } }
local complete = { "2024-05-21", "builder", "contract.complete" }

return law {
  { name = "委托监理后进入建设", article = 24, sort = "plain", given = signed(wan(100)), steps = { supervise, complete }, expect = { open = { "filing", "construction" } } },
  { name = "超过50万元而未委托监理", article = 24, sort = "refusal", given = signed(wan(50) + 1), steps = { complete }, expect = { refused = { article = 24, code = "contract.supervision" } } },
  { name = "恰为50万元,只提醒", article = 24, sort = "boundary", given = signed(wan(50)), steps = { complete }, expect = { open = "construction", told = "builder" } },
  { name = "小额项目自愿委托监理", article = 24, sort = "exception", given = signed(wan(40)), steps = { supervise, complete }, expect = { facts = { supervisor = "某监理公司" }, open = "construction" } },
  { name = "没有监理合同不能登记", article = 24, sort = "refusal", given = story.project("contract", "2024-05-16", { awarded_on = "2024-05-10" }), steps = { supervise },
    expect = { refused = { code = "paper.missing" } } },
  { name = "监理要求停工,告知政务管理服务局", article = 24, sort = "exception",
    given = story.project("construction", "2024-06-01", { supervision_signed_on = "2024-05-20", last_report_on = "2024-06-01" }, { "supervision_report" }),
    steps = { { "2024-07-01", "builder", "construction.supervision_report", { period = "2024年6月", findings = "隐蔽工程未验", stop_work = true } } }, expect = { told = "bureau" } },
}
