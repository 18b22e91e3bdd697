"""The plain refusals a clerk meets, stage by stage: too late, too early, short of a paper, not one's business, too much money. Each names its article."""
from law_city import EXPERTS, GOOD, refused, run, yuan

WHO, UPPER = "chengguan", "shuili"
ACCEPTED = []  # the project that one test takes to its acceptance and another to its retention
FOUR = ["project_proposal", "party_group_approval", "investment_estimate", "supporting_evidence"]


def codes(refusal):
    return sorted(refusal.codes)


MORNINGS = []  # (case, deadline, days): looked at in the end, when all has been told


def test_5_declared_too_late():
    """30 September 23:59 is in time, 1 October 00:00 is not; the refusal names the two ways out, and both work."""
    ids = [C.project(WHO, yuan(1_000_000), 2023, title=f"申报{n}") for n in range(3)]
    for id in ids:
        C.papers(id, WHO, *FOUR, "urgent_basis")
    C.at("2022-09-30T23:59")
    C.do(ids[0], WHO, "declaration.submit")
    assert C.open(ids[0]) == ["pretech"]
    C.at("2022-10-01T00:00")
    said = C.no(ids[1], WHO, "declaration.submit", "declaration.late", 5, status=422)
    assert said["article"] == 5 and said["field"] == "plan_year"
    assert all(word in said["zh"] for word in ("2022-09-30", "2024", "第七条", "草稿保留")), said["zh"]
    assert all(word in said["en"] for word in ("2022-09-30", "24:00", "2024", "article 7", "draft is kept")), said["en"]
    C.do(ids[1], WHO, "declaration.revise", plan_year=2024, investment_by_year=[{"year": 2024, "amount": yuan(1_000_000)}])
    assert C.due(ids[1], "declaration.window") == "2023-09-30"
    C.do(ids[1], WHO, "declaration.submit")
    C.do(ids[2], WHO, "declaration.request_urgent", urgent_reason="湘政办函〔2022〕100号要求年内建成")
    assert C.open(ids[2]) == ["urgent_review"]
    MORNINGS.append((ids[1], "window", ["2022-10-08", "2022-10-08"]))  # a Saturday that is worked, the first after the holiday: that it passed, and what follows


def test_5_papers_and_sums():
    """All that is missing is told at once; sources and years add up to the total."""
    id = C.project(WHO, yuan(1_000_000), 2024)
    refusal = refused(lambda: C.act(id, WHO, "declaration.submit"), 422, "paper.missing", 5)
    assert [r["paper"] for r in refusal.refusals if r["code"] == "paper.missing"] == FOUR, refusal.refusals
    C.papers(id, WHO, *FOUR[:3])
    refusal = refused(lambda: C.act(id, WHO, "declaration.submit"), 422, "paper.missing", 5)
    assert [r["paper"] for r in refusal.refusals] == FOUR[3:]
    C.no(id, WHO, "declaration.revise", "project.years", 5, investment=yuan(2_000_000), funding_sources=[{"source": "city", "amount": yuan(2_000_000)}])
    refusal = refused(lambda: C.project(WHO, yuan(1_000_000), 2024, funding_sources=[{"source": "city", "amount": 1}]), 422, "project.sources", 5)
    assert codes(refusal) == ["project.sources"]


def test_47_civil_works_apart():
    """超过 is strict, 40%以上 includes 40%: over 4,000,000, or over 2,000,000 and at least 40% of the total."""
    for total, civil, apart in [(yuan(12_000_000), yuan(4_000_000), False), (yuan(12_000_000), yuan(4_000_000) + 1, True), (yuan(5_000_000), yuan(2_000_000), False),
                                (yuan(5_000_000), yuan(2_000_000) + 1, True), (yuan(5_000_000) + 3, yuan(2_000_000) + 1, False)]:
        id = C.project(WHO, total, 2024, civil_works=civil)
        C.papers(id, WHO, *FOUR)
        if apart:
            C.no(id, WHO, "declaration.submit", "declaration.civil", 47)
        else:
            C.do(id, WHO, "declaration.submit")


