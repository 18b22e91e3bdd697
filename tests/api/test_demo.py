"""The demonstration city: built by the release program, complete, audited, current, and its three commands work as printed."""
import json
import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_test import ROOT, Server, main  # noqa: E402

BUILD = os.path.join(ROOT, "config", "demo", "build.py")
folder = tempfile.TemporaryDirectory(prefix="banfa-demo-")
data = os.path.join(folder.name, "demo")


def test_built_through_the_engine():
    run = subprocess.run([sys.executable, BUILD, "--data", data], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert os.path.exists(os.path.join(data, "complete"))


def test_all_stages_and_both_sides_of_each_threshold():
    with Server(data) as server:
        cases = server.operator("case.list", {"limit": 500})["items"]
        projects = [c for c in cases if c["kind"] == "project"]
        assert len(projects) >= 30, len(projects)
        stages = {s for c in cases for s in c["stages"]}
        for stage in ("declaration", "pretech", "planning", "urgent_review", "prelim_design", "scheme_review", "approval", "budget_review", "procurement", "contract",
                      "filing", "construction", "change", "builder_acceptance", "preliminary_acceptance", "trial_run", "final_acceptance", "upper_acceptance",
                      "correction", "retention", "evaluation", "operations"):
            assert stage in stages, f"nothing in {stage}: {sorted(stages)}"
        amounts = [c["facts"]["investment"] for c in projects]
        for threshold in (500_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000):
            fen = threshold * 100
            assert any(fen * 9 // 10 <= a < fen for a in amounts) and any(fen <= a <= fen * 14 // 10 for a in amounts), f"nothing near {threshold} on both sides"
            assert any(a == fen for a in amounts), f"nothing at exactly {threshold}"
        assert {c["jurisdiction"] for c in cases} == {"430900", "430903", "430922"}
        plans = {c["facts"]["year"] for c in cases if c["kind"] == "plan" and c["jurisdiction"] == "430900"}
        assert {2023, 2024, 2025, 2026, 2027} <= plans, plans
        check = server.operator("audit.verify")
        assert check["ok"] and check["events"] > 1000, check


def test_what_happened_to_some():
    """A paused approval and an overdue one, a lapsed one, retention in its three years, one done, one terminated, one struck, one deferred."""
    with Server(data) as server:
        bureau = server.login("bureau1")
        cases = [bureau.case(c["id"]) for c in bureau.get("/api/v1/cases", kind="project", limit=500)["items"]]
        facts = [c["facts"] for c in cases]

        def opened(stage):
            return [c for c in cases if c["stages"].get(stage, {}).get("state") == "open"]
        limits = [d for c in opened("approval") for d in c["deadlines"] if d["name"] == "decide"]
        assert {"paused", "overdue"} <= {d["state"] for d in limits}, limits
        assert any(f.get("approval_lapsed_on") for f in facts), "no approval has lapsed"
        paid = [sum(f"tranche_{n}_paid_on" in c["facts"] for n in (1, 2, 3)) for c in opened("retention")]
        assert {0, 1, 2} <= set(paid), f"retention is not in all its years: {paid}"
        assert {"done", "terminated"} <= {c.get("outcome") for c in cases}, {c.get("outcome") for c in cases}
        assert any(f.get("acceptance_failures") for f in facts) and any(f.get("payments") for f in facts) and any(f.get("released_on") for f in facts)
        assert {"struck", "deferred"} <= {note["decision"] for f in facts for note in f.get("plan_notes", [])}


def test_the_commands_as_printed():
    with Server(data) as server:
        url = f"http://127.0.0.1:{server.port}"
        who = subprocess.run([sys.executable, BUILD, "--data", data, "--who", "--url", url], capture_output=True, text=True).stdout
        assert "banfa-demo" in who and "王建军" in who and "益阳市水利局" in who
        commands = [line.strip() for line in who.splitlines() if re.match(r"\s+(TOKEN=|curl )", line)]
        assert len(commands) == 3, commands
        run = subprocess.run(["bash", "-c", "set -e\n" + "\n".join(commands)], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        token, mine, why = run.stdout.splitlines()
        assert len(token) > 20 and " " not in token, token
        assert json.loads(mine)["items"], mine
        refusals = json.loads(why)["refusals"]
        assert any(r.get("article") == 26 and r["zh"] and r["en"] for r in refusals), why


def test_starts_at_once():
    began = time.monotonic()
    server = Server(data)
    took = time.monotonic() - began
    assert server.stop() == 0
    print(f"# figure demo_start {took * 1000:.0f} ms (bar 200 ms)")
    assert took < 1


def test_current_in_another_season():
    """Played up to a day of next spring it still has what it shows: histories hang on the last day, not on fixed dates."""
    other = os.path.join(folder.name, "spring")
    run = subprocess.run([sys.executable, BUILD, "--data", other, "--until", "2027-03-10"], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    with Server(other, clock="2027-03-11T08:00") as server:
        cases = server.operator("case.list", {"limit": 500})["items"]
        stages = {s for c in cases for s in c["stages"]}
        assert {"declaration", "pretech", "planning", "approval", "construction", "trial_run", "final_acceptance", "correction", "retention"} <= stages, stages


main(globals())
