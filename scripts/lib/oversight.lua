-- 第四十三、四十五、四十八条:各环节都可能要办的监督事项 · what may have to be done at any stage: secrecy, disclosure, suspension
local release = require "lib.release"
local oversight = {}

-- 第四十八条 定密:系统里只留编号和环节,不存涉密内容;无权限的人从此看不到 · only a number and the stage are kept; who is not cleared sees it no more
function oversight.classify()
  return { by = { "builder", "secrecy" }, order = 98, article = 48, title = { zh = "定为涉密项目", en = "Classify the project" }, when = not_set("secret_level"),
    help = { zh = "办理后,没有相应权限的人(包括列表、统计、检索、通知、公开)都不再看到;请勿填写涉密内容,只填定密文件的编号",
      en = "From now on nobody without clearance sees it, in lists, counts, search, notices or in public; give no classified content, only the document's number" },
    form = { { "level", int, zh = "密级(1秘密 2机密 3绝密)", en = "Level (1 to 3)", min = 1, max = 3, example = 1 },
      { "number", text, zh = "定密文件编号", en = "Number of the classifying document", max = 60 } },
    effect = { set("secret_level", input "level"), unset("released_on"), append("secrecy_log", { on = today, level = input "level", number = input "number" }),
      classify(input "level") } }
end

function oversight.declassify()
  return { by = "secrecy", order = 99, article = 48, title = { zh = "解除密级", en = "Declassify the project" }, when = is_set("secret_level"),
    form = { { "number", text, zh = "解密文件编号", en = "Number of the declassifying document", max = 60 } },
    effect = { unset("secret_level"), append("secrecy_log", { on = today, level = 0, number = input "number" }), classify(0) } }
end

-- 第四十三条
function oversight.release() return release.release() end
function oversight.withdraw_release() return release.withdraw() end

-- 第四十五条 暂停项目建设活动、停止拨付 · suspend the work, stop the payments
function oversight.suspend()
  return { by = "bureau", order = 92, article = 45, title = { zh = "暂停项目", en = "Suspend the project" }, when = not_set("suspended_on"),
    help = { zh = "未经批准擅自建设、未按规定采购、未验收或验收不合格即交付使用等情形;暂停期间不付款、不能转入验收",
      en = "Built without approval, procured against the rules, used without acceptance, or the like; while suspended nothing is paid and it cannot go to acceptance" },
    form = { { "ground", choice { { "unapproved", "未经批准擅自建设", "Built without approval" }, { "procurement", "未按规定实行政府采购", "Procured against the rules" },
      { "use", "未验收或验收不合格即交付使用", "Used without acceptance" }, { "other", "其他", "Other" } }, zh = "情形", en = "Ground" },
      { "reason", text, zh = "事实和理由", en = "Facts and reasons" },
      { "recover", money, zh = "收回已拨付资金", en = "Money to be recovered", optional = true } },
    effect = { set("suspended_on", today), append("sanctions", { on = today, ground = input "ground", reason = input "reason", recover = input "recover", measure = "suspended" }),
      notify { to = { "builder", "finance" }, article = 45, zh = "项目已暂停,停止拨付资金:请按要求整改", en = "The project is suspended and payments are stopped: correct it" } } }
end

function oversight.lift_suspension()
  return { by = "bureau", order = 93, article = 45, title = { zh = "解除暂停", en = "Lift the suspension" }, when = is_set("suspended_on"),
    form = { { "reason", text, zh = "理由", en = "Why" } },
    effect = { unset("suspended_on"), append("sanctions", { on = today, ground = "other", reason = input "reason", measure = "lifted" }),
      notify { to = { "builder", "finance" }, article = 45, zh = "项目暂停已解除", en = "The suspension is lifted" } } }
end

function oversight.suspended(case)
  if case.facts.suspended_on then
    return refuse { article = 45, code = "project.suspended", fact = "suspended_on",
      zh = ("项目已于%s暂停:请整改,由政务管理服务局“解除暂停”后再办"):format(case.facts.suspended_on),
      en = ("The project is suspended since %s: correct it, and have the bureau lift the suspension"):format(case.facts.suspended_on) }
  end
end

return oversight
