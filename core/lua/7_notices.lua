-- The words of notices: which there are, what each can show, that every one is there, and what one says of a given matter.
do
-- What a placeholder shows: Chinese and English for the reference, and a sample for checks and previews.
local values = {
  case = { "事项名称", "the case's title", "桃江县水库监测" }, number = { "事项编号", "its id", "430922-2024-0001" },
  unit = { "申报单位", "the unit whose it is", { zh = "桃江县水利局", en = "Taojiang Water Bureau" } },
  place = { "辖区", "the jurisdiction", { zh = "桃江县", en = "Taojiang County" } },
  duty = { "期限的名称", "the deadline's title", { zh = "审批", en = "Decide" } }, due = { "到期日", "the due date", "2024-03-15" },
  days = { "还有或已逾期几天(日历日)", "days left, or days late", 3 },
  article = { "依据的条", "the article", 14 }, source = { "别的法的出处", "another law's", { zh = "密码法第十四条", en = "Cryptography Law, article 14" } },
  stage = { "环节", "the stage", { zh = "项目审批", en = "Approval" } }, press = { "要办的操作", "the action to take", { zh = "批复", en = "Approve" } },
  link = { "事项的网址(配置了 public_url 才有)", "the case's address, with public_url configured", "https://banfa.example/cases/430922-2024-0001" },
  doer = { "该由谁办", "who is to act", { zh = "政务管理服务局", en = "Government Affairs Service Bureau" } },
  who = { "收件人", "who is told", "张三" }, by = { "办事的人", "who did it", "李四" }, no = { "第几号", "its number", "2" },
  note = { "附言或理由", "a note, or why", "请尽快" }, said = { "脚本写的那句话", "the script's own sentence", { zh = "已批复", en = "Approved" } },
  org = { "单位", "the organisation", { zh = "县政务局", en = "County bureau" } },
  from = { "起", "from", "2024-03-01" }, ruleset = { "规则集", "the ruleset", "0123456789ab" },
  fault = { "出错的位置和原因", "where a script failed, and how", "stages/approval.lua:12: …" },
  count = { "几条", "how many", 3 }, subject = { "这一条的标题", "the notice's own subject", { zh = "桃江县水库监测:“审批”将于3月15日到期", en = "Reservoirs: Decide falls due on 15 March" } },
}
local function names(text)
  local out = {}
  for name in text:gmatch("%a+") do out[name] = true end
  return out
end
-- What every notice of a case may show beside its own, and those that may be missing: a line of the text that shows one is then left out.
local common = names "case number unit place article source stage press link who due days note"
local function of(always, sometimes) return { always = names(always), sometimes = names(sometimes or "") } end
local told = {
  before = of "case number duty due days", before_other = of("case number duty due doer", "days"), late_other = of "case number duty due days doer", opens = of "case number duty due", due = of "case number duty due", overdue = of "case number duty due days",
  to_superior = of "case number duty due days", to_supervisor = of "case number duty due days", told = of("case number said", "duty"),
  handed_over = of "case number by", copied = of "case number by", urged = of "case number by stage",
  opinion_asked = of "case number by no", opinion_awaited = of "case number no due", opinion_answered = of "case number by no",
  sign_asked = of "case number by no press", signed = of "case number no", sign_failed = of "case number no",
  sent_back = of "case number by press", taken_back = of "case number by press",
  vacant = of "org", rules_missed = of("from ruleset", "fault"),
  digest = of "count", digest_item = of "subject", foot = of "",
}
local no_subject = { foot = true, digest_item = true }
P.notice_told, P.notice_values = told, values

local function shown(told_, name) return told_.always[name] or told_.sometimes[name] or common[name] end

local function date_en(text)
  local y, m, d = text:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)$")
  return y and ("%d %s %s"):format(math.tointeger(tonumber(d)), months[math.tointeger(tonumber(m))], y)
end
local how_known = { [""] = true, date = true, money = true, month = true }

