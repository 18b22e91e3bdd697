"""The ways an office works (转办、代理、加签、会签、退回、撤回、催办、抄送、回避): a case whose approver has left, is away, or sits on the applicant's side
finds its way. Over HTTP, with a small set of rules that know nothing of any of it."""
import atexit
import contextlib
import os
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_fold import compare  # noqa: E402
from banfa_test import ROOT, main, refused, server, worded  # noqa: E402

KEPT = contextlib.ExitStack()  # the rules of this test, with the words of the city
atexit.register(KEPT.close)
RULES = KEPT.enter_context(worded(os.path.join(ROOT, "tests", "api", "rules_office")))
CITY, COUNTY = "100000", "100001"


def settle(s):
    """A city and a county: units, desks with two people each, a treasury, a council; an administrator."""
    for id, zh, place, roles in (("unit", "申请单位", COUNTY, ["applicant"]), ("desk", "县受理机关", COUNTY, ["desk", "applicant"]),
                                 ("cdesk", "市受理机关", CITY, ["desk", "applicant"]), ("cash", "县资金机关", COUNTY, ["treasury"]),
                                 ("ccash", "市资金机关", CITY, ["treasury"]), ("council", "市议事机构", CITY, ["council"]),
                                 ("law", "法制机构", COUNTY, []), ("it", "信息中心", CITY, [])):
        s.org(id, zh, id.title(), place, roles)
    people = [("u1", "unit"), ("d1", "desk"), ("d2", "desk"), ("c1", "cdesk"), ("t1", "cash"), ("t2", "cash"), ("ct1", "ccash"), ("k1", "council"),
              ("l1", "law"), ("l2", "law")]
    adding = [threading.Thread(target=s.user, args=(id, "员" + id, org)) for id, org in people]  # a password is slow to hash
    adding.append(threading.Thread(target=lambda: s.user("admin", "管理员", "it", admin=True)))
    for t in adding:
        t.start()
    for t in adding:
        t.join()
    return People(s)


class People(dict):
    """Clients by user, logged in when first needed."""

    def __init__(self, s):
        super().__init__()
        self.server = s

    def __missing__(self, user):
        self[user] = self.server.login(user)
        return self[user]


def office(client, case, way, **body):
    return client.post(f"/api/v1/cases/{case}/office/{way}", body)


def action(client, case, name):
    return next(a for a in client.case(case)["actions"] if a["action"] == name)


def codes(client, case, name):
    return [r["code"] for r in action(client, case, name)["reasons"]]


def told(client):
    return [n["zh"] for n in client.get("/api/v1/inbox")["items"]]


def wait_told(client, word, count=1):
    """Delivery follows the event by a moment: asked again until it is there."""
    for _ in range(400):
        found = [t for t in told(client) if word in t]
        if len(found) >= count:
            return found
        threading.Event().wait(0.02)
    raise AssertionError(f"nobody told {client.user} of {word}: {told(client)}")


def opened(p, title="一件事"):
    id = p["u1"].create("item", {"title": title, "amount": 100})["id"]
    p["u1"].act(id, "apply", "submit")
    return id


def proved(s, p, id, reader="d1"):
    """What the server shows is what its events tell, and the chain holds."""
    compare(p[reader].case(id), p[reader].events(id))
    assert s.operator("audit.verify")["ok"] is True


