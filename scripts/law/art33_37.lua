-- 第三十三至三十七条 数据、共享、停用、移交
-- luacheck: read globals law
local story = require "lib.story"
local function running(more, papers_)
  local f = { final_accepted_on = "2024-06-28", operations_until = "2027-06-28" }
  for k, v in pairs(more or {}) do f[k] = v end
  return story.project("operations", "2024-06-28", f, papers_ or { "retirement_assessment", "handover_list" })
end
local function catalogue(resources, shared, more)
  local i = { resources = resources, shared = shared }
  for k, v in pairs(more or {}) do i[k] = v end
  return { "2025-03-10", "builder", "operations.catalogue", i }
end
local function applying(others, more)
  local f = { plan_entered_on = "2024-01-12", review_passed_on = "2024-03-01", reviewed_amount = wan(100) }
  for k, v in pairs(more or {}) do f[k] = v end
  local given = story.project("approval", "2024-03-04", f, { "review_opinion", "preliminary_design", "approval_application" })
  given.others = others
  return given
end
local bad = { X = story.other("X", { sharing_ban_on = "2024-02-01" }, "operations") }
local apply = { "2024-03-04", "builder", "approval.apply" }
local find = { "2025-03-10", "bureau", "operations.find_not_sharing", { reason = "未接入共享平台" } }
local retire = { "2027-07-01", "builder", "operations.retire", { backed_up = "业务数据", destroyed = "缓存" } }
local hand = { "2025-03-10", "builder", "operations.hand_over", { owner = "市大数据公司", received_by = "张某" } }

local function small()
  local given = story.project("declaration", "2024-03-01", { investment = wan(40) })
  given.others = { B = story.other("B", { sharing_ban_on = "2024-02-01" }, "operations") }
  return given
end

return law {
  { name = "登记编目", article = 33, sort = "plain", given = running(), steps = { catalogue(12, 10) },
    expect = { facts = { catalogue_log = { { on = "2025-03-10", resources = 12, shared = 10 } } } } },
  { name = "全部共享", article = 33, sort = "boundary", given = running(), steps = { catalogue(12, 12) }, expect = { open = "operations" } },
  { name = "共享多于编目", article = 33, sort = "refusal", given = running(), steps = { catalogue(12, 13) }, expect = { refused = { article = 33, code = "catalogue.count" } } },
  { name = "没有产生数据资源的,登记为零", article = 33, sort = "exception", given = running(), steps = { catalogue(0, 0) }, expect = { open = "operations" } },
  { name = "反馈使用情况", article = 34, sort = "plain", given = running(), steps = { catalogue(5, 5, { feedback = "月调用3万次" }) },
    expect = { facts = { catalogue_log = { { on = "2025-03-10", resources = 5, shared = 5, feedback = "月调用3万次" } } } } },
  { name = "只向特定对象开放的要说明依据", article = 34, sort = "exception", given = running(), steps = { catalogue(5, 4, { only_for = "某系统,依个人信息保护法" }) }, expect = { open = "operations" } },
  { name = "登记由建设单位办理", article = 34, sort = "refusal", given = running(), steps = { { "2025-03-10", "finance", "operations.catalogue", { resources = 1, shared = 1 } } },
    expect = { refused = { code = "role" } } },
  { name = "恰好全部共享", article = 34, sort = "boundary", given = running(), steps = { catalogue(1, 1) }, expect = { open = "operations" } },
  { name = "认定未共享,告知财政不予安排运维经费", article = 35, sort = "plain", given = running(), steps = { find }, expect = { facts = { sharing_ban_on = "2025-03-10" }, told = { "builder", "finance" } } },
  { name = "本单位有未共享的系统,不得新建", article = 35, sort = "refusal", given = applying(bad), steps = { apply }, expect = { refused = { article = 35, code = "unit.banned" } } },
  { name = "会同有关部门批准的例外", article = 35, sort = "exception", given = applying(bad),
    steps = { { "2024-03-04", "bureau", "approval.except_from_ban", { reason = "应急指挥,会同网信办" } }, apply }, expect = { facts = { approval_applied_on = "2024-03-04" } } },
  { name = "限制解除后不再受限", article = 35, sort = "boundary", given = applying { X = story.other("X", {}, "operations") }, steps = { apply }, expect = { facts = { approval_applied_on = "2024-03-04" } } },
  { name = "解除限制须写理由", article = 35, sort = "exception", given = running(), steps = { find, { "2025-05-10", "bureau", "operations.lift_ban", { reason = "已接入" } } },
    expect = { absent = { "sharing_ban_on" } } },
  { name = "评估、备份、销毁后停用,报备", article = 36, sort = "plain", given = running(), steps = { retire }, expect = { facts = { retired_on = "2027-07-01" }, told = "bureau" } },
  { name = "没有数据评估", article = 36, sort = "refusal", given = running(nil, {}), steps = { retire }, expect = { refused = { article = 36, code = "paper.missing" } } },
  { name = "数据没有处理", article = 36, sort = "boundary", given = running(), steps = { { "2027-07-01", "builder", "operations.retire", {} } }, expect = { refused = { article = 36, code = "retire.data" } } },
  { name = "运维期内也可停用", article = 36, sort = "exception", given = running(), steps = { { "2025-01-05", "builder", "operations.retire", { moved = "全部迁入新系统" } } },
    expect = { facts = { retired_on = "2025-01-05" } } },
  { name = "移交产权单位", article = 37, sort = "plain", given = running(), steps = { hand }, expect = { facts = { handed_over_on = "2025-03-10" }, told = { "bureau", "finance" } } },
  { name = "没有移交清单", article = 37, sort = "refusal", given = running(nil, {}), steps = { hand }, expect = { refused = { article = 37, code = "paper.missing" } } },
  { name = "只移交一次", article = 37, sort = "boundary", given = running(), steps = { hand, hand }, expect = { refused = { code = "not_applicable" } } },
  { name = "建设单位即产权单位的,不需移交", article = 37, sort = "exception", given = running(), ["until"] = "2025-12-31", expect = { absent = { "handed_over_on" }, open = "operations" } },
  { name = "小额项目也不得新建", article = { 35, 8 }, sort = "refusal", given = small(), steps = { { "2024-03-04", "builder", "declaration.start_small", { not_split = true } } },
    expect = { refused = { article = 35, code = "unit.banned" } } },
  { name = "小额项目经批准例外的可以建设", article = { 35, 8 }, sort = "exception", given = small(),
    steps = { { "2024-03-04", "bureau", "declaration.except_from_ban", { reason = "涉密不能共享,会同网信办同意" } }, { "2024-03-05", "builder", "declaration.start_small", { not_split = true } } },
    expect = { open = "procurement" } },
}
