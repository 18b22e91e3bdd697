-- 第四十三条 向社会公开:有人公开之前一概不公开;公开哪些字段由 kinds/ 的 public 列明 · nothing is public until someone releases it
local release = {}

function release.release()
  return { by = "bureau", final = true, order = 96, article = 43, title = { zh = "公开项目信息", en = "Release to the public" }, when = all { not_set("released_on"), not_set("secret_level") },
    help = { zh = "确认不涉及国家安全、国家秘密和不得公开的内容后办理;公开的只有名称、环节和列明的字段",
      en = "After making sure that nothing in it touches state security or secrets; only the title, the stages and the listed facts are shown" },
    effect = { set("released_on", today), notify { to = { "builder" }, article = 43, zh = "项目信息已向社会公开", en = "The project was released to the public" } } }
end

function release.withdraw()
  return { by = "bureau", final = true, order = 97, article = 43, title = { zh = "撤回公开", en = "Withdraw from the public" }, when = is_set("released_on"),
    form = { { "reason", text, zh = "撤回理由", en = "Why" } },
    effect = { unset("released_on"), notify { to = { "builder" }, article = 43, zh = "项目信息已撤回公开", en = "The project was withdrawn from the public" } } }
end

return release
