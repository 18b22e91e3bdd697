-- 第十六、三十一、三十五条:同一建设单位的其他项目 · the same unit's other projects: likely splits, its record, a ban on it
local siblings = {}

local function key_of(title) return (title:gsub("[%d%s%p]", "")) end

-- 名称相近:相同的两字组合占一半以上 · alike: at least half of the pairs of characters are shared
local function pairs_of(title)
  local chars, out, count = {}, {}, 0
  for _, c in utf8.codes(key_of(title)) do chars[#chars + 1] = c end
  for i = 1, #chars - 1 do
    local k = chars[i] * 2097152 + chars[i + 1]
    if not out[k] then out[k], count = true, count + 1 end
  end
  return out, count
end

function siblings.alike(a, b)
  local pa, na = pairs_of(a)
  local pb, nb = pairs_of(b)
  local shared = 0
  for k in pairs(pa) do if pb[k] then shared = shared + 1 end end
  return na > 0 and nb > 0 and shared * 2 >= math.min(na, nb)
end

local function contractor(facts) local a = facts.awards and facts.awards[1]; return a and a.contractor end

local lines = { "declaration.exempt_up_to", "scheme_review.meeting_from", "prelim_design.professional_from", "prelim_design.study_from" }

-- 相近的项目,合计越过某一门槛而各自在门槛以下 · alike, and together over a threshold that each of them stays below
function siblings.splits(case, now)
  local found, total, f = {}, case.facts.investment, case.facts
  for id, other in pairs(now.cases) do
    local o = other.facts
    if id ~= case.id and other.kind == "project" and other.unit == case.unit and o.investment and math.abs((o.plan_year or 0) - f.plan_year) <= 1 then
      local same = contractor(f) ~= nil and contractor(f) == contractor(o)
      if same or siblings.alike(f.title, o.title) then
        found[#found + 1] = { project = id, title = o.title, investment = o.investment, why = same and "承建单位相同 same contractor" or "名称相近 alike in name" }
        total = total + o.investment
      end
    end
  end
  table.sort(found, function(a, b) return a.project < b.project end)
  for _, name in ipairs(lines) do
    local line, each_below = now.limit(name), f.investment <= now.limit(name)
    for _, one in ipairs(found) do each_below = each_below and one.investment <= line end
    if #found > 0 and each_below and total > line then return found, total, line end
  end
  return {}, total
end

-- 第三十一条:单位的后评价和验收记录 · the unit's record of evaluations and acceptances
function siblings.record_of(case, now)
  local out = {}
  for id, other in pairs(now.cases) do
    local o = other.facts
    if id ~= case.id and other.kind == "project" and other.unit == case.unit then
      local what = o.sharing_ban_on and "未按要求共享,限制新建 banned for not sharing" or o.evaluation_result == "failed" and "后评价不合格 evaluation failed"
        or o.evaluation_result == "passed_with_problems" and not o.evaluation_settled_on and "后评价问题未整改 problems open" or (o.acceptance_failures or 0) > 1 and "多次验收不合格 failed acceptance again"
        or o.suspended_on and "项目被暂停 suspended"
      if what then out[#out + 1] = { project = id, title = o.title, what = what } end
    end
  end
  table.sort(out, function(a, b) return a.project < b.project end)
  return out
end

-- 第三十一条 评价结果与后续项目审批挂钩:有不良记录的,批复时须写明怎样考虑;换个写法绕不过 · a bad record weighs: whoever approves says how it was considered
function siblings.weigh(case, given, now)
  local found = siblings.record_of(case, now)
  if #found == 0 or given.record_considered then return end
  local names = {}
  for i, one in ipairs(found) do names[i] = ("“%s”:%s"):format(one.title, one.what) end
  return refuse { article = 31, code = "unit.record", field = "record_considered",
    zh = ("该单位有不良记录(%s),与后续审批挂钩:请在“对单位记录的考虑”中写明理由再批复,或不予批准"):format(table.concat(names, ";")),
    en = ("The unit has a record (%s) that weighs on later approvals: say how it was considered, or reject"):format(table.concat(names, "; ")) }
end

function siblings.weigh_field()
  return { "record_considered", text, zh = "对单位记录的考虑", en = "How the unit's record was considered", optional = true,
    help = { zh = "单位有后评价不合格、问题未整改、多次验收不合格等记录时必填", en = "Due where the unit has failed evaluations, open problems or failed acceptances" } }
end

-- 由决定的人查看;只提示,不代替判断 · shown to whoever decides; it replaces no judgement
function siblings.look()
  return { by = { "bureau", "center" }, order = 20, article = 16, title = { zh = "查同单位项目(拆分、履约)", en = "Look at the unit's other projects" }, reads = { "unit:project" },
    help = { zh = "列出同单位、年度相近、名称相近或承建单位相同、合计越过门槛的项目,以及后评价等记录;由人判断并写明理由",
      en = "Lists the same unit's projects that are near in time, alike in name or contractor and together over a threshold, and its record; a person judges" },
    effect = function(case, _, now)
      local found, total, line = siblings.splits(case, now)
      local record_ = siblings.record_of(case, now)
      return { set("split_suspects", found[1] and found or nil), set("unit_record", record_[1] and record_ or nil), set("siblings_seen_on", now.date),
        line and notify { to = { "bureau" }, article = 16, zh = ("疑似化整为零:同单位相近项目合计%s,超过%s,请判断"):format(money_text(total), money_text(line)),
          en = "Likely splitting: projects of the same unit that are alike pass a threshold together; judge it" } or {} }
    end }
end

-- 由人判断并写明理由;认定拆分的不能批复、不能收备 · a person judges, with a reason; what is found to be split is neither approved nor received
function siblings.judge()
  return { by = "bureau", order = 21, article = 16, title = { zh = "判断是否化整为零", en = "Judge whether it was split" }, when = is_set("split_suspects"),
    form = { { "split", bool, zh = "认定为化整为零", en = "It was split", example = false }, { "reason", text, zh = "理由", en = "Reason" } },
    effect = function(_, given)
      return { set("split_found", given.split), set("split_judgement", given.reason),
        given.split and notify { to = { "builder" }, article = 16, zh = "认定为化整为零:请合并后按规定程序申报", en = "Found to be split: declare the whole project by the usual procedure" } or {} }
    end }
end

function siblings.judged(case)
  if case.facts.split_found then
    return refuse { article = 16, code = "split.found", fact = "split_found", zh = "已认定为化整为零,不能继续:请撤回,合并后按规定程序申报",
      en = "It was found to be split and cannot go on: withdraw it and declare the whole" }
  elseif case.facts.split_suspects and not case.facts.split_judgement then
    return refuse { article = 16, code = "split.unjudged", fact = "split_judgement", zh = "有疑似拆分的同单位项目:请先办理“判断是否化整为零”",
      en = "There are projects of the same unit that look like parts of one: judge them first" }
  end
end

-- 第三十五条:单位有未共享的系统,不得新建、改建、扩建 · a unit whose system does not share may not build
function siblings.banned(case, now)
  if case.facts.ban_exception then return end
  for _, other in pairs(now.cases) do
    if other.kind == "project" and other.unit == case.unit and other.facts.sharing_ban_on then
      return refuse { article = 35, code = "unit.banned",
        zh = ("本单位的“%s”未按要求共享数据,不得新建、改建、扩建:请先整改并解除限制,或由政务管理服务局会同有关部门“批准例外建设”"):format(other.facts.title),
        en = ("The unit's “%s” does not share its data, so it may not build: have the ban lifted, or let the bureau with the others approve an exception"):format(other.facts.title) }
    end
  end
end

-- 第三十五条 例外由政务管理服务局会同有关部门批准 · the exception is the bureau's, with the other bodies
function siblings.except()
  return { by = "bureau", order = 21, article = 35, title = { zh = "批准例外建设", en = "Approve an exception" }, when = not_set("ban_exception"),
      help = { zh = "不能共享而确有必要建设的,会同有关部门审批,写明理由和会同部门", en = "Cannot share, yet must be built: approved together with the other bodies; name them and the reason" },
      form = { { "reason", text, zh = "理由和会同部门", en = "Reason, and with whom" } }, effect = { set("ban_exception", input "reason") } }
end

return siblings
