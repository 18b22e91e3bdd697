-- file: counties/430922/secret_in_name_only.lua
-- crosses: nothing_classified_in_public
-- 定密只写事实,没有改密级 · classified in its facts only
return amend "construction" {
  actions = { classify = { effect = { set("secret_level", input "level"), append("secrecy_log", { on = today, level = input "level", number = input "number" }) } } },
}