def test_4_wrong_role():
    """Each body does its own: 403, and the case says beforehand who does it."""
    id = C.upto("pretech", yuan(1_000_000))
    C.papers(id, "center", "pretech_opinion")
    for who in (WHO, "bureau", "finance", "government"):
        C.no(id, who, "pretech.pass", "role", 5, status=403, opinion="同意")
        listed = C.action(id, who, "pretech.pass")
        assert not listed["permitted"] and not listed["allowed"] and "智慧城市和大数据中心" in listed["reasons"][0]["zh"], listed
    C.pretech(id)
    refused(lambda: C.create("center", "plan", title="2024年度计划", year=2024), 403, "role", 6)
    refused(lambda: C.project("finance", yuan(1_000_000), 2024), 403, "role", 5)
    plan = C.create("bureau", "plan", title="2024年度计划", year=2024)
    C.do(plan, "bureau", "plan_compile.include", projects=[id])
    C.do(plan, "bureau", "plan_compile.submit", "plan_draft")
    for who, action in [("finance", "sign_drc"), ("drc", "sign_finance"), ("bureau", "sign_drc")]:
        C.no(plan, who, f"plan_signatures.{action}", "role", status=403)
    C.no(id, WHO, "planning.enter_plan", "role", status=403, plan=plan)
    C.no(id, "bureau", "planning.enter_plan", "role", status=403, plan=plan)
    C.no(plan, "bureau", "plan_issue.issue", "stage.closed", status=409)


def test_6_the_plan():
    """Only what passed the pre-technical review, of this year, once; struck and deferred projects go their ways when the plan is issued."""
    waiting = [C.upto("planning", yuan(1_000_000), title=f"待列{n}") for n in range(3)]
    year = C.fact(waiting[0], "plan_year")
    reviewing = C.upto("pretech", yuan(1_000_000), title="审查中")
    plan = C.create("bureau", "plan", title="年度计划", year=year)
    C.no(plan, "bureau", "plan_compile.submit", "plan.empty", 6)
    C.no(plan, "bureau", "plan_compile.include", "plan.pretech", 5, projects=[reviewing])
    C.no(plan, "bureau", "plan_compile.include", "plan.unknown", 5, projects=["430900-2022-9999"])
    C.no(plan, "bureau", "plan_compile.include", "plan.twice", 6, projects=[waiting[0], waiting[0]])
    other = C.create("bureau", "plan", title="他年计划", year=year + 1)
    C.no(other, "bureau", "plan_compile.include", "plan.year", 5, projects=[waiting[0]])
    C.do(other, "bureau", "plan_compile.drop", reason="登记有误")
    C.do(plan, "bureau", "plan_compile.include", projects=waiting)
    C.no(plan, "bureau", "plan_compile.strike", "plan.not_listed", 6, project=reviewing, reason="无")
    C.do(plan, "bureau", "plan_compile.submit", "plan_draft")
    C.do(plan, "drc", "plan_signatures.sign_drc")
    C.do(plan, "finance", "plan_signatures.sign_finance")
    C.do(plan, "group", "plan_leading_group.strike", project=waiting[1], reason="与已建系统重复")
    C.do(plan, "group", "plan_leading_group.defer", project=waiting[2], reason="财力所限")
    C.do(plan, "group", "plan_leading_group.approve", "leading_group_minutes")
    # article 7: reviewed, signed and approved is not issued: nothing of the approval is open to the project before
    for step in ("plan_government.approve", "plan_issue.issue"):
        for what in ("prelim_design.draft", "approval.accept", "approval.approve", "procurement.choose"):
            C.no(waiting[0], "bureau" if what.startswith("approval") else WHO, what, "stage.closed", {"prelim_design.draft": 10, "procurement.choose": 18}.get(
                what, 14 if what == "approval.accept" else 13), status=409)
        assert C.open(waiting[0]) == ["planning"]
        C.do(plan, "government" if "government" in step else "bureau", step, "government_minutes" if "government" in step else "plan_notice")
    assert [C.open(id) for id in waiting] == [["prelim_design"], ["declaration"], ["planning"]]
    assert C.fact(waiting[2], "plan_year") == year + 1 and C.fact(waiting[1], "declared_on") is None
    assert any("退回申报" in n["zh"] for n in C.inbox(WHO, waiting[1])) and any(str(year + 1) in n["zh"] for n in C.inbox(WHO, waiting[2]))


