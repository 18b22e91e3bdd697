-- Ruleset files become rules: shapes are checked, amendments laid over the base, names resolved.
-- Files of the ruleset return one declaration each, or a list of them.

local rules = { base = { kinds = {}, stages = {}, registers = {}, reports = {}, papers = {}, roles = {}, jurisdictions = {}, migrations = {},
  letters = {}, notices = {} }, views = {} }
local shape, fault, list, form = P.shape, P.fault, P.list, P.form

local function declare(what, words, finish)
  P.words[what] = function(name)
    if type(name) ~= "string" or not name:find("^[%a][%w_]*$") then fault(2, '%s "name" { … }: a name of letters, digits and _ is due', what) end
    return function(body)
      if words then shape(2, ("%s '%s'"):format(what, name), body, words) end
      local out = { is = what, name = name, body = body, at = host.line() }
      if finish then finish(3, out, body) end
      return out
    end
  end
end

local function check_title(level, what, t)
  if type(t) ~= "table" then fault(level + 1, '%s: title = { zh = "…", en = "…" } is due', what) end
  shape(level + 1, what .. " title", t, title_words)
end

local function check_parts(level, what, body)
  if body.in_flight and body.in_flight ~= "stay" and body.in_flight ~= "move" then
    fault(level + 1, '%s: in_flight = "stay" or "move" is due: what open cases do when this stage changes', what)
  end
  for name, action in pairs(body.actions or {}) do
    if action.is ~= "remove" then
      local here = ("%s action '%s'"):format(what, name)
      shape(level + 1, here, action, action_words)
      if action.form then action.form = form(level + 1, here, action.form) end
    end
  end
  for name, deadline in pairs(body.deadlines or {}) do
    if deadline.is ~= "remove" then shape(level + 1, ("%s deadline '%s'"):format(what, name), deadline, deadline_words) end
  end
  if body.facts then body.facts = form(level + 1, what .. " facts", body.facts) end
end

declare("stage", stage_words, function(level, out, body)
  local what = ("stage '%s'"):format(out.name)
  check_title(level, what, body.title)
  if not body.kind then fault(level, "%s: kind = \"…\" is due", what) end
  if not body.articles then fault(level, "%s: articles = { … } is due", what) end
  check_parts(level, what, body)
end)
-- What of a kind anyone may see: public = { when = condition, facts = { "name", … } }. Data, so that it can be read without running it.
local function check_public(level, what, public)
  if public == nil then return end
  shape(level + 1, what .. " public", public, public_words)
  local function is_data(c)
    if type(c) ~= "table" or c.is ~= "condition" then return false end
    for _, inner in ipairs(c.of or {}) do if not is_data(inner) then return false end end
    return not c.of or #c.of > 0
  end
  if not is_data(public.when) then
    fault(level + 1, '%s: public.when = a condition such as is_set("released_on") is due: nothing is public by itself', what)
  end
  for _, name in ipairs(public.facts or {}) do
    if type(name) ~= "string" then fault(level + 1, '%s: public.facts = { "name", … }: names of facts are due', what) end
  end
