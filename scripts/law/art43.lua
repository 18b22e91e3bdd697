-- 第四十三条 信息公开:有人公开之前一概不公开
-- luacheck: read globals law
local story = require "lib.story"
local function approved(more)
  local f = { approved_on = "2024-03-08" }
  for k, v in pairs(more or {}) do f[k] = v end
  return story.project("budget_review", "2024-03-08", f)
end
local open_ = { "2024-03-20", "bureau", "budget_review.release" }

return law {
  { name = "批复后公开", article = 43, sort = "plain", given = approved(), steps = { open_ }, expect = { facts = { released_on = "2024-03-20" }, told = "builder" } },
  { name = "批复后20个工作日提醒(借用信息公开条例)", article = 43, sort = "boundary", given = approved(), expect = { due = { ["approval.release"] = "2024-04-08" } } }, -- 11..15 18..22 25..29 1 2 3 | 清明 | 7(补班)8
  { name = "没有人公开就不公开,到期只提醒", article = 43, sort = "exception", given = approved(), ["until"] = "2024-05-10", expect = { absent = { "released_on" }, told = "bureau" } },
  { name = "公开过的不再公开", article = 43, sort = "refusal", given = approved(), steps = { open_, open_ }, expect = { refused = { code = "not_applicable" } } },
  { name = "不是政务管理服务局不能公开", article = 43, sort = "refusal", given = approved(), steps = { { "2024-03-20", "builder", "budget_review.release" } }, expect = { refused = { code = "role" } } },
  { name = "撤回公开须写理由", article = 43, sort = "exception", given = approved { released_on = "2024-03-20" },
    steps = { { "2024-03-25", "bureau", "budget_review.withdraw_release", { reason = "内容有误" } } }, expect = { absent = { "released_on" }, told = "builder" } },
}
