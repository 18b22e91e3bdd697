"""Deadlines in numbers: many due at once (the time to fire all, what requests feel meanwhile) and many pending (start, memory). Small by default;
BENCH_DUE=1000000 BENCH_PENDING=10000000 for the figures of the design. A timing never fails; a deadline that fires twice or not at all does."""
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
sys.path.insert(0, HERE)
from banfa_test import Server, main  # noqa: E402
from bench_http import figure, load, memory  # noqa: E402

DUE = int(os.environ.get("BENCH_DUE", "20000"))
PENDING = int(os.environ.get("BENCH_PENDING", "200000"))
RULES = os.path.join(HERE, "rules")
SECONDS = 3


def seed(folder, clock):
    """A data folder with one clerk and some cases, each noted on the day of CLOCK; returns its ids and the first one's id."""
    s = Server(os.path.join(folder, "data"), clock=clock, preset="release", scripts=RULES)
    s.org("o1", "单位", "Unit", "100000", ["clerk"])
    s.user("u1", "甲", "o1")
    clerk = s.login("u1")
    ids = [clerk.create("item", {"title": f"事项{i}", "amount": 100, "f01": "内容"})["id"] for i in range(64)]
    clerk.act(ids[0], "work", "note", amount=1, text="催办")
    assert s.stop() == 0
    return ids


def database(folder):
    return sqlite3.connect(os.path.join(folder, "data", "banfa.db"), isolation_level=None)


def columns_of(db, table):
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def clones(db, table, where, count, change):
    """COUNT copies of the rows of TABLE that WHERE selects; CHANGE(row as a dict, number) makes each a new one."""
    names = columns_of(db, table)
    rows = [dict(zip(names, row)) for row in db.execute(f"SELECT * FROM {table} WHERE {where}")]
    assert rows, f"nothing to copy in {table}"

    def all_of_them():
        for i in range(count):
            for row in rows:
                yield tuple(change(dict(row), i)[n] for n in names)
    db.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(names))})", all_of_them())


def copy_case(folder, case, count, with_state):
    """COUNT cases like CASE, with its deadlines, written straight into the database: a million by requests would measure the requests."""
    db = database(folder)
    db.execute("PRAGMA synchronous=OFF")
    db.execute("BEGIN")
    name = f"id = '{case}'"
    first = db.execute("SELECT max(number) FROM cases").fetchone()[0] + 1

    def as_case(row, i):
        state = json.loads(row["state"])
        state["id"], state["number"] = f"copy-{i:08d}", first + i
        row.update(id=state["id"], number=first + i, state=json.dumps(state, ensure_ascii=False, separators=(",", ":")))
        return row

    def as_part(row, i):
        row["case_id"] = f"copy-{i:08d}"
        return row
    if with_state:
        clones(db, "cases", name, count, as_case)
        clones(db, "case_stages", f"case_id = '{case}'", count, as_part)
    clones(db, "deadlines", f"case_id = '{case}'", count, as_part)
    db.execute("UPDATE sequences SET value = ? WHERE name = 'case'", (first + count,))
    db.execute("COMMIT")
    return db


def left(db, now_ms):
    return db.execute("SELECT count(*) FROM deadlines WHERE at_ms <= ?", (now_ms,)).fetchone()[0]


def test_many_due_at_once():
    folder = tempfile.mkdtemp(prefix="banfa-bench-")
    try:
        ids = seed(folder, "2022-09-01T09:00")
        db = copy_case(folder, ids[0], DUE, True)
        now_ms = 1666573200000  # 2022-10-24T09:00 in Shanghai: the day is past for all of them
        due = left(db, now_ms)
        s = Server(os.path.join(folder, "data"), clock="2022-10-24T09:00", preset="release", scripts=RULES)
        began = time.monotonic()
        clerk = s.login("u1")
        p99s, requests = [], 0
        while left(db, now_ms):
            rate, _, p99 = load(folder, "act", s.port, clerk.token, ids[1:], SECONDS)
            p99s.append(p99)
            requests += rate * SECONDS
        took = time.monotonic() - began
        figure("deadlines_due", f"{DUE}", "deadlines at once")
        figure("deadlines_fired", round(due / took), f"rungs/s, all in {took:.1f} s or less, beside {requests / took:.0f} actions/s")
        figure("deadlines_due_p99", max(p99s), "ms for requests meanwhile", "50")
        fired = db.execute("SELECT case_id, count(*) FROM events WHERE case_id LIKE 'copy-%' GROUP BY case_id").fetchall()
        assert len(fired) == DUE and all(n == 1 for _, n in fired), f"{len(fired)} of {DUE} fired, at most {max(n for _, n in fired)} times"
        db.close()
        assert s.stop() == 0, s.log_text()[-3000:]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_many_pending():
    folder = tempfile.mkdtemp(prefix="banfa-bench-")
    try:
        ids = seed(folder, "2022-09-01T09:00")
        db = database(folder)
        each = db.execute("SELECT count(*) FROM deadlines WHERE case_id = ?", (ids[0],)).fetchone()[0]
        db.close()
        copy_case(folder, ids[0], PENDING // each, False).close()
        began = time.monotonic()
        s = Server(os.path.join(folder, "data"), preset="release", scripts=RULES, clock="2022-09-01T09:01")
        took = time.monotonic() - began
        figure("pending_start", round(took * 1000), f"ms from command to ready, {PENDING // each * each} pending", "5000")
        clerk = s.login("u1")
        rate, _, p99 = load(folder, "act", s.port, clerk.token, ids[1:], SECONDS)
        figure("pending_memory", memory(s.process.pid, "VmRSS"), "MiB after a load of requests", "256")
        figure("pending_actions", rate, f"/s, p99 {p99} ms")
        assert s.stop() == 0, s.log_text()[-3000:]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(globals())
