"""The demonstration city: who there is and what they build. Names and amounts are made up."""

PASSWORD = "banfa-demo"
CITY, HESHAN, TAOJIANG = "430900", "430903", "430922"

# id, Chinese, English, jurisdiction, roles, the unit above
ORGS = [
    ("zwfw", "益阳市政务管理服务局", "Yiyang Government Services Bureau", CITY, ["bureau"], None),
    ("dsjzx", "益阳市智慧城市和大数据中心", "Yiyang Smart City and Big Data Centre", CITY, ["center"], None),
    ("fgw", "益阳市发展和改革委员会", "Yiyang Development and Reform Commission", CITY, ["drc"], None),
    ("czj", "益阳市财政局", "Yiyang Finance Bureau", CITY, ["finance"], None),
    ("sjj", "益阳市审计局", "Yiyang Audit Bureau", CITY, ["audit"], None),
    ("wxb", "中共益阳市委网信办", "Yiyang Cyberspace Office", CITY, ["cyber"], None),
    ("bmj", "益阳市国家保密局", "Yiyang Secrecy Bureau", CITY, ["secrecy"], None),
    ("mmj", "益阳市国家密码管理局", "Yiyang Cryptography Administration", CITY, ["crypto"], None),
    ("ldxz", "益阳市新型智慧城市建设领导小组", "Smart City Leading Group", CITY, ["leading_group"], None),
    ("szf", "益阳市人民政府", "Yiyang Municipal Government", CITY, ["government"], None),
    ("jyj", "益阳市教育局", "Education Bureau", CITY, ["builder"], None),
    ("yzyz", "益阳市第一中学", "No. 1 Middle School", CITY, ["builder"], "jyj"),
    ("wjw", "益阳市卫生健康委员会", "Health Commission", CITY, ["builder"], None),
    ("zxyy", "益阳市中心医院", "Central Hospital", CITY, ["builder"], "wjw"),
    ("gaj", "益阳市公安局", "Public Security Bureau", CITY, ["builder"], None),
    ("cgj", "益阳市城市管理和综合执法局", "City Management Bureau", CITY, ["builder"], None),
    ("slj", "益阳市水利局", "Water Resources Bureau", CITY, ["builder"], None),
    ("jtj", "益阳市交通运输局", "Transport Bureau", CITY, ["builder"], None),
    ("sthj", "益阳市生态环境局", "Ecology and Environment Bureau", CITY, ["builder"], None),
    ("zrzy", "益阳市自然资源和规划局", "Natural Resources Bureau", CITY, ["builder"], None),
    ("yjj", "益阳市应急管理局", "Emergency Management Bureau", CITY, ["builder"], None),
    ("whlj", "益阳市文化旅游广电体育局", "Culture and Tourism Bureau", CITY, ["builder"], None),
    ("ct", "益阳市城市建设投资集团", "City Construction Investment Group", CITY, ["builder"], None),
    # 赫山区 has bodies of its own; 桃江县 relies on the city's
    ("hs-zwfw", "赫山区行政审批服务局", "Heshan Administrative Approval Bureau", HESHAN, ["bureau", "center"], None),
    ("hs-czj", "赫山区财政局", "Heshan Finance Bureau", HESHAN, ["finance"], None),
    ("hs-fgj", "赫山区发展和改革局", "Heshan Development and Reform Bureau", HESHAN, ["drc"], None),
    ("hs-ldxz", "赫山区智慧城市建设领导小组", "Heshan Leading Group", HESHAN, ["leading_group"], None),
    ("hs-zf", "赫山区人民政府", "Heshan District Government", HESHAN, ["government"], None),
    ("hs-jyj", "赫山区教育局", "Heshan Education Bureau", HESHAN, ["builder"], None),
    ("hs-nyj", "赫山区农业农村局", "Heshan Agriculture Bureau", HESHAN, ["builder"], None),
    ("tj-jyj", "桃江县教育局", "Taojiang Education Bureau", TAOJIANG, ["builder"], None),
    ("tj-lyj", "桃江县林业局", "Taojiang Forestry Bureau", TAOJIANG, ["builder"], None),
]

