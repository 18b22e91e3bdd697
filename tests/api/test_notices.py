"""Notices beyond the inbox: to each person by the channels they chose, when they may be told; a lane for each channel; what fails waits or is
set aside with its reason, and others go on."""
import json
import os
import re
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import receivers  # noqa: E402
from banfa_test import ROOT, command, free_port, main, refused, server, worded  # noqa: E402

RULES = os.path.join(ROOT, "tests", "bench", "rules")


class World:
    """A server with receivers for its channels. `clerk` u1 and `mate` u2 are of one body, `other` of another."""

    def __init__(self, clock="2024-03-01T09:00", scripts=RULES, url=None, **targets):
        self.clock, self.scripts, self.url, self.targets = clock, scripts, url, targets

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="banfa-notices-")
        path = os.path.join(self.folder.name, "targets.json")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
            json.dump(self.targets, f)
        config = os.path.join(self.folder.name, "banfa.json")
        with open(config, "w") as f:
            json.dump({**({"public_url": self.url} if self.url else {}), "scripts": self.scripts, "calendar": os.path.join(ROOT, "config", "calendar"),
                       "load": ["storage_sqlite", "http", "scheduler", "notify_inbox", "transfer", "notify_webhook"],
                       "plugins": {"notify_webhook": {"targets_file": path}}}, f)
        self.context = server(clock=self.clock, config=config, scripts=self.scripts)
        self.s = s = self.context.__enter__()
        for org, users in (("o1", ("u1", "u2")), ("o2", ("u3",))):
            s.org(org, f"单位{org}", f"Unit {org}", "100000", ["clerk"])
            for user in users:
                s.user(user, f"用户{user}", org)
        s.user("boss", "管理员", "o1", admin=True)
        self.u1, self.u2, self.u3, self.boss = (s.login(u) for u in ("u1", "u2", "u3", "boss"))
        return self

    def __exit__(self, *exception):
        self.context.__exit__(*exception)
        self.folder.cleanup()

    def due(self, title="甲事项"):
        """A case whose deadline (ten working days) has reminders; returns its id."""
        id = self.u1.create("item", {"title": title, "amount": 100, "f01": "x"})["id"]
        self.u1.act(id, "work", "note", amount=1, text="x")
        return id


def bodies(receiver):
    return [json.loads(body) for _, _, body in receiver.seen]


def wait(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.05)


def accept(handler, body):
    return 200, {}, "{}"


def test_by_the_channels_that_people_chose():
    receiver = receivers.Receiver(accept)
    with World(webhook={"one": {"url": receiver.url + "/one"}, "two": {"url": receiver.url + "/two"}}) as w:
        assert w.u1.get("/api/v1/me/notices") == {"preferences": {"channels": []}, "available": ["webhook", "wecom", "dingtalk", "feishu", "sms"]}
        w.u1.post("/api/v1/me/notices", {"channels": [{"channel": "webhook", "address": "one"}]})
        w.u3.post("/api/v1/me/notices", {"channels": [{"channel": "webhook", "address": "two"}], "lang": "en"})
        assert w.u1.get("/api/v1/me/notices")["preferences"]["channels"][0]["address"] == "one"
        refused(lambda: w.u1.post("/api/v1/me/notices", {"channels": [{"channel": "mail", "address": "x"}]}), 422, "channel.unknown")
        refused(lambda: w.u1.post("/api/v1/me/notices", {"channels": [], "quiet": {"from": "25:00", "to": "8"}}), 422, "quiet.time")
        id = w.due()
        w.s.clock("2024-03-12T09:00")  # three working days before the 15th
        wait(lambda: receiver.seen)
        said = bodies(receiver)[0]
        assert said["to"]["user"] == "u1" and said["to"]["address"] == "one" and said["case"] == id
        assert "甲事项" in said["text"]["plain"] and "2024-03-15" in said["text"]["plain"] and "第1条" in said["text"]["plain"]
        w.s.clock("2024-03-20T09:00")
        wait(lambda: len(receiver.seen) >= 3)
        assert {b["to"]["user"] for b in bodies(receiver)} == {"u1"}  # nobody else chose a channel, or is concerned
        keys = [headers["webhook-id"] for _, headers, _ in receiver.seen]
        assert len(keys) == len(set(keys)), keys
        # who has left is told no more
        w.s.operator("user.disable", {"body": {"id": "u1", "disabled": True}})
        count = len(receiver.seen)
        w.u2.act(id, "work", "note", amount=2, text="x")
        w.s.clock("2024-05-20T09:00")
        assert len(receiver.seen) == count
    receiver.stop()


