-- 第三十八至四十二条 统筹集约:上云、基础库、一张图、统一平台、视频平台;各有例外,例外须声明理由 · intensive construction, with declared exceptions
local integration = {}

local checks = {
  { "cloud", 38, "依托政务云和电子政务网络", "On the government cloud and network" }, { "base_data", 39, "共用基础库", "Shared base data" }, { "map", 40, "依托“一张图”", "On the one map" },
  { "platform", 41, "依托一体化平台和“益办事”", "On the one service platform and app" }, { "video", 42, "接入统一视频平台", "On the one video platform" },
}
local names, found = {}, {}
local judged = choice { { "follows", "符合", "Follows" }, { "exception", "例外", "Exception" }, { "breaks", "不符合", "Does not" }, { "none", "不涉及", "Not concerned" } }
for i, c in ipairs(checks) do names[i], found[i] = { c[1], c[3], c[4] }, { c[1], judged, zh = c[3], en = c[4] } end

function integration.declare()
  return { by = "builder", order = 10, articles = { 38, 39, 40, 41, 42 }, title = { zh = "声明集约建设例外", en = "Declare an exception to intensive construction" },
    help = { zh = "涉密系统、单位内部使用设备、国家和省另有规定的,可不上云;其他各条“原则上”的例外也须写明理由",
      en = "Classified systems, equipment of the unit's own, or where the state or province rules otherwise; every exception needs its reason" },
    form = { { "what", choice(names), zh = "事项", en = "What" },
      { "ground", choice { { "classified", "涉密系统", "Classified system" }, { "internal", "单位内部使用设备", "Equipment of the unit's own" },
        { "higher_rule", "国家、省另有规定", "A higher rule" }, { "other", "其他", "Other" } }, zh = "例外情形", en = "Ground" },
      { "reason", text, zh = "理由和依据", en = "Reason and basis" } },
    effect = { append("integration_exceptions", { on = today, what = input "what", ground = input "ground", reason = input "reason" }) } }
end

function integration.judge()
  return { by = "center", order = 7, articles = { 38, 39, 40, 41, 42 }, title = { zh = "集约建设核对", en = "Check for intensive construction" },
    form = { { "checks", record(found), zh = "五项核对", en = "The five checks" } },
    check = function(case, given)
      local said = {}
      for _, c in ipairs(checks) do
        local declared = false
        for _, e in ipairs(case.facts.integration_exceptions or {}) do declared = declared or e.what == c[1] end
        if given.checks[c[1]] == "exception" and not declared then
          said[#said + 1] = refuse { article = c[2], code = "integration.undeclared", field = "checks",
            zh = ("“%s”没有声明例外:请建设单位在初步设计环节“声明集约建设例外”,或判为不符合"):format(c[3]),
            en = ("No exception is declared for “%s”: the builder declares it with the design, or it does not follow"):format(c[4]) }
        end
      end
      return said
    end,
    effect = { set("integration", input "checks"), set("integration_checked_on", today) } }
end

-- 核对为不符合的,方案不能通过 · what does not follow is not passed
function integration.follows(case)
  local said = {}
  for _, c in ipairs(checks) do
    if case.facts.integration and case.facts.integration[c[1]] == "breaks" then
      said[#said + 1] = refuse { article = c[2], code = "integration.breaks",
        zh = ("“%s”核对为不符合,方案不能通过:请退回修改"):format(c[3]), en = ("“%s”: the scheme does not follow and cannot pass: return it"):format(c[4]) }
    end
  end
  return said
end

integration.facts = {
  { "integration", record(found), zh = "集约建设核对", en = "Intensive construction", optional = true },
  { "integration_checked_on", date, zh = "集约建设核对日期", en = "Checked on", optional = true },
  { "integration_exceptions", list_of { { "on", date, zh = "日期", en = "On" }, { "what", text, zh = "事项", en = "What" }, { "ground", text, zh = "情形", en = "Ground" },
    { "reason", text, zh = "理由", en = "Reason" } }, zh = "集约建设例外", en = "Exceptions to intensive construction", optional = true },
}

return integration