# login, name, organisation, administrator
USERS = [
    ("admin", "系统管理员", "zwfw", True), ("bureau1", "陈静", "zwfw", False), ("bureau2", "刘洋", "zwfw", False), ("center1", "周凯", "dsjzx", False),
    ("drc1", "肖敏", "fgw", False), ("finance1", "彭丽", "czj", False), ("audit1", "曾勇", "sjj", False), ("cyber1", "唐亮", "wxb", False),
    ("secrecy1", "贺明", "bmj", False), ("crypto1", "龚芳", "mmj", False), ("group1", "郭建国", "ldxz", False), ("gov1", "夏文", "szf", False),
    ("jyj1", "李梅", "jyj", False), ("yzyz1", "徐强", "yzyz", False), ("wjw1", "邓超", "wjw", False), ("zxyy1", "何欣", "zxyy", False), ("gaj1", "谭刚", "gaj", False),
    ("cgj1", "罗辉", "cgj", False), ("slj1", "蔡琳", "slj", False), ("jtj1", "欧阳波", "jtj", False), ("sthj1", "秦岚", "sthj", False), ("zrzy1", "易峰", "zrzy", False),
    ("yjj1", "钟南", "yjj", False), ("whlj1", "文静", "whlj", False), ("ct1", "汤伟", "ct", False),
    ("hs-bureau1", "袁红", "hs-zwfw", False), ("hs-finance1", "熊斌", "hs-czj", False), ("hs-drc1", "孟凡", "hs-fgj", False), ("hs-group1", "皮志强", "hs-ldxz", False),
    ("hs-gov1", "高远", "hs-zf", False), ("hs-jyj1", "崔莹", "hs-jyj", False), ("hs-nyj1", "盛宏", "hs-nyj", False), ("tj-jyj1", "符丽", "tj-jyj", False),
    ("tj-lyj1", "薛松", "tj-lyj", False),
]

SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋"
GIVEN = ["建华", "晓东", "丽娟", "志强", "海燕", "国平", "春梅", "立新"]
FIELDS = ["软件工程", "网络安全", "数据治理", "系统集成", "通信工程", "云计算", "信息化造价", "密码应用"]
UNITS = ["湖南城市学院", "益阳职业技术学院", "湖南大学", "国防科技大学", "中南大学", "湖南省电子学会", "中国电信益阳分公司", "湖南省通信设计院"]
EXPERTS = [(f"E{i + 1:03d}", {"name": SURNAMES[i % len(SURNAMES)] + GIVEN[i % len(GIVEN)], "competence": FIELDS[i % len(FIELDS)], "unit": UNITS[i * 3 % len(UNITS)],
                              "title": "教授" if i % 3 == 0 else "高级工程师"}) for i in range(40)]
CONTRACTORS = [(f"C{i + 1:03d}", {"name": name, "competence": field, "small_enterprise": small}) for i, (name, field, small) in enumerate([
    ("湖南云帆信息技术有限公司", "系统集成", False), ("益阳智联科技有限公司", "软件开发", True), ("长沙数海软件股份有限公司", "软件开发", False), ("湖南资水网络工程有限公司", "网络工程", True),
    ("益阳银城大数据有限公司", "数据治理", True), ("湖南洞庭安防科技有限公司", "视频监控", False), ("长沙星桥通信有限公司", "通信工程", False), ("湖南桃花江软件有限公司", "软件开发", True),
    ("湖南正衡监理咨询有限公司", "工程监理", True), ("长沙诚信信息工程监理有限公司", "工程监理", True), ("湖南省信息化设计院有限公司", "工程设计", False), ("湖南天平测评技术有限公司", "等保和密评", True)])]

