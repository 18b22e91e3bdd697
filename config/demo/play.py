"""Plays the city's history: each project and each plan is a story that yields the day it waits for; the player takes the earliest one on, with the clock."""
import datetime
import heapq

SUBJECTS = {s: "pass" for s in ("goals", "siting", "functions", "approach", "data_sharing", "architecture", "equipment", "estimate")}
CITY = "430900"


def day(text):
    return datetime.date.fromisoformat(text)


def weekday(d):
    """The day itself, or the Monday after."""
    while d.weekday() >= 5:
        d += datetime.timedelta(1)
    return d


def plus(d, days):
    return weekday(d + datetime.timedelta(days))


def months(d, n):
    y, m = divmod(d.year * 12 + d.month - 1 + n, 12)
    last = (datetime.date(y + (m == 11), (m + 1) % 12 + 1, 1) - datetime.timedelta(1)).day
    return weekday(datetime.date(y, m + 1, min(d.day, last)))


def pdf(title):
    """A small real PDF of one page."""
    text = f"BT /F1 14 Tf 60 760 Td ({title}) Tj ET"
    parts = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
             "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
             f"<< /Length {len(text)} >>\nstream\n{text}\nendstream", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    out, offsets = b"%PDF-1.4\n", []
    for i, part in enumerate(parts):
        offsets.append(len(out))
        out += f"{i + 1} 0 obj\n{part}\nendobj\n".encode()
    table = len(out)
    out += f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n".encode() + b"".join(f"{o:010d} 00000 n \n".encode() for o in offsets)
    return out + f"trailer << /Size {len(parts) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()


class Player:
    def __init__(self, server, city, last):
        self.server, self.city, self.last, self.today = server, city, last, None
        self.clients, self.ready, self.orgs = {}, {}, {o[0]: o for o in city.ORGS}
        self.users = {}
        for user, _, org, _ in city.USERS:
            self.users.setdefault(org, user)
        self.story = []

    def client(self, user):
        if user not in self.clients:
            self.clients[user] = self.server.login(user, self.city.PASSWORD)
        return self.clients[user]

    def holder(self, role, place):
        """The user who acts as ROLE for a case of PLACE: the county's own body, or the city's."""
        for where in (place, CITY):
            for org in self.city.ORGS:
                if org[3] == where and role in org[4]:
                    return self.users[org[0]]
        raise LookupError(role)

    def run(self, stories):
        heap = []
        for i, story in enumerate(stories):
            first = next(story, None)
            if first:
                heapq.heappush(heap, (first, i, story))
        while heap:
            when, i, story = heapq.heappop(heap)
            if when > self.last:
                continue
            if when != self.today:
                self.today = when
                self.server.clock(f"{when.isoformat()}T09:30")
            following = next(story, None)
            if following:
                heapq.heappush(heap, (max(following, when), i, story))


class Case:
    """One case with the people who act on it."""

    def __init__(self, player, place, unit=None):
        self.p, self.place, self.unit, self.id = player, place, unit, None

    def who(self, role):
        return self.p.client(self.p.users[self.unit] if role == "builder" else self.p.holder(role, self.place))

    def papers(self, role, *kinds):
        for kind in kinds:
            self.who(role).upload(self.id, kind, f"{kind}.pdf", pdf(f"{kind} {self.id}"))

    def act(self, role, what, **input_):
        stage, action = what.split(".")
        return self.who(role).act(self.id, stage, action, **input_)


def plan(player, place, year, titles):
    """The plan of a year: compiled in October, signed, reviewed, passed, issued in January."""
    c = Case(player, place)
    yield weekday(datetime.date(year - 1, 11, 10))
    ids = player.ready.get((place, year), [])
    if not ids:
        return
    c.id = c.who("bureau").create("plan", {"title": f"{'赫山区' if place != CITY else '益阳市'}{year}年度政府投资信息化项目计划", "year": year})["id"]
    c.act("bureau", "plan_compile.include", projects=ids)
    c.papers("bureau", "plan_draft")
    yield weekday(datetime.date(year - 1, 11, 18))
    c.act("bureau", "plan_compile.submit")
    yield weekday(datetime.date(year - 1, 11, 24))
    c.act("drc", "plan_signatures.sign_drc")
    c.act("finance", "plan_signatures.sign_finance")
    yield weekday(datetime.date(year - 1, 12, 15))
    c.papers("bureau", "leading_group_minutes")
    c.act("leading_group", "plan_leading_group.approve")
    yield weekday(datetime.date(year, 1, 8))
    c.papers("bureau", "government_minutes")
    c.act("government", "plan_government.approve")
    yield weekday(datetime.date(year, 1, 15))
    c.papers("bureau", "plan_notice")
    c.act("bureau", "plan_issue.issue")


