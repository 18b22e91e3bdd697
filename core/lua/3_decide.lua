-- What the engine asks: which actions, why not, what follows. Pure: (case, input, now) → effects or refusals.
local list = P.list

-- What a script sees as its third argument: the day, who acts, limits in force, the cases it asked to read.
local limit_functions = {} -- for each view, made once
local function context(view, stage, now)
  local limit = limit_functions[view]
  if not limit then
    limit = function(name) return P.resolve_limit(view, "", name) end
    limit_functions[view] = limit
  end
  return host.readonly {
    date = now.date, time = now.time, actor = now.actor, seed = now.seed, cases = now.cases or {}, entries = now.entries or {},
    limits = stage and stage.limits or {},
    limit = limit,
    asking = now.asking,
  }
end

P.context = context

local function value_of(view, stage_name, value)
  if type(value) == "table" and value.is == "limit" then return P.resolve_limit(view, stage_name, value.limit) end
  return value
end

local compare = {
  [">="] = function(a, b) return a >= b end, [">"] = function(a, b) return a > b end,
  ["<="] = function(a, b) return a <= b end, ["<"] = function(a, b) return a < b end,
}

-- A condition over a fact that is not set is false, save not_set and is_not.
local function holds(view, stage_name, c, case, now)
  if c == nil then return true end
  if type(c) == "function" then return c(case, now) and true or false end
  if c.op == "all" or c.op == "any" or c.op == "none" then
    local some, every = false, true
    for _, inner in ipairs(c.of) do
      if holds(view, stage_name, inner, case, now) then some = true else every = false end
    end
    if c.op == "all" then return every elseif c.op == "any" then return some else return not some end
  end
  local fact = case.facts[c.fact]
  if c.op == "set" then return fact ~= nil elseif c.op == "unset" then return fact == nil end
  local value = value_of(view, stage_name, c.value)
  if c.op == "==" then return fact == value elseif c.op == "~=" then return fact ~= value end
  return fact ~= nil and compare[c.op](fact, value)
end

-- Gathers what guards and checks say: nil, one refusal, or a list of them.
-- F, the function that said it, names the place of a fault that is found only now.
local function gather(into, said, article, f)
  if said == nil then return end
  if type(said) ~= "table" then error(("%s: a guard returns nothing or refuse { … }, not %s"):format(f and host.where(f) or "a guard", type(said)), 0) end
  for _, r in ipairs(said.is and { said } or said) do
    if r.is ~= "refusal" then error(("%s: a guard returns nothing or refuse { … }"):format(f and host.where(f) or "a guard"), 0) end
    into[#into + 1] = P.fill_said(P.here, P.stage_name, { code = r.code or "rule", article = r.article or article, zh = r.zh, en = r.en, field = r.field,
      unblock = r.unblock, fact = r.fact })
  end
end

local function functions(f) return type(f) == "table" and f or { f } end

local function first_article(stage, action) return action.article or list(action.articles)[1] or list(stage.articles)[1] end

local function missing_papers(view, stage_name, stage, action, case, now, into)
  for _, paper in ipairs(action.needs or {}) do
    if holds(view, stage_name, paper.when, case, now) then
      local there = false
      for _, d in ipairs(case.documents) do if d.kind == paper.paper then there = true break end end
      if not there then
        local p = view.papers[paper.paper]
        into[#into + 1] = { code = "paper.missing", article = p.article or first_article(stage, action), paper = paper.paper,
          zh = ("缺少材料“%s”:请先上传,再办理"):format(p.zh), en = ("Paper missing: “%s”. Upload it first."):format(p.en) }
      end
    end
  end
end

local function used_up(stage, action, name, case, input, into)
  if not action.once then return end
  local once = type(action.once) == "table" and action.once or { article = action.once }
  local s = case.stages[P.stage_name]
  local count = s and s.did and s.did[name] or 0
  if count < (once.times or 1) then return end
  if once.unless and (not input or input[once.unless]) then return end
  into[#into + 1] = { code = "once", article = once.article,
    zh = once.zh or ("“%s”只能办理一次"):format(action.title.zh), en = once.en or ("“%s” can be done only once"):format(action.title.en), field = once.unless }
end

-- What stands against ACTION before any input is known.
local function standing(view, stage_name, stage, name, action, case, ctx, input)
  local refusals = {}
  P.here, P.stage_name = view, stage_name
  used_up(stage, action, name, case, input, refusals)
  missing_papers(view, stage_name, stage, action, case, ctx, refusals)
  local before = #refusals
  for _, guard in ipairs(functions(action.guard)) do gather(refusals, guard(case, ctx), first_article(stage, action), guard) end
  return refusals, #refusals == before
end

