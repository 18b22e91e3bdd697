-- 第五十一条 施行和有效期
return stage "in_force" {
  kind = "regulation", order = 10, articles = { 51 }, owner = "bureau", title = { zh = "施行中", en = "In force" }, limits = { at_the_date = days(0) },
  readings = { { article = 51, zh = "到期之日系统不停:已办的有效,在办的照办;合同按合同", en = "Nothing stops on that day: steps taken stay valid, contracts keep their terms" } },
  actions = {
    prolong = { by = "bureau", order = 1, title = { zh = "延续", en = "Prolong" }, form = { { "expires_on", date, zh = "有效期至", en = "Valid until" }, { "document", text, zh = "文号", en = "Document", max = 80 } },
      check = function(case, given)
        if given.expires_on <= case.facts.expires_on then
          return refuse { article = 51, code = "regulation.dates", field = "expires_on", zh = "延续后的有效期应比原来晚", en = "The new date lies after the old one" }
        end
      end,
      effect = { set("expires_on", input "expires_on"), set("replaced_by", input "document") } },
    replace = { by = "bureau", order = 2, usual = 1, title = { zh = "修订或废止", en = "Revised or ended" }, form = { { "document", text, zh = "文号", en = "Document", max = 80, example = "益政办发〔2027〕号" } },
      effect = { set("replaced_by", input "document"), finish "replaced" } },
  },
  deadlines = {
    expiry = { article = 51, from = "expires_on", limit = "at_the_date", nature = "reminder", roll = false, stage_open = true, warn = { months(12), months(6), months(3), months(1), days(7) },
      tell = { "bureau", "leading_group" }, action = "replace", title = { zh = "办法有效期届满", en = "The regulation expires" },
      on_due = { notify { to = { "bureau", "leading_group", "government" }, article = 51, zh = "管理办法有效期已届满:请修订、延续或废止;系统照常运行",
        en = "The regulation has expired: revise, prolong or end it; nothing stops here" } } },
  },
}
