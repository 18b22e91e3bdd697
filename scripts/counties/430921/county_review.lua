-- 南县:采购前的县级复核,自己的环节、表单、材料和期限 · a stage of the county's own, with its form, its paper and its deadline
local common = require "lib.common"

return stage "county_review" {
  kind = "project", order = 75, articles = { 49 }, owner = "bureau", title = { zh = "县级复核", en = "County review" },
  limits = { review_within = workdays(5) },
  facts = { { "county_reviewed_on", date, zh = "县级复核日期", en = "County review on", optional = true },
    { "county_opinion", text, zh = "县级复核意见", en = "County's opinion", optional = true } },
  leads = { passed = "procurement", returned = "budget_review" },
  actions = {
    pass = { by = "bureau", order = 1, usual = 1, after = workdays(3), title = { zh = "复核同意", en = "Agree" }, needs = docs { "county_review_opinion" },
      form = { { "opinion", text, zh = "复核意见", en = "Opinion", example = "与县级平台不重复,同意采购" },
        { "duplicates", bool, zh = "与县级已有系统重复", en = "Duplicates a system of the county", example = false } },
      check = function(_, given)
        if given.duplicates then
          return refuse { article = 49, code = "county.duplicate", field = "duplicates", zh = "与县级已有系统重复的不能同意:请退回", en = "What duplicates a system of the county is returned" }
        end
      end,
      effect = { set("county_reviewed_on", today), set("county_opinion", input "opinion"),
        notify { to = { "builder", "finance" }, article = 49, zh = "县级复核同意,可以采购", en = "The county agrees: procurement may begin" }, follow "passed" } },
    send_back = { by = "bureau", order = 2, title = { zh = "退回", en = "Send back" }, form = { { "reason", text, zh = "理由", en = "Why" } },
      effect = { set("county_opinion", input "reason"), notify { to = { "builder", "finance" }, article = 49, zh = "县级复核退回,请修改预算", en = "The county sent it back: change the budget" },
        follow "returned" } },
    withdraw = common.withdraw(),
  },
  deadlines = {
    review = { article = 49, from = "opened", limit = "review_within", stage_open = true, unless = "county_reviewed_on", warn = { workdays(2) }, after = { workdays(1) }, tell = "bureau", action = "pass",
      title = { zh = "县级复核5个工作日", en = "County review within 5 working days" } },
  },
}
