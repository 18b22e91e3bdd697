"""The program itself: alive, ready, figures, its interface described, the audit chain, backups."""
import gzip
import http.client
import json
import os
import re
import shutil
import sqlite3
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from banfa_test import ROOT, Client, command, configured, main, refused, server  # noqa: E402

RULES = os.path.join(ROOT, "tests", "fault", "rules")


def people(s):
    s.org("u1", "单位一", "Unit one", "100000", ["clerk"])
    s.org("o", "主管单位", "Office", "100000", ["office"])
    s.user("c1", "经办", "u1")
    s.user("office", "主管", "o")
    return s.login("c1")


def database(s):
    return os.path.join(s.data, "banfa.db")


def change(s, sql, *values):
    """Alters the database of the stopped server behind its back."""
    with sqlite3.connect(database(s)) as db:
        done = db.execute(sql, values)
        assert done.rowcount == 1, f"{sql}: {done.rowcount} rows"
    db.close()


def again(s):
    assert s.stop() == 0
    return lambda sql, *values: change(s, sql, *values)


def anyone(s):
    return Client(s.port)


# Health, version, figures ----------------------------------------------------------------------------------------------

def test_health_and_version():
    with server(scripts=RULES) as s:
        people(s)
        assert anyone(s).get("/healthz") == {"status": "ok"}
        assert anyone(s).get("/readyz") == {"status": "ready"}
        version = s.operator("version")
        assert re.fullmatch(r"\d+\.\d+\.\d+", version["version"]) and re.fullmatch("[0-9a-f]{64}", version["ruleset"]), version


def test_not_ready_names_the_stranded_cases():
    with server(scripts=RULES) as s:
        clerk = people(s)
        ids = [clerk.create("item", {"title": f"第{n}件"})["id"] for n in range(25)]
        alter = again(s)
        for id_ in ids[:22]:
            alter("UPDATE case_stages SET stage = 'gone' WHERE case_id = ?", id_)
        s.start()
        refusal = refused(lambda: anyone(s).get("/readyz"), 503, "rules.stranded")
        named = refusal.body["cases"]
        assert [c["id"] for c in named] == ids[:20] and all(c["stage"] == "gone" for c in named), named
        assert ids[0] in refusal.refusals[0]["zh"]
        assert anyone(s).get("/healthz") == {"status": "ok"}
        alter = again(s)
        for id_ in ids[:22]:
            alter("UPDATE case_stages SET stage = 'draft' WHERE case_id = ?", id_)
        alter("UPDATE cases SET kind = 'unheard_of' WHERE id = ?", ids[24])
        s.start()
        refusal = refused(lambda: anyone(s).get("/readyz"), 503, "rules.stranded")
        assert [c["id"] for c in refusal.body["cases"]] == [ids[24]]
        assert again(s)("UPDATE cases SET kind = 'item' WHERE id = ?", ids[24]) is None
        s.start()
        assert anyone(s).get("/readyz") == {"status": "ready"}


def test_not_ready_while_storage_does_not_answer():
    """What was found once about the rules says nothing about the disk."""
    with server(scripts=RULES) as s:
        people(s).create("item", {"title": "一"})
        for table in ("cases", "events"):
            assert anyone(s).get("/readyz") == {"status": "ready"}
            with sqlite3.connect(database(s)) as db:
                db.execute(f"ALTER TABLE {table} RENAME TO elsewhere")
            refused(lambda: anyone(s).get("/readyz"), 503, "storage.failed")
            assert anyone(s).get("/healthz") == {"status": "ok"}
            with sqlite3.connect(database(s)) as db:
                db.execute(f"ALTER TABLE elsewhere RENAME TO {table}")
        assert anyone(s).get("/readyz") == {"status": "ready"}


LABEL = r'[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"'
SAMPLE = re.compile(r"([a-z_:]+)(?:\{(%s(?:,%s)*)\})? (-?[0-9.]+(?:e[0-9+-]+)?)" % (LABEL, LABEL))