def declare(c, d, amount, year):
    c.papers("builder", "project_proposal", "party_group_approval", "investment_estimate", "supporting_evidence")
    c.act("builder", "declaration.submit")


def project(player, index, title, unit, wan, year, way, extras):
    place = player.orgs[unit][3]
    plan_place = place if any(o[3] == place and "bureau" in o[4] for o in player.city.ORGS) else CITY
    c = Case(player, place, unit)
    total = round(wan * 1_000_000)
    small = total <= 50_000_000
    contractor = player.city.CONTRACTORS[index % 8]
    start = datetime.date(year, 3, 1) if small else datetime.date(year - 1, 7, 4)
    d = plus(start, index * 5 % 70)
    yield d
    half = total // 2
    facts = {"title": title, "category": "software" if index % 3 else "infrastructure", "funding_mode": "government", "plan_year": year, "investment": total,
             "funding_sources": [{"source": "city" if place == CITY else "county", "amount": total}],
             "investment_by_year": [{"year": year, "amount": half}, {"year": year + 1, "amount": total - half}],
             "summary": f"{player.orgs[unit][1]}建设“{title}”,提升服务和管理水平。", **extras}
    c.id = c.who("builder").create("project", facts)["id"]
    if way == "draft":
        return
    if small:
        yield (d := plus(d, 3))
        c.act("builder", "declaration.start_small", not_split=True)
    else:
        yield (d := plus(d, 9))
        declare(c, d, total, year)
        if way == "declared":
            return
        yield (d := max(plus(d, 16), weekday(datetime.date(year - 1, 8, 1))))
        if way == "pretech":
            c.act("center", "pretech.correct", missing=["数据共享清单"])
            return
        c.papers("center", "pretech_opinion")
        c.act("center", "pretech.pass", opinion="技术路线可行,同意申报年度计划")
        player.ready.setdefault((plan_place, year), []).append(c.id)
        if way == "planning":
            return
        yield from design(c, index, total, year, way)
        if way in ("design", "study", "review", "approval", "paused", "accepted", "budget", "lapsed"):
            return
        d = player.today
    yield from buy(c, index, total, contractor, way, small)
    if way in ("procurement", "contract"):
        return
    yield from build(c, index, total, contractor, way, small)
    if way in ("building", "trial", "final", "terminated", "failed"):
        return
    yield from live_on(c, index, total, small)


