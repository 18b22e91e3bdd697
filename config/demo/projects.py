"""The projects of the demonstration city: unit, name, amount in 万元, how far it is and for how many days. Amounts stand on both sides of every threshold."""
from city import CITY, UNITS
from lives import Plan, Project, Regulation, issued

SHARED = "与省平台对接,由省级资金和市级配套共同建设。"
AT = {id: (zh, place) for id, zh, _, place, _ in UNITS}

# 正在办理的 · on their way: they reach GOAL and wait there
WAITING = [
    ("chengguan", "户外广告和店招数字化监管系统", 180, "designing", 20, {}),
    ("zigui", "自然资源“一张图”实施监督系统二期", 1280, "study", 6, {"needs": ["protection_assessment", "crypto_assessment"], "key_project": True}),
    ("huanbao", "大气污染源在线监测能力提升工程", 1000, "reviewing", 9, {"category": "infrastructure", "parts": ["sensing", "network"]}),
    ("jiaoyu", "中小学智慧校园示范建设", 490, "review_met", 3, {"needs": ["protection_assessment"]}),
    ("wenlv", "市图书馆和博物馆数字文化资源库", 200, "conditions", 8, {"conditions": True, "needs": ["software_test"]}),
    ("renshe", "社会保障卡“一卡通”应用平台", 500, "applied", 2, {"needs": ["protection_assessment"]}),
    ("yingji", "自然灾害综合监测预警平台", 980, "accepted_for_approval", 7, {"needs": ["protection_assessment"], "key_project": True}),
    ("gongan", "执法办案管理中心智能化改造", 620, "paused", 6, {"corrected": True, "category": "infrastructure", "private": True}),
    ("jiaotong", "出租汽车和网约车服务监管平台", 198, "accepted_for_approval", 26, {}),
    ("weijian", "基层医疗卫生机构云化信息系统", 760, "budget_submitted", 12, {"needs": ["protection_assessment"]}),
    ("wenlv", "全域旅游大数据服务平台", 350, "approved", 240, {"summary": "因业务口径调整,批复后迟迟未启动实施。"}),
    ("renshe", "劳动人事争议仲裁数字庭审系统", 52, "procuring", 11, {}),
    ("gongan", "城区智能交通信号优化工程", 1960, "budget_reviewed", 5, {"category": "infrastructure", "parts": ["sensing", "network"],
                                                                           "needs": ["protection_assessment"], "private": True}),
    ("shuili", "农村供水水质在线监测系统", 160, "awarded", 9, {}),
    ("huanbao", "噪声自动监测站点联网", 46, "contracted", 3, {"category": "infrastructure", "parts": ["sensing"]}),
    ("jiaotong", "智慧公路(S308线示范段)", 2650, "building", 40, {"category": "infrastructure", "parts": ["sensing", "network", "computing"],
                                                                "needs": ["protection_assessment"], "key_project": True, "weeks": 52}),
    ("chengguan", "城市生命线安全运行监测平台一期", 2000, "changing", 12, {"needs": ["protection_assessment", "crypto_assessment"], "key_project": True,
                                                                       "change": "新增燃气管网监测点位40处,按主管部门新标准更换终端。"}),
    ("weijian", "家庭医生签约服务移动应用", 50, "building", 18, {}),
    ("zigui", "地质灾害隐患点监测设备更新", 260, "urgent", 4, {"urgent": "湘自资办发〔2026〕要求汛期前完成隐患点普适型监测设备更新。", "category": "infrastructure",
                                                        "parts": ["sensing"]}),
    ("yingji", "应急指挥通信保障系统升级", 430, "building", 25, {"urgent": "省应急管理厅要求年内完成370MHz应急指挥网建设。", "category": "infrastructure",
                                                       "parts": ["network"]}),
    ("jiaoyu", "学校食堂“互联网+明厨亮灶”", 120, "recorded", 3, {}),
    ("renshe", "零工市场和就业服务平台", 240, "built", 6, {"needs": ["software_test"]}),
    ("shuili", "智慧水利综合管理平台一期", 860, "trial", 35, {"needs": ["protection_assessment"], "key_project": True}),
    ("gongan", "校园周边视频监控联网补点", 310, "trial_over", 4, {"category": "infrastructure", "parts": ["sensing"], "private": True}),
    ("weijian", "全民健康信息平台互联互通改造", 1450, "acceptance_received", 4, {"needs": ["protection_assessment", "software_test"], "key_project": True}),
    ("jiaotong", "重点营运车辆动态监控平台", 290, "acceptance_paused", 5, {"acceptance_corrected": True}),
    ("jiaoyu", "教育城域网扩容改造", 540, "failed", 22, {"fails": True, "category": "infrastructure", "parts": ["network"]}),
    ("huanbao", "资江流域水环境智慧监管平台", 1100, "pre_accepted", 10, {"sources": {"provincial": 60, "city": 40}, "summary": SHARED,
                                                                "needs": ["protection_assessment"], "key_project": True}),
    # 区县 · the counties
    ("heshan-jiaoyu", "赫山区义务教育入学报名平台", 85, "accepted_for_approval", 5, {}),
    ("heshan-weijian", "赫山区人民医院影像云平台", 320, "building", 30, {"needs": ["protection_assessment"]}),
    ("taojiang-shuili", "桃江县中小型水库雨水情测报系统", 210, "paused", 8, {"corrected": True, "category": "infrastructure", "parts": ["sensing"]}),
    ("taojiang-wenlv", "桃江县竹海景区智慧导览系统", 150, "procuring", 9, {}),
]

