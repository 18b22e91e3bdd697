-- 第四条 审计计划:2000万元以上的全部列入,以下的按比例抽取。抽取可复核:按 SM3(种子:编号) 从小到大取前几个;种子应是抽取前无人能定的公开数,如当日公布的开奖号码
-- The audit plan: all from the line on, a share of the rest. Anyone can check the draw: the order of SM3("seed:id"), the first are taken. The seed is a public
-- number that nobody could choose, such as a lottery drawn that day.
-- luacheck: read globals sm3
local function drawn_of(pool, seed, percent_)
  local order, taken = {}, {}
  for i, row in ipairs(pool) do order[i] = { id = row.case, hash = sm3(seed .. ":" .. row.case) } end
  table.sort(order, function(a, b) return a.hash < b.hash end)
  local count = (#order * percent_ + 99) // 100 -- 不足一个的进一 · rounded up: a share of a few is at least one
  for i = 1, count do taken[order[i].id] = order[i].hash end
  return taken, order, count
end

return report "audit_plan" {
  title = { zh = "年度审计计划", en = "Audit plan" }, articles = { 4 }, by = { "audit", "bureau", "finance" }, kind = "project",
  help = { zh = "给出种子和比例即抽取;抽取的种子、名单、次序都在报表里,可用 openssl dgst -sm3 复核", en = "With a seed and a ratio the rest is sampled; seed, pool and order are in the report, to be checked with openssl dgst -sm3" },
  parameters = { { "year", int, zh = "竣工验收年度", en = "Year of acceptance", min = 2022, max = 2100, example = 2024 },
    { "seed", text, zh = "公开的种子", en = "Public seed", optional = true, max = 200 },
    { "ratio", percent, zh = "抽审比例(%)", en = "Share drawn (%)", optional = true, min = 1, max = 100 } },
  columns = {
    { "why", choice { { "line", "达到限额,全部列入", "From the line on: always" }, { "drawn", "抽中", "Drawn" }, { "not_drawn", "未抽中", "Not drawn" },
      { "pool", "待抽取", "To be drawn" } }, zh = "列入原因", en = "Why" },
    { "unit", zh = "建设单位", en = "Unit" }, { "title", zh = "项目名称", en = "Project" }, { "investment", money, zh = "总投资", en = "Investment" },
    { "final_accepted_on", date, zh = "竣工验收日期", en = "Finally accepted on" }, { "audited_on", date, zh = "审计日期", en = "Audited on" },
    { "hash", zh = "SM3(种子:编号)", en = "SM3(seed:id)" },
  },
  order = { "why", "hash", "-investment" }, totals = { "investment" },
  row = function(case, now)
    local f, unit = case.facts, now.units[case.unit]
    if not f.final_accepted_on or year_of(f.final_accepted_on) ~= now.parameters.year then return nil end
    return { why = f.investment >= now.limit("settlement.line") and "line" or "pool", unit = unit and unit.zh or case.unit, title = case.title,
      investment = f.investment, final_accepted_on = f.final_accepted_on, audited_on = f.audited_on }
  end,
  finish = function(rows, now)
    local seed, ratio, pool, out = now.parameters.seed, now.parameters.ratio, {}, {}
    for _, row in ipairs(rows) do if row.why == "pool" then pool[#pool + 1] = row end end
    if not (seed and ratio) then return rows, { rule = "请给出 seed 和 ratio 再抽取 · give seed and ratio to draw" } end
    local taken, order, count = drawn_of(pool, seed, ratio)
    local hashes, names = {}, {}
    for i, one in ipairs(order) do hashes[one.id], names[i] = one.hash, one.id end
    for i, row in ipairs(rows) do
      local copy = {}
      for key, value in pairs(row) do copy[key] = value end
      if row.why == "pool" then copy.why, copy.hash = taken[row.case] and "drawn" or "not_drawn", hashes[row.case] end
      out[i] = copy
    end
    return out, { rule = "SM3(seed:id), 从小到大 ascending", seed = seed, ratio = ratio, count = count, order = names }
  end,
}
