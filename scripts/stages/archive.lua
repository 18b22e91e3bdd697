-- 第二十九条 档案:竣工验收完成后报政务管理服务局备案,提倡电子档案
local ending = require "lib.ending"

return stage "archive" {
  kind = "project", order = 160, articles = { 29 }, owner = "builder", title = { zh = "档案备案", en = "Filing of the archive" },
  limits = { file_within = workdays(7) },
  facts = { { "archived_on", date, zh = "档案报备日期", en = "Archive filed on", optional = true },
    { "archive_form", choice { { "electronic", "电子", "Electronic" }, { "paper", "纸质", "Paper" }, { "both", "电子和纸质", "Both" } },
    zh = "档案形式", en = "Form of the archive", optional = true, example = "electronic" },
    { "archive_returned", text, zh = "档案退回意见", en = "Why the archive was returned", optional = true } },
  actions = {
    file = { by = "builder", order = 1, usual = 1, after = workdays(5), title = { zh = "报送档案资料", en = "File the archive" },
      needs = docs { "archive_file" }, form = { { name = "archive_form", fact = "archive_form", optional = false } }, when = not_set("archived_on"),
      effect = { set("archived_on", today), set("archive_form", input "archive_form"),
        notify { to = { "bureau" }, article = 29, zh = "项目档案资料已报备", en = "The archive was filed" } } },
    receive = { by = "bureau", bulk = true, order = 2, usual = 2, after = workdays(5), title = { zh = "收备", en = "Receive the archive" },
      when = is_set("archived_on"), effect = function(case) return ending.wind_up(case, "archive") end },
    return_archive = { by = "bureau", order = 3, title = { zh = "退回补齐", en = "Return the archive" }, when = is_set("archived_on"),
      form = { { "reason", text, zh = "退回意见", en = "What is missing" } },
      effect = { unset("archived_on"), set("archive_returned", input "reason"),
        notify { to = { "builder" }, article = 29, zh = "档案资料被退回,请补齐后重报",
        en = "The archive was returned: complete it and file again" } } },
  },
  deadlines = {
    file = { article = 29, source = { zh = "借用政府采购法第四十七条({file_within});本办法未定期限",
      en = "Borrowed from the Government Procurement Law, art. 47; this regulation names no limit" }, from = "final_accepted_on",
      limit = "file_within", nature = "reminder",
      stage_open = true, unless = "archived_on", warn = { workdays(2) }, after = { workdays(5), workdays(15) }, tell = "builder", action = "file",
      title = { zh = "档案备案提醒", en = "File the archive" } },
  },
}
