-- 第十九条 尾款:竣工验收满n年才付第n笔;第一笔须后评价合格且整改到位,第二、三笔须当年考核合格
local lines = require "lib.lines"

local function no(zh, en) return crossed { article = 19, zh = zh, en = en } end

-- 后评价合格,有问题的已报告整改 · evaluated and passed, and what was found is reported fixed
local function evaluated(f)
  local clean = f.evaluation_result == "passed"
  local fixed = f.evaluation_result == "passed_with_problems" and f.problems_fixed_report_on ~= nil
  return f.evaluated_on ~= nil and f.evaluation_settled_on ~= nil and (clean or fixed)
end

local function assessed(f, n)
  local result
  for _, a in ipairs(f.assessments_yearly or {}) do if a.year == n then result = a.result end end
  return result == "passed"
end

return redline "retention_after_acceptance" {
  kind = "project", articles = { 19, 31 },
  title = { zh = "尾款在竣工验收满年且评价(考核)合格之后", en = "Retention only after acceptance + n years and a passed evaluation" },
  why = { zh = "尾款是市里手中唯一的质保:早付一天就没有了", en = "The retention is the only hold the city has on the quality delivered; paid early, it is gone" },
  step = function(_, step)
    local f = step.after.facts
    for _, p in ipairs(lines.added(step, "payments")) do
      local n = math.tointeger(tonumber(tostring(p.purpose):match("^retention_(%d)$")))
      if n and not lines.over(f.final_accepted_on, years(n), step.date) then
        return no(("竣工验收(%s)未满%d年,就支付了第%d笔尾款%s"):format(f.final_accepted_on or "尚无", n, n, money_text(p.amount)),
          ("Tranche %d was paid before %d year(s) after final acceptance (%s) were over"):format(n, n, f.final_accepted_on or "none"))
      elseif n == 1 and not evaluated(f) then
        return no("后评价尚未合格(或问题未整改到位),就支付了第一笔尾款", "The first tranche was paid without a passed post-evaluation with its problems fixed")
      elseif n and n > 1 and not assessed(f, n) then
        return no(("第%d年考核没有合格,就支付了第%d笔尾款"):format(n, n), ("Tranche %d was paid without that year's passed assessment"):format(n))
      end
    end
  end,
}
