"""A small city for the law's tests: the bodies of article 4, a few units, a county with bodies of its own, one without; days that pass; a story that can be read."""
import datetime
import json
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_fold import compare  # noqa: E402
from banfa_test import Refused, main, refused, server  # noqa: E402
from play import Calendar  # noqa: E402

CITY, NAN, TAOJIANG = "430900", "430921", "430922"
BODIES = [  # one user each, named as the organisation
    ("bureau", "益阳市政务管理服务局", CITY, ["bureau"]), ("center", "益阳市智慧城市和大数据中心", CITY, ["center"]),
    ("drc", "益阳市发展和改革委员会", CITY, ["drc"]), ("finance", "益阳市财政局", CITY, ["finance"]), ("audit", "益阳市审计局", CITY, ["audit"]),
    ("group", "益阳市新型智慧城市建设领导小组", CITY, ["leading_group"]), ("government", "益阳市人民政府", CITY, ["government"]),
    ("chengguan", "益阳市城市管理和综合执法局", CITY, ["builder"]), ("shuili", "益阳市水利局", CITY, ["builder"]),
    ("nan-bureau", "南县行政审批服务局", NAN, ["bureau"]), ("nan-finance", "南县财政局", NAN, ["finance"]), ("nan-jiaoyu", "南县教育局", NAN, ["builder"]),
    ("taojiang-shuili", "桃江县水利局", TAOJIANG, ["builder"])]
EXPERTS = ["E001", "E002", "E003", "E004", "E005"]
GOOD = {s: "pass" for s in ("goals", "siting", "functions", "approach", "data_sharing", "architecture", "equipment", "estimate")}
CALENDAR = Calendar()


def yuan(n):
    """Whole fen: yuan(500_000) is 500,000 yuan."""
    return round(n * 100)


def run(scope, clock, prepare):
    """All tests of a file in one city; how the server itself ended is looked at before how they did."""
    with server(clock=clock) as running:
        prepare(City(running))
        try:
            main(scope)
        except SystemExit as end:
            ending = end
    raise ending


