"""2,000 cases in flight and 64 clients acting while the rules change twenty times, with a rollback in between: a threshold, a period, a paper list, the calendar,
a county's stage; some changes let cases stay. No request may fail but for what the rules refuse, every event must name the rules that decided it (worked out here
again from the history), and every deadline must be the one counted from scratch."""
import os
import random
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_test import ROOT, Client, main, server  # noqa: E402

RULES = os.path.join(ROOT, "tests", "api", "rules_two")
CASES, CLIENTS, CHANGES = 2000, 64, 20
SEED = int(os.environ.get("BANFA_STORM_SEED", "20220915"))


def source(stage):
    with open(os.path.join(RULES, "stages", stage + ".lua"), encoding="utf-8") as f:
        return f.read()


WORK = source("work")
COUNTY = {"counties/100001/check.lua": """return stage "check" { kind = "item", articles = { 3 }, title = { zh = "县核查", en = "County check" }, owner = "clerk", limits = { check_within = workdays(4) },
  actions = { pass = { by = "clerk", title = { zh = "通过", en = "Pass" }, effect = { close "check", open "pay" } } },
  deadlines = { checked = { article = 3, title = { zh = "核查", en = "Check" }, from = "opened", limit = "check_within", warn = { workdays(1) }, tell = "clerk" } } }""",
          "counties/100001/work.lua": 'return amend "work" { actions = { pass = { effect = { close "work", open "check" } } } }'}


class Rules:
    """What the changes make of the scripts, one after the other."""

    def __init__(self):
        self.days, self.most, self.paper, self.county = 10, 500, False, False

    def work(self):
        text = WORK.replace("workdays(10)", f"workdays({self.days})").replace("wan(500)", f"wan({self.most})")
        return text.replace('note = { by = "clerk",', 'note = { by = "clerk", needs = docs { "note" },') if self.paper else text

    def step(self, i):
        """(params of the change, its policy)"""
        kind = i % 5
        if kind == 0:
            self.most = 1 if self.most > 1 else 500
        elif kind == 1:
            self.days = 4 + i % 9
        elif kind == 2:
            self.paper = not self.paper
        elif kind == 3:
            return {"calendar": {"2024": {"off": [f"2024-03-{day:02d}" for day in range(4 + i, 8 + i) if day <= 29], "work": ["2024-03-02"]}}}, None
        else:
            self.county = not self.county
            files = COUNTY if self.county else {path: None for path in COUNTY}
            return {"changes": files}, None if self.county else {"stay": ["check"]}
        return {"changes": {"stages/work.lua": self.work()}}, {"stay": ["work"]} if i % 3 == 0 else None


class Actor(threading.Thread):
    def __init__(self, number, port, user, ids, stop):
        super().__init__(daemon=True)
        self.rng, self.ids, self.stop = random.Random(SEED + number), ids, stop
        self.client = Client(port, user, "banfa-demo")
        self.stages = {id: "work" for id in ids}
        self.done, self.refused, self.faults, self.times = 0, 0, [], []

    def act(self, id):
        stage = self.stages[id]
        action = {"work": ["note", "note", "note", "pass"], "check": ["pass"], "pay": ["back", "pay", "pay"]}[stage]
        action = self.rng.choice(action)
        if stage == "work" and action == "note" and self.rng.random() < 0.05:
            return self.client.request("POST", f"/api/v1/cases/{id}/documents?kind=note&name=a.txt", raw=b"paper", headers={"Content-Type": "text/plain"})
        amount = self.rng.choice([50, 2_000_000])
        return self.client.request("POST", f"/api/v1/cases/{id}/actions/{stage}/{action}", {"input": {"amount": amount} if action == "note" else {}})

    def run(self):
        try:
            while not self.stop.is_set():
                id = self.rng.choice(self.ids)
                began = time.monotonic()
                status, _, body = self.act(id) if self.rng.random() < 0.8 else self.client.request("GET", f"/api/v1/cases/{id}")
                self.times.append((time.monotonic() - began, began))
                if status == 422:
                    self.refused += 1
                    codes = {r["code"] for r in body["refusals"]}
                    if not all(r.get("paper") or r.get("article") == 1 or r["code"] == "not_applicable" for r in body["refusals"]):
                        raise AssertionError(f"an unlawful refusal: {codes} {body}")
                elif status not in (200, 201):
                    raise AssertionError(f"{status} {body}")
                else:
                    self.done += 1
                if isinstance(body, dict) and isinstance(body.get("stages"), dict):
                    self.stages[id] = next(name for name, record in body["stages"].items() if record["state"] == "open")
        except Exception as fault:  # noqa: BLE001
            self.faults.append(fault)


