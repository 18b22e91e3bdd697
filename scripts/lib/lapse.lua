-- 第十五条:批复后6个月未启动实施的,重新报批
local lapse = {}

function lapse.guard(case)
  if case.facts.approval_lapsed_on then
    return refuse { article = 15, code = "approval.lapsed",
      zh = ("批复后{approval.start_within}内未启动实施,已于%s失效:请办理“重新报批”,批复后再继续"):format(case.facts.approval_lapsed_on),
      en = ("Not started within {approval.start_within}: the approval lapsed on %s. Apply for approval again, then go on"):format(case.facts.approval_lapsed_on) }
  end
end

function lapse.reapply()
  return { by = "builder", order = 60, article = 15, title = { zh = "重新报批", en = "Apply for approval again" },
    when = is_set("approval_lapsed_on"),
    help = { zh = "回到“项目审批”环节,按原方案重新申请", en = "Back to the approval stage, with the same scheme" },
    effect = { unset("approval_lapsed_on"), unset("approved_on"), unset("approval_applied_on"), unset("accepted_on"), close(), open "approval" } }
end

return lapse
