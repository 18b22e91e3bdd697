-- 各环节共用的小函数 · small functions that several stages share
local common = {}

-- 本轮内某动作办过几次 · how often an action was done in this round of its stage
function common.did(case, stage_name, action)
  local s = case.stages[stage_name]
  return s and s.did and s.did[action] or 0
end

-- 已通知补正(整改)、还没有重新提交 · a correction was asked for and has not come back yet
function common.awaiting(case, stage_name, asked, answered)
  return common.did(case, stage_name, asked) > common.did(case, stage_name, answered)
end

-- 期间已届满:最后一日的次日起为真(民法典第二百条以下) · true from the day after the period's last day
function common.over(date_, period, today_)
  return today_ > later(date_, period)
end

function common.sum(items, key)
  local total = 0
  for _, item in ipairs(items or {}) do total = total + (key and item[key] or item) end
  return total
end

function common.latest(a, b) return a and a > b and a or b end

function common.contains(items, value)
  for _, item in ipairs(items or {}) do if item == value then return true end end
  return false
end

-- 英文里的金额:1200000000分 → "12,000,000 yuan" · an amount as English text
function common.yuan(fen)
  local whole = tostring(fen // 100):reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "")
  return fen % 100 == 0 and whole .. " yuan" or ("%s.%02d yuan"):format(whole, fen % 100)
end

-- 只读的清单要先抄一份才能改 · lists that came in are read-only: copy first
function common.copy(items)
  local out = {}
  for i, item in ipairs(items or {}) do out[i] = item end
  return out
end

-- 不得审批本单位的申请:由另一家有此职责的单位办理 · nobody decides on their own unit's application: another body with this duty does
function common.not_own(case, now)
  if now.actor and now.actor.org ~= nil and now.actor.org == case.unit then
    return refuse { article = 44, code = "own.unit",
      zh = "这是本单位的申请,不能由本单位审批:请由另一家有此职责的单位办理(由管理员授予职责)",
      en = "This is your own unit's application: another body with this duty decides on it (an administrator grants the duty)" }
  end
end

-- 签合同以前都可以撤回 · before the contract a project can be withdrawn
function common.withdraw()
  return { by = "builder", order = 90, title = { zh = "撤回项目", en = "Withdraw the project" },
    help = { zh = "项目就此了结,记录保留;以后要建设须重新申报",
      en = "The project ends here, its record stays; to build it later it is declared anew" },
    form = { { "reason", text, zh = "撤回理由", en = "Reason for withdrawing" } },
    effect = { set("end_reason", input "reason"), finish "withdrawn" } }
end

-- 第七条 急需建设:由申报或待列计划转入联合审查
function common.request_urgent(guard)
  return { by = "builder", order = 80, article = 7, guard = guard, title = { zh = "申请急需建设(一事一议)", en = "Ask for the urgent way" },
    help = { zh = "仅限国家、省要求急需建设而未列入年度计划的项目;由三部门联合审查,经领导小组审定、政府批准后列入增补计划",
      en = "Only for projects that the state or the province requires and that are in no plan: joint review, leading group, government, supplementary plan" },
    needs = docs { "urgent_basis" }, when = above("investment", limit "declaration.exempt_up_to"),
    form = { { "urgent_reason", text, zh = "急需建设的理由和文号", en = "Why it is urgent, and the document that requires it" } },
    effect = { set("urgent_reason", input "urgent_reason"), follow "urgent" } }
end

return common
