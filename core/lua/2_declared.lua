-- What each declaration may hold: the shape that is checked, and beside it what the reference says of it, so that neither drifts from the other.
-- A row: name, type, what it is for in Chinese and in English, an example; due = true where it must be there.
local described = P.described

local title_words = described("title", 'title = { zh = "…", en = "…" }', "名称", "A name in both languages", {
  { "zh", "string", "中文", "Chinese", '"项目审批"', due = true }, { "en", "string", "英文", "English", '"Approval"', due = true } })

local action_words = described("action", "actions = { name = { … } }", "操作:谁、什么条件、填什么、交什么、有什么结果",
  "An action: who, when, what to fill in, what to bring, what follows", {
  { "by", "string|table", "谁可以办:角色或角色清单;system 只由别的事项和期限办", "Role or roles; \"system\": only other cases and deadlines", '"bureau"', due = true },
  { "title", "table", "名称", "Its name", '{ zh = "批复", en = "Approve" }', due = true },
  { "article", "number", "依据的条", "The article", "14" },
  { "articles", "table", "依据的几条", "Several articles", "{ 13, 14 }" },
  { "form", "table", "要填的表:字段清单;只写名字的用事项上同名的字段", "Fields to fill in; a bare name takes over the fact's field", '{ { "opinion", text, zh = "意见", en = "Opinion" } }' },
  { "needs", "table", "要先交齐的材料", "Papers that must be there", 'docs { "budget" }' },
  { "when", "table", "条件:只有这样的事项才有这个操作", "A condition: the action exists only for such cases", 'above("investment", wan(50))' },
  { "guard", "function|table", "填表以前就要满足的:函数(case, now)或几个;不返回就是没有意见", "What must hold before anyone asks: (case, now), one or a list; nothing, or refuse", "function(case, now) … end" },
  { "check", "function|table", "填的表要满足的:函数(case, input, now)", "What the form must satisfy: (case, input, now)", "function(case, given, now) … end" },
  { "effect", "function|table", "结果:效果清单,或返回清单的函数(case, input, now)", "What follows: a list of effects, or a function that returns one", '{ set("approved_on", today), follow "approved" }' },
  { "clock", "table", "起、停、续一个计时", "Starts, pauses, resumes or stops a clock", 'start "decide"' },
  { "once", "number|table", "本环节内只能办一次,按第几条;{ article, unless = 表中项 }:填了该项可再办", "Only once while the stage is open, by which article", "14" },
  { "reads", "table", "脚本要看的别的事项、名册", "Other cases or registers that the script needs", '{ "plan", "register:experts" }' },
  { "usual", "number", "通常的办法排第几,推演用", "The ordinary way on, in order, for forecasts", "1" },
  { "after", "table", "通常多久办完,推演用", "How long it usually takes, for forecasts", "workdays(5)" },
  { "order", "number", "显示的顺序", "Order of display", "1" },
  { "help", "table", "给办事人的一句提示", "A hint for whoever acts", '{ zh = "…", en = "…" }' },
  { "bulk", "boolean", "true:可以选几个事项一并办理,各自单独办、单独答复", "true: several cases can be chosen for it at once, each decided by itself", "true" },
  { "system", "boolean", "界面上不显示", "Not shown to people", "true" },
  { "public", "boolean", "办理情况可以公开", "That it was done may be public", "true" },
  { "pays", "function|number", "最多付多少(分):数,或函数(case, now);看影响时用", "What it pays at most, in fen: a number or (case, now); for plans", "function(case, now) … end" },
  { "final", "boolean", "true:办了就不能撤回,也不能退回到它以前", "true: never taken back, nor sent back past it", "true" } })