def test_work_is_handed_over_and_comes_back_when_the_holder_leaves():
    with server(clock="2024-03-04T09:00", scripts=RULES) as s:
        p = settle(s)
        id = opened(p)
        refused(lambda: office(p["u1"], id, "hand_over", stage="examine", user="d2", why="x"), 422, "office.colleague")
        refused(lambda: office(p["t1"], id, "hand_over", stage="examine", user="d2", why="x"), 403, "office.work")
        refused(lambda: office(p["d1"], id, "hand_over", stage="examine", user="d2"), 400, "form.required")
        refused(lambda: office(p["d1"], id, "hand_over", stage="examine", user="t1", why="x"), 422, "office.colleague")
        refused(lambda: office(p["d1"], id, "hand_over", stage="apply", user="d2", why="x"), 409, "stage.closed")
        refused(lambda: office(p["d1"], id, "handover", stage="examine", user="d2", why="x"), 404, "office.way")
        refused(lambda: office(p["d1"], id, "hand_over", stage="examine", usr="d2", why="x"), 400, "form.unknown")
        done = office(p["d1"], id, "hand_over", stage="examine", user="d2", why="熟悉情况")
        held = done["office"]["holders"][0]
        assert held["user"] == "d2" and held["by"] == "d1" and held["why"] == "熟悉情况" and held["active"], held
        wait_told(p["d2"], "转给您办理")
        assert codes(p["d1"], id, "accept") == ["office.held"] and not action(p["d1"], id, "accept")["allowed"]
        refused(lambda: p["d1"].act(id, "examine", "accept"), 409, "office.held")
        refused(lambda: office(p["d1"], id, "hand_over", stage="examine", user="d1", why="x"), 409, "office.held")
        assert action(p["d2"], id, "accept")["allowed"]
        assert id in [c["id"] for c in p["d2"].get("/api/v1/cases", mine="true")["items"]]
        assert id not in [c["id"] for c in p["d1"].get("/api/v1/cases", mine="true")["items"]]
        p["d2"].act(id, "examine", "accept")
        assert len(p["d2"].get("/api/v1/deadlines", mine="true")["items"]) == 1
        assert not p["d1"].get("/api/v1/deadlines", mine="true")["items"]
        s.kill()
        s.start()
        p = People(s)
        refused(lambda: p["d1"].act(id, "examine", "remark", text="x"), 409, "office.held")
        s.operator("user.disable", {"body": {"id": "d2", "disabled": True}})
        assert p["d1"].case(id)["office"]["holders"][0]["active"] is False
        p["d1"].act(id, "examine", "remark", text="接着办")
        s.operator("user.disable", {"body": {"id": "d2", "disabled": False}})
        refused(lambda: p["d1"].act(id, "examine", "remark", text="x"), 409, "office.held")
        refused(lambda: office(p["d1"], id, "release", stage="examine"), 409, "office.held")
        office(s.login("d2"), id, "release", stage="examine")
        p["d1"].act(id, "examine", "remark", text="又办")
        refused(lambda: office(p["d1"], id, "release", stage="examine"), 409, "office.unheld")
        event = next(e for e in p["d1"].events(id) if e.get("way") == "hand_over")
        assert event["actor"]["user"] == "d1" and event["value"]["user"] == "d2" and event["value"]["why"] == "熟悉情况"
        proved(s, p, id)


def test_a_deputy_acts_in_the_place_of_who_is_away():
    with server(clock="2024-03-04T09:00", scripts=RULES) as s:
        p = settle(s)
        id = opened(p)
        office(p["d1"], id, "hand_over", stage="examine", user="d1", why="我来办")
        away = {"from": "2024-03-05", "to": "2024-03-08"}
        refused(lambda: p["d1"].post("/api/v1/me/deputies", {"from": "2024-03-09", "to": "2024-03-08"}), 422, "absence.dates")
        refused(lambda: p["d1"].post("/api/v1/me/deputies", {**away, "deputy": "d1"}), 422, "absence.self")
        refused(lambda: p["d1"].post("/api/v1/me/deputies", {**away, "deputy": "t1"}), 422, "absence.colleague")
        refused(lambda: p["d1"].post("/api/v1/me/deputies", {**away, "deputy": "nobody"}), 422, "user.unknown")
        refused(lambda: p["d1"].post("/api/v1/users/d2/deputies", {**away, "deputy": "d1"}), 403)
        p["d1"].post("/api/v1/me/deputies", {**away, "deputy": "d2", "why": "出差"})
        refused(lambda: p["d1"].post("/api/v1/me/deputies", {**away, "deputy": "d2"}), 409, "absence.overlap")
        refused(lambda: p["d2"].act(id, "examine", "accept"), 409, "office.held")  # not yet
        s.clock("2024-03-05T08:00")
        assert p["d2"].get("/api/v1/me/deputies")["deputy_of"][0]["user"] == "d1"
        shown = action(p["d2"], id, "accept")
        assert shown["allowed"] and shown["on_behalf_of"]["user"] == "d1", shown
        p["d2"].act(id, "examine", "accept")
        event = p["d2"].events(id)[-1]
        assert event["actor"]["user"] == "d2" and event["actor"]["on_behalf_of"]["user"] == "d1", event["actor"]
        s.clock("2024-03-09T08:00")
        refused(lambda: p["d2"].act(id, "examine", "remark", text="x"), 409, "office.held")  # no longer
        p["d1"].post("/api/v1/me/deputies", {"from": "2024-03-11", "to": "2024-03-12", "deputy": "d2"})
        p["d1"].post("/api/v1/me/deputies", {"cancel": "2024-03-11"})
        refused(lambda: p["d1"].post("/api/v1/me/deputies", {"cancel": "2024-03-11"}), 404, "absence.unknown")
        proved(s, p, id)