def design(c, index, total, year, way):
    big, great, study = total >= 200_000_000, total >= 500_000_000, total >= 1_000_000_000
    slow = 150 if way in ("design", "study", "review", "approval", "paused", "accepted", "budget", "procurement", "contract") else 0
    yield (d := plus(datetime.date(year, 2, 20), index % 15 + slow))
    c.act("builder", "prelim_design.draft", design_estimate=total, design_by="professional" if great else "own", **({"design_body": "湖南省信息化设计院有限公司"} if great else {}))
    c.papers("builder", "preliminary_design")
    if great:
        c.papers("builder", "designer_qualification")
    if way == "design":
        return
    if study:
        c.papers("builder", "feasibility_study")
        c.act("builder", "prelim_design.submit_study")
        if way == "study":
            return
        yield (d := plus(d, 20))
        c.papers("drc", "feasibility_reply")
        c.act("drc", "prelim_design.reply_study", amount=total)
    yield (d := plus(d, 4))
    c.act("builder", "prelim_design.submit")
    if way == "review":
        return
    yield (d := plus(d, 14))
    if big:
        c.papers("center", "expert_opinion")
        experts = [f"E{(index * 7 + k * 5) % 40 + 1:03d}" for k in range(5)]
        c.act("center", "scheme_review.meeting", held_on=d.isoformat(), experts=experts)
    c.papers("center", "review_opinion")
    c.act("center", "scheme_review.pass", subjects=SUBJECTS, amount=total, opinion="方案可行,同意通过评审")
    late = {"approval": 34, "paused": 40, "accepted": 70}.get(way, 0)  # so that these are fresh when the demonstration starts
    if late:
        recent = c.p.last - datetime.timedelta({"approval": 6, "paused": 9, "accepted": 5}[way])
        d = max(d, weekday(recent))
    yield (d := plus(d, 5) if not late else d)
    c.papers("builder", "approval_application")
    c.act("builder", "approval.apply")
    if way == "approval":
        return
    yield (d := plus(d, 1))
    c.act("bureau", "approval.accept", split_judgement="查无同类在建项目,未见化整为零")
    if way == "accepted":
        return
    if way == "paused" or index % 4 == 0:
        yield (d := plus(d, 3))
        c.act("bureau", "approval.correct", missing=["设备选型依据", "三年运维费用测算"])
        if way == "paused":
            return
        yield (d := plus(d, 6))
        c.act("builder", "approval.resubmit", note="已补充")
    yield (d := plus(d, 5))
    c.papers("bureau", "approval_reply")
    c.act("bureau", "approval.approve", amount=total, approval_number=f"益政管审〔{d.year}〕{index + 1}号")
    yield (d := plus(d, 12))
    if way == "lapsed":
        return
    c.papers("builder", "budget")
    c.act("builder", "budget_review.submit")
    if way == "budget":
        return
    yield (d := plus(d, 18))
    c.papers("finance", "budget_review_report")
    c.act("finance", "budget_review.conclude", amount=total)