local deadline_words = described("deadline", "deadlines = { name = { … } }", "期限:从哪天起、多久、提醒谁、到期怎样",
  "A deadline: from when, how long, who hears of it, what follows", {
  { "title", "table", "名称", "Its name", '{ zh = "审批时限", en = "Decide" }', due = true },
  { "article", "number", "依据的条;没有就写 source", "The article; else source is due", "14" },
  { "articles", "table", "依据的几条", "Several articles", "{ 14, 15 }" },
  { "source", "table", "别的法的期限:出处", "Another law's: where it is from", '{ zh = "密码法", en = "Cryptography Law" }' },
  { "limit", "string", "多久:limits 里的名字", "How long: a name in limits", '"decide_within"' },
  { "from", "string|table", "从哪个日期起;opened 是本环节开始之日;几个取最晚", 'From which date; "opened": the day the stage opened; the latest of several', '"opened"' },
  { "clock", "string", "或按一个会停的计时(工作日)", "Or by a clock that can pause (working days)", '"decide"' },
  { "on", "table", "或固定在某月某日:year 是年份的事实,plus 加几年", "Or on a fixed day: year names a fact, plus adds years", '{ month = 9, day = 30, year = "plan_year", plus = -1 }' },
  { "unless", "string|table", "有了这个事实就算办了", "Done once that fact is set", '"approved_on"' },
  { "when", "table", "条件", "A condition", 'is_set("accepted_on")' },
  { "warn", "table", "到期以前的提醒", "Reminders before", "{ workdays(3), workdays(1) }" },
  { "after", "table", "到期以后的提醒", "Reminders after", "{ workdays(5) }" },
  { "tell", "string|table", "提醒谁", "Who is told", '"bureau"' },
  { "escalate", "table", "逾期仍未办时报告谁;superior 是 tell 所指单位的上级", 'Who hears later that it is still not done; "superior": the body above those in tell', '{ { after = workdays(5), tell = "superior" } }' },
  { "urgent", "boolean", "true:紧急,不等免打扰时间、休息日和晨报", "true: told at once, whatever the hour, the day or the digest", "true" },
  { "action", "string", "办哪个操作就了结", "The action that discharges it", '"approve"' },
  { "on_due", "function|table", "过了当天(24时)的结果:效果", "Effects once the day has passed (24:00)", "{ finish \"lapsed\" }" },
  { "nature", "string", "limit 会超期;opens 到时才可办;reminder 只提醒", '"limit" can be overdue, "opens" never, "reminder" only reminds', '"reminder"' },
  { "roll", "boolean|table", "false:最后一日是休息日也不顺延;也可跟着一个限额", "false: a last day on a rest day stays; or limit \"name\"", "false" },
  { "stage_open", "boolean", "true:环节关了期限就没有了", "true: gone when the stage closes", "true" },
  { "help", "table", "一句提示", "A hint", '{ zh = "…", en = "…" }' } })

local stage_words = described("stage", 'stage "name" { … }; amend "name" { … }', "环节:事项的一段;amend 只写要改的部分", "A stage of a case's life; amend names only what changes", {
  { "kind", "string", "属于哪类事项", "Of which kind of case", '"project"', due = true },
  { "title", "table", "名称", "Its name", '{ zh = "项目审批", en = "Approval" }', due = true },
  { "articles", "table", "依据的条", "Its articles", "{ 13, 14 }", due = true },
  { "owner", "string|table", "谁负责", "Who answers for it", '"bureau"' },
  { "order", "number", "显示的顺序", "Order of display", "60" },
  { "limits", "table", "条文里的数字和期限:县区要改的就是它们", "Numbers and periods of the articles: what counties tune", "{ decide_within = workdays(10) }" },
  { "facts", "table", "本环节记在事项上的字段", "What this stage adds to the case", '{ { "approved_on", date, zh = "批复日期", en = "Approved on", optional = true } }' },
  { "actions", "table", "操作", "Its actions", "{ approve = { … } }" },
  { "deadlines", "table", "期限", "Its deadlines", "{ decide = { … } }" },
  { "leads", "table", "去向:follow 的名字 → 环节(或几个)", "Where follow leads: name → stage or stages", '{ approved = "budget_review" }' },
  { "help", "table", "一句提示", "A hint", '{ zh = "…", en = "…" }' },
  { "readings", "table", "条文有几种读法时取了哪种", "Which reading of the text was taken", '{ { article = 8, zh = "…", en = "…" } }' },
  { "in_flight", "string", "规则变时在办的:stay 留用原规则,move 改用新规则", 'Open cases when this stage changes: "stay" or "move"', '"stay"' } })

local kind_words = described("kind", 'kind "name" { … }', "一类事项", "A kind of case", {
  { "title", "table", "名称", "Its name", '{ zh = "信息化项目", en = "IT project" }', due = true },
  { "articles", "table", "依据的条", "Its articles", "{ 2, 5 }" },
  { "facts", "table", "事项上的字段", "Its facts", '{ { "title", text, zh = "项目名称", en = "Title" } }' },
  { "create", "table", "怎样新建", "How one is opened", '{ by = "builder", form = { "title" }, effect = { open "declaration" } }', due = true },
  { "name", "string", "哪个字段作名称", "The fact that names it", '"title"' },
  { "columns", "table", "列表里显示的字段", "Facts shown in lists", '{ "investment" }' },
  { "limits", "table", "数字和期限", "Numbers and periods", "{ most = wan(500) }" },
  { "help", "table", "一句提示", "A hint", '{ zh = "…", en = "…" }' },
  { "number", "string", "编号的样式", "How its number is made", '"plan"' },
  { "public", "table", "不登录能看到什么:when 条件,facts 字段", "What anyone may see: when, facts", '{ when = is_set("released_on"), facts = { "title" } }' },
  { "secret", "table", "定密的操作", "How it is classified", "{ … }" } })

