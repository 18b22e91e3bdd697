"""kill -9 while notices go out: each one reaches its receiver, and twice only under the same key.
OUTBOX_ROUNDS=200 for the long run."""
import json
import os
import random
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import receivers  # noqa: E402
from banfa_test import ROOT, Server, main  # noqa: E402

RULES = os.path.join(ROOT, "tests", "bench", "rules")
ROUNDS = int(os.environ.get("OUTBOX_ROUNDS", "12"))
EACH = 12


def test_nothing_is_lost_and_nothing_comes_under_two_keys():
    answers = random.Random(7)

    def answer(handler, body):
        time.sleep(answers.random() * 0.03)  # the receiver's own pace: some are under way when the kill comes
        return (200, {}, "{}") if answers.random() > 0.1 else (503, {}, "busy")
    receiver = receivers.Receiver(answer)
    with tempfile.TemporaryDirectory(prefix="banfa-outbox-") as folder:
        path, config = os.path.join(folder, "targets.json"), os.path.join(folder, "banfa.json")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
            json.dump({"webhook": {"one": {"url": receiver.url}}}, f)
        with open(config, "w") as f:
            json.dump({"scripts": RULES, "calendar": os.path.join(ROOT, "config", "calendar"),
                       "load": ["storage_sqlite", "http", "scheduler", "notify_inbox", "transfer", "notify_webhook"],
                       "plugins": {"notify_webhook": {"targets_file": path}}}, f)
        s = Server(os.path.join(folder, "data"), clock="2024-03-04T10:00", preset="release", config=config, scripts=RULES)
        s.org("o1", "单位", "Unit", "100000", ["clerk"])
        s.user("u1", "甲", "o1")
        s.user("boss", "管理员", "o1", admin=True)
        clerk = s.login("u1")
        clerk.post("/api/v1/me/notices", {"channels": [{"channel": "webhook", "address": "one"}], "quiet": {"from": "00:00", "to": "00:00"}})
        day, kills = random.Random(1), 0
        made = []
        for n in range(ROUNDS):
            clerk = s.login("u1")
            for k in range(EACH):
                made.append(clerk.create("item", {"title": f"事项{n}.{k}", "amount": 100, "f01": "x"})["id"])
                clerk.act(made[-1], "work", "note", amount=1, text="x")
            before = len(receiver.seen)
            s.clock("+14d")  # the deadline of this round's cases passes, and its reminders are due
            receiver.wait(before + day.randrange(EACH), 3)  # where in the deliveries the kill comes is left to chance
            s.kill()
            kills += 1
            s.start()
        boss = s.login("boss")
        left, until = None, 0
        while waiting := sum(c["count"] for c in boss.get("/api/v1/outbox")["counts"] if c["channel"] == "webhook" and c["state"] == "waiting"):
            if waiting != left:  # as long as some go out
                left, until = waiting, time.monotonic() + 60
            assert time.monotonic() < until, boss.get("/api/v1/outbox")["counts"]
            before = len(receiver.seen)
            s.clock("+1d")  # what failed is tried again
            receiver.wait(before + 1, 3)
        counts = {c["state"]: c["count"] for c in boss.get("/api/v1/outbox")["counts"] if c["channel"] == "webhook"}
        assert set(counts) == {"sent"}, counts
        keys = {}
        for _, headers, body in receiver.seen:
            keys.setdefault(headers["webhook-id"], set()).add(body)
        told = {json.loads(body)["case"] for _, _, body in receiver.seen}
        assert told == set(made), f"{len(set(made) - told)} cases of {len(made)} were never told of"
        assert len(keys) >= counts["sent"], (len(keys), counts)  # those sent long ago are swept
        assert all(len({json.loads(b)["notice"]["zh"] for b in bodies}) == 1 for bodies in keys.values()), "one key, two notices"
        print(f"# figure {kills} kills while notices went out: {len(keys)} notices, {len(receiver.seen)} deliveries, none lost, none under two keys")
        assert s.stop() == 0
    receiver.stop()


if __name__ == "__main__":
    main(globals())
