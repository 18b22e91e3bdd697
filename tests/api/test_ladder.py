"""The ladder of reminders: before, after, then the body above and the office; what each says, on which days, and that it ends when the duty is done."""
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_test import main, server, worded  # noqa: E402

RULES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rules_ladder")


def people(s):
    s.org("top", "上级单位", "Above", "100000", [])
    s.org("o1", "单位", "Unit", "100000", ["clerk"], parent="top")
    s.org("o2", "主管", "Office", "100000", ["office"])
    for id, org in (("u1", "o1"), ("up", "top"), ("of", "o2")):
        s.user(id, id, org)


def inbox(s, who):
    for _ in range(5000):
        if not any(c["due"] for c in s.operator("outbox.list")["counts"]):
            break
    else:
        raise AssertionError("notices that are not delivered")
    items, cursor, c = [], None, s.login(who)
    while True:
        page = c.get("/api/v1/inbox", **({"cursor": cursor} if cursor else {}))
        items += page["items"]
        cursor = page.get("next_cursor")
        if not cursor:
            return items[::-1]


def told(s, who):
    return [(n["at"][:10], n["when"]) for n in inbox(s, who) if n.get("deadline")]


def test_each_rung_to_whom_it_is_for():
    with worded(RULES) as rules, server(clock="2024-03-01T09:00", scripts=rules) as s:
        people(s)
        c = s.login("u1")
        id = c.create("item", {"title": "甲"})["id"]  # due on 15 March, a Friday
        s.clock("2024-05-10T10:00")
        # 11 March is four days before; 14 a working day before; the day has passed at 24:00 of the 15th, and the next is a Saturday: it is told on
        # the Monday; two working days after is the 19th
        assert told(s, "u1") == [("2024-03-11", "warn"), ("2024-03-14", "warn"), ("2024-03-18", "due"), ("2024-03-19", "after")], told(s, "u1")
        # five working days after is the 22nd; twenty days after is 4 April, the first of three days off: 7 April, a Sunday, is worked
        assert told(s, "up") == [("2024-03-22", "up"), ("2024-04-07", "up")], told(s, "up")
        assert told(s, "of") == [("2024-04-07", "up")], told(s, "of")
        notice = inbox(s, "up")[0]
        assert (notice["case"], notice["stage"], notice["deadline"], notice["action"], notice["article"], notice["due"]) == (id, "work", "answer", "answer", 1, "2024-03-15"), notice
        assert "甲" in notice["zh"] and "报告" in notice["zh"] and "2024年3月15日" in notice["zh"] and "Overdue" in notice["en"], notice
        assert [n["as"] for n in inbox(s, "u1")] == ["before", "before", "due", "overdue"] and notice["press"]["zh"] == "答复"
        assert [n["as"] for n in inbox(s, "up")] == ["to_superior"] * 2 and [n["as"] for n in inbox(s, "of")] == ["to_supervisor"]
        assert inbox(s, "u1")[0]["lines"] == {"zh": ["还有4天到期。", "请办理“答复”;办结后不再提醒。"],
                                              "en": ["Days left: 4.", "To do: Answer. Once it is done you are not reminded again."]}
        assert s.login("up").case(id)["id"] == id, "who is told may look"


def test_a_county_climbs_its_own_ladder():
    with worded(RULES) as rules:
        os.makedirs(os.path.join(rules, "counties", "100000"))
        with open(os.path.join(rules, "counties", "100000", "ladder.lua"), "w", encoding="utf-8") as f:
            f.write('return { amend "work" { deadlines = { answer = { escalate = { { after = workdays(1), tell = { "superior", "office" } } } } } },\n'
                    '  reword "to_superior" { zh = { subject = "请督办:{case}逾期{days}天" } } }')
        with server(clock="2024-03-01T09:00", scripts=rules) as s:
            people(s)
            s.login("u1").create("item", {"title": "甲"})
            s.clock("2024-05-10T10:00")
            assert [told(s, who) for who in ("up", "of")] == [[("2024-03-18", "up")]] * 2
            assert inbox(s, "up")[0]["zh"] == "请督办:甲逾期3天" and inbox(s, "of")[0]["zh"].startswith("逾期报告:甲的“答复”逾期3天未办")