def test_a_long_title_is_cut_between_characters():
    receiver = receivers.Receiver(accept)
    with World(webhook={"one": {"url": receiver.url}}) as w:
        w.u1.post("/api/v1/me/notices", {"channels": [{"channel": "webhook", "address": "one"}]})
        for extra in ("", "a", "ab"):
            w.due(extra + "长" * 400)
        w.s.clock("2024-03-12T09:00")
        wait(lambda: len(receiver.seen) == 3)
        assert all("长" * 50 in b["text"]["plain"] for b in bodies(receiver))
    receiver.stop()


def test_the_words_are_the_rules():
    receiver = receivers.Receiver(accept)
    with worded(RULES) as rules, World(scripts=rules, url="https://banfa.example.gov.cn/", webhook={"one": {"url": receiver.url}}) as w:
        for user, lang in ((w.u1, "zh"), (w.u2, "en")):
            user.post("/api/v1/me/notices", {"channels": [{"channel": "webhook", "address": "one"}], "lang": lang})
        id = w.due()
        w.s.clock("2024-03-12T09:00")
        wait(lambda: len(receiver.seen) == 2)
        said = {b["to"]["lang"]: b["text"] for b in bodies(receiver)}
        link = f"https://banfa.example.gov.cn/cases/{id}"
        assert said["zh"]["plain"].split("\n") == ["甲事项:“答复”将于2024年3月15日到期", "还有3天到期。", "", f"事项:甲事项({id})", "环节:办理", "期限:2024年3月15日", "依据:第1条", f"打开办理:{link}"], said["zh"]
        assert said["en"]["subject"] == "甲事项: Answer falls due on 15 March 2024" and f"Open it: {link}" in said["en"]["plain"]
        assert said["zh"]["link"] == link and link not in said["zh"]["brief"] and "还有3天到期" in said["zh"]["brief"]
        look = "/api/v1/rules/notices"
        assert {n["name"] for n in w.boss.get(look)["items"]} >= {"before", "overdue", "to_superior", "foot", "digest"}
        shown = w.boss.get(look + "/overdue", case=id)
        assert shown["zh"]["subject"].startswith("甲事项:“答复”") and shown["link"] == link and shown["en"]["text"].endswith(f"Open it: {link}"), shown
        assert "zh" not in w.boss.get(look + "/overdue", lang="en") and "link" not in w.boss.get(look + "/overdue")
        refused(lambda: w.boss.get(look + "/overdew"), 404, "notice.unknown")
        refused(lambda: w.boss.get(look + "/overdue", case="x"), 404, "case.unknown")
        refused(lambda: w.u1.get(look + "/overdue"), 403)
        # as the rules of the day word it, with no restart; and what fails, though it passed the check, speaks plainly
        with open(os.path.join(rules, "notices", "deadlines.lua"), encoding="utf-8") as f:
            text = f.read()
        faulty = text.replace('zh = { subject = "{case}:“{duty}”已于{due|date}到期,尚未办理",',
                              'zh = function(n) return { subject = n.case .. (n.case == "桃江县水库监测" and "" or nil) } end, help = { zh = "",')
        assert faulty != text
        candidate = w.boss.post("/api/v1/rules/candidates", {"changes": {"notices/deadlines.lua": faulty}})["id"]
        plan = w.boss.post(f"/api/v1/rules/candidates/{candidate}/plan")
        shown = w.boss.get(look + "/due", case=id, candidate=candidate)
        assert "notices/deadlines.lua:" in shown["fault"] and shown["zh"]["subject"] == "甲事项:“答复”(2024-03-15)", shown
        assert "fault" not in w.boss.get(look + "/due", case=id)
        assert plan["summary"]["affected"] == 0 and any("due" in d["place"] + d["part"] for d in plan["diff"]), plan
        w.boss.post(f"/api/v1/rules/candidates/{candidate}/apply")
        w.s.clock("2024-03-14T09:00")
        wait(lambda: len(receiver.seen) == 4)
        w.s.clock("2024-03-18T09:00")
        wait(lambda: len(receiver.seen) == 6)
        said = {b["to"]["lang"]: b["text"] for b in bodies(receiver)[4:]}
        assert said["zh"]["subject"] == "甲事项:“答复”(2024-03-15)" and link in said["zh"]["plain"] and "第1条" in said["zh"]["plain"], said
        metric = re.search(r"banfa_notice_wording_failures_total (\d+)", str(w.boss.request("GET", "/metrics")))
        assert int(metric[1]) >= 3, "the inbox and two webhooks"
        told = [line for line in w.s.log_text().splitlines() if "notice.wording" in line]
        assert len(told) == 1 and "notices/deadlines.lua:" in told[0], told
    receiver.stop()


