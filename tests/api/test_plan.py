"""What a plan tells beyond dates and actions: payments that change, who will be reminded, and what migrations do for cases that would have no way out. Each
prediction is compared with what really happened."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_test import ROOT, main, refused, server  # noqa: E402

RULES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rules_two")


def read(*path):
    with open(os.path.join(RULES, *path), encoding="utf-8") as f:
        return f.read()


def start(s, count=4):
    s.org("o1", "单位", "Unit", "100000", ["clerk"])
    s.org("o2", "主管", "Office", "100000", ["office"])
    s.user("u1", "甲", "o1", admin=True)
    c = s.login("u1")
    return c, [c.create("item", {"title": f"事项{i}"})["id"] for i in range(count)]


def plan_of(c, change, **body):
    id = c.post("/api/v1/rules/candidates", change)["id"]
    return id, c.post(f"/api/v1/rules/candidates/{id}/plan", body)


def settled(s):
    for _ in range(500):
        report = s.operator("deadline.check")
        if not report["reconciling"]:
            assert report["ok"], report
            return
    raise AssertionError("the reconciliation does not end")


def test_payments_that_change():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        c, (a, b, _, _) = start(s)
        for id in (a, b):
            c.act(id, "work", "note", amount=1_000_01)
            c.act(id, "work", "pass")
        c.act(b, "pay", "pay")  # paid already: nothing changes for it
        change = {"changes": {"stages/pay.lua": read("stages", "pay.lua").replace("share = 80", "share = 50")}}
        id, plan = plan_of(c, change)
        assert plan["summary"]["payments"] == {"changes": 1} and plan["summary"]["affected"] == 1, plan["summary"]
        (payment,) = plan["cases"][0]["payments"]
        assert (payment["stage"], payment["action"], payment["before"], payment["after"]) == ("pay", "pay", 80000, 50000), payment
        assert payment["title"]["zh"] == "付款"
        c.post(f"/api/v1/rules/candidates/{id}/apply")
        c.act(a, "pay", "pay")
        assert c.case(a)["facts"]["paid"] == 50000  # as predicted
        broken = {"changes": {"stages/pay.lua": read("stages", "pay.lua").replace("* now.limits.share // 100 end end, effect", "* 0.5 end end, effect")}}
        third = c.create("item", {"title": "又一个"})["id"]
        c.act(third, "work", "note", amount=100)
        c.act(third, "work", "pass")
        refusal = refused(lambda: plan_of(c, broken), 422, "rules.broken")
        assert "whole fen" in json.dumps(refusal.body), refusal


def test_who_will_be_reminded():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        c, ids = start(s)
        work = read("stages", "work.lua")
        # one more rung, and one more post that hears of them: no date moves
        change = {"changes": {"stages/work.lua": work.replace("warn = { workdays(3), workdays(1) }, tell = \"clerk\"", "warn = { workdays(5), workdays(3), workdays(1) }, tell = { \"clerk\", \"office\" }")}}
        id, plan = plan_of(c, change)
        assert plan["summary"]["deadlines"] == {} and plan["summary"]["affected"] == 4
        one = plan["cases"][0]["reminders"]
        assert one["office"] == {"new": 4, "gone": 0, "first": "2024-03-08"}, one
        assert plan["summary"]["reminders"]["office"] == {"new": 16, "gone": 0}
        c.post(f"/api/v1/rules/candidates/{id}/apply")
        settled(s)
        s.clock("2024-03-08T10:00")
        office = s.user("u9", "主管", "o2") and s.login("u9")
        for _ in range(200):
            told = [n for n in office.get("/api/v1/inbox")["items"]]
            if len(told) == 4:
                break
        assert len(told) == 4  # one a case, on the first of the days foretold
        id, plan = plan_of(c, {"changes": {"stages/work.lua": work.replace(", tell = \"clerk\"", ", tell = \"office\"")}})
        assert plan["summary"]["reminders"]["clerk"]["gone"] > 0 and plan["summary"]["reminders"]["clerk"]["new"] == 0, plan["summary"]


MIGRATE = """return { migrate "work_to_pay" { order = 1, kind = "item", from = "work", to = "pay", when = is_set("amount"), article = 1,
    title = { zh = "已记录金额的转入支付", en = "With an amount: on to payment" }, effect = function(case, _, now) return { set("noted_on", now.date) } end },
  migrate "work_to_check" { order = 2, kind = "item", from = "work", to = "check", title = { zh = "其余的转入核查", en = "The rest: to the check" } } }"""
CHECK = """return stage "check" { kind = "item", articles = { 3 }, title = { zh = "核查", en = "Check" }, owner = "clerk", limits = { check_within = workdays(4) },
  actions = { pass = { by = "clerk", title = { zh = "通过", en = "Pass" }, effect = { close "check", open "pay" } } },
  deadlines = { checked = { article = 3, title = { zh = "核查", en = "Check" }, from = "opened", limit = "check_within", tell = "clerk" } } }"""


def without_work():
    return {"stages/work.lua": None, "stages/check.lua": CHECK, "kinds/item.lua": read("kinds", "item.lua").replace('open "work"', 'open "check"'),
            "stages/pay.lua": read("stages", "pay.lua").replace('open "work"', 'open "check"')}


def test_a_migration_leads_out_of_a_stage_that_goes():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        c, ids = start(s, 40)
        for id in ids[::2]:
            c.act(id, "work", "note", amount=100)
        c.act(ids[-1], "work", "pass")
        id, plan = plan_of(c, {"changes": without_work()})
        assert plan["summary"]["stranded"] == 39
        refused(lambda: c.post(f"/api/v1/rules/candidates/{id}/apply"), 422, "plan.stranded")
        change = {"changes": {**without_work(), "kinds/out.lua": MIGRATE}}
        id, plan = plan_of(c, change)
        assert plan["summary"]["stranded"] == 0 and plan["summary"]["migrating"] == 39, plan["summary"]
        cases = {one["case"]: one for one in plan["cases"]}
        assert cases[ids[0]]["migrates"]["name"] == "work_to_pay" and cases[ids[1]]["migrates"]["to"] == "check", (cases[ids[0]], cases[ids[1]])
        before = {i: {d["name"]: d["due"] for d in c.case(i)["deadlines"]} for i in ids}
        assert c.post(f"/api/v1/rules/candidates/{id}/apply")["ruleset"] == id
        c.act(ids[0], "pay", "pay")  # at once: the migration comes first, as an event of its own
        events = c.events(ids[0])[-2:]
        assert [(e["do"], e["ruleset"] == id) for e in events] == [("migrate", True), ("act", True)], events
        settled(s)
        for i in ids[1:]:
            case, said = c.case(i), cases.get(i, {"deadlines": []})
            now = {d["name"]: d["due"] for d in case["deadlines"]}
            assert {(n, before[i].get(n), now.get(n)) for n in {**before[i], **now} if before[i].get(n) != now.get(n)} == {(d["name"], d.get("before"), d.get("after")) for d in said["deadlines"]}, (i, said)
            opened = {name for name, record in case["stages"].items() if record["state"] == "open"}
            assert opened == ({"pay"} if i in ids[::2] or i == ids[-1] else {"check"}), (i, opened)
        assert c.events(ids[2])[-1]["migration"] == "work_to_pay" and c.case(ids[2])["facts"]["noted_on"] == "2024-03-01"
        assert [e["do"] for e in c.events(ids[-1])].count("migrate") == 0
        assert c.get("/readyz")["status"] == "ready" and s.operator("audit.verify")["ok"]
        # it is carried out once: a later change with the same migration moves nobody
        later = c.create("item", {"title": "后来的"})["id"]
        id, plan = plan_of(c, {"changes": {"stages/pay.lua": without_work()["stages/pay.lua"].replace("share = 80", "share = 70")}})
        assert plan["summary"]["migrating"] == 0
        c.post(f"/api/v1/rules/candidates/{id}/apply")
        assert "check" in c.case(later)["stages"]
        s.stop()
        s.start()
        assert s.login("u1").get("/readyz")["status"] == "ready"


def test_a_migration_that_is_wrong_is_refused():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        c, _ = start(s)
        for old, new, part in (('to = "pay"', 'to = "pya"', "pay"), ('kind = "item", from = "work", to = "pay"', 'kind = "itme", from = "work", to = "pay"', "item"), ('is_set("amount")', 'is_set("amuont")', "amount"),
                               ('from = "work", to = "pay"', 'to = "pay"', "from"), ('title = { zh = "其余的', 'titel = { zh = "其余的', "title")):
            refusal = refused(lambda: c.post("/api/v1/rules/candidates", {"changes": {**without_work(), "kinds/out.lua": MIGRATE.replace(old, new)}}), 422, "rules.broken")
            assert part in json.dumps(refusal.body, ensure_ascii=False), (part, refusal)
        # a fault that shows only when it runs is found by the plan
        refusal = refused(lambda: plan_of(c, {"changes": {**without_work(), "kinds/out.lua": MIGRATE.replace('when = is_set("amount"),', "").replace('set("noted_on", now.date)', 'set("noted_on", case.facts.nothing.here)')}}), 422, "rules.broken")
        assert "kinds/out.lua" in json.dumps(refusal.body), refusal


def test_a_years_holiday_notice():
    """The notice of a new year goes the same way: a candidate whose calendar has one year more, a plan, an apply."""
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        c, ids = start(s)
        assert c.get("/api/v1/calendar", year="2028")["known"] is False
        force = s.operator("rules.show", {})["bundle"]["calendar"]
        assert "2026" in force and "2028" not in force
        s.operator("rules.apply", {"changes": {"stages/work.lua": read("stages", "work.lua").replace("workdays(10)", "workdays(980)")}})
        settled(s)
        before = c.case(ids[0])["deadlines"][0]
        assert before["provisional"] and before["due"].startswith("2028-0"), before
        notice = {"off": [f"2028-01-{d:02d}" for d in (3, 4, 5, 24, 25, 26, 27, 28, 31)], "work": ["2028-01-08"]}
        id, plan = plan_of(c, {"calendar": {**force, "2028": notice}})
        assert any("2028" in d["part"] for d in plan["diff"]), plan["diff"]
        assert plan["summary"]["deadlines"] == {"moved": 4}, plan["summary"]
        c.post(f"/api/v1/rules/candidates/{id}/apply")
        assert c.get("/api/v1/calendar", year="2028")["known"] is True
        after = c.case(ids[0])["deadlines"][0]
        said = next(one for one in plan["cases"] if one["case"] == ids[0])["deadlines"][0]
        assert (said["before"], said["after"]) == (before["due"], after["due"]) and after["due"] > before["due"], (said, after)
        settled(s)
        assert s.operator("audit.verify")["ok"]
        refused(lambda: c.post("/api/v1/rules/candidates", {"calendar": {**force, "2028": {"off": ["2028-13-01"], "work": []}}}), 422, "rules.broken")


def test_a_change_in_words():
    """Each sort of change on the shipped rules, as a person reads it."""
    scripts = os.path.join(ROOT, "scripts")

    def text(path):
        with open(os.path.join(scripts, path), encoding="utf-8") as f:
            return f.read()

    def edited(path, *pairs):
        out = text(path)
        for old, new in pairs:
            assert old in out, (path, old)
            out = out.replace(old, new, 1)
        return {path: out}
    with server(clock="2024-03-01T09:00") as s:
        s.org("o1", "市局", "City", "430900", ["bureau"])
        s.user("u1", "甲", "o1", admin=True)
        years = s.operator("rules.show", {})["bundle"]["calendar"]
        change = {"changes": {
            **edited("stages/approval.lua", ("decide_within = workdays(10)", "decide_within = workdays(8)"), ("warn = { workdays(3), workdays(1) }", "warn = { workdays(5), workdays(1) }"),
                     ('tell = { "bureau", "builder" }, action = "approve"', 'tell = { "bureau", "finance" }, action = "approve"'), ('needs = docs { "review_opinion", ', 'needs = docs { "party_minutes", "review_opinion", '),
                     ('title = { zh = "受理", en = "Accept the application" }', 'title = { zh = "受理申请", en = "Accept the application" }'), ('accept = { by = "bureau",', 'accept = { by = { "bureau", "center" },'),
                     ('{ "approved_amount", money,', '{ "memo", text, zh = "备注", en = "Memo", optional = true }, { "approved_amount", money,')),
            **edited("papers.lua", ("project_proposal = {", 'party_minutes = { zh = "党组会议纪要", en = "Minutes of the party group", article = 13 },\n  project_proposal = {')),
            **edited("roles.lua", ('en = "Construction unit"', 'en = "Builder"')),
            **edited("stages/scheme_review.lua", ('returned = "prelim_design"', 'returned = "declaration"')),
            **edited("counties/430921/thresholds.lua", ("meeting_from = wan(150)", "meeting_from = wan(120)")),
            "law/art51.lua": None},
            "calendar": {**years, "2026": {**years["2026"], "off": years["2026"]["off"] + ["2026-11-23", "2026-11-24"]}}}
        items = s.operator("rules.diff", change)["items"]
        said = {(d["place"], d["zh"], d["en"]) for d in items}
        for place, zh, en in (
                ("", "项目审批 限值 decide_within:10 → 8 个工作日", "Approval, limit decide_within: 10 → 8 working days"),
                ("", "项目审批 操作“申请审批” 所需材料:新增 党组会议纪要", 'Approval, action "Apply for approval", papers needed: new: Minutes of the party group'),
                ("", "项目审批 操作“受理申请” 名称:受理 → 受理申请", 'Approval, action "Accept the application", title: 受理 → 受理申请'),
                ("", "项目审批 操作“受理申请” 由谁办理:政务管理服务局 → 政务管理服务局、智慧城市和大数据中心", None), ("", "项目审批 信息项:新增 备注", "Approval, fact: new: Memo"),
                ("", None, "Scheme review, leads returned: Preliminary design → Declaration"), ("", "材料“党组会议纪要”:新增 党组会议纪要", 'paper "Minutes of the party group": new: Minutes of the party group'),
                ("", None, 'role "Builder": Construction unit → Builder'), ("430921", "方案评审 限值 meeting_from:150 万元 → 120 万元", "Scheme review, limit meeting_from: 1.5 million yuan → 1.2 million yuan"),
                ("", "2026 年日历:新增 2 个休息日(2026-11-23 至 2026-11-24)", "calendar of 2026: 2 more days off (2026-11-23 to 2026-11-24)"), ("", "法条用例文件 law/art51.lua 已删除", None)):
            assert any(d[0] == place and (zh is None or d[1] == zh) and (en is None or d[2] == en) for d in said), (place, zh, en, sorted(said))
        assert any("到期前提醒:3 个工作日、1 个工作日 → 5 个工作日、1 个工作日" in d[1] for d in said), sorted(said)
        assert any("告知:新增 财政局" in d[1] for d in said)
        assert not [d for d in said if d[0] in ("430921", "430923") and "受理" in d[1]], "what the counties share with the base is told once"
        lines = s.operator("rules.diff", {"changes": edited("redlines/acceptance.lua", ('zh = "未按要求共享数据的不得验收"', 'zh = "没有共享数据的不得验收"'))})["items"]
        assert any(d["zh"] == "红线“没有共享数据的不得验收” 名称:未按要求共享数据的不得验收 → 没有共享数据的不得验收" for d in lines), lines


main(globals())