def figures(text):
    """Every line, parsed: {name: {labels: value}}; a name's HELP and TYPE stand before its samples, once."""
    types, helps, values, current = {}, set(), {}, None
    assert text.endswith("\n")
    for line in text.rstrip("\n").split("\n"):
        if line.startswith("# HELP "):
            current = line.split(" ", 3)[2]
            assert current not in helps and len(line.split(" ", 3)[3]) > 5, line
            helps.add(current)
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == current and name not in types and kind in ("counter", "gauge"), line
            types[name] = kind
        else:
            found = SAMPLE.fullmatch(line)
            assert found and found[1] == current and current in types, line
            labels = tuple(re.findall(r'([a-z_]+)="((?:[^"\\]|\\.)*)"', found[2] or ""))
            assert labels not in values.setdefault(current, {}), "twice: " + line
            values[current][labels] = float(found[3])
            assert types[name] != "counter" or name.endswith("_total")
    return types, values


def test_metrics_line_by_line():
    with server(scripts=RULES) as s:
        clerk = people(s)
        ids = [clerk.create("item", {"title": str(n)})["id"] for n in range(3)]
        clerk.act(ids[0], "draft", "declare", mark="甲")
        clerk.upload(ids[0], "note")
        office = s.login("office")
        office.upload(ids[0], "note")
        office.act(ids[0], "work", "answer")
        status, headers, text = anyone(s).request("GET", "/metrics")
        assert status == 200 and headers["Content-Type"].startswith("text/plain; version=0.0.4"), headers
        types, values = figures(text.decode())
        head = s.operator("audit.head")
        assert types["banfa_events_total"] == "counter" and values["banfa_events_total"] == {(): head["seq"]}
        assert values["banfa_cases"] == {(("kind", "item"), ("state", "open")): 2, (("kind", "item"), ("state", "ended")): 1}
        assert values["banfa_deadlines_pending"][()] > 0 and values["banfa_deadlines_due"] == {(): 0}
        assert sum(values["banfa_outbox"].values()) >= 1 and all(dict(k)["channel"] for k in values["banfa_outbox"])
        assert values["banfa_memory_bytes"][()] > 1 << 20 and values["banfa_uptime_seconds"][()] >= 0
        assert values["banfa_ruleset_info"] == {(("hash", s.operator("version")["ruleset"]),): 1}


def test_metrics_escape_labels():
    with server(scripts=RULES) as s:
        clerk = people(s)
        id_ = clerk.create("item", {"title": "一"})["id"]
        again(s)("UPDATE cases SET kind = ? WHERE id = ?", 'a"b\\c\nd', id_)
        s.start()
        _, values = figures(anyone(s).request("GET", "/metrics")[2].decode())
        assert (("kind", 'a\\"b\\\\c\\nd'), ("state", "open")) in values["banfa_cases"], values["banfa_cases"]


def test_doctor():
    with server(scripts=RULES) as s:
        people(s)

        def checks():
            return {c["name"]: c for c in s.operator("doctor")["checks"]}
        found = checks()
        assert set(found) == {"storage", "disk", "clock", "calendar", "rules", "documents", "admin", "posts"}, set(found)
        assert all(c["zh"] and c["en"] for c in found.values())
        assert not found["admin"]["ok"] and all(c["ok"] for n, c in found.items() if n not in ("admin", "disk")), found
        s.user("root1", "管理员", "o", admin=True)
        assert checks()["admin"]["ok"]
        s.clock("2022-11-01T09:00")
        assert checks()["calendar.next"]["ok"]
        s.clock("2029-11-01T09:00")
        found = checks()
        assert not found["calendar"]["ok"] and not found["calendar.next"]["ok"]
        refused(lambda: s.login("root1").ask("GET", "/api/v1/doctor"), 404)