def test_what_is_done_reminds_no_more():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        people(s)
        c = s.login("u1")
        done, late, moved = (c.create("item", {"title": t})["id"] for t in ("办了", "没办", "改期"))
        s.clock("2024-03-11T10:00")
        assert [("done" in n, "moved_to" in n) for n in inbox(s, "u1")] == [(False, False)] * 3
        c = s.login("u1")
        c.act(done, "work", "answer")
        c.act(moved, "work", "again")
        state = {n["case"]: (n.get("done"), n.get("moved_to")) for n in inbox(s, "u1")}
        assert state == {done: (True, None), late: (None, None), moved: (None, "2024-03-25")}, state
        s.clock("2024-03-20T10:00")
        by_case = {id: [n["when"] for n in inbox(s, "u1") if n["case"] == id] for id in (done, late, moved)}
        assert by_case == {done: ["warn"], late: ["warn", "warn", "due", "after"], moved: ["warn"]}, by_case


def test_a_rung_that_says_nothing_is_refused():
    import subprocess
    from banfa_test import ROOT
    program = os.path.join(os.environ.get("BANFA_BUILD") or os.path.join(ROOT, "build", "release"), "banfa")
    for wrong in ('{ { after = 5, tell = "superior" } }', '{ { after = workdays(5) } }', '{ { after = workdays(5), tell = "offise" } }'):
        with tempfile.TemporaryDirectory() as folder:
            copy = shutil.copytree(RULES, os.path.join(folder, "rules"))
            path = os.path.join(copy, "stages", "work.lua")
            with open(path, encoding="utf-8") as f:
                text = f.read()
            start, end = text.index("escalate = ") + len("escalate = "), text.index(', tell = "clerk"')
            with open(path, "w", encoding="utf-8") as f:
                f.write(text[:start] + wrong + text[end:])
            ran = subprocess.run([program, "rules", "check", copy], capture_output=True, text=True)
            said = ran.stdout + ran.stderr
            assert ran.returncode != 0 and "work.lua" in said and ("escalate" in said or "offise" in said), (wrong, said)


# Down for forty days -------------------------------------------------------------------------------------------------------------

def away(s, until, kill):
    if kill:
        s.kill()
    else:
        assert s.stop() == 0
    s.clock_start = until
    s.start()


def caught_up(s, count):
    for _ in range(20000):
        if sum(1 for n in inbox(s, "u1") if n["when"] != "warn") >= count:
            return
    raise AssertionError("what was missed is not caught up")


def missed(kill):
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        people(s)
        ids = []
        for day in ("2024-03-01", "2024-03-04", "2024-03-05"):
            s.clock(day + "T10:00")
            c = s.login("u1")
            ids += [c.create("item", {"title": f"{day} {n}"})["id"] for n in "甲乙"]
        before = len(inbox(s, "u1"))
        assert before == 0
        away(s, "2024-04-15T10:00", kill)
        caught_up(s, len(ids))
        for attempt in range(2):  # once, and after another start not again
            mine = inbox(s, "u1")
            assert [n["case"] for n in mine] == ids, ([n["case"] for n in mine], ids)  # one each, oldest first
            assert all(n["at"][:10] == "2024-04-15" for n in mine)
            assert [n["case"] for n in inbox(s, "up")] == ids and [n["case"] for n in inbox(s, "of")] == ids, "escalations fold too"
            assert [s.login("u1").case(id)["facts"]["ticks"] for id in ids] == [1] * len(ids), "what follows when the day passes happens once"
            assert s.operator("deadline.check")["ok"]
            if attempt == 0:
                away(s, "2024-04-15T11:00", not kill)
        events = [e["do"] for e in s.login("u1").events(ids[0])]
        assert events.count("due") == 1, events


def test_down_from_day_1_to_day_40():
    missed(kill=False)


def test_down_by_kill_from_day_1_to_day_40():
    missed(kill=True)


def test_the_clock_steps_back():
    with server(clock="2024-03-01T09:00", scripts=RULES) as s:
        people(s)
        id = s.login("u1").create("item", {"title": "甲"})["id"]
        s.clock("2024-03-18T08:00")
        first = told(s, "u1")
        assert [w for _, w in first] == ["warn", "warn", "due"], first
        away(s, "2024-03-10T09:00", kill=False)  # an operator who sets the clock to an earlier day
        assert told(s, "u1") == first
        s.clock("2024-03-18T10:00")
        assert told(s, "u1") == first, "nothing a second time"
        assert s.login("u1").case(id)["facts"]["ticks"] == 1
        s.clock("2024-03-19T10:00")
        assert [w for _, w in told(s, "u1")] == ["warn", "warn", "due", "after"]


if __name__ == "__main__":
    main(globals())
