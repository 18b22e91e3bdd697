-- The reference: every word that a script can write, told once. Asked for by `banfa rules reference`; it raises where a word is told that is not
-- there, or is there and not told, so that the two cannot drift apart.
local told = {}
local function tell(section, zh, en, rows) if host.describe then told[#told + 1] = { name = section, zh = zh, en = en, rows = rows } end end

tell("declarations", "声明", "Declarations", {
  { "stage", 'stage "name" { … }', "一个环节", "A stage", 'stage "approval" { … }' },
  { "amend", 'amend "stage" { … }', "改一个环节的一部分", "Changes a part of a stage", 'amend "approval" { limits = { decide_within = workdays(7) } }' },
  { "kind", 'kind "name" { … }', "一类事项", "A kind of case", 'kind "project" { … }' },
  { "register", 'register "name" { … }', "一个名册", "A register", 'register "experts" { … }' },
  { "report", 'report "name" { … }', "一张报表", "A report", 'report "ledger" { … }' },
  { "letter", 'letter "name" { … }', "一份可以打印的公文", "An official paper to print", 'letter "receipt" { … }' },
  { "notice", 'notice "name" { title, zh, en }', "一种告知怎样说,在 notices/", "How a notice is worded, under notices/", 'notice "due" { … }' },
  { "reword", 'reword "name" { … }', "县区改告知的话", "A county's own wording", 'reword "due" { zh = { subject = "{case}:请尽快办理" } }' },
  { "redline", 'redline "name" { … }', "一条红线,只在 redlines/", "A red line, only under redlines/", 'redline "retention" { … }' },
  { "crossed", "crossed { zh, en }", "红线的函数说:踩了", "What a red line says when it is crossed", 'crossed { zh = "…", en = "…" }' },
  { "migrate", 'migrate "name" { … }', "规则变时在办事项的去处", "Where open cases go when rules change", 'migrate "to_procurement" { … }' },
  { "world", "world { on, cases, entries }", "验证红线时从哪里起,只在 redlines/", "The world in which red lines are proved, under redlines/", 'world { on = "2023-06-01", cases = { { kind = "project" } } }' },
  { "papers", "papers { name = { zh, en, article } }", "材料的名目", "The papers there are", 'papers { budget = { zh = "预算", en = "Budget", article = 17 } }' },
  { "roles", "roles { … }", "角色,只在 roles.lua", "Roles, in roles.lua", 'roles { bureau = { zh = "…", en = "…", scope = "jurisdiction" } }' },
  { "jurisdictions", "jurisdictions { … }", "辖区,只在 jurisdictions.lua", "Jurisdictions", 'jurisdictions { ["430922"] = { zh = "桃江县", en = "Taojiang County" } }' },
  { "law", "law { { name, given, steps, expect }, … }", "判例,只在 law/", "Law cases, only under law/", "law { … }" },
  { "articles", "articles { [n] = { zh, en } }", "各条的标题,或为什么不需程序", "Titles of articles, or why one asks nothing", 'articles { [1] = { zh = "目的", en = "Purpose" } }' },
  { "remove", "name = remove", "在 amend 里去掉一部分", "Takes a part out, in amend", "actions = { send_back = remove }" } })

tell("types", "字段的类型", "Types of fields", {
  { "text", "text", "文字", "A text", '{ "opinion", text, zh = "意见", en = "Opinion" }' },
  { "money", "money", "金额,整数分", "Money, whole fen", '{ "amount", money, zh = "金额", en = "Amount", min = 1 }' },
  { "int", "int", "整数", "A whole number", '{ "year", int, zh = "年度", en = "Year" }' },
  { "percent", "percent", "百分数", "A percentage", '{ "share", percent, zh = "比例", en = "Share" }' },
  { "bool", "bool", "是、否", "Yes or no", '{ "cloud", bool, zh = "上云", en = "On the cloud" }' },
  { "date", "date", '日期 "YYYY-MM-DD"', 'A day, "YYYY-MM-DD"', '{ "held_on", date, zh = "日期", en = "Held on" }' },
  { "user", "user", "一个用户", "A user", '{ "leader", user, zh = "负责人", en = "Leader" }' },
  { "org", "org", "一个单位", "An organisation", '{ "unit", org, zh = "单位", en = "Unit" }' },
  { "choice", 'choice { {"v", "中文", "English"}, … }', "选一个", "One of several", 'choice { { "own", "自行", "Own" } }' },
  { "list_of", "list_of(type) 或 list_of { fields }", "清单", "A list", "list_of(text)" },
  { "record", "record { fields }", "几项合成一项", "Several fields as one", 'record { { "year", int, zh = "年", en = "Year" } }' },
  { "ref", 'ref "kind"', "另一个事项", "Another case", 'ref "plan"' },
  { "entry", 'entry "register"', "名册中的一条", "An entry of a register", 'entry "experts"' } })

tell("amounts", "钱和期限", "Money and periods", {
  { "yuan", "yuan(n)", "n 元", "n yuan, in fen", "yuan(3000)" }, { "wan", "wan(n)", "n 万元", "n times 10,000 yuan, in fen", "wan(50)" },
  { "workdays", "workdays(n)", "n 个工作日", "n working days", "workdays(10)" }, { "days", "days(n)", "n 日", "n days", "days(30)" },
  { "months", "months(n)", "n 个月", "n months", "months(6)" }, { "years", "years(n)", "n 年", "n years", "years(2)" } })

tell("conditions", "条件", "Conditions", {
  { "at_least", "at_least(fact, value)", "以上(含)", "That or more", 'at_least("investment", wan(200))' },
  { "above", "above(fact, value)", "超过", "More than", 'above("investment", limit "exempt_up_to")' },
  { "at_most", "at_most(fact, value)", "以下(含)", "That or less", 'at_most("investment", wan(50))' },
  { "below", "below(fact, value)", "不足", "Less than", 'below("investment", wan(200))' },
  { "is", "is(fact, value)", "等于", "Equal", 'is("category", "software")' },
  { "is_not", "is_not(fact, value)", "不等于", "Not equal, or not set", 'is_not("category", "software")' },
  { "is_set", "is_set(fact)", "有这个事实", "The fact is set", 'is_set("approved_on")' },
  { "not_set", "not_set(fact)", "没有这个事实", "The fact is not set", 'not_set("approved_on")' },
  { "all", "all { … }", "都要成立", "Every one holds", 'all { is_set("a"), is_set("b") }' },
  { "any", "any { … }", "有一个成立", "One of them holds", 'any { is_set("a"), is_set("b") }' },
  { "none", "none { … }", "都不成立", "None of them holds", 'none { is_set("a") }' } })

tell("papers", "材料", "Papers", {
  { "docs", 'docs { "paper", … }', "要交的材料", "Papers that are due", 'docs { "budget" }' },
  { "when", 'when(condition, "paper", …)', "在 docs 里:只在这种情况下要交", "Within docs: due only then", 'docs { when(at_least("investment", wan(200)), "study") }' } })

tell("effects", "效果", "Effects", {
  { "set", "set(fact, value)", "记下一个事实", "Sets a fact", 'set("approved_on", today)' },
  { "unset", "unset(fact)", "去掉一个事实", "Takes a fact away", 'unset("declared_on")' },
  { "append", "append(fact, value)", "在清单后面加一条", "Adds to a list", 'append("contracts", { number = "HT-001" })' },
  { "open", "open(stage)", "开一个环节;再开就是新一轮", "Opens a stage; again: a new round", 'open "budget_review"' },
  { "close", "close() 或 close(stage)", "关本环节或另一个", "Closes this stage or another", "close()" },
  { "follow", "follow(lead)", "关本环节,开 leads 指的", "Closes this stage, opens where leads says", 'follow "passed"' },
  { "finish", "finish(outcome)", "事项了结", "Ends the case", 'finish "done"' },
  { "notify", "notify { to, zh, en, article, urgent }", "告知", "Tells people", 'notify { to = { "builder" }, article = 49, zh = "…", en = "…" }' },
  { "act", "act { case, stage, action, input }", "同时办另一个事项的操作", "Acts on another case at the same moment", 'act { case = id, stage = "planning", action = "enter_plan" }' },
  { "create", "create { kind, facts, as }", "新建一个事项,编号记在 as", "Opens another case, its id kept in as", 'create { kind = "plan", facts = { … }, as = "plan" }' },
  { "add", "add(register, id, value)", "名册里加一条", "Adds an entry to a register", 'add("credit", id, { … })' },
  { "change", "change(register, id, value)", "改名册里的一条", "Changes an entry", 'change("credit", id, { … })' },
  { "classify", "classify(level)", "定密级", "Sets the level of secrecy", "classify(1)" },
  { "start", "start(clock)", "计时开始", "Starts a clock", 'start "decide"' }, { "pause", "pause(clock)", "计时暂停", "Pauses it", 'pause "decide"' },
  { "resume", "resume(clock)", "计时继续", "Resumes it", 'resume "decide"' }, { "stop", "stop(clock)", "计时停止", "Stops it", 'stop "decide"' } })

tell("placeholders", "数据里的占位", "Placeholders in data", {
  { "today", "today", "办理当天", "The day of the action", 'set("approved_on", today)' },
  { "input", 'input "name"', "表中的一项", "What the form says", 'set("opinion", input "opinion")' },
  { "fact", 'fact "name"', "事项的一个事实", "A fact of the case", 'set("declared", fact "investment")' },
  { "limit", 'limit "name"', "limits 里的一个;别的环节写 stage.name", "One of limits; another stage's as stage.name", 'above("investment", limit "exempt_up_to")' } })

tell("helpers", "函数", "Helpers", {
  { "refuse", "refuse { article, code, zh, en, field }", "拒绝", "A refusal", 'refuse { article = 49, zh = "…", en = "…" }' },
  { "later", "later(date, period)", "某日以后的一段时间(最后一日顺延到工作日)", "That long after a day; a last day on a rest day moves on", 'later("2024-03-04", workdays(3)) --> "2024-03-07"' },
  { "earlier", "earlier(date, period)", "某日以前的一段时间", "That long before a day", 'earlier("2024-03-07", workdays(3)) --> "2024-03-04"' },
  { "workdays_between", "workdays_between(a, b)", "a 的次日到 b 有几个工作日", "Working days from the day after a to b", 'workdays_between("2024-03-04", "2024-03-07") --> 3' },
  { "is_workday", "is_workday(date)", "是不是工作日", "Whether a day is worked", 'is_workday("2024-04-07") --> true' },
  { "year_of", "year_of(date)", "年份", "The year", 'year_of("2024-03-04") --> 2024' },
  { "money_text", "money_text(fen)", "金额写成中文", "An amount as Chinese text", 'money_text(wan(50)) --> "50万元"' },
  { "money_capitals", "money_capitals(fen)", "金额大写", "An amount in Chinese capitals", 'money_capitals(yuan(1001)) --> "壹仟零壹元整"' },
  { "date_zh", "date_zh(date)", "日期写成中文", "A day as Chinese text", 'date_zh("2024-03-04") --> "2024年3月4日"' },
  { "is_open", "is_open(case, stage)", "环节开着没有", "Whether a stage is open", 'is_open(case, "approval")' },
  { "has_paper", "has_paper(case, paper)", "交了某材料没有", "Whether a paper is there", 'has_paper(case, "budget")' },
  { "sm3", "sm3(text)", "SM3 摘要,十六进制:抽取可复核", "SM3 in hex: for draws that anyone can check", 'sm3(now.seed .. ":E001")' } })

tell("lua", "Lua 自带的(安全的部分)", "Lua's own, the safe part", {
  { "require", 'require "lib.common"', "用规则里的另一个文件", "Another file of the ruleset", 'local common = require "lib.common"' },
  { "pairs", "pairs(t)", "按固定顺序逐项", "All members, in one order", "for k, v in pairs(t) do … end" },
  { "ipairs", "ipairs(t)", "按序号逐项", "A list's members", "for i, v in ipairs(t) do … end" },
  { "next", "next(t)", "第一项;空的是 nil", "The first member", "next(t) == nil" }, { "select", "select(n, …)", "可变参数", "Of several values", 'select("#", ...)' },
  { "type", "type(v)", "是什么", "What it is", 'type(v) == "table"' }, { "tonumber", "tonumber(s)", "文字变数", "Text to number", 'tonumber("12")' },
  { "tostring", "tostring(v)", "变文字", "To text", "tostring(12)" }, { "error", "error(text)", "脚本自身出错(不是拒绝)", "A fault of the script, not a refusal", 'error("…")' },
  { "assert", "assert(v, text)", "不成立就出错", "A fault where it does not hold", "assert(x)" }, { "pcall", "pcall(f, …)", "出错不中断", "Catches a fault", "pcall(f)" },
  { "xpcall", "xpcall(f, h)", "同上", "The same, with a handler", "xpcall(f, h)" }, { "rawequal", "rawequal(a, b)", "是同一个", "The very same", "rawequal(a, b)" },
  { "rawlen", "rawlen(t)", "长度", "Its length", "rawlen(t)" }, { "getmetatable", "getmetatable(t)", "元表", "Its metatable", "getmetatable(t)" },
  { "setmetatable", "setmetatable(t, m)", "设元表", "Sets it", "setmetatable({}, m)" },
  { "string", "string.*", "byte char find format gmatch gsub len lower match rep reverse sub upper", "as in Lua 5.4", '("%d年"):format(2024)' },
  { "table", "table.*", "concat insert move pack remove sort unpack", "as in Lua 5.4", "table.sort(items)" },
  { "math", "math.*", "abs ceil floor fmod huge max maxinteger min mininteger modf tointeger type ult", "as in Lua 5.4", "math.max(a, b)" },
  { "utf8", "utf8.*", "char charpattern codepoint codes len offset", "as in Lua 5.4", 'utf8.len("桃江")' } })

tell("case", "函数得到的 case(只读)", "What functions get: case, read-only", {
  { "id", "case.id", "编号", "Its id", '"430922-2024-0001"' }, { "number", "case.number", "序号", "Its number", "1" }, { "kind", "case.kind", "哪类", "Its kind", '"project"' },
  { "jurisdiction", "case.jurisdiction", "辖区", "Its jurisdiction", '"430922"' }, { "unit", "case.unit", "单位", "The unit whose it is", '"tj-shuili"' },
  { "title", "case.title", "名称", "Its title", '"水库监测"' }, { "facts", "case.facts.*", "事实", "Its facts", "case.facts.investment" },
  { "stages", "case.stages[name]", "环节:state opened closed round did", "Stages: state, opened, closed, round, did", "case.stages.approval.did.accept" },
  { "documents", "case.documents", "材料:{ id, kind, name, at }", "Papers on the case", "has_paper(case, \"budget\")" },
  { "clocks", "case.clocks", "计时", "Its clocks", "—" }, { "created", "case.created", "新建之日", "The day it was opened", '"2024-03-01"' },
  { "version", "case.version", "办过几步", "How many events it has", "7" }, { "ruleset", "case.ruleset", "留用的规则(没有就是现行的)", "The rules it stays on, if any", "—" },
  { "secret", "case.secret", "密级", "Its level of secrecy", "0" }, { "fired", "case.fired", "已发的提醒", "Reminders that were sent", "—" } })

tell("now", "函数得到的 now(只读)", "What functions get: now, read-only", {
  { "date", "now.date", "当天", "The day", '"2024-03-04"' }, { "time", "now.time", "时刻", "The time of day", "—" },
  { "actor", "now.actor", "谁在办:user name org roles", "Who acts: user, name, org, roles", "now.actor.org" },
  { "limits", "now.limits.*", "本环节的 limits", "This stage's limits", "now.limits.review_within" },
  { "limit", 'now.limit("stage.name")', "别的环节的", "Another stage's", 'now.limit("declaration.exempt_up_to")' },
  { "cases", "now.cases[id]", "reads 要的别的事项", "Other cases that reads asked for", "now.cases[id].facts" },
  { "entries", "now.entries[register][id]", "名册的条目", "Entries of registers", "now.entries.experts.E001" },
  { "seed", "now.seed", "前一事件的摘要:抽取用", "Hash of the event before: for draws", "sm3(now.seed .. id)" },
  { "asking", "now.asking", "只是看看能不能办", "True while it is only asked whether", "if now.asking then … end" } })

local function say_missing(known, section, what)
  for _, part in ipairs(told) do
    if not section or part.name == section then
      for _, r in ipairs(part.rows) do known[r[1]] = nil end
    end
  end
  local name = next(known)
  if name then error(("%s '%s' is not described: tell of it in core/lua/8_reference.lua"):format(what, name), 0) end
end

-- entry.reference() → { declarations = [ … ], words = [ … ] }
function P.entry.reference()
  local known, inside = {}, { host = true, rawget = true, rawset = true }
  for name in pairs(P.words) do known[name] = true end
  for name in pairs(_ENV) do if not inside[name] then known[name] = true end end
  for _, part in ipairs(told) do
    if part.name ~= "case" and part.name ~= "now" then
      for _, r in ipairs(part.rows) do
        if not known[r[1]] then error(("'%s' is described, but is no word of scripts"):format(r[1]), 0) end
      end
    end
  end
  local now = {}
  for name in pairs(P.context({}, nil, { date = "", time = "", actor = {}, seed = "", asking = true })) do now[name] = true end
  say_missing(now, "now", "now's member")
  say_missing(known, nil, "the word")
  for _, d in ipairs(P.declared) do -- named members: what crosses is a list or an object, not both
    for i, r in ipairs(d.rows) do d.rows[i] = { name = tostring(r[1]), type = r[2], zh = r[3], en = r[4], example = r[5], due = r.due } end
  end
  return { declarations = P.declared, words = told }
end
