"""The demonstration city: who there is. Bodies of article 4, two counties, units, users, experts, contractors. People and firms are invented."""

CITY, HESHAN, TAOJIANG = "430900", "430903", "430922"
PASSWORD = "banfa-demo"

# id, 中文, English, jurisdiction, roles, users: (id, 姓名)
BODIES = [
    ("bureau", "益阳市政务管理服务局", "Yiyang Government Affairs Service Bureau", CITY, ["bureau"], [("bureau1", "周立新"), ("bureau2", "何晓燕")]),
    ("center", "益阳市智慧城市和大数据中心", "Yiyang Smart City and Big Data Centre", CITY, ["center"], [("center", "刘志远")]),
    ("drc", "益阳市发展和改革委员会", "Yiyang Development and Reform Commission", CITY, ["drc"], [("drc", "陈国华")]),
    ("finance", "益阳市财政局", "Yiyang Finance Bureau", CITY, ["finance"], [("finance", "曾丽娟")]),
    ("audit", "益阳市审计局", "Yiyang Audit Bureau", CITY, ["audit"], [("audit", "郭正清")]),
    ("cyber", "中共益阳市委网络安全和信息化委员会办公室", "Yiyang Cyberspace Affairs Office", CITY, ["cyber"], [("cyber", "夏明")]),
    ("secrecy", "益阳市国家保密局", "Yiyang State Secrets Bureau", CITY, ["secrecy"], [("secrecy", "钟守义")]),
    ("crypto", "益阳市国家密码管理局", "Yiyang Cryptography Administration", CITY, ["crypto"], [("crypto", "龙建平")]),
    ("group", "益阳市新型智慧城市建设领导小组", "Yiyang Smart City Leading Group", CITY, ["leading_group"], [("group", "欧阳文")]),
    ("government", "益阳市人民政府", "Yiyang People's Government", CITY, ["government"], [("government", "彭建中")]),
    ("experts", "益阳市政府投资信息化项目评审专家库", "Yiyang Expert Pool", CITY, ["expert"], [("expert", "谭教授")]),
    # 赫山区:机构齐全 · Heshan has all bodies of its own
    ("heshan-bureau", "赫山区行政审批服务局", "Heshan Administrative Approval Bureau", HESHAN, ["bureau"], [("heshan-bureau", "熊伟")]),
    ("heshan-center", "赫山区大数据中心", "Heshan Big Data Centre", HESHAN, ["center"], [("heshan-center", "蔡琳")]),
    ("heshan-drc", "赫山区发展和改革局", "Heshan Development and Reform Bureau", HESHAN, ["drc"], [("heshan-drc", "卜学文")]),
    ("heshan-finance", "赫山区财政局", "Heshan Finance Bureau", HESHAN, ["finance"], [("heshan-finance", "孟凡")]),
    ("heshan-audit", "赫山区审计局", "Heshan Audit Bureau", HESHAN, ["audit"], [("heshan-audit", "祝敏")]),
    ("heshan-group", "赫山区数字政府建设领导小组", "Heshan Digital Government Leading Group", HESHAN, ["leading_group"], [("heshan-group", "高鹏")]),
    ("heshan-government", "赫山区人民政府", "Heshan District People's Government", HESHAN, ["government"], [("heshan-government", "邓海波")]),
    # 桃江县:前置技术审查、可研批复、审计、领导小组由市级承担 · Taojiang relies on the city's centre, DRC, audit and leading group
    ("taojiang-bureau", "桃江县行政审批服务局", "Taojiang Administrative Approval Bureau", TAOJIANG, ["bureau"], [("taojiang-bureau", "文志勇")]),
    ("taojiang-finance", "桃江县财政局", "Taojiang Finance Bureau", TAOJIANG, ["finance"], [("taojiang-finance", "薛梅")]),
    ("taojiang-government", "桃江县人民政府", "Taojiang County People's Government", TAOJIANG, ["government"], [("taojiang-government", "张松林")]),
]

