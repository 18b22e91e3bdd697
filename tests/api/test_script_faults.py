"""What hostile and broken scripts get, through the engine, while others are served: they end inside their budget, the error names script and line,
the case is untouched, and nothing of them is left for the next call."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from banfa_fold import compare  # noqa: E402
from banfa_test import PRESET, ROOT, Client, Refused, free_port, main, server  # noqa: E402

RULES = os.path.join(ROOT, "tests", "api", "rules_attack")
BUDGET = 1.0    # seconds that one call may take
SLACK = 1.5     # for the fresh state, the checked build and a busy machine
READ_MOST = 0.5  # seconds that a read may take while a script is running wild
LOOK = "abcdefgh 2 ab shared 7 1 table string"
W = None

# Row of the list, whether it must end in an error (a harmless one may also do nothing), the body of the effect.
MUST, MAY = True, False
ATTACKS = [
    ("0", MUST, "while true do end"),
    ("1", MUST, "local s = string.dump(function() end)"),
    ("1b", MUST, "load('\\27Lua', 'x', 'b')()"),
    ("2", MUST, "return load('return os.execute')()"),
    ("2b", MUST, "return io.open('/etc/passwd')"),
    ("2c", MUST, "return require '../../etc/passwd'"),
    ("3", MAY, "string.rep('', math.maxinteger)"),
    ("4", MUST, "local s = ('x'):rep(1 << 30)"),
    ("4b", MUST, "string.pack('c1000000000', '')"),
    ("4c", MUST, "local s = ('x'):rep(200000)\nstring.format('%s%s%s', s, s, s)"),
    ("5", MUST, "('a'):rep(32):find(('a-'):rep(32) .. 'b')"),
    ("5b", MUST, "('a'):rep(26):match(('a?'):rep(26) .. ('a'):rep(26) .. 'b')"),
    ("6", MUST, "('a'):rep(200000):gsub('a-b', '')"),
    ("7", MUST, "while true do\nlocal _ = ('a'):rep(250000):find(('a'):rep(125000) .. 'b', 1, true)\nend"),
    ("8", MUST, "while true do pcall(function() while true do end end) end"),
    ("9", MUST, "while true do coroutine.resume(coroutine.create(function() while true do end end)) end"),
    ("10", MUST, "local function f() return coroutine.wrap(f)() end\nf()"),
    ("11", MUST, "for i = 1, 1e6 do setmetatable({}, { __gc = function() while true do end end }) end"),
    ("11b", MAY, "local mt = {}\nlocal t = setmetatable({}, mt)\nmt.__gc = function() while true do end end\nt = nil\nfor i = 1, 1e5 do local _ = { i } end"),
    ("12", MUST, "case.kept = setmetatable({}, { __gc = function() while true do end end })"),
    ("13", MUST, "getmetatable('').__index = function() while true do end end"),
    ("13b", MUST, "string.find = nil"),
    ("14", MUST, "debug.sethook()"),
    ("15", MUST, "collectgarbage('stop')"),
    ("15b", MUST, "local t = {}\nwhile true do t[#t + 1] = { #t } end"),
    ("15c", MUST, "local s = 'x'\nwhile true do s = s .. s end"),
    ("16", MUST, "error(setmetatable({}, { __tostring = function() while true do end end }))"),
    ("17", MUST, "table.move({}, 1, 1 << 40, 2)"),
    ("18", MAY, "local t = setmetatable({}, { __len = function() return 1 << 40 end })\ntable.insert(t, 1, 1)\ntable.concat(t)\ntable.sort(t)"),
    ("18b", MUST, "table.unpack({}, 1, 1 << 40)"),
    ("19", MAY, "local mt = {}\nlocal t = setmetatable({}, mt)\nmt.__len = function() return 1 << 40 end\ntable.insert(t, 1, 1)"),
    ("20", MUST, "local t = {}\nfor i = 1, 100000 do t[i * ((1 << 17) - 1)] = true end"),
    ("21", MUST, "local function f()\nlocal x <close> = setmetatable({}, { __close = function() while true do end end })\nf()\nend\nf()"),
    ("22", MUST, "local t = {}\nfor i = 1, 900000 do t[i] = -i end\ntable.sort(t)"),
    ("24", MUST, "('%p'):format({})"),
    ("26", MUST, "xpcall(function() while true do end end, function() while true do end end)"),
    ("26b", MUST, "while true do xpcall(error, function() while true do end end) end"),
    ("27", MUST, "local ok = pcall(pcall, pcall, function() while true do end end)\nreturn { set('mark', 'it came through') }"),
    ("28", MUST, "while true do pcall(string.rep, 'x', 1e7) end"),
    ("29", MUST, "math.floor = function() return 666 end"),
    ("29b", MUST, "require('lib.shared').name = 'evil'"),
    ("29c", MUST, "require('lib.shared').deep.a.b = 'evil'"),
    ("29d", MUST, "case.facts.count = 99"),
    ("29e", MUST, "case.facts.list[1] = 'evil'"),
    ("29f", MUST, "table.insert(require('lib.shared').list, 1, 'evil')"),
    ("29g", MUST, "now.date = '1999-01-01'"),
    ("29h", MUST, "today.value = 'input'"),
    ("29i", MUST, "table.sort(case.facts.list, function(a, b) return a > b end)"),
    ("29j", MAY, "for k in pairs(_ENV) do _ENV[k] = nil end"),
    ("29k", MAY, "evil = 'left for the next one'"),
    ("30", MUST, "local function f() return 1 + f() end\nf()"),
    # what comes back (row 23, and everything that is no effect)
    ("23", MUST, "local t = {}\nt.t = t\nreturn { set('list', t) }"),
    ("23b", MUST, "local t = {}\nfor i = 1, 100 do t = { t } end\nreturn { set('list', t) }"),
    ("23c", MUST, "local t = {}\nfor i = 1, 300000 do t[i] = 'x' end\nreturn { set('list', t) }"),
    ("23d", MUST, "return { set('list', { function() end }) }"),
    ("23e", MUST, "return { set('count', 0 / 0) }"),
    ("23f", MUST, "return { set('count', math.huge) }"),
    ("23g", MUST, "return { set('mark', '\\xff\\xfe') }"),
    ("23h", MUST, "return { set('list', { 'a', x = 'b' }) }"),
    ("n1", MUST, "return 5"),
    ("n2", MUST, "return 'approved'"),
    ("n3", MUST, "return { 1, 2 }"),
    ("n4", MUST, "return { set('nothing', 1) }"),
    ("n5", MUST, "return { set('count', 'many') }"),
    ("n6", MUST, "return { set('count', 1.5) }"),
    ("n7", MUST, "return { set('on', '2022-02-30') }"),
    ("n8", MUST, "return { set('mark', ('长'):rep(5000)) }"),
    ("n9", MUST, "return { open 'nowhere' }"),
    ("n10", MUST, "return { open 'calm' }"),
    ("n11", MUST, "return { close 'calm' }"),
    ("n12", MUST, "return { pause 'nothing' }"),
    ("n13", MUST, "return { follow 'nowhere' }"),
    ("n14", MUST, "return { classify(99) }"),
    ("n15", MUST, "return { act { case = 'nobody', stage = 'attacks', action = 'fine' } }"),
    ("n16", MUST, "return { act { case = case.id, stage = 'attacks', action = 'n16' } }"),
    ("n17", MUST, "return { create { kind = 'nothing', facts = {} } }"),
    ("n18", MUST, "return { set('count', 7), set('mark', 'half'), set('nothing', 1) }"),
    ("n19", MUST, "return { append('count', 1) }"),
    ("n20", MUST, "return { { ['do'] = 'drop', is = 'effect' } }"),
    ("n21", MUST, "local out = {}\nfor i = 1, 300000 do out[i] = set('count', i) end\nreturn out"),
    ("n22", MUST, "error('it says so')"),
    ("n23", MUST, "error({ code = 7 })"),
    ("n24", MUST, "error(nil)"),
    ("n25", MUST, "local x = case.nothing.at.all"),
    ("n26", MUST, "return { add('nothing', 'a', {}) }"),
    ("n28", MUST, "return { notify { to = { 'clerk' }, zh = '不该有', en = 'should not be' }, add('list', 'half', { name = 5 }) }"),
    ("n29", MUST, "return { add('list', 'good', { name = 'x' }), set('mark', 'half'), add('list', 'bad', { name = 5 }) }"),
    ("n30", MUST, "return { change('list', 'nobody', { name = 'x' }) }"),
    ("n27", MUST, "return { create { kind = 'victim', facts = { title = 5 } } }"),
]


def write_rules(folder):
    """The rules with one action for each attack; {name: (first line, last line)}."""
    shutil.copytree(RULES, folder, dirs_exist_ok=True)
    lines, places = ['return stage "attacks" { kind = "victim", articles = { 1 }, title = { zh = "攻击", en = "Attacks" }, owner = "clerk",', "actions = {",
                     'fine = { by = "clerk", title = { zh = "正常", en = "Fine" }, effect = function(case) return { set("count", case.facts.count + 1) } end },'], {}
    for row, _, body in ATTACKS:
        name = row if row[0].isalpha() else "r" + row
        lines.append(f'{name} = {{ by = "clerk", title = {{ zh = "{row}", en = "{row}" }}, effect = function(case, given, now)')
        first = len(lines)
        lines += body.split("\n")
        lines.append("end },")
        places[name] = (first, len(lines))
    lines.append("} }")
    with open(os.path.join(folder, "stages", "attacks.lua"), "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    return places


class Beside(threading.Thread):
    """Another's connection: does WORK again and again, keeps the longest time it took and how often it was done."""

    def __init__(self, work):
        super().__init__(daemon=True)
        self.work, self.client, self.stopping = work, Client(W.server.port), False
        self.client.token = W.clerk.token
        self.longest, self.count, self.fault = 0.0, 0, None

    def run(self):
        try:
            while not self.stopping:
                start = time.monotonic()
                self.work(self.client)
                self.longest = max(self.longest, time.monotonic() - start)
                self.count += 1
        except Exception as fault:  # noqa: BLE001: told by the one who joins
            self.fault = fault

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stopping = True
        self.join(60)
        assert self.fault is None, self.fault


