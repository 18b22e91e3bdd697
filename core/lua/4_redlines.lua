-- Red lines: what no amendment may break. A line is a function over what happens to a case, asked after every step of its life, and a function
-- over the declarations. Files under redlines/ declare them; they belong to the base, and no county's file declares or changes one.

local crossed_words = P.described("crossed", "crossed { … }", "红线被踩", "What crosses a red line", {
  { "zh", "string", "中文一句话", "A sentence in Chinese", '"…"', due = true }, { "en", "string", "英文一句话", "A sentence in English", '"…"', due = true },
  { "article", "number", "依据的条", "The article", "19" } })
local redline_words = P.described("redline", 'redline "name" { … }', "红线:任何修改都不许破的", "A red line: what no amendment may break", {
  { "kind", "string", "哪类事项", "Of which kind of case", '"project"', due = true },
  { "articles", "table", "依据的条", "Its articles", "{ 19 }", due = true },
  { "title", "table", "名称", "Its name", '{ zh = "…", en = "…" }', due = true },
  { "why", "table", "守的是什么", "What it guards", '{ zh = "…", en = "…" }', due = true },
  { "touches", "table", "只在这些事实有变动时问", "Asked only of steps that touch these facts", '{ "approved_on" }' },
  { "step", "function", "每一步之后问:函数(past, step)", "Asked after every step: (past, step)", "function(past, step) … end" },
  { "remember", "function", "下一步要记得的:函数(past, step)", "What the next step is to know", "function(past, step) … end" },
  { "rules", "function", "对声明问:函数(view)", "Asked of the declarations: (view)", "function(view) … end" } })

function P.words.crossed(said)
  shape(2, "crossed", said, crossed_words)
  if not (said.zh and said.en) then fault(2, "crossed { zh = …, en = … }: both languages are due") end
  said.is = "crossed"
  return said
end

local function both_languages(level, what, said)
  check_title(level + 1, what, said)
  if not (said.zh and said.en) then fault(level + 1, '%s: { zh = "…", en = "…" }: both languages are due', what) end
end

declare("redline", redline_words, function(level, out, body)
  local what = ("redline '%s'"):format(out.name)
  if not body.kind then fault(level, '%s: kind = "…" is due', what) end
  if type(body.articles) ~= "table" or math.type(body.articles[1]) ~= "integer" then fault(level, "%s: articles = { n, … } is due", what) end
  both_languages(level, what, body.title)
  if type(body.why) ~= "table" then fault(level, '%s: why = { zh = "…", en = "…" } is due: what the line guards', what) end
  both_languages(level, what .. " why", body.why)
  if not (body.step or body.rules) then fault(level, "%s: step = function(past, step) … end, or rules = function(view) … end, is due", what) end
  for _, name in ipairs(body.touches or {}) do
    if type(name) ~= "string" then fault(level, '%s: touches = { "fact", … }: names of facts are due', what) end
  end
  if body.remember and not body.step then fault(level, "%s: remember without step: nothing asks for what it keeps", what) end
end)

-- The lines of a set: by name, and of each kind { always = names, touched = { fact = names } }, in order.
rules.redlines, rules.redlines_of, rules.redline_from = {}, {}, {}

function P.take_redlines(path)
  local value = host.run(path)
  for i, d in ipairs(type(value) == "table" and value.is == nil and value or { value }) do
    if type(d) == "table" and d.is == "world" then
      P.take_world(path, d)
      goto next
    end
    if type(d) ~= "table" or d.is ~= "redline" or type(d.body) ~= "table" then
      error(('%s: a file under redlines/ returns redline "name" { … } or a list of them (number %d is none)'):format(path, i), 0)
    end
    if rules.redlines[d.name] then error(("%s: redline '%s' is declared twice"):format(path, d.name), 0) end
    rules.redlines[d.name], rules.redline_from[d.name] = d.body, path
    ::next::
  end
end

-- Why a file outside redlines/ may not hold D; nothing where it may.
function P.refuse_redline(path, d, county)
  local name = type(d) == "table" and d.name
  if type(d) == "table" and d.is == "redline" then
    error(county and ("%s: declares redline '%s': red lines are the city's, a county declares none"):format(path, tostring(name)) or
      ("%s: redline '%s' stands in redlines/, not here"):format(path, tostring(name)), 0)
  elseif type(d) == "table" and d.is == "amend" and rules.redlines[name] and not rules.base.stages[name] then
    error(("%s: amends redline '%s': a red line is never amended; change the rule that crosses it"):format(path, name), 0)
  end
end