UNITS = [
    ("chengguan", "益阳市城市管理和综合执法局", "Yiyang Urban Management Bureau", CITY, "李文斌"),
    ("shuili", "益阳市水利局", "Yiyang Water Resources Bureau", CITY, "王建军"),
    ("jiaoyu", "益阳市教育局", "Yiyang Education Bureau", CITY, "胡静"),
    ("weijian", "益阳市卫生健康委员会", "Yiyang Health Commission", CITY, "罗敏"),
    ("gongan", "益阳市公安局", "Yiyang Public Security Bureau", CITY, "赵刚"),
    ("renshe", "益阳市人力资源和社会保障局", "Yiyang Human Resources and Social Security Bureau", CITY, "徐红"),
    ("zigui", "益阳市自然资源和规划局", "Yiyang Natural Resources and Planning Bureau", CITY, "贺志强"),
    ("jiaotong", "益阳市交通运输局", "Yiyang Transport Bureau", CITY, "吴海涛"),
    ("huanbao", "益阳市生态环境局", "Yiyang Ecology and Environment Bureau", CITY, "肖慧"),
    ("yingji", "益阳市应急管理局", "Yiyang Emergency Management Bureau", CITY, "唐勇"),
    ("wenlv", "益阳市文化旅游广电体育局", "Yiyang Culture and Tourism Bureau", CITY, "汤莉"),
    ("heshan-jiaoyu", "赫山区教育局", "Heshan Education Bureau", HESHAN, "袁芳"),
    ("heshan-weijian", "赫山区卫生健康局", "Heshan Health Bureau", HESHAN, "丁旭"),
    ("taojiang-shuili", "桃江县水利局", "Taojiang Water Resources Bureau", TAOJIANG, "符大明"),
    ("taojiang-wenlv", "桃江县文化旅游广电体育局", "Taojiang Culture and Tourism Bureau", TAOJIANG, "莫小兰"),
]

# 承建、运维、监理等单位:编号、名称、业务领域、中小企业 · the register of contractors: id, name, competence, small enterprise
CONTRACTORS = [
    ("C001", "湖南银城智联科技有限公司", "系统集成", True), ("C002", "湖南资水软件股份有限公司", "软件开发", False),
    ("C003", "益阳云图信息技术有限公司", "地理信息", True), ("C004", "长沙湘数云计算有限公司", "云计算与数据", False),
    ("C005", "湖南洞庭物联科技有限公司", "物联感知", True), ("C006", "湖南天眼视讯技术有限公司", "视频监控", False),
    ("C007", "湖南安盾网络安全有限公司", "网络安全", True), ("C008", "益阳惠民信息服务有限公司", "政务应用与运维", True),
    ("C009", "湖南潇湘数字政通有限公司", "政务应用", False), ("S001", "湖南明鉴信息工程监理有限公司", "信息工程监理", True),
    ("S002", "湖南中正信息系统监理有限公司", "信息工程监理", True), ("S003", "益阳诚信工程监理有限公司", "信息工程监理", True),
]
SUPERVISORS = [name for id, name, field, small in CONTRACTORS if id[0] == "S"]

_FIELDS = ["软件工程", "系统架构", "网络与通信", "网络安全", "密码应用", "数据治理", "地理信息", "物联网", "视频与图像", "工程造价", "电子政务", "项目管理"]
_PLACES = [("湖南城市学院", None), ("湖南大学", None), ("中南大学", None), ("国防科技大学", None), ("湖南省电子产品检测研究院", None),
           ("益阳市水利局", "shuili"), ("益阳市教育局", "jiaoyu"), ("益阳市公安局", "gongan"), ("湖南师范大学", None), ("湖南潇湘数字政通有限公司", None)]
_FAMILY = "陈李张王刘黄周杨吴曾谢唐罗彭胡邓肖曹蒋贺袁夏姚钟石易熊廖卢段谭戴文龙汪游向孙欧姜"
_GIVEN = ["志明", "建华", "晓峰", "丽君", "国强", "海燕", "文杰", "雪梅", "俊", "思远", "红波", "伟", "玉兰"]


def experts():
    """Forty experts: (id, entry). A few work for a builder or a contractor and must be recused there; one is not drawn for now."""
    for n in range(40):
        unit, org = _PLACES[n % len(_PLACES)]
        entry = {"name": _FAMILY[n] + _GIVEN[n * 5 % len(_GIVEN)], "competence": _FIELDS[n * 7 % len(_FIELDS)], "unit": unit,
                 "title": ["高级工程师", "教授", "副教授", "研究员", "正高级工程师"][n % 5]}
        if org:
            entry["unit_org"] = org
        if n == 33:
            entry["suspended"] = True
        yield f"E{n + 1:03d}", entry


def actor(role, place):
    """The user who acts for ROLE in PLACE: the county's own body, or the city's where it has none."""
    for where in (place, CITY):
        for _, _, _, jurisdiction, roles, users in BODIES:
            if jurisdiction == where and role in roles:
                return users[0][0]
    raise LookupError(f"nobody is {role} in {place}")


def people():
    """Every user: (id, name, organisation id, organisation)."""
    for id, zh, _, _, _, users in BODIES:
        for user, name in users:
            yield user, name, id, zh
    for id, zh, _, _, name in UNITS:
        yield id, name, id, zh
