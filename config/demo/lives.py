"""The ways projects and plans go: each life yields its steps in order of dates, and says how far it goes."""
import datetime

from city import CITY, CONTRACTORS, SUPERVISORS, actor, experts
from play import DAY, Calendar, Step, pick

WAN = 1_000_000  # fen
GOOD = {s: "pass" for s in ("goals", "siting", "functions", "approach", "data_sharing", "architecture", "equipment", "estimate")}
LINES = [50, 200, 500, 1000, 2000]  # the regulation's thresholds, in 万元
POOL = list(experts())
CALENDAR = Calendar()
FIRST_DECLARED = datetime.date(2022, 9, 16)  # the day after the regulation was published


def on(year, month, day):
    return CALENDAR.roll(datetime.date(year, month, day))


def issued(year):
    """When the plan of YEAR is issued in the city; the counties follow a week later."""
    return on(year, 1, 12)


def less(amount, percent):
    """PERCENT of AMOUNT in whole yuan; all of it where that would cross a threshold."""
    lower = amount * percent // 100 // 10000 * 10000
    return amount if any(lower < line * WAN <= amount for line in LINES) else lower


class Life:
    """What projects and plans share."""
    kind, id = "project", None

    def __init__(self, key, title, place, unit, unit_name):
        self.key, self.title, self.place, self.unit, self.unit_name, self.day = key, title, place, unit, unit_name, None

    def user(self, role):
        return self.unit if role == "builder" else actor(role, self.place)

    def wait(self, workdays):
        self.day = CALENDAR.add(self.day, workdays)

    def do(self, who, action, *papers, **input_):
        return Step(self.day, who, action, papers, input_)


class Plan(Life):
    """第六条:编制、会签、审定、审议、下达 · a year's plan, from compiling to issue."""
    kind = "plan"

    def __init__(self, year, place, place_name, decisions):
        super().__init__(f"plan {year} {place}", f"{place_name}{year}年度政府投资信息化建设项目计划", place, actor("bureau", place), place_name)
        self.year, self.decisions = year, decisions  # decisions: {project's title: ("strike" | "defer", reason)}
        self.late = 0 if place == CITY else 5

    def on(self, year, month, day):
        self.day = CALENDAR.add(on(year, month, day), self.late)

    def opened(self, player, _):
        """A year in which nobody declared anything has no plan."""
        return {"title": self.title, "year": self.year} if self.waiting(player, None) else None

    def waiting(self, player, _):
        """The projects that wait for this plan."""
        items = player.client(self.unit).get("/api/v1/cases", kind="project", stage="planning", limit=500)["items"]
        here = [one for one in items if one["jurisdiction"] == self.place and one["facts"]["plan_year"] == self.year]
        self.projects = {one["title"]: one["id"] for one in here}
        return {"projects": sorted(self.projects.values())} if here else None

    def decided(self, title, reason):
        return lambda player, life: {"project": self.projects[title], "reason": reason}

    def steps(self):
        before = self.year - 1
        self.on(before, 11, 9)
        yield Step(self.day, "bureau", "create", (), self.opened)
        self.on(before, 11, 12)
        yield Step(self.day, "bureau", "plan_compile.include", (), self.waiting)
        self.on(before, 11, 18)
        yield self.do("bureau", "plan_compile.submit", "plan_draft")
        self.on(before, 11, 20)
        yield self.do("drc", "plan_signatures.sign_drc")
        self.on(before, 12, 1)
        yield self.do("finance", "plan_signatures.sign_finance")
        self.on(before, 12, 18)
        for title, (what, reason) in self.decisions.items():
            if title in self.projects:
                yield Step(self.day, "leading_group", "plan_leading_group." + what, (), self.decided(title, reason))
        yield self.do("leading_group", "plan_leading_group.approve", "leading_group_minutes")
        self.on(self.year, 1, 6)
        yield self.do("government", "plan_government.approve", "government_minutes")
        self.day = CALENDAR.add(issued(self.year), self.late)
        yield self.do("bureau", "plan_issue.release")
        yield self.do("bureau", "plan_issue.issue", "plan_notice")