local function one(value, language, how)
  if type(value) == "table" then value = value[language] or value.zh end
  if value == nil then return nil end
  if how == "date" and type(value) == "string" and value:find("^%d%d%d%d%-%d%d%-%d%d$") then return language == "zh" and P.words.date_zh(value) or date_en(value) end
  if math.type(value) == "integer" and how ~= "" then return said(value, language, how) end
  return tostring(value)
end

-- TEXT with its placeholders, and whether all were there.
local function filled_with(view, language, text, given)
  if not text:find("{", 1, true) then return text, true end
  local whole = true
  local done = text:gsub("{([%a_][%w_.]*)|?(%a*)}", function(name, how)
    local out
    if name:find(".", 1, true) then out = said(P.resolve_limit(view, "", name), language, how) else out = one(given[name], language, how) end
    whole = whole and out ~= nil and out ~= ""
    return out
  end)
  return done, whole
end

local function wrong_at(view, name, word, text, ...) P.wrong_in(view.at["notice" .. name], word, "notice '%s': " .. text:format(...), name) end

-- Every placeholder of a text that is written down, and that a subject shows only what is always there.
local function check_text(view, name, text, subject)
  local can = told[name]
  for word, how in text:gmatch("{([^{}|]*)|?([^{}]*)}") do
    if word:find(".", 1, true) then
      if P.resolve_limit(view, "", word) == nil then wrong_at(view, name, "{" .. word, "limit '%s' is not there; \"stage.name\" is due", word) end
    elseif not shown(can, word) then
      local all = {}
      for _, part in ipairs { can.always, can.sometimes, common } do for known in pairs(part) do all[known] = true end end
      wrong_at(view, name, "{" .. word, "{%s} is nothing that it can show%s", word, P.near(word, all))
    elseif subject and not can.always[word] then
      wrong_at(view, name, "{" .. word, "{%s} may be missing: write it in a line, which is then left out, not in the subject", word)
    end
    if not how_known[how] then wrong_at(view, name, "{" .. word, "{%s|%s}: date, money or month may follow the bar%s", word, how, P.near(how, how_known)) end
  end
end

local function rubbish(view, name, language, text, ...) wrong_at(view, name, language .. " =", "%s " .. text, language, ...) end

