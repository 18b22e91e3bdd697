-- 每个环节都有出路;法定期限都有时限 · every open stage has a way out; every statutory limit is a deadline

local function way_out(kind_)
  return redline(kind_ == "project" and "every_stage_has_a_way_out" or kind_ .. "_has_a_way_out") {
    kind = kind_, articles = { 14, 44 },
    title = { zh = "每个办理中的环节都有出路", en = "Every open stage has a way out" },
    why = { zh = "走不下去的事项没有人能办,也没有人会发现", en = "What can go nowhere, nobody can do and nobody will notice" },
    step = function(_, step)
      if step.what ~= "stuck" then return end
      local names = {}
      for name, s in pairs(step.after.stages) do if s.state == "open" then names[#names + 1] = name end end
      local where = table.concat(names, ", ")
      return crossed { zh = ("环节“%s”开着,没有任何人能办任何事,也没有将到的期限"):format(where), en = ("Stage '%s' is open; nobody can do anything, and no day lies ahead"):format(where) }
    end,
  }
end

-- 约合多少天:只用来比长短 · about how many days, for comparing only
local weight = { workdays = 1.4, days = 1, months = 30.4, years = 365 }
local function length(p) return p.count * weight[p.unit] end

-- 法定期限:环节、期限名、不得更长还是更短(以市里的为准)、靠哪个期限起作用 · the statutory limits: where, not longer or not shorter than the city's, and the deadline that carries them
local limits = {
  { "approval", "decide_within", "most", 14, clock = "decide" },
  { "approval", "start_within", "most", 15, from = "approved_on" },
  { "final_acceptance", "accept_within", "most", 26, clock = "accept" },
  { "trial_run", "trial_period", "least", 26 },
  { "retention", "year_1", "least", 19 }, { "retention", "year_2", "least", 19 }, { "retention", "year_3", "least", 19 },
}

local function carried(s, l)
  for _, d in pairs(s.deadlines or {}) do
    local right = not (l.clock or l.from) or l.clock and d.clock == l.clock or l.from and d.from == l.from
    if d.limit == l[2] and right and not d.when and d.tell then
      if l[3] == "least" or (d.nature or "limit") == "limit" then return true end
    end
  end
  return false
end

local statutory = redline "every_statutory_limit_is_a_deadline" {
  kind = "project", articles = { 14, 15, 19, 26 },
  title = { zh = "法定期限都在,长短不超出办法", en = "Every statutory limit is a deadline, and none is loosened" },
  why = { zh = "县里可以更严,不能把市里的法定期限放宽或拿掉", en = "A county may be stricter; it neither loosens a statutory limit nor takes it out" },
  rules = function(view)
    local out = {}
    for _, l in ipairs(limits) do
      local what = l[1] .. "." .. l[2]
      local s, p, city = view.stages[l[1]], view.limit(what), view.base.limit(what)
      if s and (type(p) ~= "table" or l[3] == "most" and length(p) > length(city) or l[3] == "least" and length(p) < length(city)) then
        out[#out + 1] = crossed { article = l[4], zh = ("期限“%s”被放宽了(或不再是期限)"):format(what), en = ("The limit '%s' is looser than the regulation, or no period"):format(what) }
      elseif s and not carried(s, l) then
        out[#out + 1] = crossed { article = l[4], zh = ("期限“%s”没有对应的时限提醒:到期无人知道"):format(what), en = ("No deadline carries the limit '%s': nobody will hear of it"):format(what) }
      end
    end
    return out
  end,
}

return { way_out "project", way_out "plan", way_out "funding", way_out "regulation", statutory }
