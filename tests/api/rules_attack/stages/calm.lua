local shared = require "lib.shared"
return stage "calm" {
  kind = "calm", articles = { 1 }, title = { zh = "平常", en = "Calm" }, owner = "clerk", limits = { within = days(2) },
  actions = {
    -- 说出这里看到的环境:被改坏了就会不一样 · tells what the world looks like from here; a spoiled one would look different
    look = { by = "clerk", title = { zh = "查看", en = "Look" }, effect = function(case)
      local seen = {}
      for key in pairs { h = 8, a = 1, g = 7, b = 2, f = 6, c = 3, e = 5, d = 4 } do seen[#seen + 1] = key end
      return { set("said", ("%s %d %s %s %d %s %s %s"):format(table.concat(seen), math.floor(2.5), ("a1b2"):gsub("%d", ""), shared.name, shared.list[1],
        #shared.list, tostring({}), type(today.value))) }
    end },
    finish = { by = "clerk", title = { zh = "办结", en = "Finish" }, effect = { finish "done" } },
  },
  deadlines = { calm = { article = 1, title = { zh = "期限", en = "Due" }, from = "opened", limit = "within", tell = "clerk", on_due = { set("late", true) } } },
}