def test_a_vacant_post_is_told_above_and_a_deputy_from_elsewhere_carries_on():
    with server(clock="2024-03-04T09:00", scripts=RULES) as s:
        p = settle(s)
        id = opened(p)
        p["d1"].act(id, "examine", "pass")
        secret = opened(p, "密件")
        p["d1"].act(secret, "examine", "pass")
        p["t1"].act(secret, "decide", "classify")
        assert not p["admin"].get("/api/v1/office/vacant")["items"]
        s.operator("user.disable", {"body": {"id": "t1", "disabled": True}})
        assert not p["admin"].get("/api/v1/office/vacant")["items"]
        p["t2"].post("/api/v1/me/deputies", {"from": "2024-03-06", "to": "2024-03-07"})
        s.clock("2024-03-05T12:00")
        assert not p["admin"].get("/api/v1/office/vacant")["items"]
        s.clock("2024-03-06T00:10")  # the last one is away, without a deputy
        vacant = p["admin"].get("/api/v1/office/vacant")["items"]
        assert [(v["org"], v["cases"], v["since"]) for v in vacant] == [("cash", [id], "2024-03-06")], vacant
        assert len(wait_told(p["ct1"], "无人在岗")) == 1 and len(wait_told(p["admin"], "无人在岗")) == 1
        assert any(post["vacant"] and post["stage"] == "decide" for post in p["u1"].case(id)["office"]["posts"])
        doctor = {c["name"]: c for c in s.operator("doctor")["checks"]}
        assert doctor["posts"]["ok"] is False and "cash" in doctor["posts"]["en"], doctor["posts"]
        refused(lambda: p["u1"].get("/api/v1/office/vacant"), 403)
        s.kill()
        s.start()
        p = People(s)
        assert len(wait_told(p["ct1"], "无人在岗")) == 1  # once, also after a start
        s.clock("2024-03-08T09:00")  # back
        assert not p["admin"].get("/api/v1/office/vacant")["items"]
        s.operator("user.disable", {"body": {"id": "t2", "disabled": True}})  # the last one has left for good
        vacant = p["admin"].get("/api/v1/office/vacant")["items"]
        assert [(v["org"], v["waiting"]) for v in vacant] == [("cash", 1)], vacant
        refused(lambda: p["ct1"].act(id, "decide", "approve", amount=1), 403, "role")
        def cli(*words):
            return subprocess.run([s.program, "user", *words, "--data", s.data], capture_output=True, text=True)
        shown = cli("vacant")
        assert shown.returncode == 0 and "cash" in shown.stdout and id in shown.stdout, shown
        assert cli("deputy", "t2", "--from", "2024-03-08").returncode == 2
        assert cli("deputy", "t2", "--from", "2024-03-08", "--to", "2024-03-01", "--deputy", "ct1").returncode == 1
        done = cli("deputy", "t2", "--from", "2024-03-08", "--to", "2024-03-29", "--deputy", "ct1", "--why", "空缺期间代管")
        assert done.returncode == 0, done
        assert not p["admin"].get("/api/v1/office/vacant")["items"]
        p["ct1"].act(id, "decide", "approve", amount=50)
        event = p["ct1"].events(id)[-1]
        assert event["actor"]["user"] == "ct1" and event["actor"]["org"] == "cash" and event["actor"]["own_org"] == "ccash"
        assert event["actor"]["on_behalf_of"]["user"] == "t2"
        proved(s, p, id)


