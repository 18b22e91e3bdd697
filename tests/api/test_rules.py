"""A rule change is a plan before it is a fact: what is predicted happens, what is wrong is refused, nothing is lost meanwhile."""
import json
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_test import ROOT, configured, main, refused, server  # noqa: E402

RULES = os.path.join(ROOT, "tests", "bench", "rules")
WORK = open(os.path.join(RULES, "stages", "work.lua"), encoding="utf-8").read()


def changed(*pairs, path="stages/work.lua", text=WORK):
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return {"changes": {path: text}}


def start(s, count=40):
    s.org("o1", "单位", "Unit", "100000", ["clerk"])
    s.user("u1", "甲", "o1", admin=True)
    s.user("u2", "乙", "o1", admin=True)
    c = s.login("u1")
    ids = []
    for i in range(count):
        ids.append(c.create("item", {"title": f"事项{i}", "amount": 100, **{f"f{k:02d}": "内容" for k in range(1, 11)}})["id"])
        if i % 2 == 0:
            c.act(ids[-1], "work", "note", amount=5, text="x")
    return c, ids


def view(c, id):
    case = c.case(id)
    return {d["name"]: d.get("due") for d in case["deadlines"]}, {(a["stage"], a["action"]): not [r for r in a["reasons"] if r["code"] != "role"] for a in case["actions"]}


def test_every_prediction_comes_true_and_nothing_else():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        c, ids = start(s)
        changes = [
            changed(("workdays(10)", "workdays(7)")),                                                       # a period
            changed(("most = wan(500)", "most = wan(1)")),                                                  # a threshold
            changed(("note = { by = \"clerk\",", "note = { by = \"clerk\", needs = docs { \"note\" },")),  # a paper
            changed(("finish = {", "stop = {")),                                                            # an action goes, another comes
            {"calendar": {"2024": {"off": ["2024-03-04", "2024-03-05"], "work": []}}},                     # the calendar
        ]
        for change in changes:
            before = {id: view(c, id) for id in ids}
            candidate = c.post("/api/v1/rules/candidates", change)
            assert candidate["diff"], "the change is not told in words"
            plan = c.post(f"/api/v1/rules/candidates/{candidate['id']}/plan")
            predicted = {case["case"]: case for case in plan["cases"]}
            applied = c.post(f"/api/v1/rules/candidates/{candidate['id']}/apply")
            assert applied["ruleset"] == candidate["id"]
            for id in ids:
                (was_due, was_may), (is_due, is_may) = before[id], view(c, id)
                moved = {(n, was_due.get(n), is_due.get(n)) for n in {**was_due, **is_due} if was_due.get(n) != is_due.get(n)}
                turned = {(k, was_may.get(k), is_may.get(k)) for k in {**was_may, **is_may} if was_may.get(k) != is_may.get(k)}
                said = predicted.get(id, {"deadlines": [], "actions": []})
                assert moved == {(d["name"], d.get("before"), d.get("after")) for d in said["deadlines"]}, (id, moved, said)
                assert {k for k, _, _ in turned} == {(a["stage"], a["action"]) for a in said["actions"]}, (id, turned, said)
            rolled = c.post("/api/v1/rules/rollback")
            assert rolled["before"] == candidate["id"]
            assert {id: view(c, id) for id in ids} == before
        assert s.operator("audit.verify")["ok"]


def test_stored_deadlines_follow_in_the_background():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        c, ids = start(s, 250)
        candidate = c.post("/api/v1/rules/candidates", changed(("workdays(10)", "workdays(7)")))["id"]
        c.post(f"/api/v1/rules/candidates/{candidate}/plan")
        c.post(f"/api/v1/rules/candidates/{candidate}/apply")
        s.stop()
        s.start()  # a restart goes on where the reconciliation was
        c = s.login("u1")
        c.act(ids[0], "work", "note", amount=1, text="after")  # the engine has taken the slices before this
        derived = {id: view(c, id)[0].get("answer") for id in ids}
        for _ in range(200):
            listed = {d["case"]: d["due"] for d in c.get("/api/v1/deadlines", limit=5000)["items"]}
            if all(listed.get(id) == due for id, due in derived.items() if due):
                break
            c.act(ids[0], "work", "note", amount=1, text="once more")
        assert all(listed.get(id) == due for id, due in derived.items() if due), "the stored deadlines do not agree with the rules"


def test_what_is_wrong_is_refused_and_the_rules_stay():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        c, ids = start(s, 3)
        force = c.get("/api/v1/rules")["in_force"]
        for change, part in ((changed(("workdays(10)", "workdayz(10)")), "workdays"), (changed(("return stage", "retrun stage")), "stages/work.lua"),
                             (changed(('by = "clerk", title = { zh = "记录"', 'by = "clark", title = { zh = "记录"')), "clerk"), ({"changes": {"stages/work.lua": "while true do end"}}, "work.lua"),
                             ({"changes": {"stages/work.lua": "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end"}}, "work.lua"), ({"changes": {"stages/work.lua": None}}, "work"),
                             ({"changes": {"stages/work.lua": 7}}, "text"), ({"nothing": 1}, "bundle")):
            refusal = refused(lambda: c.post("/api/v1/rules/candidates", change), 422)
            assert part in json.dumps(refusal.body, ensure_ascii=False), (part, refusal)
        # a stage that cases stand in may not go
        gone = {"changes": {"stages/work.lua": WORK.replace('stage "work"', 'stage "later"'), "kinds/item.lua": open(os.path.join(RULES, "kinds", "item.lua"), encoding="utf-8").read().replace('open "work"', 'open "later"')}}
        candidate = c.post("/api/v1/rules/candidates", gone)["id"]
        plan = c.post(f"/api/v1/rules/candidates/{candidate}/plan")
        assert plan["summary"]["stranded"] == 3
        refused(lambda: c.post(f"/api/v1/rules/candidates/{candidate}/apply"), 422, "plan.stranded")
        assert c.get("/api/v1/rules")["in_force"] == force
        c.act(ids[0], "work", "note", amount=1, text="as before")


