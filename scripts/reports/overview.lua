-- 领导视图:按环节、单位、区县、年度看项目的钱和逾期 · the leaders' view: money and what is overdue, by stage, unit, county and year
local dues = require "lib.dues"

-- 最近进入的环节;已了结的另列 · the stage that was entered last; what has ended stands apart
local function stage_of(case, now)
  local name, since
  for n, s in pairs(case.stages) do
    if s.state == "open" and (not since or s.opened > since or s.opened == since and n < name) then name, since = n, s.opened end
  end
  if case.ended or not name then return "已了结" end
  return now.titles[name] and now.titles[name].zh or name
end

local key = {
  stage = stage_of,
  unit = function(case, now) return now.units[case.unit] and now.units[case.unit].zh or case.unit end,
  county = function(case, now) return now.places[case.jurisdiction] and now.places[case.jurisdiction].zh or case.jurisdiction end,
  year = function(case) return tostring(case.facts.plan_year) end,
}

-- 逾期最久的一项逾期多少天;提醒和可以办理的日期不算 · days by which the worst limit is overdue
local function overdue(deadlines)
  local days = 0
  for _, d in ipairs(deadlines or {}) do
    if d.state == "overdue" and (d.nature or "limit") == "limit" and -d.left_days > days then days = -d.left_days end
  end
  return days
end

local function paid(case)
  local sum = 0
  for _, p in ipairs(case.facts.payments or {}) do sum = sum + p.amount end
  return sum
end

local function due(case, now)
  local sum = 0
  if case.ended then return 0 end
  dues.of(case, now, year_of(now.date), function(row) sum = sum + row.amount end)
  return sum
end

local money_columns = { "planned", "approved", "contracted", "paid", "due" }
local ages = { "overdue_month", "overdue_quarter", "overdue_longer" }

return report "overview" {
  title = { zh = "领导视图", en = "Overview" }, articles = { 4, 23 },
  by = { "bureau", "center", "drc", "finance", "audit", "leading_group", "government" }, kind = "project",
  help = { zh = "每个数都可以点开,看它来自哪些项目", en = "Open any figure to see the projects that it comes from" },
  parameters = {
    { "by", choice { { "stage", "按环节", "By stage" }, { "unit", "按单位", "By unit" }, { "county", "按区县", "By county" }, { "year", "按计划年度", "By plan year" } },
      zh = "分类", en = "Sorted by", optional = true },
    { "plan_year", int, zh = "计划年度", en = "Plan year", min = 2022, max = 2100, optional = true },
  },
  board = { by = "by", bars = money_columns, ages = ages }, room = "overview",
  columns = {
    { "key", zh = "分类", en = "Sorted by" }, { "projects", int, zh = "项目数", en = "Projects" },
    { "planned", money, zh = "计划投资", en = "Planned" }, { "approved", money, zh = "批复", en = "Approved" },
    { "contracted", money, zh = "合同", en = "Contracted" }, { "paid", money, zh = "已付", en = "Paid" },
    { "due", money, zh = "当年应付未付", en = "Due this year" },
    { "overdue_month", int, zh = "逾期30天以内", en = "Overdue up to 30 days" }, { "overdue_quarter", int, zh = "逾期31至90天", en = "31 to 90 days" },
    { "overdue_longer", int, zh = "逾期90天以上", en = "Over 90 days" },
  },
  group = { by = { "key" }, sum = { "planned", "approved", "contracted", "paid", "due", "overdue_month", "overdue_quarter", "overdue_longer" }, count = "projects" },
  order = { "-planned", "key" }, totals = { "projects", "planned", "approved", "contracted", "paid", "due", "overdue_month", "overdue_quarter", "overdue_longer" },
  row = function(case, now)
    local f, year = case.facts, now.parameters.plan_year
    if year and f.plan_year ~= year then return nil end
    local late = overdue(now.deadlines[case.id])
    return { key = key[now.parameters.by or "stage"](case, now), planned = f.plan_entered_on and f.investment or 0, approved = f.approved_on and f.approved_amount or 0,
      contracted = f.contract_amount or 0, paid = paid(case), due = due(case, now), overdue_month = late > 0 and late <= 30 and 1 or 0,
      overdue_quarter = late > 30 and late <= 90 and 1 or 0, overdue_longer = late > 90 and 1 or 0 }
  end,
}