def test_a_post_that_never_had_anybody_is_told_when_a_case_comes_to_it():
    with server(clock="2024-03-04T09:00", scripts=RULES) as s:
        p = settle(s)
        s.org("far", "远县单位", "Far", "100002", ["applicant"])
        s.org("far-desk", "远县受理机关", "Far desk", "100002", ["desk"])
        s.user("f1", "远", "far")
        assert not p["admin"].get("/api/v1/office/vacant")["items"]
        id = p["f1"].create("item", {"title": "远处的事", "amount": 1})["id"]
        p["f1"].act(id, "apply", "submit")
        assert wait_told(p["c1"], "远县受理机关") and wait_told(p["admin"], "远县受理机关")
        assert [(v["org"], v["cases"]) for v in p["admin"].get("/api/v1/office/vacant")["items"]] == [("far-desk", [id])]
        s.user("fd", "新人", "far-desk")
        assert not p["admin"].get("/api/v1/office/vacant")["items"]
        p["fd"].act(id, "examine", "accept")
        proved(s, p, id, "fd")


def test_another_opinion_is_asked_and_waited_for():
    with server(clock="2024-03-04T09:00", scripts=RULES) as s:
        p = settle(s)
        id = opened(p)
        refused(lambda: p["l1"].case(id), 404)  # whoever has no post here sees nothing
        refused(lambda: office(p["u1"], id, "answer", opinion=1, text="x"), 404, "office.number")
        refused(lambda: office(p["d1"], id, "ask", stage="examine", question="可否"), 422, "office.to")
        refused(lambda: office(p["d1"], id, "ask", stage="examine", question="可否", org="law", due="2024-03-01"), 400, "form.date")
        refused(lambda: office(p["d1"], id, "ask", stage="examine", question="可否", org="nowhere"), 422, "org.unknown")
        office(p["d1"], id, "ask", stage="examine", action="pass", org="law", question="可否通过", due="2024-03-06", blocks=True)
        office(p["d1"], id, "ask", stage="examine", user="l2", question="个人看法")
        wait_told(p["l1"], "征求您的意见")
        assert codes(p["d1"], id, "pass") == ["office.opinion"] and not codes(p["d1"], id, "accept")
        refused(lambda: p["d2"].act(id, "examine", "pass"), 409, "office.opinion")  # the post waits, not the person
        p["d1"].act(id, "examine", "accept")
        s.clock("2024-03-06T09:00")
        wait_told(p["l1"], "尚未答复")  # on its last day; and the day after, but silence is not consent
        s.clock("2024-03-07T09:00")
        assert len(wait_told(p["d1"], "尚未答复", 2)) == 2 and codes(p["d1"], id, "pass") == ["office.opinion"]
        assert p["l1"].case(id)["office"]["opinions"][0]["mine"] is True
        assert not any(a["permitted"] for a in p["l1"].case(id)["actions"])
        refused(lambda: p["l1"].upload(id, "note"), 404)  # reads, no more
        refused(lambda: office(p["l1"], id, "answer", opinion=2, text="x"), 403, "office.asked")
        refused(lambda: office(p["t1"], id, "answer", opinion=1, text="x"), 403, "office.asked")
        answers = []

        def answer(who):
            try:
                office(who, id, "answer", opinion=1, text="可以", agrees=True)
                answers.append("done")
            except Exception as fault:  # noqa: BLE001
                answers.extend(getattr(fault, "codes", [repr(fault)]))
        threads = [threading.Thread(target=answer, args=(p[u],)) for u in ("l1", "l2")]  # two people of the body asked, at once
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        # the other is too late; or, having been let in by this question only, does not see the case any more
        assert answers.count("done") == 1 and set(answers) <= {"done", "office.closed", "case.unknown"}, answers
        one = p["d1"].case(id)["office"]["opinions"][0]
        assert one["answered"]["text"] == "可以" and one["answered"]["agrees"] is True and one["question"] == "可否通过"
        refused(lambda: p["l1"].case(id), 404)  # read while asked
        p["l2"].case(id)  # still asked the other
        refused(lambda: office(p["t1"], id, "withdraw", opinion=2, why="x"), 403, "office.opener")
        office(p["d2"], id, "withdraw", opinion=2, why="不再需要")
        refused(lambda: p["l2"].case(id), 404)
        refused(lambda: office(p["d1"], id, "withdraw", opinion=2, why="x"), 409, "office.closed")
        wait_told(p["d1"], "已答复")
        p["d1"].act(id, "examine", "pass")
        proved(s, p, id)


