"""Registers, imports, reports and what is public, over HTTP: who may, what is refused, what is written."""
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from banfa_test import ROOT, Client, main, refused, server  # noqa: E402

RULES = os.path.join(ROOT, "tests", "api", "rules_registers")
CITY, A, B = "100000", "100001", "100002"
W = None


class World:
    def __init__(self, s):
        self.server = s
        for place, name in ((CITY, "city"), (A, "a"), (B, "b")):
            s.org("office-" + name, "主管" + name, "Office " + name, place, ["office"])
            s.user("office-" + name, "office-" + name, "office-" + name)
            s.org("unit-" + name, "单位" + name, "Unit " + name, place, ["clerk"])
            s.user("clerk-" + name, "clerk-" + name, "unit-" + name)
        s.user("boss", "boss", "unit-a", admin=True)
        s.user("cleared", "cleared", "office-city", clearance=3)
        self.as_ = {u: s.login(u) for u in ("office-city", "office-a", "office-b", "clerk-city", "clerk-a", "clerk-b", "boss", "cleared")}
        self.nobody = Client(s.port)


def people(client, **query):
    return [row["id"] for row in client.get("/api/v1/registers/people", **query)["items"]]


def test_add_and_get():
    office = W.as_["office-a"]
    made = office.post("/api/v1/registers/people", {"value": {"name": "张三", "tags": {}}})
    assert made["id"] == "0001" and made["version"] == 1 and made["jurisdiction"] == A and made["value"]["tags"] == [], made
    own = office.post("/api/v1/registers/people", {"id": "王-1", "value": {"name": "王五", "age": 30}})
    got = office.get("/api/v1/registers/people/" + urllib.parse.quote(own["id"]))
    assert [h["what"] for h in got.pop("history")] == ["add"]
    assert got == own, (got, own)
    refused(lambda: office.post("/api/v1/registers/people", {"id": "王-1", "value": {"name": "x"}}), 409, "entry.taken")
    for bad in ("", "a b", "a/b", "x" * 81, "a\tb"):
        refused(lambda b=bad: office.post("/api/v1/registers/people", {"id": b, "value": {"name": "x"}}), 422, "entry.id")
    refused(lambda: office.post("/api/v1/registers/people", {"id": 7, "value": {"name": "x"}}), 400, "form.type")
    refused(lambda: office.post("/api/v1/registers/people", {}), 400, "form.required")
    said = refused(lambda: office.post("/api/v1/registers/people", {"value": {"age": 200, "nmae": "x"}}), 422, "form.required")
    assert {r.get("field") for r in said.refusals} == {"name", "age", "nmae"}, said.refusals
    refused(lambda: office.post("/api/v1/registers/nothing", {"value": {}}), 404, "register.unknown")
    refused(lambda: office.get("/api/v1/registers/nothing"), 404, "register.unknown")
    refused(lambda: office.get("/api/v1/registers/people/none"), 404, "entry.unknown")


def test_who_reads_and_writes():
    refused(lambda: W.nobody.get("/api/v1/registers/people"), 401)
    refused(lambda: W.as_["clerk-a"].get("/api/v1/registers/people"), 403, "role")
    refused(lambda: W.as_["clerk-a"].get("/api/v1/registers/people/0001"), 403, "role")
    refused(lambda: W.as_["clerk-a"].post("/api/v1/registers/people", {"value": {"name": "x"}}), 403, "role")
    W.as_["office-city"].post("/api/v1/registers/people", {"id": "of-city", "value": {"name": "市"}})
    W.as_["office-b"].post("/api/v1/registers/people", {"id": "of-b", "value": {"name": "乙"}})
    W.as_["boss"].post("/api/v1/registers/people", {"id": "of-boss", "value": {"name": "管理员"}})
    a, b, city = people(W.as_["office-a"]), people(W.as_["office-b"]), people(W.as_["office-city"])
    assert "of-city" in a and "of-b" not in a and "of-boss" in a, a
    assert "of-b" in b and "of-city" in b and "of-boss" not in b, b
    assert {"of-b", "of-city", "of-boss"} <= set(city), city
    refused(lambda: W.as_["office-a"].get("/api/v1/registers/people/of-b"), 404, "entry.unknown")
    refused(lambda: W.as_["office-a"].post("/api/v1/registers/people/of-b", {"value": {"name": "x"}, "version": 1}), 404, "entry.unknown")
    refused(lambda: W.as_["office-a"].post("/api/v1/registers/people/of-city", {"value": {"name": "x"}, "version": 1}), 403, "role")


