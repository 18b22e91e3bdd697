"""What cases in flight do when the rules change: they move, or stay on their ruleset until the stage they stand in is closed."""
import json
import os
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_test import ROOT, main, refused, server  # noqa: E402

RULES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rules_two")


def source(stage):
    with open(os.path.join(RULES, "stages", stage + ".lua"), encoding="utf-8") as f:
        return f.read()


def changed(*edits):
    """edits: (stage, old, new)"""
    files = {}
    for stage, old, new in edits:
        path = f"stages/{stage}.lua"
        text = files.get(path) or source(stage)
        assert old in text, old
        files[path] = text.replace(old, new)
    return {"changes": files}


FASTER = changed(("work", "workdays(10)", "workdays(5)"), ("work", "most = wan(500)", "most = wan(1)"), ("pay", "days(30)", "days(20)"), ("pay", "share = 80", "share = 50"))


def start(s, count=4):
    s.org("o1", "单位", "Unit", "100000", ["clerk"])
    s.user("u1", "甲", "o1", admin=True)
    c = s.login("u1")
    return c, [c.create("item", {"title": f"事项{i}"})["id"] for i in range(count)]


def apply(c, change, policy=None):
    candidate = c.post("/api/v1/rules/candidates", change)["id"]
    plan = c.post(f"/api/v1/rules/candidates/{candidate}/plan", {"policy": policy} if policy else {})
    done = c.post(f"/api/v1/rules/candidates/{candidate}/apply", {"policy": policy} if policy else {})
    assert done["ruleset"] == candidate
    return candidate, plan, done


def due(case, name):
    return next(d["due"] for d in case["deadlines"] if d["name"] == name)


def stored(c):
    return {(d["case"], d["name"]): d["due"] for d in c.get("/api/v1/deadlines", limit=5000)["items"]}


def settled(s, c, want):
    """The reconciliation has gone through: the stored dates are WANT."""
    for _ in range(300):
        if stored(c) == want:
            return
        s.operator("rules.list")
    assert stored(c) == want


def test_a_case_stays_until_its_stage_is_closed_and_then_moves():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        c, (a, b, moved, later) = start(s)
        c.act(moved, "work", "pass")  # stands in "pay": not in the list, so it moves
        old = c.get("/api/v1/rules")["in_force"]
        new, plan, done = apply(c, FASTER, {"stay": ["work"]})
        assert plan["summary"]["staying"] == 3 and plan["summary"]["affected"] == 1, plan["summary"]
        cases = {one["case"]: one for one in plan["cases"]}
        assert cases[a]["stays"] == {"ruleset": old, "stages": {"work": 1}} and not cases[a]["deadlines"]
        assert [(d["before"], d["after"]) for d in cases[a]["if_moved"]["deadlines"]] == [("2024-03-15", "2024-03-08")], cases[a]
        assert [(d["before"], d["after"]) for d in cases[moved]["deadlines"]] == [("2024-04-01", "2024-03-21")], cases[moved]
        # read, listed, reminded and forecast by its own rules
        case = c.case(a)
        assert case["ruleset"] == old and case["stay"]["ruleset"] == old and due(case, "answer") == "2024-03-15"
        assert c.case(moved)["ruleset"] == new and "stay" not in c.case(moved) and due(c.case(moved), "paid") == "2024-03-21"
        items = {i["id"]: i["next_deadline"]["due"] for i in c.get("/api/v1/cases")["items"]}
        assert items[a] == "2024-03-15" and items[moved] == "2024-03-21"
        story = c.get(f"/api/v1/cases/{a}/forecast")["if_nobody_acts"]
        assert story[-1]["due"] == "2024-03-15", story
        assert due({"deadlines": c.get(f"/api/v1/cases/{a}/why")["deadlines"]}, "answer") == "2024-03-15"
        # decided by them: the old limit holds
        c.act(a, "work", "note", amount=2_000_000)
        assert c.events(a)[-1]["ruleset"] == old
        new_case = c.create("item", {"title": "新事项"})["id"]
        refused(lambda: c.act(new_case, "work", "note", amount=2_000_000), 422, article=1)
        # a restart finds it all again
        settled(s, c, {(a, "answer"): "2024-03-15", (b, "answer"): "2024-03-15", (later, "answer"): "2024-03-15", (moved, "paid"): "2024-03-21", (new_case, "answer"): "2024-03-08"})
        s.stop()
        s.start()
        c = s.login("u1")
        assert c.get("/readyz")["status"] == "ready"
        assert c.case(a)["ruleset"] == old and due(c.case(a), "answer") == "2024-03-15"
        assert c.get("/api/v1/rules")["stays"] == [{"ruleset": old, "cases": 3}]
        # a reminder of the old date
        s.clock("2024-03-12T10:00")  # three working days before the 15th
        assert [e["rungs"] for e in c.events(b) if e["do"] == "due"] == [["warn0"]] and c.events(b)[-1]["ruleset"] == old
        # the stage is closed: the case moves, with the event that closes it
        c.act(a, "work", "pass")
        event = c.events(a)[-1]
        assert event["ruleset"] == old and event["moves_to"] == new, event
        case = c.case(a)
        assert case["ruleset"] == new and "stay" not in case
        assert due(case, "paid") == "2024-04-01" and stored(c)[(a, "paid")] == "2024-04-01"  # 20 days, not 30; the 1st is a Monday
        c.act(a, "pay", "pay")
        assert c.case(a)["facts"]["paid"] == 1_000_000 and c.events(a)[-1]["ruleset"] == new  # 50 in the hundred, not 80
        # opened anew, the stage is a new round under the new rules
        c.act(a, "pay", "back")
        refused(lambda: c.act(a, "work", "note", amount=2_000_000), 422, article=1)
        # the audit trail names the choice
        change = c.get("/api/v1/rules")["changes"][0]["event"]
        assert change["policy"] == {"stay": ["work"]} and change["staying"] == 3 and change["from"] == old and change["to"] == new
        assert s.operator("audit.verify")["ok"]