def test_signing_together_by_a_set_share():
    with server(clock="2024-03-04T09:00", scripts=RULES) as s:
        p = settle(s)
        id = opened(p)
        signers = [{"user": "l1"}, {"user": "d2"}, {"org": "cash"}]
        refused(lambda: office(p["d1"], id, "countersign", stage="examine", action="nothing", signers=signers), 404, "action.unknown")
        refused(lambda: office(p["d1"], id, "countersign", stage="examine", action="withdraw", signers=signers), 403, "office.action")
        refused(lambda: office(p["d1"], id, "countersign", stage="examine", action="pass", signers=[]), 400, "office.signers")
        refused(lambda: office(p["d1"], id, "countersign", stage="examine", action="pass", signers=signers + signers[:1]), 422, "office.twice")
        refused(lambda: office(p["d1"], id, "countersign", stage="examine", action="pass", signers=signers, need=4), 400, "office.need")
        office(p["d1"], id, "countersign", stage="examine", action="pass", signers=signers, need="60%")
        assert p["d1"].case(id)["office"]["signings"][0]["need"] == 2
        refused(lambda: office(p["d1"], id, "countersign", stage="examine", action="pass", signers=signers), 409, "office.round")
        refused(lambda: p["d1"].act(id, "examine", "pass"), 409, "office.signing")
        refused(lambda: office(p["u1"], id, "sign", signing=1, agrees=True), 403, "office.signer")
        refused(lambda: office(p["l1"], id, "sign", signing=1, agrees=False), 400, "form.required")  # an objection says why
        office(p["l1"], id, "sign", signing=1, agrees=True)
        refused(lambda: office(p["l1"], id, "sign", signing=1, agrees=True), 409, "office.signed")
        s.kill()
        s.start()
        p = People(s)
        refused(lambda: p["d1"].act(id, "examine", "pass"), 409, "office.signing")
        office(p["t2"], id, "sign", signing=1, agrees=True, note="同意")
        wait_told(p["d1"], "已签齐")
        assert p["d1"].case(id)["office"]["signings"][0]["state"] == "reached"
        refused(lambda: p["d2"].act(id, "examine", "pass"), 409, "office.opener")
        p["d1"].act(id, "examine", "pass")
        assert p["d1"].case(id)["office"]["signings"][0]["state"] == "done"
        # all must sign: one objection ends it, and it is closed before another is opened
        office(p["t1"], id, "countersign", stage="decide", action="approve", signers=[{"user": "l1"}, {"user": "t2"}], need="all")
        office(p["t2"], id, "sign", signing=2, agrees=False, note="金额不妥")
        wait_told(p["t1"], "未通过")
        refused(lambda: p["t1"].act(id, "decide", "approve", amount=1), 409, "office.objected")
        refused(lambda: office(p["u1"], id, "close_signing", signing=2, why="x"), 403, "office.opener")
        office(p["t1"], id, "close_signing", signing=2, why="重新商定")
        office(p["t1"], id, "countersign", stage="decide", action="approve", signers=[{"user": "l1"}])
        office(p["l1"], id, "sign", signing=3, agrees=True)
        s.operator("user.disable", {"body": {"id": "t1", "disabled": True}})  # the opener leaves: the post has it
        p["t2"].act(id, "decide", "approve", amount=60)
        proved(s, p, id)