def buy(c, index, total, contractor, way, small):
    yield (d := plus(c.p.today, 8))
    c.act("builder", "procurement.choose", procurement_method="inquiry" if small else "open_tender" if total >= 200_000_000 else "consultation")
    if way == "procurement":
        return
    yield (d := plus(d, 28))
    c.papers("builder", "procurement_documents", "award_notice")
    c.act("builder", "procurement.award", contractor=contractor[0], amount=total * 97 // 100)
    if way == "contract":
        return
    yield (d := plus(d, 12))
    c.papers("builder", "contract")
    c.act("builder", "contract.sign", number=f"HT-{d.year}-{index + 1:03d}", contractor=contractor[0], contractor_name=contractor[1]["name"], amount=total * 97 // 100, signed_on=d.isoformat(),
          retention_percent=15, termination_clause=True, operation_years=3, small_enterprise=contractor[1]["small_enterprise"])
    if not small:
        c.papers("builder", "supervision_contract")
        c.act("builder", "contract.sign_supervision", supervisor="湖南正衡监理咨询有限公司", amount=max(total // 50, 100))
    c.act("builder", "contract.complete")
    yield (d := plus(d, 5))
    c.act("builder", "filing.file")
    c.act("bureau", "filing.receive")


def build(c, index, total, contractor, way, small):
    number = next(k for k in (c.who("builder").case(c.id)["facts"]["contracts"]))["number"]
    contract = total * 97 // 100
    d = c.p.today
    yield (d := plus(d, 40))
    c.act("builder", "construction.report", progress=40, risks="设备到货略有延迟" if index % 3 == 0 else None or "无重大风险")
    c.act("finance", "construction.pay", contract=number, amount=contract * 3 // 10)
    if way == "building":
        done = 40
        while index % 4:  # every fourth forgets to report, so that there is something overdue to see
            yield (d := plus(d, 85))
            done = min(done + 10, 95)
            c.act("builder", "construction.report", progress=done, risks="无重大风险")
        return
    if way == "terminated":
        yield (d := plus(d, 60))
        c.papers("builder", "termination_statement")
        c.act("builder", "construction.terminate", ground="contractor", statement="承建单位擅自更换核心产品,经两次书面要求拒不整改")
        return
    yield (d := plus(d, 60))
    c.act("builder", "construction.report", progress=100, risks="无重大风险")
    c.act("builder", "construction.complete")
    if total < 200_000_000:
        yield (d := plus(d, 10))
        yield from gates(c, "builder_acceptance")
        c.papers("builder", "acceptance_report")
        c.act("builder", "builder_acceptance.pass")
        yield (d := plus(d, 4))
        c.act("builder", "builder_acceptance.report")
        return
    yield (d := plus(d, 12))
    c.papers("builder", "preliminary_acceptance_report")
    c.act("builder", "preliminary_acceptance.pass")
    if way == "trial":
        d = max(d, weekday(c.p.last - datetime.timedelta(40)))
        yield d
    c.act("builder", "trial_run.begin", trial_started_on=d.isoformat())
    if way == "trial":
        return
    yield from gates(c, "trial_run")
    yield (d := plus(months(d, 3), 14))
    if way == "final":
        d = max(d, weekday(c.p.last - datetime.timedelta(7)))
        yield d
    c.papers("builder", "trial_run_report", "acceptance_application")
    c.act("builder", "trial_run.apply")
    yield (d := plus(d, 2))
    c.act("bureau", "final_acceptance.accept")
    if way == "final":
        return
    yield (d := plus(d, 5))
    c.papers("bureau", "expert_opinion")
    c.act("bureau", "final_acceptance.meeting", held_on=d.isoformat(), experts=[f"E{(index * 11 + k * 3) % 40 + 1:03d}" for k in range(5)])
    yield (d := plus(d, 2))
    if way == "failed":
        c.act("bureau", "final_acceptance.fail", problems=["接口性能未达到批复指标", "数据共享目录未完成挂接"], correct_by=(c.p.last + datetime.timedelta(25)).isoformat())
        return
    c.papers("bureau", "acceptance_report")
    c.act("bureau", "final_acceptance.pass", opinion="同意通过竣工验收")


def gates(c, stage):
    facts = c.who("builder").case(c.id)["facts"]
    yield c.p.today
    c.papers("builder", "data_sharing_proof")
    c.act("builder", f"{stage}.record_sharing")
    for flag, paper in (("software", "software_test_report"), ("protection", "protection_assessment_report"), ("crypto", "crypto_assessment_report")):
        if facts.get("needs_software_test" if flag == "software" else f"needs_{flag}_assessment"):
            c.papers("builder", paper)
            c.act("builder", f"{stage}.record_{flag}_assessment", result="passed", body="湖南天平测评技术有限公司")


def live_on(c, index, total, small):
    accepted = day(c.who("builder").case(c.id)["facts"]["final_accepted_on"])
    contract = total * 97 // 100
    yield (d := plus(c.p.today, 6))
    c.papers("builder", "archive_file")
    c.act("builder", "archive.file", archive_form="electronic")
    c.act("bureau", "archive.receive")
    yield (d := plus(d, 30))
    c.papers("builder", "settlement_report")
    c.act("builder", "settlement.submit", amount=contract)
    if total <= 2_000_000_000:
        c.papers("finance", "settlement_review")
        c.act("finance", "settlement.review", amount=contract)
    if total < 2_000_000_000:
        c.act("audit", "settlement.draw", drawn=False, note="按比例随机抽取,未抽中")
    else:
        yield (d := plus(d, 45))
        c.papers("audit", "audit_report")
        c.act("audit", "settlement.audit", opinion="列入年度审计计划,已审计")
    yield (d := plus(months(accepted, 10), 12))
    c.papers("bureau", "evaluation_report")
    if index % 5 == 3:
        c.act("bureau", "evaluation.evaluate", depth="short", evaluation_result="passed_with_problems", problems=["共享目录更新不及时"])
        return
    c.act("bureau", "evaluation.evaluate", depth="full" if total >= 1_000_000_000 else "short", evaluation_result="passed")
    for year in (1, 2, 3):
        yield (d := plus(months(accepted, 12 * year), -10))
        c.papers("builder", "security_test_report")
        c.act("builder", "operations.record_security_test")
        if c.who("builder").case(c.id)["facts"].get("needs_crypto_assessment"):
            c.papers("builder", "crypto_assessment_report")
            c.act("builder", "operations.record_crypto")
        yield (d := plus(months(accepted, 12 * year), 14))
        if year > 1:
            c.papers("bureau", "assessment_report")
        c.act("bureau", f"retention.review_{year}", result="passed", opinion="考核合格")
        yield (d := plus(d, 8))
        c.act("finance", f"retention.pay_{year}")
    c.act("builder", "operations.end", follow_up="renew")
