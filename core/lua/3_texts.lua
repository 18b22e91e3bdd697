-- Texts that show a limit: "不超过{decide_within}", "{declaration.exempt_up_to|money}以下". What a clerk reads follows what the county set.
local units = { workdays = { "个工作日", "working day" }, days = { "天", "day" }, months = { "个月", "month" }, years = { "年", "year" } }
local months = { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December" }

local function grouped(fen)
  local whole = tostring(fen // 100):reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "")
  return fen % 100 == 0 and whole or ("%s.%02d"):format(whole, fen % 100)
end

-- LIMIT as LANGUAGE says it; HOW is what follows the bar: money, month or nothing.
local function said(limit, language, how)
  if type(limit) == "table" and limit.is == "period" then
    local unit = units[limit.unit]
    if language == "zh" then return limit.count .. unit[1] end
    return ("%d %s%s"):format(limit.count, unit[2], limit.count == 1 and "" or "s")
  end
  if math.type(limit) ~= "integer" then return nil end
  if how == "money" then return language == "zh" and P.words.money_text(limit) or grouped(limit) end
  if how == "month" and language == "en" then return months[limit] end
  return tostring(limit)
end

-- TEXT with its limits; what names no limit stays as it is, or is told to WRONG(name).
local function filled(view, stage_name, language, text, wrong)
  if not text:find("{", 1, true) then return text end
  return (text:gsub("{([%a_][%w_.]*)|?(%a*)}", function(name, how)
    local out = said(P.resolve_limit(view, stage_name, name), language, how)
    if not out and wrong then wrong(name) end
    return out
  end))
end

-- What a function said, a refusal or a notice: its texts filled in place.
function P.fill_said(view, stage_name, r)
  if view and type(r.zh) == "string" then r.zh = filled(view, stage_name, "zh", r.zh) end
  if view and type(r.en) == "string" then r.en = filled(view, stage_name, "en", r.en) end
  return r
end

-- Parts that hold no text, or none that shows a limit: not looked into, since every county's view is filled when rules load.
local bare = { facts = true, choices = true, needs = true, when = true, articles = true, limits = true, leads = true, warn = true, after = true, tell = true, by = true,
  reads = true, columns = true, example = true, clock = true }

-- A declaration with its texts filled: the same table where nothing is to be filled, since counties share the base's.
function P.fill_declared(view, stage_name, value, wrong)
  local out
  for key, inner in pairs(value) do
    local new = inner
    if type(inner) == "table" then
      if bare[key] then goto next end
      new = P.fill_declared(view, stage_name, inner, wrong)
    elseif (key == "zh" or key == "en") and type(inner) == "string" then
      new = filled(view, stage_name, key, inner, wrong)
    end
    if new ~= inner then
      if not out then
        out = {}
        for k, v in pairs(value) do out[k] = v end
      end
      out[key] = new
    end
    ::next::
  end
  return out or value
end

-- VALUE, or the limit that it names.
local function settled(view, stage_name, name, value)
  if type(value) ~= "table" or value.is ~= "limit" then return value end
  local out = P.resolve_limit(view, stage_name, value.limit)
  if out == nil then P.wrong_in(view.at["stage" .. stage_name], value.limit, "stage '%s': %s: limit '%s' is not there", stage_name, name, value.limit) end
  return out
end

-- A copy of VALUES in which those NAMES are settled.
local function settled_copy(view, stage_name, values, names)
  local out = {}
  for name, value in pairs(values) do
    if names[name] then value = settled(view, stage_name, name, value) end
    out[name] = value
  end
  return out
end

-- limits = { supervision_above = limit "declaration.exempt_up_to" }: one that follows another becomes its value, per county.
function P.settled_limits(view, stage_name, stage)
  for _, value in pairs(stage.limits or {}) do
    if type(value) == "table" and value.is == "limit" then
      local names = {}
      for name in pairs(stage.limits) do names[name] = true end
      return settled_copy(view, stage_name, stage.limits, names)
    end
  end
  return stage.limits
end

-- on = { month = limit "closes_month", … } and roll = limit "closes_rolls" of a deadline.
function P.settled_deadlines(view, stage_name, stage)
  local out
  for name, d in pairs(stage.deadlines or {}) do
    local on = type(d.on) == "table" and settled_copy(view, stage_name, d.on, { month = true, day = true }) or nil
    if on or type(d.roll) == "table" then
      out = out or settled_copy(view, stage_name, stage.deadlines, {})
      out[name] = settled_copy(view, stage_name, d, { roll = true })
      out[name].on = on
    end
  end
  return out or stage.deadlines
end
