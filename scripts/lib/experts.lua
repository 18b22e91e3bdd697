-- 第十二条:专家从库中抽取、回避、例外须有理由
local experts = {}

function experts.fields()
  return {
    { "held_on", date, zh = "会议日期", en = "Day of the meeting" },
    { "experts", list_of(entry "experts"), zh = "到会专家(从专家库抽取)", en = "Experts, drawn from the pool", min = 1,
      example = { "E001", "E002", "E003", "E004", "E005" } },
    { "units", list_of(text), zh = "到会单位", en = "Units present", optional = true },
    { "exception_reason", text, zh = "例外理由", en = "Reason for an exception", optional = true,
      help = { zh = "专家人数不足或未从库中抽取的,须写明理由", en = "Due when there are too few experts, or they were not drawn from the pool" } },
  }
end

local function conflict(case, id, e)
  local own = e.unit_org == case.unit
  for _, o in ipairs(e.avoid or {}) do own = own or o == case.unit end
  for _, c in ipairs(case.facts.contracts or {}) do own = own or (e.unit ~= nil and e.unit == c.contractor_name) end
  if own then
    return refuse { article = 12, code = "experts.conflict", field = "experts",
      zh = ("专家%s与本项目的建设单位或承建单位有利害关系,应当回避:请改抽其他专家"):format(e.name or id),
      en = ("Expert %s is tied to the builder or the contractor of this project and must be recused: draw another"):format(e.name or id) }
  end
end

local function drawn(case, id)
  for _, d in ipairs(case.facts.expert_draws) do
    for _, one in ipairs(d.drawn) do if one == id then return true end end
  end
  return false
end

-- 到会专家是否合乎要求 · what stands against these experts
function experts.check(case, given, now, at_least_)
  local said, seen, count = {}, {}, 0
  local pool = now.entries.experts -- 由引擎按 reads 取来 · brought by the engine, because of `reads`
  for _, id in ipairs(given.experts) do
    if not seen[id] then seen[id], count = true, count + 1 end
    local e = pool and pool[id]
    if pool and (not e or e.suspended) then
      said[#said + 1] = refuse { article = 12, code = "experts.not_in_pool", field = "experts",
        zh = ("%s不在专家库中或已暂停抽取:请从专家库中抽取"):format(id),
        en = ("%s is not in the expert pool, or suspended: draw from the pool"):format(id) }
    elseif e then
      said[#said + 1] = conflict(case, id, e)
    end
  end
  for id in pairs(seen) do
    if case.facts.expert_draws and not given.exception_reason and not drawn(case, id) then
      said[#said + 1] = refuse { article = 12, code = "experts.not_drawn", field = "exception_reason",
        zh = ("专家%s不在抽取结果中:请按抽取结果登记,或写明例外理由"):format(id), en = ("Expert %s was not drawn: name those who were, or give the reason for an exception"):format(id) }
    end
  end
  if count < at_least_ and not given.exception_reason then
    said[#said + 1] = refuse { article = 12, code = "experts.too_few", field = "exception_reason",
      zh = ("专家应不少于%d人(办法未定人数,此为本地设定):请补足专家,或写明例外理由"):format(at_least_),
      en = ("At least %d experts are due (a local setting, the regulation names no number): add experts, or give the reason for an exception"):format(at_least_) }
  end
  if given.held_on > now.date then
    said[#said + 1] = refuse { article = 12, code = "experts.future", field = "held_on", zh = "会议日期在今天之后:请在开会后登记",
      en = "The meeting lies in the future: record it after it was held" }
  end
  return said
end

function experts.record()
  return { held_on = input "held_on", experts = input "experts", units = input "units", exception_reason = input "exception_reason" }
end

return experts