class World:
    def __init__(self, running, places):
        self.server, self.places = running, places
        running.org("u", "单位", "Unit", "100000", ["clerk"])
        running.user("clerk", "经办", "u")
        self.clerk = running.login("clerk")
        self.id = self.clerk.create("victim", {"title": "受害"})["id"]
        self.calm = self.clerk.create("calm", {"title": "平常"})["id"]

    def look(self):
        """The next call sees the world as it should be."""
        said = self.clerk.act(self.calm, "calm", "look")["facts"]["said"]
        assert said == LOOK, f"the state is poisoned: {said}"


def failed(refusal, path, lines):
    """A script's fault: 500, both languages, the place."""
    assert refusal.status == 500 and refusal.codes == ["script.failed"], refusal
    zh, en = refusal.refusals[0]["zh"], refusal.refusals[0]["en"]
    assert "规则脚本出错" in zh and "A rule script failed" in en, refusal
    place = re.search(re.escape(path) + r":(\d+)", en)
    assert place and place[0] in zh, f"no {path}:LINE in {en} / {zh}"
    assert lines[0] <= int(place[1]) <= lines[1], f"{place[0]} is not within lines {lines}: {en}"


def attack(name, must):
    before = W.clerk.case(W.id)
    start = time.monotonic()
    try:
        W.clerk.act(W.id, "attacks", name)
        outcome = None
    except Refused as refusal:
        outcome = refusal
    took = time.monotonic() - start
    W.look()
    resumed = time.monotonic() - start - took
    after = W.clerk.case(W.id)
    assert took < BUDGET + SLACK, f"it took {took:.1f} s"
    assert resumed < SLACK, f"the next write took {resumed:.1f} s"
    if outcome is None:
        assert not must, f"it came through: {after['facts']}"
        assert after["facts"] == before["facts"]
        return took
    failed(outcome, "stages/attacks.lua", W.places[name])
    assert (after["version"], after["facts"], after["stages"], after["documents"]) == (before["version"], before["facts"], before["stages"], before["documents"])
    return took


