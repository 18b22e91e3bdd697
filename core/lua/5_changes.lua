-- What a change of rules asks: which open cases migrate, and what an action would pay.

-- By their `order`, then by name: the first that concerns a case is carried out, so the narrower one has the smaller number.
local function in_order(view, names)
  local out = {}
  for _, name in ipairs(names) do if view.migrations[name] then out[#out + 1] = name end end
  table.sort(out, function(a, b)
    local x, y = view.migrations[a].order or 0, view.migrations[b].order or 0
    if x ~= y then return x < y end
    return a < b
  end)
  return out
end

-- entry.migrate(case, names, now) → { name, effects } of the first migration among NAMES that concerns the case, or {}.
function P.entry.migrate(case, names, now)
  local view = P.view(case.jurisdiction)
  for _, name in ipairs(in_order(view, names)) do
    local m = view.migrations[name]
    local record = m and m.kind == case.kind and case.stages[m.from]
    if record and record.state == "open" then
      local ctx = context(view, view.stages[m.to or m.from], now)
      if holds(view, m.to or m.from, m.when, case, ctx) then
        local effects = { { ["do"] = "close", stage = m.from } }
        if not m.to then effects = {} else effects[2] = { ["do"] = "open", stage = m.to } end
        local own = run_effect(view, m.to or m.from, view.stages[m.to or m.from] or {}, m.effect, case, {}, ctx, now)
        if not own then error(("migrate '%s' cannot refuse: leave out by `when` what it does not concern"):format(name), 0) end
        for _, e in ipairs(own) do effects[#effects + 1] = e end
        return { name = name, effects = effects }
      end
    end
  end
  return {}
end

-- entry.payments(case, now) → [ { stage, action, amount } ] for every action of an open stage that says what it `pays`: in fen, at most, as the
-- case stands now.
function P.entry.payments(case, now)
  local view, out = P.view(case.jurisdiction), {}
  for stage_name, s in pairs(case.stages) do
    local stage = view.stages[stage_name]
    if s.state == "open" and stage then
      for name, action in pairs(stage.actions) do
        local amount = action.pays
        if type(amount) == "function" then amount = amount(case, context(view, stage, now)) end
        if amount ~= nil then
          if math.type(amount) ~= "integer" or amount < 0 then
            error(("%s.%s: pays gives whole fen, zero or more, or nothing, not %s"):format(stage_name, name, tostring(amount)), 0)
          end
          out[#out + 1] = { stage = stage_name, action = name, amount = amount }
        end
      end
    end
  end
  return out
end