def test_7_approval_only_inside_an_issued_plan():
    """The way of article 7 beside the plan: three signatures, then the leading group, then the government; before that nothing."""
    id = C.upto("planning", yuan(1_000_000))
    for who, what in [(WHO, "approval.apply"), ("bureau", "approval.accept"), ("bureau", "approval.approve")]:
        C.no(id, who, what, "stage.closed", 14 if what == "approval.accept" else 13, status=409)
    C.no(id, WHO, "planning.request_urgent", "paper.missing", 7, urgent_reason="省里要求")
    C.do(id, WHO, "planning.request_urgent", "urgent_basis", urgent_reason="省里要求")
    C.papers(id, "bureau", "joint_review_opinion", "leading_group_minutes", "government_minutes")
    C.no(id, "group", "urgent_review.leading_group", "urgent.unsigned", 7)
    C.do(id, "bureau", "urgent_review.sign_bureau")
    C.do(id, "drc", "urgent_review.sign_drc")
    C.no(id, "government", "urgent_review.approve", "urgent.unsigned", 7)
    C.do(id, "finance", "urgent_review.sign_finance")
    C.no(id, "government", "urgent_review.approve", "urgent.group", 7)
    C.do(id, "group", "urgent_review.leading_group")
    C.do(id, "government", "urgent_review.approve")
    assert C.open(id) == ["prelim_design"] and C.fact(id, "plan_kind") == "supplementary"


def test_11_12_review_and_experts():
    """Eight subjects, experts from the pool, none tied to the project."""
    id = C.upto("scheme_review", yuan(3_000_000))
    C.papers(id, "center", "expert_opinion", "review_opinion")
    today = C.today
    C.no(id, "center", "scheme_review.meeting", "experts.too_few", 12, held_on=today, experts=EXPERTS[:4])
    C.no(id, "center", "scheme_review.meeting", "experts.conflict", 12, held_on=today, experts=EXPERTS + ["E006"])
    C.no(id, "center", "scheme_review.meeting", "experts.not_in_pool", 12, held_on=today, experts=EXPERTS + ["E999"])
    C.no(id, "center", "scheme_review.meeting", "experts.not_in_pool", 12, held_on=today, experts=EXPERTS + ["E007"])
    C.no(id, "center", "scheme_review.meeting", "experts.future", 12, held_on="2099-01-01", experts=EXPERTS)
    C.no(id, WHO, "scheme_review.meeting", "role", status=403, held_on=today, experts=EXPERTS)
    C.no(id, "center", "scheme_review.pass", "review.meeting", 11, subjects=GOOD, opinion="可行")
    C.do(id, "center", "scheme_review.meeting", held_on=today, experts=EXPERTS[:3], exception_reason="库内该领域只有三人")
    said = C.no(id, "center", "scheme_review.pass", "review.subject", 11, subjects={**GOOD, "data_sharing": "improve"}, opinion="可行")
    assert said["field"] == "subjects.data_sharing" and "数据共享方案" in str(said), said
    C.no(id, "center", "scheme_review.pass_with_conditions", "review.subject", 11, subjects={**GOOD, "estimate": "fail"}, opinion="可行",
         conditions=[{"condition": "核减", "owner": "李某", "due": "2099-01-01"}])
    # a path is never left silently for a lighter one (readings, articles 8 to 26)
    said = C.no(id, "center", "scheme_review.pass", "path.lighter", 11, subjects=GOOD, opinion="可行", amount=yuan(1_990_000))
    C.do(id, "center", "scheme_review.pass", subjects=GOOD, opinion="可行", amount=yuan(1_990_000), lighter_reason="核减硬件")
    assert C.open(id) == ["approval"]


