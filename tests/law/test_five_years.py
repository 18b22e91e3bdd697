"""Five years of the demonstration city, with three restarts (one by kill -9) and two changes of rules on the way: every reminder of every deadline is worked
out again here, from the events alone, with another calendar: its date, its article, who was told. Nothing missing, nothing twice, no reminder on a rest day.
Deadlines that run by a clock with pauses are checked for their reminders' days and people; their last days are counted in test_lives.py."""
import collections
import datetime
import os
import re
import sys
import tempfile
import unittest.mock

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_fold import fold  # noqa: E402
from banfa_test import ROOT, main  # noqa: E402

import build  # noqa: E402
from banfa_client import Server  # noqa: E402
from city import BODIES, UNITS, people  # noqa: E402
from play import Calendar, DAY  # noqa: E402

LAST, END = datetime.date(2026, 11, 22), "2027-06-01T10:00"
RESTARTS = ["2023-04-03T03:00", "2024-10-08T23:30", "2026-02-02T09:00"]
CHANGES = [("2024-01-15T10:00", "stages/archive.lua", r"warn = \{ workdays\(2\) \}", "warn = { workdays(3), workdays(1) }"),
           ("2025-06-16T10:00", "stages/archive.lua", r"after = \{ workdays\(5\), workdays\(15\) \}", "after = { workdays(4) }")]
CALENDAR = Calendar()
ORGS = {o[0]: (o[3], o[4]) for o in [(id, zh, en, place, roles) for id, zh, en, place, roles, _ in BODIES] + [(id, zh, en, place, ["builder"]) for id, zh, en, place, _ in UNITS]}
READER = {org: id for id, _, org, _ in reversed(list(people()))}


class Eventful(Server):
    """A server to which something happens on the way."""

    def start(self):
        super().start()
        if not hasattr(self, "rules"):
            self.rules, self.restarted, self.changed = {}, 0, 0
        return self

    def clock(self, to):
        for moment in sorted(RESTARTS + [c[0] for c in CHANGES]):
            if self.clock_now < moment <= to:
                super().clock(moment)
                self.happens(moment)
        self.clock_now = max(self.clock_now, to)
        return super().clock(to)

    def happens(self, moment):
        if moment in RESTARTS:
            self.kill() if self.restarted == 1 else self.stop()
            self.clock_start = moment
            self.start()
            self.restarted += 1
            self.player.clients.clear()
        for at, path, old, new in CHANGES:
            if at == moment:
                self.change(path, old, new)


def alter(path, old, new):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    text, count = re.subn(old, new, text)
    assert count == 1, f"{path}: {old} stands there {count} times"
    return text


