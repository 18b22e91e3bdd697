-- 验收意见、拨款通知(第十九、二十六条)
local names = { "第一笔", "第二笔", "第三笔" }

local function tranche(n)
  local paid = "tranche_" .. n .. "_paid_on"
  return letter("payment_notice_" .. n) { kind = "project", order = 60 + n, articles = { 19 }, from = "finance",
    title = { zh = "拨款通知(尾款" .. names[n] .. ")", en = "Notice of payment, tranche " .. n }, when = is_set(paid),
    text = function(case, now)
      local rows, total = { { "合同编号", "本次拨付" } }, 0
      for _, p in ipairs(case.facts.payments or {}) do
        if p.purpose == "retention_" .. n then
          rows[#rows + 1] = { p.contract, money_text(p.amount) }
          total = total + p.amount
        end
      end
      rows[#rows + 1] = { "合计", money_text(total) }
      return { to = now.unit.zh or case.unit, date = case.facts[paid], heading = ("关于拨付“%s”项目尾款%s的通知"):format(case.title, names[n]),
        paragraphs = { ("“%s”项目(编号%s)已于%s通过竣工验收,满%d年并经审核合格。依据政府投资信息化项目管理办法第十九条,现拨付尾款%s,合计%s(大写:%s)。")
          :format(case.title, case.id, case.facts.final_accepted_on and date_zh(case.facts.final_accepted_on) or "", n, names[n], money_text(total), money_capitals(total)),
          "各合同金额如下,请及时支付承建单位并妥善保存凭证。" },
        rows = rows, copies = { "政务管理服务局", "审计局" } }
    end }
end

return {
  letter "acceptance_opinion" { kind = "project", order = 50, articles = { 26 }, from = "bureau", title = { zh = "验收意见", en = "Opinion of acceptance" },
    when = is_set("final_accepted_on"),
    text = function(case, now)
      return { to = now.unit.zh or case.unit, date = case.facts.final_accepted_on, heading = ("关于“%s”项目竣工验收的意见"):format(case.title),
        paragraphs = { ("按照政府投资信息化项目管理办法第二十六条,对“%s”项目(编号%s)组织了竣工验收。"):format(case.title, case.id),
          case.facts.acceptance_opinion or "经审查,项目完成了批复的建设内容,资料齐全,符合验收条件。",
          "验收结论:通过。项目自验收之日起进入正式运行;尾款按第十九条分三年审核支付。" },
        copies = { "财政局", "审计局" } }
    end },
  tranche(1), tranche(2), tranche(3),
}