local function index_line(name, line)
  local of = rules.redlines_of[line.kind] or { always = {}, touched = {} }
  rules.redlines_of[line.kind] = of
  if not line.step then return end
  if not line.touches then of.always[#of.always + 1] = name end
  for _, fact in ipairs(line.touches or {}) do
    of.touched[fact] = of.touched[fact] or {}
    table.insert(of.touched[fact], name)
  end
end

-- After the base is in: every line's kind and facts must be there.
function P.check_redlines()
  for name, line in pairs(rules.redlines) do
    local where = ("%s: redline '%s'"):format(rules.redline_from[name], name)
    if not rules.base.kinds[line.kind] then
      error(("%s: kind '%s' is not there%s"):format(where, line.kind, near(line.kind, rules.base.kinds)), 0)
    end
    local facts = rules.base.facts[line.kind]
    for _, fact in ipairs(line.touches or {}) do
      if not facts[fact] then error(("%s: touches: fact '%s' is not there%s"):format(where, fact, near(fact, facts)), 0) end
    end
    index_line(name, line)
  end
end

-- What a line says: nothing, crossed { … }, or a list of them.
local function say(into, name, line, said, f)
  if said == nil then return end
  if type(said) ~= "table" then error(("%s: a red line returns nothing or crossed { … }, not %s"):format(host.where(f), type(said)), 0) end
  for _, c in ipairs(said.is and { said } or said) do
    if type(c) ~= "table" or c.is ~= "crossed" then error(("%s: a red line returns nothing or crossed { … }"):format(host.where(f)), 0) end
    into[#into + 1] = { name = name, article = c.article or line.articles[1], zh = c.zh, en = c.en }
  end
end

-- entry.redlines(jurisdiction) → [ { name, kind, title, why, articles, steps, rules } ]: the same for every jurisdiction.
function P.entry.redlines()
  local out = {}
  for name, line in pairs(rules.redlines) do
    out[#out + 1] = { name = name, kind = line.kind, title = line.title, why = line.why, articles = line.articles,
      steps = line.step ~= nil, rules = line.rules ~= nil }
  end
  return out
end

local nothing = host.readonly {}

-- The facts that a step's effects wrote or took away; at the creation all that are there.
local function touched_by(step)
  local out = {}
  if step.what == "create" and step.after then for name in host.each(step.after.facts) do out[name] = true end end
  for _, e in ipairs(step.effects or nothing) do if e.fact then out[e.fact] = true end end
  return out
end

-- What a line sees of a step: the step itself, and the limits in force and the base's.
local function step_of(view, step)
  local out = { what = step.what, stage = step.stage, action = step.action, deadline = step.deadline, input = step.input or nothing, date = step.date,
    actor = step.actor or nothing, before = step.before, after = step.after, effects = step.effects or nothing, cases = step.cases or nothing,
    entries = step.entries or nothing, public = step.public, touched = touched_by(step), limit = nil, base_limit = nil }
  function out.limit(name) return P.resolve_limit(view, step.stage or "", name) end
  function out.base_limit(name) return P.resolve_limit(rules.base, step.stage or "", name) end
  return host.readonly(out)
end

-- The lines that a step concerns: those that ask for every step, those whose facts it touched.
local function concerned(kind, touched)
  local of, out, there = rules.redlines_of[kind], {}, {}
  if not of then return out end
  for i, name in ipairs(of.always) do out[i] = name end
  for fact in host.each(touched) do
    for _, name in ipairs(of.touched[fact] or nothing) do
      if not there[name] then out[#out + 1], there[name] = name, true end
    end
  end
  table.sort(out)
  return out
end

local function ask_line(name, line, past, step, out)
  say(out.crossed, name, line, line.step(past or nothing, step), line.step)
  if not line.remember then return end
  local kept = line.remember(past or nothing, step)
  if kept == nil then return end
  if type(kept) ~= "table" then error(("%s: remember returns plain data { … }, not %s"):format(host.where(line.remember), type(kept)), 0) end
  out.pasts[name] = next(kept) ~= nil and kept or nil
end

-- entry.redline_step(jurisdiction, kind, pasts, step) → { pasts = { name = past }, crossed = [ { name, article, zh, en } ] }: every line of the
-- kind that the step concerns, each asked with what it remembered before this step. A past that says nothing is left out.
function P.entry.redline_step(jurisdiction, kind, pasts, step)
  local out = { pasts = {}, crossed = {} }
  for name, past in host.each(pasts) do out.pasts[name] = past end
  local seen = step_of(P.view(jurisdiction), step)
  for _, name in ipairs(concerned(kind, seen.touched)) do ask_line(name, rules.redlines[name], pasts[name], seen, out) end
  return out
end

-- A copy of plain data: what leaves here must not make read-only what is kept.
local function copied(value)
  if type(value) ~= "table" then return value end
  local out = {}
  for key, inner in host.each(value) do out[key] = copied(inner) end
  return out
end

-- DESCRIBED: the declarations as the program keeps them, where functions are places.
local parts = { "kinds", "stages", "facts", "papers", "roles", "registers", "reports", "jurisdictions" }
local function declared(view, described, jurisdiction)
  local out = { jurisdiction = jurisdiction, limit = function(name) return P.resolve_limit(view, "", name) end }
  for _, part in ipairs(parts) do out[part] = described[part] end
  return out
end

-- entry.redline_rules(jurisdiction, description of its view, of the base) → [ { name, article, zh, en } ]: what the declarations themselves
-- cross, without any case.
function P.entry.redline_rules(jurisdiction, view, base)
  local out, seen = {}, declared(P.view(jurisdiction), view, jurisdiction)
  seen.base = declared(rules.base, base)
  seen = host.readonly(seen)
  for name, line in pairs(rules.redlines) do
    if line.rules then say(out, name, line, line.rules(seen), line.rules) end
  end
  return out
end
