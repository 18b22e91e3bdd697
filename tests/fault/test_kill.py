"""kill -9 at random moments under load: what was answered is there, what was not is whole or absent, and nothing happens twice.

BANFA_KILL_SEED and BANFA_KILL_ROUNDS repeat a run; a failure prints both."""
import asyncio
import collections
import datetime
import hashlib
import json
import os
import random
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from banfa_fold import compare  # noqa: E402
from banfa_raw import Connection, each, operator  # noqa: E402
from banfa_test import PRESET, main, server  # noqa: E402

RULES = os.path.join(os.path.dirname(__file__), "rules")
CLIENTS = 64
GONE = (ConnectionError, asyncio.IncompleteReadError, EOFError)
UNITS = ("u1", "u2", "u3", "u4")
RELEASE = PRESET if os.path.isabs(PRESET) else "release"  # BANFA_PRESET may be a build folder: it serves for both

Op = collections.namedtuple("Op", "kind path body pieces headers key mark case user")


class World:
    """What the clients know: the cases they may act on, and what became of each request."""

    def __init__(self, running, seed):
        self.server, self.rng = running, random.Random(seed)
        self.tokens, self.stage, self.owner = {}, {}, {}
        self.shared, self.ids = [], set()
        self.round, self.number = 0, 0
        self.longest = 0.1  # seconds that moving the clock took at most
        self.seen = collections.Counter()

    def begin(self):
        self.round += 1
        self.answered, self.unanswered = [], []
        self.want, self.uploads, self.killed = None, False, False
        self.mine = [[] for _ in range(CLIENTS)]

    def kill(self):
        if not self.killed:
            self.killed = True
            self.server.kill()


# Requests -----------------------------------------------------------------------------------------------------------------

def request(world, client):
    """The next thing that a client does: mostly on cases of its own, at times on one that all write to."""
    rng, own = world.rng, world.mine[client]
    world.number += 1
    mark, user = f"m{world.round}-{client}-{world.number}", "c" + UNITS[client % 4][1:]
    key = f"k{mark}" if rng.random() < 0.5 else None
    headers = ["Idempotency-Key: " + key] if key else []
    roll = rng.random()
    if world.uploads and own or roll < 0.08 and own:
        case = rng.choice(own)
        size = rng.randrange(1, 400_000 if world.uploads else 3000)
        content = mark.encode() + bytes(size)
        query = urllib.parse.urlencode({"kind": rng.choice(("note", "scan")), "name": mark})
        pieces = [content[i:i + 32768] for i in range(0, len(content), 32768)]
        return Op("upload", f"/api/v1/cases/{case}/documents?{query}", None, pieces, headers + ["Content-Type: application/pdf"], key, mark, case, user)
    headers.append("Content-Type: application/json")
    if not own or roll < 0.25:
        body = {"kind": "item", "facts": {"title": mark, "amount": rng.randrange(10**9)}}
        return Op("create", "/api/v1/cases", body, None, headers, key, mark, None, user)
    if roll < 0.35 and world.shared:
        case, stage, action, user = rng.choice(world.shared), "work", "note", "office"
    else:
        case, stage = rng.choice(own), None
        stage = world.stage[case]
        action = "note" if stage == "work" else rng.choices(("edit", "declare"), (4, 1))[0]
    return Op(action, f"/api/v1/cases/{case}/actions/{stage}/{action}", {"input": {"mark": mark}}, None, headers, key, mark, case, user)


async def perform(world, connection, op):
    body = json.dumps(op.body).encode() if op.body is not None else None
    status, _, content = await connection.send("POST", op.path, world.tokens[op.user], body, op.headers, op.pieces)
    answer = json.loads(content) if content else None
    assert status in (200, 201), f"{op.kind} {op.path}: {status} {answer}"
    return answer


def learn(world, client, op, answer):
    world.answered.append((op, answer))
    if op.kind == "create":
        world.stage[answer["id"]] = "draft"
        world.mine[client].append(answer["id"])
    elif op.kind == "declare":
        world.stage[op.case] = "work"


async def live(world, client):
    """One client, until its connection breaks."""
    try:
        connection = await Connection.open(world.server.port)
    except GONE:
        return
    while True:
        op = request(world, client)
        try:
            answer = await perform(world, connection, op)
        except GONE:
            world.unanswered.append(op)
            return
        learn(world, client, op, answer)
        if world.want is not None and len(world.answered) >= world.want:
            world.kill()


# The moment ----------------------------------------------------------------------------------------------------------------

async def kill_writing(world):
    world.want = world.rng.randrange(1, 500)


async def kill_uploading(world):
    """Large bodies from all sides; the end comes when some of them are on their way."""
    while len(world.answered) < CLIENTS and not world.killed:
        await asyncio.sleep(0)
    world.uploads = True
    world.want = len(world.answered) + world.rng.randrange(1, 80)


