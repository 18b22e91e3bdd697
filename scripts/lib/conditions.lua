-- 附条件通过:每个条件有责任人和期限,没有落实之前挡住所写明的事项 · passed with conditions: each has an owner and a date, and blocks what it says until it is met
local conditions = {}

local known = { approval = { "approval", "批复", "The approval" }, acceptance = { "acceptance", "竣工验收", "The acceptance" },
  payment = { "payment", "合同付款", "Payments on contracts" }, retention = { "retention", "尾款审核", "Review of the retention" },
  closing = { "closing", "运维环节了结", "The end of operations" }, nothing = { "nothing", "不挡,只催办", "Nothing: only reminded" } }

-- 竣工验收的条件能挡的 · what conditions of an acceptance may block
local after_acceptance = { "payment", "retention", "closing", "nothing" }

-- 表中的条件清单,blocks 写明可以挡住什么 · the list in a form; BLOCKS says what may be blocked
function conditions.field(blocks)
  local choices = {}
  for i, name in ipairs(blocks or after_acceptance) do choices[i] = known[name] end
  return { "conditions", list_of { { "condition", text, zh = "条件", en = "Condition" }, { "owner", text, zh = "责任人", en = "Who answers for it", max = 60 },
    { "due", date, zh = "期限", en = "By" }, { "blocks", choice(choices), zh = "落实前挡住", en = "Until met it blocks" } }, zh = "须落实的条件", en = "Conditions", min = 1 }
end

-- 挡住的就是本环节自己的条件:只有责任人和期限 · conditions that hold up their own stage: an owner and a date
conditions.plain = { { "condition", text, zh = "条件", en = "Condition" }, { "owner", text, zh = "责任人", en = "Who answers for it", max = 60 },
  { "due", date, zh = "期限", en = "By" } }

-- 未落实的条件里最早的期限 · the earliest date among those not met
function conditions.earliest(list_)
  local best
  for _, c in ipairs(list_) do if not c.confirmed_on and (not best or c.due < best) then best = c.due end end
  return best
end

function conditions.check(_, given, now)
  for i, c in ipairs(given.conditions) do
    if c.due <= now.date then
      return refuse { code = "conditions.date", field = "conditions", zh = ("第%d个条件的期限应在今天之后:请另定"):format(i), en = ("Condition %d: the date must lie ahead"):format(i) }
    end
  end
end