-- Turns placeholders of data effects into values, fills in the stage's own name, follows leads.
local function expand(view, stage_name, stage, effects, case, input, now, out)
  local function value(v)
    if type(v) ~= "table" then return v end
    if v.is == "value" then
      if v.value == "today" then return now.date
      elseif v.value == "input" then return input[v.name]
      else return case.facts[v.name] end
    elseif v.is == "limit" then return P.resolve_limit(view, stage_name, v.limit) end
    local copy = {}
    for k, inner in host.each(v) do copy[k] = value(inner) end
    return copy
  end
  for _, e in ipairs(effects.is == "effect" and { effects } or effects) do
    if type(e) ~= "table" or (e.is ~= "effect" and e.is ~= nil) then error("an effect is made by a word such as set, open, close, notify", 0) end
    if e.is == nil then
      expand(view, stage_name, stage, e, case, input, now, out)
    elseif e["do"] == "follow" then
      local to = stage.leads and stage.leads[e.lead]
      if to == nil then error(("follow '%s': leads.%s is not there"):format(tostring(e.lead), tostring(e.lead)), 0) end
      out[#out + 1] = { ["do"] = "close", stage = stage_name }
      for _, target in ipairs(list(to)) do out[#out + 1] = { ["do"] = "open", stage = target } end
    else
      local copy = { ["do"] = nil, fact = nil, value = nil, stage = nil } -- room for the usual names
      for k, v in host.each(e) do if k ~= "is" then copy[k] = value(v) end end
      if copy["do"] == "close" and not copy.stage then copy.stage = stage_name end
      if copy["do"] == "notify" then P.fill_said(view, stage_name, copy) end
      if copy["do"] == "clock" then copy.stage = copy.stage or stage_name end
      out[#out + 1] = copy
    end
  end
  return out
end

local function run_effect(view, stage_name, stage, f, case, input, ctx, now)
  if f == nil then return {} end
  local effects = f
  if type(f) == "function" then effects = f(case, input, ctx) end
  if effects == nil then return {} end
  if type(effects) ~= "table" then error("effect returns a list of effects, or refuse { … }, not " .. type(effects), 0) end
  if effects.is == "refusal" or (effects[1] and effects[1].is == "refusal") then return nil, effects end
  return expand(view, stage_name, stage, effects, case, input, now, {})
end

local function is_there(view, stage_name, action_name)
  local stage = view.stages[stage_name]
  return stage, stage and stage.actions[action_name]
end

-- Where a page is asked for, a guard that fails blocks its own action and hides nothing else; the operator is told by who asked.
local function standing_or_fault(view, stage_name, stage, name, action, case, ctx)
  local ok, said = pcall(standing, view, stage_name, stage, name, action, case, ctx)
  if ok then return said end
  local fault_ = tostring(said)
  return { { code = "script.fault", article = first_article(stage, action), fault = fault_,
    zh = ("“%s”的规则脚本出错,此项暂不能办理(其余照常):已记录,请联系管理员。%s"):format(action.title.zh, fault_),
    en = ("The script of “%s” failed, so it cannot be done for now (all else can): it is on record, tell the operator. %s"):format(action.title.en, fault_) } }
end

-- entry.actions(case, now) → [ { stage, action, refusals } ] for every action of every open stage whose `when` holds; those of the system itself only when
-- a forecast asks for everything.
function P.entry.actions(case, now)
  local view, out = P.view(case.jurisdiction), {}
  for stage_name, s in pairs(case.stages) do
    local stage = view.stages[stage_name]
    if s.state == "open" and stage then
      local ctx = context(view, stage, now) -- nobody can write to it: one for all of the stage's actions
      for name, action in pairs(stage.actions) do
        if (action.by ~= "system" or now.everything) and (not action.when or holds(view, stage_name, action.when, case, ctx)) then
          out[#out + 1] = { stage = stage_name, action = name, refusals = (now.asking and standing_or_fault or standing)(view, stage_name, stage, name, action, case, ctx) }
        end
      end
    end
  end
  return out
end

-- entry.decide(case, stage, action, input, now) → { effects } or { refusals }
function P.entry.decide(case, stage_name, action_name, input, now)
  local view = P.view(case.jurisdiction)
  local stage, action = is_there(view, stage_name, action_name)
  local ctx = context(view, stage, now)
  if action.when and not holds(view, stage_name, action.when, case, ctx) then
    return { refusals = { { code = "not_applicable", article = first_article(stage, action),
      zh = ("“%s”不适用于本项目的现状"):format(action.title.zh), en = ("“%s” does not apply to this case as it stands"):format(action.title.en) } } }
  end
  local refusals, guarded = standing(view, stage_name, stage, action_name, action, case, ctx, input)
  -- a check may rely on what the guards make sure of
  for _, check in ipairs(guarded and functions(action.check) or {}) do gather(refusals, check(case, input, ctx), first_article(stage, action), check) end
  if #refusals > 0 then return { refusals = refusals } end
  local effects, refused = run_effect(view, stage_name, stage, action.effect, case, input, ctx, now)
  if not effects then
    gather(refusals, refused, first_article(stage, action))
    return { refusals = refusals }
  end
  if action.clock then expand(view, stage_name, stage, action.clock, case, input, now, effects) end
  return { effects = effects }
end

-- entry.create(case, now) → the same for a new case, whose facts are checked and whose stages are none.
function P.entry.create(case, now)
  local view = P.view(case.jurisdiction)
  local create, refusals = view.kinds[case.kind].create, {}
  local ctx = context(view, { limits = view.kinds[case.kind].limits }, now)
  P.here, P.stage_name = view, ""
  for _, guard in ipairs(functions(create.guard)) do gather(refusals, guard(case, ctx), create.article, guard) end
  for _, check in ipairs(functions(create.check)) do gather(refusals, check(case, case.facts, ctx), create.article, check) end
  if #refusals > 0 then return { refusals = refusals } end
  local effects, refused = run_effect(view, "", {}, create.effect, case, case.facts, ctx, now)
  if not effects then
    gather(refusals, refused, create.article)
    return { refusals = refusals }
  end
  return { effects = effects }
end

-- entry.due(case, stage, deadline, now) → { effects } of a deadline whose day has passed.
function P.entry.due(case, stage_name, deadline_name, now)
  local view = P.view(case.jurisdiction)
  local stage = view.stages[stage_name]
  local ctx = context(view, stage, now)
  local effects, refused = run_effect(view, stage_name, stage, stage.deadlines[deadline_name].on_due, case, {}, ctx, now)
  if refused then error("on_due cannot refuse", 0) end
  return { effects = effects }
end

-- One row of a report: plain values under the names of its columns. `case` may name another case that the figure comes from.
local function report_row(name, columns, case_id, row)
  if type(row) ~= "table" then error(("report '%s': row returns { key = value }, a list of them, or nil, not %s"):format(name, type(row)), 0) end
  local out = { case = row.case or case_id, cases = row.cases }
  for key, value in pairs(row) do
    if not columns[key] and key ~= "case" and key ~= "cases" then
      local names = {}
      for n in pairs(columns) do names[#names + 1] = n end
      local near = type(key) == "string" and host.nearest(key, names)
      error(("report '%s': row gives '%s', which is no column%s"):format(name, tostring(key), near and (", did you mean '" .. near .. "'?") or ""), 0)
    end
    if key ~= "cases" and (type(value) == "table" or type(value) == "function") then
      error(("report '%s': column '%s' takes a plain value"):format(name, key), 0)
    end
    out[key] = value
  end
  return out
end

local function column_names(report)
  local columns = {}
  for _, c in ipairs(report.columns) do columns[c.name] = true end
  return columns
end

-- entry.report(name, jurisdiction, cases, now) → rows, each with its case. `now` also tells each case's deadlines, the units' names and the parameters.
function P.entry.report(name, jurisdiction, cases, now)
  local view = P.view(jurisdiction)
  local report, titles, out = view.reports[name], {}, {}
  local columns = column_names(report)
  for stage, s in pairs(view.stages) do titles[stage] = s.title end
  local ctx = host.readonly { date = now.date, actor = now.actor, deadlines = now.deadlines or {}, units = now.units or {}, places = view.jurisdictions, parameters = now.parameters or {},
    titles = titles, limit = function(limit) return P.resolve_limit(view, "", limit) end }
  for _, case in ipairs(cases) do
    local said = report.row(case, ctx)
    if type(said) ~= "table" or #said == 0 then said = { said } end
    for _, row in ipairs(said) do
      if type(row) ~= "table" or next(row) ~= nil then out[#out + 1] = report_row(name, columns, case.id, row) end
    end
  end
  return out
end

-- ROWS with equal values of group.by become one, with the sums of group.sum, how many they were (group.count) and the cases behind them.
local function grouped(group, rows)
  local out, index = {}, {}
  for _, row in ipairs(rows) do
    local key = ""
    for _, name in ipairs(group.by) do key = key .. tostring(row[name]) .. "\0" end
    local g = index[key]
    if not g then
      g = { row = { cases = {} }, seen = {} }
      for _, name in ipairs(group.by) do g.row[name] = row[name] end
      for _, name in ipairs(group.sum or {}) do g.row[name] = 0 end
      index[key], out[#out + 1] = g, g.row
    end
    for _, name in ipairs(group.sum or {}) do g.row[name] = g.row[name] + (row[name] or 0) end
    if group.count then g.row[group.count] = (g.row[group.count] or 0) + 1 end
    if row.case and not g.seen[row.case] then
      g.seen[row.case] = true
      g.row.cases[#g.row.cases + 1] = row.case
    end
  end
  return out
end

-- entry.report_finish(name, jurisdiction, rows, now) → { rows, record }: groups, then the script's `finish` over all rows.
function P.entry.report_finish(name, jurisdiction, rows, now)
  local view = P.view(jurisdiction)
  local report, record = view.reports[name], nil
  if report.group then rows = grouped(report.group, rows) end
  if report.finish then
    local ctx = host.readonly { date = now.date, actor = now.actor, units = now.units or {}, parameters = now.parameters or {},
      limit = function(limit) return P.resolve_limit(view, "", limit) end }
    local said
    said, record = report.finish(rows, ctx)
    local columns = column_names(report)
    rows = {}
    for i, row in ipairs(said) do rows[i] = report_row(name, columns, row.case, row) end
  end
  return { rows = rows, record = record }
end
