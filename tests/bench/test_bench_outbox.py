"""Notices to a local receiver: how many are delivered and written down a second, beside curl sending as many to the same one, which keeps nothing.
BENCH_NOTICES=100000 for a long run. A timing never fails a test; a notice that is not sent does."""
import json
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
from banfa_test import ROOT, Server, main  # noqa: E402
from bench_http import Child, Unavailable, figure  # noqa: E402

NOTICES = int(os.environ.get("BENCH_NOTICES", "5000"))
RULES = os.path.join(HERE, "rules")
CONFIG = """daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log warn; {user}
events {{ worker_connections 1024; }}
http {{ access_log off; keepalive_requests 1000000; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; location / {{ return 200 "{{}}"; }} }} }}
"""


class Receiver(Child):
    """nginx that says yes to everything."""

    def command(self):
        path = os.path.join(self.folder, "nginx.conf")
        with open(path, "w", encoding="utf-8") as f:
            f.write(CONFIG.format(folder=self.folder, port=self.port, user="user root;" if os.getuid() == 0 else ""))
        return [os.path.join(self.root, "usr/sbin/nginx"), "-p", self.folder, "-c", path, "-e", os.path.join(self.folder, "error.log")]


def configured(folder, url):
    targets, config = os.path.join(folder, "targets.json"), os.path.join(folder, "banfa.json")
    with open(os.open(targets, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
        json.dump({"webhook": {"one": {"url": url}}}, f)
    with open(config, "w") as f:
        json.dump({"scripts": RULES, "calendar": os.path.join(ROOT, "config", "calendar"), "load": ["storage_sqlite", "http", "scheduler", "notify_inbox", "transfer", "notify_webhook"],
                   "plugins": {"notify_webhook": {"targets_file": targets}}}, f)
    return config


def many(path):
    """The one notice that was sent becomes NOTICES that wait."""
    with sqlite3.connect(path) as db:
        names = [row[1] for row in db.execute("PRAGMA table_info(outbox)")]
        row = dict(zip(names, db.execute("SELECT * FROM outbox WHERE channel = 'webhook' ORDER BY id LIMIT 1").fetchone()))
        last = db.execute("SELECT max(id) FROM outbox").fetchone()[0]
        user, _, rest = row["key"].partition(".")
        db.executemany(f"INSERT INTO outbox ({','.join(names)}) VALUES ({','.join('?' * len(names))})",
                       ([{**row, "id": last + i, "key": f"{user}{i}.{rest}", "state": "waiting", "attempts": 0, "next_ms": 0, "fault": None}[n] for n in names] for i in range(1, NOTICES + 1)))


def counts(s):
    return {c["state"]: c["count"] for c in s.operator("outbox.list")["counts"] if c["channel"] == "webhook"}


def by_curl(folder, url):
    """The same number of requests by curl alone: the same library, nothing written down."""
    path = os.path.join(folder, "curl")
    with open(path, "w") as f:
        f.write("\n".join(f'url = "{url}"\ndata = "{"x" * 400}"\noutput = "/dev/null"\nnext' for _ in range(NOTICES)).removesuffix("next"))
    began = time.monotonic()
    subprocess.run(["curl", "-s", "--parallel", "--parallel-max", "16", "--config", path], check=True, capture_output=True)
    return NOTICES / (time.monotonic() - began)


def test_deliveries():
    folder = tempfile.mkdtemp(prefix="banfa-bench-")
    receiver = None
    try:
        receiver = Receiver(folder)
        url = f"http://127.0.0.1:{receiver.port}/hook"
        s = Server(os.path.join(folder, "data"), clock="2024-03-04T10:00", preset="release", config=configured(folder, url), scripts=RULES)
        s.org("o1", "单位", "Unit", "100000", ["clerk"])
        s.user("u1", "甲", "o1")
        clerk = s.login("u1")
        clerk.post("/api/v1/me/notices", {"channels": [{"channel": "webhook", "address": "one"}], "quiet": {"from": "00:00", "to": "00:00"}})
        clerk.act(clerk.create("item", {"title": "事项", "amount": 100, "f01": "x"})["id"], "work", "note", amount=1, text="x")
        s.clock("2024-03-18T10:00")
        until = time.monotonic() + 20
        while not counts(s).get("sent") and time.monotonic() < until:
            time.sleep(0.05)  # polled: there is no other sign
        before = counts(s)["sent"]
        s.stop()
        many(os.path.join(s.data, "banfa.db"))
        began = time.monotonic()
        s.start()
        until = began + 60 + NOTICES / 100
        while counts(s).get("waiting") and time.monotonic() < until:
            time.sleep(0.05)
        rate, said = NOTICES / (time.monotonic() - began), counts(s)
        assert said.get("sent") == before + NOTICES and not said.get("aside"), said
        figure("outbox_deliveries", round(rate), f"/s, {NOTICES} notices to a local receiver, each worded, sent and written down")
        if shutil.which("curl"):
            alone = by_curl(folder, url)
            figure("outbox_against_curl", round(rate / alone, 2), f"times curl alone with 16 at once ({alone:.0f} /s), which keeps nothing")
        assert s.stop() == 0, s.log_text()[-3000:]
    except Unavailable as why:
        print(f"# report deliveries were not measured: {why}")
    finally:
        if receiver:
            receiver.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(globals())