def moments(receiver):
    return [int(headers["webhook-timestamp"]) for _, headers, _ in receiver.seen]


def test_quiet_hours_rest_days_and_the_digest():
    receiver = receivers.Receiver(accept)
    with worded(RULES) as rules, World(scripts=rules, webhook={"one": {"url": receiver.url, "secret": "k"}}) as w:
        w.u1.post("/api/v1/me/notices", {"channels": [{"channel": "webhook", "address": "one"}], "quiet": {"from": "20:00", "to": "10:30"}})
        w.u2.post("/api/v1/me/notices", {"channels": [{"channel": "webhook", "address": "one"}], "digest": True})
        ids = [w.due(f"事项{n}") for n in range(3)]
        done = w.due("办结")
        w.s.clock("2024-03-12T10:29")  # the reminders are made at nine, but u1 sleeps long
        wait(lambda: len(w.u1.get("/api/v1/inbox")["items"]) >= 4)
        assert not receiver.seen
        w.u1.act(done, "work", "finish")  # what is done before anybody is told outside is recalled
        w.s.clock("2024-03-12T10:30")
        wait(lambda: len(receiver.seen) == 3)
        assert {b["case"] for b in bodies(receiver)} == set(ids)
        assert {b["to"]["user"] for b in bodies(receiver)} == {"u1"}
        w.s.clock("2024-03-13T08:30")
        wait(lambda: len(receiver.seen) == 4)
        digest = bodies(receiver)[3]
        assert digest["to"]["user"] == "u2" and digest["text"]["subject"] == "今日提醒 3 条" and all(f"· 事项{n}" in digest["text"]["plain"] for n in range(3))
        assert digest["text"]["plain"].count("依据:第1条") == 3 and digest["text"]["plain"].startswith("今日提醒 3 条\n"), digest["text"]["plain"]
        counts = {(c["channel"], c["state"]): c["count"] for c in w.boss.get("/api/v1/outbox")["counts"]}
        assert counts["webhook", "recalled"] == 2 and not w.boss.get("/api/v1/outbox")["troubled"], counts
        w.s.clock("2024-06-30T12:00")
        wait(lambda: not w.boss.get("/api/v1/outbox")["troubled"])
        for moment in moments(receiver):
            local = time.gmtime(moment + 8 * 3600)
            assert local.tm_wday < 5 and 8 <= local.tm_hour < 21, time.strftime("%F %T %a", local)
    receiver.stop()


