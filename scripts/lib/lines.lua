-- 红线共用:这一步发生了什么 · for red lines: what happened in this step
local lines = {}

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for key, value in pairs(a) do if not same(value, b[key]) then return false end end
  for key in pairs(b) do if a[key] == nil then return false end end
  return true
end

-- 这一步之前的事实(新建时没有) · a fact before this step; none at the creation
function lines.before(step, name) return step.before and step.before.facts[name] end

-- 这一步写入了这个事实(值相同也算) · the step wrote this fact, be it with the same value
function lines.wrote(step, name) return step.touched[name] and step.after.facts[name] ~= nil end

-- 清单里这一步新增的条目;前面的被改过的,从改动处起都算 · the items that a step added to a list; what follows a changed item counts as added
function lines.added(step, name)
  local out = {}
  if not step.touched[name] then return out end
  local was, prefix = lines.before(step, name) or {}, true
  for i, item in ipairs(step.after.facts[name] or {}) do
    prefix = prefix and was[i] ~= nil and same(item, was[i])
    if not prefix then out[#out + 1] = item end
  end
  return out
end

-- 这一步打开了这个环节(含重新打开) · the step opened this stage, or opened it again
function lines.opened(step, name)
  for _, e in ipairs(step.effects) do if e["do"] == "open" and e.stage == name then return true end end
  return false
end

function lines.has(items, value)
  for _, item in ipairs(items or {}) do if item == value then return true end end
  return false
end

function lines.role(step, name) return lines.has(step.actor.roles, name) end

-- 期间届满:最后一日的次日起 · over: from the day after the last day
function lines.over(date_, period, today_) return date_ ~= nil and today_ > later(date_, period) end

-- 大的一头:这一步前后总投资中较大的 · the larger of the totals before and after
function lines.total(step) return math.max(lines.before(step, "investment") or 0, step.after.facts.investment or 0) end

-- line(article)(zh, en) → crossed
function lines.no(article) return function(zh, en) return crossed { article = article, zh = zh, en = en } end end

return lines
