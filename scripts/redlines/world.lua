-- 验证红线所用的小世界:从哪一天起、有哪些事项、名录里有谁
-- The small world in which the red lines are proved: the day it begins, the cases that take part, who is in the registers.
-- luacheck: read globals world
local function expert(n) return { name = "专家" .. n, competence = "软件工程", unit = "外单位" .. n } end

return world {
  on = "2023-06-01", -- 申报下一年度计划的季节 · the season in which next year's plan is declared
  cases = {
    { kind = "project", needs = { "plan" }, also = {
      -- 省里有钱、市里配套:先报预验收 · provincial money with the city's beside it: pre-acceptance first
      { investment = wan(300), funding_sources = { { source = "provincial", amount = wan(200) }, { source = "city", amount = wan(100) } },
        investment_by_year = { { year = 2024, amount = wan(300) } } },
      -- 各项测评都要做 · every assessment is due
      { investment = wan(300), funding_sources = { { source = "city", amount = wan(300) } }, investment_by_year = { { year = 2024, amount = wan(300) } },
        needs_software_test = true, needs_classified_assessment = true, needs_protection_assessment = true, needs_crypto_assessment = true },
    } },
    { kind = "plan", needs = { "project" } },
    { kind = "funding", needs = { "plan", "project" } },
    { kind = "regulation" },
  },
  entries = {
    experts = { E001 = expert(1), E002 = expert(2), E003 = expert(3), E004 = expert(4), E005 = expert(5), E006 = expert(6),
      E007 = { name = "暂停的专家", competence = "软件工程", unit = "外单位", suspended = true },
      E008 = { name = "本单位的专家", competence = "软件工程", unit = "建设单位", unit_org = "unit-1" } },
    contractors = { C001 = { name = "某科技公司", competence = "系统集成" }, C002 = { name = "某软件公司", competence = "软件开发" },
      C003 = { name = "黑名单公司", competence = "系统集成", blacklisted = true } },
  },
}