end
declare("kind", kind_words, function(level, out, body)
  local what = ("kind '%s'"):format(out.name)
  check_title(level, what, body.title)
  check_public(level, what, body.public)
  body.facts = form(level, what .. " facts", body.facts or {})
  shape(level, what .. " create", body.create, create_words)
  body.create.form = form(level, what .. " create", body.create.form or {})
end)
-- What open cases do that a change of rules would leave without a way: carried out once, when the change comes into force. `from` is a stage
-- of the rules before, which may be gone.
declare("migrate", migrate_words, function(level, out, body)
  local what = ("migrate '%s'"):format(out.name)
  check_title(level, what, body.title)
  if not body.kind or not body.from then fault(level, '%s: kind = "…" and from = "stage" are due', what) end
  if not body.to and not body.effect then fault(level, '%s: to = "stage" or effect = { … } is due', what) end
end)
declare("amend", stage_words, function(level, out, body) check_parts(level, ("amend '%s'"):format(out.name), body) end)
declare("register", register_words, function(level, out, body)
  check_title(level, ("register '%s'"):format(out.name), body.title)
  body.fields = form(level, ("register '%s'"):format(out.name), body.fields or {})
end)
-- Columns of a report: { "key", zh = …, en = … } with a type such as money where the cell is more than text.
local function check_columns(level, what, columns)
  local out, known = {}, {}
  if type(columns) ~= "table" or #columns == 0 then fault(level + 1, '%s: columns = { { "key", zh = "…", en = "…" }, … } is due', what) end
  for i, c in ipairs(columns) do
    shape(level + 1, what .. " column", c, column_words)
    if type(c[1]) ~= "string" or not c.zh or not c.en or c[1] == "case" then
      fault(level + 1, '%s: column %d: { "key", zh = "…", en = "…" } is due ("case" is taken)', what, i)
    end
    local t = c[2] or P.words.text
    out[i] = { name = c[1], zh = c.zh, en = c.en, type = t.type, choices = t.choices, help = c.help }
    known[c[1]] = true
  end
  return out, known
end
declare("report", report_words, function(level, out, body)
  local what = ("report '%s'"):format(out.name)
  check_title(level, what, body.title)
  if not body.row then fault(level, "%s: row = function(case, now) … end is due", what) end
  if not body.by then fault(level, '%s: by = "role" is due', what) end
  local known
  body.columns, known = check_columns(level, what, body.columns)
  body.parameters = form(level, what .. " parameters", body.parameters or {})
  for _, key in ipairs(body.totals or {}) do if not known[key] then fault(level, "%s: totals names '%s', which is no column", what, tostring(key)) end end
  for _, key in ipairs(body.order or {}) do -- "-key": the greatest first
    if type(key) ~= "string" or not known[key:match("^%-?(.*)$")] then fault(level, "%s: order names '%s', which is no column", what, tostring(key)) end
  end
  if body.group then
    shape(level, what .. " group", body.group, { by = "table", sum = "table", count = "string" })
    if type(body.group.by) ~= "table" or #body.group.by == 0 then fault(level, '%s: group = { by = { "column", … } } is due', what) end
    for _, part in ipairs { body.group.by, body.group.sum or {}, { body.group.count } } do
      for _, key in ipairs(part) do if not known[key] then fault(level, "%s: group names '%s', which is no column", what, tostring(key)) end end
    end
  end
end)
P.letter_parts = { to = 1, number = 1, date = 1, heading = 1, paragraphs = 1, rows = 1, attachments = 1, copies = 1, signed = 1 }
declare("letter", letter_words, function(level, out, body)
  local what = ("letter '%s'"):format(out.name)
  check_title(level, what, body.title)
  if not body.kind or not body.from or not body.text then fault(level, '%s: kind = "…", from = "role" and text = function(case, now) … end are due', what) end
end)
local function check_said(level, what, said)
  if type(said) ~= "table" then return end
  shape(level + 1, what, said, said_words)
  for i, line in ipairs(said.lines or {}) do if type(line) ~= "string" then fault(level + 1, "%s: lines[%d] is a text, not %s", what, i, type(line)) end end
end
local function check_notice(level, out, body)
  local what = ("%s '%s'"):format(out.is, out.name)
  if body.title then check_title(level, what, body.title) end
  check_said(level, what .. " zh", body.zh)
  check_said(level, what .. " en", body.en)
end
declare("notice", notice_words, function(level, out, body)
  check_title(level, ("notice '%s'"):format(out.name), body.title)
  check_notice(level, out, body)
end)
declare("reword", notice_words, check_notice)
P.words.roles = function(body) return { is = "roles", body = body } end
P.words.jurisdictions = function(body) return { is = "jurisdictions", body = body } end
P.words.papers = function(body) return { is = "papers", body = body } end
P.words.law = function(cases)
  if type(cases) ~= "table" then fault(2, "law { { name = …, given = …, expect = … }, … }: a list of law cases is due") end
  return { is = "law", cases = cases, at = host.line() }
