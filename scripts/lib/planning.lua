-- 年度计划各环节共用:调出、缓列 · what the stages of a yearly plan share: strike and defer
local common = require "lib.common"
local planning = {}

-- 第五、六、八条:能不能列入这一年的计划 · may this project stand in this plan?
function planning.fits(id, p, case, now)
  local function no(code, zh, en) return refuse { article = 5, code = "plan." .. code, field = "projects", zh = zh, en = en } end
  if not p or p.kind ~= "project" then return no("unknown", ("没有编号为%s的项目:请核对"):format(id),
    ("There is no project %s: check the number"):format(id)) end
  local title, year = p.facts.title, case.facts.year
  -- 区县的项目由区县自己的计划列入;市、县一体化的由市本级统筹(第十八、四十九条) · a county's project stands in the county's own plan, save a joint one
  -- 没有自己机构的区县,由市里的机构代办(yours),列入时看一次 · a county without a body of its own is served by the city's: asked when it enters
  local entered = common.contains(case.facts.projects, id)
  if p.jurisdiction and p.jurisdiction ~= case.jurisdiction and not p.yours and not entered and not p.facts.joint_with_counties then
    return refuse { article = 49, code = "plan.jurisdiction", field = "projects", zh = ("“%s”是别的辖区的项目,不能列入本计划:由其所在辖区的计划列入,市、县一体化的除外"):format(title),
      en = ("“%s” belongs to another jurisdiction: its own plan takes it, save a joint city-county project"):format(title) }
  end
  if not p.facts.pretech_passed_on then
    return no("pretech", ("“%s”未通过前置技术审查,不能列入计划:请待审查通过,或先不列入"):format(title),
      ("“%s” has not passed its pre-technical review: wait for it, or leave it out"):format(title))
  elseif not is_open(p, "planning") then
    return no("not_waiting", ("“%s”不在待列计划环节:请核对其进度"):format(title),
      ("“%s” is not waiting for a plan: look at where it stands"):format(title))
  elseif p.facts.plan_year ~= year then
    return no("year", ("“%s”申报的是%d年度计划:请列入该年度的计划"):format(title, p.facts.plan_year),
      ("“%s” was declared for %d: it belongs in that year's plan"):format(title, p.facts.plan_year))
  elseif p.facts.investment <= now.limit("declaration.exempt_up_to") and not common.contains(p.facts.parts, "in_construction") then
    return refuse { article = 8, code = "plan.exempt", field = "projects",
      zh = ("“%s”总投资不超过%s,不列入计划,由建设单位自行实施"):format(title, money_text(now.limit("declaration.exempt_up_to"))),
      en = ("“%s” is not above %s: it is in no plan, the builder runs it"):format(title, common.yuan(now.limit("declaration.exempt_up_to"))) }
  end
end

local function listed(case, given)
  if not common.contains(case.facts.projects, given.project) then
    return refuse { article = 6, code = "plan.not_listed", field = "project", zh = "该项目不在本计划中:请从计划项目中选",
      en = "This project is not in the plan: choose one that is" }
  end
end

local function move(by, where, zh, en, help)
  return { by = by, order = where == "struck" and 40 or 41, article = 6, title = { zh = zh, en = en }, help = help, guard = planning.some,
    check = listed,
    form = { { "project", ref "project", zh = "项目", en = "Project" }, { "reason", text, zh = "理由", en = "Reason" } },
    effect = function(case, given, now)
      local rest = {}
      for _, id in ipairs(case.facts.projects) do if id ~= given.project then rest[#rest + 1] = id end end
      return { set("projects", rest), append(where, given.project),
        append("decisions", { project = given.project, decision = where, reason = given.reason, on = now.date }) }
    end }
end

function planning.strike(by)
  return move(by, "struck", "调出项目", "Strike a project", { zh = "计划下达时告知建设单位,项目退回申报",
    en = "The builder is told when the plan is issued; the project goes back to its declaration" })
end

function planning.defer(by)
  return move(by, "deferred", "缓列项目", "Defer a project",
    { zh = "计划下达时告知建设单位,项目转入下一年度", en = "The builder is told when the plan is issued; the project waits for the next year" })
end

function planning.some(case)
  if #(case.facts.projects or {}) == 0 then
    return refuse { article = 6, code = "plan.empty", zh = "计划中没有项目:请先列入项目", en = "There is no project in the plan: include one first" }
  end
end

function planning.send_back(by)
  return { by = by, order = 50, article = 6, title = { zh = "退回重新编制", en = "Send back to compiling" },
    form = { { "reason", text, zh = "退回意见", en = "What to change" } },
    effect = { unset("signed_drc_on"), unset("signed_finance_on"), set("returned_reason", input "reason"),
      notify { to = { "bureau" }, article = 6, zh = "年度计划被退回,请重新编制", en = "The yearly plan was sent back: compile it again" },
      follow "returned" } }
end

return planning
