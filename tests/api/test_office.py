"""The ways an office works (转办、代理、加签、会签、退回、撤回、催办、抄送、回避): a case whose approver has left, is away, or sits on the applicant's side
finds its way. Over HTTP, with a small set of rules that know nothing of any of it."""
import os
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_fold import compare  # noqa: E402
from banfa_test import ROOT, main, refused, server  # noqa: E402

RULES = os.path.join(ROOT, "tests", "api", "rules_office")
CITY, COUNTY = "100000", "100001"


def settle(s):
    """A city and a county: units, desks with two people each, a treasury, a council; an administrator."""
    for id, zh, place, roles in (("unit", "申请单位", COUNTY, ["applicant"]), ("desk", "县受理机关", COUNTY, ["desk", "applicant"]),
                                 ("cdesk", "市受理机关", CITY, ["desk", "applicant"]), ("cash", "县资金机关", COUNTY, ["treasury"]),
                                 ("ccash", "市资金机关", CITY, ["treasury"]), ("council", "市议事机构", CITY, ["council"]),
                                 ("law", "法制机构", COUNTY, []), ("it", "信息中心", CITY, [])):
        s.org(id, zh, id.title(), place, roles)
    for id, org in (("u1", "unit"), ("d1", "desk"), ("d2", "desk"), ("c1", "cdesk"), ("t1", "cash"), ("t2", "cash"), ("ct1", "ccash"),
                    ("k1", "council"), ("l1", "law"), ("l2", "law")):
        s.user(id, "员" + id, org)
    s.user("admin", "管理员", "it", admin=True)
    return {id: s.login(id) for id in ("u1", "d1", "d2", "c1", "t1", "t2", "ct1", "k1", "l1", "l2", "admin")}


def office(client, case, way, **body):
    return client.post(f"/api/v1/cases/{case}/office/{way}", body)


def action(client, case, name):
    return next(a for a in client.case(case)["actions"] if a["action"] == name)


def codes(client, case, name):
    return [r["code"] for r in action(client, case, name)["reasons"]]


def told(client):
    return [n["zh"] for n in client.get("/api/v1/inbox")["items"]]


def wait_told(client, word):
    """Delivery follows the event by a moment: asked again until it is there."""
    for _ in range(400):
        found = [t for t in told(client) if word in t]
        if found:
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
        p = {u: s.login(u) for u in p}
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
        p = {u: s.login(u) for u in p if u != "t1"}
        assert len(wait_told(p["ct1"], "无人在岗")) == 1  # once, also after a start
        s.clock("2024-03-08T09:00")  # back
        assert not p["admin"].get("/api/v1/office/vacant")["items"]
        s.operator("user.disable", {"body": {"id": "t2", "disabled": True}})  # the last one has left for good
        vacant = p["admin"].get("/api/v1/office/vacant")["items"]
        assert [(v["org"], v["waiting"]) for v in vacant] == [("cash", 1)], vacant
        refused(lambda: p["ct1"].act(id, "decide", "approve", amount=1), 403, "role")
        p["admin"].post("/api/v1/users/t2/deputies", {"from": "2024-03-08", "to": "2024-03-29", "deputy": "ct1", "why": "空缺期间代管"})
        assert not p["admin"].get("/api/v1/office/vacant")["items"]
        p["ct1"].act(id, "decide", "approve", amount=50)
        event = p["ct1"].events(id)[-1]
        assert event["actor"]["user"] == "ct1" and event["actor"]["org"] == "cash" and event["actor"]["own_org"] == "ccash"
        assert event["actor"]["on_behalf_of"]["user"] == "t2"
        proved(s, p, id)


main(globals())