def test_a_stale_plan_and_two_operators():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        c, ids = start(s, 4)
        one = c.post("/api/v1/rules/candidates", changed(("workdays(10)", "workdays(7)")))["id"]
        refused(lambda: c.post(f"/api/v1/rules/candidates/{one}/apply"), 409, "plan.stale")  # no plan yet
        c.post(f"/api/v1/rules/candidates/{one}/plan")
        c.act(ids[1], "work", "note", amount=1, text="now it has a deadline")
        refused(lambda: c.post(f"/api/v1/rules/candidates/{one}/apply"), 409, "plan.stale")
        c.post(f"/api/v1/rules/candidates/{one}/plan")
        other = s.login("u2")
        two = other.post("/api/v1/rules/candidates", changed(("workdays(10)", "workdays(5)")))["id"]
        other.post(f"/api/v1/rules/candidates/{two}/plan")
        c.post(f"/api/v1/rules/candidates/{one}/apply")
        refused(lambda: other.post(f"/api/v1/rules/candidates/{two}/apply"), 409, "plan.stale")
        assert c.get("/api/v1/rules")["in_force"] == one


def test_requests_go_on_through_twenty_changes():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        c, ids = start(s, 60)
        stop, failures, counts = threading.Event(), [], [0] * 8

        def work(n):
            mine = s.login("u1")
            while not stop.is_set():
                try:
                    mine.act(ids[(n * 7 + counts[n]) % len(ids)], "work", "note", amount=1, text="x")
                    counts[n] += 1
                except Exception as fault:  # noqa: BLE001
                    failures.append(fault)
                    return
        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for t in threads:
            t.start()
        try:
            for i in range(20):
                days = 11 + i
                candidate = c.post("/api/v1/rules/candidates", changed(("workdays(10)", f"workdays({days})")))
                done = s.operator("rules.apply", changed(("workdays(10)", f"workdays({days})")))  # plans and applies in one go, whatever has moved meanwhile
                assert done["ruleset"] == candidate["id"]
            s.operator("rules.rollback")
        finally:
            stop.set()
            for t in threads:
                t.join()
        assert not failures, failures[0]
        assert min(counts) > 0
        # every event names the rules that decided it: those of the last change before it
        changes = sorted((e["event"]["seq"], e["event"]["to"]) for e in c.get("/api/v1/rules")["changes"])
        first = c.get("/api/v1/rules")["changes"][-1]["event"]["from"]
        for id in ids:
            for event in c.events(id):
                force = [to for seq, to in changes if seq < event["seq"]]
                assert event["ruleset"] == (force[-1] if force else first), event["seq"]
        assert s.operator("audit.verify")["ok"]
        print(f"# figure rules_swap {c.get('/api/v1/rules')['last_swap_microseconds']} us of the engine thread (bar 1000 us)")


def test_a_county_administrator_stays_in_the_county():
    with configured({"prove": "off"}) as s:  # proofs have tests of their own
        s.org("city", "市局", "City", "430900", ["bureau"])
        s.org("nan", "南县局", "Nan", "430921", ["bureau"])
        s.user("root", "市管理员", "city", admin=True)
        s.user("nan1", "县管理员", "nan", admin=True)
        root, nan = s.login("root"), s.login("nan1")
        approval = open(os.path.join(ROOT, "scripts", "stages", "approval.lua"), encoding="utf-8").read()
        own = {"changes": {"counties/430921/zz_test.lua": 'return amend "pretech" { limits = { remind_after = workdays(9) } }'}}
        refused(lambda: nan.post("/api/v1/rules/candidates", {"changes": {"stages/approval.lua": approval + "\n"}}), 403, "rules.reach")
        refused(lambda: nan.post("/api/v1/rules/candidates", {"changes": {"counties/430922/x.lua": own["changes"]["counties/430921/zz_test.lua"]}}), 403, "rules.reach")
        refused(lambda: nan.post("/api/v1/rules/candidates", {"calendar": {"2024": {"off": [], "work": []}}}), 403, "rules.reach")
        candidate = nan.post("/api/v1/rules/candidates", own)
        assert any(d["place"] == "430921" for d in candidate["diff"]), candidate["diff"]
        city = root.post("/api/v1/rules/candidates", {"changes": {"stages/approval.lua": approval + "\n-- \n"}})["id"]
        refused(lambda: nan.post(f"/api/v1/rules/candidates/{city}/plan"), 403, "rules.reach")
        nan.post(f"/api/v1/rules/candidates/{candidate['id']}/plan")
        nan.post(f"/api/v1/rules/candidates/{candidate['id']}/apply")
        # people: the own county's only
        nan.post("/api/v1/users", {"id": "nan2", "name": "乙", "org": "nan", "password": "long enough"})
        refused(lambda: nan.post("/api/v1/users", {"id": "evil", "name": "丙", "org": "city", "password": "long enough"}), 403, "jurisdiction")
        refused(lambda: nan.post("/api/v1/orgs", {"id": "x", "zh": "某局", "en": "X", "jurisdiction": "430900", "roles": ["bureau"]}), 403, "jurisdiction")
        root.post("/api/v1/orgs", {"id": "nan-edu", "zh": "南县教育局", "en": "Edu", "jurisdiction": "430921", "roles": ["builder"]})


main(globals())
