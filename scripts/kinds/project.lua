-- 第二、五条 政府投资信息化建设项目
local conditions = require "lib.conditions"
local integration = require "lib.integration"
local building = require "lib.building"
local draw = require "lib.draw"
local funding = require "lib.funding"

local source = choice { { "city", "市级财政资金", "City budget" }, { "county", "区县财政资金", "County budget" },
  { "provincial", "省级资金", "Provincial money" },
  { "central", "国家资金", "State money" }, { "own", "单位自筹", "The unit's own money" }, { "social", "社会资本", "Private capital" } }

local facts = {
    { "title", text, zh = "项目名称", en = "Title", max = 120, example = "智慧城管二期" },
    { "category", choice { { "infrastructure", "信息化基础设施", "Infrastructure" }, { "software", "软件开发", "Software" },
      { "maintenance", "系统运维", "Operation and maintenance" }, { "operation", "运营服务", "Operation services" } }, zh = "项目类别",
        en = "Category", example = "software" },
    { "parts", list_of(choice { { "machine_room", "物理机房", "Machine room" }, { "network", "网络", "Network" },
      { "computing", "计算", "Computing" },
      { "storage", "存储", "Storage" }, { "security", "安全", "Security" }, { "sensing", "信息化传感及控制设备", "Sensing and control" },
      { "in_construction", "基础建设工程中的信息化部分", "IT part of a construction project" } }), zh = "基础设施的组成",
        en = "Parts of the infrastructure", optional = true },
    { "funding_mode", choice { { "government", "政府投资建设", "Government investment" },
      { "joint", "政府和社会企业联合建设", "Joint with enterprises" },
      { "purchase", "政府购买服务", "Purchased service" }, { "maintained", "政府运行维护", "Operated by government" } }, zh = "建设方式",
        en = "Funding mode", example = "government" },
    { "plan_year", int, zh = "计划年度", en = "Plan year", min = 2022, max = 2100, example = 2024 },
    { "investment", money, zh = "总投资(最近一次批准的数)", en = "Total investment (latest approved)", min = 1, example = wan(120) },
    { "funding_sources", list_of { { "source", source, zh = "来源", en = "Source" }, { "amount", money, zh = "金额", en = "Amount", min = 1 } },
      zh = "建设资金来源", en = "Funding sources", min = 1, example = { { source = "city", amount = wan(120) } } },
    { "investment_by_year", list_of { { "year", int, zh = "年度", en = "Year", min = 2022, max = 2100 },
      { "amount", money, zh = "金额", en = "Amount" } },
      zh = "分年度投资计划", en = "Investment by year", min = 1, example = { { year = 2024, amount = wan(120) } } },
    { "summary", text, zh = "项目概要", en = "Summary", max = 5000 },
    { "civil_works", money, zh = "其中土建投资", en = "Civil works within the total", optional = true },
    { "needs_software_test", bool, zh = "需软件测评", en = "Needs a software test", optional = true },
    { "needs_classified_assessment", bool, zh = "需涉密信息系统测评", en = "Needs a classified system assessment", optional = true },
    { "needs_protection_assessment", bool, zh = "需信息安全等级保护测评", en = "Needs a graded protection assessment (等保)", optional = true },
    { "needs_crypto_assessment", bool, zh = "需商用密码应用安全性评估", en = "Needs a cryptography assessment (密评)", optional = true },
    { "joint_with_counties", bool, zh = "市、县一体化建设", en = "Built together with counties", optional = true },
    { "key_project", bool, zh = "重点项目", en = "Key project", optional = true },
    { "upper_money", bool, zh = "有国家、省级资金和市级配套", en = "State or provincial money with city money beside it", optional = true },
    { "declared_investment", money, zh = "申报总投资", en = "Investment as declared", optional = true },
    { "investment_history", list_of { { "on", date, zh = "日期", en = "On" }, { "gate", text, zh = "环节", en = "Gate" },
      { "from", money, zh = "原数", en = "From" },
      { "to", money, zh = "新数", en = "To" }, { "reason", text, zh = "理由", en = "Reason", optional = true } }, zh = "总投资变动",
        en = "How the total changed", optional = true },
    { "urgent_reason", text, zh = "急需建设的理由和文号", en = "Why it is urgent, and the document that requires it", optional = true },
    { "end_reason", text, zh = "了结原因", en = "Why it ended", optional = true },
    { "termination_ground", text, zh = "终止情形", en = "Ground of termination", optional = true },
    { "terminated_on", date, zh = "终止日期", en = "Terminated on", optional = true },
    { "released_on", date, zh = "公开日期", en = "Released on", optional = true },
    { "secret_level", int, zh = "密级", en = "Level of secrecy", optional = true },
    { "secrecy_log", list_of { { "on", date, zh = "日期", en = "On" }, { "level", int, zh = "密级", en = "Level" },
      { "number", text, zh = "文件编号", en = "Number of the document" } }, zh = "定密、解密记录", en = "Classified and declassified", optional = true },
    draw.facts(),
    { "split_suspects", list_of { { "project", text, zh = "项目", en = "Project" }, { "title", text, zh = "名称", en = "Title" },
      { "investment", money, zh = "总投资", en = "Investment" }, { "why", text, zh = "相近之处", en = "In what alike" } }, zh = "疑似拆分的同单位项目",
      en = "The unit's projects that look like parts of one", optional = true },
    { "unit_record", list_of { { "project", text, zh = "项目", en = "Project" }, { "title", text, zh = "名称", en = "Title" }, { "what", text, zh = "情况", en = "What" } },
      zh = "单位履约记录", en = "The unit's record", optional = true },
    { "split_found", bool, zh = "认定为化整为零", en = "Found to be split", optional = true },
    { "siblings_seen_on", date, zh = "查同单位项目日期", en = "The unit's other projects looked at on", optional = true },
    { "sharing_ban_on", date, zh = "未按要求共享认定日期", en = "Found not to share on", optional = true },
    { "sharing_ban_reason", text, zh = "认定理由", en = "Why", optional = true },
    { "ban_exception", text, zh = "批准例外建设的理由", en = "Why it may be built all the same", optional = true },
    { "suspended_on", date, zh = "暂停日期", en = "Suspended on", optional = true },
    { "sanctions", list_of { { "on", date, zh = "日期", en = "On" }, { "ground", text, zh = "情形", en = "Ground" }, { "reason", text, zh = "理由", en = "Reason" },
      { "recover", money, zh = "收回资金", en = "To be recovered", optional = true }, { "measure", text, zh = "措施", en = "Measure" } },
      zh = "暂停和处理记录", en = "Suspensions and measures", optional = true },
}
for _, f in ipairs(building.facts) do facts[#facts + 1] = f end
for _, f in ipairs(conditions.facts) do facts[#facts + 1] = f end
for _, f in ipairs(integration.facts) do facts[#facts + 1] = f end

return kind "project" {
  title = { zh = "信息化项目", en = "IT project" }, articles = { 2, 5 }, name = "title",
  columns = { "investment", "plan_year", "category" },
  public = { when = is_set("released_on"), facts = { "title", "category", "investment", "plan_year" } }, -- 第四十三条
  facts = facts,
  create = { by = "builder", article = 5, title = { zh = "新建项目", en = "Open a project" },
    help = { zh = "先存为草稿,再上传材料、申报;总投资不超过{declaration.exempt_up_to|money}的走第八条(不列计划、无需审批)",
      en = "A draft first; papers and declaration follow. Up to {declaration.exempt_up_to|money} yuan: article 8, no plan and no approval" },
    form = { "title", "category", "parts", "funding_mode", "plan_year", "investment", "funding_sources", "investment_by_year", "summary",
      "civil_works",
      "needs_software_test", "needs_classified_assessment", "needs_protection_assessment", "needs_crypto_assessment", "joint_with_counties",
      "key_project" },
    check = function(case) return funding.check(case.facts) end,
    effect = function(case) return { set("upper_money", funding.upper(case.facts)), set("declared_investment", case.facts.investment),
      open "declaration" } end },
}
