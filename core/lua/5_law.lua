-- Law cases are looked at before they are lived: one that tests nothing, or names what is not there, is refused where it stands.
local law_words = P.described("law case", "law { { … }, … }", "判例:前提、步骤、应当怎样", "A law case: given, when, then", {
  { "name", "string", "一句话说测什么", "What it tests, in a sentence", '"3个工作日"', due = true },
  { "article", "number|table", "哪条", "Which article", "49", due = true },
  { "sort", "string", "plain 通常 boundary 边界 refusal 拒绝 exception 例外", "plain, boundary, refusal or exception", '"plain"' },
  { "given", "table", "前提:事项原来的样子", "The case as it stood", 'story.project("approval", "2024-03-01", { … }, { "budget" })', due = true },
  { "steps", "table", '{ 日期, 角色, "环节.操作", { 表 } } 或 { 日期, 角色, "papers", { 材料 } }', "What is done, in order; only the last may be refused", '{ { "2024-03-04", "bureau", "approval.accept" } }' },
  { "until", "string", "最后一步以后再过到哪天", "Lets time pass after the last step", '"2024-04-01"' },
  { "expect", "table", "应当怎样", "What should be", '{ open = "budget_review" }', due = true } })
local given_words = P.described("given", "given = { … }", "判例的前提", "How a law case begins", {
  { "kind", "string", "哪类事项", "Its kind", '"project"', due = true }, { "on", "string", "哪天", "The day", '"2024-03-01"', due = true },
  { "open", "string|table", "开着的环节", "Open stages", '"approval"' }, { "facts", "table", "事实", "Facts", "{ investment = wan(100) }" },
  { "papers", "table", "已交的材料", "Papers on the case", '{ "budget" }' }, { "others", "table", "脚本要看的别的事项", "Other cases that scripts read", "{ A = story.other \"A\" }" },
  { "entries", "table", "名册的条目", "Entries of registers", '{ experts = { E001 = { … } } }' }, { "seed", "string", "抽取的种子", "The seed of draws", '"00…"' },
  { "unit", "string", "单位(不写:law-unit;办事的人的单位即其角色名)", "Its unit (else law-unit; who acts belongs to a unit named as the role)", '"bureau"' },
  { "jurisdiction", "string", "辖区(不写:文件所在的县)", "Its jurisdiction (else the folder's)", '"430922"' },
  { "create", "boolean", "true:测新建", "true: tests the opening", "true" }, { "by", "string", "新建时谁办", "Who opens it", '"builder"' } })
local expect_words = P.described("expect", "expect = { … }", "判例应当怎样", "What a law case expects", {
  { "open", "string|table", "开着的环节", "Stages that are open", '"approval"' }, { "closed", "string|table", "没有开着的", "Stages that are not", '"procurement"' },
  { "due", "table", '期限的日期,或 "paused" "none"', 'Dates of deadlines, or "paused", "none"', '{ ["approval.decide"] = "2024-03-13" }' },
  { "facts", "table", "事实的值", "Facts and their values", '{ approved_on = "2024-03-05" }' }, { "absent", "table", "没有的事实", "Facts that are not set", '{ "approved_on" }' },
  { "refused", "table", "最后一步被拒绝", "The last step is refused", '{ article = 49, code = "cloud.reason" }' },
  { "told", "string|table", "告知了谁;superior 是上级", 'Who was told; "superior": the body above', '"builder"' }, { "not_told", "string|table", "没有告知谁", "Who was not", '"finance"' },
  { "ended", "string", "了结的结果", "How it ended", '"done"' }, { "may", "string|table", "可以办的操作", "Actions that are possible", '"approval.accept"' },
  { "may_not", "string|table", "不可以办的", "Actions that are blocked", '"approval.approve"' },
  { "acts", "table", "要别的事项办的", "What is asked of other cases", '{ "planning.enter_plan" }' },
  { "adds", "table", "新增登记的名录", "Registers that get an entry", '{ "credit" }' }, { "changes", "table", "改动登记的名录", "Registers of which an entry changes", '{ "contractors" }' },
  { "creates", "table", "新建的事项", "Kinds of case that are opened", '{ "project" }' } })
local refused_words = P.described("refused", "refused = { … }", "怎样拒绝的", "How it was refused", {
  { "article", "number", "依据的条", "The article", "49" }, { "code", "string", "名字", "The name", '"paper.missing"' } })
local sorts = { plain = true, boundary = true, refusal = true, exception = true }

-- As P.shape, for what was read before: AT is the place of the law case.
local function fits(at, what, value, known)
  for key, inner in pairs(value) do
    local want = known[key]
    if not want then
      error(("%s: %s: unknown word '%s'%s"):format(P.line_of(at, tostring(key)), what, tostring(key), near(key, known)), 0)
    end
    if not want:find(type(inner), 1, true) then
      error(("%s: %s: '%s' takes a %s, not a %s"):format(P.line_of(at, key), what, key, want:gsub("|", " or "), type(inner)), 0)
    end
  end
