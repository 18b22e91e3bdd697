-- 第四十八条 涉密项目
-- luacheck: read globals law
local story = require "lib.story"
local function built(more)
  local f = { contracts = { story.signed(wan(90)) }, last_report_on = "2024-06-01", filed_on = "2024-06-01" }
  for k, v in pairs(more or {}) do f[k] = v end
  return story.project("construction", "2024-06-01", f)
end
local function secret(level) return { "2024-06-10", "secrecy", "construction.classify", { level = level, number = "益密定〔2024〕3号" } } end

return law {
  { name = "申报时即定密", article = 48, sort = "plain", given = story.project("declaration", "2023-09-01"),
    steps = { { "2023-09-02", "builder", "declaration.classify", { level = 1, number = "益密定〔2023〕1号" } } }, expect = { facts = { secret_level = 1 }, open = "declaration" } },
  { name = "建设中定密,已公开的一并撤回", article = 48, sort = "exception", given = built { released_on = "2024-04-01" }, steps = { secret(2) },
    expect = { facts = { secret_level = 2 }, absent = { "released_on" } } },
  { name = "没有四级密级", article = 48, sort = "boundary", given = built(), steps = { secret(4) }, expect = { refused = {} } },
  { name = "绝密为三级", article = 48, sort = "boundary", given = built(), steps = { secret(3) }, expect = { facts = { secret_level = 3 } } },
  { name = "涉密项目不能公开", article = { 48, 43 }, sort = "refusal", given = built(), steps = { secret(1), { "2024-06-11", "bureau", "construction.release" } },
    expect = { refused = { code = "not_applicable" }, absent = { "released_on" } } },
  { name = "解密由保密局办理", article = 48, sort = "refusal", given = built(), steps = { secret(1), { "2024-06-11", "builder", "construction.declassify", { number = "益密解〔2024〕1号" } } },
    expect = { refused = { code = "role" } } },
  { name = "解密", article = 48, sort = "exception", given = built(), steps = { secret(1), { "2024-06-11", "secrecy", "construction.declassify", { number = "益密解〔2024〕1号" } } },
    expect = { absent = { "secret_level" } } },
}