def test_change():
    office = W.as_["office-city"]
    one = office.post("/api/v1/registers/people", {"id": "changes", "value": {"name": "甲", "age": 1}})
    path = "/api/v1/registers/people/changes"
    two = office.post(path, {"value": {"age": None, "pay": 100}, "version": one["version"]})
    assert two["version"] == 2 and two["value"] == {"name": "甲", "pay": 100}, two
    refused(lambda: office.post(path, {"value": {"age": 2}, "version": 1}), 412, "version.stale")
    refused(lambda: office.post(path, {"value": {"age": 2}}), 400, "form.required")
    refused(lambda: office.post(path, {"version": 2}), 400, "form.required")
    refused(lambda: office.post(path, {"value": {"name": None}, "version": 2}), 422, "form.required")
    assert office.post(path, {"value": {"age": 3}}, If_Match='"2"')["version"] == 3
    refused(lambda: office.post("/api/v1/registers/people/none", {"value": {}, "version": 1}), 404, "entry.unknown")


def test_search_and_pages():
    office = W.as_["office-b"]
    for i in range(25):
        office.post("/api/v1/registers/people", {"id": f"page-{i:02}", "value": {"name": f"Page{i}", "tags": ["百分之100%"] if i == 7 else []}})
    seen, cursor = [], None
    while True:
        page = office.get("/api/v1/registers/people", q="page", limit=10, cursor=cursor)
        assert len(page["items"]) <= 10
        seen += [row["id"] for row in page["items"]]
        cursor = page.get("next_cursor")
        if not cursor:
            break
    assert seen == [f"page-{i:02}" for i in range(25)], seen
    assert people(office, q="100%") == ["page-07"]
    assert people(office, q="_") == [] and people(office, q="PAGE24") == ["page-24"]


def test_same_id_at_once():
    said, office = [], [W.server.login("office-a") for _ in range(8)]

    def go(client):
        said.append(client.request("POST", "/api/v1/registers/people", {"id": "race", "value": {"name": "x"}})[0])
    threads = [threading.Thread(target=go, args=(c,)) for c in office]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sorted(said) == [201] + [409] * 7, said


def test_scripts_write_entries():
    clerk = W.as_["clerk-a"]
    id_ = clerk.create("item", {"title": "登记"})["id"]
    clerk.act(id_, "work", "add", words="第一")
    clerk.act(id_, "work", "add", entry="N-1", words="第二")
    rows = {r["id"]: r for r in clerk.get("/api/v1/registers/notes")["items"]}
    assert rows["0001"]["value"] == {"words": "第一"} and rows["N-1"]["jurisdiction"] == A, rows
    effects = [e for ev in clerk.events(id_) for e in ev.get("effects", []) if e.get("do") == "add"]
    assert [e["entry"] for e in effects] == ["0001", "N-1"], effects
    clerk.act(id_, "work", "change", entry="N-1", words="第三")
    row = clerk.get("/api/v1/registers/notes/N-1")
    assert row["version"] == 2 and row["value"] == {"words": "第三"}, row
    before = clerk.case(id_)["version"]
    for action, given in (("add", {"entry": "N-1", "words": "x"}), ("add", {"entry": "N-2"}), ("add", {"words": "长" * 61}),
                          ("add", {"entry": "a b", "words": "x"}), ("change", {"entry": "none", "words": "x"}), ("change", {"words": "x"})):
        refused(lambda: clerk.act(id_, "work", action, **given), 500, "script.failed")
    assert clerk.case(id_)["version"] == before
    assert sorted(r["id"] for r in clerk.get("/api/v1/registers/notes")["items"]) == ["0001", "N-1"]


