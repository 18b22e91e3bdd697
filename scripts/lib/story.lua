-- 判例的起点:一个项目在某环节的样子 · where law cases begin: a project as it stands in a stage
local story = {}

-- story.project("approval", "2024-03-01", { investment = wan(300) }, { "review_opinion" })
function story.project(open_, on, facts, papers_)
  local f = { title = "智慧水利一期", category = "software", funding_mode = "government", plan_year = 2024, summary = "概要" }
  for name, value in pairs(facts or {}) do f[name] = value end
  f.investment = f.investment or wan(100)
  f.funding_sources = f.funding_sources or { { source = "city", amount = f.investment } }
  f.investment_by_year = f.investment_by_year or { { year = f.plan_year, amount = f.investment } }
  return { kind = "project", on = on, open = open_, facts = f, papers = papers_ }
end

function story.plan(open_, on, facts, others, papers_)
  local f = { title = "2024年度计划", year = 2024 }
  for name, value in pairs(facts or {}) do f[name] = value end
  return { kind = "plan", on = on, open = open_, facts = f, papers = papers_, others = others }
end

-- 计划所带的项目 · a project that another case reads
function story.other(id, facts, open_)
  local f = { title = "项目" .. id, plan_year = 2024, investment = wan(100), pretech_passed_on = "2023-10-20" }
  for name, value in pairs(facts or {}) do f[name] = value end
  return { id = id, kind = "project", title = f.title, unit = "law-unit", facts = f, stages = { [open_ or "planning"] = { state = "open", opened = "2023-10-20" } } }
end

story.subjects = { goals = "pass", siting = "pass", functions = "pass", approach = "pass", data_sharing = "pass", architecture = "pass", equipment = "pass", estimate = "pass" }

-- 一份建设合同,没有说的都合乎规定 · a contract as it should be, save what is said otherwise
function story.contract(given)
  local c = { number = "HT-001", contractor = "C001", contractor_name = "某科技公司", amount = wan(100), signed_on = "2024-05-15", retention_percent = 15,
    termination_clause = true, operation_years = 3 }
  for name, value in pairs(given or {}) do c[name] = value end
  return c
end

-- 已登记的合同 · a contract on record
function story.signed(amount, number)
  return { number = number or "HT-001", contractor = "C001", contractor_name = "某科技公司", amount = amount, signed_amount = amount, signed_on = "2024-05-15", operation_years = 3 }
end

return story