def test_sent_back_to_an_earlier_step():
    with server(clock="2024-03-04T09:00", scripts=RULES) as s:
        p = settle(s)
        id = opened(p)
        p["d1"].act(id, "examine", "accept")
        p["d1"].act(id, "examine", "remark", text="一")
        before = p["d1"].case(id)
        p["d1"].act(id, "examine", "pass")
        p["d1"].upload(id, "note")
        s.clock("2024-03-06T09:00")
        steps = {x["action"]: x for x in p["t1"].get(f"/api/v1/cases/{id}/steps")["items"]}
        assert list(steps) == ["submit", "accept", "remark", "pass"] and all(x["send_back"] for x in steps.values()), steps
        refused(lambda: office(p["d1"], id, "send_back", stage="decide", to=steps["pass"]["version"], why="x"), 403, "office.work")
        refused(lambda: office(p["t1"], id, "send_back", stage="decide", to=999, why="x"), 404, "rewind.step")
        refused(lambda: office(p["t1"], id, "send_back", stage="decide", to=steps["pass"]["version"]), 400, "form.required")
        done = office(p["t1"], id, "send_back", stage="decide", to=steps["pass"]["version"], why="意见不完整")
        case = p["d1"].case(id)
        assert case["facts"] == before["facts"] and case["stages"]["examine"] == before["stages"]["examine"] and "decide" not in case["stages"]
        assert len(case["documents"]) == 1 and case["version"] == done["version"]  # papers stay
        wait_told(p["d1"], "退回到")
        # two days lay with the next: they do not count (five working days from the 4th; the 5th and 6th are not counted)
        assert [d["due"] for d in case["deadlines"]] == ["2024-03-13"], case["deadlines"]
        event = p["d1"].events(id)[-1]
        assert event["do"] == "rewind" and event["why"] == "意见不完整" and event["undone"] == [steps["pass"]["version"]]
        proved(s, p, id)
        s.kill()
        s.start()
        p = People(s)
        p["d1"].act(id, "examine", "pass")
        p["t1"].act(id, "decide", "approve", amount=70)
        # from there to the very beginning, over the return and what came after it
        submit = steps["submit"]["version"]
        office(p["t1"], id, "send_back", stage="pay", to=submit, why="材料不实")
        assert [n for n, x in p["u1"].case(id)["stages"].items() if x["state"] == "open"] == ["apply"]
        assert "amount" in p["u1"].case(id)["facts"] and p["u1"].case(id)["facts"]["amount"] == 100
        refused(lambda: office(p["t1"], id, "send_back", stage="pay", to=submit, why="x"), 409, "stage.closed")
        p["u1"].act(id, "apply", "submit")
        p["d1"].act(id, "examine", "pass")
        refused(lambda: office(p["t1"], id, "send_back", stage="decide", to=steps["accept"]["version"], why="x"), 404, "rewind.step")  # undone
        p["t1"].act(id, "decide", "approve", amount=70)
        p["t1"].act(id, "pay", "pay")
        last = p["t1"].get(f"/api/v1/cases/{id}/steps")["items"]
        refused(lambda: office(p["t1"], id, "send_back", stage="pay", to=last[-2]["version"], why="x"), 409, "rewind.final")
        assert last[-2]["reason"]["code"] == "rewind.final" and not last[-2]["send_back"]
        proved(s, p, id)
        # what reached beyond the case stays
        other = opened(p, "另一件")
        p["d1"].act(other, "examine", "pass")
        p["t1"].act(other, "decide", "spawn")
        step = p["t1"].get(f"/api/v1/cases/{other}/steps")["items"][-2]
        refused(lambda: office(p["t1"], other, "send_back", stage="decide", to=step["version"], why="x"), 409, "rewind.beyond")
        proved(s, p, other)