def populate(s):
    s.org("o1", "市单位", "City unit", "100000", ["clerk", "office"])
    s.org("o2", "县单位", "County unit", "100001", ["clerk"])
    s.user("u1", "甲", "o1", admin=True)
    s.user("u2", "乙", "o2")
    ids = {"u1": [], "u2": []}

    def make(user):
        c = s.login(user)
        for i in range(CASES // 2 // 8):
            ids[user].append(c.create("item", {"title": f"事项{i}"})["id"])
    threads = [threading.Thread(target=make, args=(user,)) for user in ids for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return ids


def names_of(listed, name):
    return listed is True or name in (listed or ())


class Story:
    """One case's rules, worked out again from the history alone."""

    def __init__(self, first, known):
        self.force, self.known = first, known
        self.open, self.rounds, self.stay = {}, {}, None

    def holds(self):
        if not self.stay or self.stay[0] == self.force:
            return False
        return any(self.open.get(name) == round_ for name, round_ in self.stay[1].items()) or any(name not in self.known[self.force] for name in self.open)

    def change(self, to, policy):
        if self.stay and not self.holds():
            self.stay = None
        stages = {name: round_ for name, round_ in (self.stay[1] if self.stay else {}).items() if not names_of(policy.get("move"), name)}
        stages.update({name: round_ for name, round_ in self.open.items() if names_of(policy.get("stay"), name)})
        ruleset = self.stay[0] if self.stay else self.force
        self.stay = (ruleset, stages) if stages and ruleset != to else None
        self.force = to

    def event(self, event):
        if not self.holds():
            self.stay = None  # the rules in force know its stage again, or are its own
        expected = self.stay[0] if self.stay else self.force
        assert event["ruleset"] == expected, (event, self.stay, self.force)
        for effect in event.get("effects") or []:
            if effect["do"] == "open" and effect["stage"] not in self.open:
                self.rounds[effect["stage"]] = self.rounds.get(effect["stage"], 0) + 1
                self.open[effect["stage"]] = self.rounds[effect["stage"]]
            elif effect["do"] == "close":
                self.open.pop(effect["stage"], None)
        if self.stay and not self.holds():
            assert event.get("moves_to") == self.force, event
            self.stay = None


def check_events(c, ids, changes, known):
    first, count, stayed = changes[0]["from"], 0, 0
    for id in ids:
        story, at = Story(first, known), 0
        for event in c.events(id):
            while at < len(changes) and changes[at]["seq"] < event["seq"]:
                story.change(changes[at]["to"], changes[at].get("policy") or {})
                at += 1
            stayed += story.holds()
            story.event(event)
            count += 1
    return count, stayed


def percentile(times, share):
    return sorted(times)[int(len(times) * share)] * 1000 if times else 0


def test_storm():
    with server(clock="2024-03-01T09:00", scripts=RULES, preset=os.environ.get("BANFA_PRESET", "release")) as s:
        ids = populate(s)
        everyone = ids["u1"] + ids["u2"]
        assert len(everyone) == CASES
        stop = threading.Event()
        actors = [Actor(n, s.port, user, mine, stop) for n in range(CLIENTS) for user in ("u1" if n % 2 == 0 else "u2",) for mine in (ids[user][n // 2::CLIENTS // 2],)]
        admin = s.login("u1")
        for actor in actors:
            actor.start()
        rules, spans = Rules(), []
        known = {admin.get("/api/v1/rules")["in_force"]: {"work", "pay"}}
        try:
            for i in range(CHANGES):
                params, policy = rules.step(i)
                before = sum(actor.done for actor in actors)
                began = time.monotonic()
                done = s.operator("rules.apply", {**params, **({"policy": policy} if policy else {})})
                spans.append((began, time.monotonic()))
                known[done["ruleset"]] = {"work", "pay", "check"} if rules.county else {"work", "pay"}
                if i == CHANGES // 2:
                    back = s.operator("rules.rollback")
                    assert back["ruleset"] == done["before"]
                    again = s.operator("rules.apply", {**params, **({"policy": policy} if policy else {})})
                    assert again["ruleset"] == done["ruleset"]
                while sum(actor.done for actor in actors) < before + 1000 and not any(actor.faults for actor in actors):
                    time.sleep(0.01)  # until a thousand actions were done under these rules; waits for them, not for a time
                s.clock("+20h")
        finally:
            stop.set()
            for actor in actors:
                actor.join(60)
        faults = [actor.faults[0] for actor in actors if actor.faults]
        assert not faults, faults[0]
        assert min(actor.done for actor in actors) > 0
        changes = sorted((e["event"] for e in admin.get("/api/v1/rules")["changes"]), key=lambda e: e["seq"])
        assert len(changes) == CHANGES + 2
        began = time.monotonic()
        events, stayed = check_events(admin, everyone, changes, known)
        assert stayed > 100, f"hardly any event was decided by rules that a case stayed on: {stayed}"
        until = time.monotonic() + 60
        while (report := s.operator("deadline.check"))["reconciling"] and time.monotonic() < until:
            pass
        assert report["ok"] and not report["reconciling"] and report["cases"] == CASES, report
        listed = {(d["case"], d["stage"], d["name"]): d["due"] for d in admin.get("/api/v1/deadlines", limit=5000)["items"]}
        for id in everyone[::20]:
            case = admin.case(id)
            assert {(id, d["stage"], d["name"]): d["due"] for d in case["deadlines"]} == {k: due for k, due in listed.items() if k[0] == id}, id
        assert s.operator("audit.verify")["ok"]
        assert admin.get("/readyz")["status"] == "ready"
        times = [t for actor in actors for t in actor.times]
        during = [t for t, at in times if any(a <= at + t and at <= b for a, b in spans)]
        print(f"# figure storm: {sum(a.done for a in actors)} requests done, {sum(a.refused for a in actors)} refused by the rules, 0 failed, {CHANGES + 2} changes of rules, {events} events checked "
              f"({stayed} decided by rules stayed on); p99 {percentile([t for t, _ in times], 0.99):.0f} ms, {percentile(during, 0.99):.0f} ms while a change was planned and applied; "
              f"a change took {max(b - a for a, b in spans) * 1000:.0f} ms at most; check {time.monotonic() - began:.0f} s")


main(globals())