def test_public():
    clerk = W.as_["clerk-b"]
    ids = [clerk.create("item", {"title": t, "amount": 12345, "sort": "a", "inner": "秘"})["id"] for t in ("公开甲", "=HYPERLINK(1)", "未公开", "百分%")]
    for id_ in (ids[0], ids[1], ids[3]):
        clerk.act(id_, "work", "release")
    listed = {i["id"]: i for i in W.nobody.get("/api/v1/public/cases")["items"]}
    assert set(ids) & set(listed) == {ids[0], ids[1], ids[3]}, listed
    one = listed[ids[0]]
    assert one["facts"] == {"title": "公开甲", "amount": 12345, "sort": "a"} and one["stages"][0]["title"]["zh"] == "办理", one
    assert set(one) == {"id", "kind", "title", "jurisdiction", "stages", "facts"}, one
    alone = W.nobody.get("/api/v1/public/cases/" + ids[0])
    assert {**one, "fields": alone["fields"]} == alone and [f["name"] for f in alone["fields"]] == ["title", "amount", "sort"], alone
    refused(lambda: W.nobody.get("/api/v1/public/cases/" + ids[2]), 404, "case.unknown")
    refused(lambda: W.nobody.get("/api/v1/public/cases/none"), 404, "case.unknown")
    assert [i["id"] for i in W.nobody.get("/api/v1/public/cases", q="%")["items"]] == [ids[3]]
    assert W.nobody.get("/api/v1/public/cases", q="秘")["items"] == []
    page = W.nobody.get("/api/v1/public/cases", limit=2)
    assert [i["id"] for i in page["items"]] == [ids[3], ids[1]]
    rest = W.nobody.get("/api/v1/public/cases", limit=2, cursor=page["next_cursor"])
    assert [i["id"] for i in rest["items"]] == [ids[0]] and "next_cursor" not in rest, rest
    status, headers, text = W.nobody.request("GET", "/api/v1/public/cases?format=csv&kind=item")
    assert status == 200 and headers["Content-Type"].startswith("text/csv"), headers
    lines = text.decode("utf-8-sig").split("\r\n")
    assert text.startswith(b"\xef\xbb\xbf") and lines[0] == "编号,事项种类,名称,行政区划,进行中的环节,名称,金额(元),类别", lines
    assert f"{ids[1]},事项,\"'=HYPERLINK(1)\",乙县,办理,\"'=HYPERLINK(1)\",123.45,甲类" in lines, lines
    clerk.act(ids[0], "work", "withdraw")
    refused(lambda: W.nobody.get("/api/v1/public/cases/" + ids[0]), 404)
    clerk.act(ids[3], "work", "classify")
    refused(lambda: W.nobody.get("/api/v1/public/cases/" + ids[3]), 404)
    assert [i["id"] for i in W.nobody.get("/api/v1/public/cases")["items"]] == [ids[1]]


def test_public_table_says_when_it_is_cut():
    with server(scripts=RULES) as s:
        s.org("unit", "单位", "Unit", A, ["clerk"])
        s.user("clerk", "经办", "unit")
        clerk = s.login("clerk")
        id_ = clerk.create("item", {"title": "公开", "amount": 1, "sort": "a"})["id"]
        clerk.act(id_, "work", "release")
        whole = Client(s.port).request("GET", "/api/v1/public/cases?format=csv")[2].decode("utf-8-sig")
        assert "cursor" not in whole and len(whole.rstrip().split("\r\n")) == 2, whole
        assert s.stop() == 0
        with sqlite3.connect(os.path.join(s.data, "banfa.db")) as db:
            columns = [row[1] for row in db.execute("PRAGMA table_info(cases)")]
            copy = ", ".join({"id": "id || '-' || n", "number": "number + n"}.get(c, c) for c in columns)
            db.execute("WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 1004)"
                       f" INSERT INTO cases ({', '.join(columns)}) SELECT {copy} FROM cases, count")
        db.close()
        s.start()
        nobody = Client(s.port)
        lines = nobody.request("GET", "/api/v1/public/cases?format=csv")[2].decode("utf-8-sig").rstrip().split("\r\n")
        assert len(lines) == 1 + 1000 + 1 and lines[-1].lstrip("\"").startswith("未列完"), lines[-1]
        cursor = re.search(r"cursor=(\d+)", lines[-1])[1]
        rest = nobody.request("GET", "/api/v1/public/cases?format=csv&cursor=" + cursor)[2].decode("utf-8-sig").rstrip().split("\r\n")
        assert len(rest) == 1 + 5 and "cursor" not in rest[-1], rest


