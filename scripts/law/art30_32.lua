-- 第三十、三十二条 定期密评、安全检测与风险评估
-- luacheck: read globals law
local story = require "lib.story"
local function running(more, papers_)
  local f = { final_accepted_on = "2024-06-28", operations_until = "2027-06-28" }
  for k, v in pairs(more or {}) do f[k] = v end
  return story.project("operations", "2024-06-28", f, papers_ or { "security_test_report", "crypto_assessment_report" })
end

return law {
  { name = "登记安全检测,下一次从那天起算", article = 32, sort = "plain", given = running(), steps = { { "2025-03-10", "builder", "operations.record_security_test" } },
    expect = { facts = { security_tested_on = "2025-03-10" }, due = { ["operations.security"] = "2026-03-10", ["operations.security_first"] = "none" } } },
  { name = "首次检测从竣工验收起一年", article = 32, sort = "boundary", given = running(), expect = { due = { ["operations.security_first"] = "2025-06-30" } } },
  { name = "没有检测报告", article = 32, sort = "refusal", given = running(nil, {}), steps = { { "2025-03-10", "builder", "operations.record_security_test" } },
    expect = { refused = { code = "paper.missing" } } },
  { name = "逾期只提醒,不停运维", article = 32, sort = "exception", given = running(), ["until"] = "2025-07-10", expect = { open = "operations", told = "builder" } },
  { name = "需密评的定期评估", article = 30, sort = "plain", given = running { needs_crypto_assessment = true }, steps = { { "2025-03-10", "builder", "operations.record_crypto" } },
    expect = { due = { ["operations.crypto"] = "2026-03-10" } } },
  { name = "首次从竣工验收起一年", article = 30, sort = "boundary", given = running { needs_crypto_assessment = true }, expect = { due = { ["operations.crypto_first"] = "2025-06-30" } } },
  { name = "没有密评报告", article = 30, sort = "refusal", given = running({ needs_crypto_assessment = true }, {}), steps = { { "2025-03-10", "builder", "operations.record_crypto" } },
    expect = { refused = { code = "paper.missing" } } },
  { name = "不需密评的没有这项提醒", article = 30, sort = "exception", given = running(), expect = { due = { ["operations.crypto_first"] = "none" }, may_not = "operations.record_crypto" } },
}
