-- 第二十五条 采购文件和合同报备;第八条 小额项目的合同备案
local siblings = require "lib.siblings"
return stage "filing" {
  kind = "project", order = 100, articles = { 25, 8 }, owner = "builder", title = { zh = "合同报备", en = "Filing of the contract" },
  limits = { file_within = workdays(7) },
  help = { zh = "与建设并行;不影响开工,但未报备的不能验收",
    en = "Runs beside construction: it stops no work, but without it there is no acceptance" },
  facts = { { "filed_on", date, zh = "报备日期", en = "Filed on", optional = true },
    { "filing_received_on", date, zh = "收备日期", en = "Filing received on", optional = true },
    { "filing_returned", text, zh = "报备退回意见", en = "Why the filing was returned", optional = true } },
  actions = {
    look_at_unit = siblings.look(), judge_split = siblings.judge(),
    file = { by = "builder", order = 1, usual = 1, after = workdays(3), articles = { 25, 8 }, title = { zh = "报备", en = "File" },
      needs = docs { "contract", "procurement_documents" }, when = not_set("filed_on"),
      effect = { set("filed_on", today), notify { to = { "bureau" }, article = 25, zh = "采购文件和合同已报备",
        en = "Procurement documents and contract were filed" } } },
    receive = { by = "bureau", bulk = true, order = 2, usual = 2, after = workdays(3), article = 25, title = { zh = "收备", en = "Receive the filing" },
      when = is_set("filed_on"), guard = siblings.judged, effect = { set("filing_received_on", today), close() } },
    return_filing = { by = "bureau", order = 3, article = 25, title = { zh = "退回补齐", en = "Return the filing" }, when = is_set("filed_on"),
      form = { { "reason", text, zh = "退回意见", en = "What is missing" } },
      effect = { unset("filed_on"), set("filing_returned", input "reason"),
        notify { to = { "builder" }, article = 25, zh = "合同报备被退回,请补齐后重报",
        en = "The filing was returned: complete it and file again" } } },
  },
  deadlines = {
    file = { article = 25, source = { zh = "借用政府采购法第四十七条({file_within});本办法未定期限",
      en = "Borrowed from the Government Procurement Law, art. 47; this regulation names no limit" },
      from = "signed_on", limit = "file_within", nature = "reminder", unless = "filed_on", warn = { workdays(2) },
      after = { workdays(5), workdays(15) }, tell = "builder", action = "file",
      title = { zh = "合同报备提醒", en = "File the contract" } },
  },
}
