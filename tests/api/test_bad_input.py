"""What bad input gets: an error of its own that says in Chinese and English what is wrong; the case untouched; the server serving."""
import json
import os
import socket
import sys
import threading
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from banfa_fold import compare  # noqa: E402
from banfa_test import ROOT, Client, main, refused, server  # noqa: E402

RULES = os.path.join(ROOT, "tests", "fault", "rules")
W = None  # the world: one server for all tests of this file


class World:
    def __init__(self, running):
        self.server = s = running
        for unit in ("u1", "u2"):
            s.org(unit, "单位" + unit, "Unit " + unit, "100000", ["clerk"])
        s.org("o", "主管单位", "Office", "100000", ["office"])
        for user, org in (("c1", "u1"), ("c2", "u2"), ("office", "o"), ("forgetful", "u2")):
            s.user(user, user, org)
        self.c1, self.c2, self.office = s.login("c1"), s.login("c2"), s.login("office")
        self.id = self.c1.create("item", {"title": "事项", "amount": 100})["id"]
        self.act = f"/api/v1/cases/{self.id}/actions/draft/edit"

    def raw(self, data, close=False, whole=True):
        """Bytes on a fresh connection: (status, body), or None when the server only hangs up."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=30) as s:
            try:
                s.sendall(data)
                if close:
                    s.shutdown(socket.SHUT_WR)
            except (BrokenPipeError, ConnectionResetError):
                pass
            answer = b""
            try:
                while True:
                    part = s.recv(65536)
                    if not part:
                        break
                    answer += part
                    head, _, body = answer.partition(b"\r\n\r\n")
                    if body and whole and body.rstrip().endswith(b"}"):
                        break
            except ConnectionResetError:
                pass
        if not answer:
            return None
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split(b" ", 2)[1]), json.loads(body)

    def head(self, path, length, more="", method="POST"):
        return (f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.c1.token}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {length}\r\n{more}\r\n").encode()


def sound(status, body, want, code=None, field=None):
    """A problem that a person can read, of status WANT, with CODE among its refusals and FIELD named."""
    assert status == want, f"{status} instead of {want}: {body}"
    assert body["status"] == want and body["title"] and body["refusals"], body
    for r in body["refusals"]:
        assert r["code"] and len(r["zh"]) > 3 and len(r["en"]) > 3 and "�" not in r["zh"] + r["en"], r
        assert any("一" <= c <= "鿿" for c in r["zh"]), r
    assert code is None or code in [r["code"] for r in body["refusals"]], f"no {code} in {body['refusals']}"
    assert field is None or field in [r.get("field") for r in body["refusals"]], f"no field {field} in {body['refusals']}"
    return body


def bad(path, want, code=None, field=None, body=None, raw=None, client=None, headers=None, method="POST"):
    """One request must be refused so, and leave the case and the server as they were."""
    before = W.c1.case(W.id)
    headers = dict(headers or {})
    if raw is not None:
        headers.setdefault("Content-Type", "application/json")
    status, got, content = (client or W.c1).request(method, path, body, headers, raw)
    assert got.get("Content-Type") == "application/problem+json", got.items()
    out = sound(status, content, want, code, field)
    after = W.c1.case(W.id)
    assert (before["version"], before["facts"], before["stages"]) == (after["version"], after["facts"], after["stages"])
    return out


def edit(want, code=None, field=None, **input_):
    return bad(W.act, want, code, field, {"input": input_})


def test_malformed_json():
    for text in (b'{"input": {', b"null", b"[]", b'"text"', b"{} {}", b"{'input': {}}", b'{"input": {"mark": NaN}}', b'{"input": {"mark": "\xff\xfe"}}',
                 b'{"input": {}, "input": {"mark": "x"}}', b'{"input": {"mark": "\\ud800"}}', b'{"input": {"mark": "a\\u0000b"}}', b"[" * 100000,
                 b'{"input": ' * 5000, b'{"input": {"amount": 01}}', b'{"input": {"mark": "x"},}', "{“input”: {}}".encode()):
        bad(W.act, 400, raw=text)
    assert "http.json" in [r["code"] for r in bad(W.act, 400, raw=b"{")["refusals"]]
    bad(W.act, 415, raw=b"mark=x", headers={"Content-Type": "application/x-www-form-urlencoded"})


def test_unknown_fields():
    said = bad(W.act, 400, "form.unknown", "inptu", {"inptu": {}})["refusals"][0]
    assert "input" in said["zh"] and "input" in said["en"], said
    said = edit(422, None, "marc", marc="x")["refusals"]
    assert any("mark" in r["en"] for r in said), said
    bad("/api/v1/cases", 422, None, "titel", {"kind": "item", "facts": {"titel": "x"}})
    bad("/api/v1/cases", 400, "form.unknown", "fact", {"kind": "item", "fact": {"title": "x"}})
    bad("/api/v1/cases", 422, None, "count", {"kind": "item", "facts": {"title": "x", "count": 7}})  # a fact, but not of this form
    bad("/api/v1/cases", 422, "kind.unknown", "kind", {"kind": "itme", "facts": {}})
    bad("/api/v1/cases", 422, None, "title", {"kind": "item", "facts": {}})
    bad("/api/v1/login", 400, None, "pasword", {"user": "c1", "password": "banfa-demo", "pasword": "x"})


def test_wrong_types():
    for value in (5, True, None, [], {}, ["x"]):
        edit(422, None, "mark", mark=value)
    for value in ("12", True, 1.5, [1], {}, "一百"):
        edit(422, None, "amount", mark="x", amount=value)
    bad(W.act, 400, "form.type", "input", {"input": []})
    bad(W.act, 400, "form.type", "input", {"input": "mark"})
    bad(W.act, 400, "form.type", "version", {"input": {"mark": "x"}, "version": "3"})
    bad(W.act, 400, "form.type", "version", {"input": {"mark": "x"}, "version": 1.0})
    bad("/api/v1/cases", 400, "form.type", "facts", {"kind": "item", "facts": "title"})
    bad("/api/v1/cases", 400, None, "kind", {"kind": 5, "facts": {}})
    bad("/api/v1/login", 400, None, "user", {"user": ["c1"], "password": "banfa-demo"})


def test_money():
    for amount in (-1, -(2**63), 9_000_000_000_000_001, 2**63 - 1):
        edit(422, None, "amount", mark="x", amount=amount)
    for text in (b"9223372036854775808", b"1e400", b"-99999999999999999999999"):
        bad(W.act, 400, raw=b'{"input": {"mark": "x", "amount": %s}}' % text)
    bad(W.act, 422, None, "amount", raw=b'{"input": {"mark": "x", "amount": 1e3}}')  # not written as a whole number
    # with a key, whose request is hashed before it is looked at
    bad(W.act, 400, None, None, raw=b'{"input": {"mark": "x", "amount": 1.5}}', headers={"Idempotency-Key": "real"})
    made = W.c1.create("item", {"title": "上限", "amount": 9_000_000_000_000_000})
    assert W.c1.case(made["id"])["facts"]["amount"] == 9_000_000_000_000_000


def test_dates():
    for on in ("2022-02-30", "2022-02-29", "2022-13-01", "2022-00-10", "2022-2-3", "20220203", "", "2022-02-03T00:00", "0000-00-00", "9999-01-01", " 2022-02-03", 5, "二〇二二年"):
        bad("/api/v1/cases", 422, None, "on", {"kind": "item", "facts": {"title": "日期", "on": on}})
    assert W.c1.create("item", {"title": "闰年", "on": "2024-02-29"})["facts"]["on"] == "2024-02-29"


def test_wrong_stage_and_role():
    path = f"/api/v1/cases/{W.id}/actions"
    bad(f"{path}/work/note", 409, "stage.closed", None, {"input": {"mark": "x"}})
    bad(f"{path}/work/answer", 403, "role", None, {})
    bad(f"{path}/draft/edit", 403, "role", None, {"input": {"mark": "x"}}, client=W.office)
    bad(f"{path}/draft/nothing", 404, "action.unknown", None, {})
    bad(f"{path}/nowhere/edit", 404, "action.unknown", None, {})
    bad("/api/v1/cases", 403, "role", None, {"kind": "item", "facts": {"title": "x"}}, client=W.office)
    id_ = W.c1.create("item", {"title": "办结"})["id"]
    W.c1.act(id_, "draft", "declare", mark="x")
    bad(f"/api/v1/cases/{id_}/actions/draft/edit", 409, "stage.closed", None, {"input": {"mark": "x"}})
    bad(f"/api/v1/cases/{id_}/actions/work/answer", 422, "paper.missing", None, {}, client=W.office)
    W.c1.upload(id_, "note")
    W.office.act(id_, "work", "answer")
    bad(f"/api/v1/cases/{id_}/actions/work/note", 409, "case.ended", None, {"input": {"mark": "x"}})
    bad(f"/api/v1/cases/{id_}/documents?kind=note", 409, "case.ended", raw=b"x")


def test_stale_version():
    version = W.c1.case(W.id)["version"]
    for old in (version - 1, version + 1, 0):
        bad(W.act, 412, "version.stale", None, {"input": {"mark": "x"}}, headers={"If-Match": f'"{old}"'})
        bad(W.act, 412, "version.stale", None, {"input": {"mark": "x"}, "version": old})
    for text in ("x", '"1', '""', "W/\"1\"", "-1", "9" * 30, '"1", "2"'):
        bad(W.act, 400, "http.if_match", None, {"input": {"mark": "x"}}, headers={"If-Match": text})
    bad(f"/api/v1/cases/{W.id}/documents?kind=note", 412, "version.stale", raw=b"content", headers={"If-Match": f'"{version - 1}"'})
    status, headers, body = W.c1.request("POST", W.act, {"input": {"mark": "fresh"}}, {"If-Match": f'"{version}"'})
    assert status == 200 and body["version"] == version + 1 and headers["ETag"].strip('"') == str(version + 1), (status, body)
    assert W.c1.post(W.act, {"input": {"mark": "fresh"}, "version": version + 1})["version"] == version + 2


def marked(mark):
    return [e for e in W.c1.events(W.id) if e.get("input", {}).get("mark") == mark]


def test_same_key():
    body = {"input": {"mark": "once"}}
    first = W.c1.request("POST", W.act, body, {"Idempotency-Key": "k1"})
    second = W.c1.request("POST", W.act, body, {"Idempotency-Key": "k1"})
    assert first[0] == second[0] == 200 and first[2] == second[2] and first[1]["ETag"] == second[1]["ETag"]
    assert len(marked("once")) == 1
    bad(W.act, 409, "idempotency.reused", None, {"input": {"mark": "other"}}, headers={"Idempotency-Key": "k1"})
    bad("/api/v1/cases", 409, "idempotency.reused", None, {"kind": "item", "facts": {"title": "x"}}, headers={"Idempotency-Key": "k1"})
    # another's key of the same name is another key; a refused request leaves its key free
    made = W.c2.request("POST", "/api/v1/cases", {"kind": "item", "facts": {"title": "乙"}}, {"Idempotency-Key": "k1"})
    assert made[0] == 201 and made[1]["Location"] == "/api/v1/cases/" + made[2]["id"], made
    bad(W.act, 422, None, "mark", {"input": {}}, headers={"Idempotency-Key": "k2"})
    assert W.c1.request("POST", W.act, {"input": {"mark": "then"}}, {"Idempotency-Key": "k2"})[0] == 200
    for key in ("x" * 201, "有", "a b"):
        status, text = W.raw(W.head(W.act, 2, f"Idempotency-Key: {key}\r\n".encode().decode("utf-8")) + b"{}")
        sound(status, text, 400, "http.idempotency_key")


def together(count, work):
    gate, results = threading.Barrier(count), [None] * count

    def one(i):
        client = Client(W.server.port)
        client.token = W.c1.token
        gate.wait()
        results[i] = work(client)
    threads = [threading.Thread(target=one, args=(i,)) for i in range(count)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return results


def test_same_key_at_once():
    for n in range(10):
        results = together(4, lambda client, n=n: client.request("POST", W.act, {"input": {"mark": f"at once {n}"}}, {"Idempotency-Key": f"at{n}"}))
        assert {r[0] for r in results} == {200} and len({json.dumps(r[2], sort_keys=True) for r in results}) == 1
        assert len(marked(f"at once {n}")) == 1
    path = f"/api/v1/cases/{W.id}/documents?kind=note&name=at-once"
    results = together(4, lambda client: client.request("POST", path, None, {"Idempotency-Key": "doc", "Content-Type": "text/plain"}, b"a paper"))
    assert {r[0] for r in results} == {201} and len({r[2]["id"] for r in results}) == 1, results
    assert sum(d["name"] == "at-once" for d in W.c1.case(W.id)["documents"]) == 1
    version = W.c1.case(W.id)["version"]  # and without a key, of two that expect one version one wins
    results = together(4, lambda client: client.request("POST", W.act, {"input": {"mark": "race"}}, {"If-Match": str(version)}))
    assert sorted(r[0] for r in results) == [200, 412, 412, 412] and len(marked("race")) == 1


def test_too_large():
    before = W.c1.case(W.id)["version"]
    sound(*W.raw(W.head(W.act, 2_000_000) + b'{"input": {"mark": "'), 413, "http.too_large")
    sound(*W.raw(W.head(W.act, 2, "X-Long: " + "x" * 20000 + "\r\n") + b"{}"), 431, "http.header_large")
    sound(*W.raw(W.head(W.act, 2, "".join(f"X-{i}: 1\r\n" for i in range(200))) + b"{}"), 431, "http.header_large")
    sound(*W.raw(W.head("/api/v1/cases?q=" + "x" * 20000, 0, method="GET")), 414, "http.target_long")
    big = f"/api/v1/cases/{W.id}/documents?kind=note"
    sound(*W.raw(W.head(big, 1 << 40) + b"x" * 1000), 413, "http.too_large")
    sound(*W.raw(W.head(big, 3 << 20) + bytes(3 << 20)), 413)  # within the connection's limit, over the store's
    chunked = W.head(W.act, 0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    sound(*W.raw(chunked + (b"10000\r\n" + b"x" * 65536 + b"\r\n") * 20), 413, "http.too_large")
    edit(422, None, "mark", mark="长" * 61)
    edit(422, None, "mark", mark="x" * 900_000)
    assert W.c1.case(W.id)["version"] == before


def test_cut_off():
    before = W.c1.case(W.id)
    body = '{"input": {"mark": "半截"}}'.encode()
    whole = W.head(W.act, len(body)) + body
    for end in (1, 20, len(whole) - len(body) - 1, len(whole) - len(body), len(whole) - 5, len(whole) - 1):
        said = W.raw(whole[:end], close=True)
        assert said is None or said[0] == 400, said
    paper = W.head(f"/api/v1/cases/{W.id}/documents?kind=note&name=half", 500_000)
    for length in (0, 1, 100_000, 499_999):
        said = W.raw(paper + bytes(length), close=True)
        assert said is None or said[0] == 400, said
    after = W.c1.case(W.id)
    assert (before["version"], before["documents"]) == (after["version"], after["documents"])
    assert not marked("半截")
    for _ in range(200):  # the files go on worker threads: ask until they have
        if not os.listdir(os.path.join(W.server.data, "documents", "incoming")):
            break
        W.c1.case(W.id)
    assert os.listdir(os.path.join(W.server.data, "documents", "incoming")) == []


def test_chinese_at_the_limits():
    for text in ("汉" * 120, "𠮷" * 120, "é" * 120):
        made = W.c1.create("item", {"title": text})
        assert W.c1.case(made["id"])["title"] == text and W.c1.get("/api/v1/cases", q=text)["items"][0]["id"] == made["id"]
        bad("/api/v1/cases", 422, None, "title", {"kind": "item", "facts": {"title": text + text[0]}})
    for n in (20, 26, 27, 100, 1000):  # names that come back in the sentence are cut between characters
        for pad in ("", "a", "ab"):
            name = pad + "额" * n
            bad(W.act, 400, "form.unknown", None, {name: 1})
            bad(W.act, 422, None, None, {"input": {"mark": "x", name: 1}})
            bad("/api/v1/cases/" + W.id + "/documents?" + urllib.parse.urlencode({"kind": name[:66]}), 422, "paper.unknown", raw=b"x")
    for bad_text in ("a\u0001b", "a\u007fb"):
        edit(422, None, "mark", mark=bad_text)
    document = f"/api/v1/cases/{W.id}/documents?kind=note&name="
    assert W.c1.upload(W.id, "note", name="件" * 200)["name"] == "件" * 200
    for name in ("件" * 201, "a/b", "..", "a\u202eb"):
        bad(document + urllib.parse.quote(name), 400, "document.name", "name", raw=b"x")
    for name in ("%ff%fe", "a%0Ab", "a%00b"):
        bad(document + name, 400, raw=b"x")
    bad(f"/api/v1/cases/{W.id}/documents?kind=note&name=empty", 400, "document.empty", raw=b"")
    assert W.c1.get("/api/v1/cases", q="汉" * 1000)["items"] == []
    assert W.c1.get("/api/v1/cases", q="%")["items"] == [] and W.c1.get("/api/v1/cases", q="_")["items"] == []


def test_other_peoples_cases():
    paper = W.c1.upload(W.id, "note", name="own")["id"]
    for path in ("", "/events", "/forecast", f"/documents/{paper}"):
        theirs = bad(f"/api/v1/cases/{W.id}{path}", 404, client=W.c2, method="GET")
        absent = bad(f"/api/v1/cases/100000-2022-9999{path}", 404, client=W.c2, method="GET")
        assert theirs == absent, (theirs, absent)
    assert bad(W.act, 404, "case.unknown", None, {"input": {"mark": "x"}}, client=W.c2) == \
        bad("/api/v1/cases/100000-2022-9999/actions/draft/edit", 404, "case.unknown", None, {"input": {"mark": "x"}}, client=W.c2)
    bad(f"/api/v1/cases/{W.id}/actions/draft/nothing", 404, "case.unknown", None, {}, client=W.c2)
    bad(W.act, 404, "case.unknown", None, {"input": {"mark": "x"}}, client=W.c2, headers={"If-Match": '"0"'})
    bad(f"/api/v1/cases/{W.id}/documents?kind=note", 404, "case.unknown", raw=b"x", client=W.c2)
    assert W.id not in json.dumps([W.c2.get("/api/v1/cases"), W.c2.get("/api/v1/cases", q="事项"), W.c2.get("/api/v1/deadlines"), W.c2.get("/api/v1/inbox")])


def test_nobody():
    nobody = Client(W.server.port)
    for path in ("/api/v1/cases", f"/api/v1/cases/{W.id}", f"/api/v1/cases/{W.id}/events", "/api/v1/deadlines", "/api/v1/inbox", "/api/v1/me", "/api/v1/users"):
        bad(path, 401, client=nobody, method="GET")
    bad(W.act, 401, body={"input": {"mark": "x"}}, client=nobody)
    bad(f"/api/v1/cases/{W.id}/documents?kind=note", 401, raw=b"x", client=nobody)
    for token in ("x", "A" * 43, W.c1.token[:-1], W.c1.token[:-1] + ("A" if W.c1.token[-1] != "A" else "B")):
        nobody.token = token
        bad(W.act, 401, body={"input": {"mark": "x"}}, client=nobody)
    nobody.token = W.server.login("c1").token
    nobody.request("POST", "/api/v1/logout", {})
    bad(W.act, 401, body={"input": {"mark": "x"}}, client=nobody)
    bad("/api/v1/users", 403, body={"id": "x"})


def test_wrong_password():
    nobody = Client(W.server.port)
    wrong, right = {"user": "forgetful", "password": "wrong-word"}, {"user": "forgetful", "password": "banfa-demo"}
    for _ in range(5):
        bad("/api/v1/login", 401, "login.failed", body=wrong, client=nobody)
    bad("/api/v1/login", 429, "login.locked", body=wrong, client=nobody)
    bad("/api/v1/login", 429, "login.locked", body=right, client=nobody)  # nor does the right one tell
    assert W.server.login("c2").token  # the others are not locked out
    bad("/api/v1/login", 401, "login.failed", body={"user": "nobody-at-all", "password": "wrong-word"}, client=nobody)
    W.server.clock("+16min")
    assert W.server.login("forgetful").token


def test_queries():
    for query in ("due_before=soon", "due_before=2022-02-30"):
        bad("/api/v1/cases?" + query, 400, method="GET")
    for query in ("from=soon", "to=2022-02-30"):
        bad("/api/v1/deadlines?" + query, 400, method="GET")
    for query in ("a=%zz", "q=%ff", "q=a&q=b"):
        bad("/api/v1/cases?" + query, 400, method="GET")
    for query in ("limit=x", "limit=-5", "limit=99999999999999999999", "cursor=x", "cursor=-1", "stage='; DROP TABLE cases; --"):
        assert "items" in W.c1.get("/api/v1/cases?" + urllib.parse.quote(query, "=&"))
    bad("/api/v1/nothing", 404, "http.not_found", method="GET")
    bad(W.act, 405, "http.method", method="GET")
    refused(lambda: W.c1.get("/api/v1/cases/%2e%2e%2fetc"), 404)


def test_in_the_end():
    """All of that left a case that is as its events tell, a server that serves, and an end without a complaint."""
    compare(W.c1.case(W.id), W.c1.events(W.id))
    W.server.operator("audit.verify")
    log = W.server.log_text()
    assert '"level":"error"' not in log, [line for line in log.splitlines() if '"error"' in line][:5]


def config(folder):
    """The shipped configuration with room for 2 MiB a paper in the store, 4 MiB on the wire."""
    with open(os.path.join(ROOT, "config", "banfa.json"), encoding="utf-8") as f:
        values = json.load(f)
    values.update(document_bytes=2 << 20, scripts=RULES, calendar=os.path.join(ROOT, "config", "calendar"))
    values["plugins"]["http"]["document_bytes"] = 4 << 20
    path = os.path.join(folder, "banfa.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(values, f)
    return path


if __name__ == "__main__":
    import tempfile
    with tempfile.TemporaryDirectory() as folder:
        ending = None
        with server(config=config(folder)) as running:
            W = World(running)
            try:
                main(globals())
            except SystemExit as end:  # the server's own end is looked at first
                ending = end
        raise ending