def test_urgent_ones_wait_for_nobody():
    receiver = receivers.Receiver(accept)
    with worded(RULES) as rules:
        path = os.path.join(rules, "stages", "work.lua")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace('warn = {', "urgent = true, warn = {"))
        with World(clock="2024-03-14T10:00", scripts=rules, webhook={"one": {"url": receiver.url}}) as w:
            w.u1.post("/api/v1/me/notices", {"channels": [{"channel": "webhook", "address": "one"}]})
            w.u2.post("/api/v1/me/notices", {"channels": [{"channel": "webhook", "address": "one"}], "digest": True})
            w.due()  # ten working days end on the 28th; the day has passed at midnight
            w.s.clock("2024-03-27T09:00")
            wait(lambda: len(receiver.seen) == 4)
            w.s.clock("2024-03-29T00:00")
            wait(lambda: len(receiver.seen) == 6)
            assert {b["to"]["user"] for b in bodies(receiver)[4:]} == {"u1", "u2"} and all("已于2024年3月28日到期" in b["text"]["subject"] for b in bodies(receiver)[4:])
            wait(lambda: any(n["at"].startswith("2024-03-29T00:00") for n in w.u1.get("/api/v1/inbox")["items"]))
    receiver.stop()


def test_a_deputy_is_told_while_somebody_is_away():
    """From the first day to the last, by the deputy's own channels; a deputy of another body finds it in the own inbox too. Then no more."""
    receiver = receivers.Receiver(accept)
    with World(webhook={"one": {"url": receiver.url}}) as w:
        u3 = w.s.login("u3")
        u3.post("/api/v1/me/notices", {"channels": [{"channel": "webhook", "address": "one"}]})
        for day, deputy in (("2024-03-11", "u3"), ("2024-03-20", "u2")):
            w.boss.post("/api/v1/users/u1/deputies", {"from": day, "to": day[:9] + ("3" if day[8] == "1" else "1"), "deputy": deputy})
        id = w.due()  # ten working days from 1 March: due on the 15th, reminders on the 12th and 14th
        w.s.clock("2024-03-12T10:00")
        wait(lambda: [b["to"]["user"] for b in bodies(receiver)] == ["u3"])
        wait(lambda: [n["case"] for n in u3.get("/api/v1/inbox")["items"]] == [id])
        w.s.clock("2024-03-18T10:00")  # back since the 14th: the rest is for the body alone
        wait(lambda: len([n for n in w.u1.get("/api/v1/inbox")["items"] if n["case"] == id]) >= 3)
        assert [b["to"]["user"] for b in bodies(receiver)] == ["u3"], bodies(receiver)
    receiver.stop()


def test_a_slow_channel_delays_no_other():
    gate = threading.Event()

    def slow(handler, body):
        gate.wait(300)
        return 200, {}, '{"errcode":0}'
    stuck, quick = receivers.Receiver(slow), receivers.Receiver(accept)
    with World(webhook={"q": {"url": quick.url}}, wecom={"s": {"url": stuck.url}}) as w:
        w.u1.post("/api/v1/me/notices", {"channels": [{"channel": "wecom", "address": "s"}, {"channel": "webhook", "address": "q"}]})
        for n in range(30):
            w.due(f"事项{n}")
        w.s.clock("2024-03-12T09:00")
        wait(lambda: len(quick.seen) >= 30)
        assert len(quick.seen) == 30
        assert len(stuck.seen) == 0
        assert len(w.u1.get("/api/v1/inbox", unread="true")["items"]) >= 30
        gate.set()
        wait(lambda: len(stuck.seen) >= 18)  # twenty a minute is what a robot bears
    stuck.stop()
    quick.stop()