# title, unit, 万元, plan year, how far it comes and in which way, extras.
# The way: draft, declared, pretech, planning, design, study, review, approval, accepted, paused, budget, lapsed, procurement, contract, building, trial, final, failed,
# retention (lives on until today), done, terminated, struck
PROJECTS = [
    ("智慧城管综合平台一期", "cgj", 1200, 2023, "retention", {"key_project": True, "needs_protection_assessment": True}),
    ("全民健康信息平台", "wjw", 2600, 2023, "retention", {"key_project": True, "needs_crypto_assessment": True}),
    ("市直学校校园视频联网", "jyj", 480, 2023, "retention", {}),
    ("河湖水质自动监测网", "sthj", 350, 2023, "retention", {}),
    ("一中智慧校园平台", "yzyz", 150, 2023, "retention", {}),
    ("公路治超非现场执法系统", "jtj", 899, 2023, "retention", {"needs_software_test": True}),
    ("文旅数字展厅", "whlj", 49, 2023, "done", {}),
    ("应急指挥中心显示系统改造", "yjj", 199, 2023, "retention", {}),
    ("国土空间基础信息平台", "zrzy", 2000, 2024, "retention", {"needs_protection_assessment": True}),
    ("雪亮工程视频云平台扩容", "gaj", 1850, 2024, "final", {"needs_protection_assessment": True}),
    ("水库大坝安全监测预警系统", "slj", 999, 2024, "retention", {}),
    ("中心医院互联互通改造", "zxyy", 200, 2024, "failed", {}),
    ("城市地下管网监测", "ct", 760, 2024, "trial", {}),
    ("教育缴费与资助管理系统", "jyj", 120, 2024, "terminated", {}),
    ("交通运输电子证照对接", "jtj", 50, 2024, "retention", {}),
    ("办公自动化系统升级", "whlj", 50.01, 2024, "building", {}),
    ("乡镇饮用水水源地监控", "sthj", 500, 2025, "building", {}),
    ("智慧消防物联网平台", "yjj", 1000, 2025, "trial", {}),
    ("人口健康大数据中心扩容", "wjw", 2400, 2025, "building", {"needs_crypto_assessment": True}),
    ("城管执法终端更新", "cgj", 48, 2025, "building", {}),
    ("不动产登记一网通办", "zrzy", 320, 2025, "lapsed", {}),
    ("河长制信息平台二期", "slj", 260, 2026, "building", {}),
    ("警务云桌面", "gaj", 499, 2026, "contract", {}),
    ("智慧公交调度系统", "jtj", 680, 2026, "procurement", {}),
    ("中小学心理健康监测平台", "jyj", 185, 2026, "budget", {}),
    ("医保药品追溯对接", "zxyy", 90, 2026, "approval", {}),
    ("城市内涝预警系统", "ct", 1180, 2026, "paused", {}),
    ("数字档案馆", "whlj", 420, 2026, "accepted", {}),
    ("大气走航监测", "sthj", 230, 2026, "review", {}),
    ("自然灾害综合风险平台", "yjj", 1500, 2026, "study", {}),
    ("公共停车资源共享平台", "cgj", 560, 2026, "design", {}),
    ("数字孪生流域试点", "slj", 1999, 2027, "planning", {}),
    ("区域医学影像云", "wjw", 880, 2027, "pretech", {}),
    ("校园一卡通升级", "yzyz", 75, 2027, "declared", {}),
    ("公安局数据治理工具", "gaj", 310, 2027, "draft", {}),
    ("赫山区义务教育智慧课堂", "hs-jyj", 240, 2025, "trial", {}),
    ("赫山区农产品溯源平台", "hs-nyj", 130, 2026, "approval", {}),
    ("赫山区校园门禁改造", "hs-jyj", 36, 2026, "building", {}),
    ("桃江县林火视频监控", "tj-lyj", 470, 2025, "building", {}),
    ("桃江县教育城域网", "tj-jyj", 195, 2026, "design", {}),
]
