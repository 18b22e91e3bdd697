-- 第十至十三条 设计和评审:门槛以上该做的,一样不能少 · design and review: what the thresholds ask for is never left out
local lines = require "lib.lines"

-- 评审通过时所涉的数:总投资、设计概算、评审概算中最大的 · what is reviewed: the largest of total, estimate and reviewed amount
local function size(step)
  local f = step.after.facts
  return math.max(lines.total(step), lines.before(step, "design_estimate") or 0, f.reviewed_amount or 0)
end

local meeting = redline "expert_meeting_from_2000000" {
  kind = "project", articles = { 11, 12 },
  title = { zh = "200万元以上(含)须开专家评审会", en = "No expert meeting skipped from 2,000,000" },
  why = { zh = "大项目的方案好不好,不能由一家说了算", en = "Whether a large scheme is sound is not for one office to say" },
  -- 这一轮评审以来开过的会 · meetings since this round of the review began
  remember = function(past, step)
    if lines.opened(step, "scheme_review") then return {} end
    return { met = past.met or #lines.added(step, "expert_meetings") > 0 or nil }
  end,
  step = function(past, step)
    if not lines.wrote(step, "review_passed_on") or size(step) < step.base_limit("scheme_review.meeting_from") then return end
    if not past.met and #lines.added(step, "expert_meetings") == 0 then
      return crossed { article = 11, zh = ("涉及投资%s,本轮没有开专家评审会,方案就评审通过了"):format(money_text(size(step))),
        en = "The scheme of a project from 2,000,000 was passed without an expert meeting in this round" }
    end
  end,
}

local designed = redline "large_design_by_professionals" {
  kind = "project", articles = { 10 }, touches = { "review_passed_on", "approved_on" },
  title = { zh = "500万元以上须专业机构设计,1000万元以上须可研批复", en = "Professional design from 5,000,000, replied study from 10,000,000" },
  why = { zh = "设计定了钱就定了;大项目的设计和可研不能省", en = "The design settles the money: for large projects neither design nor study is saved on" },
  step = function(_, step)
    local f = step.after.facts
    if not lines.wrote(step, "review_passed_on") and not lines.wrote(step, "approved_on") then return end
    local amount = math.max(f.investment, f.reviewed_amount or 0, f.approved_amount or 0)
    if amount >= step.base_limit("prelim_design.professional_from") and f.design_by ~= "professional" then
      return crossed { article = 10, zh = ("%s的项目,设计不是专业机构编制,就通过了"):format(money_text(amount)),
        en = "A project from 5,000,000 was passed with a design that no professional body made" }
    elseif amount >= step.base_limit("prelim_design.study_from") and not f.study_replied_on then
      return crossed { article = 10, zh = ("%s的项目,没有可研批复,就通过了"):format(money_text(amount)),
        en = "A project from 10,000,000 was passed without a replied feasibility study" }
    end
  end,
}

local after_review = redline "approval_after_review" {
  kind = "project", articles = { 13 }, touches = { "approved_on" },
  title = { zh = "评审通过后才能批复,批复不超过评审概算", en = "Approval only after a passed review, and within it" },
  why = { zh = "评审意见书是审批的依据;没有依据的批复,谁签的谁担责", en = "The review opinion is the ground of the approval" },
  step = function(_, step)
    local f = step.after.facts
    if not lines.wrote(step, "approved_on") then return end
    if not f.review_passed_on or not f.review_opinion then
      return crossed { article = 13, zh = "方案评审没有通过(或没有评审意见),项目就批复了", en = "The project was approved without a passed scheme review and its opinion" }
    elseif (f.approved_amount or f.investment) > (f.reviewed_amount or 0) then
      return crossed { article = 13, zh = ("批复%s,超过评审概算%s"):format(money_text(f.approved_amount or f.investment), money_text(f.reviewed_amount)),
        en = "More was approved than the review had confirmed" }
    end
  end,
}

local second = redline "no_second_review" {
  kind = "project", articles = { 13 },
  title = { zh = "评审通过后不得无故再评审", en = "No second review without a reason" },
  why = { zh = "一件事评一次;再评就是折腾,确有必要的写明理由", en = "One review is enough; another one needs its reason on record" },
  step = function(_, step)
    if not lines.before(step, "review_passed_on") or not step.after.facts.review_passed_on then return end
    local again = lines.opened(step, "scheme_review") or #lines.added(step, "expert_meetings") > 0 or lines.wrote(step, "review_passed_on")
    if again and not step.after.facts.second_review_reason then
      return crossed { article = 13, zh = "方案已经评审通过,没有写明理由又组织了评审", en = "The scheme had passed its review and was reviewed again without a reason on record" }
    end
  end,
}

-- 第十二条:库中抽取、应回避的回避 · drawn from the pool, recused where tied to the project
local function tied(case, e)
  if e.unit_org ~= nil and e.unit_org == case.unit then return true end
  for _, o in ipairs(e.avoid or {}) do if o == case.unit then return true end end
  for _, c in ipairs(case.facts.contracts or {}) do if e.unit ~= nil and e.unit == c.contractor_name then return true end end
  return false
end

local function unfit(step, ids)
  local pool = step.entries.experts
  if not pool then return end
  for _, id in ipairs(ids or {}) do
    local e = pool[id]
    if not e or e.suspended then
      return crossed { article = 12, zh = ("专家%s不在专家库中,或已暂停抽取"):format(id), en = ("Expert %s is not in the pool, or suspended"):format(id) }
    elseif tied(step.after, e) then
      return crossed { article = 12, zh = ("专家%s与建设单位或承建单位有利害关系,没有回避"):format(e.name or id),
        en = ("Expert %s is tied to the builder or a contractor and was not recused"):format(e.name or id) }
    end
  end
end

local experts = redline "experts_from_the_pool" {
  kind = "project", articles = { 12 }, touches = { "expert_meetings", "acceptance_meetings" },
  title = { zh = "专家从库中来,有利害关系的回避", en = "Experts come from the pool and are recused where tied" },
  why = { zh = "专家对意见负责,前提是他不是自己人", en = "An expert answers for the opinion: so he must not be one of theirs" },
  step = function(_, step)
    for _, name in ipairs { "expert_meetings", "acceptance_meetings" } do
      for _, m in ipairs(lines.added(step, name)) do
        if #(m.experts or {}) == 0 then return crossed { article = 12, zh = "会议没有专家", en = "The meeting had no expert" } end
        local said = unfit(step, m.experts)
        if said then return said end
      end
    end
  end,
}

-- 抽取可复核:按 SM3(种子:编号) 的顺序取前几名,谁都可以再算一遍 · the draw can be checked: the first in the order of SM3(seed:id)
local function redrawn(d)
  local order = {}
  for i, id in ipairs(d.pool) do order[i] = { id = id, hash = sm3(d.seed .. ":" .. id) } end
  table.sort(order, function(a, b) return a.hash < b.hash end)
  for i, id in ipairs(d.drawn) do if not order[i] or order[i].id ~= id then return false end end
  return true
end

local draws = redline "draws_can_be_checked" {
  kind = "project", articles = { 12 }, touches = { "expert_draws" },
  title = { zh = "抽取专家可复核,不经抽取须有理由", en = "A draw can be checked again; without one a reason is due" },
  why = { zh = "抽签的人不能先知道结果;事后人人能验", en = "Who draws must not know the outcome, and anyone can check it later" },
  step = function(_, step)
    for _, d in ipairs(lines.added(step, "expert_draws")) do
      if not d.seed and (d.reason or "") == "" then
        return crossed { article = 12, zh = "没有抽取,也没有写明理由,就指定了专家", en = "Experts were named by hand without a reason" }
      elseif d.seed and not redrawn(d) then
        return crossed { article = 12, zh = "抽取结果与种子、名单对不上", en = "Who was drawn does not follow from the seed and the pool" }
      end
      local said = unfit(step, d.drawn)
      if d.seed and said then return said end
    end
  end,
}

return { meeting, designed, after_review, second, experts, draws }