local create_words = described("create", "create = { … }", "怎样新建一个事项", "How a case is opened", {
  { "by", "string|table", "谁可以", "Who may", '"builder"', due = true },
  { "form", "table", "要填的字段", "Fields to fill in", '{ "title", "investment" }' },
  { "guard", "function|table", "填表以前就要满足的", "What must hold before", "function(case, now) … end" },
  { "check", "function|table", "填的要满足的", "What the form must satisfy", "function(case, given, now) … end" },
  { "effect", "function|table", "结果", "What follows", '{ open "declaration" }' },
  { "reads", "table", "脚本要看的别的事项", "Other cases that the script needs", '{ "unit:project" }' },
  { "title", "table", "名称", "Its name", '{ zh = "新建项目", en = "Open a project" }' },
  { "help", "table", "一句提示", "A hint", '{ zh = "…", en = "…" }' },
  { "article", "number", "依据的条", "The article", "5" },
  { "system", "boolean", "界面上不显示", "Not shown to people", "true" } })

local public_words = described("public", "public = { … }", "不登录能看到什么", "What anyone may see without a login", {
  { "when", "table", "条件:以前什么也看不到", "A condition: nothing before", 'is_set("released_on")', due = true },
  { "facts", "table", "能看到的字段", "The facts to be seen", '{ "title" }' } })

local register_words = described("register", 'register "name" { … }', "名册:专家、承建单位、信用记录", "A kept list", {
  { "title", "table", "名称", "Its name", '{ zh = "专家库", en = "Experts" }', due = true },
  { "articles", "table", "依据的条", "Its articles", "{ 12 }" },
  { "fields", "table", "每条记什么", "What an entry holds", '{ { "name", text, zh = "姓名", en = "Name" } }' },
  { "by", "string|table", "谁登记", "Who writes entries", '"center"' },
  { "read", "string|table", "谁可以看(不写:所有人)", "Who reads (else every user)", '"bureau"' },
  { "help", "table", "一句提示", "A hint", '{ zh = "…", en = "…" }' },
  { "key", "string", "编号的字段", "The field that is its id", '"code"' },
  { "public", "table", "可以公开的字段", "Fields anyone may see", '{ "name" }' } })

local report_words = described("report", 'report "name" { … }', "报表", "A report", {
  { "group", "table", "按这几列归并:by 列,sum 求和,count 计数;每行带上其事项", "Rows with equal `by` become one, with sums and count; each names its cases", '{ by = { "unit" }, sum = { "amount" }, count = "projects" }' },
  { "finish", "function", "最后看全部行:返回行,和可复核的记录", "Over all rows at the end: returns the rows, and a record that can be checked", "function(rows, now) return rows, { seed = now.parameters.seed } end" },
  { "title", "table", "名称", "Its name", '{ zh = "台账", en = "Ledger" }', due = true },
  { "articles", "table", "依据的条", "Its articles", "{ 18 }" },
  { "by", "string|table", "谁可以看", "Who may read it", '"bureau"', due = true },
  { "kind", "string", "哪类事项", "Of which kind of case", '"project"' },
  { "columns", "table", "列:{ 键, 类型, zh, en }", "Columns: { key, type, zh, en }", '{ { "title", zh = "项目", en = "Project" } }', due = true },
  { "row", "function", "每个事项一行:函数(case, now);nil 不列", "A row for each case: (case, now); nil leaves it out", "function(case, now) return { title = case.title } end", due = true },
  { "parameters", "table", "可以给的参数", "Parameters", '{ { "plan_year", int, zh = "年度", en = "Year" } }' },
  { "totals", "table", "要合计的列", "Columns that are summed", '{ "investment" }' },
  { "order", "table", "排序的列;前加 - 从大到小", "Columns to sort by; - for the greatest first", '{ "-investment" }' },
  { "board", "table", "作为领导视图:by 参数的每个选项一张图和表,bars 画柱的金额列,ages 按时长分的件数列", "Shown as an overview: a chart and a table for each choice of parameter `by`; bars are columns of money, ages columns of counts", '{ by = "by", bars = { "planned" }, ages = { "overdue" } }' },
  { "room", "string", "同名的报表放在一页上,前后相接,共用参数", "Reports of one room stand on one page and share their parameters", '"plan"' },
  { "help", "table", "一句提示", "A hint", '{ zh = "…", en = "…" }' } })

