"""The live stream (SSE): what happens reaches who may see it, once, in order, and goes on after a cut. Nobody hears of what they may not see."""
import json
import os
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_test import ROOT, main, server  # noqa: E402

RULES = os.path.join(ROOT, "tests", "bench", "rules")


class Stream:
    """One reader: `events` are (id, name, data) in the order of arrival."""

    def __init__(self, port, token, after=None, slow=False):
        self.socket = socket.create_connection(("127.0.0.1", port), 30)
        if slow:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        head = f"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nAccept: text/event-stream\r\n"
        self.socket.sendall((head + (f"Last-Event-ID: {after}\r\n" if after else "") + "\r\n").encode())
        self.text, self.events, self.last, self.head, self.closed = b"", [], None, None, False
        self.new = threading.Condition()
        if not slow:
            threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        try:
            while data := self.socket.recv(65536):
                self.take(data)
        except OSError:
            pass
        with self.new:
            self.closed = True
            self.new.notify_all()

    def take(self, data):
        with self.new:
            self.text += data
            if self.head is None and b"\r\n\r\n" in self.text:
                head, self.text = self.text.split(b"\r\n\r\n", 1)
                self.head = head.decode()
            while self.head and b"\n\n" in self.text:
                block, self.text = self.text.split(b"\n\n", 1)
                fields = dict(line.split(": ", 1) for line in block.decode().split("\n") if ": " in line)
                self.last = fields.get("id", self.last)
                if "event" in fields:
                    self.events.append((fields["id"], fields["event"], json.loads(fields["data"])))
            self.new.notify_all()

    def wait(self, condition, seconds=20):
        with self.new:
            assert self.new.wait_for(lambda: condition(self), seconds), (self.head, self.closed, self.events[-3:], self.text[-300:])
        return self

    def of(self, case):
        return [data for _, name, data in self.events if name == "case" and data["case"] == case]

    def cut(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.wait(lambda s: s.closed)


def people(s):
    for n in (1, 2):
        s.org(f"o{n}", f"单位{n}", f"Unit {n}", "100000", ["clerk"])
        s.user(f"u{n}", f"用户{n}", f"o{n}")
    return s.login("u1"), s.login("u2")


def new(clerk, title="事项"):
    return clerk.create("item", {"title": title, "amount": 100, "f01": "x"})["id"]


def test_what_is_mine_and_nothing_else():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        a, b = people(s)
        one = Stream(s.port, a.token).wait(lambda x: x.last)
        two = Stream(s.port, b.token).wait(lambda x: x.last)
        assert "text/event-stream" in one.head and "200" in one.head and not one.events
        mine, other = new(a, "我的\n\n事项 id: 9.9"), new(b)
        a.act(mine, "work", "note", amount=1, text="x")
        one.wait(lambda x: len(x.of(mine)) == 2)
        two.wait(lambda x: x.of(other))
        assert not one.of(other) and not two.of(mine)
        created, noted = one.of(mine)
        assert created["do"] == "create" and noted["stage"] == "work" and noted["action"] == "note" and noted["version"] == 2
        assert noted["title"] == "我的\n\n事项 id: 9.9" and noted["by"] == "用户1"
        s.clock("+30d")  # the reminders of the deadline become notices
        one.wait(lambda x: any(name == "notice" for _, name, _ in x.events))
        assert not any(name == "notice" for _, name, _ in two.events)


def test_goes_on_after_a_cut():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        a, _ = people(s)
        mine = new(a)
        seen, stream = [], Stream(s.port, a.token).wait(lambda x: x.last)
        for part in range(5):
            for n in range(20):
                a.act(mine, "work", "note", amount=n, text="x")
                if n == 7:
                    stream.wait(lambda x: len(x.of(mine)) > part)
                    stream.cut()
                    seen += stream.events
                    after = stream.last
            stream = Stream(s.port, a.token, after)
        stream.wait(lambda x: x.of(mine) and x.of(mine)[-1]["version"] == 101)
        seen += stream.events
        versions = [data["version"] for _, name, data in seen if name == "case"]
        assert versions == list(range(2, 102)) and len({id for id, _, _ in seen}) == len(seen), (len(versions), len(seen))
        # a place of long ago, and one that never was: load anew, or begin at the end
        odd = Stream(s.port, a.token, "99999999.0").wait(lambda x: x.events)
        assert odd.events[0][1] == "reload"
        assert Stream(s.port, a.token, "nonsense").wait(lambda x: x.last).events == []


def test_over_a_restart():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        a, _ = people(s)
        mine = new(a)
        stream = Stream(s.port, a.token).wait(lambda x: x.last)
        after = stream.last
        a.act(mine, "work", "note", amount=1, text="x")
        stream.wait(lambda x: x.of(mine))
        s.kill()
        stream.wait(lambda x: x.closed)
        s.start()
        a = s.login("u1")
        assert [e["version"] for e in Stream(s.port, a.token, after).wait(lambda x: x.of(mine)).of(mine)] == [2]


def test_the_end_of_a_session_ends_the_stream():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        a, b = people(s)
        stream = Stream(s.port, a.token).wait(lambda x: x.last)
        a.post("/api/v1/logout", {})
        new(b)
        stream.wait(lambda x: x.closed)
        again = Stream(s.port, a.token).wait(lambda x: x.head)
        assert "401" in again.head
        nobody = Stream(s.port, "").wait(lambda x: x.head)
        assert " 40" in nobody.head
        many = [Stream(s.port, b.token).wait(lambda x: x.head) for _ in range(20)]
        assert sum("200 OK" in x.head for x in many) == 16 and sum("503" in x.head for x in many) == 4


def test_many_readers_and_one_that_does_not_read():
    """Two hundred readers hear of every change; one who takes nothing slows nobody down and is not kept in memory without bound."""
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        people(s)
        tokens = [s.login("u1").token for _ in range(20)]
        a = s.login("u1")
        mine = new(a, "长" * 200)
        lazy = Stream(s.port, tokens[0], slow=True)
        readers = [Stream(s.port, tokens[1 + n % 19]) for n in range(200)]
        for r in readers:
            r.wait(lambda x: x.last)
        began = time.monotonic()
        for n in range(60):
            a.act(mine, "work", "note", amount=n, text="x")
        for r in readers:
            r.wait(lambda x: x.of(mine) and x.of(mine)[-1]["version"] == 61, 60)
            assert [e["version"] for e in r.of(mine)] == list(range(2, 62))
        print(f"# figure stream_200_readers {round(time.monotonic() - began, 1)} s until each had heard of 60 changes (checked build)")
        for r in readers + [lazy]:
            r.socket.close()


if __name__ == "__main__":
    main(globals())
