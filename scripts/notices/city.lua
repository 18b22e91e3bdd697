-- 不属于某一事项的告知,以及每条通知共有的落款和晨报 · Of no case; and what all notices share: the foot and the digest of a morning
return {
  notice "foot" { title = { zh = "每条通知的末尾", en = "The end of every notice" },
    zh = { lines = { "事项:{case}({number})", "环节:{stage}", "期限:{due|date}", "依据:第{article}条", "依据:{source}", "打开办理:{link}" } },
    en = { lines = { "Case: {case} ({number})", "Stage: {stage}", "Due: {due|date}", "Source: article {article}", "Source: {source}", "Open it: {link}" } } },
  notice "digest" { title = { zh = "每天早上一条", en = "One a morning" },
    zh = { subject = "今日提醒 {count} 条" }, en = { subject = "{count} notices of this morning" } },
  notice "digest_item" { title = { zh = "晨报里的一条", en = "One notice within it" },
    zh = { lines = { "· {subject}", "  请办理“{press}”", "  依据:第{article}条", "  {link}" } },
    en = { lines = { "· {subject}", "  To do: {press}", "  Source: article {article}", "  {link}" } } },
  notice "vacant" { title = { zh = "岗位无人", en = "Nobody is there" },
    zh = { subject = "{org}目前无人在岗,也无人代理", lines = { "其待办事项无人办理,请指定人员或代理人。" } },
    en = { subject = "Nobody is there at {org}, and no deputy acts", lines = { "What waits there stands still: name somebody." } } },
  notice "rules_missed" { title = { zh = "规则未能如期施行", en = "Rules did not come into force" },
    zh = { subject = "定于{from|date}施行的规则{ruleset}没有施行", lines = { "{fault}" } },
    en = { subject = "The rules {ruleset} that were to come into force on {from|date} have not", lines = { "{fault}" } } },
}