class City:
    def __init__(self, running, bodies=None):
        self.server, self.clients, self.titles, self.today = running, {}, {}, None
        for id, zh, place, roles in BODIES:
            if bodies is None or id in bodies:
                self.call("org.add", {"body": {"id": id, "zh": zh, "en": id, "jurisdiction": place, "roles": roles}})
                self.call("user.add", {"body": {"id": id, "name": zh, "org": id, "password": "banfa-demo"}})
        for id in EXPERTS:
            self.register("center", "experts", id, {"name": "专家" + id, "competence": "软件工程", "unit": "湖南某大学"})
        self.register("bureau", "contractors", "C001", {"name": "益阳某科技公司", "competence": "系统集成"})

    # the operator's side ------------------------------------------------------------------------------------------------------

    def call(self, operation, params=None):
        """One call over the administration socket (by a short name, since a socket's path may not be long)."""
        folder = os.open(self.server.data, os.O_RDONLY)
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(f"/proc/self/fd/{folder}/banfa.sock")
                s.sendall(json.dumps({"operation": operation, "params": params or {}}, ensure_ascii=False).encode() + b"\n")
                answer = json.loads(s.makefile("rb").readline())
        finally:
            os.close(folder)
        if answer["status"] >= 400:
            raise Refused(answer["status"], answer.get("body"), operation)
        return answer.get("body")

    def at(self, moment):
        """Time passes until MOMENT, a day (10:00) or a day and an hour; what falls due on the way fires."""
        moment = moment if "T" in moment else moment + "T10:00"
        self.call("clock.advance", {"to": moment})
        self.today = moment[:10]

    def restart(self, kill=False):
        if kill:
            self.server.kill()
        else:
            assert self.server.stop() == 0
        self.server.start()
        self.clients.clear()

    def register(self, who, name, id, value):
        return self.ask(who, "POST", f"/api/v1/registers/{name}", {"id": id, "value": value})

    # people's side --------------------------------------------------------------------------------------------------------------

    def client(self, who):
        if who not in self.clients:
            self.clients[who] = self.server.login(who)
        return self.clients[who]

    def ask(self, who, method, path, body=None, **more):
        try:
            return self.client(who).ask(method, path, body, **more)
        except Refused as refusal:
            if refusal.status != 401:
                raise
        del self.clients[who]  # a session does not outlive the weeks that pass here: log in again
        return self.client(who).ask(method, path, body, **more)

    def case(self, id, who="bureau"):
        case = self.ask(who, "GET", f"/api/v1/cases/{id}")
        for a in case["actions"]:
            self.titles["act", a["stage"], a["action"]] = a["title"]["zh"], a["articles"]
        for d in case["deadlines"]:
            self.titles["due", d["stage"], d["name"]] = d["title"]["zh"], [d["article"]] if d.get("article") else [d["source"]["zh"]]
        return case

    def events(self, id, who="bureau"):
        self.case(id, who)  # logs in again where that is due
        return self.client(who).events(id)

    def create(self, who, kind, **facts):
        return self.ask(who, "POST", "/api/v1/cases", {"kind": kind, "facts": facts})["id"]

    def papers(self, id, who, *kinds):
        for kind in kinds:
            self.ask(who, "POST", f"/api/v1/cases/{id}/documents?kind={kind}&name={kind}.pdf", headers={"Content-Type": "application/pdf"}, raw=b"%PDF-1.4 x\n")

    def act(self, id, who, what, /, **input_):
        stage, action = what.split(".")
        return self.ask(who, "POST", f"/api/v1/cases/{id}/actions/{stage}/{action}", {"input": input_})

    def do(self, id, who, what, /, *papers, **input_):
        """WHO brings the papers and acts; the case must have said beforehand that this is open to them and that nothing stands against it."""
        self.papers(id, who, *papers)
        listed = self.action(id, who, what)
        assert listed and listed["allowed"], f"{self.today} {what} by {who} should be allowed: {listed and listed['reasons']}"
        return self.act(id, who, what, **input_)

    def action(self, id, who, what):
        """The action as the case shows it to WHO, or None."""
        for a in self.case(id, who)["actions"]:
            if f"{a['stage']}.{a['action']}" == what:
                return a
        return None

    def no(self, id, who, what, code, article=None, /, status=None, **input_):
        """It is refused with CODE and ARTICLE, in both languages, and the case stays as it was."""
        before = self.case(id)
        refusal = refused(lambda: self.act(id, who, what, **input_), status, code, article)
        after = self.case(id)
        assert (before["version"], before["facts"]) == (after["version"], after["facts"]), f"{what} was refused and changed the case"
        return next(r for r in refusal.refusals if r["code"] == code)

    def open(self, id):
        return sorted(name for name, s in self.case(id)["stages"].items() if s["state"] == "open")

    def fact(self, id, name):
        return self.case(id)["facts"].get(name)

    def due(self, id, what):
        """The date of a deadline, "paused", or None where it is not alive."""
        for d in self.case(id)["deadlines"]:
            if f"{d['stage']}.{d['name']}" == what:
                return d.get("due") or d["state"]
        return None

    def settled(self):
        """All notices have reached their inboxes."""
        for _ in range(20000):
            counts = self.call("outbox.list")["counts"]
            if not any(c["due"] for c in counts):
                return
        raise AssertionError(f"notices that are not delivered: {counts}")

    def inbox(self, who, id=None):
        """Everything in WHO's inbox, oldest first, of one case or of all."""
        items, cursor = [], None
        self.settled()
        while True:
            page = self.ask(who, "GET", "/api/v1/inbox" + (f"?cursor={cursor}" if cursor else ""))
            items += page["items"]
            cursor = page.get("next_cursor")
            if not cursor:
                return [n for n in reversed(items) if id is None or n.get("case") == id]

    def told(self, who, id):
        """The reminders that WHO was sent about a case: (day, deadline, its date)."""
        return [(n["at"][:10], n["deadline"], n["due"]) for n in self.inbox(who, id) if n.get("deadline")]

    # what the tests ask for often ----------------------------------------------------------------------------------------------

    def project(self, who, total, plan_year, title="智慧城管一期", **more):
        more.setdefault("funding_sources", [{"source": "city", "amount": total}])
        return self.create(who, "project", title=title, category="software", funding_mode="government", plan_year=plan_year, investment=total,
                           investment_by_year=[{"year": plan_year, "amount": total}], summary="概要", **more)

    def declare(self, id, who):
        return self.do(id, who, "declaration.submit", "project_proposal", "party_group_approval", "investment_estimate", "supporting_evidence")

    def pretech(self, id):
        return self.do(id, "center", "pretech.pass", "pretech_opinion", opinion="同意申报")

    def plan(self, year, *projects, bureau="bureau", finance="finance"):
        """A yearly plan all the way, on one day; a county's own takes the county's projects."""
        plan = self.create(bureau, "plan", title=f"{year}年度计划", year=year)
        self.do(plan, bureau, "plan_compile.include", projects=list(projects))
        self.do(plan, bureau, "plan_compile.submit", "plan_draft")
        self.do(plan, "drc", "plan_signatures.sign_drc")
        self.do(plan, finance, "plan_signatures.sign_finance")
        self.do(plan, "group", "plan_leading_group.approve", "leading_group_minutes")
        self.do(plan, "government", "plan_government.approve", "government_minutes")
        self.do(plan, bureau, "plan_issue.issue", "plan_notice")
        return plan

    def design(self, id, who):
        """A design by whom the amount demands, with a study where it demands one."""
        total = self.fact(id, "investment")
        large, study = total >= yuan(5_000_000), total >= yuan(10_000_000)
        self.do(id, who, "prelim_design.draft", **({"design_by": "professional", "design_body": "湖南省某设计院"} if large else {"design_by": "own"}))
        if study:
            self.do(id, who, "prelim_design.submit_study", "feasibility_study")
            self.do(id, "drc", "prelim_design.reply_study", "feasibility_reply")
        self.do(id, who, "prelim_design.submit", "preliminary_design", *(["designer_qualification"] if large else []))

    def review(self, id):
        if self.fact(id, "investment") >= yuan(2_000_000):
            self.meeting(id, "center", "scheme_review.meeting")
        self.do(id, "center", "scheme_review.pass", "review_opinion", subjects=GOOD, opinion="方案可行")

    def meeting(self, id, who, what):
        self.do(id, who, what, "expert_opinion", held_on=self.today, experts=EXPERTS)

    def approve(self, id, who, bureau="bureau"):
        self.do(id, who, "approval.apply", "approval_application")
        self.do(id, bureau, "approval.accept")
        self.do(id, bureau, "approval.approve", "approval_reply")

    def budget(self, id, who, finance="finance"):
        self.do(id, who, "budget_review.submit", "budget")
        self.do(id, finance, "budget_review.conclude", "budget_review_report")

    def procure(self, id, who, amount=None):
        self.do(id, who, "procurement.choose", procurement_method="open_tender")
        self.do(id, who, "procurement.award", "procurement_documents", "award_notice", contractor="C001", amount=amount or self.fact(id, "investment"))

    def terms(self, amount, **more):
        return {"number": "HT-001", "contractor": "C001", "contractor_name": "益阳某科技公司", "amount": amount, "signed_on": self.today, "retention_percent": 15,
                "termination_clause": True, "operation_years": 3, **more}

    def contract(self, id, who, amount=None, **more):
        self.do(id, who, "contract.sign", "contract", **self.terms(amount or self.fact(id, "investment"), **more))
        if self.fact(id, "investment") > yuan(500_000):
            self.do(id, who, "contract.sign_supervision", "supervision_contract", supervisor="益阳某监理公司", amount=yuan(30_000))
        self.do(id, who, "contract.complete")

    def build(self, id, who, bureau="bureau"):
        self.do(id, who, "filing.file")
        self.do(id, bureau, "filing.receive")
        self.do(id, who, "construction.report", progress=100)
        self.do(id, who, "construction.complete")

    def upto(self, stage, total, who="chengguan", bureau="bureau", finance="finance", **facts):
        """A new project, brought to STAGE on one day: there nothing has been done yet."""
        year = int(self.today[:4]) + (1 if self.today[5:] <= "09-30" else 2)
        id = self.project(who, total, year, **facts)
        steps = [("declaration", lambda: self.declare(id, who)), ("pretech", lambda: self.pretech(id)), ("planning", lambda: self.plan(year, id, bureau=bureau, finance=finance)),
                 ("prelim_design", lambda: self.design(id, who)), ("scheme_review", lambda: self.review(id)),
                 ("approval", lambda: self.approve(id, who, bureau)), ("budget_review", lambda: self.budget(id, who, finance)),
                 ("procurement", lambda: self.procure(id, who)), ("contract", lambda: self.contract(id, who)),
                 ("construction", lambda: self.build(id, who, bureau))]
        for name, step in steps:
            if name == stage:
                break
            if name == "declaration" and total <= yuan(500_000):
                self.do(id, who, "declaration.start_small", not_split=True)
            elif total > yuan(500_000) or name in ("procurement", "contract", "construction"):
                step()
        return id

    def story(self, *ids):
        """The life as its events tell it: dated lines with articles."""
        for id in ids:
            for e in self.events(id):
                if e["do"] == "create":
                    print(f"# report {e['at'][:10]} {id} 新建 create {e['kind']}", flush=True)
                elif e["do"] != "document":
                    name = e.get("action") or e["deadline"]
                    title, articles = self.titles.get((e["do"], e["stage"], name), (name, []))
                    said = f"{title} {e['stage']}.{name} (art. {', '.join(map(str, articles)) or '-'})"
                    print(f"# report {e['at'][:10]} " + (said if e["do"] == "act" else f"提醒:{said} {e['due']} {'+'.join(e['rungs'])}"), flush=True)