def configured(folder):
    """The city's own configuration, with rules that come into force unproved: the prover has tests of its own."""
    import json
    with open(os.path.join(ROOT, "config", "banfa.json"), encoding="utf-8") as f:
        config = json.load(f)
    config["rules"] = dict(config.get("rules", {}), prove="off")
    config.update(calendar=os.path.join(ROOT, "config", "calendar"), scripts=os.path.join(ROOT, "scripts"))
    path = os.path.join(folder, "city.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(config, f)
    return path


# Dates, worked out here ---------------------------------------------------------------------------------------------------------

def back(day):
    while not CALENDAR.works(day):
        day -= DAY
    return day


def shifted(day, period, sign, roll=True):
    """PERIOD after DAY (SIGN 1), a rest day rolling on; or before it (-1), a rest day moving to the working day before."""
    count, unit = period["count"], period["unit"]
    if unit == "workdays":
        if count == 0:
            return CALENDAR.roll(day) if sign > 0 else back(day)
        return CALENDAR.add(day, sign * count)
    if unit == "days":
        day += sign * count * DAY
    else:
        month = day.year * 12 + day.month - 1 + sign * count * (12 if unit == "years" else 1)
        first = datetime.date(month // 12, month % 12 + 1, 1)
        last = datetime.date((month + 1) // 12, (month + 1) % 12 + 1, 1) - DAY
        day = min(first + (day.day - 1) * DAY, last)
    return (CALENDAR.roll(day) if sign > 0 else back(day)) if roll else day


def listed(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def limit_of(view, stage, name):
    if "." in name:
        stage, name = name.split(".")
    return view["stages"][stage]["limits"][name]


def holds(view, stage, condition, facts):
    if not condition:
        return True
    op = condition["op"]
    if op in ("all", "any", "none"):
        inner = [holds(view, stage, c, facts) for c in condition["of"]]
        return {"all": all(inner), "any": any(inner), "none": not any(inner)}[op]
    fact, value = facts.get(condition["fact"]), condition.get("value")
    if op in ("set", "unset"):
        return (fact is not None) == (op == "set")
    if isinstance(value, dict) and "limit" in value:
        value = limit_of(view, stage, value["limit"])
    if fact is None:
        return op == "~="
    return {"==": fact == value, "~=": fact != value}[op] if op in ("==", "~=") else {"<": fact < value, "<=": fact <= value, ">": fact > value, ">=": fact >= value}[op]


def due_of(view, state, stage, spec):
    """The last day, or None: not alive. Not for deadlines by a clock."""
    own, facts = state["stages"].get(stage), state["facts"]
    sources = listed(spec.get("from"))
    tied = not sources or sources == ["opened"] or spec.get("stage_open")
    if state["ended"] or tied and not (own and own["state"] == "open") or any(facts.get(f) is not None for f in listed(spec.get("unless"))) \
            or not holds(view, stage, spec.get("when"), facts):
        return None
    on, roll = spec.get("on"), spec.get("roll")
    if isinstance(roll, dict):
        roll = limit_of(view, stage, roll["limit"])
    if on:
        month, number, year = (limit_of(view, stage, on[k]["limit"]) if isinstance(on[k], dict) else on[k] for k in ("month", "day", "year"))
        year = facts.get(year) if isinstance(year, str) else year
        if year is None:
            return None
        day = datetime.date((int(str(year)[:4])) + on.get("plus", 0), month, number)
        return CALENDAR.roll(day) if roll else day
    anchors = [own["opened"] if one == "opened" and own else facts.get(one) for one in sources]
    if not anchors or None in anchors:
        return None
    period = limit_of(view, stage, spec["limit"]) if spec.get("limit") else {"count": 0, "unit": "days"}
    return shifted(datetime.date.fromisoformat(max(anchors)), period, 1, roll is not False)


def rungs_of(spec, due):
    """{rung: the moment it comes}."""
    out = {"due": f"{due + DAY}T00:00"}
    for name, sign, entries in (("warn", -1, spec.get("warn")), ("after", 1, spec.get("after")), ("up", 1, [u["after"] for u in listed(spec.get("escalate"))])):
        for i, period in enumerate(listed(entries)):
            out[f"{name}{i}"] = f"{shifted(due, period, sign)}T09:00"
    return out


def posts(roles, place, unit, role):
    """Who holds ROLE: the unit itself, or the bodies of the place, else of the city. None where somebody must stay out of it: tested elsewhere."""
    if roles[role]["scope"] == "unit":
        return {unit}
    for at in (place, "430900"):
        found = {org for org, (where, own) in ORGS.items() if where == at and role in own}
        if found:
            return None if unit in found else found
    return set()


def heard(view, event, spec):
    """[(role, by which words)] of those who hear of an event's rungs. Nobody is above a body of the demonstration city, so that one hears of it itself."""
    own, stage, nature = [r for r in event["rungs"] if not r.startswith("up")], event["stage"], spec.get("nature")
    tell, action = listed(spec.get("tell")), spec.get("action")
    where, action = action.split(".") if action and "." in action else (stage, action)
    by = listed(view["stages"][where]["actions"].get(action, {}).get("by")) if action else []
    duty = [r for r in tell if r in by] or tell
    out = []
    if own:
        words = "before" if own[-1].startswith("warn") else "opens" if nature == "opens" else "due" if own[-1] == "due" else "overdue"
        others = {"before": "before_other", "opens": "opens"}.get(words, "late_other")
        out += [(r, words) for r in duty] + [(r, others) for r in tell if r not in duty]
    for rung in event["rungs"]:
        for role in listed(spec["escalate"][int(rung[2:])]["tell"]) if rung.startswith("up") else ():
            out += [(r, "overdue") for r in duty] if role == "superior" else [(role, "to_supervisor")]
    return out


def morning(at):
    """When a body is told of what came AT: in the waking hours of a working day."""
    day, time = datetime.date.fromisoformat(at[:10]), at[11:]
    if CALENDAR.works(day) and "08:00" <= time < "21:00":
        return at
    return f"{CALENDAR.roll(day if CALENDAR.works(day) and time < '08:00' else day + DAY)}T08:00"


class Told:
    """What the events of one case say about its reminders, against what they had to be."""

    def __init__(self, rules, case, events):
        self.case, self.events, self.rules = case, events, rules
        self.checked = self.clocked = 0
        self.notices = []  # (org, moment, deadline, due, article, words)

    def view(self, event):
        places = self.rules[event["ruleset"]]
        return places.get(self.case["jurisdiction"], places["430900"])

    def check(self):
        fired = set()
        for i, event in enumerate(self.events):
            if event["do"] == "due":
                self.fired(event, fold(self.events[:i]), fired)
            state, until = fold(self.events[:i + 1]), self.events[i + 1]["at"][:16] if i + 1 < len(self.events) else END
            self.nothing_missed(self.view(event), state, event["at"][:16], until, fired)
        return self

    def fired(self, event, state, fired):
        view, at, key = self.view(event), event["at"][:16], (event["stage"], event["deadline"], event["due"])
        spec = view["stages"][event["stage"]]["deadlines"][event["deadline"]]
        what = f"{self.case['id']} {at} {key} {event['rungs']}"
        due = datetime.date.fromisoformat(event["due"])
        if spec.get("clock"):
            self.clocked += 1
        else:
            worked_out = due_of(view, state, event["stage"], spec)
            assert worked_out == due, f"{what}: worked out {worked_out}"
        moments = rungs_of(spec, due)
        wanted = {r for r, moment in moments.items() if moment <= at and (*key, r) not in fired}
        assert set(event["rungs"]) == wanted and len(event["rungs"]) == len(wanted), f"{what}: {wanted} had to come: {moments}"
        for rung in event["rungs"]:
            fired.add((*key, rung))
            if rung != "due":
                assert CALENDAR.works(datetime.date.fromisoformat(moments[rung][:10])), f"{what}: on a rest day"
        self.checked += len(wanted)
        told = {}  # {org: by which words}: who is to act, who is to know, then who is above
        for role, words in heard(view, event, spec):
            orgs = posts(view["roles"], self.case["jurisdiction"], self.case["unit"], role)
            for org in orgs if orgs is not None else {None}:
                told.setdefault(org, words)
        self.notices += [(org, morning(at), event["deadline"], event["due"], spec.get("article"), None if None in told else words) for org, words in told.items()]

    def nothing_missed(self, view, state, since, until, fired):
        for stage, declared in view["stages"].items():
            for name, spec in (declared.get("deadlines") or {}).items():
                if declared["kind"] != self.case["kind"] or spec.get("clock"):
                    continue
                due = due_of(view, state, stage, spec)
                for rung, moment in rungs_of(spec, due).items() if due else ():
                    assert max(moment, since) >= until or (stage, name, str(due), rung) in fired, f"{self.case['id']}: {stage}.{name} {due} {rung} had to come at {moment}, and had not at {until}"


def inboxes(city):
    """{org: [its reminders]}"""
    out = {}
    for org, user in READER.items():
        items, cursor, client = [], None, city.login(user)
        while True:
            page = client.get("/api/v1/inbox", **({"cursor": cursor} if cursor else {}))
            items += [n for n in page["items"] if n.get("deadline") and n.get("when")]
            cursor = page.get("next_cursor")
            if not cursor:
                break
        out[org] = items
    return out


def test_every_reminder_of_five_years():
    made = []

    class City(Eventful):
        clock_now = build.BEGINS

        def __init__(self, data, clock=None):
            super().__init__(data, clock=clock, config=configured(os.path.dirname(data)))
            made.append(self)

        def change(self, path, old, new):
            candidate = self.login("admin").post("/api/v1/rules/candidates", {"changes": {path: alter(os.path.join(ROOT, "scripts", path), old, new)}})["id"]
            self.login("admin").post(f"/api/v1/rules/candidates/{candidate}/plan", {})
            self.login("admin").post(f"/api/v1/rules/candidates/{candidate}/apply", {})
            self.changed += 1
            self.described()

        def described(self):
            client = self.login("admin")
            hash_ = client.get("/api/v1/rules")["in_force"]
            self.rules[hash_] = {place: self.login(user).get("/api/v1/kinds") for place, user in (("430900", "shuili"), ("430903", READER["heshan-weijian"]), ("430922", READER["taojiang-wenlv"]))}

        def operator(self, operation, params=None):
            if operation == "case.list":  # the city stands where its builder ends: the rest of the five years passes, and all is looked at
                self.found = look(self)
            return super().operator(operation, params)

    def look(city):
        city.clock(END)
        for _ in range(20000):
            if not any(c["due"] for c in Server.operator(city, "outbox.list")["counts"]):
                break
        cases = Server.operator(city, "case.list", {"limit": 500})["items"]
        root = city.login("bureau1")
        return [(one, root.events(one["id"])) for one in cases if one["jurisdiction"]], inboxes(city)

    class Played(build.Player):
        def __init__(self, server, last):
            super().__init__(server, last)
            server.player = self

        def play(self):
            self.server.described()
            super().play()

    with tempfile.TemporaryDirectory() as folder, unittest.mock.patch.object(build, "Server", City), unittest.mock.patch.object(build, "Player", Played):
        build.build(os.path.join(folder, "city"), LAST)
    city = made[0]
    cases, boxes = city.found
    assert (city.restarted, city.changed) == (3, 2)
    told = [Told(city.rules, case, events).check() for case, events in cases]
    compare(told, boxes)
    print(f"# figure {len(cases)} cases, {sum(len(e) for _, e in cases)} events, {sum(t.checked for t in told)} reminders checked, {sum(t.clocked for t in told)} by a clock, "
          f"{sum(len(t.notices) for t in told)} notices")


def compare(told, boxes):
    got = collections.Counter((n["case"], org, n["at"][:16], n["deadline"], n["due"], n.get("article"), n["as"]) for org, items in boxes.items() for n in items)
    twice = [k for k, count in got.items() if count > 1]
    assert not twice, f"told twice: {twice[:5]}"
    known = {(t.case["id"], *n) for t in told for n in t.notices}
    vague = {(case, *rest[:-1]) for case, org, *rest in known if rest[-1] is None}  # where somebody stays out of it
    missing = [n for n in known if n[1] in boxes and n[-1] and n not in got]
    besides = [n for n in got if n not in known and (n[0], *n[2:-1]) not in vague]
    for items in boxes.values():
        for n in items:
            assert CALENDAR.works(datetime.date.fromisoformat(n["at"][:10])) and "08:00" <= n["at"][11:16] < "21:00", f"on a rest day, or at night: {n}"
            assert str(int(n["due"][:4])) in n["zh"] and n["zh"] != n["en"] and "{" not in n["zh"] + n["en"] and n["lines"]["zh"], f"worded badly: {n}"
    assert not missing and not besides, f"not told: {missing[:5]}; told besides: {besides[:5]}"
    assert sum(got.values()) > 500


if __name__ == "__main__":
    main(globals())
