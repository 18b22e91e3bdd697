"""Reports over HTTP against a small city whose sums are worked out by hand: every figure leads to its cases, nothing classified shows, each role reads its own."""
import json
import os
import subprocess
import sys
from urllib.parse import urlencode

ROOT = os.environ.get("BANFA_ROOT") or os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "tests", "lib"))
sys.path.insert(0, os.path.join(ROOT, "tests", "law"))
from banfa_test import refused  # noqa: E402
from law_city import City, run, yuan  # noqa: E402

C = None
P = {}  # the projects by their letter


def short(who, total, title):
    """A small project, accepted by its builder on the same day."""
    id = C.upto("builder_acceptance", total, who=who, title=title)
    C.do(id, who, "builder_acceptance.record_sharing", "data_sharing_proof")
    C.do(id, who, "builder_acceptance.pass", "acceptance_report")
    C.do(id, who, "builder_acceptance.report")
    return id


def prepare(city):
    """Two small projects (A, B), one in its design (C), one of twenty million accepted in December (D), one that becomes classified (E)."""
    global C
    C = city
    C.at("2023-08-28")
    P["A"] = short("chengguan", yuan(400_000), "路灯监控")
    P["B"] = short("shuili", yuan(300_000), "水位遥测")
    P["C"] = C.upto("prelim_design", yuan(1_200_000), who="shuili", title="防汛调度")
    P["E"] = C.upto("prelim_design", yuan(1_300_000), who="chengguan", title="应急指挥")
    P["D"] = C.upto("preliminary_acceptance", yuan(20_000_000), who="chengguan", title="城市大脑")
    C.do(P["D"], "chengguan", "preliminary_acceptance.pass", "preliminary_acceptance_report")
    C.do(P["D"], "chengguan", "trial_run.begin", trial_started_on="2023-08-28")
    C.do(P["D"], "chengguan", "trial_run.record_sharing", "data_sharing_proof")
    C.at("2023-12-04")
    C.do(P["D"], "chengguan", "trial_run.apply", "trial_run_report", "acceptance_application")
    C.do(P["D"], "bureau", "final_acceptance.accept")
    C.meeting(P["D"], "bureau", "final_acceptance.meeting")
    C.do(P["D"], "bureau", "final_acceptance.pass", "acceptance_report", opinion="同意")
    money = C.create("finance", "funding", title="2024年度资金计划", year=2024, available=yuan(5_000_000))
    for project, amount, purpose, quarter in (("C", 500_000, "new", 1), ("C", 300_000, "new", 2), ("A", 20_000, "earlier", 3), ("E", 100_000, "new", 1)):
        C.do(money, "finance", "funding_compile.allot", project=P[project], amount=yuan(amount), purpose=purpose, quarter=quarter)
    C.act(P["E"], "chengguan", "prelim_design.classify", level=1, number="定密〔2023〕1号")
    C.do(P["A"], "bureau", "operations.find_not_sharing", reason="未共享设备台账")


def report(who, name, **parameters):
    return C.ask(who, "GET", f"/api/v1/reports/{name}?" + "&".join(f"{k}={v}" for k, v in parameters.items()))


def csv(who, name, **parameters):
    """The lines of a report as CSV."""
    status, _, body = C.client(who).request("GET", f"/api/v1/reports/{name}?format=csv&" + "&".join(f"{k}={v}" for k, v in parameters.items()))
    assert status == 200, (status, body)
    return body.decode("utf-8-sig").splitlines()


def test_the_yearly_plan():
    said = report("bureau", "yearly_plan", plan_year=2024)
    assert [r["case"] for r in said["rows"]] == [P["D"], P["C"]], said["rows"]
    assert said["totals"] == {"rows": 2, "investment": yuan(21_200_000), "this_year": yuan(21_200_000)}, said["totals"]