class Regulation(Life):
    """第五十一条:办法本身,到期前一年起提醒 · the regulation itself, whose owner is reminded before it expires."""
    kind = "regulation"

    def __init__(self):
        super().__init__("regulation", "益阳市政府投资信息化建设项目管理办法", CITY, actor("bureau", CITY), "益阳市")

    def steps(self):
        self.day = on(2022, 9, 19)
        yield self.do("bureau", "create", title=self.title, number="益政办发〔2022〕22号", in_force_on="2022-09-15", expires_on="2027-09-15")


class Project(Life):
    """A project that reaches GOAL so many days (AGE) before the last day played; then it stops there, or goes on as far as the days allow."""

    def __init__(self, last, unit, unit_name, place, title, wan, goal, age, **more):
        super().__init__(title, title, place, unit, unit_name)
        self.last, self.amount, self.goal, self.age, self.more = last, round(wan * WAN), goal, age, more
        self.paid = self.contract = 0
        self.stops = goal != "accepted"
        self.small = self.amount <= 50 * WAN
        self.start, self.year, self.reached_on = None, more.get("year"), None
        if not self.year:
            self.fit()

    # where it begins ------------------------------------------------------------------------------------------------------------

    def fit(self):
        """Finds the day of the first step after the plan from which GOAL falls AGE days before the last day."""
        wanted, start = self.last - self.age * DAY, self.last - self.age * DAY
        for _ in range(12):
            self.begin(start)
            for step in self.steps():
                if self.reached_on:
                    break
            late = (self.reached_on or step.day) - wanted
            if late <= 0 * DAY and late > -5 * DAY:
                break
            start = CALENDAR.roll(start - late - (DAY if late > 0 * DAY else 0 * DAY))
        self.begin(start)

    def begin(self, start):
        self.start, self.reached_on, self.paid, self.contract = start, None, 0, 0
        self.year = start.year if CALENDAR.add(issued(start.year), 12) <= start or self.small or self.more.get("urgent") else start.year - 1

    def reached(self, goal):
        """Is this where the life stops?"""
        if goal == self.goal:
            self.reached_on = self.day
        return goal == self.goal and self.stops

    # its steps ------------------------------------------------------------------------------------------------------------------

    def steps(self):
        more = self.more
        if self.small or more.get("urgent") or more.get("begin"):
            self.day = CALENDAR.roll(self.last - more["begin"] * DAY if more.get("begin") else self.start)
        else:
            self.day = max(on(self.year - 1, 7, 1), CALENDAR.roll(FIRST_DECLARED))
            self.wait(pick(self.key, range(30)) if self.year > 2023 else 0)
        yield self.do("builder", "create", **self.facts())
        if self.reached("draft"):
            return
        if self.small:
            self.wait(3)
            yield self.do("builder", "declaration.start_small", not_split=True)
        elif more.get("urgent"):
            yield from self.urgently()
        else:
            yield from self.declared()
        if self.stops and self.reached_on:
            return
        if not self.small:
            yield from self.designed()
            if self.reached_on and self.stops:
                return
            yield from self.approved()
            if self.reached_on and self.stops:
                return
        yield from self.procured()
        if self.reached_on and self.stops:
            return
        yield from self.built()
        if self.reached_on and self.stops:
            return
        yield from self.accepted()
        if self.reached_on and self.stops:
            return
        yield from self.afterwards()

    def facts(self):
        sources = self.more.get("sources") or {"city" if self.place == CITY else "county": 100}
        amounts = {source: self.amount * share // 100 for source, share in sources.items()}
        years = [(self.year, self.amount)]
        if self.amount >= 500 * WAN:
            years = [(self.year, self.amount * 6 // 10), (self.year + 1, self.amount - self.amount * 6 // 10)]
        given = {"title": self.title, "category": self.more.get("category", "software"), "funding_mode": self.more.get("mode", "government"),
                 "plan_year": self.year, "investment": self.amount, "funding_sources": [{"source": s, "amount": a} for s, a in amounts.items()],
                 "investment_by_year": [{"year": y, "amount": a} for y, a in years],
                 "summary": self.more.get("summary", f"{self.title}:按照统筹集约、共建共享的原则建设,依托市政务云部署,数据接入市数据资源共享交换平台。")}
        for need in self.more.get("needs", []):
            given["needs_" + need] = True
        for name in ("parts", "key_project", "joint_with_counties", "civil_works"):
            if name in self.more:
                given[name] = self.more[name]
        return given

    def declared(self):
        self.wait(10)
        last = on(self.year - 1, 9, 27)
        if not self.more.get("begin"):
            self.day = min(self.day, last)
        if self.reached("undeclared"):
            return
        yield self.do("builder", "declaration.submit", "project_proposal", "party_group_approval", "investment_estimate", "supporting_evidence")
        if self.reached("declared"):
            return
        if self.more.get("pretech_corrected"):
            self.wait(4)
            yield self.do("center", "pretech.correct", missing=["数据共享方案未列明共享目录", "概算未附询价依据"])
            if self.reached("pretech_correcting"):
                return
            self.wait(4)
            yield self.do("builder", "pretech.resubmit", note="已补充共享目录和三家询价")
        self.wait(12)
        yield self.do("center", "pretech.pass", "pretech_opinion", opinion="符合全市信息化统筹要求,同意申报年度计划。")
        if self.reached("planning"):
            return
        if not self.more.get("year"):
            self.day = max(self.day, self.start)

    def urgently(self):
        self.wait(2)
        yield self.do("builder", "declaration.request_urgent", "urgent_basis", urgent_reason=self.more["urgent"])
        self.wait(3)
        yield self.do("bureau", "urgent_review.sign_bureau", "joint_review_opinion")
        self.wait(1)
        yield self.do("drc", "urgent_review.sign_drc")
        if self.reached("urgent"):
            return
        yield self.do("finance", "urgent_review.sign_finance")
        self.wait(6)
        yield self.do("leading_group", "urgent_review.leading_group", "leading_group_minutes")
        self.wait(6)
        yield self.do("government", "urgent_review.approve", "government_minutes")
        self.wait(5)

    def designed(self):
        big, study = self.amount >= 500 * WAN, self.amount >= 1000 * WAN
        body = {"design_by": "professional", "design_body": pick(self.key, ["湖南省邮电规划设计院", "湖南省建筑设计院数字中心", "长沙市规划信息咨询公司"])}
        yield self.do("builder", "prelim_design.draft", **(body if big else {"design_by": "own"}))
        if self.reached("designing"):
            return
        if study:
            self.wait(4)
            yield self.do("builder", "prelim_design.submit_study", "feasibility_study")
            if self.reached("study"):
                return
            self.wait(9)
            yield self.do("drc", "prelim_design.reply_study", "feasibility_reply")
        self.wait(5)
        yield self.do("builder", "prelim_design.submit", "preliminary_design", *(["designer_qualification"] if big else []))
        if self.reached("reviewing"):
            return
        self.wait(8)
        if self.amount >= 200 * WAN:
            yield self.meeting("center", "scheme_review.meeting")
            if self.reached("review_met"):
                return
            self.wait(2)
        reviewed = less(self.amount, 98)
        if self.more.get("conditions"):
            said = dict(GOOD, data_sharing="improve", estimate="improve")
            yield self.do("center", "scheme_review.pass_with_conditions", "review_opinion", subjects=said, amount=reviewed,
                          opinion="方案总体可行,须完善数据共享和概算。", conditions=[{"condition": "明确与市共享交换平台的接口和更新频率", "owner": "项目负责人", "due": str(CALENDAR.add(self.day, 10))},
                                      {"condition": "核减重复的存储设备概算", "owner": "概算编制人", "due": str(CALENDAR.add(self.day, 10))}])
            if self.reached("conditions"):
                return
            self.wait(6)
            yield self.do("builder", "scheme_review.answer_conditions", "conditions_reply", answer="已逐条落实,见说明。")
            self.wait(2)
            yield self.do("center", "scheme_review.confirm_conditions")
        else:
            yield self.do("center", "scheme_review.pass", "review_opinion", subjects=GOOD, amount=reviewed, opinion="方案可行,概算合理,同意通过评审。")

    def meeting(self, who, action):
        return self.do(who, action, "expert_opinion", held_on=str(self.day), experts=self.draw(action))

    def draw(self, salt):
        """Five experts of the pool without those who are tied to the unit or the contractor."""
        free = [id for id, e in POOL if e.get("unit_org") != self.unit and not e.get("suspended") and e["unit"] != self.contractor()[1]]
        first = pick(self.key + salt, range(len(free)))
        return sorted(free[(first + n * 7) % len(free)] for n in range(5))

    def contractor(self):
        return pick(self.key, [c for c in CONTRACTORS if c[0][0] == "C"])

    def approved(self):
        self.wait(3)
        yield self.do("builder", "approval.apply", "approval_application")
        if self.reached("applied"):
            return
        self.wait(1)
        yield self.do("bureau", "approval.accept", split_judgement="查本单位近两年项目,未发现将同一建设内容拆分申报的情形。")
        if self.reached("accepted_for_approval"):
            return
        self.wait(4)
        if self.more.get("corrected"):
            yield self.do("bureau", "approval.correct", missing=["概算明细表缺运维费用测算", "缺网络安全等级保护定级材料"])
            if self.reached("paused"):
                return
            self.wait(5)
            yield self.do("builder", "approval.resubmit", note="两项材料已补齐")
            self.wait(3)
        yield self.do("bureau", "approval.approve", "approval_reply", approval_number=f"益政管审〔{self.day.year}〕{pick(self.key, range(1, 60))}号")
        if self.reached("approved"):
            return
        self.wait(6)
        yield self.do("builder", "budget_review.submit", "budget")
        if self.reached("budget_submitted"):
            return
        self.wait(9)
        yield self.do("finance", "budget_review.conclude", "budget_review_report", amount=less(less(self.amount, 98), 98))
        self.reached("budget_reviewed")

    def procured(self):
        self.wait(6)
        method = "direct" if self.small else "consultation" if self.amount < 200 * WAN else "open_tender"
        shares = {"shares": self.more["shares"]} if "shares" in self.more else {}
        yield self.do("builder", "procurement.choose", procurement_method=method, **shares)
        if self.reached("procuring"):
            return
        self.wait(8 if self.small else 20)
        id, name, _, small = self.contractor()
        amount = self.amount * 94 // 100 // 10000 * 10000
        yield self.do("builder", "procurement.award", "procurement_documents", "award_notice", contractor=id, amount=amount)
        if self.reached("awarded"):
            return
        self.wait(6)
        self.contract, self.number = amount, f"HT-{self.day.year}-{pick(self.key, range(100, 999))}"
        yield self.do("builder", "contract.sign", "contract", number=self.number, contractor=id, contractor_name=name, amount=amount,
                      signed_on=str(self.day), retention_percent=15, termination_clause=True, operation_years=self.more.get("operation_years", 3),
                      small_enterprise=small)
        if not self.small:
            yield self.do("builder", "contract.sign_supervision", "supervision_contract", supervisor=pick(self.key, SUPERVISORS),
                          amount=amount * 2 // 100)
        yield self.do("builder", "contract.complete")
        if self.reached("contracted"):
            return
        self.wait(4)
        yield self.do("builder", "filing.file")
        self.wait(2)
        yield self.do("bureau", "filing.receive")

    def pay(self, stage, percent):
        """A part of what is not held back; 100: all that is left of it."""
        most = self.contract - (self.contract * 15 + 99) // 100
        now = most - self.paid if percent == 100 else self.contract * percent // 100
        self.paid += now
        return self.do("finance", stage + ".pay", contract=self.number, amount=now, note="按合同约定支付")

    def built(self):
        self.wait(10)
        yield self.pay("construction", 30)
        if not self.more.get("private"):
            yield self.do("bureau", "construction.release")
        weeks = self.more.get("weeks", 8 if self.small else 14 if self.amount < 500 * WAN else 26)
        parts = max(2, weeks // 10 + 1)
        for part in range(1, parts):
            self.wait(weeks * 5 // parts)
            yield self.do("builder", "construction.report", progress=100 * part // parts, quality="符合合同和设计要求",
                          risks=pick(self.key, ["无重大风险", "部分设备到货推迟一周,已调整工序", "与原系统的数据迁移需业务科室配合,已明确专人"]))
            if part == 1 and self.reached("building"):
                return
            if part == 1 and self.more.get("change"):
                self.wait(5)
                yield self.do("builder", "construction.request_change", "change_request", contract=self.number, direction="more",
                              amount=self.contract * 4 // 100, content=self.more["change"])
                if self.reached("changing"):
                    return
                self.wait(6)
                yield self.do("bureau", "change.approve", "change_reply", opinion="属必要变更,增加额未超过合同款的10%,同意。")
                self.contract += self.contract * 4 // 100
            if part == 1 and self.goal == "terminated":
                self.wait(15)
                yield self.do("builder", "construction.terminate", "termination_statement", ground="contractor",
                              statement="承建单位擅自更换主要设备型号,三次书面催告后仍拒不整改,经单位党组研究终止项目。")
                self.reached("terminated")
                return
        self.wait(weeks * 5 // parts)
        yield self.do("builder", "construction.report", progress=100, quality="全部建设内容完成,自测通过")
        self.wait(2)
        yield self.do("builder", "construction.complete")
        self.reached("built")

    def records(self, stage):
        """第二十六条(三)(四):共享和测评 · sharing and the assessments that this project needs."""
        yield self.do("builder", stage + ".record_sharing", "data_sharing_proof")
        for need, action, paper in (("software_test", "software", "software_test_report"), ("protection_assessment", "protection", "protection_assessment_report"),
                                    ("crypto_assessment", "crypto", "crypto_assessment_report")):
            if need in self.more.get("needs", []):
                self.wait(2)
                yield self.do("builder", f"{stage}.record_{action}_assessment", paper, result="passed", body="湖南省电子产品检测研究院")

    def accepted(self):
        upper = len(set(self.more.get("sources", {})) & {"provincial", "central"}) > 0
        if self.amount < 200 * WAN and not upper:
            self.wait(5)
            yield from self.records("builder_acceptance")
            if self.reached("recorded"):
                return
            self.wait(5)
            yield self.do("builder", "builder_acceptance.pass", "acceptance_report")
            self.accepted_on = self.day
            self.reached("accepted")
            self.wait(2)
            yield self.do("builder", "builder_acceptance.report")
            return
        if self.amount >= 200 * WAN:
            self.wait(8)
            yield self.do("builder", "preliminary_acceptance.pass", "preliminary_acceptance_report")
            self.wait(1)
            began = self.day
            yield self.do("builder", "trial_run.begin", trial_started_on=str(began))
            if self.reached("trial"):
                return
            self.wait(30)
            yield from self.records("trial_run")
            self.day = CALENDAR.add(max(self.day, CALENDAR.months(began, 3)), 2)
            if self.reached("trial_over"):
                return
            yield self.do("builder", "trial_run.apply", "trial_run_report", "acceptance_application")
            if self.reached("acceptance_applied"):
                return
        if upper:
            yield from self.accepted_above()
            return
        self.wait(2)
        yield self.do("bureau", "final_acceptance.accept")
        if self.reached("acceptance_received"):
            return
        if self.more.get("acceptance_corrected"):
            self.wait(3)
            yield self.do("bureau", "final_acceptance.correct", missing=["竣工文档与现场设备清单不一致", "操作手册缺应急处置章节"])
            if self.reached("acceptance_paused"):
                return
            self.wait(6)
            yield self.do("builder", "final_acceptance.resubmit", note="清单已逐项核对更正,手册已补充")
        self.wait(4)
        yield self.meeting("bureau", "final_acceptance.meeting")
        if self.more.get("fails"):
            self.wait(1)
            yield self.do("bureau", "final_acceptance.fail", problems=["并发用户达到500时页面响应超过8秒,未达合同指标", "与省平台的数据接口有两项未联通"],
                          correct_by=str(CALENDAR.add(self.day, 40)))
            if self.reached("failed"):
                return
            self.wait(25)
            yield self.do("builder", "correction.resubmit", "correction_report", note="完成性能优化和接口联调,经第三方复测达标。")
            self.wait(3)
            yield self.do("bureau", "final_acceptance.accept")
            self.wait(4)
            yield self.meeting("bureau", "final_acceptance.meeting")
        self.wait(1)
        yield self.do("bureau", "final_acceptance.pass", "acceptance_report", opinion="建设内容符合批复和合同要求,资料齐全,同意通过竣工验收。")
        self.accepted_on = self.day
        self.reached("accepted")

    def accepted_above(self):
        self.wait(3)
        if self.amount < 200 * WAN:
            yield from self.records("upper_acceptance")
        self.wait(3)
        yield self.do("bureau", "upper_acceptance.pre_accept", "acceptance_application", "pre_acceptance_opinion")
        if self.reached("pre_accepted"):
            return
        self.wait(20)
        yield self.do("builder", "upper_acceptance.record_upper", "upper_acceptance_document", accepted_on=str(self.day), body="湖南省政务管理服务局")
        self.accepted_on = self.day
        self.reached("accepted")

    # after acceptance: several stages beside each other, so their steps are put in order of dates ------------------------------------

    def afterwards(self):
        later, day = [], self.day

        def at(day_, *rest, **input_):
            self.day = CALENDAR.roll(day_)
            later.append(self.do(*rest, **input_))

        at(CALENDAR.add(day, 4), "builder", "archive.file", "archive_file", archive_form="electronic")
        at(CALENDAR.add(day, 7), "bureau", "archive.receive")
        self.settled(at, day)
        self.evaluated(at)
        self.retained(at)
        if self.more.get("operations", True):
            for n in (1, 2):
                at(CALENDAR.add(CALENDAR.months(self.accepted_on, 12 * n), -8), "builder", "operations.record_security_test", "security_test_report")
        later.sort(key=lambda step: step.day)  # a stable sort: what was said first on a day comes first
        yield from later

    def settled(self, at, day):
        at(CALENDAR.add(day, 15), "builder", "settlement.submit", "settlement_report", amount=self.contract)
        self.day = CALENDAR.add(day, 20)
        most = self.contract - (self.contract * 15 + 99) // 100
        at(CALENDAR.add(day, 20), "finance", "settlement.pay", contract=self.number, amount=most - self.paid, note="竣工验收后付至扣除尾款的数")
        if self.amount <= 2000 * WAN:
            at(CALENDAR.add(day, 32), "finance", "settlement.review", "settlement_review", amount=self.contract)
        drawn = bool(self.more.get("audited"))
        if self.amount < 2000 * WAN:
            at(CALENDAR.add(day, 36), "audit", "settlement.draw", drawn=drawn,
               note="按季度对新验收项目以10%的比例随机抽取,抽取记录编号存审计局。" + ("本项目抽中。" if drawn else "本项目未抽中。"))
        if drawn or self.amount >= 2000 * WAN:
            at(CALENDAR.add(day, 70), "audit", "settlement.audit", "audit_report", opinion="未发现重大违规,个别合同条款约定不明,已督促完善。")

    def evaluated(self, at):
        day = CALENDAR.add(CALENDAR.months(self.accepted_on, 10), 5)
        depth = "full" if self.more.get("key_project") else "short"
        if self.more.get("problems"):
            at(day, "bureau", "evaluation.evaluate", "evaluation_report", depth=depth, evaluation_result="passed_with_problems",
               problems=[self.more["problems"]], evaluation_score=82, fix_owner="信息中心主任", fix_by=str(CALENDAR.add(day, 20)))
            at(CALENDAR.add(day, 12), "builder", "evaluation.report_fixed", "problems_fixed_report")
            at(CALENDAR.add(day, 16), "bureau", "evaluation.confirm_fixed")
        else:
            at(day, "bureau", "evaluation.evaluate", "evaluation_report", depth=depth, evaluation_result="passed", evaluation_score=91)

    def retained(self, at):
        for n in (1, 2, 3):
            day = CALENDAR.add(CALENDAR.months(self.accepted_on, 12 * n), 3)
            paper = ["assessment_report"] if n > 1 else []
            at(day, "bureau", f"retention.review_{n}", *paper, result="passed", opinion="后评价合格、问题已整改,同意支付。" if n == 1 else "年度考核合格,同意支付。")
            at(CALENDAR.add(day, 6), "finance", f"retention.pay_{n}")
        years = self.more.get("operation_years", 3)
        over = max(CALENDAR.months(self.accepted_on, 12 * years), CALENDAR.months(self.accepted_on, 36))
        at(CALENDAR.add(over, 12), "builder", "operations.end", follow_up="renew")