READERS = ["bureau", "center", "drc", "finance", "audit", "group", "government", "chengguan", "shuili"]


class Life:
    """One project (or plan) and what its people must have been told, in order."""

    def __init__(self, city, id, who):
        self.city, self.id, self.who, self.reminders = city, id, who, {}

    def do(self, who, what, /, *papers, **input_):
        return self.city.do(self.id, who or self.who, what, *papers, **input_)

    def no(self, who, what, code, article=None, /, **input_):
        return self.city.no(self.id, who or self.who, what, code, article, **input_)

    def due(self, what, date):
        there = self.city.due(self.id, what)
        assert there == date, f"{self.city.today}: {what} is due {there}, by hand {date}"

    def open(self, *stages):
        assert self.city.open(self.id) == sorted(stages), f"{self.city.today}: open {self.city.open(self.id)}"

    def reminded(self, day, deadline, due, *people):
        """A reminder that must have come on DAY, or the next working day, to these and nobody else."""
        day = str(CALENDAR.roll(datetime.date.fromisoformat(day)))
        for who in people:
            self.reminders.setdefault(who, []).append((day, deadline, due))

    def check_reminders(self):
        """Exactly what was expected, nothing twice, nothing to others."""
        for who in READERS:
            told, wanted = sorted(self.city.told(who, self.id)), sorted(self.reminders.get(who, []))
            assert told == wanted, f"{self.id} {who}: not told {[n for n in wanted if n not in told]}, told besides {[n for n in told if n not in wanted]}, {len(told)} of {len(wanted)}"

    def check_forecast(self):
        """If nobody acts, each deadline that has a date ends on it (its story says so the moment the day is over)."""
        case = self.city.case(self.id)
        told = self.city.ask("bureau", "GET", f"/api/v1/cases/{self.id}/forecast")
        ends = {}
        for one in told["if_nobody_acts"]:
            if one["what"] == "due":
                ends.setdefault((one["stage"], one["deadline"]), (one["due"], one["date"]))
        ahead = [d for d in case["deadlines"] if d.get("due", "") >= self.city.today]
        for d in ahead:
            day_after = str(datetime.date.fromisoformat(d["due"]) + datetime.timedelta(1))
            there = ends.get((d["stage"], d["name"]))
            assert there == (d["due"], day_after), f"{self.city.today}: {d['stage']}.{d['name']} is due {d['due']}, foretold {there}"
        dates = [one["date"] for one in told["if_everybody_acts"]]
        assert dates == sorted(dates) and (not dates or dates[0] >= self.city.today)
        return ahead, told


def ended(life, outcome, today):
    case = life.city.case(life.id)
    assert case.get("ended") == today and case.get("outcome") == outcome, (case.get("ended"), case.get("outcome"))
    assert case["deadlines"] == [] and not life.city.open(life.id)
    ahead, told = life.check_forecast()
    assert not ahead and told["if_nobody_acts"] == [] and told["if_everybody_acts"] == []
    compare(case, life.city.events(life.id))
    life.check_reminders()
    life.city.story(life.id)


def audit(city, *lives):
    """The chain of events holds, and it holds these lives whole."""
    said = city.call("audit.verify")
    assert said["ok"] and said["cases"] == len(lives) and said["events"] >= sum(len(city.events(life.id)) for life in lives), said


def working_days_left(c, id):
    """Of the 10 of article 14, as the case shows them: from today's evening to the last day's."""
    return next(d["left_workdays"] for d in c.case(id)["deadlines"] if d["name"] == "decide")
