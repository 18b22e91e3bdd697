-- 南县(第四十九条,自定较严的门槛):150万元起开专家评审会、走完整验收程序,300万元起由专业机构设计;审批7个工作日
-- Nan County, stricter: an expert meeting and the full acceptance from 1,500,000, a professional design from 3,000,000, approval in 7 working days
return {
  amend "scheme_review" { limits = { meeting_from = wan(150) } },
  amend "prelim_design" { limits = { professional_from = wan(300) } },
  amend "final_acceptance" { limits = { full_path = wan(150) } },
  amend "approval" { limits = { decide_within = workdays(7) } },
  -- 预算评审后先由县里复核,再采购 · after the budget review the county looks once more, before procurement
  amend "budget_review" { leads = { reviewed = "county_review" } },
}
