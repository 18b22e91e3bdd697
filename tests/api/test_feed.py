"""The calendar feed: a person's own deadlines, well formed by RFC 5545, opened by its own token and nothing else."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_test import ROOT, Client, main, refused, server  # noqa: E402

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


def test_a_person_s_own_deadlines():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
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
        s.clock("2024-03-05T09:00")
        a.act(mine, "work", "note", amount=1, text="later")
        again = events(anyone.request("GET", feed["url"])[2])
        assert again[0]["UID"] == found[0]["UID"] and again[0]["DTSTART;VALUE=DATE"] == "20240319" and int(again[0]["SEQUENCE"]) > int(found[0]["SEQUENCE"])
        a.act(mine, "work", "finish")
        assert events(anyone.request("GET", feed["url"])[2]) == []
        # the token opens the feed and nothing else; a new one ends it
        thief = Client(s.port)
        thief.token = feed["token"]
        refused(lambda: thief.get("/api/v1/me"), 401)
        refused(lambda: anyone.get("/api/v1/calendar.ics"), 401, "feed.token")
        refused(lambda: anyone.get("/api/v1/calendar.ics?token=nothing"), 401, "feed.token")
        a.post("/api/v1/me/feed")
        refused(lambda: anyone.get(feed["url"]), 401, "feed.token")


main(globals())
