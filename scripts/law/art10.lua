-- 第十条 初步设计:500万元起由专业机构编制,1000万元起须可行性研究报告批复
-- luacheck: read globals law
local story = require "lib.story"
local function design(total, facts, papers_)
  local f = { investment = total, plan_entered_on = "2024-01-12" }
  for k, v in pairs(facts or {}) do f[k] = v end
  return story.project("prelim_design", "2024-02-01", f, papers_ or { "preliminary_design" })
end
local function draft(input_) return { "2024-02-20", "builder", "prelim_design.draft", input_ } end
local submit = { "2024-02-21", "builder", "prelim_design.submit" }
local own, professional = { design_by = "own" }, { design_by = "professional", design_body = "某设计院" }

local function given_conditions(blocks, due) return { { condition = "补齐材料", owner = "李某", due = due, blocks = blocks } } end

return law {
  { name = "120万元,自行编制", article = 10, sort = "plain", given = design(wan(120)), steps = { draft(own), submit },
    expect = { open = "scheme_review", facts = { design_estimate = wan(120) }, told = "center" } },
  { name = "差一分500万元,可自行编制", article = 10, sort = "boundary", given = design(wan(500) - 1), steps = { draft(own), submit }, expect = { open = "scheme_review" } },
  { name = "恰为500万元,须委托专业机构", article = 10, sort = "boundary", given = design(wan(500)), steps = { draft(own), submit },
    expect = { refused = { article = 10, code = "design.professional" } } },
  { name = "委托的要有资质和合同", article = 10, sort = "refusal", given = design(wan(500)), steps = { draft(professional), submit },
    expect = { refused = { article = 10, code = "paper.missing" } } },
  { name = "委托的要写明编制单位", article = 10, sort = "refusal", given = design(wan(500)), steps = { draft { design_by = "professional" } },
    expect = { refused = { article = 10, code = "design.body" } } },
  { name = "600万元,专业机构编制", article = 10, sort = "plain", given = design(wan(600), nil, { "preliminary_design", "designer_qualification" }),
    steps = { draft(professional), submit }, expect = { open = "scheme_review" } },
  { name = "恰为1000万元,没有可研批复", article = 10, sort = "refusal",
    given = design(wan(1000), nil, { "preliminary_design", "designer_qualification", "feasibility_study", "feasibility_reply" }), steps = { draft(professional), submit },
    expect = { refused = { article = 10, code = "design.study" } } },
  { name = "报送可研,发展改革委批复后提交", article = 10, sort = "plain",
    given = design(wan(1200), nil, { "preliminary_design", "designer_qualification", "feasibility_study", "feasibility_reply" }),
    steps = { draft(professional), { "2024-02-22", "builder", "prelim_design.submit_study" }, { "2024-03-05", "drc", "prelim_design.reply_study" },
      { "2024-03-06", "builder", "prelim_design.submit" } }, expect = { open = "scheme_review", facts = { study_replied_on = "2024-03-05" } } },
  { name = "可研退回后重报", article = 10, sort = "exception", given = design(wan(1200), nil, { "feasibility_study" }),
    steps = { draft(professional), { "2024-02-22", "builder", "prelim_design.submit_study" }, { "2024-03-05", "drc", "prelim_design.return_study", { reason = "补充论证" } } },
    expect = { absent = { "study_submitted_on" }, told = "builder", may = "prelim_design.submit_study" } },
  { name = "未登记初步设计", article = 10, sort = "refusal", given = design(wan(120)), steps = { submit }, expect = { refused = { article = 10, code = "design.missing" } } },
  { name = "概算恰超10%,不必报告", article = 10, sort = "boundary", given = design(wan(100)), steps = { draft { design_by = "own", design_estimate = wan(110) }, submit },
    expect = { open = "scheme_review" } },
  { name = "概算超10%,须报告", article = 10, sort = "refusal", given = design(wan(100)),
    steps = { draft { design_by = "own", design_estimate = wan(110) + 1 }, submit }, expect = { refused = { article = 10, code = "design.overrun" } } },
  { name = "已报告的超概,可提交,告知发展改革委", article = 10, sort = "exception", given = design(wan(100), nil, { "preliminary_design", "overrun_report" }),
    steps = { draft { design_by = "own", design_estimate = wan(120) }, submit }, expect = { open = "scheme_review", told = "drc", facts = { overrun_reported_on = "2024-02-21" } } },
  -- 附条件批复 · replied with conditions
  { name = "附条件批复可研", article = 10, sort = "exception", given = design(wan(1200), { study_submitted_on = "2024-02-22", design_estimate = wan(1200) }, { "feasibility_study", "feasibility_reply" }),
    steps = { { "2024-03-05", "drc", "prelim_design.reply_study_with_conditions", { conditions = given_conditions("approval", "2024-04-08") } } },
    expect = { facts = { study_replied_on = "2024-03-05", conditions_due = "2024-04-08" }, told = { "builder", "bureau" } } },
  { name = "条件的期限须在今天之后", article = 10, sort = "boundary", given = design(wan(1200), { study_submitted_on = "2024-02-22", design_estimate = wan(1200) }, { "feasibility_study", "feasibility_reply" }),
    steps = { { "2024-03-05", "drc", "prelim_design.reply_study_with_conditions", { conditions = given_conditions("approval", "2024-03-05") } } }, expect = { refused = { code = "conditions.date" } } },
}
