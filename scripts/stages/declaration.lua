-- 第五条 年度申报(9月30日前);第八条 50万元以下;第十六条 不得化整为零;第四十七条 土建与信息化分别审批
local oversight = require "lib.oversight"
local common = require "lib.common"
local funding = require "lib.funding"
local siblings = require "lib.siblings"

-- 申报截止日:计划年度上一年的9月30日24时;遇休息日是否顺延由各地定,默认不顺延
local function closes(year, now)
  local day = ("%04d-%02d-%02d"):format(year - 1, now.limits.closes_month, now.limits.closes_day)
  if now.limits.closes_rolls then day = later(day, days(0)) end
  return day
end

local function in_time(case, now)
  local year = case.facts.plan_year
  local day, open_year = closes(year, now), year + 1
  if now.date > day then
    while closes(open_year, now) < now.date do open_year = open_year + 1 end
    return refuse { article = 5, code = "declaration.late", field = "plan_year",
      zh = ("%d年度计划的申报已于%s的24时截止,草稿保留。两条出路:用“修改申报”把计划年度改为%d年再申报;国家、省要求急需建设的,按第七条办理“申请急需建设”"):format(
        year, day, open_year),
      en = ("Declarations for %d closed on %s at 24:00; the draft is kept. Two ways out: change the plan year to %d and declare then; or, if the state or the province requires it, ask for the urgent way of article 7"):format(
        year, day, open_year) }
  end
end

local function civil_apart(case, now)
  local civil, total = case.facts.civil_works or 0, case.facts.investment
  if civil > now.limits.civil_above or civil > now.limits.civil_share_above and civil * 100 >= total * now.limits.civil_share_percent then
    return refuse { article = 47, code = "declaration.civil", field = "civil_works",
      zh = ("土建投资超过%s(或超过%s且占总投资%d%%以上),须与信息化部分分别审批:请把土建部分另行报批,本项目只报信息化部分"):format(
        money_text(now.limits.civil_above), money_text(now.limits.civil_share_above), now.limits.civil_share_percent),
      en = ("Civil works are over %s (or over %s and at least %d%% of the total): have them approved apart and declare only the IT part here"):format(
        common.yuan(now.limits.civil_above), common.yuan(now.limits.civil_share_above), now.limits.civil_share_percent) }
  end
end

-- 土建工程中的信息化部分超过50万元的,须单独按本办法审批,不因各地提高小额标准而免 · however high a county sets its small projects
local function it_apart(case, now)
  if common.contains(case.facts.parts, "in_construction") and case.facts.investment > now.limits.it_in_civil_above then
    return refuse { article = 47, code = "declaration.it_in_civil", fact = "parts",
      zh = "土建工程中的信息化部分超过{it_in_civil_above|money}的,须与土建部分分别审批:请办理“申报”,列入年度计划并报批",
      en = "The IT part of a construction project over {it_in_civil_above|money} is approved apart: declare it for the yearly plan" }
  end
end

-- 各地小额标准高于此数时:只有土建工程中的信息化部分仍须申报 · where a county's small projects reach further
local function not_small(case, now)
  if case.facts.investment <= now.limits.exempt_up_to and not it_apart(case, now) then
    return refuse { article = 8, code = "declaration.small", fact = "investment", zh = "总投资{exempt_up_to|money}以下的不列年度计划:请办理“小额项目自行实施”",
      en = "Up to {exempt_up_to|money} nothing is declared for a plan: go the way of small projects" }
  end
end