def test_the_applicant_does_not_undo_what_others_did():
    with server(clock="2024-03-04T09:00", scripts=RULES) as s:
        p = settle(s)
        id = opened(p)
        p["d1"].act(id, "examine", "accept")
        step = p["u1"].get(f"/api/v1/cases/{id}/steps")["items"][-1]
        assert not step["send_back"]
        refused(lambda: office(p["u1"], id, "send_back", stage="examine", to=step["version"], why="x"), 403, "office.work")


def test_taken_back_before_the_next_has_acted():
    with server(clock="2024-03-04T09:00", scripts=RULES) as s:
        p = settle(s)
        id = opened(p)
        assert p["u1"].get(f"/api/v1/cases/{id}/steps")["take_back"]["allowed"] is True
        refused(lambda: office(p["d1"], id, "take_back", why="x"), 409, "rewind.own")
        refused(lambda: office(p["u1"], id, "take_back"), 400, "form.required")
        office(p["u1"], id, "take_back", why="填错金额")
        assert [n for n, x in p["u1"].case(id)["stages"].items() if x["state"] == "open"] == ["apply"]
        wait_told(p["u1"], "撤回了")
        refused(lambda: office(p["u1"], id, "take_back", why="x"), 409, "rewind.own")  # nothing is left to take back
        p["u1"].act(id, "apply", "submit")
        results = []

        def race(who, call):
            try:
                call()
                results.append(who)
            except Exception as fault:  # noqa: BLE001
                results.append(getattr(fault, "codes", [repr(fault)])[0])
        pair = [threading.Thread(target=race, args=("back", lambda: office(p["u1"], id, "take_back", why="再改"))),
                threading.Thread(target=race, args=("accept", lambda: p["d1"].act(id, "examine", "accept")))]
        for t in pair:
            t.start()
        for t in pair:
            t.join()
        assert sorted(results) in (["back", "stage.closed"], ["accept", "rewind.own"]), results  # one of both, whoever came first
        if "back" in results:
            p["u1"].act(id, "apply", "submit")
        office(p["d1"], id, "copy", org="council", note="供参阅")  # touching it is enough
        refused(lambda: office(p["u1"], id, "take_back", why="x"), 409)
        proved(s, p, id)


def test_urging_has_a_cap():
    with server(clock="2024-03-04T09:00", scripts=RULES) as s:
        p = settle(s)
        id = opened(p)
        office(p["d1"], id, "hand_over", stage="examine", user="d2", why="分工")
        office(p["u1"], id, "urge", stage="examine", note="请尽快")
        wait_told(p["d1"], "催办")
        assert len(wait_told(p["d2"], "催办")) == 2  # the post, and whoever holds the work
        refused(lambda: office(p["u1"], id, "urge", stage="examine"), 409, "office.urged")
        refused(lambda: office(p["u1"], id, "urge", stage="decide"), 409, "stage.closed")
        for day in ("05", "06"):
            s.clock(f"2024-03-{day}T09:00")
            office(p["u1"], id, "urge", stage="examine")
        s.clock("2024-03-07T09:00")
        refused(lambda: office(p["u1"], id, "urge", stage="examine"), 409, "office.urged")
        assert len(p["d2"].case(id)["office"]["urges"]) == 3
        refused(lambda: office(p["l1"], id, "urge", stage="examine"), 404)
        proved(s, p, id)


