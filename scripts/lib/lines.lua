-- 红线共用:这一步发生了什么 · for red lines: what happened in this step
local lines = {}

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for key, value in pairs(a) do if not same(value, b[key]) then return false end end
  for key in pairs(b) do if a[key] == nil then return false end end
  return true
end
lines.same = same

-- 这一步之前的事实(新建时没有) · a fact before this step; none at the creation
function lines.before(step, fact_name) return step.before and step.before.facts[fact_name] end

-- 这一步写入了这个事实:值变了,或者又写了一次 · the step wrote this fact: another value, or written anew
function lines.wrote(step, fact_name)
  local now_ = step.after.facts[fact_name]
  if now_ == nil then return false end
  if not same(now_, lines.before(step, fact_name)) then return true end
  for _, e in ipairs(step.effects) do if e["do"] == "set" and e.fact == fact_name and e.value ~= nil then return true end end
  return false
end

-- 清单里这一步新增的条目;前面的被改过的,从改动处起都算 · the items that a step added to a list; what follows a changed item counts as added
function lines.added(step, fact_name)
  local now_, was, out, prefix = step.after.facts[fact_name] or {}, lines.before(step, fact_name) or {}, {}, true
  for i, item in ipairs(now_) do
    prefix = prefix and was[i] ~= nil and same(item, was[i])
    if not prefix then out[#out + 1] = item end
  end
  return out
end

-- 这一步打开了这个环节(含重新打开) · the step opened this stage, or opened it again
function lines.opened(step, name)
  local s, was = step.after.stages[name], step.before and step.before.stages[name]
  if not s or s.state ~= "open" then return false end
  return not was or was.state ~= "open" or was.round ~= s.round
end

function lines.has(items, value)
  for _, item in ipairs(items or {}) do if item == value then return true end end
  return false
end

-- 期间届满:最后一日的次日起 · over: from the day after the last day
function lines.over(date_, period, today_) return date_ ~= nil and today_ > later(date_, period) end

return lines