def test_later_changes_keep_the_promise_and_move_takes_it_back():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        c, (a, b, _, _) = start(s)
        old = c.get("/api/v1/rules")["in_force"]
        apply(c, changed(("work", "workdays(10)", "workdays(5)")), {"stay": True})
        apply(c, changed(("work", "workdays(10)", "workdays(7)")))  # nothing said: who stayed, stays
        assert c.case(a)["ruleset"] == old and due(c.case(a), "answer") == "2024-03-15"
        c.act(a, "work", "note", amount=1)
        assert c.case(a)["ruleset"] == old and due(c.case(a), "answer") == "2024-03-15"
        third, plan, _ = apply(c, changed(("work", "workdays(10)", "workdays(6)")), {"move": ["work"]})
        assert plan["summary"]["staying"] == 0 and plan["summary"]["affected"] == 4
        assert c.case(a)["ruleset"] == third and due(c.case(a), "answer") == "2024-03-11"
        c.act(b, "work", "note", amount=1)
        assert c.events(b)[-1]["ruleset"] == third
        # rolling back to a ruleset ends the staying on it
        apply(c, changed(("work", "workdays(10)", "workdays(4)")), {"stay": True})
        assert c.case(a)["ruleset"] == third
        c.post("/api/v1/rules/rollback")
        assert c.case(a)["ruleset"] == third and "stay" not in c.case(a)
        fifth, _, _ = apply(c, changed(("work", "workdays(10)", "workdays(3)")))
        assert c.case(a)["ruleset"] == fifth


def test_a_stage_may_go_when_its_cases_stay():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        c, (a, b, _, _) = start(s)
        old = c.get("/api/v1/rules")["in_force"]
        with open(os.path.join(RULES, "kinds", "item.lua"), encoding="utf-8") as f:
            kind = f.read()
        gone = {"changes": {"stages/work.lua": None, "kinds/item.lua": kind.replace('open "work"', 'open "pay"'),
                            "stages/pay.lua": source("pay").replace('back = { by = "clerk", title = { zh = "退回", en = "Send back" }, effect = { close "pay", open "work" } },', "")}}
        candidate = c.post("/api/v1/rules/candidates", gone)["id"]
        assert c.post(f"/api/v1/rules/candidates/{candidate}/plan")["summary"]["stranded"] == 4
        refused(lambda: c.post(f"/api/v1/rules/candidates/{candidate}/apply"), 422, "plan.stranded")
        refused(lambda: c.post(f"/api/v1/rules/candidates/{candidate}/apply", {"policy": {"stay": ["work"]}}), 409, "plan.stale")  # another choice is another plan
        new, plan, _ = apply(c, gone, {"stay": ["work"]})
        assert plan["summary"]["stranded"] == 0 and plan["summary"]["staying"] == 4
        assert c.get("/readyz")["status"] == "ready"
        c.act(a, "work", "pass")
        assert c.events(a)[-1]["ruleset"] == old and c.case(a)["ruleset"] == new
        s.stop()
        s.start()
        c = s.login("u1")
        assert c.get("/readyz")["status"] == "ready"
        c.act(b, "work", "note", amount=1)
        assert c.events(b)[-1]["ruleset"] == old


