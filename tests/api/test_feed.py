"""The calendar feed: a person's own deadlines, well formed by RFC 5545 and read by two independent libraries, taken back when they end, opened by its
own token and nothing else."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_test import ROOT, Client, configured, main, refused  # noqa: E402

RULES = os.path.join(ROOT, "tests", "bench", "rules")


def events(text):
    """Unfolded, each VEVENT as {name: value}; every rule of form is checked on the way."""
    assert text.endswith(b"\r\n") and b"\n" not in text.replace(b"\r\n", b"")
    for line in text.split(b"\r\n"):
        assert len(line) <= 75, line
        line.decode()  # no character is cut by folding
    lines = text.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-1] == "END:VCALENDAR" and "VERSION:2.0" in lines and any(line.startswith("PRODID:") for line in lines)
    out, stack = [], []
    for line in lines:
        name, value = line.split(":", 1)
        if name == "BEGIN":
            stack.append(value)
            if value == "VEVENT":
                out.append({})
        elif name == "END":
            assert stack.pop() == value
        elif stack[-1] == "VEVENT":
            assert name not in out[-1], name
            out[-1][name] = value
    assert not stack
    for event in out:
        assert {"UID", "DTSTAMP", "DTSTART;VALUE=DATE", "SUMMARY"} <= set(event), event
    return out


# Run by Debian's own Python, which its libraries are installed for. Each says what it read, in the same words.
READERS = {
    "icalendar": """
import datetime, icalendar, json, sys
def utc(day, delta): return (datetime.datetime.combine(day, datetime.time()) + delta).isoformat()
calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
out = []
for e in calendar.walk("VEVENT"):
    assert not e.errors, e.errors
    start = e.decoded("DTSTART")
    out.append([str(e["UID"]), start.isoformat(), e.decoded("DTEND").isoformat(), str(e["SUMMARY"]), int(e["SEQUENCE"]), str(e["STATUS"]),
                e.decoded("DTSTAMP").strftime("%Y%m%dT%H%M%SZ"), [utc(start, a.decoded("TRIGGER")) for a in e.walk("VALARM")], str(e.get("URL", ""))])
print(json.dumps(out))
""",
    "vobject": """
import datetime, json, sys, vobject
def utc(day, delta): return (datetime.datetime.combine(day, datetime.time()) + delta).isoformat()
calendar = vobject.readOne(sys.stdin.buffer.read().decode())
if calendar.contents.get("vevent"):
    calendar.validate(raiseException=True)
out = []
for e in calendar.contents.get("vevent", []):
    start = e.dtstart.value
    out.append([e.uid.value, start.isoformat(), e.dtend.value.isoformat(), e.summary.value, int(e.sequence.value), e.status.value,
                e.dtstamp.value.strftime("%Y%m%dT%H%M%SZ"), [utc(start, a.trigger.value) for a in e.contents.get("valarm", [])],
                e.url.value if "url" in e.contents else ""])
print(json.dumps(out))
"""}


def read(text):
    """The feed as both libraries read it, which must be the same: by UID { start, end, summary, sequence, status, stamp, alarms, url }."""
    said = {}
    for name, program in READERS.items():
        run = subprocess.run(["/usr/bin/python3", "-W", "ignore", "-c", program], input=text, capture_output=True, check=False)
        assert run.returncode == 0, f"{name} (package python3-{name}): {run.stderr.decode()[-800:]}"
        said[name] = json.loads(run.stdout)
    assert said["icalendar"] == said["vobject"], said
    names = ("start", "end", "summary", "sequence", "status", "stamp", "alarms", "url")
    found = {one[0]: dict(zip(names, one[1:])) for one in said["vobject"]}
    assert len(found) == len(said["vobject"]), "a UID comes twice"
    return found


def test_a_person_s_own_deadlines():
    with configured({}, settings={"public_url": "https://banfa.example"}, scripts=RULES) as s:
        s.org("o1", "单位一", "Unit 1", "100000", ["clerk"])
        s.org("o2", "单位二", "Unit 2", "100000", ["clerk"])
        s.user("u1", "甲", "o1")
        s.user("u2", "乙", "o2")
        a, b = s.login("u1"), s.login("u2")
        title = "很长的名称,带逗号;分号\\反斜线 and some English, so that it must be folded 很长很长很长很长很长"
        mine = a.create("item", {"title": title, "amount": 100, **{f"f{k:02d}": "x" for k in range(1, 11)}})["id"]
        other = b.create("item", {"title": "别人的", "amount": 100, **{f"f{k:02d}": "x" for k in range(1, 11)}})["id"]
        for c, id in ((a, mine), (b, other)):
            c.act(id, "work", "note", amount=1, text="x")
        feed = a.post("/api/v1/me/feed")
        anyone = Client(s.port)
        status, headers, text = anyone.request("GET", feed["url"])
        assert status == 200 and headers["Content-Type"].startswith("text/calendar")
        found = events(text)
        assert [e["UID"] for e in found] == [f"{mine}.work.answer@banfa"]
        assert found[0]["DTSTART;VALUE=DATE"] == "20240315"  # ten working days after Friday the 1st
        assert title.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;") in found[0]["SUMMARY"]
        uid = found[0]["UID"]
        first = read(text)[uid]
        assert first["start"] == "2024-03-15" and first["end"] == "2024-03-16" and first["summary"].startswith(title) and first["status"] == "CONFIRMED"
        assert first["url"] == f"https://banfa.example/cases/{mine}"
        assert first["alarms"] == ["2024-03-12T09:00:00", "2024-03-15T09:00:00"]  # at nine, on working days
        # nothing new is not sent again
        status, _, nothing = anyone.request("GET", feed["url"], headers={"If-None-Match": headers["ETag"]})
        assert status == 304 and not nothing
        # moved: the same event, later in sequence
        s.clock("2024-03-05T09:00")
        a.act(mine, "work", "note", amount=1, text="later")
        status, moved_headers, text = anyone.request("GET", feed["url"], headers={"If-None-Match": headers["ETag"]})
        moved = read(text)[uid]
        assert status == 200 and moved_headers["ETag"] != headers["ETag"]
        assert moved["start"] == "2024-03-19" and moved["sequence"] > first["sequence"] and moved["stamp"] > first["stamp"]
        # done: taken back from calendars that have copied it, for a month
        a.act(mine, "work", "finish")
        ended = read(anyone.request("GET", feed["url"])[2])
        assert set(ended) == {uid} and ended[uid]["status"] == "CANCELLED" and ended[uid]["sequence"] > moved["sequence"] and not ended[uid]["alarms"]
        s.clock("2024-04-10T09:00")
        assert read(anyone.request("GET", feed["url"])[2]) == {}
        # the token opens the feed and nothing else; a new one ends it
        thief = Client(s.port)
        thief.token = feed["token"]
        refused(lambda: thief.get("/api/v1/me"), 401)
        refused(lambda: anyone.get("/api/v1/calendar.ics"), 401, "feed.token")
        refused(lambda: anyone.get("/api/v1/calendar.ics?token=nothing"), 401, "feed.token")
        a.post("/api/v1/me/feed")
        refused(lambda: anyone.get(feed["url"]), 401, "feed.token")


main(globals())