def test_report():
    clerk = W.as_["clerk-city"]
    ids = [clerk.create("item", {"title": f"汇总{i}", "amount": 1000 * i})["id"] for i in (1, 3, 2)]
    refused(lambda: W.nobody.get("/api/v1/reports/sums"), 401)
    refused(lambda: clerk.get("/api/v1/reports/sums"), 403, "role")
    office = W.as_["office-city"]
    refused(lambda: office.get("/api/v1/reports/none"), 404, "report.unknown")
    refused(lambda: office.get("/api/v1/reports/sums", least="x"), 400, "form.type")
    got = office.get("/api/v1/reports/sums")
    own = [r for r in got["rows"] if r["case"] in ids]
    assert [r["amount"] for r in own] == [3000, 2000, 1000] and own[0]["stage"] == "办理" and own[0]["case"] == ids[1], own
    assert got["totals"]["amount"] == sum(r.get("amount", 0) for r in got["rows"]) and got["totals"]["rows"] == len(got["rows"]), got
    assert got["title"]["zh"] == "汇总" and [c["name"] for c in got["columns"]] == ["title", "amount", "stage"], got
    assert {r["case"] for r in office.get("/api/v1/reports/sums", least=2000)["rows"]} >= {ids[1], ids[2]}
    assert ids[0] not in {r["case"] for r in office.get("/api/v1/reports/sums", least=2000)["rows"]}
    # a county sees its own; what is classified is seen by who is cleared, in sums too
    assert not set(ids) & {r["case"] for r in W.as_["office-a"].get("/api/v1/reports/sums")["rows"]}
    clerk.act(ids[1], "work", "classify")
    assert ids[1] not in {r["case"] for r in office.get("/api/v1/reports/sums")["rows"]}
    assert ids[1] in {r["case"] for r in W.as_["cleared"].get("/api/v1/reports/sums")["rows"]}
    status, headers, text = office.request("GET", "/api/v1/reports/sums?format=csv")
    lines = text.decode("utf-8-sig").split("\r\n")
    assert status == 200 and lines[0] == "编号,名称,金额(元),环节" and f"{ids[2]},汇总2,20.00,办理" in lines and lines[-2].startswith("合计,,"), lines
    said = refused(lambda: office.get("/api/v1/reports/broken"), 500, "script.failed")
    assert "titel" in str(said) and "broken.lua" in str(said) or "titel" in str(said), said


def test_report_of_many():
    clerk, office = W.as_["clerk-a"], W.as_["office-a"]
    for i in range(230):  # more than two slices
        clerk.create("item", {"title": f"多{i}", "amount": 1})
    rows = [r for r in office.get("/api/v1/reports/sums")["rows"] if r["title"].startswith("多")]
    assert len(rows) == len({r["case"] for r in rows}) == 230
    assert [r["title"] for r in rows] == [f"多{i}" for i in reversed(range(230))]


def bring(what, text, apply=False, client=None):
    body = {"what": what, "text": text, "apply": apply}
    return client.post("/api/v1/import", body) if client else W.server.operator("import", body)


def test_import_register():
    answer = bring("people", "\ufeff编号,姓名,年龄,标签,报酬(元)\r\nI-1,李四,40,甲;乙,\"1,200.50\"\r\n,\"有,逗号\",,,\r\n")
    body = answer.get("body", answer)
    assert body == {"rows": 2, "added": 2, "changed": 0, "applied": False, "errors": []}, body
    assert people(W.as_["office-city"], q="李四") == []
    body = bring("people", "编号,姓名,年龄,标签,报酬(元)\nI-1,李四,40,甲;乙,\"1,200.50\"\n,\"有,逗号\",,,\n", True)
    body = body.get("body", body)
    assert body["added"] == 2 and body["applied"], body
    row = W.as_["office-city"].get("/api/v1/registers/people/I-1")
    assert row["value"] == {"name": "李四", "age": 40, "tags": ["甲", "乙"], "pay": 120050} and row["jurisdiction"] == CITY, row
    boss = W.as_["boss"]
    body = bring("people", "id,name,age\nI-2,新,\nI-3,新,\n", True, boss)
    assert body["added"] == 2, body
    body = bring("people", "id,name,age\nI-2,改,\nI-3,新,\n", True, boss)
    assert (body["added"], body["changed"]) == (0, 1), body  # what is the same stays
    got = W.as_["office-a"].get("/api/v1/registers/people/I-2")
    assert got["version"] == 2 and got["jurisdiction"] == A and got["value"] == {"name": "改"}, got
    refused(lambda: bring("people", "id,name\n", False, W.as_["office-a"]), 403, "admin")
    refused(lambda: bring("none", "id,name\n", False, boss), 404, "register.unknown")
    refused(lambda: boss.post("/api/v1/import", {"what": "people"}), 400, "form.required")