end
P.words.articles = function(list_) return { is = "articles", list = list_ } end

-- Laying one table over another ----------------------------------------------------------------------------------------
local function is_fields(t) return type(t[1]) == "table" and t[1].name ~= nil end

local lay
local function lay_fields(base, over)
  local out, at = {}, {}
  for i, f in ipairs(base) do out[i], at[f.name] = f, i end
  for _, f in ipairs(over) do
    local i = at[f.name]
    if i then out[i] = lay(out[i], f) else out[#out + 1] = f end
  end
  return out
end

lay = function(base, over)
  if type(base) ~= "table" or type(over) ~= "table" or over.is == "period" or over.is == "docs" or over.is == "condition" then return over end
  if is_fields(over) and (is_fields(base) or next(base) == nil) then return lay_fields(base, over) end
  if over[1] ~= nil or (base[1] ~= nil and next(over) ~= nil) then return over end
  local out = {}
  for key, value in pairs(base) do out[key] = value end
  for key, value in pairs(over) do
    if type(value) == "table" and value.is == "remove" then out[key] = nil
    elseif out[key] ~= nil then out[key] = lay(out[key], value)
    else out[key] = value end
  end
  return out
end

-- Files → declarations ---------------------------------------------------------------------------------------------------
local places = { kind = "kinds", stage = "stages", register = "registers", report = "reports", migrate = "migrations", letter = "letters", notice = "notices" }

local function near(word, known)
  local names = {}
  for name in pairs(known or {}) do names[#names + 1] = name end
  local n = type(word) == "string" and host.nearest(word, names)
  return n and (", did you mean '" .. n .. "'?") or ""
end

P.near = near

-- Notes every field that an amendment changes, by its whole path; one that was changed before is refused.
local function touch(touched, at, path, body)
  if type(body) == "table" and body.is == nil and next(body) ~= nil and (body[1] == nil or is_fields(body)) then
    for key, inner in pairs(body) do touch(touched, at, path .. "." .. (type(key) == "string" and key or inner.name), inner) end
    return
  end
  for other, before in pairs(touched) do
    if other == path or other:sub(1, #path + 1) == path .. "." or path:sub(1, #other + 1) == other .. "." then
      error(("%s: %s is amended twice (also at %s): keep one of them"):format(P.line_of(at, path:match("[^.]+$")), path, before), 0)
    end
  end
  touched[path] = P.line_of(at, path:match("[^.]+$"))
end

-- What an amendment names must be there, or be used by the county itself: a slip of the pen must not be a limit that nobody asks for.
local function check_amend(d, base, path)
  local folder = path:match("^counties/%d+/") or path
  for _, part in ipairs { "limits", "leads", "actions", "deadlines" } do
    for name, value in pairs(d.body[part] or {}) do
      local new = (base[part] or {})[name] == nil
      local unused = (part == "limits" or part == "leads") and new and host.mentions(folder, name) < 2
      local bare = part == "actions" and new and not value.by or part == "deadlines" and new and not value.title
      if new and (unused or bare or type(value) == "table" and value.is == "remove") then
        error(("%s: amend '%s': %s.%s is not there%s"):format(P.line_of(d.at, name), d.name, part, name, near(name, base[part])), 0)
      end
    end
  end
end

local function note_place(set, key, at)
  set.at[key] = set.at[key] or {}
  table.insert(set.at[key], at)
end

local function take(set, path, d)
  if d.is == "roles" or d.is == "jurisdictions" or d.is == "papers" then
    for name, value in pairs(d.body) do set[d.is][name] = value end
  elseif d.is == "reword" then
    local base = set.notices[d.name]
    if not base then error(("%s: rewords notice '%s', which is not there%s"):format(P.line_of(d.at, d.name), d.name, near(d.name, set.notices)), 0) end
    touch(set.touched, d.at, "notices." .. d.name, d.body)
    note_place(set, "notice" .. d.name, d.at)
    set.notices[d.name] = lay(base, d.body)
  elseif d.is == "amend" then
    local base = set.stages[d.name]
    if not base then
      error(("%s: amends stage '%s', which is not there%s"):format(P.line_of(d.at, d.name), d.name, near(d.name, set.stages)), 0)
    end
    check_amend(d, base, path)
    touch(set.touched, d.at, d.name, d.body)
    note_place(set, "stage" .. d.name, d.at)
    set.stages[d.name] = lay(base, d.body)
  else
    local place, key = set[places[d.is]], d.is .. d.name
    if place[d.name] then
      error(("%s: %s '%s' is declared twice (also at %s)"):format(d.at, d.is, d.name, set.at[key] and set.at[key][1] or "the base"), 0)
    end
    place[d.name] = d.body
    note_place(set, key, d.at)
  end
end

local function take_file(set, path, county)
  local value = host.run(path)
  local known = { kind = true, stage = true, amend = true, register = true, report = true, roles = true, jurisdictions = true, papers = true,
    migrate = true, letter = true, notice = true, reword = true }
  local declarations = type(value) == "table" and value.is == nil and value or { value }
  for i, d in ipairs(declarations) do
    P.refuse_redline(path, d, county)
    local named = type(d) == "table" and (d.is == "roles" or d.is == "jurisdictions" or d.is == "papers" or type(d.name) == "string")
    if not named or not known[d.is] or type(d.body) ~= "table" then
      error(("%s: returns something that is no declaration (number %d); stage \"…\" { … } is one"):format(path, i), 0)
    end
    take(set, path, d)
  end
end

local function copy_set(base)
  local out = { touched = {}, at = {} }
  for key, places_ in pairs(base.at) do out.at[key] = { table.unpack(places_) } end
  for _, part in ipairs { "kinds", "stages", "registers", "reports", "papers", "roles", "jurisdictions", "migrations", "letters", "notices" } do
    out[part] = {}
    for name, value in pairs(base[part]) do out[part][name] = value end
  end
  return out
end

-- Raises TEXT where WORD is written: in the latest of PLACES (a declaration and its amendments) that has it.
function P.wrong_in(places_, word, text, ...)
  local at = places_ and places_[1]
  for i = #(places_ or {}), 1, -1 do
    local line = host.line_of(places_[i], '"' .. word .. '"') or host.line_of(places_[i], word .. " =") or host.line_of(places_[i], word)
    if line then at = line break end
  end
  error((at and at .. ": " or "") .. text:format(...), 0)
end

-- After all files of a view are in: facts of the stages belong to their kinds; forms' bare names become the facts' fields.
local function complete(view)
  view.facts = {}
  for name, kind in pairs(view.kinds) do
    local facts = {}
    for _, f in ipairs(kind.facts) do facts[f.name] = f end
    view.facts[name] = facts
  end
  for name, stage in pairs(view.stages) do
    local facts = view.facts[stage.kind]
    if not facts then P.wrong_in(view.at["stage" .. name], stage.kind, "stage '%s' names kind '%s', which is not there%s", name, stage.kind, near(stage.kind, view.kinds)) end
    for _, f in ipairs(stage.facts or {}) do
      if facts[f.name] and facts[f.name] ~= f then P.wrong_in(view.at["stage" .. name], f.name, "fact '%s' of kind '%s' is declared twice (again in stage '%s')", f.name, stage.kind, name) end
      facts[f.name] = f
    end
  end
  local function fill(what, facts, fields, places_)
    local out = {}
    for i, f in ipairs(fields) do
      if f.fact then
        local full = facts[f.fact]
        if not full then
          P.wrong_in(places_, f.fact, "%s: the form names fact '%s', which is not there%s", what, f.fact, near(f.fact, facts))
        end
        f = lay(full, f)
        f.fact = nil
      end
      out[i] = f
    end
    return out
  end
  for name, kind in pairs(view.kinds) do
    local own, create = {}, {}
    for key, value in pairs(kind) do own[key] = value end
    for key, value in pairs(kind.create) do create[key] = value end
    create.form = fill("kind '" .. name .. "' create", view.facts[name], kind.create.form, view.at["kind" .. name])
    own.create = create
    view.kinds[name] = own
  end
  for name, stage in pairs(view.stages) do
    local actions = {}
    for action_name, action in pairs(stage.actions or {}) do
      if action.form then
        local own = {}
        for key, value in pairs(action) do own[key] = value end
        own.form = fill(("stage '%s' action '%s'"):format(name, action_name), view.facts[stage.kind], action.form, view.at["stage" .. name])
        action = own
      end
      actions[action_name] = action
    end
    local own = {}
    for key, value in pairs(stage) do own[key] = value end
    own.actions = actions
    own.limits, own.deadlines = P.settled_limits(view, name, own), P.settled_deadlines(view, name, own)
    view.stages[name] = P.fill_declared(view, name, own, function(limit)
      P.wrong_in(view.at["stage" .. name], "{" .. limit, "stage '%s': a text shows limit '%s', which is not there%s", name, limit, near(limit, own.limits))
    end)
  end
  for name, kind in pairs(view.kinds) do
    view.kinds[name] = P.fill_declared(view, "", kind, function(limit)
      P.wrong_in(view.at["kind" .. name], "{" .. limit, "kind '%s': a text shows limit '%s', which is not there; \"stage.name\" is due", name, limit)
    end)
  end
end

-- Every name that one part uses must be declared by another ----------------------------------------------------------------
local checked -- places of what is being checked
local function wrong(word, text, ...) P.wrong_in(checked, word, text, ...) end

local function resolve_limit(view, stage_name, name, depth)
  local s, n = name:match("^([%w_]+)%.([%w_]+)$")
  local stage = view.stages[s or stage_name]
  local limits = stage and stage.limits
  if not limits and view.kinds[s or ""] then limits = view.kinds[s].limits end
  local value = limits and limits[n or name]
  if type(value) == "table" and value.is == "limit" then -- a limit that follows another
    if (depth or 0) > 8 then error(("limit '%s' follows itself"):format(name), 0) end
    return resolve_limit(view, s or stage_name, value.limit, (depth or 0) + 1)
  end
  return value
end
P.resolve_limit = resolve_limit

local function check_condition(view, stage_name, what, c, facts)
  if type(c) ~= "table" then return end
  if c.of then
    for _, inner in ipairs(c.of) do check_condition(view, stage_name, what, inner, facts) end
    return
  end
  if c.fact and not facts[c.fact] then wrong(c.fact, "%s: the condition names fact '%s', which is not there%s", what, c.fact, near(c.fact, facts)) end
  if type(c.value) == "table" and c.value.is == "limit" and resolve_limit(view, stage_name, c.value.limit) == nil then
    wrong(c.value.limit, "%s: limit '%s' is not there%s", what, c.value.limit, near(c.value.limit, (view.stages[stage_name] or {}).limits))
  end
end

local function check_roles(view, what, by)
  for _, role in ipairs(list(by)) do
    if not view.roles[role] and role ~= "system" then wrong(role, "%s: role '%s' is not there%s", what, role, near(role, view.roles)) end
  end
end

local function check_effects(view, stage_name, what, effects, facts)
  if type(effects) ~= "table" then return end
  for _, e in ipairs(effects.is == "effect" and { effects } or effects) do
    if e.stage and (e["do"] == "open" or e["do"] == "close") and not view.stages[e.stage] then
      wrong(e.stage, "%s: stage '%s' is not there%s", what, e.stage, near(e.stage, view.stages))
    end
    if e.lead and not ((view.stages[stage_name] or {}).leads or {})[e.lead] then
      wrong(e.lead, "%s: follow '%s': leads.%s is not there%s", what, e.lead, e.lead, near(e.lead, (view.stages[stage_name] or {}).leads))
    end
    if e.to then check_roles(view, what, e.to) end
    if e.fact and not facts[e.fact] then wrong(e.fact, "%s: fact '%s' is not there%s", what, e.fact, near(e.fact, facts)) end
  end
end

local function check_action(view, stage_name, name, action, facts)
  local what = ("stage '%s' action '%s'"):format(stage_name, name)
  if not action.by then wrong(name .. " =", "%s: by = \"role\" is due", what) end
  if type(action.title) ~= "table" then wrong(name .. " =", '%s: title = { zh = "…", en = "…" } is due', what) end
  check_roles(view, what, action.by)
  for _, paper in ipairs(action.needs or {}) do
    if not view.papers[paper.paper] then wrong(paper.paper, "%s: paper '%s' is not there%s", what, paper.paper, near(paper.paper, view.papers)) end
    check_condition(view, stage_name, what, paper.when, facts)
  end
  check_condition(view, stage_name, what, action.when, facts)
  check_effects(view, stage_name, what, action.effect, facts)
end

local function check_deadline(view, stage_name, name, d, facts, clocks)
  local what = ("stage '%s' deadline '%s'"):format(stage_name, name)
  if type(d.title) ~= "table" then wrong(name .. " =", '%s: title = { zh = "…", en = "…" } is due', what) end
  check_roles(view, what, d.tell)
  for i, rung in ipairs(d.escalate or {}) do
    if type(rung) ~= "table" or type(rung.after) ~= "table" or rung.after.is ~= "period" or not rung.tell then
      wrong("escalate", '%s: escalate[%d] must be { after = workdays(5), tell = "superior" or a role }', what, i)
    else
      for _, role in ipairs(list(rung.tell)) do
        if role ~= "superior" then check_roles(view, what, role) end
      end
      if not d.tell then wrong("escalate", '%s: escalate needs tell: who is to be told before it goes further up', what) end
    end
  end
  if not (d.article or d.source) then wrong(name .. " =", "%s: article = n, or source = {…} for a borrowed one, is due", what) end
  if d.limit then
    local p = resolve_limit(view, stage_name, d.limit)
    if type(p) ~= "table" or p.is ~= "period" then wrong(d.limit, "%s: limits.%s must be a period such as workdays(10)%s", what, d.limit, p == nil and near(d.limit, view.stages[stage_name].limits) or "") end
  elseif not d.on then
    wrong(name .. " =", "%s: limit = \"name\" or on = { month = …, day = …, year = \"fact\" } is due", what)
  end
  if d.clock and not clocks[d.clock] then wrong(d.clock, "%s: no action starts clock '%s'%s", what, d.clock, near(d.clock, clocks)) end
  for _, from in ipairs(list(d.from)) do
    if from ~= "opened" and not facts[from] then wrong(from, "%s: from names fact '%s', which is not there%s", what, from, near(from, facts)) end
  end
  for _, fact in ipairs(list(d.unless)) do
    if not facts[fact] then wrong(fact, "%s: unless names fact '%s', which is not there%s", what, fact, near(fact, facts)) end
  end
  if d.action and not (view.stages[stage_name].actions or {})[d.action:match("[%w_]+$")] and not d.action:find(".", 1, true) then
    wrong(d.action, "%s: action '%s' is not there%s", what, d.action, near(d.action, view.stages[stage_name].actions))
  end
  check_condition(view, stage_name, what, d.when, facts)
  check_effects(view, stage_name, what, d.on_due, facts)
end

local function clocks_of(stage)
  local clocks = {}
  local function note(e)
    if type(e) == "table" and e["do"] == "clock" then clocks[e.clock] = true end
  end
  for _, action in pairs(stage.actions or {}) do
    note(action.clock)
    for _, e in ipairs(type(action.clock) == "table" and action.clock or {}) do note(e) end
    if type(action.effect) == "table" then for _, e in ipairs(action.effect) do note(e) end end
  end
  for _, name in ipairs(stage.clocks or {}) do clocks[name] = true end
  return clocks
end

-- impartial = true: passed over when on the applicant's side; = "role": that role acts where no other body of the same one is left.
local function check_impartial(view)
  for name, role in pairs(view.roles) do
    local other = type(role) == "table" and role.impartial
    if type(other) == "string" then
      if other == name then error(("role '%s': impartial names the role itself"):format(name), 0) end
      check_roles(view, ("role '%s' impartial"):format(name), other)
    elseif other ~= nil and type(other) ~= "boolean" then
      error(("role '%s': impartial = true or the name of another role is due"):format(name), 0)
    end
  end
end

-- board = { by = parameter, bars = columns, ages = columns }: what it names must be there.
local function check_board(name, report)
  local columns, parameters = {}, {}
  for _, c in ipairs(report.columns) do columns[c.name] = c end
  for _, p in ipairs(report.parameters or {}) do parameters[p.name] = p end
  local board, by = report.board, report.board.by
  if not (by and parameters[by] and parameters[by].choices) then
    wrong("board", "report '%s': board.by names a parameter with choices%s", name, by and near(by, parameters) or "")
  end
  for _, part in ipairs { "bars", "ages" } do
    for _, column in ipairs(list(board[part])) do
      if not columns[column] then wrong(column, "report '%s' board.%s: column '%s' is not there%s", name, part, column, near(column, columns)) end
    end
  end
end

local function check_references(view)
  check_impartial(view)
  for name, stage in pairs(view.stages) do
    checked = view.at["stage" .. name]
    local facts, clocks = view.facts[stage.kind], clocks_of(stage)
    check_roles(view, ("stage '%s' owner"):format(name), stage.owner)
    for action_name, action in pairs(stage.actions or {}) do check_action(view, name, action_name, action, facts) end
    for deadline_name, d in pairs(stage.deadlines or {}) do check_deadline(view, name, deadline_name, d, facts, clocks) end
    for lead, to in pairs(stage.leads or {}) do
      for _, target in ipairs(list(to)) do
        if not view.stages[target] then wrong(target, "stage '%s' leads.%s: stage '%s' is not there%s", name, lead, target, near(target, view.stages)) end
      end
    end
    if next(stage.actions or {}) == nil then wrong(name, "stage '%s': no action, so no way out", name) end
  end
  for name, kind in pairs(view.kinds) do
    checked = view.at["kind" .. name]
    check_roles(view, ("kind '%s' create"):format(name), kind.create.by)
    check_effects(view, "", ("kind '%s' create"):format(name), kind.create.effect, view.facts[name])
    local public = kind.public or {}
    check_condition(view, "", ("kind '%s' public"):format(name), public.when, view.facts[name])
    for _, fact in ipairs(public.facts or {}) do
      if not view.facts[name][fact] then
        wrong(fact, "kind '%s' public: fact '%s' is not there%s", name, fact, near(fact, view.facts[name]))
      end
    end
    if kind.name and not view.facts[name][kind.name] then wrong(kind.name, "kind '%s': name = '%s' is no fact of it%s", name, kind.name, near(kind.name, view.facts[name])) end
  end
  for name, report in pairs(view.reports) do
    checked = view.at["report" .. name]
    check_roles(view, ("report '%s'"):format(name), report.by)
    if report.kind and not view.kinds[report.kind] then
      wrong(report.kind, "report '%s': kind '%s' is not there%s", name, report.kind, near(report.kind, view.kinds))
    end
    if report.board then check_board(name, report) end
  end
  for name, register in pairs(view.registers) do
    checked = view.at["register" .. name]
    check_roles(view, ("register '%s'"):format(name), register.by)
    check_roles(view, ("register '%s' read"):format(name), register.read)
  end
  for name, letter in pairs(view.letters) do
    checked = view.at["letter" .. name]
    local what, facts = ("letter '%s'"):format(name), view.facts[letter.kind]
    if not facts then wrong(letter.kind, "%s: kind '%s' is not there%s", what, letter.kind, near(letter.kind, view.kinds)) end
    check_roles(view, what, letter.from)
    check_condition(view, "", what .. " when", letter.when, facts)
  end
  for name, m in pairs(view.migrations) do
    checked = view.at["migrate" .. name]
    local facts = view.facts[m.kind]
    if not facts then wrong(m.kind, "migrate '%s': kind '%s' is not there%s", name, m.kind, near(m.kind, view.kinds)) end
    if m.to and not view.stages[m.to] then wrong(m.to, "migrate '%s': stage '%s' is not there%s", name, m.to, near(m.to, view.stages)) end
    check_condition(view, "", ("migrate '%s' when"):format(name), m.when, facts)
    check_effects(view, "", ("migrate '%s'"):format(name), m.effect, facts)
  end
end

-- Rules → plain data, each function replaced by where it stands; what counties share with the base is told once ---------------
local function describe(value, known)
  if type(value) == "function" then return { ["$fn"] = host.where(value) } end
  if type(value) ~= "table" then return value end
  if known[value] then return known[value] end
  local out = {}
  for key, inner in pairs(value) do
    if not (key == "is" and value.is == "docs") then out[key] = describe(inner, known) end -- a list of papers is a plain list outside
  end
  known[value] = out
  return out
end

local function is_law(path) return path:find("^law/") or path:find("/law/", 1, true) end
local function county_of(path) return path:match("^counties/(%d%d%d%d%d%d)/") end

-- entry.load(known) → { base = description, views = { ["430921"] = description } }. Everything that can be wrong is raised here. KNOWN rules
-- have been through this: another thread's copy is neither checked nor described again.
function P.entry.load(known)
  local counties = {}
  rules.base.touched, rules.base.at = {}, {}
  for _, path in ipairs(host.files()) do
    local county = county_of(path)
    if is_law(path) then goto next end
    if county then
      counties[county] = counties[county] or {}
      table.insert(counties[county], path)
    elseif path:find("^redlines/") then
      P.take_redlines(path)
    elseif not path:find("^lib/") then
      take_file(rules.base, path)
    end
    ::next::
  end
  local out = { views = {} }
  for county, paths in pairs(counties) do
    local view = copy_set(rules.base)
    -- whole declarations first, so that an amendment may touch what the county itself adds
    for _, path in ipairs(paths) do if not path:find("/lib/") then take_file(view, path, county) end end
    rules.views[county] = view
  end
  complete(rules.base)
  for _, view in pairs(rules.views) do complete(view) end
  P.check_redlines()
  if known then return {} end
  check_references(rules.base)
  P.check_notices(rules.base)
  P.check_world()
  local known = {}
  out.base = describe(rules.base, known)
  out.base.redlines = {} -- so that a change of theirs can be told; what they do is asked of them alone
  for name, line in pairs(rules.redlines) do
    out.base.redlines[name] = { title = line.title, why = line.why, articles = line.articles, kind = line.kind }
  end
  for county, view in pairs(rules.views) do
    check_references(view)
    P.check_notices(view, rules.base)
    out.views[county] = describe(view, known)
  end
  return out
end

-- Data of law cases for the runner: periods and money are numbers and words already; types and effects have no place there.
local function plain(value)
  if type(value) ~= "table" then return value end
  local out = {}
  for key, inner in pairs(value) do out[key] = plain(inner) end
  return out
end

-- entry.law() → { cases = [ … each with its path, its jurisdiction ], articles = { "1" = { zh, en } } }
function P.entry.law()
  local out = { cases = {}, articles = {} }
  for _, path in ipairs(host.files()) do
    if is_law(path) then
      local value = host.run(path)
      for _, d in ipairs(type(value) == "table" and value.is == nil and value or { value }) do
        if type(d) ~= "table" or (d.is ~= "law" and d.is ~= "articles") then error(path .. ": law { … } or articles { … } is due", 0) end
        for number, text in pairs(d.list or {}) do out.articles[tostring(number)] = plain(text) end
        for i, case in ipairs(d.cases or {}) do
          local copy = plain(case)
          if type(copy.given) ~= "table" then error(("%s: law case %d: given = { … } is due"):format(path, i), 0) end
          copy.path, copy.given.jurisdiction = path, copy.given.jurisdiction or county_of(path)
          out.cases[#out.cases + 1] = copy
        end
      end
    end
  end
  return out
end

-- The rules a case follows: its jurisdiction's, or the base.
function P.view(jurisdiction) return rules.views[jurisdiction] or rules.base end
