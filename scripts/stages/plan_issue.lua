-- 第六条 下达:计划中的项目一并列入,调出、缓列的一并告知
local function reason_for(case, id)
  local reason = "—"
  for _, d in ipairs(case.facts.decisions or {}) do if d.project == id then reason = d.reason end end
  return reason
end

-- 已撤回或另走第七条的项目不再推动 · projects that have left the stage meanwhile are left alone
local function issue(case, _, now)
  local out = { set("issued_on", now.date) }
  local function each(ids, action, with_reason)
    for _, id in ipairs(ids or {}) do
      local p = now.cases[id]
      if p and is_open(p, "planning") then
        out[#out + 1] = act { case = id, stage = "planning", action = action,
          input = with_reason and { plan = case.id, reason = reason_for(case, id) } or { plan = case.id } }
      end
    end
  end
  each(case.facts.projects, "enter_plan")
  each(case.facts.struck, "strike", true)
  each(case.facts.deferred, "defer", true)
  out[#out + 1] = finish "issued"
  return out
end

-- 第四十三条:先定公开,下达时一并生效 · decided before, in effect once the plan is issued
local function for_all()
  return { by = "bureau", order = 2, article = 43, title = { zh = "下达后公开", en = "Public once issued" }, when = not_set("released_on"),
    effect = { set("released_on", today) } }
end

return stage "plan_issue" {
  kind = "plan", order = 50, articles = { 6, 7 }, owner = "bureau", title = { zh = "下达年度计划", en = "Issue the plan" },
  limits = { remind_after = workdays(10) },
  facts = { { "issued_on", date, zh = "下达日期", en = "Issued on", optional = true } },
  actions = {
    issue = { by = "bureau", final = true, order = 1, usual = 1, after = workdays(5), title = { zh = "下达", en = "Issue" }, needs = docs { "plan_notice" },
      reads = { "projects", "struck", "deferred" }, effect = issue,
      help = { zh = "列入的项目转入初步设计;调出的退回申报,缓列的转入下一年度,均告知建设单位",
        en = "Projects in the plan go to their design; struck ones back to the declaration; deferred ones wait for the next year; all are told" } },
    release = for_all(),
  },
  deadlines = { waiting = { article = 6, from = "opened", limit = "remind_after", nature = "reminder", warn = { workdays(3) }, tell = "bureau",
    action = "issue", title = { zh = "下达提醒(本地设定)", en = "Issue pending (local setting)" } } },
}