def test_attacks():
    faults, longest = [], 0
    with Beside(lambda c: c.get("/api/v1/cases")) as lists, Beside(lambda c: c.case(W.calm)) as cases, Beside(lambda c: c.get(f"/api/v1/cases/{W.calm}/events", limit=1)) as events:
        for row, must, _ in ATTACKS:
            counts, name = [b.count for b in (lists, cases, events)], row if row[0].isalpha() else "r" + row
            for b in (lists, cases, events):
                b.longest = 0
            try:
                took = attack(name, must)
                longest = max(longest, took)
                slow = max(b.longest for b in (lists, cases, events))
                assert slow < READ_MOST, f"a read took {slow:.2f} s meanwhile"
                if took > 0.2:
                    assert all(b.count > n for b, n in zip((lists, cases, events), counts)), "no read was answered meanwhile"
            except Exception as fault:  # noqa: BLE001: all rows are tried
                faults.append(f"row {row}: {str(fault)[:600]}")
    print(f"# figure {len(ATTACKS)} attacks, the longest {longest:.2f} s; {lists.count + cases.count + events.count} reads beside them")
    assert not faults, "\n".join(faults)
    assert W.clerk.act(W.id, "attacks", "fine")["facts"]["count"] == 1


def test_no_half():
    """Nothing that a failed script asked for beside its fault is there: no notice, no entry."""
    while any(c["due"] for c in W.server.operator("outbox.list")["counts"]):
        pass  # notices are delivered beside the work: asks until none waits
    assert W.clerk.get("/api/v1/inbox")["items"] == []
    assert W.clerk.get("/api/v1/registers/list")["items"] == []


