"""The demonstration city: built by the release program, complete, audited, current, and its three commands work as printed."""
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
        bureau = server.login("bureau1")
        cases = bureau.get("/api/v1/cases", limit=500)["items"]
        projects = [c for c in cases if c["kind"] == "project"]
        assert len(projects) >= 30, len(projects)
        stages = {s for c in cases for s in c["stages"]}
        for stage in ("declaration", "pretech", "planning", "prelim_design", "scheme_review", "approval", "budget_review", "procurement", "contract", "construction", "trial_run",
                      "final_acceptance", "correction", "retention", "evaluation", "operations", "plan_signatures"):
            assert stage in stages, f"nothing in {stage}: {sorted(stages)}"
        amounts = [c["facts"]["investment"] for c in projects]
        for threshold in (500_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000):
            assert any(a < threshold * 100 for a in amounts) and any(a >= threshold * 100 for a in amounts), threshold
        assert any(c["jurisdiction"] == "430903" for c in projects) and any(c["jurisdiction"] == "430922" for c in projects)
        assert any(c.get("ended") for c in projects)
        paused = [d for c in projects if "approval" in c["stages"] for d in bureau.case(c["id"])["deadlines"] if d["state"] == "paused"]
        assert paused, "no approval waits for a correction"
        lapsed = [c for c in projects if "budget_review" in c["stages"] and bureau.case(c["id"])["facts"].get("approval_lapsed_on")]
        assert lapsed, "no approval has lapsed"
        check = server.operator("audit.verify")
        assert check["ok"] and check["events"] > 1000, check


def test_the_commands_as_printed():
    with Server(data) as server:
        url = f"http://127.0.0.1:{server.port}"
        who = subprocess.run([sys.executable, BUILD, "--data", data, "--who", "--url", url], capture_output=True, text=True).stdout
        assert "bureau1" in who and "banfa-demo" in who
        commands = [line.strip() for line in who.splitlines() if re.match(r"\s+(TOKEN=|CASE=|curl )", line)]
        assert len(commands) == 4, commands
        run = subprocess.run(["bash", "-c", "set -e\n" + "\necho\n".join(commands)], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        assert '"items":[{' in run.stdout and '"reasons":[{' in run.stdout, run.stdout[:800]


def test_starts_at_once():
    began = time.monotonic()
    server = Server(data)
    took = time.monotonic() - began
    server.stop()
    print(f"# figure demo_start {took * 1000:.0f} ms (bar 200 ms)")
    assert took < 10


main(globals())