def test_the_funding_plan_by_unit_and_quarter():
    said = report("finance", "funding_plan", year=2024)
    rows = [(r["unit"], r["quarter"], r["amount"], r["cases"], r["lines"]) for r in said["rows"]]
    assert rows == [("益阳市城市管理和综合执法局", 3, yuan(20_000), [P["A"]], 1), ("益阳市水利局", 1, yuan(500_000), [P["C"]], 1),
                    ("益阳市水利局", 2, yuan(300_000), [P["C"]], 1)], rows
    assert (said["totals"]["amount"], said["totals"]["new"], said["totals"]["earlier"]) == (yuan(820_000), yuan(800_000), yuan(20_000)), said["totals"]
    assert report("finance", "funding_plan", year=2024, passed="true")["rows"] == []
    lines = csv("finance", "funding_plan", year=2024)
    assert len(lines) == 5 and P["C"] in lines[2] and "820000.00" in lines[4], lines


def test_payments_due_in_a_year():
    """2024: a first tranche each (5%), and progress by the schedule, at most 85% of the contracts."""
    said = report("finance", "payments_due", year=2024)
    found = {(r["case"], r["purpose"]): (r["amount"], r.get("due")) for r in said["rows"]}
    assert found == {(P["A"], "retention_1"): (yuan(20_000), "2024-08-28"), (P["B"], "retention_1"): (yuan(15_000), "2024-08-28"),
                     (P["D"], "retention_1"): (yuan(1_000_000), "2024-12-04"), (P["A"], "progress"): (yuan(340_000), None),
                     (P["B"], "progress"): (yuan(255_000), None), (P["D"], "progress"): (yuan(17_000_000), None)}, found
    assert said["totals"]["amount"] == yuan(18_630_000), said["totals"]
    later = report("finance", "payments_due", year=2025)
    assert later["totals"]["amount"] == yuan(1_035_000), later["totals"]  # the second tranches only
    own = report("shuili", "payments_due", year=2024)
    assert {r["case"] for r in own["rows"]} == {P["B"]} and own["totals"]["amount"] == yuan(270_000), own


def test_the_audit_plan_and_its_draw():
    said = report("audit", "audit_plan", year=2023)
    assert {r["case"]: r["why"] for r in said["rows"]} == {P["D"]: "line", P["A"]: "pool", P["B"]: "pool"}, said["rows"]
    drawn = report("audit", "audit_plan", year=2023, seed="20240102-48", ratio=50)
    order = sorted((subprocess.run(["openssl", "dgst", "-sm3"], input=f"20240102-48:{P[p]}".encode(), capture_output=True, check=True).stdout.split()[-1].decode(), P[p]) for p in "AB")
    found = {r["case"]: (r["why"], r.get("hash")) for r in drawn["rows"]}
    assert found == {P["D"]: ("line", None), order[0][1]: ("drawn", order[0][0]), order[1][1]: ("not_drawn", order[1][0])}, found
    assert drawn["record"]["order"] == [id for _, id in order] and drawn["record"]["seed"] == "20240102-48" and drawn["record"]["count"] == 1, drawn["record"]
    assert "seed,20240102-48" in csv("audit", "audit_plan", year=2023, seed="20240102-48", ratio=50)
    refused(lambda: report("audit", "audit_plan", year=2023, seed="1", ratio=0), 400)


def test_the_record_of_the_units():
    rows = {r["unit"]: r for r in report("bureau", "unit_record")["rows"]}
    one, other = rows["益阳市城市管理和综合执法局"], rows["益阳市水利局"]
    assert (one["projects"], sorted(one["cases"]), one["bans"], one["standing"]) == (2, sorted([P["A"], P["D"]]), 1, "banned"), one
    assert (other["projects"], sorted(other["cases"]), other["investment"], other["standing"]) == (2, sorted([P["B"], P["C"]]), yuan(1_500_000), "clean"), other


def test_stages_put_the_overdue_first():
    rows = report("bureau", "projects_by_stage")["rows"]
    days = [r["overdue_days"] for r in rows]
    assert days == sorted(days, reverse=True) and {r["case"] for r in rows} == {P[p] for p in "ABCD"}, rows


def test_the_ledger_adds_up():
    said = report("bureau", "ledger")
    assert said["totals"]["investment"] == yuan(400_000 + 300_000 + 1_200_000 + 20_000_000), said["totals"]
    assert said["totals"]["contract_amount"] == yuan(20_700_000) and said["totals"]["unpaid"] == yuan(20_700_000), said["totals"]