def test_writes_resume():
    """Others' writes wait for the budget of a wild script at most, and are done, each once."""
    with Beside(lambda c: c.act(W.calm, "calm", "look")) as writes:
        for _ in range(3):
            attack("r0", MUST)
    assert writes.longest < BUDGET + SLACK and writes.count > 3, (writes.longest, writes.count)


def test_attack_with_a_key():
    """A failed script leaves its key free, and a batch of good commands around it is done."""
    key = {"Idempotency-Key": "evil"}
    path = f"/api/v1/cases/{W.id}/actions/attacks/"
    for _ in range(2):
        assert W.clerk.request("POST", path + "n22", {}, key)[0] == 500
    gate, results = threading.Barrier(12), []

    def one(i):
        client = Client(W.server.port)
        client.token = W.clerk.token
        gate.wait()
        results.append((i % 3, client.request("POST", path + ("fine", "n18", "n22")[i % 3], {})[0]))
    before = W.clerk.case(W.id)["facts"]["count"]
    threads = [threading.Thread(target=one, args=(i,)) for i in range(12)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(results) == [(0, 200)] * 4 + [(1, 500)] * 4 + [(2, 500)] * 4, results
    assert W.clerk.case(W.id)["facts"]["count"] == before + 4
    compare(W.clerk.case(W.id), W.clerk.events(W.id))


def test_guards():
    """A guard that fails is no permission and no refusal; the cases beside it are listed and served."""
    for name, place in (("guard_never", 1), ("guard_throws", 2), ("guard_nonsense", 3), ("check_never", 1), ("check_throws", 2), ("check_nonsense", 3)):
        id_ = W.clerk.create("guarded", {"title": name})["id"]
        with Beside(lambda c: c.case(W.calm)) as reads:
            try:
                W.clerk.act(id_, name, "go")
                raise AssertionError(name + " came through")
            except Refused as refusal:
                failed(refusal, "stages/guarded.lua", (place, place))
            if name in ("guard_throws", "guard_nonsense"):  # that one action is blocked, the case is there; the operator is told
                shown = next(a for a in W.clerk.case(id_)["actions"] if a["action"] == "go")
                reason = shown["reasons"][0]
                assert not shown["allowed"] and reason["code"] == "script.fault" and reason["zh"] and f"stages/guarded.lua:{place}" in reason["en"], shown
                assert "script.fault" in W.server.log_text()
            elif not name.startswith("check"):  # a spent budget is the whole call's
                try:
                    W.clerk.case(id_)
                    raise AssertionError(name + ": the case was shown as if its guard had spoken")
                except Refused as refusal:
                    assert refusal.status == 500 and refusal.refusals[0]["zh"] and refusal.refusals[0]["en"], refusal
                    assert f"stages/guarded.lua:{place}" in refusal.refusals[0]["en"], refusal
        assert reads.longest < BUDGET + SLACK
        events = W.clerk.events(id_)
        assert [e["do"] for e in events] == ["create"] and id_ in [item["id"] for item in W.clerk.get("/api/v1/cases")["items"]]
        W.look()


def test_deadlines_that_fail():
    """What follows a deadline fails: it stays due and is told to the operator; the others fire, and the clock moves on."""
    ids = [W.clerk.create("guarded", {"title": name})["id"] for name in ("due_throws", "due_nonsense", "due_half", "due_never")]
    calm = W.clerk.create("calm", {"title": "其他"})["id"]
    W.server.clock("+5d")
    case = W.clerk.case(calm)
    assert case["facts"]["late"] and [e["do"] for e in W.clerk.events(calm)] == ["create", "due"]
    for id_ in ids:
        assert W.clerk.case(id_)["version"] == 1 and W.clerk.case(id_)["deadlines"][0]["state"] == "overdue"
    log = W.server.log_text()
    assert all(f"deadline.fire: stages/guarded.lua:{line}: " in log for line in (1, 2, 3)), log[-3000:]
    assert W.clerk.get("/api/v1/registers/list")["items"] == []
    W.look()


def test_hostile_files():
    """A file that can't be loaded ends the start with one line that names it; nothing hangs."""
    hostile = {
        "loops": "while true do end", "a 50 MB constant": "return '" + "x" * (50 << 20) + "'", "300 locals": "\n".join(f"local v{i} = {i}" for i in range(300)),
        "deep nesting": "return " + "{" * 250 + "}" * 250, "deep parentheses": "return " + "(" * 5000 + "1" + ")" * 5000, "deep concatenation": "return " + "'x' .. " * 50000 + "'x'",
        "bytecode": "\x1bLuaT\x00\x19\x93\r\n\x1a\n", "a huge chunk": "local t = {}\n" + "t[#t + 1] = 1\n" * 750_000, "returns nonsense": "return 5", "no declaration": "return { is = 'stage' }",
        "not text": "\udcff\udcfe = 1", "eats memory": "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end", "throws": "error('no')",
        "a wrong word": "return stage 'x' { kind = 'calm', articles = { 1 }, title = { zh = 'x', en = 'x' }, actoins = {} }", "too many upvalues": "return " + "function() return " * 200 + "1" + " end" * 200,
    }
    program = os.path.join(os.environ.get("BANFA_BUILD") or os.path.join(ROOT, "build", PRESET), "banfa")
    faults = []
    for name, text in hostile.items():
        with tempfile.TemporaryDirectory() as folder:
            scripts = os.path.join(folder, "scripts")
            shutil.copytree(RULES, scripts)
            with open(os.path.join(scripts, "stages", "hostile.lua"), "wb") as f:
                f.write(text.encode("utf-8", "surrogateescape"))
            start = time.monotonic()
            run = subprocess.run([program, "serve", "--config", os.path.join(ROOT, "config", "banfa.json"), "--data", os.path.join(folder, "data"), "--scripts", scripts,
                                  "--listen", f"127.0.0.1:{free_port()}", "--clock", "2022-09-01"], capture_output=True, timeout=60, check=False)
            said = [line for line in run.stderr.decode(errors="replace").splitlines() if not line.startswith("{")]
            took = time.monotonic() - start
            if run.returncode != 1 or len(said) != 1 or "stages/hostile.lua" not in said[0] or took > 15:
                faults.append(f"{name}: code {run.returncode}, {took:.1f} s: {' | '.join(said)[-600:]}")
    assert not faults, "\n".join(faults)


def test_in_the_end():
    compare(W.clerk.case(W.id), W.clerk.events(W.id))
    W.server.operator("audit.verify")
    with open(f"/proc/{W.server.process.pid}/status", encoding="utf-8") as f:
        peak = int(re.search(r"VmHWM:\s+(\d+) kB", f.read())[1]) // 1024
    print(f"# figure {peak} MiB at most in all of this")
    if os.path.basename(PRESET) == "release":
        assert peak < 400, f"{peak} MiB"  # three states of 64 MiB, passwords of 64 MiB


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as rules_folder:
        ending, found = None, write_rules(rules_folder)
        with server(scripts=rules_folder) as served:
            W = World(served, found)
            try:
                main(globals())
            except SystemExit as end:  # the server's own end is looked at first
                ending = end
        raise ending