def test_a_stage_declares_its_own_default():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        c, (a, _, _, _) = start(s)
        old = c.get("/api/v1/rules")["in_force"]
        own = changed(("work", "limits = {", 'in_flight = "stay", limits = {'), ("work", "workdays(10)", "workdays(5)"))
        _, plan, _ = apply(c, own)
        assert plan["summary"]["policy"] == {"stay": ["work"]} and c.case(a)["ruleset"] == old
        fresh = c.create("item", {"title": "后来的"})["id"]
        # what does not touch the stage lets no case stay
        own["changes"].update(changed(("pay", "share = 80", "share = 70"))["changes"])
        _, plan, _ = apply(c, own)
        assert plan["summary"]["policy"] == {} and c.case(fresh)["ruleset"] == c.get("/api/v1/rules")["in_force"]
        own["changes"]["stages/work.lua"] = own["changes"]["stages/work.lua"].replace("workdays(5)", "workdays(4)")
        refused(lambda: c.post("/api/v1/rules/candidates", changed(("work", "limits = {", 'in_flight = "stray", limits = {'))), 422)
        candidate = c.post("/api/v1/rules/candidates", own)["id"]
        refusal = refused(lambda: c.post(f"/api/v1/rules/candidates/{candidate}/plan", {"policy": {"stay": ["wrok"]}}), 422, "rules.policy")
        assert "work" in json.dumps(refusal.body), refusal
        refused(lambda: c.post(f"/api/v1/rules/candidates/{candidate}/plan", {"policy": {"stay": "work"}}), 422, "rules.policy")
        refused(lambda: c.post(f"/api/v1/rules/candidates/{candidate}/plan", {"policy": {"stay": True, "move": True}}), 422, "rules.policy")
        plan = c.post(f"/api/v1/rules/candidates/{candidate}/plan", {"policy": {"move": True}})
        assert plan["summary"]["staying"] == 0


def test_a_ruleset_that_is_gone_is_named_and_the_rest_goes_on():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        c, (a, b, _, _) = start(s)
        old = c.get("/api/v1/rules")["in_force"]
        apply(c, FASTER, {"stay": True})
        for _ in range(300):
            if c.get("/api/v1/rules")["stays"]:
                break
        fresh = c.create("item", {"title": "后来的"})["id"]
        s.stop()
        with sqlite3.connect(os.path.join(s.data, "banfa.db")) as db:
            assert db.execute("DELETE FROM rulesets WHERE hash = ?", (old,)).rowcount == 1
        s.start()
        c = s.login("u1")
        refusal = refused(lambda: c.get("/readyz"), 503, "rules.missing")
        assert a in refusal.refusals[0]["en"] and old[:12] in refusal.refusals[0]["en"]
        c.act(fresh, "work", "note", amount=1)
        refusal = refused(lambda: c.act(a, "work", "note", amount=1), 500)
        assert old[:12] in json.dumps(refusal.body)
        s.clock("+30d")  # nothing of those cases fires by rules that are not theirs
        assert [e["do"] for e in c.events(b)] == ["create"]


def test_the_command_line():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        c, (a, _, _, _) = start(s)
        old = c.get("/api/v1/rules")["in_force"]
        folder = os.path.join(s.data, "..", "candidate")
        subprocess.run(["cp", "-r", RULES, folder], check=True)
        with open(os.path.join(folder, "stages", "work.lua"), "w", encoding="utf-8") as f:
            f.write(source("work").replace("workdays(10)", "workdays(5)"))

        def banfa(*words):
            done = subprocess.run([s.program, "rules", *words, "--data", s.data, "--config", os.path.join(ROOT, "config", "banfa.json")], capture_output=True, text=True, check=False)
            return done.returncode, done.stdout + done.stderr
        code, out = banfa("plan", folder, "--stay", "work")
        assert code == 0 and "staying on their rules: 4" in out and "2024-03-08" in out, out
        code, out = banfa("plan", "--stay", folder)
        assert code == 0 and "staying on their rules: 4" in out, out
        code, out = banfa("plan", folder, "--stay=nowhere")
        assert code == 1 and "nowhere" in out, out
        code, out = banfa("plan", folder, "--stay", "--move")
        assert code == 2, out
        code, out = banfa("apply", folder, "--stay")
        assert code == 0 and c.case(a)["ruleset"] == old, out
        code, out = banfa("rollback", "--move")
        assert code == 0 and "stay" not in c.case(a), out


def test_the_stored_deadlines_are_counted_again():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        c, (a, _, _, moved) = start(s)
        c.act(moved, "work", "pass")
        apply(c, FASTER, {"stay": ["work"]})
        for _ in range(300):
            report = s.operator("deadline.check")
            if not report["reconciling"]:
                break
        assert report == {"ok": True, "cases": 4, "wrong": 0, "reconciling": False, "faults": []}, report
        s.stop()

        def audit():
            done = subprocess.run([s.program, "audit", "deadlines", "--json", "--data", s.data, "--scripts", RULES, "--config", os.path.join(ROOT, "config", "banfa.json")], capture_output=True, text=True, check=False)
            return done.returncode, json.loads(done.stdout)
        code, report = audit()
        assert code == 0 and report["ok"], report
        with sqlite3.connect(os.path.join(s.data, "banfa.db")) as db:
            assert db.execute("UPDATE deadlines SET due = '2024-03-08' WHERE case_id = ? AND rung = 'alive'", (a,)).rowcount == 1
            assert db.execute("DELETE FROM deadlines WHERE case_id = ? AND rung = 'due'", (moved,)).rowcount == 1
        code, report = audit()
        assert code == 1 and report["wrong"] == 2, report
        assert {(f["case"], f["rung"], f.get("stored"), f["derived"]) for f in report["faults"]} == {(a, "alive", "2024-03-08", "2024-03-15"), (moved, "due", None, "2024-03-21")}, report
        s.start()


main(globals())
