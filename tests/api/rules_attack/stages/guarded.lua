local function never() while true do end end
local function throws() error("the guard broke") end
local function nonsense() return 5 end
local title = { zh = "守卫", en = "Guarded" }
local function one(name, action, due)
  action.by, action.title = "clerk", title
  return stage(name) { kind = "guarded", articles = { 1 }, title = title, owner = "clerk", limits = { within = days(2) }, actions = { go = action },
    deadlines = { late = { article = 1, title = title, from = "opened", limit = "within", tell = "clerk", on_due = due } } }
end
return {
  one("guard_never", { guard = never }), one("guard_throws", { guard = throws }), one("guard_nonsense", { guard = nonsense }),
  one("check_never", { check = never }), one("check_throws", { check = throws }), one("check_nonsense", { check = nonsense }),
  one("due_throws", {}, throws), one("due_nonsense", {}, nonsense), one("due_never", {}, never),
  one("due_half", {}, { notify { to = { "clerk" }, zh = "不该有", en = "should not be" }, add("list", "half", { name = 5 }) }),
}