def test_13_14_approval():
    """Application first, everything missing at once, a second notice with its reason, no approval by silence."""
    id = C.upto("approval", yuan(1_000_000))
    C.no(id, "bureau", "approval.accept", "approval.not_applied", 13)
    C.no(id, WHO, "approval.apply", "paper.missing", 13)
    C.do(id, WHO, "approval.apply", "approval_application")
    C.papers(id, "bureau", "approval_reply")
    C.no(id, "bureau", "approval.approve", "approval.not_accepted", 14)
    C.no(id, "bureau", "approval.correct", "approval.not_accepted", 14, missing=["概算"])
    C.do(id, "bureau", "approval.accept")
    C.no(id, WHO, "approval.resubmit", "approval.not_asked", 14)
    C.do(id, "bureau", "approval.correct", missing=["概算明细"])
    C.no(id, "bureau", "approval.approve", "approval.waiting", 14)
    C.do(id, WHO, "approval.resubmit")
    said = C.no(id, "bureau", "approval.correct", "once", 14, missing=["等保方案"])
    assert said["field"] == "reason" and "再次告知的理由" in said["zh"], said
    C.act(id, "bureau", "approval.correct", missing=["等保方案"], reason="定级在首次告知后变更")
    assert [n["reason"] for n in C.fact(id, "extra_notices")] == ["定级在首次告知后变更"], "counted in the bureau's record"
    C.do(id, WHO, "approval.resubmit")
    C.no(id, "bureau", "approval.approve", "approval.amount", 13, amount=yuan(1_000_000) + 1)
    # accepted and twice corrected on Saturday 2022-10-01: Sat 8 and Sun 9 are made up, 10-14 (7) 17 18 19
    assert C.due(id, "approval.decide") == "2022-10-19"
    C.at("2022-10-19T23:59")
    assert not C.inbox("group", id), "the last day is not over"
    C.at("2022-12-30")
    late = C.inbox("group", id)
    # three working days after: Thu 20, Fri 21, Mon 24
    assert len(late) == 1 and late[0]["article"] == 14 and late[0]["as"] == "to_supervisor" and late[0]["at"].startswith("2022-10-24T09:00"), late
    assert C.open(id) == ["approval"] and C.fact(id, "approved_on") is None
    assert next(d for d in C.case(id)["deadlines"] if d["name"] == "decide")["state"] == "overdue"
    C.do(id, "bureau", "approval.approve")
    C.no(id, WHO, "budget_review.submit", "paper.missing", 17)
    C.do(id, WHO, "budget_review.submit", "budget")
    C.papers(id, "finance", "budget_review_report")
    C.no(id, "finance", "budget_review.conclude", "budget.amount", 22, amount=yuan(1_000_000) + 1)


def test_15_lapse():
    """Not started within 6 months: lapsed, blocked, approved again; a contract signed in time but recorded late is the bureau's to restore."""
    first, second = C.upto("budget_review", yuan(1_000_000)), C.upto("contract", yuan(1_000_000))
    # 6 months from Friday 2022-12-30 end on Friday 2023-06-30; warned 3 months (Thu 03-30), 1 month (Tue 05-30), 15 days (Thu 06-15) before
    assert C.due(first, "approval.start") == "2023-06-30"
    C.papers(first, WHO, "budget")
    C.papers(second, WHO, "contract")
    C.at("2023-06-30T23:59")
    assert C.fact(first, "approval_lapsed_on") is None
    C.at("2023-07-01")
    assert C.fact(first, "approval_lapsed_on") == "2023-07-01" and C.due(first, "approval.start") is None
    said = C.no(first, WHO, "budget_review.submit", "approval.lapsed", 15)
    assert "重新报批" in said["zh"] and "2023-07-01" in said["en"]
    C.no(second, WHO, "contract.sign", "approval.lapsed", 15, **C.terms(yuan(900_000), signed_on="2023-06-28"))
    C.no(second, "bureau", "contract.record_in_time", "contract.late", 15, signed_on="2023-07-01", reason="查验合同")
    C.do(second, "bureau", "contract.record_in_time", signed_on="2023-06-28", reason="合同6月28日已签,登记迟延")
    C.do(second, WHO, "contract.sign", **C.terms(yuan(900_000), signed_on="2023-06-28"))
    C.do(first, WHO, "budget_review.reapply")
    assert C.open(first) == ["approval"]
    C.no(first, "bureau", "approval.approve", "approval.not_accepted", 14)
    C.approve(first, WHO)
    assert C.due(first, "approval.start") == "2024-01-02"  # 6 months from Sat 2023-07-01: New Year's Day is off, rolls to Tuesday
    C.do(first, WHO, "budget_review.submit")
    MORNINGS.append((first, "start", ["2023-03-30", "2023-05-30", "2023-06-15", "2023-07-03", "2023-07-03"]))  # on the Monday: lapsed, and overdue