def test_import_errors():
    boss = W.as_["boss"]

    def errors(text, what="people"):
        body = bring(what, text, True, boss)
        assert not body["applied"] and body["added"] == body["changed"] == 0, body
        for e in body["errors"]:
            assert e["zh"] and e["en"] and e["row"], e
        return [(e["row"], e.get("field")) for e in body["errors"]]
    assert errors("") == [(1, None)]
    assert errors("id,nmae\nE-1,x\n") == [(1, "nmae")]
    assert errors("name,name\nx,y\n") == [(1, "name")]
    assert errors("id,name\nE-1,x\nE-2,\nE-1,y\n") == [(3, "name"), (4, "id")]
    assert errors("id,name,age\nE 1,x,1\nE-2,y,old\nE-3,z,200\n") == [(2, "id"), (3, "age"), (4, "age")]
    assert errors("id,报酬,name\nE-1,5,x\n") == [(2, "pay")]  # no currency
    assert errors("id,报酬(元),name\nE-1,5.001,x\nE-2,-5,y\n") == [(2, "pay"), (3, "pay")]
    assert errors("id,name\nE-1,x,more\n") == [(2, None)]
    assert errors("id,name\nE-1,\"x\n") == [(2, None)]
    assert errors("id,name,jurisdiction\nE-1,x,乙县\nE-2,y,999999\n") == [(2, "jurisdiction"), (3, "jurisdiction")]
    assert errors("id,name\nof-b,x\n")[0][0] == 2  # another county's
    assert [p for p in people(W.as_["office-a"]) if p.startswith("E")] == []


def test_import_cases():
    boss, before = W.as_["boss"], len(W.as_["clerk-a"].get("/api/v1/cases", q="导入")["items"])
    text = ("事项种类,单位,行政区划,名称,金额(万元),类别,组成(元)\n"
            "item,unit-a,甲县,导入一,1.5,乙类,张:10;李:20.5\nitem,unit-a,,导入二,,,\n")
    dry = bring("cases", text, False, boss)
    assert dry == {"rows": 2, "added": 2, "changed": 0, "applied": False, "errors": []}, dry
    assert len(W.as_["clerk-a"].get("/api/v1/cases", q="导入")["items"]) == before
    made = bring("cases", text, True, boss)
    assert made["applied"] and made["added"] == 2, made
    items = W.as_["clerk-a"].get("/api/v1/cases", q="导入")["items"]
    assert {i["title"] for i in items} == {"导入一", "导入二"} and all(i["unit"] == "unit-a" for i in items), items
    one = W.as_["clerk-a"].case([i["id"] for i in items if i["title"] == "导入一"][0])
    assert one["facts"] == {"title": "导入一", "amount": 1500000, "sort": "b", "parts": [{"who": "张", "sum": 1000}, {"who": "李", "sum": 2050}]}, one
    event = W.as_["clerk-a"].events(one["id"])[0]
    assert event["do"] == "create" and event["actor"]["user"] == "boss" and event["actor"]["org"] == "unit-a", event
    numbers = sorted(int(i["id"].rsplit("-", 1)[1]) for i in items)
    assert numbers[1] == numbers[0] + 1, numbers
    body = bring("cases", "kind,unit,title,amount\nitem,unit-a,好,100\nitem,unit-a,不准,1\nitem,none,x,1\nitem,office-a,x,1\nother,unit-a,x,1\nitem,unit-b,x,1\n",
                 True, boss)
    assert not body["applied"] and [(e["row"], e.get("field")) for e in body["errors"]] == [
        (3, "title"), (4, "unit"), (5, "unit"), (6, "kind"), (7, "jurisdiction")], body
    assert W.as_["clerk-a"].get("/api/v1/cases", q="好")["items"] == []
    after = W.as_["clerk-a"].create("item", {"title": "接着"})
    assert int(after["id"].rsplit("-", 1)[1]) == numbers[1] + 1, (after["id"], numbers)  # refused files leave no gap