def test_the_leaders_view():
    """The same sums however they are sorted, each figure with its cases."""
    wanted = {"projects": 4, "approved": yuan(20_000_000), "contracted": yuan(20_700_000), "paid": 0}
    for by, keys in (("stage", None), ("unit", {"益阳市城市管理和综合执法局", "益阳市水利局"}), ("county", {"益阳市"}), ("year", {"2024"})):
        said = report("group", "overview", by=by)
        rows, totals = said["rows"], said["totals"]
        assert {name: totals[name] for name in wanted} == wanted, (by, totals)
        assert totals["due"] == report("bureau", "payments_due", year=2023)["totals"]["amount"], totals
        assert sorted(id for r in rows for id in r["cases"]) == sorted(P[p] for p in "ABCD"), rows
        assert keys is None or {r["key"] for r in rows} == keys, rows
        for r in rows:
            assert r["projects"] == len(r["cases"]), r
    refused(lambda: report("bureau", "overview", by="mood"), 400)


def test_the_plan_of_a_year():
    said = report("bureau", "plan_projects", plan_year=2024)
    assert {(r["case"], r["standing"]) for r in said["rows"]} == {(P["D"], "yearly"), (P["C"], "yearly")}, said["rows"]
    assert said["totals"]["investment"] == said["totals"]["city"] == yuan(21_200_000), said["totals"]
    units = report("bureau", "plan_units", plan_year=2024)
    assert units["totals"]["amount"] == yuan(21_200_000) and {r["source"] for r in units["rows"]} == {"city"}, units
    path = report("bureau", "plan_path", plan_year=2024)
    assert path["rows"] and all(r["issued_on"] >= r["government_on"] >= r["leading_group_on"] for r in path["rows"]), path["rows"]
    assert path["totals"]["included"] == 3, path["totals"]  # the classified one too: a number, no name


def test_nothing_classified_in_any():
    for name, parameters in (("overview", {}), ("plan_projects", {"plan_year": 2024}), ("plan_units", {"plan_year": 2024}), ("plan_path", {"plan_year": 2024}),
                             ("yearly_plan", {"plan_year": 2024}), ("funding_plan", {"year": 2024}), ("payments_due", {"year": 2024}), ("audit_plan", {"year": 2023}),
                             ("unit_record", {}), ("projects_by_stage", {}), ("ledger", {})):
        said = str(report("finance", name, **parameters)) + "".join(csv("finance", name, **parameters))
        assert P["E"] not in said and "应急指挥" not in said, name


def listed(who, **query):
    return C.ask(who, "GET", "/api/v1/cases?" + urlencode(query))


# Debian's Python has the library, whichever one runs the tests.
OPEN = "import io, json, openpyxl, sys; sheet = openpyxl.load_workbook(io.BytesIO(sys.stdin.buffer.read())).active; print(json.dumps([sheet.freeze_panes, [[c.value if not hasattr(c.value, 'year') else {'date': str(c.value)[:10]} for c in row] for row in sheet.iter_rows()]]))"


def workbook(who, path):
    """Where the head stays in sight, and the rows of a workbook."""
    status, headers, body = C.client(who).request("GET", path)
    assert status == 200 and "spreadsheetml" in headers["Content-Type"] and ".xlsx" in headers["Content-Disposition"], (status, headers)
    return json.loads(subprocess.run(["/usr/bin/python3", "-c", OPEN], input=body, capture_output=True, check=True).stdout)


