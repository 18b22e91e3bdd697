-- 审批中的公文:受理通知书、一次性告知书、批复(第十三、十四条)
local function of(case, now) return now.unit.zh or case.unit end
local function numbered(list)
  local out = {}
  for i, one in ipairs(list) do out[i] = ("%d. %s"):format(i, one) end
  return out
end
local function with(first, list, last)
  local out = { first }
  for _, one in ipairs(numbered(list)) do out[#out + 1] = one end
  out[#out + 1] = last
  return out
end

return {
  letter "acceptance_notice" { kind = "project", order = 10, articles = { 14 }, from = "bureau", title = { zh = "受理通知书", en = "Notice of acceptance" },
    when = is_set("accepted_on"),
    text = function(case, now)
      local within = now.limit("approval.decide_within").count
      return { to = of(case, now), date = case.facts.accepted_on, heading = ("关于受理“%s”项目审批申请的通知"):format(case.title),
        paragraphs = { ("你单位提交的“%s”项目(编号%s)审批申请收悉。经审查,申请材料齐全、符合法定形式,现予受理。"):format(case.title, case.id),
          ("依据政府投资信息化项目管理办法第十四条,我局将自受理之次日起%d个工作日内作出决定;技术审查和补正所用时间不计算在内。"):format(within),
          "办理进度和期限的计算,可在系统内本项目页面随时查看。" } }
    end },

  letter "one_time_notice" { kind = "project", order = 20, articles = { 14 }, from = "bureau", title = { zh = "一次性告知书", en = "One-time notice" },
    when = function(case) return case.facts.approval_missing ~= nil and #case.facts.approval_missing > 0 end,
    text = function(case, now)
      return { to = of(case, now), date = now.date, heading = ("关于“%s”项目申请材料补正的一次性告知"):format(case.title),
        paragraphs = with(("你单位提交的“%s”项目(编号%s)申请材料需要补正。依据政府投资信息化项目管理办法第十四条,现将需要补正的全部内容一次性告知如下:")
          :format(case.title, case.id), case.facts.approval_missing, "请补正后重新提交。自本告知发出至重新提交,审批期限暂停计算。") }
    end },

  letter "approval_reply" { kind = "project", order = 30, articles = { 13, 15 }, from = "bureau", title = { zh = "批复", en = "Approval" },
    when = is_set("approved_on"),
    text = function(case, now)
      local amount = case.facts.approved_amount or case.facts.investment
      local months = now.limit("approval.start_within").count
      return { to = of(case, now), number = case.facts.approval_number, date = case.facts.approved_on, heading = ("关于“%s”项目的批复"):format(case.title),
        paragraphs = { ("你单位关于“%s”项目(编号%s)的申请收悉。依据方案评审意见,经研究,现批复如下:"):format(case.title, case.id),
          ("一、同意建设“%s”项目。"):format(case.title),
          ("二、项目总投资核定为%s(大写:%s)。"):format(money_text(amount), money_capitals(amount)),
          ("三、请自批复之日起%d个月内启动建设;逾期未启动的,本批复失效,须重新申请(第十五条)。"):format(months),
          "四、项目的采购、合同、变更、验收和付款,按政府投资信息化项目管理办法执行;建设内容或投资需要变更的,先报批后实施。" },
        copies = { "财政局", "发展改革委", "审计局" } }
    end },
}
