local facts = {
  { "title", text, zh = "名称", en = "Title", max = 120 }, { "count", int, zh = "次数", en = "Count", optional = true },
  { "mark", text, zh = "记号", en = "Mark", optional = true }, { "list", list_of(text), zh = "清单", en = "List", optional = true },
  { "on", date, zh = "日期", en = "Date", optional = true },
}
-- attacks 由测试生成;guarded 的守卫会出事;calm 旁边照常办理 · "attacks" is generated; "guarded" has a guard that fails; "calm" goes on beside them
return {
  kind "victim" { title = { zh = "受害事项", en = "Victim" }, articles = { 1 }, name = "title", facts = facts,
    create = { by = "clerk", form = { "title" }, effect = { set("count", 0), set("list", { "a", "b" }), open "attacks" } } },
  kind "guarded" { title = { zh = "守卫", en = "Guarded" }, articles = { 1 }, name = "title", facts = { facts[1], { "on", date, zh = "日期", en = "Date", optional = true } },
    create = { by = "clerk", form = { "title" }, effect = function(case) return { set("on", "2022-09-01"), open(case.facts.title) } end } },
  kind "calm" { title = { zh = "平常事项", en = "Calm" }, articles = { 1 }, name = "title",
    facts = { facts[1], { "said", text, zh = "所见", en = "Seen", optional = true }, { "late", bool, zh = "逾期", en = "Late", optional = true } },
    create = { by = "clerk", form = { "title" }, effect = { open "calm" } } },
}