async def kill_firing(world):
    """The clock jumps over every pending deadline, and the end comes while they fire."""
    while len(world.answered) < 600 and not world.killed:
        await asyncio.sleep(0)
    asyncio.get_running_loop().call_later(world.rng.uniform(0, world.longest), world.kill)
    start = time.monotonic()
    try:
        await operator(world.server.data, "clock.advance", {"to": f"+{world.rng.randrange(2, 9)}d"})
    except (*GONE, ValueError, OSError):
        world.seen["while deadlines fired"] += 1
        return
    world.longest = max(world.longest, min(time.monotonic() - start, 3))
    world.kill()


async def round_(world, moment):
    world.begin()
    loop = asyncio.get_running_loop()
    await asyncio.gather(moment(world), *[live(world, i) for i in range(CLIENTS)])
    assert world.killed and loop.is_running()


# Afterwards ---------------------------------------------------------------------------------------------------------------

async def again(world):
    """What had a key is asked again, twice: it is done once, and the answer is one."""
    async def retry(connection, op):
        first, second = await perform(world, connection, op), await perform(world, connection, op)
        assert first == second, f"{op.path}: two answers to one key: {first} {second}"
        return op, first
    keyed = [op for op in world.unanswered if op.key]
    world.seen["asked again"] += len(keyed)
    world.answered += await each(world.server.port, keyed, retry)
    world.unanswered = [op for op in world.unanswered if not op.key]


async def new_ids(world):
    connection, found, cursor = await Connection.open(world.server.port), set(), ""
    while True:
        status, page = await connection.json("GET", f"/api/v1/cases?limit=500{cursor}", world.tokens["office"])
        assert status == 200, page
        ids = {item["id"] for item in page["items"]}
        fresh = ids - world.ids
        found |= fresh
        if len(fresh) < len(ids) or "next_cursor" not in page:
            break
        cursor = "&cursor=" + page["next_cursor"]
    connection.close()
    return found


async def listed(world):
    """The deadlines from today on as the list has them, from its own table: {case: {(stage, name, due)}}"""
    _, clock = await operator(world.server.data, "clock.show")
    connection = await Connection.open(world.server.port)
    status, body = await connection.json("GET", f"/api/v1/deadlines?limit=5000&from={clock['now'][:10]}", world.tokens["office"])
    connection.close()
    assert status == 200 and len(body["items"]) < 5000, (status, len(body["items"]))
    found = {}
    for d in body["items"]:
        if d["state"] == "running":
            found.setdefault(d["case"], set()).add((d["stage"], d["name"], d["due"]))
    return found


def check_deadlines(case, told, rows):
    """Derived and stored agree; what is overdue has fired once, what is not has not."""
    derived = {(d["stage"], d["name"], d["due"]) for d in case["deadlines"] if d["state"] == "running"}
    assert derived == rows.get(case["id"], set()), f"{case['id']}: derived {derived}, stored {rows.get(case['id'])}"
    for d in case["deadlines"]:
        fired = told["fired"].get((d["stage"], d["name"], d["due"], "due"), 0)
        assert fired == (d["state"] == "overdue"), f"{case['id']}: {d['stage']}.{d['name']} of {d['due']} is {d['state']}, fired {fired} times"


async def look(world, ids):
    """Every case of IDS against its events: {mark: [(case, version)]}, and how often the office should have been told."""
    token, rows, marks, told_office = world.tokens["office"], await listed(world), {}, collections.Counter()

    async def one(connection, id_):
        status, case = await connection.json("GET", f"/api/v1/cases/{id_}", token)
        assert status == 200, (id_, status, case)
        events, cursor = [], ""
        while True:
            status, page = await connection.json("GET", f"/api/v1/cases/{id_}/events?limit=500{cursor}", token)
            assert status == 200, (id_, status, page)
            events += page["items"]
            if "next_cursor" not in page:
                break
            cursor = "&cursor=" + page["next_cursor"]
        check_deadlines(case, compare(case, events), rows)
        for event in events:
            mark = event.get("input", {}).get("mark") or event.get("facts", {}).get("title") or event.get("document", {}).get("name")
            if mark:
                marks.setdefault(mark, []).append((id_, event["version"]))
            told_office[id_] += sum("office" in e["to"] for e in event.get("effects", []) if e["do"] == "notify")
    await each(world.server.port, sorted(ids), one)
    return marks, told_office


def check_requests(world, marks):
    for op, answer in world.answered:
        found = marks.get(op.mark, [])
        assert len(found) == 1, f"{op.kind} {op.mark} was answered and is there {len(found)} times"
        case, version = found[0]
        if op.kind == "upload":
            assert case == op.case and answer["name"] == op.mark and answer["bytes"] == sum(map(len, op.pieces)), answer
        else:
            assert (case, version) == (answer["id"], answer["version"]), f"{op.mark}: answered {answer['version']}, stored {version}"
    for op in world.unanswered:
        assert len(marks.get(op.mark, [])) <= 1, f"{op.kind} {op.mark} is there {marks[op.mark]}"
        world.seen["done though unanswered" if op.mark in marks else "not done"] += 1
    world.seen["answered"] += len(world.answered)