def test_18_45_procurement():
    id = C.upto("procurement", yuan(1_000_000))
    C.papers(id, WHO, "procurement_documents", "award_notice")
    C.no(id, WHO, "procurement.award", "procurement.method", 18, contractor="C001", amount=yuan(900_000))
    C.no(id, WHO, "procurement.choose", "procurement.reason", 18, procurement_method="single_source")
    C.no(id, "finance", "procurement.choose", "role", status=403, procurement_method="open_tender")
    C.do(id, WHO, "procurement.choose", procurement_method="open_tender")
    C.no(id, WHO, "procurement.award", "procurement.amount", 22, contractor="C001", amount=yuan(1_000_000) + 1)


def test_19_20_21_24_contract():
    """All that is wrong with a contract is said at once."""
    id = C.upto("contract", yuan(1_000_000))
    C.no(id, WHO, "contract.sign", "paper.missing", 25, **C.terms(yuan(900_000)))
    C.papers(id, WHO, "contract")
    wrong = C.terms(yuan(1_000_000) + 1, retention_percent=5, termination_clause=False, operation_years=2, signed_on="2099-01-01")
    refusal = refused(lambda: C.act(id, WHO, "contract.sign", **wrong), 422)
    assert sorted(zip(refusal.codes, refusal.articles)) == [("contract.amount", 22), ("contract.date", 25), ("contract.operation", 21), ("contract.retention", 19),
                                                            ("contract.termination", 20)], refusal.refusals
    said = C.no(id, WHO, "contract.sign", "contract.operation", 21, **C.terms(yuan(900_000), operation_years=2))
    assert said["field"] == "operation_rule" and "上级政策" in said["zh"], said
    C.no(id, WHO, "contract.complete", "contract.unsigned", 25)
    C.do(id, WHO, "contract.sign", **C.terms(yuan(900_000), operation_years=2, operation_rule="湘财购〔2022〕5号"))
    C.no(id, WHO, "contract.sign", "contract.number", 25, **C.terms(yuan(1)))
    C.no(id, WHO, "contract.complete", "contract.supervision", 24)


def test_19_22_25_construction():
    """No more than 85% before acceptance; changes go through their own decision; no acceptance without the filing."""
    id = C.upto("construction", yuan(1_000_000))
    C.papers(id, WHO, "change_request")
    C.papers(id, "bureau", "change_reply")
    C.no(id, "finance", "construction.pay", "payment.contract", 25, contract="HT-9", amount=1)
    C.no(id, "finance", "construction.pay", "payment.retention", 19, contract="HT-001", amount=yuan(850_000) + 1)
    C.do(id, "finance", "construction.pay", contract="HT-001", amount=yuan(850_000))
    said = C.no(id, "finance", "construction.pay", "payment.retention", 19, contract="HT-001", amount=1)
    assert "850,000 yuan" in said["en"], said
    C.no(id, "bureau", "construction.pay", "role", status=403, contract="HT-001", amount=1)
    C.no(id, WHO, "construction.complete", "construction.not_filed", 25)
    C.no(id, WHO, "filing.receive", "role", status=403)
    C.do(id, WHO, "filing.file")
    C.do(id, WHO, "construction.request_change", contract="HT-001", direction="more", amount=yuan(100_000) + 1, content="增加终端")
    C.no(id, WHO, "construction.complete", "construction.change", 22)
    C.no(id, "bureau", "change.approve", "change.supplement", 22, opinion="同意")
    C.do(id, "bureau", "change.reject", opinion="超过10%,另行采购")
    C.do(id, WHO, "construction.request_change", contract="HT-001", direction="more", amount=yuan(100_000), content="增加终端")
    C.do(id, "bureau", "change.approve", opinion="同意")
    C.do(id, "finance", "construction.pay", contract="HT-001", amount=yuan(85_000))  # 85% of 1,100,000
    C.no(id, "finance", "construction.pay", "payment.retention", 19, contract="HT-001", amount=1)


def test_20_termination():
    """On three grounds, with a written statement; then nothing more can be done, and nothing is lost."""
    id = C.upto("construction", yuan(1_000_000))
    C.no(id, WHO, "construction.terminate", "paper.missing", 20, ground="no_way_on", statement="承建单位停业")
    C.papers(id, WHO, "termination_statement")
    refused(lambda: C.act(id, WHO, "construction.terminate", ground="too_expensive", statement="太贵"), 422)
    C.no(id, "bureau", "construction.terminate", "role", status=403, ground="no_way_on", statement="承建单位停业")
    C.do(id, WHO, "construction.terminate", ground="no_way_on", statement="承建单位停业,无法继续")
    case = C.case(id)
    assert case["ended"] == C.today and case["outcome"] == "terminated" and case["deadlines"] == [] and case["actions"] == []
    C.no(id, "finance", "construction.pay", "case.ended", status=409, contract="HT-001", amount=1)
    refused(lambda: C.papers(id, WHO, "contract"), 409, "case.ended")
    assert all(any(n["article"] == 20 for n in C.inbox(who, id)) for who in ("bureau", "finance"))