-- What template NAME says in LANGUAGE: { subject, lines }, or an error with its place.
local function say(view, name, language, given)
  local template = view.notices[name]
  local said_ = template[language]
  if type(said_) == "function" then
    local flat = {}
    for key, value in pairs(given) do flat[key] = type(value) == "table" and (value[language] or value.zh) or value end
    said_ = said_(host.readonly(flat))
  end
  if type(said_) ~= "table" then rubbish(view, name, language, "gives a %s, where { subject = …, lines = { … } } is due", type(said_)) end
  local out, whole = { lines = {} }, true
  if not no_subject[name] then
    if type(said_.subject) ~= "string" then rubbish(view, name, language, "subject is a %s, where a text is due", type(said_.subject)) end
    out.subject, whole = filled_with(view, language, said_.subject, given)
    if not whole or not out.subject:find("%S") or #out.subject > 1200 or out.subject:find("%c") then
      rubbish(view, name, language, "subject is %s", not whole and "in want of a value" or "not one line of at most 400 characters")
    end
  end
  if type(said_.lines or {}) ~= "table" then rubbish(view, name, language, "lines is a %s, where a list of texts is due", type(said_.lines)) end
  for i, line in ipairs(said_.lines or {}) do
    if type(line) ~= "string" or #line > 8000 then rubbish(view, name, language, "lines[%d] is no text of at most 8000 bytes", i) end
    local text, all_there = filled_with(view, language, line, given)
    if all_there then out.lines[#out.lines + 1] = text end
  end
  return out
end

local function samples()
  local out = {}
  for name, value in pairs(values) do out[name] = value[3] end
  return out
end

-- A candidate that words any notice words all. Not asked of rules that are in force already: a later program may tell of more, and says that in plain words.
function P.check_whole_notices()
  local view = rules.base
  if next(view.notices) == nil then return end
  for name in pairs(view.notices) do
    if not told[name] then P.wrong_in(view.at["notice" .. name], name, "notice '%s': the program tells of no such thing%s", name, P.near(name, told)) end
  end
  for name in pairs(told) do
    if not view.notices[name] then error(("notices: '%s' is missing: where one notice is worded, all are"):format(name), 0) end
  end
end

-- Each notice is worded in Chinese and English and shows only what it can. Of a county only what it reworded is looked at.
function P.check_notices(view, base)
  for name in pairs(told) do
    local template = view.notices[name]
    if not template then goto next end
    if base and template == base.notices[name] then goto next end
    for _, language in ipairs { "zh", "en" } do
      local text = template[language]
      if text == nil then wrong_at(view, name, name, "%s is missing: both languages are due", language) end
      if type(text) == "table" then
        if not no_subject[name] and not text.subject then wrong_at(view, name, name, "%s = { subject = …, lines = { … } }: the subject is missing", language) end
        if text.subject then check_text(view, name, text.subject, true) end
        for _, line in ipairs(text.lines or {}) do check_text(view, name, line) end
      else
        say(view, name, language, samples())
      end
    end
    ::next::
  end
end

-- The titles of stage and action, which the program knows by name.
local function with_titles(view, name, given)
  local stage_name, action = given.stage_name, given.action_name
  local out = {}
  for key, value in pairs(given) do out[key] = value end
  if action and action:find(".", 1, true) then stage_name, action = action:match("^([^.]+)%.(.+)$") end
  local stage = view.stages[stage_name or ""]
  out.stage = out.stage or stage and stage.title
  out.press = out.press or stage and (stage.actions[action or ""] or {}).title
  local zh, en = {}, {}
  for _, role in ipairs(given.doers or {}) do
    local known = view.roles[role] or {}
    zh[#zh + 1], en[#en + 1] = known.zh or role, known.en or role
  end
  if #zh > 0 then out.doer = { zh = table.concat(zh, "、"), en = table.concat(en, ", ") } end
  local days = given.left and (name:find("^before") and given.left or -given.left)
  if days and days > 0 then out.days = days end
  out.place = out.place or view.jurisdictions[given.jurisdiction or ""]
  return out
end

-- entry.notice(name, given) → { zh = { subject, lines, foot }, en = { … }, press } in LANGUAGES; {} where the rules word no notices.
function P.entry.notice(name, given, languages)
  local view = P.view(given.jurisdiction)
  local out = {}
  if not view.notices[name] then return out end
  given = with_titles(view, name, given)
  for _, language in ipairs(languages) do
    local said_ = say(view, name, language, given)
    if not no_subject[name] and name ~= "digest" then said_.foot = say(view, "foot", language, given).lines end
    out[language] = said_
  end
  out.press = given.press
  return out
end

-- entry.notices(jurisdiction) → [ { name, title, at, shows } ]; entry.notice_sample(name, given) → a preview's values: GIVEN over made-up ones.
function P.entry.notices(jurisdiction)
  local view, out = P.view(jurisdiction), {}
  for name, template in pairs(view.notices) do
    local shows = {}
    for value in pairs(values) do if shown(told[name], value) then shows[#shows + 1] = value end end
    table.sort(shows)
    out[#out + 1] = { name = name, title = template.title, at = view.at["notice" .. name], shows = shows }
  end
  table.sort(out, function(a, b) return a.name < b.name end)
  return out
end
-- Of a real case only what is always shown is made up.
function P.entry.notice_sample(name, given)
  local out, can = {}, told[name]
  if not can then return out end
  for value, sample in pairs(samples()) do
    if can.always[value] or (not given.number and value ~= "link" and value ~= "source" and shown(can, value)) then out[value] = sample end
  end
  for key, value in pairs(given) do out[key] = value end
  return out
end
end
