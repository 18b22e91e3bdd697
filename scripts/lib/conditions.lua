-- 附条件通过:每个条件有责任人和期限,没有落实之前挡住所写明的事项 · passed with conditions: each has an owner and a date, and blocks what it says until it is met
local conditions = {}

local blocks = choice { { "payment", "合同付款", "Payments on contracts" }, { "retention", "尾款审核", "Review of the retention" }, { "closing", "运维环节了结", "The end of operations" },
  { "nothing", "不挡,只催办", "Nothing: only reminded" } }

local function fields()
  return { { "condition", text, zh = "条件", en = "Condition" }, { "owner", text, zh = "责任人", en = "Who answers for it", max = 60 }, { "due", date, zh = "期限", en = "By" },
    { "blocks", blocks, zh = "落实前挡住", en = "Until met it blocks" } }
end

-- 未落实的条件里最早的期限 · the earliest date among those not met
local function earliest(list_)
  local best
  for _, c in ipairs(list_) do if not c.confirmed_on and (not best or c.due < best) then best = c.due end end
  return best
end

function conditions.field() return { "conditions", list_of(fields()), zh = "须落实的条件", en = "Conditions", min = 1 } end

function conditions.check(_, given, now)
  for i, c in ipairs(given.conditions) do
    if c.due <= now.date then
      return refuse { article = 26, code = "conditions.date", field = "conditions", zh = ("第%d个条件的期限应在今天之后:请另定"):format(i), en = ("Condition %d: the date must lie ahead"):format(i) }
    end
  end
end

function conditions.set(given)
  local out = {}
  for i, c in ipairs(given.conditions) do out[i] = { number = i, condition = c.condition, owner = c.owner, due = c.due, blocks = c.blocks } end
  return { set("acceptance_conditions", out), set("conditions_due", earliest(out)) }
end

-- 某事项是否被未落实的条件挡住 · is WHAT blocked by a condition that is not met?
function conditions.block(what)
  return function(case)
    local said = {}
    for _, c in ipairs(case.facts.acceptance_conditions or {}) do
      if not c.confirmed_on and c.blocks == what then
        said[#said + 1] = refuse { article = 26, code = "conditions.unmet", fact = "acceptance_conditions",
          zh = ("验收条件“%s”尚未落实(责任人%s,期限%s):请落实后由政务管理服务局确认"):format(c.condition, c.owner, c.due),
          en = ("The condition “%s” is not met (%s answers for it, by %s): meet it, then the bureau confirms"):format(c.condition, c.owner, c.due) }
      end
    end
    return said
  end
end

local function find(case, number, state_)
  local c = (case.facts.acceptance_conditions or {})[number]
  if not c or c.confirmed_on or state_ and not c[state_] then
    return refuse { article = 26, code = "conditions.number", field = "number", zh = "没有这个序号的待办条件:请核对", en = "No such condition is waiting: look at the list" }
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
  return { by = "builder", order = 20, article = 26, title = { zh = "报告验收条件已落实", en = "Report a condition met" }, when = is_set("conditions_due"),
    form = { number, { "note", text, zh = "落实情况", en = "How" } }, check = function(case, given) return find(case, given.number) end,
    effect = function(case, given, now)
      return { set("acceptance_conditions", mark(case, given.number, "met_on", now.date, given.note)),
        notify { to = { "bureau" }, article = 26, zh = "验收条件已落实,请确认", en = "A condition is met: confirm it" } }
    end }
end

function conditions.confirm()
  return { by = "bureau", order = 21, article = 26, title = { zh = "确认验收条件已落实", en = "Confirm a condition" }, when = is_set("conditions_due"),
    form = { number }, check = function(case, given) return find(case, given.number, "met_on") end,
    effect = function(case, given, now)
      local out = mark(case, given.number, "confirmed_on", now.date)
      return { set("acceptance_conditions", out), set("conditions_due", earliest(out)), notify { to = { "builder" }, article = 26, zh = "验收条件已确认", en = "The condition is confirmed" } }
    end }
end

conditions.facts = {
  { "acceptance_conditions", list_of { { "number", int, zh = "序号", en = "Number" }, { "condition", text, zh = "条件", en = "Condition" }, { "owner", text, zh = "责任人", en = "Owner" },
    { "due", date, zh = "期限", en = "By" }, { "blocks", text, zh = "挡住", en = "Blocks" }, { "met_on", date, zh = "报告日期", en = "Reported met on", optional = true },
    { "note", text, zh = "落实情况", en = "How", optional = true }, { "confirmed_on", date, zh = "确认日期", en = "Confirmed on", optional = true } }, zh = "验收条件", en = "Conditions of acceptance", optional = true },
  { "conditions_due", date, zh = "验收条件最早期限", en = "Earliest date of a condition", optional = true },
}

return conditions