def test_26_28_acceptance_and_refusal_to_correct():
    """Too early, without sharing or assessment, failed, refused to correct: nothing further is paid until accepted."""
    id = C.upto("done", yuan(3_000_000), needs_software_test=True)  # today is 2023-07-01
    C.no(id, WHO, "preliminary_acceptance.pass", "paper.missing", 26)
    C.do(id, WHO, "preliminary_acceptance.pass", "preliminary_acceptance_report")
    C.papers(id, WHO, "trial_run_report", "acceptance_application", "data_sharing_proof", "software_test_report", "correction_report")
    C.papers(id, "bureau", "acceptance_report", "expert_opinion")
    C.no(id, WHO, "trial_run.apply", "trial.not_begun", 26)
    C.no(id, WHO, "trial_run.begin", "trial.future", 26, trial_started_on="2023-07-02")
    C.do(id, WHO, "trial_run.begin", trial_started_on="2023-07-01")
    assert C.due(id, "trial_run.over") == "2023-10-07"  # 3 months: 1 October, rolls over the holiday to Saturday 7, made up
    C.at("2023-10-07T23:59")
    C.no(id, WHO, "trial_run.apply", "trial.running", 26)
    C.at("2023-10-08")
    refusal = refused(lambda: C.act(id, WHO, "trial_run.apply"), 422, None, 26)
    assert codes(refusal) == ["acceptance.sharing", "acceptance.software"], refusal.refusals
    C.do(id, WHO, "trial_run.record_sharing")
    C.do(id, WHO, "trial_run.record_software_assessment", result="failed", body="某测评中心")
    C.no(id, WHO, "trial_run.apply", "acceptance.software", 26)
    C.do(id, WHO, "trial_run.record_software_assessment", result="passed", body="某测评中心")
    C.do(id, WHO, "trial_run.apply")
    C.no(id, "bureau", "final_acceptance.pass", "acceptance.not_received", 26, opinion="同意")
    C.do(id, "bureau", "final_acceptance.accept")
    C.no(id, "bureau", "final_acceptance.pass", "acceptance.meeting", 26, opinion="同意")
    C.no(id, "bureau", "final_acceptance.fail", "correction.date", 28, problems=["性能不足"], correct_by=C.today)
    C.do(id, "bureau", "final_acceptance.fail", problems=["性能不足"], correct_by="2023-11-08")
    assert C.open(id) == ["correction"] and C.due(id, "correction.correct_by") == "2023-11-08"
    C.no(id, WHO, "correction.refuse_to_correct", "role", status=403, reason="无")
    C.do(id, "bureau", "correction.refuse_to_correct", reason="两次催告未整改")
    assert any(n["article"] == 28 and "停付" in n["zh"] for n in C.inbox("finance", id))
    C.do(id, WHO, "correction.resubmit", note="已扩容")
    for who in ("finance", WHO):
        C.no(id, who, "final_acceptance.pay", "payment.frozen", 28, contract="HT-001", amount=1)
    C.do(id, "bureau", "final_acceptance.accept")
    C.meeting(id, "bureau", "final_acceptance.meeting")
    C.do(id, "bureau", "final_acceptance.pass", opinion="同意")
    C.do(id, "finance", "settlement.pay", contract="HT-001", amount=yuan(100_000))
    ACCEPTED.append(id)