end

local function there(at, what, word, known)
  if type(word) ~= "string" or known[word] == nil then
    local place = type(word) == "string" and P.line_of(at, word) or at
    error(("%s: %s '%s' is not there%s"):format(place, what, tostring(word), near(word, known)), 0)
  end
end

local function names_of(value)
  local out = {}
  for _, v in ipairs(list(value)) do out[#out + 1] = v end
  return out
end

-- "stage.action" or "stage.deadline": both halves must be there.
local function dotted(at, view, text, part, what)
  local stage, name = tostring(text):match("^([%w_]+)%.([%w_]+)$")
  if not stage then error(('%s: %s "stage.name" is due, not \'%s\''):format(P.line_of(at, tostring(text)), what, tostring(text)), 0) end
  there(at, "stage", stage, view.stages)
  there(at, what, name, view.stages[stage][part] or {})
end

local function check_steps(at, view, steps)
  for i, step in ipairs(steps) do
    if type(step) ~= "table" or type(step[1]) ~= "string" or not step[1]:find("^%d%d%d%d%-%d%d%-%d%d$") or type(step[3]) ~= "string" then
      error(('%s: step %d: { "YYYY-MM-DD", "role", "stage.action", { input } } is due'):format(at, i), 0)
    end
    if step[3] == "papers" then
      for _, paper in ipairs(step[4] or {}) do there(at, "paper", paper, view.papers) end
    else
      if step[2] ~= "system" then there(at, "role", step[2], view.roles) end
      dotted(at, view, step[3], "actions", "action")
    end
  end
end

local function check_expected(at, view, kind, expect)
  fits(at, "expect", expect, expect_words)
  fits(at, "expect.refused", expect.refused or {}, refused_words)
  for _, part in ipairs { "open", "closed" } do
    for _, stage in ipairs(names_of(expect[part])) do there(at, "stage", stage, view.stages) end
  end
  for _, part in ipairs { "may", "may_not", "acts" } do
    for _, name in ipairs(names_of(expect[part])) do dotted(at, view, name, "actions", "action") end
  end
  for _, part in ipairs { "adds", "changes" } do
    for _, name in ipairs(names_of(expect[part])) do there(at, "register", name, view.registers) end
  end
  for _, name in ipairs(names_of(expect.creates)) do there(at, "kind", name, view.kinds) end
  for name in pairs(expect.due or {}) do dotted(at, view, name, "deadlines", "deadline") end
  for name in pairs(expect.facts or {}) do there(at, "fact", name, view.facts[kind]) end
  for _, name in ipairs(expect.absent or {}) do there(at, "fact", name, view.facts[kind]) end
  for _, part in ipairs { "told", "not_told" } do
    for _, role in ipairs(names_of(expect[part])) do if role ~= "superior" then there(at, "role", role, view.roles) end end
  end
end

local function check_case(path, place, case)
  local at = P.line_of(place, case.name or "name")
  fits(at, "law case", case, law_words)
  if not case.name or not case.article then error(('%s: law case: name = "…" and article = n are due'):format(at), 0) end
  if case.sort and not sorts[case.sort] then there(at, "sort", case.sort, sorts) end
  if type(case.given) ~= "table" then error(("%s: law case '%s': given = { … } is due"):format(at, case.name), 0) end
  if type(case.expect) ~= "table" or next(case.expect) == nil then
    error(("%s: law case '%s' tests nothing: expect = { open = …, facts = …, due = …, refused = … } is due"):format(at, case.name), 0)
  end
  local view = P.view(case.given.jurisdiction or county_of(path))
  fits(at, "given", case.given, given_words)
  there(at, "kind", case.given.kind, view.kinds)
  for _, stage in ipairs(names_of(case.given.open)) do there(at, "stage", stage, view.stages) end
  for name in pairs(case.given.facts or {}) do there(at, "fact", name, view.facts[case.given.kind]) end
  for _, paper in ipairs(case.given.papers or {}) do there(at, "paper", paper, view.papers) end
  check_steps(at, view, case.steps or {})
  check_expected(at, view, case.given.kind, case.expect)
end

-- entry.check_law() → how many; what else only a candidate is asked for; raises at the first that is not in order.
function P.entry.check_law()
  local count = 0
  P.check_whole_notices()
  for _, path in ipairs(host.files()) do
    if is_law(path) then
      local value = host.run(path)
      for _, d in ipairs(type(value) == "table" and value.is == nil and value or { value }) do
        if type(d) ~= "table" or (d.is ~= "law" and d.is ~= "articles") then error(path .. ": law { … } or articles { … } is due", 0) end
        if d.is == "law" and #d.cases == 0 then error(d.at .. ": law { … } holds no case", 0) end
        for _, case in ipairs(d.cases or {}) do
          check_case(path, path .. ":1", case)
          count = count + 1
        end
      end
    end
  end
  return count
end