def test_lists_are_narrowed_and_sorted():
    everything = listed("bureau", limit=500)["items"]
    projects = [one for one in everything if one["kind"] == "project"]
    some = listed("bureau", kind="project", **{"fact.investment.min": yuan(400_000), "fact.investment.max": yuan(1_200_000)})["items"]
    assert sorted(one["title"] for one in some) == ["路灯监控", "防汛调度"], some
    assert [one["id"] for one in listed("bureau", **{"fact.investment": yuan(300_000)})["items"]] == [P["B"]]
    dear = listed("bureau", kind="project", sort="-fact.investment", limit=2)
    assert [one["id"] for one in dear["items"]] == [P["D"], P["C"]], dear
    rest = listed("bureau", kind="project", sort="-fact.investment", limit=2, cursor=dear["next_cursor"])
    assert len(dear["items"]) + len(rest["items"]) == len(projects), rest
    first = listed("bureau", sort="number", limit=1)
    second = listed("bureau", sort="number", limit=1, cursor=first["next_cursor"])
    assert [first["items"][0]["id"], second["items"][0]["id"]] == [one["id"] for one in everything[::-1]][:2]
    assert {one["id"] for one in listed("bureau", q=P["A"])["items"]} == {P["A"]}, "a case is found by its number too"
    assert listed("bureau", jurisdiction="430902")["items"] == [one for one in everything if one["jurisdiction"] == "430902"]
    late = listed("bureau", overdue="true")["items"]
    assert [one["id"] for one in late] == [one["id"] for one in everything if one.get("next_deadline", {}).get("left_days", 0) < 0 and one["next_deadline"]["nature"] == "limit"]
    status, _, problem = C.client("bureau").request("GET", "/api/v1/cases?fact.nothing=1")
    assert status == 400 and problem["refusals"][0]["code"] == "list.column", problem


def test_lists_kept_by_name():
    views = [{"name": "逾期", "query": "overdue=true", "standard": True}, {"name": "大项目", "query": "sort=-fact.investment"}]
    C.ask("bureau", "POST", "/api/v1/me/lists", {"views": views})
    assert C.ask("bureau", "GET", "/api/v1/me/lists") == {"views": views} and C.ask("finance", "GET", "/api/v1/me/lists") == {"views": []}
    refused(lambda: C.ask("bureau", "POST", "/api/v1/me/lists", {"views": [views[0], {**views[0], "standard": False}]}), 422, "view.taken")
    assert C.ask("bureau", "GET", "/api/v1/me/lists")["views"] == views, "nothing half kept"


def test_who_else_is_at_a_case():
    path = f"/api/v1/cases/{P['A']}/here"
    assert C.ask("bureau", "POST", path, {})["others"] == []
    said = C.ask("chengguan", "POST", path, {"doing": "支付"})
    assert [one["user"] for one in said["others"]] == ["bureau"] and said["version"] == C.ask("bureau", "GET", f"/api/v1/cases/{P['A']}")["version"], said
    assert [(one["user"], one["doing"]) for one in C.ask("bureau", "POST", path, {})["others"]] == [("chengguan", "支付")]
    C.ask("chengguan", "POST", path, {"leave": True})
    assert C.ask("bureau", "POST", path, {})["others"] == []
    refused(lambda: C.ask("shuili", "POST", path, {}), 404)  # who may not see a case is not told who looks at it


def test_tables_and_workbooks():
    frozen, rows = workbook("bureau", "/api/v1/cases?kind=project&format=xlsx&sort=-fact.investment")
    assert frozen == "A2" and rows[0][:2] == ["编号", "名称"] and rows[1][0] == P["D"], rows[:2]
    assert yuan(20_000_000) / 100 in rows[1] and any(isinstance(cell, dict) for row in rows[1:] for cell in row), rows[1]
    assert len(rows) == 1 + len(listed("bureau", kind="project", limit=500)["items"])
    text = C.client("bureau").request("GET", "/api/v1/cases?kind=project&format=csv&sort=-fact.investment")[2]
    assert text.startswith(b"\xef\xbb\xbf") and text.decode("utf-8-sig").splitlines()[1].startswith(P["D"])
    frozen, rows = workbook("finance", "/api/v1/reports/funding_plan?format=xlsx&year=2024")
    assert frozen == "A2" and rows[0][0] == "编号" and rows[-1][0] == "合计" and any(isinstance(cell, (int, float)) for cell in rows[-1]), rows


def test_who_may_read():
    refused(lambda: report("chengguan", "audit_plan", year=2023), 403, "role")
    refused(lambda: report("chengguan", "unit_record"), 403, "role")
    refused(lambda: report("center", "payments_due", year=2024), 403, "role")
    refused(lambda: report("finance", "payments_due"), 400)
    refused(lambda: report("finance", "no_such"), 404, "report.unknown")


if __name__ == "__main__":
    run(globals(), "2023-08-28T09:00", prepare)