async def check_documents(world):
    """Papers that were answered are there, byte for byte."""
    connection = await Connection.open(world.server.port)
    for op, answer in [pair for pair in world.answered if pair[0].kind == "upload"][-6:]:
        status, _, content = await connection.send("GET", f"/api/v1/cases/{op.case}/documents/{answer['id']}", world.tokens["office"])
        assert status == 200 and hashlib.sha256(content).hexdigest() == answer["sha256"] == hashlib.sha256(b"".join(op.pieces)).hexdigest(), (op.path, status)
    connection.close()
    assert not os.listdir(os.path.join(world.server.data, "documents", "incoming")), "a half document was left behind"


async def settle(world):
    """Fires what is due by now."""
    status, body = await operator(world.server.data, "clock.advance", {"to": "+0min"})
    assert status == 200, body


async def afterwards(world):
    await settle(world)
    await again(world)
    fresh = await new_ids(world)
    marks, _ = await look(world, fresh | {op.case for op, _ in world.answered if op.case} | {op.case for op in world.unanswered if op.case})
    check_requests(world, marks)
    await check_documents(world)
    status, body = await operator(world.server.data, "audit.verify")
    assert status == 200, f"the audit chain: {status} {body}"
    world.ids |= fresh


async def check_inbox(world):
    """In the end the office has every notice once."""
    while True:  # they are delivered beside the work: until none waits
        status, body = await operator(world.server.data, "outbox.list")
        assert status == 200 and not body["troubled"], body
        waiting = [c for c in body["counts"] if c["state"] == "waiting"]
        if not waiting:
            break
        if not any(c["due"] for c in waiting):  # what passed on a rest day or at night is told in the morning of a working day
            now = (await operator(world.server.data, "clock.show"))[1]["now"]
            morning = datetime.datetime.fromisoformat(now[:10]) + datetime.timedelta(days=1, hours=10)
            status, said = await operator(world.server.data, "clock.advance", {"to": morning.isoformat(timespec="minutes")})
            assert status == 200, said
    _, expected = await look(world, world.ids)
    connection, got, cursor = await Connection.open(world.server.port), collections.Counter(), ""
    while True:
        _, page = await connection.json("GET", f"/api/v1/inbox?limit=100{cursor}", world.tokens["office"])
        got.update(item["case"] for item in page["items"])
        if "next_cursor" not in page:
            break
        cursor = "&cursor=" + page["next_cursor"]
    connection.close()
    wrong = {id_: (n, got[id_]) for id_, n in expected.items() if n != got[id_]}
    assert not wrong and sum(got.values()) == sum(expected.values()), f"notices expected and found: {dict(list(wrong.items())[:5])}"


# The rounds ---------------------------------------------------------------------------------------------------------------

def prepare(world):
    s = world.server
    s.org("o", "主管单位", "Office", "100000", ["office"])
    s.user("office", "主管", "o")
    for unit in UNITS:
        s.org(unit, "单位" + unit, "Unit " + unit, "100000", ["clerk"])
        s.user("c" + unit[1:], "经办", unit)
    for user in ["office", *["c" + unit[1:] for unit in UNITS]]:
        world.tokens[user] = s.login(user).token
    for i in range(3):
        clerk = s.login("c1")
        id_ = clerk.create("item", {"title": f"shared {i}"})["id"]
        clerk.act(id_, "draft", "declare", mark=f"shared {i}")
        world.shared.append(id_)
        world.ids.add(id_)


def restart(world):
    """At times much later than it ended: what fell due meanwhile is fired at the start."""
    s = world.server
    if world.rng.random() < 0.3:
        now = datetime.datetime.fromisoformat(world.clock[:19]) + datetime.timedelta(hours=world.rng.randrange(1, 120))
        s.clock_start = now.isoformat(timespec="minutes")
    s.start()
    world.clock = s.operator("clock.show")["now"]


def rounds(preset, count):
    seed = os.environ.get("BANFA_KILL_SEED", "20220901")
    count = int(os.environ.get("BANFA_KILL_ROUNDS", count))
    with server(preset=preset, scripts=RULES) as running:
        world, done = World(running, f"{seed}/{preset}"), 0
        world.clock = running.operator("clock.show")["now"]
        prepare(world)
        try:
            for done in range(count):
                moment = (kill_writing, kill_firing, kill_writing, kill_uploading, kill_firing)[done % 5]
                asyncio.run(round_(world, moment))
                restart(world)
                asyncio.run(afterwards(world))
            asyncio.run(check_inbox(world))
        except BaseException:
            print(f"# seed {seed}, round {done + 1} of {count} on {preset}; the server's last words:\n{running.log_text()[-1500:]}")
            raise
        print(f"# figure {count} kills on {os.path.basename(preset)}: {len(world.ids)} cases, {world.number} requests, nothing lost, nothing twice")
        print("# " + ", ".join(f"{n} {what}" for what, n in sorted(world.seen.items())))
        assert count < 50 or world.seen["while deadlines fired"] > 0 and world.seen["not done"] > 0, "the kills came at idle moments only"


def test_kill_release():
    rounds(RELEASE, 100)


def test_kill_checked():
    rounds(PRESET, 5)


if __name__ == "__main__":
    main(globals())
