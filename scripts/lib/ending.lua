-- 项目怎样了结 · how a project ends
local ending = {}

-- 竣工验收后几个环节并行;最后一个办完,项目办结 · the stage that closes last ends the case
function ending.wind_up(case, this)
  for name, s in pairs(case.stages) do
    if name ~= this and s.state == "open" then return { close() } end
  end
  return { close(), finish "done" }
end

-- 第二十条 终止:三种情形,书面说明报备
function ending.terminate()
  return { by = "builder", order = 95, article = 20, title = { zh = "终止项目", en = "Terminate the project" },
    needs = docs { "termination_statement" },
    help = { zh = "只限三种情形;书面说明提交政务管理服务局,期限停止计算,记录保留",
      en = "Only on three grounds; the statement goes to the bureau, deadlines stop, the record stays" },
    form = {
      { "ground", choice { { "force_majeure", "不可抗力,项目无法完成", "Force majeure: it cannot be completed" },
        { "no_way_on", "实施不力,无法继续或目标不能实现", "No way to go on, or the goal cannot be reached" },
        { "contractor", "承建单位不按批复方案或合同执行,拒不整改", "The contractor departs from scheme or contract and refuses to correct" } },
        zh = "终止情形", en = "Ground" },
      { "statement", text, zh = "情况说明", en = "Statement" },
    },
    effect = { set("termination_ground", input "ground"), set("end_reason", input "statement"), set("terminated_on", today),
      notify { to = { "bureau", "finance" }, article = 20, zh = "建设单位依法终止项目,书面说明已提交",
        en = "The builder terminated the project; its statement is on file" },
      finish "terminated" } }
end

return ending