local column_words = described("column", '{ "key", type, zh = …, en = … }', "报表的一列", "A column of a report", {
  { 1, "string", "键", "Its key", '"title"', due = true }, { 2, "table", "类型(不写:text)", "Its type (else text)", "money" },
  { "zh", "string", "中文", "Chinese", '"项目"', due = true }, { "en", "string", "英文", "English", '"Project"', due = true },
  { "help", "table", "一句提示", "A hint", '{ zh = "…", en = "…" }' } })

local letter_words = described("letter", 'letter "name" { … }', "一份可以打印的公文", "An official paper to print", {
  { "title", "table", "名称", "Its name", '{ zh = "受理通知书", en = "Notice of acceptance" }', due = true },
  { "kind", "string", "哪类事项", "Of which kind of case", '"project"', due = true },
  { "articles", "table", "依据的条", "Its articles", "{ 14 }" },
  { "from", "string", "由谁发出(角色)", "Who issues it: a role", '"bureau"', due = true },
  { "when", "table|function", "什么时候可以打印", "When it can be printed", 'is_set("accepted_on")' },
  { "text", "function", "写什么:函数(case, now),返回 { to, date, paragraphs, … }", "What it says: (case, now) returns { to, date, paragraphs, … }",
    "function(case, now) return { to = now.unit.zh, date = case.facts.accepted_on, paragraphs = { \"…\" } } end", due = true },
  { "order", "number", "先后", "Their order", "1" },
  { "help", "table", "一句提示", "A hint", '{ zh = "…", en = "…" }' } })

local notice_words = described("notice", 'notice "name" { … }; reword "name" { … }', "告知的话怎样说:名字是程序的(见 README 的“告知的话”);县区用 reword 只写要改的",
  "How a notice is worded: the names are the program's (see the README: Wording); a county rewords what it changes", {
  { "title", "table", "什么时候告知谁", "Who is told, and when", '{ zh = "逾期(经办)", en = "Overdue, to whoever has the duty" }' },
  { "zh", "table|function", "中文:{ subject, lines },或函数(n)返回它", "In Chinese: { subject, lines }, or a function (n) that returns it",
    '{ subject = "{case}:“{duty}”已逾期({due|date})", lines = { "已逾期{days}天。" } }' },
  { "en", "table|function", "英文,同上", "In English, the same", '{ subject = "{case}: {duty} is overdue since {due}", lines = { "{days} days late." } }' },
  { "help", "table", "一句提示", "A hint", '{ zh = "…", en = "…" }' } })

local said_words = described("said", "{ subject = …, lines = { … } }", "一种语言的话:标题一行;正文每行一条,其中有一个占位没有值,整行不写", "What is said in one language: a subject; a line that shows what is not there is left out whole", {
  { "subject", "string", "标题;foot 和 digest_item 没有", "The subject; foot and digest_item have none", '"{case}:“{duty}”将于{due|date}到期"' },
  { "lines", "table", "正文的各行", "The lines of the text", '{ "还有{days}个工作日。", "请办理“{press}”。" }' } })

local migrate_words = described("migrate", 'migrate "name" { … }', "规则变了没有出路的在办事项怎样办", "What open cases do that a change of rules would leave without a way", {
  { "title", "table", "名称", "Its name", '{ zh = "转入采购", en = "On to procurement" }', due = true },
  { "kind", "string", "哪类事项", "Of which kind of case", '"project"', due = true },
  { "from", "string", "原来的环节(可以已经没有)", "A stage of the rules before, which may be gone", '"county_review"', due = true },
  { "to", "string", "转到哪个环节", "The stage they move to", '"procurement"' },
  { "when", "table|function", "条件", "A condition", 'is_set("budget_reviewed_on")' },
  { "effect", "table|function", "结果", "What follows", '{ open "procurement" }' },
  { "order", "number", "先后", "Their order", "1" },
  { "articles", "table", "依据的几条", "Several articles", "{ 49 }" }, { "article", "number", "依据的条", "The article", "49" },
  { "help", "table", "一句提示", "A hint", '{ zh = "…", en = "…" }' } })
