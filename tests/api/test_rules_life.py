"""The life of a candidate: handed in, approved by a second person, scheduled for a day, made by an edit of the folder; and what a hostile one does to the server: nothing."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_test import Refused, configured, main, refused  # noqa: E402

RULES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rules_two")


def source(stage):
    with open(os.path.join(RULES, "stages", stage + ".lua"), encoding="utf-8") as f:
        return f.read()


def days(n):
    return {"changes": {"stages/work.lua": source("work").replace("workdays(10)", f"workdays({n})")}}


def people(s):
    s.org("o1", "单位", "Unit", "100000", ["clerk"])
    s.org("o2", "县单位", "County unit", "100001", ["clerk"])
    for user in ("u1", "u2"):
        s.user(user, user, "o1", admin=True)
    s.user("county", "县", "o2", admin=True)
    return s.login("u1"), s.login("u2"), s.login("county")


def until(found, what, seconds=60):
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, what
        threading.Event().wait(0.02)
    return value


def test_a_second_person_approves_the_plan():
    with configured({"approval": "second"}, scripts=RULES) as s:
        c, other, county = people(s)
        a = c.create("item", {"title": "甲"})["id"]
        id = c.post("/api/v1/rules/candidates", days(7))["id"]
        refused(lambda: other.post(f"/api/v1/rules/candidates/{id}/approve"), 409, "plan.stale")  # not planned yet
        plan = c.post(f"/api/v1/rules/candidates/{id}/plan")["summary"]["plan"]
        refused(lambda: c.post(f"/api/v1/rules/candidates/{id}/apply"), 409, "approval.missing")
        refused(lambda: c.post(f"/api/v1/rules/candidates/{id}/approve"), 403, "approval.own")
        refused(lambda: county.post(f"/api/v1/rules/candidates/{id}/approve"), 403, "rules.reach")
        refused(lambda: other.post(f"/api/v1/rules/candidates/{id}/approve", {"plan": "0" * 64}), 409, "plan.stale")
        approval = other.post(f"/api/v1/rules/candidates/{id}/approve", {"plan": plan})["approval"]
        assert approval["by"] == "u2" and approval["plan"] == plan
        refused(lambda: s.operator("rules.apply", days(6)), 409)  # nor does the operator pass by
        # the plan is another once a case more is affected: the approval is for the plan, not for the files
        b = c.create("item", {"title": "乙"})["id"]
        refused(lambda: c.post(f"/api/v1/rules/candidates/{id}/apply"), 409, "plan.stale")
        c.post(f"/api/v1/rules/candidates/{id}/plan")
        refused(lambda: c.post(f"/api/v1/rules/candidates/{id}/apply"), 409, "approval.stale")
        s.stop()
        s.start()  # the approval and the candidate are kept; the same plan has the same name
        c, other = s.login("u1"), s.login("u2")
        again = other.post(f"/api/v1/rules/candidates/{id}/plan")["summary"]["plan"]
        assert again == c.post(f"/api/v1/rules/candidates/{id}/plan")["summary"]["plan"] != plan
        other.post(f"/api/v1/rules/candidates/{id}/approve")
        assert c.post(f"/api/v1/rules/candidates/{id}/apply")["ruleset"] == id
        listed = c.get("/api/v1/rules/candidates")
        assert listed["approval"] and [(i["id"], i["state"], i["by"], i["approval"]["by"]) for i in listed["items"]] == [(id, "in_force", "u1", "u2")], listed
        refused(lambda: other.post(f"/api/v1/rules/candidates/{id}/approve"), 409)
        assert c.post("/api/v1/rules/rollback")["before"] == id  # going back waits for nobody
        assert due(c, a) == due(c, b) == "2024-03-15"
        said = [e["event"]["do"] for e in json.loads(json.dumps(c.get("/api/v1/rules")["changes"]))]
        assert said == ["rules", "rules"] and s.operator("audit.verify")["ok"]


def due(c, id):
    return next(d["due"] for d in c.case(id)["deadlines"] if d["name"] == "answer")


def test_a_day_to_come():
    with configured({}, scripts=RULES) as s:
        c, other, county = people(s)
        a = c.create("item", {"title": "甲"})["id"]
        old = c.get("/api/v1/rules")["in_force"]
        id = c.post("/api/v1/rules/candidates", days(7))["id"]
        c.post(f"/api/v1/rules/candidates/{id}/plan")
        for day in ("2024-03-01", "2023-01-01", "soon"):
            refused(lambda: c.post(f"/api/v1/rules/candidates/{id}/apply", {"on": day}), 422, "schedule.date")
        assert c.post(f"/api/v1/rules/candidates/{id}/apply", {"on": "2024-03-05", "note": "按期施行"})["schedule"]["on"] == "2024-03-05"
        assert c.get("/api/v1/rules/candidates")["items"][0]["state"] == "waiting" and c.get("/api/v1/rules")["in_force"] == old
        refused(lambda: county.post(f"/api/v1/rules/candidates/{id}/cancel"), 403, "rules.reach")
        s.stop()
        s.start()
        c = s.login("u1")
        s.clock("2024-03-04T23:59")
        assert c.get("/api/v1/rules")["in_force"] == old and due(c, a) == "2024-03-15"
        b = c.create("item", {"title": "在计划之后"})["id"]  # planned afresh on the day
        s.clock("2024-03-05T00:00")
        assert c.get("/api/v1/rules")["in_force"] == id and due(c, a) == "2024-03-12" and due(c, b) == "2024-03-13"
        event = c.get("/api/v1/rules")["changes"][0]["event"]
        assert event["by"] == "scheduled" and event["at"].startswith("2024-03-05T00:00:00") and event["affected"] == 2, event
        assert s.operator("deadline.check")["ok"]  # the clock has waited for the reconciliation
        # one that is cancelled never comes
        six = c.post("/api/v1/rules/candidates", days(6))["id"]
        c.post(f"/api/v1/rules/candidates/{six}/plan")
        c.post(f"/api/v1/rules/candidates/{six}/apply", {"on": "2024-03-06"})
        assert c.post(f"/api/v1/rules/candidates/{six}/cancel")["state"] == "cancelled"
        refused(lambda: c.post(f"/api/v1/rules/candidates/{six}/cancel"), 409)
        s.clock("2024-03-06T09:00")
        assert c.get("/api/v1/rules")["in_force"] == id
        # one whose ground has gone is refused on its day, and people are told
        five = c.post("/api/v1/rules/candidates", days(5))["id"]
        c.post(f"/api/v1/rules/candidates/{five}/plan", {"policy": {"stay": True}})
        c.post(f"/api/v1/rules/candidates/{five}/apply", {"on": "2024-03-08"})
        eight = c.post("/api/v1/rules/candidates", days(8))["id"]
        c.post(f"/api/v1/rules/candidates/{eight}/plan")
        c.post(f"/api/v1/rules/candidates/{eight}/apply")
        s.clock("2024-03-08T09:00")
        assert c.get("/api/v1/rules")["in_force"] == eight
        item = next(i for i in c.get("/api/v1/rules/candidates")["items"] if i["id"] == five)
        assert item["state"] == "refused" and "since the day was set" in item["why"], item
        inbox = until(lambda: [n for n in c.get("/api/v1/inbox")["items"] if five[:12] in json.dumps(n)], "nobody was told")
        assert "请重新预演并安排" in inbox[0]["lines"]["zh"][0], inbox  # in plain words: these rules word nothing
        assert s.operator("audit.verify")["ok"]


def test_a_day_that_passed_while_the_server_was_down():
    with configured({}, scripts=RULES) as s:
        c, _, _ = people(s)
        a = c.create("item", {"title": "甲"})["id"]
        id = c.post("/api/v1/rules/candidates", days(7))["id"]
        c.post(f"/api/v1/rules/candidates/{id}/plan", {"policy": {"stay": True}})
        c.post(f"/api/v1/rules/candidates/{id}/apply", {"on": "2024-03-05"})
        s.stop()
        s.clock_start = "2024-03-07T08:00"
        s.start()
        c = s.login("u1")
        until(lambda: c.get("/api/v1/rules")["in_force"] == id, "it did not come into force after the start")
        assert due(c, a) == "2024-03-15" and c.case(a)["stay"]["stages"] == {"work": 1}  # the choice was kept with it


def test_an_edit_of_the_folder_is_a_candidate_at_once():
    folder = tempfile.mkdtemp(prefix="banfa-scripts-")
    try:
        scripts = os.path.join(folder, "scripts")
        shutil.copytree(RULES, scripts)
        with configured({}, scripts=scripts) as s:
            c, _, _ = people(s)
            old = c.get("/api/v1/rules")["in_force"]
            until(lambda: c.get("/api/v1/rules/folder")["state"] == "in_force", "the folder is not what is in force")

            def write(path, text):
                with open(os.path.join(scripts, path), "w", encoding="utf-8") as f:
                    f.write(text)
            write("stages/work.lua", days(7)["changes"]["stages/work.lua"])
            item = until(lambda: c.get("/api/v1/rules/candidates")["items"], "no candidate was made")[0]
            assert item["source"] == "folder" and item["by"] == "operator" and item["state"] == "open", item
            assert c.get("/api/v1/rules")["in_force"] == old
            plan = c.post(f"/api/v1/rules/candidates/{item['id']}/plan")
            assert any("10" in d["zh"] and "7" in d["zh"] for d in plan["diff"]), plan["diff"]
            # a fault is told, and nothing else happens
            write("stages/work.lua", source("work").replace("workdays(10)", "workdayz(10)"))
            state = until(lambda: (f := c.get("/api/v1/rules/folder"))["state"] == "broken" and f, "the fault is not told")
            assert "workdays" in state["en"], state
            # put back: what is in force again
            write("stages/work.lua", source("work"))
            until(lambda: c.get("/api/v1/rules/folder")["state"] == "in_force", "put back, and not recognised")
            # a folder that was not there before is watched too
            os.makedirs(os.path.join(scripts, "counties", "100001"))
            until(lambda: c.get("/api/v1/rules/folder")["state"] == "in_force", "an empty folder is no change")
            write("counties/100001/work.lua", 'return amend "work" { limits = { answer_within = workdays(3) } }')
            until(lambda: len(c.get("/api/v1/rules/candidates")["items"]) == 2, "a new folder is not watched")
            assert c.get("/api/v1/rules")["in_force"] == old
        # a folder left as it is while other rules came into force is no edit: the next start makes no candidate of it
        shutil.rmtree(os.path.join(scripts, "counties"))
        write("stages/work.lua", source("work"))
        with configured({}, scripts=scripts) as s:
            c, _, _ = people(s)
            s.operator("rules.apply", days(7))
            s.stop()
            s.start()
            c = s.login("u1")
            until(lambda: c.get("/api/v1/rules/folder")["state"] == "former", "the folder was not looked at")
            assert not [i for i in c.get("/api/v1/rules/candidates")["items"] if i["source"] == "folder"]
        # development: into force by itself once it passes
        with configured({"development": True}, scripts=scripts) as s:
            c, _, _ = people(s)
            old = c.get("/api/v1/rules")["in_force"]
            write("stages/work.lua", days(6)["changes"]["stages/work.lua"])
            until(lambda: c.get("/api/v1/rules")["in_force"] != old, "development mode did not apply it")
            assert due(c, c.create("item", {"title": "甲"})["id"]) == "2024-03-11"
            force = c.get("/api/v1/rules")["in_force"]
            write("law.lua", "return 1 +")
            until(lambda: c.get("/api/v1/rules/folder")["state"] == "broken", "the fault is not told")
            assert c.get("/api/v1/rules")["in_force"] == force
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_two_operators_at_once():
    """Of eight plans over the same rules, applied in the same moment, one comes into force; the others are told."""
    with configured({}, scripts=RULES) as s:
        c, _, _ = people(s)
        a = c.create("item", {"title": "甲"})["id"]
        clients = [(s.login("u1"), n) for n in range(11, 15)]
        ids = []
        for mine, n in clients:
            ids.append(mine.post("/api/v1/rules/candidates", days(n))["id"])
            mine.post(f"/api/v1/rules/candidates/{ids[-1]}/plan")
        gate, won, lost = threading.Barrier(len(clients)), [], []

        def apply(mine, id):
            gate.wait()
            try:
                won.append(mine.post(f"/api/v1/rules/candidates/{id}/apply")["ruleset"])
            except Refused as refusal:
                lost.append((refusal.status, refusal.codes))
        threads = [threading.Thread(target=apply, args=(mine, id)) for (mine, _), id in zip(clients, ids)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert len(won) == 1 and lost == [(409, ["plan.stale"])] * 3, (won, lost)
        assert c.get("/api/v1/rules")["in_force"] == won[0] == c.case(a)["ruleset"]


def test_what_was_edited_while_it_was_checked_is_refused():
    with configured({}, scripts=RULES) as s:
        c, _, _ = people(s)
        force = c.get("/api/v1/rules")["in_force"]
        checked = s.operator("rules.check", days(7))["candidate"]
        refused(lambda: c.post("/api/v1/rules/candidates", {**days(6), "expect": checked}), 409, "candidate.changed")
        refused(lambda: s.operator("rules.apply", {**days(6), "expect": checked}), 409, "candidate.changed")
        assert c.get("/api/v1/rules")["in_force"] == force
        assert s.operator("rules.apply", {**days(7), "expect": checked})["ruleset"] == checked


HOSTILE = {
    "a loop": "while true do end",
    "memory": "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(100000) .. i end",
    "recursion": "local function f(n) return f(n + 1) .. 'x' end return f(1)",
    "a pattern": "return (('a'):rep(200000)):find(('a?'):rep(30) .. ('a'):rep(30) .. 'b')",
    "the metatables": "getmetatable('').__index = function() while true do end end return ('x').y",
    "a file": "io.open('/etc/passwd')",
    "code": "load('return 1')()",
}


def test_a_hostile_candidate_hurts_nobody():
    with configured({}, scripts=RULES) as s:
        c, _, _ = people(s)
        force = c.get("/api/v1/rules")["in_force"]
        a = c.create("item", {"title": "甲"})["id"]
        stop, times, faults = threading.Event(), [], []

        def work():
            mine = s.login("u1")
            while not stop.is_set():
                began = time.monotonic()
                try:
                    mine.act(a, "work", "note", amount=1)
                except Exception as fault:  # noqa: BLE001
                    faults.append(fault)
                    return
                times.append(time.monotonic() - began)
        worker = threading.Thread(target=work)
        worker.start()
        try:
            for what, script in HOSTILE.items():
                refusal = refused(lambda: c.post("/api/v1/rules/candidates", {"changes": {"stages/work.lua": script}}), 422, "rules.broken")
                assert "stages/work.lua" in json.dumps(refusal.body), (what, refusal)
            # in a law case too, where it shows only when the cases are run
            law = {"changes": {"law/x.lua": "return law { (function() while true do end end)() }"}}
            refused(lambda: s.operator("rules.apply", law), 422)
            # more checks at once than there is room for: told, not queued behind a password
            answers = []

            def many():
                mine = s.login("u2")
                try:
                    mine.post("/api/v1/rules/candidates", {"changes": {"stages/work.lua": HOSTILE["memory"]}})
                except Refused as refusal:
                    answers.append(refusal.status)
            threads = [threading.Thread(target=many) for _ in range(8)]
            for t in threads:
                t.start()
            s.login("county")
            for t in threads:
                t.join()
            assert set(answers) <= {422, 503} and len(answers) == 8, answers
        finally:
            stop.set()
            worker.join()
        assert not faults, faults[0]
        assert c.get("/api/v1/rules")["in_force"] == force and c.get("/readyz")["status"] == "ready"
        print(f"# figure hostile candidates: slowest of {len(times)} actions meanwhile {max(times) * 1000:.0f} ms")


def test_the_command_line():
    with configured({"approval": "second"}, scripts=RULES) as s:
        c, _, _ = people(s)
        folder = os.path.join(s.data, "..", "candidate")
        shutil.copytree(RULES, folder)
        with open(os.path.join(folder, "stages", "work.lua"), "w", encoding="utf-8") as f:
            f.write(days(7)["changes"]["stages/work.lua"])

        def banfa(*words):
            done = subprocess.run([s.program, "rules", *words, "--data", s.data, "--config", s.config], capture_output=True, text=True, check=False)
            return done.returncode, done.stdout + done.stderr
        code, out = banfa("apply", folder)
        assert code == 1 and "second administrator" in out, out
        code, out = banfa("candidate", folder)
        id = out.strip().rsplit(" ", 1)[-1]
        assert code == 0 and len(id) == 12, out
        code, out = banfa("plan", folder)
        assert code == 0, out
        code, out = banfa("approve", id)
        assert code == 1 and "handed in" in out, out
        c.post(f"/api/v1/rules/candidates/{id}/approve")
        code, out = banfa("apply", folder, "--on", "2024-04-01", "--note", "施行")
        assert code == 0 and "2024-04-01" in out, out
        code, out = banfa("candidates")
        assert code == 0 and "waiting" in out and "2024-04-01" in out and "u1" in out, out
        code, out = banfa("cancel", id)
        assert code == 0, out
        code, out = banfa("cancel")
        assert code == 2, out
    for rules, word in (({"approvel": "second"}, 'did you mean "approval"'), ({"approval": "third"}, '"second"'), ({"watch": 1}, "true or false"), ({"approval": "second", "development": True}, "exclude")):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
            json.dump({"rules": rules}, f)
            f.flush()
            bad = subprocess.run([s.program, "rules", "check", RULES, "--config", f.name], capture_output=True, text=True, check=False)
            assert bad.returncode == 1 and word in bad.stderr, bad.stderr


main(globals())
