-- 第十二条 随机抽取专家:先剔除应回避的,其余按 SM3(种子:编号) 从小到大排,取前几名;种子是上一条记录的散列,抽取前无人知道
-- Draw: those who must be recused are left out, the rest are put in the order of SM3("seed:id"), the first are taken. The seed is the hash of the
-- record before, which nobody knew before it was. Anyone can check: printf '%s:%s' "$SEED" "$ID" | openssl dgst -sm3
-- luacheck: read globals sm3
local common = require "lib.common"
local draw = {}

local function why_not(case, e, left_out)
  if left_out then return left_out end
  if e.suspended then return "已暂停抽取 suspended" end
  if e.unit_org ~= nil and e.unit_org == case.unit then return "本单位 own unit" end
  for _, o in ipairs(e.avoid or {}) do if o == case.unit then return "应回避 to be recused" end end
  for _, c in ipairs(case.facts.contracts or {}) do if e.unit ~= nil and e.unit == c.contractor_name then return "承建单位 contractor" end end
end

-- pool = { [id] = entry } → 抽取记录 · the record of the draw
function draw.take(case, pool, seed, count, left_out)
  local ids, eligible, excluded, drawn = {}, {}, {}, {}
  for id in pairs(pool) do ids[#ids + 1] = id end
  table.sort(ids)
  for _, id in ipairs(ids) do
    local reason = why_not(case, pool[id], left_out[id])
    if reason then excluded[#excluded + 1] = { expert = id, reason = reason } else eligible[#eligible + 1] = { id = id, hash = sm3(seed .. ":" .. id) } end
  end
  table.sort(eligible, function(a, b) return a.hash < b.hash end)
  local names = {}
  for i, one in ipairs(eligible) do
    names[i] = one.id
    if i <= count then drawn[i] = one.id end
  end
  table.sort(names)
  return { seed = seed, pool = names, excluded = excluded, drawn = drawn }
end

function draw.facts()
  return { "expert_draws", list_of { { "on", date, zh = "日期", en = "On" }, { "stage", text, zh = "环节", en = "Stage" }, { "seed", text, zh = "种子", en = "Seed", optional = true },
    { "pool", list_of(text), zh = "参加抽取的专家", en = "Who could be drawn", optional = true },
    { "excluded", list_of { { "expert", text, zh = "专家", en = "Expert" }, { "reason", text, zh = "理由", en = "Reason" } }, zh = "未参加抽取的及理由", en = "Left out, and why", optional = true },
    { "drawn", list_of(text), zh = "抽中", en = "Drawn" }, { "reason", text, zh = "再次抽取、不经抽取的理由", en = "Why drawn again, or not drawn", optional = true } },
    zh = "专家抽取记录(可复核)", en = "Draws of experts (can be checked again)", optional = true }
end

-- 不参加这次抽取的:不能到会的,和本轮已抽中的 · who is left out this time: those who cannot come, those drawn already in this round
local function left_out_of(case, given, stage_name)
  local out, again = {}, common.did(case, stage_name, "draw") > 0
  local draws = case.facts.expert_draws or {}
  for i = #draws, 1, -1 do
    if again and draws[i].stage == stage_name then
      for _, id in ipairs(draws[i].drawn) do out[id] = "本轮已抽中 drawn already" end
    end
  end
  for _, u in ipairs(given.unavailable or {}) do out[u.expert] = u.reason end
  return out, again
end

local function pool_of(now) return now.entries and now.entries.experts or {} end

function draw.action(by, stage_name)
  return { by = by, order = 0, article = 12, title = { zh = "随机抽取专家", en = "Draw experts" }, reads = { "register:experts" },
    help = { zh = "先剔除应回避的,其余按 SM3(种子:编号) 排序取前几名;种子、名单都公开可复核。已抽中而不能到会的填入“不能到会”重抽",
      en = "Recused ones are left out, the rest are ordered by SM3(seed:id); seed and lists are on record for anyone to check. Name those who cannot come and draw again" },
    form = { { "count", int, zh = "抽取人数", en = "How many", min = 1, max = 30, optional = true },
      { "unavailable", list_of { { "expert", entry "experts", zh = "专家", en = "Expert" }, { "reason", text, zh = "理由", en = "Why" } }, zh = "不能到会的", en = "Who cannot come", optional = true },
      { "reason", text, zh = "再次抽取的理由", en = "Why it is drawn again", optional = true } },
    check = function(case, given, now)
      local left_out, again = left_out_of(case, given, stage_name)
      if again and not given.unavailable and not given.reason then
        return refuse { article = 12, code = "draw.again", field = "reason", zh = "本轮已抽取过:再次抽取须写明不能到会的专家或理由,以免反复抽取",
          en = "It was drawn already: name who cannot come or give a reason, so that nobody draws until the result pleases" }
      end
      local count = given.count or now.limits.experts_at_least
      local found = draw.take(case, pool_of(now), now.seed or "", count, left_out)
      if #found.drawn < count then
        return refuse { article = 12, code = "draw.too_few", field = "count",
          zh = ("库中可抽取的专家只有%d名,不足%d名:请先充实专家库,或写明理由办理“不经抽取指定专家”"):format(#found.pool, count),
          en = ("Only %d experts of the pool may be drawn, %d are due: add to the pool, or name experts by hand with a reason"):format(#found.pool, count) }
      end
    end,
    effect = function(case, given, now)
      local left_out = left_out_of(case, given, stage_name)
      local record_ = draw.take(case, pool_of(now), now.seed or "", given.count or now.limits.experts_at_least, left_out)
      record_.on, record_.stage, record_.reason = now.date, stage_name, given.reason
      return { append("expert_draws", record_) }
    end }
end

-- “原则上”从库中抽取的例外 · the exception to “in principle drawn”
function draw.by_hand(by, stage_name)
  return { by = by, order = 0, article = 12, title = { zh = "不经抽取指定专家", en = "Name experts by hand" },
    form = { { "experts", list_of(entry "experts"), zh = "专家", en = "Experts", min = 1 }, { "reason", text, zh = "不经抽取的理由", en = "Why they are not drawn" } },
    effect = function(_, given, now)
      local ids = {}
      for i, id in ipairs(given.experts) do ids[i] = id end
      return { append("expert_draws", { on = now.date, stage = stage_name, drawn = ids, reason = given.reason }) }
    end }
end

return draw
