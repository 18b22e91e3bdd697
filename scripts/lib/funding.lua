-- 第五条:资金来源、分年度投资之和都应等于总投资;其中的土建不超过它 · sources and years must each add up to the total, civil works lie within it
local common = require "lib.common"
local funding = {}

local function unequal(what, field, total, f)
  return refuse { article = 5, code = "project." .. what.code, field = field,
    zh = ("%s合计%s,与总投资%s不符:请改到相等"):format(what.zh, money_text(total), money_text(f.investment)),
    en = ("%s add up to %s, the total is %s: make them equal"):format(what.en, common.yuan(total), common.yuan(f.investment)) }
end

function funding.check(f)
  local said = {}
  local by_source, by_year = common.sum(f.funding_sources, "amount"), common.sum(f.investment_by_year, "amount")
  if by_source ~= f.investment then said[1] = unequal({ code = "sources", zh = "建设资金来源", en = "The funding sources" }, "funding_sources",
    by_source, f) end
  if by_year ~= f.investment then said[#said + 1] = unequal({ code = "years", zh = "分年度投资", en = "The yearly amounts" }, "investment_by_year",
    by_year, f) end
  if (f.civil_works or 0) > f.investment then
    said[#said + 1] = refuse { article = 47, code = "project.civil", field = "civil_works",
      zh = ("其中土建投资%s,超过总投资%s:总投资含土建,请改正"):format(money_text(f.civil_works), money_text(f.investment)),
      en = ("Civil works of %s within a total of %s: the total includes them, correct one of the two"):format(common.yuan(f.civil_works), common.yuan(f.investment)) }
  end
  return said
end

-- 第二十七条:有国家、省级资金,又有市级财政配套的 · state or provincial money with city money beside it
function funding.upper(f)
  local above_, city = 0, 0
  for _, s in ipairs(f.funding_sources) do
    if s.source == "central" or s.source == "provincial" then above_ = above_ + s.amount elseif s.source == "city" then city = city + s.amount end
  end
  return above_ > 0 and city > 0
end

return funding
