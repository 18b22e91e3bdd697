"""Plays histories under a virtual clock: the working days, small real PDFs, the administration socket, and the player that merges lives by date."""
import datetime
import glob
import heapq
import itertools
import json
import os
import re
import zlib

from banfa_client import ROOT, Refused

DAY = datetime.timedelta(1)


def pick(key, choices):
    """One of CHOICES, the same for the same KEY in every run: the city is built without chance."""
    return choices[zlib.crc32(key.encode()) % len(choices)]


class Calendar:
    """Working days as the server's own calendar files have them; weekends beyond those."""

    def __init__(self):
        self.off, self.on = set(), set()
        for path in glob.glob(os.path.join(ROOT, "config", "calendar", "*.json")):
            with open(path, encoding="utf-8") as f:
                year = json.load(f)
            self.off.update(year.get("off", []))
            self.on.update(year.get("work", []))

    def works(self, day):
        return str(day) in self.on or day.weekday() < 5 and str(day) not in self.off

    def roll(self, day):
        """DAY, or the next working day."""
        while not self.works(day):
            day += DAY
        return day

    def add(self, day, count):
        """COUNT working days after DAY (before it, when negative)."""
        step = DAY if count > 0 else -DAY
        for _ in range(abs(count)):
            day += step
            while not self.works(day):
                day += step
        return day

    def months(self, day, count):
        """The last day of a period of months from DAY (Civil Code, art. 200 to 203)."""
        month = day.year * 12 + day.month - 1 + count
        first = datetime.date(month // 12, month % 12 + 1, 1)
        last = datetime.date((month + 1) // 12, (month + 1) % 12 + 1, 1) - DAY
        return self.roll(min(first + (day.day - 1) * DAY, last))


def _hex(text):
    return text.encode("utf-16-be").hex().upper()


def pdf(*lines):
    """A real one-page PDF with LINES of Chinese; the reader's own Song typeface, so nothing is embedded."""
    text = b"BT /F 20 Tf 60 760 Td 34 TL" + b"".join(f" <{_hex(line)}> Tj T* /F 12 Tf".encode() for line in lines) + b" ET"
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
               b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
               b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
               b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>"
               b" /FontDescriptor 7 0 R /DW 1000 >>",
               b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120"
               b" /CapHeight 880 /StemV 93 >>"]
    out, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, table, len(objects) + 1, len(out))


def paper_titles():
    """{paper: 中文名}, from the rules."""
    with open(os.path.join(ROOT, "scripts", "papers.lua"), encoding="utf-8") as f:
        return dict(re.findall(r'^\s*(\w+) = \{ zh = "([^"]+)"', f.read(), re.M))


class Step:
    """One thing somebody does: WHO brings PAPERS and does ACTION ("stage.action", "create", "papers") with INPUT (or what INPUT(player, life) gives)."""

    def __init__(self, day, who, action, papers=(), input_=None):
        self.day, self.who, self.action, self.papers, self.input = day, who, action, papers, input_


class Player:
    """Lives are merged by moment; the clock moves to each moment, and what falls due on the way fires."""

    def __init__(self, server, until):
        self.server, self.until = server, until
        self.clients, self.titles, self.queue, self.order, self.now = {}, paper_titles(), [], itertools.count(), ""
        self.steps = self.uploads = 0

    def client(self, user):
        if user not in self.clients:
            self.clients[user] = self.server.login(user)
        return self.clients[user]

    def add(self, life):
        self.push(life, life.steps(), "")

    def push(self, life, steps, last):
        """The next step of LIFE: from nine o'clock on, one after the other, never before the last one."""
        step = next(steps, None)
        if not step or step.day > self.until:
            return
        minute = 9 * 60 + zlib.crc32(life.key.encode()) % 120
        if last.startswith(str(step.day)):
            minute = int(last[11:13]) * 60 + int(last[14:16]) + 17
        minute = min(minute, 23 * 60)
        moment = f"{step.day}T{minute // 60:02d}:{minute % 60:02d}"
        heapq.heappush(self.queue, (moment, next(self.order), life, steps, step))

    def play(self):
        while self.queue:
            moment, _, life, steps, step = heapq.heappop(self.queue)
            if moment != self.now:
                self.server.clock(moment)
                self.now = moment
            try:
                goes_on = self.take(life, step)
            except Refused as refusal:
                raise RuntimeError(f"{moment} {life.key} {life.id} {step.who} {step.action}: {refusal}") from None
            if goes_on is not False:
                self.push(life, steps, moment)

    def take(self, life, step):
        client = self.client(life.user(step.who))
        given = step.input(self, life) if callable(step.input) else dict(step.input or {})
        if given is None:
            return False  # nothing there to be done: this life goes no further
        for kind in step.papers:
            self.upload(client, life, kind)
        self.steps += 1
        if step.action == "create":
            life.id = client.create(life.kind, given)["id"]
        elif step.action != "papers":
            client.act(life.id, *step.action.split("."), **given)

    def upload(self, client, life, kind):
        zh = self.titles.get(kind, kind)
        client.upload(life.id, kind, zh + ".pdf", pdf(zh, life.title, life.unit_name, self.now[:10], "演示材料 · a paper of the demonstration city"))
        self.uploads += 1