def test_28_failed_twice():
    """Failed a second time: nothing further is paid; accepted at last: it is."""
    id = C.upto("done", yuan(1_000_000))
    C.papers(id, WHO, "correction_report", "acceptance_report", "data_sharing_proof")
    C.do(id, WHO, "builder_acceptance.fail", problems=["功能缺失"], correct_by="2023-12-01")
    C.do(id, WHO, "correction.resubmit", note="已补齐")
    C.do(id, "finance", "builder_acceptance.pay", contract="HT-001", amount=yuan(100_000))
    C.do(id, WHO, "builder_acceptance.fail", problems=["仍有缺陷"], correct_by="2023-12-01")
    C.do(id, WHO, "correction.resubmit", note="再次整改")
    C.no(id, "finance", "builder_acceptance.pay", "payment.frozen", 28, contract="HT-001", amount=1)
    C.do(id, WHO, "builder_acceptance.record_sharing")
    C.do(id, WHO, "builder_acceptance.pass")
    C.do(id, "finance", "builder_acceptance.pay", contract="HT-001", amount=yuan(100_000))


def test_27_money_from_above():
    """State or provincial money beside the city's: the bureau's pre-acceptance comes before the acceptance above."""
    id = C.upto("done", yuan(1_000_000), who=UPPER, funding_sources=[{"source": "city", "amount": yuan(400_000)}, {"source": "provincial", "amount": yuan(600_000)}])
    assert C.open(id) == ["upper_acceptance"]
    C.papers(id, UPPER, "acceptance_application", "data_sharing_proof", "upper_acceptance_document")
    C.papers(id, "bureau", "pre_acceptance_opinion")
    C.no(id, UPPER, "upper_acceptance.record_upper", "upper.not_pre_accepted", 27, accepted_on=C.today, body="省政务局")
    C.no(id, "bureau", "upper_acceptance.pre_accept", "acceptance.sharing", 26)
    C.do(id, UPPER, "upper_acceptance.record_sharing")
    C.do(id, "bureau", "upper_acceptance.pre_accept")
    C.no(id, UPPER, "upper_acceptance.record_upper", "upper.date", 27, accepted_on="2099-01-01", body="省政务局")
    C.do(id, UPPER, "upper_acceptance.record_upper", accepted_on=C.today, body="省政务局")
    assert "retention" in C.open(id) and C.fact(id, "final_accepted_on") == C.today


def test_19_31_retention():
    """Before its year, before the post-evaluation, out of order, on hold: no payment, and nothing forfeited."""
    id = ACCEPTED[0]  # accepted on Sunday 2023-10-08, made up
    C.papers(id, "bureau", "evaluation_report", "assessment_report")
    C.no(id, "bureau", "retention.review_1", "retention.early", 19, result="passed", opinion="合格")
    assert C.due(id, "retention.year_1") == "2024-10-08"
    C.no(id, "bureau", "evaluation.evaluate", "evaluation.early", 31, depth="short", evaluation_result="passed")
    C.at("2024-10-09")
    C.no(id, "bureau", "retention.review_1", "retention.evaluation", 19, result="passed", opinion="合格")
    C.no(id, "bureau", "evaluation.evaluate", "evaluation.problems", 31, depth="short", evaluation_result="passed_with_problems")
    C.do(id, "bureau", "evaluation.evaluate", depth="short", evaluation_result="failed", problems=["使用率低"])
    C.no(id, "bureau", "retention.review_1", "retention.evaluation", 19, result="passed", opinion="合格")
    C.do(id, "bureau", "evaluation.evaluate", depth="short", evaluation_result="passed")
    C.no(id, "bureau", "retention.review_2", "retention.early", 19, result="passed", opinion="合格")
    C.no(id, "finance", "retention.review_1", "role", status=403, result="passed", opinion="合格")
    C.do(id, "bureau", "retention.review_1", result="passed", opinion="合格")
    C.do(id, "finance", "retention.hold", reason="发票有误")
    C.no(id, "finance", "retention.pay_1", "retention.held", 19)
    C.do(id, "finance", "retention.lift", reason="已更正")
    C.no(id, WHO, "retention.pay_1", "role", status=403)
    C.at("2025-10-09")  # 2 years are over on Wednesday 10-08, which is off: they end on Thursday 10-09
    C.no(id, "bureau", "retention.review_2", "retention.early", 19, result="passed", opinion="合格")
    C.at("2025-10-10")
    C.no(id, "bureau", "retention.review_2", "retention.order", 19, result="passed", opinion="合格")
    C.do(id, "finance", "retention.pay_1")
    C.do(id, "bureau", "retention.review_2", result="passed", opinion="合格")
    C.no(id, WHO, "operations.end", "operations.running", 21, follow_up="renew")


