-- 第四条:谁做什么。scope = "unit" 只办本单位的项目;"jurisdiction" 办本辖区的项目。
-- A county that has no such body (a centre, say) is served by the city's: bodies are looked for upwards, along `parent` in jurisdictions.lua.
-- impartial:申请单位就是本单位(或有利害关系)时回避,由上级辖区同一角色办理;没有上级的,由写明的角色办理
-- impartial: passed over on one's own unit's application; the body of the same role in the jurisdiction above acts, and where there is none the role named here.
return roles {
  builder = { zh = "建设单位", en = "Construction unit", scope = "unit" },
  bureau = { zh = "政务管理服务局", en = "Government Affairs Service Bureau", scope = "jurisdiction", impartial = "leading_group" },
  center = { zh = "智慧城市和大数据中心", en = "Smart City and Big Data Centre", scope = "jurisdiction", impartial = "bureau" },
  drc = { zh = "发展改革委", en = "Development and Reform Commission", scope = "jurisdiction", impartial = "government" },
  finance = { zh = "财政局", en = "Finance Bureau", scope = "jurisdiction", impartial = "government" },
  audit = { zh = "审计局", en = "Audit Bureau", scope = "jurisdiction", impartial = "government" },
  cyber = { zh = "网信办", en = "Cyberspace Affairs Office", scope = "jurisdiction" },
  secrecy = { zh = "保密局", en = "State Secrets Bureau", scope = "jurisdiction" },
  crypto = { zh = "密码管理局", en = "Cryptography Administration", scope = "jurisdiction" },
  leading_group = { zh = "新型智慧城市建设领导小组", en = "Smart City Leading Group", scope = "jurisdiction", impartial = "government" },
  government = { zh = "人民政府", en = "People's Government", scope = "jurisdiction" },
  -- 专家由库中抽取,不因身份而能看到全部项目
  expert = { zh = "评审专家", en = "Expert", scope = "unit" },
}