-- 记下条件,接在已有的后面;confirm 是由谁确认落实 · noted after those there are; CONFIRM: the role that confirms them
function conditions.set(case, given, from, article, confirm)
  local out = {}
  for i, c in ipairs(case.facts.acceptance_conditions or {}) do out[i] = c end
  for _, c in ipairs(given.conditions) do
    out[#out + 1] = { number = #out + 1, condition = c.condition, owner = c.owner, due = c.due, blocks = c.blocks, from = from, article = article, confirm = confirm or "bureau" }
  end
  return { set("acceptance_conditions", out), set("conditions_due", conditions.earliest(out)) }
end

-- 某事项是否被未落实的条件挡住 · is WHAT blocked by a condition that is not met?
function conditions.block(what)
  return function(case)
    local said = {}
    for _, c in ipairs(case.facts.acceptance_conditions or {}) do
      if not c.confirmed_on and c.blocks == what then
        local by = c.confirm == "center" and { "数据中心", "the centre" } or { "政务管理服务局", "the bureau" }
        said[#said + 1] = refuse { article = c.article or 26, code = "conditions.unmet", fact = "acceptance_conditions",
          zh = ("“%s”所附条件“%s”尚未落实(责任人%s,期限%s):请落实后由%s确认"):format(c.from or "竣工验收", c.condition, c.owner, c.due, by[1]),
          en = ("The condition “%s” is not met (%s answers for it, by %s): meet it, then %s confirms"):format(c.condition, c.owner, c.due, by[2]) }
      end
    end
    return said
  end
end

-- “附条件”的办法:与无条件的同一操作,多一张条件清单 · the same action with conditions: its papers, guards, checks and effects, and the list beside
function conditions.variant(action, more)
  local out, form, checks = {}, {}, {}
  for k, v in pairs(action) do out[k] = v end
  for _, f in ipairs(action.form or {}) do
    local copy = f
    if type(f) == "table" then
      copy = {}
      for k, v in pairs(f) do copy[k] = v end
    end
    form[#form + 1] = copy
  end
  form[#form + 1] = conditions.field(more.blocks)
  for _, c in ipairs(type(action.check) == "table" and action.check or { action.check }) do checks[#checks + 1] = c end
  checks[#checks + 1] = conditions.check
  out.usual, out.after, out.form, out.check, out.order, out.title = nil, nil, form, checks, more.order, more.title
  out.help = { zh = "每个条件写明责任人、期限和落实前挡住的事项", en = "Each condition names who answers for it, its date, and what it blocks until met" }
  out.effect = function(case, given, now)
    local first = action.effect
    if type(first) == "function" then first = first(case, given, now) end
    return { first, conditions.set(case, given, more.from or action.title.zh, more.article, more.confirm),
      notify { to = { "builder" }, article = more.article, zh = "附条件通过,请按期落实所附条件", en = "Passed with conditions: meet them by their dates" } }
  end
  return out
end

local function find(case, number, state_, role)
  local c = (case.facts.acceptance_conditions or {})[number]
  if not c or c.confirmed_on or state_ and not c[state_] or role and (c.confirm or "bureau") ~= role then
    return refuse { code = "conditions.number", field = "number", zh = "没有这个序号的待办条件:请核对", en = "No such condition is waiting: look at the list" }
  end
end

local function mark(case, number, what, value, note)
  local out = {}
  for i, c in ipairs(case.facts.acceptance_conditions) do
    local copy = {}
    for k, v in pairs(c) do copy[k] = v end
    if i == number then copy[what], copy.note = value, note or copy.note end
    out[i] = copy
  end
  return out
end

local number = { "number", int, zh = "条件序号", en = "Number of the condition", min = 1 }

function conditions.meet()
  return { by = "builder", order = 80, article = 26, title = { zh = "报告所附条件已落实", en = "Report a condition met" }, when = is_set("conditions_due"),
    form = { number, { "note", text, zh = "落实情况", en = "How" } }, check = function(case, given) return find(case, given.number) end,
    effect = function(case, given, now)
      local c = case.facts.acceptance_conditions[given.number]
      return { set("acceptance_conditions", mark(case, given.number, "met_on", now.date, given.note)),
        notify { to = { c.confirm or "bureau" }, article = c.article or 26, zh = "所附条件已落实,请确认", en = "A condition is met: confirm it" } }
    end }
end

-- 由提出条件的一方确认 · confirmed by the side that set it
function conditions.confirm(role)
  role = role or "bureau"
  return { by = role, order = 81, article = 26, title = { zh = "确认所附条件已落实", en = "Confirm a condition" }, when = is_set("conditions_due"),
    form = { number }, check = function(case, given) return find(case, given.number, "met_on", role) end,
    effect = function(case, given, now)
      local out = mark(case, given.number, "confirmed_on", now.date)
      return { set("acceptance_conditions", out), set("conditions_due", conditions.earliest(out)), notify { to = { "builder" }, article = 26, zh = "所附条件已确认", en = "The condition is confirmed" } }
    end }
end

conditions.facts = {
  { "acceptance_conditions", list_of { { "number", int, zh = "序号", en = "Number" }, { "condition", text, zh = "条件", en = "Condition" }, { "owner", text, zh = "责任人", en = "Owner" },
    { "due", date, zh = "期限", en = "By" }, { "blocks", text, zh = "挡住", en = "Blocks" }, { "met_on", date, zh = "报告日期", en = "Reported met on", optional = true },
    { "note", text, zh = "落实情况", en = "How", optional = true }, { "confirmed_on", date, zh = "确认日期", en = "Confirmed on", optional = true },
    { "from", text, zh = "由哪个环节提出", en = "Set by which step", optional = true }, { "article", int, zh = "条", en = "Article", optional = true },
    { "confirm", text, zh = "由谁确认", en = "Who confirms", optional = true } }, zh = "附条件通过的条件", en = "Conditions of what was passed", optional = true },
  { "conditions_due", date, zh = "所附条件的最早期限", en = "Earliest date of a condition", optional = true },
}

return conditions