def test_49_counties():
    """A county's case is for the county's own bodies where it has them and the city's where it has not; others do not see it."""
    nan, tao = "nan-jiaoyu", "taojiang-shuili"
    id = C.project(nan, yuan(1_000_000), 2027)
    C.declare(id, nan)
    assert C.case(id, "nan-bureau")["jurisdiction"] == "430921"
    assert any("项目申报" in n["zh"] for n in C.inbox("nan-bureau", id)) and not C.inbox("bureau", id), "the county's bureau is told, not the city's"
    C.pretech(id)  # the county has no centre: the city's
    for who in (WHO, tao):
        refused(lambda: C.case(id, who), 404, "case.unknown")
        refused(lambda: C.act(id, who, "planning.withdraw", reason="无"), 404, "case.unknown")
        refused(lambda: C.papers(id, who, "budget"), 404, "case.unknown")
        assert id not in [one["id"] for one in C.ask(who, "GET", "/api/v1/cases?limit=500")["items"]]
    city = C.project(WHO, yuan(1_000_000), 2027, title="市级项目")
    C.declare(city, WHO)
    C.pretech(city)
    refused(lambda: C.case(city, "nan-bureau"), 404, "case.unknown")
    # the county's plan: its own bureau and finance, the city's DRC, leading group and government
    plan = C.create("nan-bureau", "plan", title="南县2027年度计划", year=2027)
    refused(lambda: C.act(plan, "nan-bureau", "plan_compile.include", projects=[city]), 422, "plan.unknown", 5)  # what one may not see is not there
    C.do(plan, "nan-bureau", "plan_compile.include", projects=[id])
    C.no(plan, "bureau", "plan_compile.submit", "role", status=403)
    C.do(plan, "nan-bureau", "plan_compile.submit", "plan_draft")
    C.no(plan, "finance", "plan_signatures.sign_finance", "role", status=403)
    C.do(plan, "nan-finance", "plan_signatures.sign_finance")
    C.do(plan, "drc", "plan_signatures.sign_drc")
    C.do(plan, "group", "plan_leading_group.approve", "leading_group_minutes")
    C.do(plan, "government", "plan_government.approve", "government_minutes")
    C.do(plan, "nan-bureau", "plan_issue.issue", "plan_notice")
    C.design(id, nan)
    C.review(id)
    C.do(id, nan, "approval.apply", "approval_application")
    C.no(id, "bureau", "approval.accept", "role", status=403)
    C.do(id, "nan-bureau", "approval.accept")
    C.do(id, "nan-bureau", "approval.approve", "approval_reply")
    C.do(id, nan, "budget_review.submit", "budget")
    C.papers(id, "nan-finance", "budget_review_report")
    C.no(id, "finance", "budget_review.conclude", "role", status=403)
    C.do(id, "nan-finance", "budget_review.conclude")
    # Taojiang has no bodies of its own: the city's act, and Nan's bureau sees nothing of it
    other = C.project(tao, yuan(1_000_000), 2027, title="桃江水利")
    C.declare(other, tao)
    assert any("项目申报" in n["zh"] for n in C.inbox("bureau", other))
    refused(lambda: C.case(other, "nan-bureau"), 404, "case.unknown")
    C.pretech(other)
    C.plan(2027, other)
    C.design(other, tao)
    C.review(other)
    C.approve(other, tao)
    listed = [one["id"] for one in C.ask("bureau", "GET", "/api/v1/cases?limit=500")["items"]]
    assert id in listed and other in listed and city in listed, "the city's bureau sees the counties'"


def prepare(city):
    global C
    C = city
    C.at("2022-09-02")
    C.register("center", "experts", "E006", {"name": "专家甲", "competence": "软件工程", "unit": "益阳市城市管理和综合执法局", "unit_org": WHO})
    C.register("center", "experts", "E007", {"name": "专家乙", "competence": "网络", "unit": "湖南某大学", "suspended": True})


def test_what_passed_on_a_rest_day_was_told_on_the_next_that_is_worked():
    assert len(MORNINGS) == 2
    for id, name, days in MORNINGS:
        told = [day for day, deadline, due in C.told(WHO, id) if deadline == name]
        assert (told[:len(days)] if name == "start" else [day for day in told if day in days]) == days, (told, days)


if __name__ == "__main__":
    run(globals(), "2022-09-01T09:00", prepare)
