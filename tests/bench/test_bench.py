"""Speed, memory and start, on the release build: prints figures. A timing never fails; a wrong answer, a lost event or an unclean end does."""
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
sys.path.insert(0, HERE)
from banfa_test import ROOT, Server, main, server  # noqa: E402
from bench_http import CASES, Peer, Tarantool, Unavailable, figure, load, memory  # noqa: E402

SECONDS = int(os.environ.get("BENCH_SECONDS", "4"))
ours = {}  # what the peer is compared with


def fill(s):
    """The clerk who acts and the cases: a title, an amount and ten texts each."""
    s.org("o1", "单位", "Unit", "100000", ["clerk"])
    s.user("u1", "甲", "o1")
    clerk = s.login("u1")
    facts = {f"f{k:02d}": "一些内容 some content" for k in range(1, 11)}
    return clerk, [clerk.create("item", {"title": f"事项{i}", "amount": 100, **facts})["id"] for i in range(CASES)]


def test_actions_and_reads():
    with tempfile.TemporaryDirectory(prefix="banfa-bench-") as folder:
        with server(clock=None, preset="release", scripts=os.path.join(HERE, "rules")) as s:
            clerk, ids = fill(s)
            load(folder, "act", s.port, clerk.token, ids, 1)  # warms up
            before = len(clerk.events(ids[0]))
            rate, p50, p99 = load(folder, "act", s.port, clerk.token, ids, SECONDS)
            ours["act"] = rate
            figure("actions", rate, "/s", "20000")
            figure("actions_p50", p50, "ms")
            figure("actions_p99", p99, "ms", "15")
            rate, p50, p99 = load(folder, "read", s.port, clerk.token, ids, SECONDS)
            ours["read"] = rate
            figure("reads", rate, "/s", "60000")
            figure("reads_p50", p50, "ms")
            figure("reads_p99", p99, "ms")
            figure("memory_under_load", memory(s.process.pid, "VmRSS"), "MiB")
            figure("memory_peak", memory(s.process.pid, "VmHWM"), "MiB, a login's password hash takes 64 of it for a moment")
            events = clerk.events(ids[0])
            case = clerk.get(f"/api/v1/cases/{ids[0]}")
            assert len(events) > before
            assert case["version"] == events[-1]["version"] and case["facts"]["count"] == len(events) - 1, "a case and its events differ"
            s.operator("audit.verify")


def count_of(peer):
    with sqlite3.connect(os.path.join(peer.folder, "peer.db")) as db:
        return db.execute("SELECT (SELECT count(*) FROM events), (SELECT sum(version - 1) FROM cases)").fetchone()  # in one snapshot


def peer_rate(folder, mode, workers):
    """Of two runs, with one worker and with two, each on a database of its own."""
    home = os.path.join(folder, f"{mode}{workers}")
    os.makedirs(home)
    peer = Peer(home, workers)
    try:
        load(home, "act", peer.port, peer.token, peer.ids, 1, ours=False)
        result = load(home, mode, peer.port, peer.token, peer.ids, max(SECONDS - 1, 2), ours=False)
        events, versions = count_of(peer)
        if events - 1 != versions:
            print(f"# report the peer has {events - 1} events for {versions} versions", flush=True)
        return result
    finally:
        peer.stop()


def test_peer():
    """nginx with LuaJIT and SQLite doing the same work: the better of one worker and two."""
    with tempfile.TemporaryDirectory(prefix="banfa-bench-") as folder:
        try:
            for mode, name in (("act", "actions"), ("read", "reads")):
                rate, p50, p99 = max(peer_rate(folder, mode, workers) for workers in (1, 2))
                figure(f"peer_{name}", rate, "/s, nginx with LuaJIT and SQLite")
                figure(f"peer_{name}_p99", p99, "ms")
                if ours.get(mode):
                    figure(f"{name}_against_peer", round(ours[mode] / rate, 2), "times the peer's", "1")
        except Unavailable as why:
            print(f"# report the peer was not measured: {why}")


def test_tarantool():
    """Tarantool doing the same work, durable by its log with fsync."""
    with tempfile.TemporaryDirectory(prefix="banfa-bench-") as folder:
        try:
            peer = Tarantool(folder)
        except Unavailable as why:
            print(f"# report Tarantool was not measured: {why}")
            return
        try:
            load(folder, "act", peer.port, peer.token, peer.ids, 1, ours=False)  # warms up
            for mode, name in (("act", "actions"), ("read", "reads")):
                rate, _, p99 = load(folder, mode, peer.port, peer.token, peer.ids, max(SECONDS - 1, 2), ours=False)
                figure(f"tarantool_{name}", rate, "/s, in memory, log with fsync")
                figure(f"tarantool_{name}_p99", p99, "ms")
                if ours.get(mode):
                    figure(f"{name}_against_tarantool", round(ours[mode] / rate, 2), "times Tarantool's", "1")
        finally:
            peer.stop()


def test_start_and_idle():
    """From the command to the `ready` line with the demonstration city; the memory held then, and after a login and a look at each case."""
    folder = tempfile.mkdtemp(prefix="banfa-bench-")
    data = os.path.join(folder, "data")
    try:
        built = subprocess.run([sys.executable, os.path.join(ROOT, "config", "demo", "build.py"), "--data", data], capture_output=True, text=True)
        assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-2000:]
        times = []
        for _ in range(7):
            began = time.monotonic()
            s = Server(data, preset="release")
            times.append((time.monotonic() - began) * 1000)
            idle = memory(s.process.pid, "VmRSS")
            if len(times) == 7:
                clerk = s.login("bureau1", "banfa-demo")
                for case in clerk.get("/api/v1/cases")["items"]:
                    clerk.get(f"/api/v1/cases/{case['id']}")
                used = memory(s.process.pid, "VmRSS")
            assert s.stop() == 0, s.log_text()[-2000:]
        figure("start", round(sorted(times)[3]), "ms, the demonstration city", "200")
        figure("memory_idle", idle, "MiB", "32")
        figure("memory_after_use", used, "MiB")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(globals())