def test_doctor_knows_the_last_backup():
    with server(scripts=RULES) as s:
        def told():
            return {c["name"]: c for c in s.operator("doctor")["checks"]}.get("backup")
        assert told() is None
        path = os.path.join(os.path.dirname(s.data), "copy.db")
        refused(lambda: s.operator("backup", {"path": os.path.join(s.data, "no", "folder")}), None, "backup.failed")
        assert told() is None
        s.operator("backup", {"path": path})
        assert told()["ok"] and "2022-09-01T09:00" in told()["en"], told()
        s.clock("2022-09-08T10:00")
        late = told()
        assert not late["ok"] and "2022-09-01T09:00" in late["en"] and "一周" in late["zh"], late
        assert s.stop() == 0
        s.clock_start = "2022-09-08T10:00"
        s.start()
        assert not told()["ok"]
        s.operator("backup", {"path": path + ".2"})
        assert told()["ok"]
        with open(os.path.join(s.data, "last_backup"), "wb") as f:
            f.write(b"nonsense" * 50)
        assert told() is None


def test_calendar():
    with server(scripts=RULES) as s:
        clerk = people(s)
        refused(lambda: anyone(s).get("/api/v1/calendar"), 401)
        year = clerk.get("/api/v1/calendar", year=2022)
        october = year["months"][9]
        assert year["known"] and len(year["months"]) == 12 and october["month"] == 10
        assert october["off"] == [f"2022-10-0{d}" for d in range(1, 8)] and october["makeup"] == ["2022-10-08", "2022-10-09"] and october["workdays"] == 18, october
        assert clerk.get("/api/v1/calendar") == year and not clerk.get("/api/v1/calendar", year=2031)["known"]
        for bad in ("22", "1899", "3000", "20x2", "-202", "二〇二二"):
            refused(lambda b=bad: clerk.get("/api/v1/calendar", year=b), 400, "form.range")


def test_calendar_goes_by_date():
    """A notice may be filed under the year before: its days still stand under their own months."""
    with server(scripts=RULES) as s:
        clerk = people(s)
        years = {"2022": {"off": ["2022-12-30", "2023-01-03"], "work": ["2023-01-07"]}, "2023": {"off": [], "work": []}}
        s.operator("rules.apply", {"calendar": years})
        january = clerk.get("/api/v1/calendar", year=2023)["months"][0]
        assert january["off"] == ["2023-01-03"] and january["makeup"] == ["2023-01-07"] and january["workdays"] == 22, january
        assert clerk.get("/api/v1/calendar", year=2022)["months"][11]["off"] == ["2022-12-30"]


# The interface, described ------------------------------------------------------------------------------------------------

SCHEMA_TYPES = {"object", "array", "string", "integer", "boolean"}


def look(document, schema, where):
    """The shape of one JSON Schema, all the way down."""
    assert isinstance(schema, dict), where
    if "$ref" in schema:
        at = document
        assert schema["$ref"].startswith("#/"), where
        for part in schema["$ref"][2:].split("/"):
            assert part in at, f"{where}: {schema['$ref']} leads nowhere"
            at = at[part]
        return
    for i, inner in enumerate(schema.get("anyOf", [])):
        look(document, inner, f"{where}.anyOf[{i}]")
    if "oneOf" in schema:
        assert schema["oneOf"], where
        for i, inner in enumerate(schema["oneOf"]):
            look(document, inner, f"{where}.oneOf[{i}]")
        for ref in schema.get("discriminator", {}).get("mapping", {}).values():
            assert {"$ref": ref} in schema["oneOf"], where
    kind = schema.get("type")
    assert kind is None or kind in SCHEMA_TYPES, f"{where}: {kind}"
    for low, high in (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")):
        if low in schema:
            assert isinstance(schema[low], int) and isinstance(schema[high], int) and schema[low] <= schema[high], f"{where}: {schema}"
    if "enum" in schema:
        assert schema["enum"] and len(set(schema["enum"])) == len(schema["enum"]) and all(isinstance(v, str) for v in schema["enum"]), where
    if "pattern" in schema:
        re.compile(schema["pattern"])
    if kind == "array":
        look(document, schema["items"], where + "[]")
    for name, inner in schema.get("properties", {}).items():
        look(document, inner, f"{where}.{name}")
    for name in schema.get("required", []):
        assert name in schema["properties"], f"{where}: {name} is required and not there"


def look_at_operation(document, path, operation):
    where = operation["operationId"]
    assert operation["summary"] and operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}, where
    named = [(p["name"], p["in"]) for p in operation["parameters"]]
    assert len(set(named)) == len(named) and sorted(n for n, i in named if i == "path") == sorted(re.findall(r"\{(\w+)\}", path)), where
    for parameter in operation["parameters"]:
        look(document, parameter["schema"], where)
        assert parameter["in"] != "path" or parameter["required"] is True
    for scheme in operation.get("security", []):
        assert set(scheme) <= set(document["components"]["securitySchemes"])
    for status, answer in operation["responses"].items():
        if status != "default":
            assert re.fullmatch("[1-5][0-9][0-9]", status) and answer["description"]
            for media in answer["content"].values():
                look(document, media.get("schema", {}), where)
    for media in operation.get("requestBody", {}).get("content", {}).values():
        look(document, media.get("schema", {}), where)


