-- 第六条 年度计划编制:政务管理服务局会同发展改革委、财政局
local common = require "lib.common"
local planning = require "lib.planning"

local function fits(case, given, now)
  local said, seen = {}, {}
  for _, id in ipairs(given.projects) do
    said[#said + 1] = planning.fits(id, now.cases[id], case, now)
    if seen[id] or common.contains(case.facts.projects, id) then
      said[#said + 1] = refuse { article = 6, code = "plan.twice", field = "projects", zh = ("项目%s已在计划中:请勿重复列入"):format(id),
        en = ("Project %s is in the plan already"):format(id) }
    end
    seen[id] = true
  end
  return said
end

-- 报出前再核对一遍:项目可能已撤回、已改年度
local function still_fit(case, now)
  local said = {}
  for _, id in ipairs(case.facts.projects or {}) do said[#said + 1] = planning.fits(id, now.cases[id], case, now) end
  return said
end

return stage "plan_compile" {
  kind = "plan", order = 10, articles = { 6, 5 }, owner = "bureau", title = { zh = "编制年度计划", en = "Compile the plan" },
  limits = { remind_after = months(2) },
  leads = { compiled = "plan_signatures" },
  actions = {
    include = { by = "bureau", order = 1, usual = 1, after = workdays(20), article = 5, title = { zh = "列入项目", en = "Include projects" },
      reads = { "input.projects" }, check = fits,
      form = { { "projects", list_of(ref "project"), zh = "项目", en = "Projects", min = 1, max = 200 } },
      help = { zh = "只能列入已通过前置技术审查、申报本年度的项目",
        en = "Only projects declared for this year whose pre-technical review was passed" },
      effect = function(case, given)
        local all_, struck, deferred = common.copy(case.facts.projects), {}, {}
        for _, id in ipairs(given.projects) do all_[#all_ + 1] = id end
        for _, id in ipairs(case.facts.struck or {}) do if not common.contains(given.projects, id) then struck[#struck + 1] = id end end
        for _, id in ipairs(case.facts.deferred or {}) do if not common.contains(given.projects, id) then deferred[#deferred + 1] = id end end
        return { set("projects", all_), set("struck", struck), set("deferred", deferred) }
      end },
    strike = planning.strike "bureau", defer = planning.defer "bureau",
    submit = { by = "bureau", order = 2, usual = 2, after = workdays(5), title = { zh = "编制完成,送会签", en = "Compiled: send for signature" },
      needs = docs { "plan_draft" }, reads = { "projects" }, guard = { planning.some, still_fit },
      effect = { notify { to = { "drc", "finance" }, article = 6, zh = "年度计划送请会签", en = "The yearly plan awaits your signature" },
        follow "compiled" } },
    drop = { by = "bureau", order = 60, title = { zh = "作废本计划", en = "Drop this plan" }, form = { { "reason", text, zh = "理由", en = "Why" } },
      effect = { set("end_reason", input "reason"), finish "dropped" } },
  },
  deadlines = { waiting = { article = 6, from = "opened", limit = "remind_after", nature = "reminder", warn = { workdays(10) }, tell = "bureau",
    action = "submit", title = { zh = "编制计划提醒(本地设定)", en = "Plan pending (local setting)" } } },
}