# 已竣工验收的 · accepted so many days ago: retention, operations, evaluation go on by themselves
ACCEPTED = [
    ("zigui", "不动产登记“互联网+”服务平台", 230, 150, {"needs": ["software_test"]}),
    ("chengguan", "数字城管平台升级改造", 380, 330, {"problems": "处置部门接入率未达95%", "key_project": True}),
    ("yingji", "危险化学品企业安全风险预警系统", 470, 375, {}),
    ("wenlv", "应急广播体系市级平台", 195, 430, {"audited": True}),
    ("shuili", "山洪灾害监测预警系统改造", 520, 560, {"sources": {"central": 50, "city": 50}, "summary": SHARED, "category": "infrastructure",
                                          "parts": ["sensing"]}),
    ("jiaoyu", "教师管理和培训信息系统", 48, 800, {}),
    ("weijian", "院前急救指挥调度系统", 270, 860, {"problems": "与公安路况数据尚未打通", "change": "增加车载终端6套。"}),
    ("huanbao", "机动车遥感监测系统", 140, 1010, {"operation_years": 4}),
    ("taojiang-shuili", "桃江县河长制信息平台", 45, 500, {}),
    ("heshan-jiaoyu", "赫山区中考体育智能测试系统", 110, 640, {}),
    ("renshe", "企业用工监测小程序", 30, 1170, {}),
    ("wenlv", "公共文化云平台", 96, 1140, {}),
]


def lives(last):
    """Every life, for a city whose last day is LAST: what happens next never lies far from today."""
    following = last.year + 1 if last <= last.replace(month=9, day=30) else last.year + 2  # whose declarations are open
    current = max(year for year in range(2023, last.year + 1) if issued(year) <= last)

    def project(unit, title, wan, goal, age=0, **more):
        return Project(last, unit, AT[unit][0], AT[unit][1], title, wan, goal, age, **more)

    yield Regulation()
    for unit, title, wan, goal, age, more in WAITING:
        yield project(unit, title, wan, goal, age, **more)
    for unit, title, wan, age, more in ACCEPTED:
        yield project(unit, title, wan, "accepted", age, **more)
    yield project("chengguan", "环卫作业车辆智能调度系统", 330, "terminated", 55)
    # 草稿和申报中的 · drafts and declarations
    yield project("shuili", "灌区量测水设施信息化改造", 220, "draft", year=following, begin=9, category="infrastructure", parts=["sensing"])
    yield project("gongan", "反诈预警劝阻平台", 260, "draft", year=following, begin=4, private=True)
    yield project("zigui", "耕地保护田长制信息系统", 175, "draft", year=current + 1, begin=12)  # 逾期未申报 · too late for its year, where that has closed
    yield project("yingji", "企业安全生产标准化服务系统", 130, "declared", year=following, begin=24)
    yield project("jiaotong", "港口岸电监测平台", 145, "pretech_correcting", year=following, begin=33, pretech_corrected=True)
    yield project("renshe", "技能等级认定考务系统", 90, "planning", year=following, begin=70)
    for unit, title, wan in (("weijian", "中医药传承创新服务平台", 280), ("huanbao", "生态环境执法移动办案系统", 165), ("chengguan", "公共停车资源统一管理平台", 950),
                             ("heshan-weijian", "赫山区智慧养老服务平台", 190), ("taojiang-wenlv", "桃江县文物数字化保护工程", 115)):
        yield project(unit, title, wan, "planning", year=current + 1)
    # 年度计划,以及其中调出、缓列的 · the yearly plans, and what was struck or deferred on the way
    struck, deferred = "机关会议室无纸化系统", "文化旅游云客服平台"
    yield project("wenlv", deferred, 155, "planning", year=current)
    yield project("jiaoyu", struck, 88, "planning", year=current)
    decisions = {struck: ("strike", "与全市统建的协同办公平台重复,不再单独建设。"), deferred: ("defer", "与全域旅游平台的边界待明确,缓列一年。")}
    for year in range(2023, following + 1):
        for place, name in ((CITY, "益阳市"), ("430903", "赫山区"), ("430922", "桃江县")):
            yield Plan(year, place, name, decisions if place == CITY else {})
