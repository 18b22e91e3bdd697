-- 第九条 编制年度资金计划:已下达的年度计划、以前年度项目当年应付、当年财力
local common = require "lib.common"

local function no(article, code, field, zh, en) return refuse { article = article, code = "funding." .. code, field = field, zh = zh, en = en } end

local function in_year(facts, year)
  local total = 0
  for _, y in ipairs(facts.investment_by_year or {}) do if y.year == year then total = total + y.amount end end
  return total
end

-- 市里没有出资的:各单位自筹,建成后可给奖补 · without city money: the unit's own means, a subsidy after completion
local function own_means(facts)
  for _, s in ipairs(facts.funding_sources or {}) do if s.source == "city" then return false end end
  return true
end

local rules = {}
function rules.new(facts, given, year)
  if not facts.plan_entered_on then
    return no(7, "not_planned", "project", "未列入年度计划的项目不能安排资金:请先列入计划或按第七条办理", "In no issued plan, so no money: a plan or the urgent way of article 7 comes first")
  elseif given.amount > in_year(facts, year) then
    return no(9, "not_this_year", "amount", ("按进度该项目%d年度只能形成支出%s:当年不能形成支出的不予安排"):format(year, money_text(in_year(facts, year))),
      ("By its schedule this project spends %s in %d: what cannot be spent gets no budget"):format(common.yuan(in_year(facts, year)), year))
  end
end
function rules.earlier(facts, given)
  local open_ = (facts.contract_amount or 0) - common.sum(facts.payments, "amount")
  if given.amount > open_ then
    return no(9, "not_due", "amount", ("该项目未付合同款为%s,安排不能超过此数"):format(money_text(open_)), ("Only %s of its contracts is unpaid"):format(common.yuan(open_)))
  end
end
function rules.operation(facts)
  if facts.sharing_ban_on then
    return no(35, "not_shared", "project", "未按要求共享数据的系统,不予安排运行维护经费:请先整改并解除限制", "A system that does not share gets no money for operations: have the ban lifted first")
  elseif not facts.plan_entered_on then
    return no(7, "not_planned", "project", "纳入年度计划是安排运行维护资金的前提", "Being in a plan is the precondition of money for operations")
  end
end
function rules.subsidy(facts)
  if not own_means(facts) then
    return no(9, "city_money", "project", "已有市级资金的项目不再奖补", "A project with city money gets no subsidy")
  elseif not facts.final_accepted_on then
    return no(9, "not_built", "project", "奖补在项目建成、验收后安排", "The subsidy comes after the project is built and accepted")
  end
end

local function fits(case, given, now)
  local p = now.cases[given.project]
  if not p or p.kind ~= "project" then
    return no(9, "unknown", "project", ("没有编号为%s的项目:请核对"):format(given.project), ("There is no project %s: check the number"):format(given.project))
  end
  local said = { rules[given.purpose](p.facts, given, case.facts.year) }
  if p.jurisdiction and p.jurisdiction ~= case.jurisdiction and not p.facts.joint_with_counties then
    said[#said + 1] = no(49, "jurisdiction", "project", "别的辖区的项目由其本级财政安排,市、县一体化的除外", "Another jurisdiction's project is funded there, save a joint one")
  end
  for _, line in ipairs(case.facts.lines or {}) do
    if line.project == given.project and line.purpose == given.purpose and line.quarter == given.quarter then
      said[#said + 1] = no(9, "twice", "project", "该项目同一用途已安排:请先撤下再改", "This project has a line for this purpose: take it out first")
    end
  end
  local rest = case.facts.available - (case.facts.allotted or 0)
  if given.amount > rest then
    said[#said + 1] = no(9, "money", "amount", ("超过当年可安排资金,余%s:量入为出"):format(money_text(rest)), ("More than is left of the year's money (%s)"):format(common.yuan(rest)))
  end
  return said
end

return stage "funding_compile" {
  kind = "funding", order = 10, articles = { 9, 7, 35 }, owner = "finance", title = { zh = "编制资金计划", en = "Compile the funding plan" }, limits = { remind_after = months(2) },
  leads = { compiled = "funding_pass" },
  actions = {
    allot = { by = "finance", order = 1, usual = 1, after = workdays(10), title = { zh = "安排资金", en = "Allot money" }, reads = { "input.project" }, check = fits,
      form = { { "project", ref "project", zh = "项目", en = "Project", example = "430900-2023-0001" }, { "amount", money, zh = "金额", en = "Amount", min = 1, example = wan(50) },
        { "purpose", choice { { "new", "当年计划项目", "This year's plan" }, { "earlier", "以前年度项目当年应付", "Earlier projects, due this year" },
          { "operation", "运行维护", "Operations" }, { "subsidy", "建成奖补", "Subsidy after completion" } }, zh = "用途", en = "Purpose", example = "new" },
        { "quarter", int, zh = "安排在第几季度", en = "In which quarter", min = 1, max = 4, optional = true } },
      effect = function(case, given, now)
        local p = now.cases[given.project]
        return { append("lines", { project = given.project, amount = given.amount, purpose = given.purpose, unit = p.unit, quarter = given.quarter }), set("allotted", (case.facts.allotted or 0) + given.amount) }
      end },
    take_out = { by = "finance", order = 2, title = { zh = "撤下", en = "Take a line out" }, when = is_set("lines"), form = { { "project", ref "project", zh = "项目", en = "Project" } },
      effect = function(case, given)
        local rest = {}
        for _, line in ipairs(case.facts.lines) do if line.project ~= given.project then rest[#rest + 1] = line end end
        return { set("lines", rest), set("allotted", common.sum(rest, "amount")) }
      end },
    submit = { by = "finance", order = 3, usual = 2, after = workdays(5), title = { zh = "报政府审定", en = "Submit to the government" },
      guard = function(case)
        if #(case.facts.lines or {}) == 0 then return no(9, "empty", nil, "资金计划中没有项目:请先安排", "The plan has no line: allot money first") end
      end,
      effect = { notify { to = { "government", "bureau" }, article = 9, zh = "年度资金计划请审定", en = "The yearly funding plan awaits you" }, follow "compiled" } },
  },
  deadlines = { waiting = { article = 9, from = "opened", limit = "remind_after", nature = "reminder", warn = { workdays(10) }, tell = "finance", action = "submit",
    title = { zh = "资金计划提醒(本地设定)", en = "Funding plan pending (local setting)" } } },
}
