-- 第四十三、四十八条 公开和涉密 · what the public sees, and what it never sees
local lines = require "lib.lines"

-- 没有登录的人能看到的字段 · what anyone may see
local shown = { title = true, category = true, investment = true, plan_year = true, year = true }

local function levels(past, step)
  local level = past.level
  for _, e in ipairs(step.effects) do if e["do"] == "classify" then level = e.level > 0 and e.level or nil end end
  return { level = level }
end

local secret = redline "nothing_classified_in_public" {
  kind = "project", articles = { 48, 43 },
  title = { zh = "涉密项目不见于任何公开结果", en = "A classified case is in no public answer" },
  why = { zh = "泄密无法收回", en = "What has leaked cannot be called back" },
  remember = levels,
  step = function(past, step)
    local f, level = step.after.facts, levels(past, step).level
    local lowered = past.level and (not level or level < past.level) or lines.before(step, "secret_level") and not f.secret_level
    if lowered and not (step.what == "act" and lines.role(step, "secrecy")) then
      return crossed { article = 48, zh = "密级不是保密局解除(降低)的", en = "The level of secrecy was lowered by somebody other than the secrecy bureau" }
    elseif f.secret_level and not level then
      return crossed { article = 48, zh = "事实上写着涉密,项目却没有按涉密保护", en = "Its facts say that it is classified, and the case is not protected as such" }
    elseif (f.secret_level or level) and (step.public or lines.wrote(step, "released_on")) then
      return crossed { article = 48, zh = "涉密项目出现在公开结果里", en = "A classified case stands in what the public sees" }
    end
  end,
}

local function released(kind_)
  return redline(kind_ == "project" and "public_only_when_released" or kind_ .. "_public_only_when_released") {
    kind = kind_, articles = { 43 },
    title = { zh = "未经公开程序不公开,公开的只有列明的字段", en = "Public only when released, and only the listed facts" },
    why = { zh = "公开由政务管理服务局决定;单位、联系人和商业秘密不在其列", en = "Release is the bureau's decision; trade secrets and people are not in it" },
    step = function(_, step)
      local f = step.after.facts
      if lines.wrote(step, "released_on") and not (step.what == "act" and lines.role(step, "bureau")) then
        return crossed { article = 43, zh = "不是政务管理服务局办理的公开", en = "It was released by somebody other than the bureau" }
      end
      if not step.public then return end
      if not f.released_on then return crossed { article = 43, zh = "没有办理公开,外面就看得到", en = "It can be seen by anyone and nobody released it" } end
      for name in pairs(step.public) do
        if not shown[name] then return crossed { article = 43, zh = ("公开了不在列的字段“%s”"):format(name), en = ("The fact '%s' is shown to anyone and is not on the list"):format(name) } end
      end
    end,
  }
end

return { secret, released "project", released "plan" }
