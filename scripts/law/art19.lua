-- 第十九条 15%尾款,竣工验收满1、2、3年各付5%
-- luacheck: read globals law
local story = require "lib.story"
local function kept(more, papers_, contract)
  local f = { investment = wan(100), contracts = { contract or story.signed(wan(100)) }, contract_amount = wan(100), final_accepted_on = "2024-06-28", operation_years = 3 }
  for k, v in pairs(more or {}) do f[k] = v end
  return story.project("retention", "2024-06-28", f, papers_ or { "assessment_report" })
end
local settled = { evaluation_settled_on = "2025-05-10" }
local function review(n, date_, result) return { date_, "bureau", "retention.review_" .. n, { result = result or "passed", opinion = "合格" } } end
local function pay(n, date_) return { date_, "finance", "retention.pay_" .. n } end
local function sign(more) return { "2024-05-16", "builder", "contract.sign", story.contract(more) } end
local function contract() return story.project("contract", "2024-05-10", { awarded_on = "2024-05-10" }, { "contract" }) end

return law {
  { name = "三笔各5%,依次审核、支付", article = 19, sort = "plain", given = kept(settled),
    steps = { review(1, "2025-07-01"), pay(1, "2025-07-02"), review(2, "2026-06-30"), pay(2, "2026-07-01"), review(3, "2027-06-29"), pay(3, "2027-06-30") },
    expect = { ended = "done", facts = { tranche_3_paid_on = "2027-06-30", payments = {
      { contract = "HT-001", amount = wan(5), paid_on = "2025-07-02", purpose = "retention_1" }, { contract = "HT-001", amount = wan(5), paid_on = "2026-07-01", purpose = "retention_2" },
      { contract = "HT-001", amount = wan(5), paid_on = "2027-06-30", purpose = "retention_3" } } } } },
  { name = "除不尽的:前两笔舍去,第三笔取余数,合计恰为预留数", article = 19, sort = "boundary", given = kept(settled, nil, story.signed(333333)),
    steps = { review(1, "2025-07-01"), pay(1, "2025-07-02"), review(2, "2026-06-30"), pay(2, "2026-07-01"), review(3, "2027-06-29"), pay(3, "2027-06-30") },
    expect = { facts = { payments = { { contract = "HT-001", amount = 16666, paid_on = "2025-07-02", purpose = "retention_1" },
      { contract = "HT-001", amount = 16666, paid_on = "2026-07-01", purpose = "retention_2" }, { contract = "HT-001", amount = 16668, paid_on = "2027-06-30", purpose = "retention_3" } } } } },
  { name = "满一年的最后一日(顺延到工作日)还不能审核", article = 19, sort = "boundary", given = kept(settled), steps = { review(1, "2025-06-30") },
    expect = { refused = { article = 19, code = "retention.early" } } },
  { name = "次日起可以审核", article = 19, sort = "boundary", given = kept(settled), steps = { review(1, "2025-07-01") }, expect = { facts = { tranche_1_payable_on = "2025-07-01" } } },
  { name = "后评价未合格或问题未整改,第一笔暂缓", article = 19, sort = "refusal", given = kept(), steps = { review(1, "2025-07-01") },
    expect = { refused = { article = 19, code = "retention.evaluation" } } },
  { name = "前一笔未付,不审后一笔", article = 19, sort = "refusal", given = kept(settled), steps = { review(2, "2026-06-30") },
    expect = { refused = { article = 19, code = "retention.order" } } },
  { name = "第二笔须有年度考核", article = 19, sort = "refusal", given = kept({ tranche_1_paid_on = "2025-07-02" }, {}), steps = { review(2, "2026-06-30") },
    expect = { refused = { code = "paper.missing" } } },
  { name = "考核不合格:暂缓,不没收,整改后再审", article = 19, sort = "exception", given = kept { tranche_1_paid_on = "2025-07-02" },
    steps = { review(2, "2026-06-30", "failed"), review(2, "2026-09-01") }, expect = { facts = { tranche_2_payable_on = "2026-09-01" } } },
  { name = "暂缓期间不付", article = 19, sort = "refusal", given = kept(settled),
    steps = { review(1, "2025-07-01"), { "2025-07-01", "finance", "retention.hold", { reason = "合同争议" } }, pay(1, "2025-07-02") },
    expect = { refused = { article = 19, code = "retention.held" } } },
  { name = "到期只是可以审核,从不自动付款", article = 19, sort = "exception", given = kept(settled), ["until"] = "2025-12-31",
    expect = { absent = { "tranche_1_paid_on", "payments" }, told = { "bureau", "finance" } } },
  { name = "合同预留不是15%的不能登记", article = 19, sort = "refusal", given = contract(), steps = { sign { retention_percent = 14 } },
    expect = { refused = { article = 19, code = "contract.retention" } } },
  { name = "进度款最多付到85%", article = 19, sort = "boundary",
    given = story.project("construction", "2024-06-01", { contracts = { story.signed(wan(100)) } }),
    steps = { { "2024-06-01", "finance", "construction.pay", { contract = "HT-001", amount = wan(85) } } },
    expect = { facts = { payments = { { contract = "HT-001", amount = wan(85), paid_on = "2024-06-01", purpose = "progress" } } } } },
  { name = "多付一分也不行", article = 19, sort = "refusal", given = story.project("construction", "2024-06-01", { contracts = { story.signed(wan(100)) } }),
    steps = { { "2024-06-01", "finance", "construction.pay", { contract = "HT-001", amount = wan(85) + 1 } } }, expect = { refused = { article = 19, code = "payment.retention" } } },
}