local function revise(case, given)
  local out, f = {}, {}
  for name, value in pairs(case.facts) do f[name] = value end
  for name, value in pairs(given) do out[#out + 1], f[name] = set(name, value), value end
  local said = funding.check(f)
  if #said > 0 then return said end
  out[#out + 1] = set("upper_money", funding.upper(f))
  out[#out + 1] = set("declared_investment", f.investment)
  return out
end

local editable = {}
for i, name in ipairs { "title", "category", "parts", "funding_mode", "plan_year", "investment", "funding_sources", "investment_by_year", "summary",
  "civil_works",
  "needs_software_test", "needs_classified_assessment", "needs_protection_assessment", "needs_crypto_assessment", "joint_with_counties",
  "key_project" } do
  editable[i] = { name = name, fact = name, optional = true } -- 只填要改的 · only what changes
end

return stage "declaration" {
  kind = "project", order = 10, articles = { 5, 8, 16, 47 }, owner = "builder", title = { zh = "项目申报", en = "Declaration" },
  limits = { exempt_up_to = wan(50), closes_month = 9, closes_day = 30, closes_rolls = false,
    civil_above = wan(400), civil_share_above = wan(200), civil_share_percent = 40, it_in_civil_above = wan(50) },
  facts = { { "declared_on", date, zh = "申报日期", en = "Declared on", optional = true },
    { "exempt", bool, zh = "第八条小额项目", en = "Small project (article 8)", optional = true } },
  leads = { submitted = "pretech", small = "procurement", urgent = "urgent_review" },
  readings = { { article = 8, zh = "恰为{exempt_up_to|money}的,不列计划、无需审批(第四十七条用“超过”);合同备案和验收报告照旧", en = "Exactly {exempt_up_to|money}: exempt (article 47 says “over”); contract filing and acceptance report stay due" },
    { article = 5, zh = "{closes_month}月{closes_day}日含当日,到24时止;遇休息日不顺延(可由各地改定)", en = "{closes_day} {closes_month|month} is inclusive, to 24:00; it does not roll to a working day (a county may choose)" } },
  actions = {
    revise = { by = "builder", order = 1, title = { zh = "修改申报", en = "Revise the draft" }, form = editable, effect = revise,
      help = { zh = "只填要改的项", en = "Fill in only what changes" } },
    submit = { by = "builder", order = 2, usual = 1, after = workdays(10), article = 5, title = { zh = "申报", en = "Declare" },
      when = any { above("investment", limit "exempt_up_to"), above("investment", limit "it_in_civil_above") },
      help = { zh = "{closes_month}月{closes_day}日24时前申报下一年度计划;前置技术审查可在申报后进行,未通过的不能列入计划",
        en = "By {closes_day} {closes_month|month}, 24:00, for the next year's plan; the pre-technical review follows, and the plan takes only what passed" },
      needs = docs { "project_proposal", "party_group_approval", "investment_estimate", "supporting_evidence" }, guard = { in_time, civil_apart, not_small },
      effect = { set("declared_on", today), set("declared_investment", fact "investment"),
        notify { to = { "center", "bureau" }, article = 5, zh = "有项目申报,请开展前置技术审查",
          en = "A project was declared: the pre-technical review is due" }, follow "submitted" } },
    start_small = { by = "builder", order = 2, usual = 1, after = workdays(5), article = 8,
      title = { zh = "小额项目自行实施", en = "Go the way of small projects" },
      when = at_most("investment", limit "exempt_up_to"), guard = { civil_apart, it_apart, siblings.banned }, reads = { "unit:project" },
      help = { zh = "总投资{exempt_up_to|money}以下(含本数):不列年度计划、无需审批,自行采购;合同签订后报备案,建成后仍须验收",
        en = "Up to and including {exempt_up_to|money}: no plan, no approval; the contract is filed after signing, and acceptance is still due" },
      form = { { "not_split", bool, zh = "确认未将应报批的项目拆分(第十六条)",
        en = "Confirmed: not split off a project that needs approval (article 16)", example = true } },
      check = function(_, given)
        if not given.not_split then
          return refuse { article = 16, code = "declaration.split", field = "not_split",
            zh = "严禁化整为零规避审批:应报批的项目请合并后申报;不属拆分的请确认",
            en = "Splitting to avoid approval is forbidden: declare the whole project, or confirm that this is no part of one" }
        end
      end,
      effect = { set("exempt", true), set("declared_on", today), follow "small" } },
    request_urgent = common.request_urgent(civil_apart), -- 急需的也要分开 · the urgent way does not mix them either
    except_from_ban = siblings.except(),
    withdraw = common.withdraw(),
    classify = oversight.classify(), declassify = oversight.declassify(),
  },
  deadlines = {
    window = { article = 5, on = { month = limit "closes_month", day = limit "closes_day", year = "plan_year", plus = -1 }, roll = limit "closes_rolls", unless = "declared_on",
      when = above("investment", limit "exempt_up_to"), warn = { months(1), workdays(10), workdays(3), workdays(1) }, tell = "builder",
      action = "submit",
      title = { zh = "年度申报截止", en = "Declarations close" },
      on_due = { notify { to = { "builder" }, article = 5, zh = "年度申报已截止,草稿保留:可改报下一年度,或按第七条申请急需建设",
        en = "Declarations have closed, the draft is kept: declare for the next year, or ask for the urgent way of article 7" } } },
  },
}
