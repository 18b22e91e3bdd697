-- The words that ruleset files are written in. Each builds plain data; none reads anything from outside.
-- The files of this folder are joined into one chunk, in the order of their names; P is what they share.
local P = { words = {}, entry = {} }
local W = P.words

-- A shape from rows { name, type, zh, en, example, due = }: the checker takes the types. What the reference tells is kept only
-- for a program that asks (host.describe is there then), so that it costs no state anything.
function P.described(name, how, zh, en, rows)
  local words = {}
  for _, r in ipairs(rows) do words[r[1]] = r[2] end
  if host.describe then
    P.declared = P.declared or {}
    P.declared[#P.declared + 1] = { name = name, how = how, zh = zh, en = en, rows = rows }
  end
  return words
end

local function fault(level, text, ...)
  error(text:format(...), level + 1)
end

-- The line of WORD in the file of the place AT ("path:line"), at or after it; AT itself where the word is not written there.
local function line_of(at, word)
  return at and type(word) == "string" and host.line_of(at, word) or at
end
P.line_of = line_of

-- Makes sure TABLE has only KNOWN keys, each of its type; LEVEL is the script's line for the message.
local function shape(level, what, table_, known)
  if type(table_) ~= "table" then fault(level + 1, "%s: a table { … } is due, not %s", what, type(table_)) end
  for key, value in pairs(table_) do
    local want = known[key]
    if want == nil then
      local names = {}
      for name in pairs(known) do names[#names + 1] = name end
      local near = type(key) == "string" and host.nearest(key, names)
      P.wrong(key, "%s: unknown word '%s'%s", what, tostring(key), near and (", did you mean '" .. near .. "'?") or
        "; known are: " .. table.concat(names, ", "))
    end
    if want ~= "any" and not want:find(type(value), 1, true) then
      P.wrong(key, "%s: '%s' takes a %s, not a %s", what, key, (want:gsub("|", " or ")), type(value))
    end
  end
end
P.fault, P.shape = fault, shape

-- Raises TEXT at the line where WORD is written in the declaration that is being read.
function P.wrong(word, text, ...)
  local at = line_of(host.line(), word)
  error((at and at .. ": " or "") .. text:format(...), 0)
end

local function is_list(t) return type(t) == "table" and #t > 0 end
local function list(value)
  if value == nil then return {} end
  if type(value) == "table" and (is_list(value) or next(value) == nil) then return value end
  return { value }
end
P.list = list

-- Periods and money ---------------------------------------------------------------------------------------------------
local function period(unit)
  return function(count)
    if math.type(count) ~= "integer" or count < 0 or count > 36500 then
      fault(2, "%s(n): a whole number from 0 to 36500 is due", unit)
    end
    return { is = "period", unit = unit, count = count }
  end
end
W.workdays, W.days, W.months, W.years = period "workdays", period "days", period "months", period "years"

local function amount(factor, name)
  return function(count)
    local fen = type(count) == "number" and math.tointeger(count * factor)
    if not fen or fen < 0 then fault(2, "%s(n): an amount that is whole in fen is due", name) end
    return fen
  end
end
W.yuan, W.wan = amount(100, "yuan"), amount(1000000, "wan")

-- Types of fields -----------------------------------------------------------------------------------------------------
for _, name in ipairs { "text", "money", "int", "percent", "bool", "date", "user", "org" } do
  W[name] = { is = "type", type = name }
end
function W.choice(options)
  local choices = {}
  for i, option in ipairs(options) do
    if type(option) ~= "table" or #option ~= 3 then fault(2, 'choice { {"value", "中文", "English"}, … }: entry %d', i) end
    choices[i] = { value = option[1], zh = option[2], en = option[3] }
  end
  return { is = "type", type = "choice", choices = choices }
end
function W.ref(kind) return { is = "type", type = "ref", kind = kind } end
function W.entry(register) return { is = "type", type = "register", register = register } end

local field_words = P.described("field", '{ "name", type, zh = "…", en = "…", … }', "字段:表里、事项上、名册里的一项", "A field of a form, a case or a register", {
  { 1, "string", "名字", "Its name", '"opinion"', due = true }, { 2, "table", "类型", "Its type", "text", due = true },
  { "zh", "string", "中文", "Chinese", '"意见"' }, { "en", "string", "英文", "English", '"Opinion"' },
  { "optional", "boolean", "true:可以不填", "true: may be left out", "true" },
  { "min", "number", "最少:数、字数、条数", "Least: number, length or count", "1" }, { "max", "number", "最多", "Most", "120" },
  { "pattern", "string", "文字的样式", "Pattern of a text", '"^%d+$"' },
  { "example", "any", "例:推演和文档用", "Used by forecasts and documentation", '"同意"' },
  { "help", "table", "一句提示", "A hint", '{ zh = "…", en = "…" }' },
  { "public", "boolean", "true:可以公开", "true: may be public", "true" } })

-- { "name", type, zh = …, en = …, … } → { name = …, type = …, … }
local function field(level, what, f)
  shape(level + 1, what, f, field_words)
  if type(f[1]) ~= "string" or type(f[2]) ~= "table" or f[2].is ~= "type" then
    fault(level + 1, '%s: a field is { "name", type, zh = "…", en = "…" }', what)
  end
  local out = { name = f[1] }
  for key, value in pairs(f[2]) do if key ~= "is" then out[key] = value end end
  for key, value in pairs(f) do if type(key) == "string" then out[key] = value end end
  return out
end

-- A list of fields; a bare string names a fact of the kind, to be filled in when the rules are joined.
local function form(level, what, fields)
  if type(fields) ~= "table" then fault(level + 1, "%s: a list of fields is due", what) end
  local out = {}
  for i, f in ipairs(fields) do
    if type(f) == "string" then
      out[i] = { fact = f, name = f }
    elseif type(f) == "table" and f.name and not f[1] then
      out[i] = f
    else
      out[i] = field(level + 1, what, f)
    end
  end
  return out
end
P.form = form

function W.record(fields) return { is = "type", type = "record", fields = form(2, "record", fields) } end
function W.list_of(of)
  if type(of) ~= "table" then fault(2, "list_of(type): a type is due") end
  if of.is == "type" then
    local item = {}
    for key, value in pairs(of) do if key ~= "is" then item[key] = value end end
    return { is = "type", type = "list", of = item }
  end
  return { is = "type", type = "list", of = { type = "record", fields = form(2, "list_of", of) } }
end

-- Conditions as data: read by the checker and by the deadline engine without running anything --------------------------
function W.limit(name) return { is = "limit", limit = name } end
for word, op in pairs { at_least = ">=", above = ">", at_most = "<=", below = "<", is = "==", is_not = "~=" } do
  W[word] = function(fact, value)
    if type(fact) ~= "string" or value == nil then fault(2, '%s("fact", value or limit "name") is due', word) end
    return { is = "condition", fact = fact, op = op, value = value }
  end
end
function W.is_set(fact) return { is = "condition", fact = fact, op = "set" } end
function W.not_set(fact) return { is = "condition", fact = fact, op = "unset" } end
for _, word in ipairs { "all", "any", "none" } do
  W[word] = function(conditions) return { is = "condition", op = word, of = conditions } end
end

-- Papers: docs { "a", when(condition, "b", "c") } -----------------------------------------------------------------------
function W.when(condition, ...)
  if type(condition) ~= "table" and type(condition) ~= "function" then fault(2, "when(condition, …): a condition comes first") end
  return { is = "when", condition = condition, items = { ... } }
end
function W.docs(papers)
  local out = { is = "docs" }
  for _, paper in ipairs(papers) do
    if type(paper) == "string" then
      out[#out + 1] = { paper = paper }
    elseif type(paper) == "table" and paper.is == "when" then
      for _, name in ipairs(paper.items) do out[#out + 1] = { paper = name, when = paper.condition } end
    else
      fault(2, 'docs { "paper", when(condition, "paper") } is due')
    end
  end
  return out
end

-- Effects: what a script asks for ---------------------------------------------------------------------------------------
W.today = { is = "value", value = "today" }
function W.input(name) return { is = "value", value = "input", name = name } end
function W.fact(name) return { is = "value", value = "fact", name = name } end

local function effect(name, build)
  W[name] = function(...)
    local out = build(...)
    out.is, out["do"] = "effect", out["do"] or name
    return out
  end
end
effect("set", function(fact, value)
  if type(fact) ~= "string" then fault(3, 'set("fact", value) is due') end
  return { is = "effect", ["do"] = "set", fact = fact, value = value } -- by far the most used: made with all its names at once
end)
effect("unset", function(fact) return { ["do"] = "set", fact = fact } end)
effect("append", function(fact, value) return { fact = fact, value = value } end)
effect("open", function(stage_) return { stage = stage_ } end)
effect("close", function(stage_) return { stage = stage_ } end)
effect("follow", function(lead) return { lead = lead } end)
effect("finish", function(outcome) return { outcome = outcome } end)
effect("notify", function(notice) return { to = list(notice.to), zh = notice.zh, en = notice.en, article = notice.article,
  urgent = notice.urgent or nil } end)
effect("act", function(call) return { case = call.case, stage = call.stage, action = call.action, input = call.input } end)
effect("create", function(call) return { kind = call.kind, facts = call.facts, as = call.as } end)
effect("add", function(register_, id, value) return { register = register_, entry = id, value = value } end)
effect("change", function(register_, id, value) return { register = register_, entry = id, value = value } end)
effect("classify", function(level) return { level = level } end)
for _, op in ipairs { "start", "pause", "resume", "stop" } do
  effect(op, function(clock) return { ["do"] = "clock", op = op, clock = clock } end)
end

-- A refusal: what a person reads. Article and both languages are due.
local refuse_words = P.described("refuse", "refuse { … }", "拒绝:依据哪条,各一句话说清什么不对、怎么办", "A refusal: the article, and a sentence in each language that says what to do", {
  { "zh", "string", "中文一句话", "A sentence in Chinese", '"须写明理由"', due = true },
  { "en", "string", "英文一句话", "A sentence in English", '"Say why"', due = true },
  { "article", "number", "依据的条(不写:操作的)", "The article (else the action's)", "49" },
  { "code", "string", "给程序看的名字", "A name for programs", '"cloud.reason"' },
  { "field", "string", "表中哪一项不对", "The field that is wrong", '"reason"' },
  { "fact", "string", "缺哪个事实", "The fact that is missing", '"plan_entered_on"' },
  { "unblock", "table", "怎样才能办", "What would unblock it", "{ … }" } })
function W.refuse(r)
  shape(2, "refuse", r, refuse_words)
  if not (r.zh and r.en) then fault(2, "refuse { article = n, zh = …, en = … }: both languages are due") end
  r.is = "refusal"
  return r
end

-- Helpers with the calendar: pure, the calendar belongs to the ruleset -----------------------------------------------------
function W.later(date, p) return host.later(date, p.count, p.unit) end
function W.earlier(date, p) return host.earlier(date, p.count, p.unit) end
W.workdays_between = function(from, to) return host.workdays_between(from, to) end
function W.is_workday(date) return host.is_workday(date) end
-- SM3 of a text, in hex: for draws that anyone can check again with standard tools.
W.sm3 = function(text) return host.sm3(text) end
function W.year_of(date) return math.tointeger(tonumber(date:sub(1, 4))) end

-- 123456789 fen → "123.456789万元" with at most six decimals, and the same in yuan for small sums.
function W.money_text(fen)
  if not fen then return "—" end
  if fen < 1000000 then return ("%d.%02d元"):format(fen // 100, fen % 100) end
  local text = ("%d.%06d"):format(fen // 1000000, fen % 1000000)
  return (text:gsub("%.?0+$", "", 1)) .. "万元"
end

function W.is_open(case, name)
  local s = case.stages[name]
  return s ~= nil and s.state == "open"
end
function W.has_paper(case, kind)
  for _, d in ipairs(case.documents) do if d.kind == kind then return true end end
  return false
end
W.remove = { is = "remove" }