def test_import_of_nonsense():
    """Random tables: an answer every time, each fault with its row, and nothing written."""
    boss, dice = W.as_["boss"], random.Random(7)
    words = ["id", "name", "姓名", "报酬(元)", "tags", "甲", "1", "-1", '"', '""', ",", ",", "\n", "\r\n", ";", ":", "[", "{", "=1", "  ", "\u3000", "99999999999999999999", "é", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")]
    for what in ("people", "cases"):
        for _ in range(150):
            head = dice.choice(["id,name,报酬(元),tags\n", "kind,unit,title,组成(元)\nitem,unit-a,", ""])
            body = bring(what, head + "".join(dice.choice(words) for _ in range(dice.randrange(40))), False, boss)
            assert body["applied"] is False and all(e["zh"] and e["en"] and e["row"] > 0 for e in body["errors"]), body


def test_rules_are_checked():
    """What a kind lets out and what a report shows are checked before rules can serve."""
    def check(path, old, new, word):
        with tempfile.TemporaryDirectory() as folder:
            rules = shutil.copytree(RULES, os.path.join(folder, "rules"))
            with open(os.path.join(rules, path)) as f:
                text = f.read()
            assert old in text, old
            with open(os.path.join(rules, path), "w") as f:
                f.write(text.replace(old, new))
            run = subprocess.run([W.server.program, "rules", "check", rules], capture_output=True, text=True, cwd=ROOT)
            assert run.returncode == 1 and word in run.stdout + run.stderr, (new, run.stdout, run.stderr)
    item, sums = "kinds/item.lua", "reports/sums.lua"
    check(item, 'when = is_set("released_on")', 'when = is_set("relased_on")', "released_on")
    check(item, 'when = is_set("released_on")', "when = any { function() return true end }", "public.when")
    check(item, 'when = is_set("released_on"), ', "", "public.when")
    check(item, '"sort" } }', '"srot" } }', "sort")
    check(item, 'facts = { "title", "amount"', 'fact = { "title", "amount"', "facts")
    check(sums, 'totals = { "amount" }', 'totals = { "amonut" }', "amonut")
    check(sums, 'order = { "-amount" }', 'order = { "-x" }', "-x")
    check(sums, 'by = "office"', 'by = "ofice"', "office")
    check(sums, '{ "stage", zh = "环节"', '{ "case", zh = "环节"', "case")
    check("registers/people.lua", 'read = { "office" }', 'read = { "ofice" }', "office")


def test_kept_after_restart():
    with server() as s:  # the rules that are shipped
        s.org("zx", "市智慧城市和大数据中心", "Centre", "430900", ["center"])
        s.org("zwj", "市政务管理服务局", "Bureau", "430900", ["bureau"])
        s.org("cgj", "市城管局", "City Management", "430900", ["builder"])
        for user, org in (("zx", "zx"), ("zwj", "zwj"), ("cgj", "cgj")):
            s.user(user, user, org)
        body = s.operator("import", {"what": "experts", "text": "姓名,专业领域,工作单位\n张三,软件工程,湖南大学\n", "apply": True})
        assert body.get("body", body)["added"] == 1, body
        s.login("zx").post("/api/v1/registers/experts", {"id": "E-1", "value": {"name": "李四", "competence": "网络", "unit": "中南大学"}})
        unit = s.login("cgj")
        unit.post("/api/v1/registers/contractors", {"id": "C001", "value": {"name": "某公司", "competence": "系统集成"}})
        refused(lambda: unit.get("/api/v1/registers/experts"), 403, "role")
        text = ("kind,unit,title,category,funding_mode,plan_year,总投资(最近一次批准的数)(万元),建设资金来源(万元),分年度投资计划(万元),项目概要\n"
                "project,cgj,智慧城管,软件开发,政府投资建设,2023,120,市级财政资金:120,2023:120,概要\n")
        body = s.operator("import", {"what": "cases", "text": text, "apply": True})
        body = body.get("body", body)
        assert body["applied"] and body["added"] == 1, body
        for name in ("projects_by_stage", "ledger"):
            got = s.login("zwj").get("/api/v1/reports/" + name, plan_year=2023)
            assert len(got["rows"]) == 1 and got["totals"]["investment"] == 120000000 and got["rows"][0]["unit"] == "市城管局", got
            assert s.login("zwj").get("/api/v1/reports/" + name, plan_year=2024)["rows"] == []
        s.clock("2022-10-20T09:00")
        row = s.login("zwj").get("/api/v1/reports/projects_by_stage")["rows"][0]
        assert row["stage"], row
        assert s.login("zwj").get("/api/v1/public/cases")["items"] == []
        assert s.stop() == 0
        s.start()
        assert {r["id"] for r in s.login("zx").get("/api/v1/registers/experts")["items"]} == {"0001", "E-1"}


if __name__ == "__main__":
    ending = None
    with server(scripts=RULES) as running:
        W = World(running)
        try:
            main(globals())
        except SystemExit as end:  # the server's own end is looked at first
            ending = end
    raise ending