def test_a_copy_gives_reading_and_secrets_stay_secret():
    with server(clock="2024-03-04T09:00", scripts=RULES) as s:
        p = settle(s)
        s.user("l3", "密管员", "law", clearance=3)
        s.user("d3", "涉密经办", "desk", clearance=3)
        id = opened(p)
        office(p["d1"], id, "copy", user="l1", note="请知悉")
        refused(lambda: office(p["d1"], id, "copy", user="l1"), 409, "office.copied")
        wait_told(p["l1"], "抄送给您")
        assert p["l1"].case(id)["title"] == "一件事" and [c["id"] for c in p["l1"].get("/api/v1/cases")["items"]] == [id]
        refused(lambda: p["l2"].case(id), 404)
        refused(lambda: p["l1"].act(id, "examine", "accept"), 403, "role")
        refused(lambda: p["l1"].upload(id, "note"), 404)
        refused(lambda: office(p["l1"], id, "copy", user="l2"), 403, "office.reader")
        refused(lambda: office(p["l1"], id, "urge", stage="examine"), 403, "office.reader")
        refused(lambda: office(p["l1"], id, "hand_over", stage="examine", user="l2", why="x"), 403, "office.work")
        proved(s, p, id)
        p["d1"].act(id, "examine", "pass")
        office(p["t1"], id, "ask", stage="decide", user="l2", question="看法")
        p["l2"].case(id)
        p["t1"].act(id, "decide", "classify")
        for who in ("l1", "l2", "d1", "t1"):  # whoever is not cleared, a copy or a question notwithstanding
            refused(lambda: p[who].case(id), 404)
            assert not p[who].get("/api/v1/cases")["items"] and not [t for t in told(p[who]) if "一件事" in t], who
        refused(lambda: office(p["d3"], id, "copy", user="l1"), 422, "office.clearance")
        office(p["d3"], id, "copy", org="law")
        assert p["l3"].case(id)["secret"] == 2
        refused(lambda: p["l1"].case(id), 404)


def test_nobody_decides_on_his_own_side():
    with server(clock="2024-03-04T09:00", scripts=RULES) as s:
        p = settle(s)
        id = p["d1"].create("item", {"title": "本单位的申请", "amount": 100})["id"]  # the county's desk applies itself
        p["d1"].act(id, "apply", "submit")
        shown = action(p["d1"], id, "accept")
        assert [r["code"] for r in shown["reasons"]] == ["recused"] and "市受理机关" in shown["reasons"][0]["zh"], shown
        refused(lambda: p["d1"].act(id, "examine", "accept"), 403, "recused")
        # nor in another's name: a deputy's own side counts
        p["admin"].post("/api/v1/users/c1/deputies", {"from": "2024-03-04", "to": "2024-03-05", "deputy": "d2"})
        refused(lambda: p["d2"].act(id, "examine", "accept"), 403, "recused")
        p["c1"].act(id, "examine", "accept")
        p["c1"].act(id, "examine", "pass")
        p["t1"].act(id, "decide", "approve", amount=10)
        proved(s, p, id)
        # at the top there is no body above: the named other post acts
        id = p["c1"].create("item", {"title": "市局的申请", "amount": 100})["id"]
        p["c1"].act(id, "apply", "submit")
        refused(lambda: p["c1"].act(id, "examine", "accept"), 403, "recused")
        refused(lambda: p["d1"].act(id, "examine", "accept"))
        p["k1"].act(id, "examine", "accept")
        p["k1"].act(id, "examine", "pass")
        # one person's conflict: a colleague acts; when the whole post has one, the body above does
        id = opened(p)
        refused(lambda: office(p["d1"], id, "recuse", stage="examine", user="d2", why="x"), 403, "office.admin")
        office(p["d1"], id, "recuse", stage="examine", why="配偶在申请单位任职")
        refused(lambda: p["d1"].act(id, "examine", "accept"), 403, "recused")
        refused(lambda: office(p["d2"], id, "hand_over", stage="examine", user="d1", why="x"), 422, "office.recused")
        p["d2"].act(id, "examine", "accept")
        office(p["d2"], id, "recuse", stage="examine", why="曾参与编制")
        refused(lambda: p["d2"].act(id, "examine", "pass"), 403, "recused")
        p["c1"].act(id, "examine", "pass")
        refused(lambda: office(p["d1"], id, "end_recusal", recusal=1, why="x"), 403, "office.admin")
        proved(s, p, id)


main(globals())
