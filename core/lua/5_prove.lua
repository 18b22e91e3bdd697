-- The world in which the red lines are proved: a day to begin on, the cases that take part, the register entries that are there.
-- world { on = "2023-06-01", cases = { { kind = "…", facts = { … } }, … }, entries = { register = { id = { … } } } }
-- Without `facts` a case is opened with its form's examples, and with everything near a threshold; `also` names further openings that only people think of.
-- Each case's `needs` names the kinds without which it does not come far: they are opened before it.
function P.words.world(body)
  shape(2, "world", body, { on = "string", cases = "table", entries = "table" })
  if type(body.on) ~= "string" or not body.on:find("^%d%d%d%d%-%d%d%-%d%d$") then fault(2, 'world: on = "YYYY-MM-DD" is due: the first day') end
  for i, case in ipairs(body.cases or {}) do
    shape(2, ("world: case %d"):format(i), case, { kind = "string", facts = "table", also = "table", needs = "table", unit = "string" })
    if not case.kind then fault(2, "world: case %d: kind = \"…\" is due", i) end
  end
  return { is = "world", name = "world", body = body }
end

function P.take_world(path, d)
  if rules.world then error(("%s: the world is declared twice"):format(path), 0) end
  rules.world = d.body
end

function P.check_world()
  for i, case in ipairs(rules.world and rules.world.cases or {}) do
    if not rules.base.kinds[case.kind] then error(("redlines: world: case %d: kind '%s' is not there%s"):format(i, case.kind, near(case.kind, rules.base.kinds)), 0) end
  end
  for name in pairs(rules.world and rules.world.entries or {}) do
    if not rules.base.registers[name] then error(("redlines: world: register '%s' is not there%s"):format(name, near(name, rules.base.registers)), 0) end
  end
end

-- entry.prove_world() → what was declared, as plain data; {} when nothing was.
function P.entry.prove_world() return copied(rules.world or {}) end

-- entry.possible(case, now) → { "stage", "action", … }: what could be done now by somebody who brings the papers and the right input. The same
-- questions as entry.actions asks, and none of its answers to why not.
function P.entry.possible(case, now)
  local view, out = P.view(case.jurisdiction), {}
  for stage_name, s in pairs(case.stages) do
    local stage = view.stages[stage_name]
    if s.state == "open" and stage then
      local ctx = context(view, stage, now)
      for name, action in pairs(stage.actions) do
        local open_ = action.by ~= "system" and holds(view, stage_name, action.when, case, ctx)
        if open_ and action.once and not (type(action.once) == "table" and action.once.unless) then
          local said = {}
          P.stage_name = stage_name
          used_up(stage, action, name, case, nil, said)
          open_ = #said == 0
        end
        if open_ then
          local said = {}
          for _, guard in ipairs(functions(action.guard)) do
            gather(said, guard(case, ctx), nil, guard)
            if #said > 0 then break end
          end
          if #said == 0 then out[#out + 1], out[#out + 2] = stage_name, name end
        end
      end
    end
  end
  return out
end