def served_routes():
    with open(os.path.join(ROOT, "plugins", "http", "router.c"), encoding="utf-8") as f:
        found = re.findall(r'\{HTTP_(\w+), (API )?"([^"]*)", "([^"]+)"', f.read())
    assert len(found) > 30
    return {(("/api/v1/" if api else "") + path, method.lower(), operation) for method, api, path, operation in found}


def test_openapi_of_the_regulation():
    with server() as s:
        status, headers, document = anyone(s).request("GET", "/openapi.json")
        assert status == 200 and headers["Content-Type"].startswith("application/json") and document["openapi"] == "3.1.0"
        assert document["security"] == [{"bearer": []}, {"cookie": []}] and document["info"]["x-ruleset"] == s.operator("version")["ruleset"]
        ids, described, actions = set(), set(), 0
        for path, item in document["paths"].items():
            for method, operation in item.items():
                assert operation["operationId"] not in ids, operation["operationId"]
                ids.add(operation["operationId"])
                look_at_operation(document, path, operation)
                if operation["operationId"].startswith("act."):
                    actions += 1
                else:
                    described.add((path, method, operation["operationId"]))
        assert described == served_routes(), described ^ served_routes()
        for name, schema in document["components"]["schemas"].items():
            assert re.fullmatch(r"[\w.-]+", name)
            look(document, schema, name)
        names = os.listdir(os.path.join(ROOT, "scripts", "stages"))
        tagged = {o["tags"][0] for item in document["paths"].values() for o in item.values() if "tags" in o}
        assert actions > 50 and {"approval", "declaration", "retention"} <= tagged and len(tagged) > len(names) // 2, (actions, tagged)
        approve = document["paths"]["/api/v1/cases/{id}/actions/approval/approve"]["post"]
        assert "审批" in approve["summary"] or "批" in approve["summary"]
        form = approve["requestBody"]["content"]["application/json"]["schema"]["properties"]["input"]
        assert any(f["type"] == "integer" and f.get("x-unit") == "fen" and f["x-title"]["zh"] and f["x-title"]["en"] for f in form["properties"].values()), form
        creations = [n for n in document["components"]["schemas"] if n.startswith("create.")]
        body = document["paths"]["/api/v1/cases"]["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert "create.project" in creations and len(body["oneOf"]) == len(creations)
        assert anyone(s).request("GET", "/openapi.json")[2] == document


def test_rules_described_for_people():
    with server() as s:
        s.org("u", "单位", "Unit", "430900", ["bureau"])
        s.user("a", "甲", "u")
        described = s.login("a").get("/api/v1/kinds")
        assert set(described) == {"kinds", "stages", "facts", "registers", "reports", "papers", "roles", "jurisdictions"}, set(described)
        assert "$fn" not in json.dumps(described)
        approve = described["stages"]["approval"]["actions"]["approve"]
        assert approve["by"] and approve["title"]["zh"] and approve["form"][0]["name"] and approve["needs"], approve
        assert described["stages"]["approval"]["limits"] and described["kinds"]["project"]["create"]["form"]
        assert not any(value == [] for stage in described["stages"].values() for action in stage["actions"].values()
                       for name, value in action.items() if name in ("guard", "check"))


def described(s, token, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", s.port, timeout=30)
    connection.request("GET", "/api/v1/kinds", headers={"Authorization": "Bearer " + token, **headers})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), body


def test_described_once_packed():
    """Each page asks for the rules: packed for who takes that, and not sent again to who has them."""
    with server() as s:
        s.org("u", "单位", "Unit", "430900", ["bureau"])
        s.user("a", "甲", "u")
        token = s.login("a").token
        status, plain_head, plain = described(s, token)
        assert status == 200 and "Content-Encoding" not in plain_head and plain_head["Cache-Control"] == "private, no-cache", plain_head
        for _ in range(2):  # made, and then kept
            status, head, packed = described(s, token, **{"Accept-Encoding": "br, gzip"})
            assert status == 200 and head["Content-Encoding"] == "gzip" and "Accept-Encoding" in head["Vary"] and gzip.decompress(packed) == plain
            assert len(packed) * 5 < len(plain) and head["ETag"] == plain_head["ETag"], head
        print(f"# figure kinds_bytes {len(packed)} bytes, {len(plain)} before packing")
        status, head, nothing = described(s, token, **{"Accept-Encoding": "gzip", "If-None-Match": '"other", ' + head["ETag"]})
        assert (status, nothing) == (304, b"") and head["ETag"] == plain_head["ETag"] and "Content-Encoding" not in head, (status, head)
        assert described(s, token, **{"If-None-Match": '"other"'})[2] == plain
        assert described(s, "nobody", **{"If-None-Match": plain_head["ETag"]})[0] == 401, "who is not logged in hears nothing, not even that"


def test_openapi_of_a_county():
    with configured({"prove": "off"}) as s:  # proofs have tests of their own
        text = """return { stage "own_look" { kind = "project", articles = { 7 }, title = { zh = "县审", en = "Own look" }, owner = "bureau",
          leads = { passed = "approval" }, actions = { pass = { by = "bureau", title = { zh = "通过", en = "Pass" }, effect = { follow "passed" } } } },
          amend "approval" { actions = { approve = { form = { { "county_no", text, zh = "县号", en = "County number" } } } } } }"""
        before = anyone(s).get("/openapi.json")
        tokens = []
        for place in ("430900", "430921"):
            s.org("o" + place, "单位", "Unit", place, ["bureau"])
            s.user("p" + place, "甲", "o" + place)
            tokens.append(s.login("p" + place).token)
        marks = [described(s, token)[1]["ETag"] for token in tokens]
        s.operator("rules.apply", {"changes": {"counties/430921/own.lua": text}})
        assert described(s, tokens[0], **{"If-None-Match": marks[0]})[0] == 304, "the city's rules are as they were"
        status, head, body = described(s, tokens[1], **{"If-None-Match": marks[1], "Accept-Encoding": "gzip"})
        assert marks[0] != marks[1] != head["ETag"] and status == 200 and "own_look" in json.loads(gzip.decompress(body))["stages"], head
        after = anyone(s).get("/openapi.json")
        added = set(after["paths"]) - set(before["paths"])
        assert added == {"/api/v1/cases/{id}/actions/own_look/pass"} and not set(before["paths"]) - set(after["paths"]), added
        assert after["paths"][added.pop()]["post"]["x-jurisdictions"] == ["430921"]
        assert after["info"]["x-ruleset"] != before["info"]["x-ruleset"]

        def form(document):
            operation = document["paths"]["/api/v1/cases/{id}/actions/approval/approve"]["post"]
            return operation["requestBody"]["content"]["application/json"]["schema"]["properties"]["input"]
        base, county = form(after)["anyOf"]
        assert base == form(before) and county["x-jurisdictions"] == ["430921"] and "county_no" in county["required"], county
        for path, item in after["paths"].items():
            for operation in item.values():
                look_at_operation(after, path, operation)


def test_openapi_says_what_the_server_accepts():
    with server(scripts=RULES) as s:
        clerk = people(s)
        document = anyone(s).get("/openapi.json")
        facts = document["components"]["schemas"]["create.item"]["properties"]["facts"]
        assert facts["required"] == ["title"] and facts["properties"]["title"] == {
            "type": "string", "minLength": 1, "maxLength": 120, "title": "名称", "x-title": {"zh": "名称", "en": "Title"}}, facts
        assert facts["properties"]["amount"]["minimum"] == 0 and facts["properties"]["on"]["format"] == "date"
        assert clerk.create("item", {"title": "长" * 120})["id"]
        refused(lambda: clerk.create("item", {"title": "长" * 121}), 422, "form.length")
        refused(lambda: clerk.create("item", {"title": "一", "amount": facts["properties"]["amount"]["maximum"] + 1}), 422, "form.range")
        edit = document["paths"]["/api/v1/cases/{id}/actions/draft/edit"]["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert edit["required"] == ["input"] and edit["properties"]["input"]["required"] == ["mark"]


# Audit -------------------------------------------------------------------------------------------------------------------

def story(s, count=30):
    clerk = people(s)
    ids = [clerk.create("item", {"title": f"第{n}件"})["id"] for n in range(count)]
    for id_ in ids:
        clerk.act(id_, "draft", "edit", mark="记号")
    return clerk, ids


def test_audit_holds_and_a_file_of_it():
    with server(scripts=RULES) as s:
        _, ids = story(s)
        public = anyone(s).get("/api/v1/audit/head")
        report = s.operator("audit.verify")
        assert report["ok"] and report["cases"] == len(ids) and report["head"] == public["hash"] and report["events"] == public["seq"] and "fault" not in report
        assert public["at"].startswith("2022-09-01T09:00")
        path = os.path.join(s.data, "chain.txt")
        assert s.operator("audit.export", {"path": path}) == {"events": report["events"], "head": report["head"], "path": path}
        with open(path, "rb") as f:
            lines = f.read().split(b"\n")
        assert lines.pop() == b"" and len(lines) == report["events"] and lines[-1][:64].decode() == report["head"]
        assert all(line[64:66] == b" {" and json.loads(line[65:])["seq"] == n for n, line in enumerate(lines, 1))
        refused(lambda: s.operator("audit.export", {"path": path}), None, "path.taken")
        refused(lambda: s.operator("audit.export", {"path": "chain.txt"}), None, "path")
        refused(lambda: s.operator("audit.export", {"path": os.path.join(s.data, "no", "folder")}), None, "path.unwritable")
        told = command(s, "audit", "verify", path)
        assert told.returncode == 0 and report["head"] in told.stdout, told
        forge(s, path, lines)


def forge(s, path, lines):
    """Each way of changing the file is named with its event."""
    def verdict(changed):
        with open(path, "wb") as f:
            f.write(b"".join(line + b"\n" for line in changed))
        told = command(s, "audit", "verify", path, "--json")
        report = json.loads(told.stdout)
        assert told.returncode == (0 if report["ok"] else 1), told
        return report["fault"]["seq"] if "fault" in report else None
    at = next(n for n, line in enumerate(lines) if "记号".encode() in line)
    assert verdict(lines) is None and verdict(lines[:-1]) is None and verdict([]) is None
    assert verdict(lines[:at] + [lines[at].replace("记号".encode(), "改号".encode())] + lines[at + 1:]) == at + 1
    assert verdict(lines[:at] + [b"0" * 64 + lines[at][64:]] + lines[at + 1:]) == at + 1
    assert verdict(lines[:at] + lines[at + 1:]) == at + 1
    assert verdict(lines[:at] + [lines[at + 1], lines[at]] + lines[at + 2:]) == at + 1
    assert verdict(lines[:at] + [b"not a line"] + lines[at + 1:]) == at + 1
    assert verdict(lines[1:]) == 1
    assert verdict(lines + [b""]) == len(lines) + 1


def test_audit_names_what_was_changed():
    with server(scripts=RULES) as s:
        _, ids = story(s)
        assert s.stop() == 0
        whole = os.path.join(os.path.dirname(s.data), "whole.db")
        shutil.copy(database(s), whole)
        with sqlite3.connect(whole) as db:
            edits = [seq for seq, body in db.execute("SELECT seq, body FROM events") if "记号" in body]
            version = db.execute("SELECT version FROM cases WHERE id = ?", (ids[3],)).fetchone()[0]
        db.close()
        seq, last = edits[4], edits[-1]
        changes = [
            (seq, "UPDATE events SET body = replace(body, '记号', '改号') WHERE seq = ?", seq),
            (seq, "UPDATE events SET hash = zeroblob(32) WHERE seq = ?", seq),
            (seq, "UPDATE events SET hash = x'00' WHERE seq = ?", seq),
            (seq, "DELETE FROM events WHERE seq = ?", seq),
            (seq, "UPDATE events SET case_id = 'another' WHERE seq = ?", seq),
            (last - 1, "DELETE FROM events WHERE seq = ?", last),  # the tail is cut: its case is ahead of its events
            (None, "UPDATE cases SET version = version + 1 WHERE id = ?", ids[3]),
            (None, "UPDATE cases SET state = replace(state, '\"version\":%d', '\"version\":9') WHERE id = ?" % version, ids[3]),
            (None, "DELETE FROM cases WHERE id = ?", ids[3]),
        ]
        for due, sql, value in changes:
            for name in ("banfa.db-wal", "banfa.db-shm"):
                if os.path.exists(os.path.join(s.data, name)):
                    os.remove(os.path.join(s.data, name))
            shutil.copy(whole, database(s))
            change(s, sql, value)
            report = json.loads(command(s, "audit", "verify", "--json").stdout)
            assert report["ok"] is False and report["fault"]["zh"] and report["fault"]["en"], (sql, report)
            if due != last - 1 and due is not None:
                assert report["fault"]["seq"] == due, (sql, report)
            if ids[3] == value and "cases SET" in sql:
                assert ids[3] in report["fault"]["en"], report
        shutil.copy(whole, database(s))
        change(s, "UPDATE events SET body = replace(body, '记号', '改号') WHERE seq = ?", seq)
        s.start()
        assert s.operator("audit.verify")["fault"]["seq"] == seq
        broken = refused(lambda: s.operator("audit.export", {"path": os.path.join(s.data, "x.txt")}), None, "audit.broken")
        assert str(seq) in broken.refusals[0]["en"] and not os.path.exists(os.path.join(s.data, "x.txt"))


# Backup ------------------------------------------------------------------------------------------------------------------

def test_backup_while_writing_and_serve_from_it():
    with server(scripts=RULES) as s:
        clerk, ids = story(s, 5)
        over, written, acknowledged, wrong = threading.Event(), threading.Semaphore(0), [], []

        def write():
            try:
                mine = s.login("c1")
                while not over.is_set():
                    acknowledged.append(mine.act(ids[0], "draft", "edit", mark=str(len(acknowledged)))["version"])
                    written.release()
            except Exception as fault:  # noqa: BLE001
                wrong.append(fault)
        writer = threading.Thread(target=write)
        writer.start()
        copies = []
        for n in range(3):
            for _ in range(20):
                assert written.acquire(timeout=30), wrong
            known = clerk.case(ids[0])["version"]
            path = os.path.join(os.path.dirname(s.data), f"copy-{n}.db")
            assert s.operator("backup", {"path": path}) == {"path": path}
            copies.append((known, path))
        over.set()
        writer.join()
        assert not wrong and len(acknowledged) >= 60, wrong
        refused(lambda: s.operator("backup", {"path": copies[0][1]}), None, "path.taken")
        refused(lambda: s.operator("backup", {"path": "copy.db"}), None, "path")
        for known, path in copies:
            folder = path + ".data"
            os.mkdir(folder, 0o700)
            shutil.copy(path, os.path.join(folder, "banfa.db"))
            other = type(s)(folder, clock="2022-09-01T09:00", scripts=RULES, preset=os.environ.get("BANFA_PRESET", "check"))
            try:
                report = other.operator("audit.verify")
                assert report["ok"], report
                reader = other.login("c1")
                case = reader.case(ids[0])
                assert case["version"] >= known
                assert reader.act(ids[0], "draft", "edit", mark="又一次")["version"] == case["version"] + 1
            finally:
                assert other.stop() == 0
        assert s.operator("audit.verify")["ok"]


if __name__ == "__main__":
    main(globals())
