"""Why a date is what it is, day by day: over HTTP and on the command line."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_test import ROOT, main, refused, server  # noqa: E402

RULES = os.path.join(ROOT, "tests", "bench", "rules")


def test_each_day_says_whether_it_counts():
    with server(clock="2023-09-25T09:00", scripts=RULES) as s:
        s.org("o1", "单位", "Unit", "100000", ["clerk"])
        s.org("o2", "别的单位", "Other", "100000", ["clerk"])
        s.user("u1", "甲", "o1")
        s.user("u2", "乙", "o2")
        c = s.login("u1")
        id = c.create("item", {"title": "事项", "amount": 100, **{f"f{k:02d}": "x" for k in range(1, 11)}})["id"]
        c.act(id, "work", "note", amount=1, text="x")
        told = c.get(f"/api/v1/cases/{id}/why", deadline="work.answer")
        assert told["due"] == "2023-10-13"  # the example of the calendar's page
        days = {d["date"]: d for d in told["days"]}
        assert [d["number"] for d in told["days"] if d["counted"]] == list(range(1, 11))
        assert not days["2023-09-29"]["counted"] and days["2023-09-29"]["en"] == "holiday"
        assert days["2023-10-07"]["counted"] and days["2023-10-07"]["en"].startswith("made-up")
        assert days["2023-10-13"]["number"] == 10 and list(days)[0] == "2023-09-26"
        assert c.get(f"/api/v1/cases/{id}/why")["deadlines"][0]["days"] == told["days"]
        refused(lambda: c.get(f"/api/v1/cases/{id}/why", deadline="work.none"), 404, "deadline.unknown")
        refused(lambda: s.login("u2").get(f"/api/v1/cases/{id}/why"), 404, "case.unknown")
        run = subprocess.run([s.program, "why", id, "work.answer", "--data", s.data], capture_output=True, text=True)
        assert run.returncode == 0 and "2023-10-07" in run.stdout and "调休上班" in run.stdout, run.stdout + run.stderr


main(globals())