def test_what_fails_waits_or_is_set_aside():
    mood = {"answer": (500, {}, "oops")}
    receiver = receivers.Receiver(lambda handler, body: mood["answer"])
    with World(webhook={"one": {"url": receiver.url}}) as w:
        w.u1.post("/api/v1/me/notices", {"channels": [{"channel": "webhook", "address": "one"}, {"channel": "webhook", "address": "nowhere"}]})
        w.due()
        w.s.clock("2024-03-12T09:00")

        def troubled():
            return {(t["channel"], t["attempts"]): t["fault"] for t in w.boss.get("/api/v1/outbox")["troubled"]}
        wait(lambda: len(w.boss.get("/api/v1/outbox")["troubled"]) == 2)
        faults = [t["fault"] for t in w.boss.get("/api/v1/outbox")["troubled"]]
        assert any("500" in f for f in faults) and any("targets file" in f for f in faults), faults
        before = len(receiver.seen)
        mood["answer"] = (429, {"Retry-After": "3600"}, "slow down")
        w.s.clock("2024-03-12T09:05")
        wait(lambda: len(receiver.seen) > before)
        before = len(receiver.seen)
        w.s.clock("2024-03-12T09:50")
        mood["answer"] = (200, {}, "{}")
        assert len(receiver.seen) == before  # it asked for an hour
        w.s.clock("2024-03-12T10:10")
        wait(lambda: len(receiver.seen) > before)
        wait(lambda: len(w.boss.get("/api/v1/outbox")["troubled"]) == 1)
        keys = {headers["webhook-id"] for _, headers, _ in receiver.seen}
        assert len(keys) == 1, keys  # the same on every try
        refused(lambda: w.u1.post("/api/v1/outbox/retry", {}), 403)
        assert w.boss.post("/api/v1/outbox/retry", {"channel": "webhook"}) == {"again": 1}
        wait(lambda: w.boss.get("/api/v1/outbox")["troubled"])
        tried = w.boss.post("/api/v1/channels/test", {"channel": "webhook", "address": "one"})
        assert tried == {"delivered": True, "give_up": False}
        tried = w.boss.post("/api/v1/channels/test", {"channel": "webhook", "address": "nowhere"})
        assert tried["delivered"] is False and tried["fault"]
        refused(lambda: w.boss.post("/api/v1/channels/test", {"channel": "pigeon", "address": "x"}), 422, "channel.unknown")
        # the same by command, and as figures
        said = command(w.s, "doctor", "--test", "webhook=one,webhook=nowhere,pigeon=x,mail", "--json")
        checks = [(c["ok"], c["en"]) for c in json.loads(said.stdout)["checks"] if c["name"] in ("channel.webhook", "channel.pigeon", "mail")]
        assert said.returncode == 1 and [ok for ok, _ in checks] == [True, False, False, False], checks
        assert "targets file" in checks[1][1] and "is due" in checks[3][1], checks
        said = command(w.s, "outbox")
        assert said.returncode == 0 and "webhook" in said.stdout and "targets file" in said.stdout, said.stdout
        assert json.loads(command(w.s, "outbox", "--json").stdout)["counts"]
        assert command(w.s, "outbox", "again", "webhook").returncode == 0 and command(w.s, "outbox", "agian").returncode == 2
        metrics = w.boss.request("GET", "/metrics")[2].decode()
        for line in ('banfa_outbox{channel="webhook",state="', "# TYPE banfa_outbox_due gauge", 'banfa_deadlines_overdue{age="week"}', "# TYPE banfa_outbox_due_seconds gauge"):
            assert line in metrics, (line, metrics)
    receiver.stop()


def test_a_dead_receiver_does_not_hold_up_the_stop():
    port = free_port()
    with World(webhook={"one": {"url": f"http://127.0.0.1:{port}"}}) as w:
        w.u1.post("/api/v1/me/notices", {"channels": [{"channel": "webhook", "address": "one"}]})
        w.due()
        w.s.clock("2024-03-12T09:00")
        wait(lambda: w.boss.get("/api/v1/outbox")["troubled"])
        began = time.monotonic()
    assert time.monotonic() - began < 8


if __name__ == "__main__":
    main(globals())
