"""kill -9 around an apply: before, in and after its transaction, and while deadlines are reconciled. After the start one ruleset is in force, whole, and the
stored deadlines agree with it."""
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_test import ROOT, main, server  # noqa: E402

RULES = os.path.join(ROOT, "tests", "bench", "rules")
WORK = open(os.path.join(RULES, "stages", "work.lua"), encoding="utf-8").read()
CASES, ROUNDS = 600, 25
SEED = int(os.environ.get("BANFA_KILL_SEED", "20220915"))


def agree(s, c, days):
    """Every stored deadline is the one that the rules in force derive: counted from 1 March 2024, it depends on the days alone."""
    until = time.monotonic() + 60
    while True:
        stored = {d["case"]: d["due"] for d in c.get("/api/v1/deadlines", limit=5000)["items"]}
        sample = c.case(next(iter(stored)))["deadlines"][0]
        assert f"{days} working days" in sample["how"]["en"], (days, sample)
        if len(stored) == CASES and set(stored.values()) == {sample["due"]}:
            return
        assert time.monotonic() < until, f"{sum(d != sample['due'] for d in stored.values())} of {len(stored)} stored deadlines are not {sample['due']}"


def test_kill_around_an_apply():
    rng = random.Random(SEED)
    with server(clock="2024-03-01T09:00", scripts=RULES, preset=os.environ.get("BANFA_PRESET", "release")) as s:
        s.org("o1", "单位", "Unit", "100000", ["clerk"])
        s.user("u1", "甲", "o1", admin=True)
        c = s.login("u1")
        for i in range(CASES):
            id = c.create("item", {"title": f"事项{i}", "amount": 100, **{f"f{k:02d}": "x" for k in range(1, 11)}})["id"]
            c.act(id, "work", "note", amount=1, text="x")
        force, days, seen = c.get("/api/v1/rules")["in_force"], 10, {"old": 0, "new": 0, "answered": 0}
        began = time.monotonic()  # one that nobody disturbs tells how long it takes here
        force, days = s.operator("rules.apply", {"changes": {"stages/work.lua": WORK.replace("workdays(10)", "workdays(29)")}})["ruleset"], 29
        took = time.monotonic() - began
        for round_ in range(ROUNDS):
            wanted = 11 + round_ % 15 if 11 + round_ % 15 != days else 30
            change = {"changes": {"stages/work.lua": WORK.replace("workdays(10)", f"workdays({wanted})")}}
            candidate = c.post("/api/v1/rules/candidates", change)["id"]
            answers = []

            def apply():
                began = time.monotonic()
                try:
                    answers.append((s.operator("rules.apply", change), time.monotonic() - began))
                except Exception:  # noqa: BLE001  the server was killed under it
                    pass
            thread = threading.Thread(target=apply)
            thread.start()
            threading.Event().wait(rng.uniform(0, took * 1.6))  # the moment of the kill, not a wait for anything
            s.kill()
            thread.join()
            s.start()
            c = s.login("u1")
            now = c.get("/api/v1/rules")["in_force"]
            assert now in (force, candidate), f"round {round_}, seed {SEED}: neither the old nor the new rules are in force"
            assert not answers or now == candidate, f"round {round_}, seed {SEED}: an answered apply is gone"
            seen["answered"] += bool(answers)
            seen["new" if now == candidate else "old"] += 1
            if now == candidate:
                force, days = candidate, wanted
            assert c.get("/readyz")["status"] == "ready"
            agree(s, c, days)
        assert s.operator("audit.verify")["ok"]
        assert seen["old"] and seen["new"], f"the kills all fell on one side: {seen}"
        print(f"# figure {ROUNDS} kills around an apply: {seen['new']} times the new rules stood ({seen['answered']} answered), {seen['old']} times the old, whole each time")


STEP_CASES = 130  # two slices of the reconciliation


def build_kill_at(folder):
    out = os.path.join(folder, "kill_at.so")
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", out, os.path.join(os.path.dirname(os.path.abspath(__file__)), "kill_at.c"), "-ldl"], check=True)
    return out


def settled(s):
    until = time.monotonic() + 60
    while (report := s.operator("deadline.check"))["reconciling"]:
        assert time.monotonic() < until, report
    assert report["ok"] and report["cases"] == STEP_CASES, report


def test_kill_at_every_write_of_an_apply():
    """The same, not at random: at the first write of the database after the command was given, at the second, and so on, until nothing is left to kill."""
    folder = tempfile.mkdtemp(prefix="banfa-kill-")
    marker = os.path.join(folder, "kill")
    os.environ.update(LD_PRELOAD=build_kill_at(folder), BANFA_KILL_FILE=marker)
    try:
        with server(clock="2024-03-01T09:00", scripts=RULES, preset=os.environ.get("BANFA_PRESET", "release")) as s:
            s.org("o1", "单位", "Unit", "100000", ["clerk"])
            s.user("u1", "甲", "o1", admin=True)
            c = s.login("u1")
            ids = [c.create("item", {"title": f"事项{i}", "amount": 100, **{f"f{k:02d}": "x" for k in range(1, 11)}})["id"] for i in range(STEP_CASES)]
            for id in ids:
                c.act(id, "work", "note", amount=1, text="x")
            force, days, seen, step, round_ = c.get("/api/v1/rules")["in_force"], 10, {"old": 0, "new": 0}, 1, 0
            while True:
                round_ += 1
                wanted = 11 + round_ % 15 if 11 + round_ % 15 != days else 30
                change = {"changes": {"stages/work.lua": WORK.replace("workdays(10)", f"workdays({wanted})")}}
                if round_ % 3 == 0:
                    change["policy"] = {"stay": True}
                elif round_ % 3 == 1:
                    change["policy"] = {"move": True}
                candidate = s.operator("rules.check", change)["candidate"]
                with open(marker, "w", encoding="ascii") as f:
                    f.write(str(step))
                alive = True
                try:
                    s.operator("rules.apply", change)
                    settled(s)
                except (OSError, ValueError):  # killed under it
                    alive = False
                    s.process.wait(20)
                os.unlink(marker)
                s.stop()
                s.start()
                now = s.operator("rules.list")["in_force"]
                assert now in (force, candidate), f"step {step}: neither the old nor the new rules are in force"
                assert not alive or now == candidate
                settled(s)
                assert s.operator("audit.verify")["ok"]
                c = s.login("u1")
                assert c.get("/readyz")["status"] == "ready"
                case = c.case(ids[step % STEP_CASES])
                if "stay" not in case:
                    assert case["ruleset"] == now and (now != candidate or f"{wanted} working days" in case["deadlines"][0]["how"]["en"]), (step, case["deadlines"])
                if alive:
                    break
                seen["new" if now == candidate else "old"] += 1
                if now == candidate:
                    force, days = candidate, wanted
                step += 1 if step < 24 else 3 if step < 60 else 11  # each write of the transaction and its commit; then along the reconciliation
            assert seen["old"] > 3 and seen["new"] > 3, seen
            print(f"# figure {round_ - 1} kills at the writes of an apply, the last at write {step}: {seen['new']} times the new rules stood, {seen['old']} times the old, whole each time")
    finally:
        del os.environ["LD_PRELOAD"], os.environ["BANFA_KILL_FILE"]
        shutil.rmtree(folder, ignore_errors=True)


main(globals())
