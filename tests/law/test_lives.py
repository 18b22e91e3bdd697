"""Three lives over the real server, from September 2022 on: 12,000,000, 1,500,000 and 400,000 yuan. Every date was computed by hand from the calendar."""
from law_city import GOOD, City, Life, audit, ended, main, server, working_days_left, yuan


def test_life_of_12_000_000():
    with server(clock="2022-08-25T09:00") as running:
        c = City(running)
        c.at("2022-08-26")
        p = Life(c, c.project("chengguan", yuan(12_000_000), 2023, title="智慧城管一期", key_project=True, needs_software_test=True,
                              needs_protection_assessment=True, needs_crypto_assessment=True), "chengguan")
        me = "chengguan"

        # declaration, article 5: 30 September, a Friday; warned a month (Tue 08-30), 10 (09-16: back over 29 28 27 26 23 22 21 20 19 16), 3 and 1 working days before
        p.due("declaration.window", "2022-09-30")
        c.at("2022-09-19")
        p.reminded("2022-08-30", "window", "2022-09-30", me)
        p.reminded("2022-09-16", "window", "2022-09-30", me)
        p.no(None, "declaration.submit", "paper.missing", 5)
        c.at("2022-09-20")
        c.declare(p.id, me)
        p.due("declaration.window", None)

        # pre-technical review: 20 working days after 2022-09-20: 21-23 26-30 are 8, 1-7 October off, Sat 8 and Sun 9 made up (10), 10-14 (15), 17-21 (20)
        p.due("pretech.waiting", "2022-10-21")
        c.at("2022-10-18")
        p.reminded("2022-10-14", "waiting", "2022-10-21", "center")  # 5 working days before: 20 19 18 17 14
        c.pretech(p.id)
        p.due("planning.waiting", "2023-04-18")  # 6 months, a Tuesday
        p.check_forecast()

        # the yearly plan, a case of its own, article 6
        c.at("2022-11-15")
        y = Life(c, c.create("bureau", "plan", title="2023年度政府投资信息化建设项目计划", year=2023), "bureau")
        y.due("plan_compile.waiting", "2023-01-16")  # 2 months: Sunday 01-15, rolls to Monday
        y.do(None, "plan_compile.include", projects=[p.id])
        p.no(None, "prelim_design.draft", "stage.closed", status=409, design_by="own")
        c.at("2022-12-01")
        y.do(None, "plan_compile.submit", "plan_draft")
        y.due("plan_signatures.waiting", "2022-12-15")  # 10 working days after Thu 12-01: 2, 5-9, 12-15
        c.at("2022-12-05")
        y.do("drc", "plan_signatures.sign_drc")
        c.at("2022-12-06")
        y.do("finance", "plan_signatures.sign_finance")
        # 20 working days after 2022-12-06: 7-9 (3) 12-16 (8) 19-23 (13) 26-30 (18), 12-31 to 01-02 off, 01-03 (19) 01-04 (20)
        y.due("plan_leading_group.waiting", "2023-01-04")
        c.at("2022-12-29")
        y.reminded("2022-12-27", "waiting", "2023-01-04", "group", "bureau")  # 5 before: 01-03, 30 29 28 27
        y.do("group", "plan_leading_group.approve", "leading_group_minutes")
        # 20 after 2022-12-29: 30 (1) 01-03..06 (5) 9-13 (10) 16-20 (15), 21-27 off, Sat 28 Sun 29 made up (17) 30 31 (19) 02-01 (20)
        y.due("plan_government.waiting", "2023-02-01")
        c.at("2023-01-12")
        y.do("government", "plan_government.approve", "government_minutes")
        y.due("plan_issue.waiting", "2023-01-31")  # 10 after Thu 01-12: 13, 16-20 (6), 28 29 30 31
        c.at("2023-01-18")
        y.do(None, "plan_issue.issue", "plan_notice")
        ended(y, "issued", "2023-01-18")

        # preliminary design, article 10: professional body and feasibility study
        p.open("prelim_design")
        assert c.fact(p.id, "plan_entered_on") == "2023-01-18" and c.fact(p.id, "plan") == y.id
        p.due("prelim_design.waiting", "2023-04-18")  # 3 months, a Tuesday
        c.at("2023-03-01")
        p.do(None, "prelim_design.draft", design_by="professional", design_body="湖南省某设计院")
        c.at("2023-03-06")
        p.do(None, "prelim_design.submit_study", "feasibility_study")
        p.no(None, "prelim_design.submit", "design.study", 10)
        c.at("2023-03-24")
        p.do("drc", "prelim_design.reply_study", "feasibility_reply")
        c.at("2023-04-10")
        p.reminded("2023-04-03", "waiting", "2023-04-18", me)  # 10 before: 17 14 13 12 11 10 7 6, 5 April off, 4 3
        p.do(None, "prelim_design.submit", "preliminary_design", "designer_qualification")

        # scheme review, article 11: 20 after 04-10: 11-14 (4) 17-21 (9) Sun 23 made up (10) 24-28 (15), 29 to 05-03 off, 4 5 (17) Sat 6 made up (18) 8 9 (20)
        p.due("scheme_review.waiting", "2023-05-09")
        c.at("2023-04-20")
        c.papers(p.id, "center", "review_opinion")
        p.no("center", "scheme_review.pass", "review.meeting", 11, subjects=GOOD, opinion="方案可行")
        p.no("center", "scheme_review.meeting", "paper.missing", 11, held_on="2023-04-20", experts=["E001"])
        c.papers(p.id, "center", "expert_opinion")
        p.no("center", "scheme_review.meeting", "experts.too_few", 12, held_on="2023-04-20", experts=["E001", "E002"])
        c.meeting(p.id, "center", "scheme_review.meeting")
        c.at("2023-04-21")
        p.do("center", "scheme_review.pass", subjects=GOOD, amount=yuan(11_900_000), opinion="方案可行,概算核减10万元")

        # approval, articles 13 and 14
        c.at("2023-04-24")
        p.do(None, "approval.apply", "approval_application")
        c.at("2023-04-25")
        p.do("bureau", "approval.accept", split_judgement="未发现同类项目")
        c.papers(p.id, "bureau", "approval_reply")
        # accepted Tue 04-25, so day 1 is 04-26: 26 27 28 | 29 to 05-03 off | 4 5 Sat-6-made-up 8 9 10 11 are the 10; the notice goes out on 04-27, which is used
        # too (2 used); resubmitted Fri 05-05, so day 3 is Sat 05-06: 6 8 9 10 11 12 15 16
        left = 10
        for day, due, used in [("2023-04-25", "2023-05-11", 0), ("2023-04-26", "2023-05-11", 1), ("2023-04-27", "2023-05-11", 2)]:
            c.at(day + "T12:00")
            p.due("approval.decide", due)
            assert working_days_left(c, p.id) == left - used, (day, working_days_left(c, p.id))
        p.do("bureau", "approval.correct", missing=["补充运维费用测算", "补充等保方案"])
        for day in ["2023-04-27", "2023-04-28", "2023-04-29", "2023-04-30", "2023-05-01", "2023-05-02", "2023-05-03", "2023-05-04", "2023-05-05"]:
            c.at(day + ("T12:00" if day == "2023-04-27" else "T09:30"))
            p.due("approval.decide", "paused")
        p.no("bureau", "approval.approve", "approval.waiting", 14)
        p.no("bureau", "approval.correct", "once", 14, missing=["还要补充概算明细"])
        c.at("2023-05-05T10:00")
        p.do(None, "approval.resubmit", note="已按一次性告知补齐")
        for day, used in [("2023-05-05", 2), ("2023-05-06", 3), ("2023-05-07", 3), ("2023-05-08", 4), ("2023-05-09", 5), ("2023-05-10", 6), ("2023-05-11", 7),
                          ("2023-05-12", 8), ("2023-05-13", 8), ("2023-05-14", 8), ("2023-05-15", 9), ("2023-05-16", 10)]:
            c.at(day + "T12:00")
            p.due("approval.decide", "2023-05-16")
            assert working_days_left(c, p.id) == left - used, (day, working_days_left(c, p.id))
            if day == "2023-05-12":  # a restart in the middle: nothing is sent again, no session or date is lost
                before = c.inbox("bureau"), c.inbox(me)
                c.restart()
                assert (c.inbox("bureau"), c.inbox(me)) == before
                p.due("approval.decide", "2023-05-16")
        p.reminded("2023-05-11", "decide", "2023-05-16", "bureau", me)  # 3 working days before: 15 12 11
        p.reminded("2023-05-15", "decide", "2023-05-16", "bureau", me)
        c.at("2023-05-16T16:00")
        p.do("bureau", "approval.approve", amount=yuan(11_800_000), approval_number="益政管审〔2023〕8号")
        p.due("approval.start", "2023-11-16")  # article 15: 6 months from 05-16, a Thursday
        # disclosure, article 43: nobody releases it, so the bureau is reminded after 20 working days: 05-17..19 (3) 22-26 (8) 29..06-02 (13) 05-09 (18) 12 13
        p.reminded("2023-06-14", "release", "2023-06-13", "bureau")
        p.check_forecast()

        # budget review, article 17: 20 after Tue 05-16: 17-19 (3) 22-26 (8) 29-06-02 (13) 5-9 (18) 12 13
        p.due("budget_review.waiting", "2023-06-13")
        c.at("2023-05-22")
        p.no("finance", "budget_review.conclude", "budget.not_submitted", 17)
        p.do(None, "budget_review.submit", "budget")
        c.at("2023-06-12")
        p.reminded("2023-06-06", "waiting", "2023-06-13", "finance", me)  # 5 before: 12 9 8 7 6
        p.do("finance", "budget_review.conclude", "budget_review_report", amount=yuan(11_500_000))

        # procurement and contract
        p.due("procurement.waiting", "2023-08-14")  # 2 months: Saturday 08-12, rolls to Monday
        c.at("2023-06-15")
        p.do(None, "procurement.choose", procurement_method="open_tender")
        c.at("2023-08-08")
        p.reminded("2023-07-31", "waiting", "2023-08-14", me)  # 10 before: 11 10 9 8 7 4 3 2 1, 07-31
        p.do(None, "procurement.award", "procurement_documents", "award_notice", contractor="C001", amount=yuan(11_000_000))
        p.due("contract.waiting", "2023-09-07")  # 30 days, a Thursday
        c.at("2023-08-18")
        p.reminded("2023-08-16", "start", "2023-11-16", me, "bureau")  # 3 months before, a Wednesday
        c.papers(p.id, me, "contract")
        p.no(None, "contract.sign", "contract.retention", 19, **c.terms(yuan(11_000_000), retention_percent=10))
        p.do(None, "contract.sign", **c.terms(yuan(11_000_000), small_enterprise=True))
        p.no(None, "contract.complete", "contract.supervision", 24)
        p.do(None, "contract.sign_supervision", "supervision_contract", supervisor="益阳某监理公司", amount=yuan(300_000))
        p.do(None, "contract.complete")
        p.due("approval.start", None)  # started in time
        p.open("filing", "construction")
        p.due("filing.file", "2023-08-29")  # 7 after Fri 08-18: 21-25 (5) 28 29
        c.at("2023-08-28")
        p.reminded("2023-08-25", "file", "2023-08-29", me)  # 2 before: 28 25
        p.do(None, "filing.file")
        c.at("2023-08-29")
        p.do("bureau", "filing.receive")

        # construction: progress and payments up to 85% of 11,000,000 = 9,350,000
        p.due("construction.report", "2023-11-20")  # 3 months from 08-18: Saturday 11-18, rolls to Monday
        c.at("2023-11-15")
        p.reminded("2023-11-13", "report", "2023-11-20", me)  # 5 before: 17 16 15 14 13
        p.do(None, "construction.report", progress=40, risks="设备到货延迟,已催办")
        p.due("construction.report", "2024-02-18")  # 3 months: 02-15 lies in the Spring Festival (10-17 off), rolls to Sunday 02-18, made up
        p.do("finance", "construction.pay", contract="HT-001", amount=yuan(4_000_000), note="首付款")
        c.at("2024-02-06")
        p.reminded("2024-02-05", "report", "2024-02-18", me)  # 5 before: 9 8 7 6 5
        p.do(None, "construction.report", progress=80)
        p.due("construction.report", "2024-05-06")  # a Monday, the first day after the holiday
        p.do("finance", "construction.pay", contract="HT-001", amount=yuan(3_000_000), note="进度款")
        p.no("finance", "construction.pay", "payment.retention", 19, contract="HT-001", amount=yuan(2_350_000) + 1)
        c.at("2024-03-01")
        p.do(None, "construction.report", progress=100)
        p.do(None, "construction.complete")

        # preliminary acceptance and the trial run, article 26(2)
        p.open("preliminary_acceptance")
        p.due("preliminary_acceptance.waiting", "2024-03-29")  # 20 after Fri 03-01: 4-8 11-15 18-22 25-29
        c.at("2024-03-12")
        p.do(None, "preliminary_acceptance.pass", "preliminary_acceptance_report")
        p.due("trial_run.over", None)  # not before it has begun
        c.at("2024-03-15")
        p.do(None, "trial_run.begin", trial_started_on="2024-03-15")
        p.due("trial_run.over", "2024-06-17")  # 3 months from the later, 03-15: Saturday 06-15, rolls to Monday
        c.at("2024-05-20")
        p.do(None, "trial_run.record_sharing", "data_sharing_proof")
        p.do(None, "trial_run.record_software_assessment", "software_test_report", result="passed", body="湖南某测评中心")
        p.do(None, "trial_run.record_crypto_assessment", "crypto_assessment_report", result="passed", body="湖南某密评机构")
        p.do(None, "trial_run.record_protection_assessment", "protection_assessment_report", result="failed", body="湖南某等保机构")
        c.papers(p.id, me, "trial_run_report", "acceptance_application")
        c.at("2024-06-17")
        p.reminded("2024-06-07", "over", "2024-06-17", me, "bureau")  # 10 days before, a Friday
        p.no(None, "trial_run.apply", "trial.running", 26)
        c.at("2024-06-18")
        p.reminded("2024-06-18", "over", "2024-06-17", me, "bureau")  # the day is over: it may be applied for
        p.no(None, "trial_run.apply", "acceptance.protection", 26)
        p.do(None, "trial_run.record_protection_assessment", result="passed", body="湖南某等保机构")
        p.do(None, "trial_run.apply")

        # final acceptance: 10 working days, only corrections not counted
        c.at("2024-06-19")
        p.no("bureau", "final_acceptance.pass", "acceptance.not_received", 26, opinion="同意")
        p.do("bureau", "final_acceptance.accept")
        p.due("final_acceptance.accept", "2024-07-03")  # after Wed 06-19: 20 21 24-28 (7) 07-01 02 03
        c.at("2024-06-24")
        p.do("bureau", "final_acceptance.correct", missing=["补充用户手册"])  # 20 21 24 are used
        p.due("final_acceptance.accept", "paused")
        c.at("2024-06-28")
        p.no("bureau", "final_acceptance.pass", "acceptance.waiting", 26, opinion="同意")
        p.do(None, "final_acceptance.resubmit", note="已补充")
        p.due("final_acceptance.accept", "2024-07-09")  # on from Mon 07-01: 1-5 (8 used) 8 9
        c.at("2024-07-05")
        p.reminded("2024-07-04", "accept", "2024-07-09", me, "bureau")  # 3 before: 8 5 4
        c.papers(p.id, "bureau", "acceptance_report")
        p.no("bureau", "final_acceptance.pass", "acceptance.meeting", 26, opinion="同意")
        c.meeting(p.id, "bureau", "final_acceptance.meeting")
        c.at("2024-07-08")
        p.reminded("2024-07-08", "accept", "2024-07-09", me, "bureau")
        p.do("bureau", "final_acceptance.pass", opinion="同意通过竣工验收")
        p.open("archive", "settlement", "retention", "evaluation", "operations")

        # what runs from 2024-07-08 on
        p.due("archive.file", "2024-07-17")  # 7 after Mon 07-08: 9-12 (4) 15 16 17
        p.due("settlement.waiting", "2024-10-08")  # 3 months, a Tuesday, the first day after the holiday
        p.due("evaluation.opens", "2025-05-08")  # 10 months, a Thursday
        p.due("evaluation.waiting", "2025-07-08")  # 12 months, a Tuesday
        p.due("retention.year_1", "2025-07-08")  # Tuesday
        p.due("retention.year_2", "2026-07-08")  # Wednesday
        p.due("retention.year_3", "2027-07-08")  # Thursday; no notice for 2027 yet
        p.due("operations.over", "2027-07-08")
        p.due("operations.security_first", "2025-07-08")
        p.due("operations.crypto_first", "2025-07-08")
        ahead, told = p.check_forecast()
        assert len(ahead) == 10, [d["name"] for d in ahead]
        assert {d["name"] for d in ahead if d["provisional"]} == {"over", "year_3"}
        acts = {(one["stage"], one["action"]): one["date"] for one in told["if_everybody_acts"] if one["what"] == "act"}
        assert acts["retention", "review_1"] > "2025-07-08" and acts["retention", "pay_3"] > "2027-07-08" and acts["operations", "end"] > "2027-07-08", acts

        # archive, settlement
        c.at("2024-07-12")
        p.do(None, "archive.file", "archive_file", archive_form="electronic")
        p.do("finance", "settlement.pay", contract="HT-001", amount=yuan(2_350_000), note="验收后付至85%")
        p.no("finance", "settlement.pay", "payment.retention", 19, contract="HT-001", amount=1)
        c.at("2024-07-16")
        p.do("bureau", "archive.receive")
        c.at("2024-09-23")
        p.reminded("2024-09-18", "waiting", "2024-10-08", me)  # 10 before: 30, Sun 29 made up, 27 26 25 24 23 20 19 18
        p.do(None, "settlement.submit", "settlement_report", amount=yuan(11_000_000))
        c.at("2024-10-21")
        p.do("finance", "settlement.review", "settlement_review", amount=yuan(11_000_000))
        c.at("2024-10-22")
        p.do("audit", "settlement.draw", drawn=False, note="按10%比例随机抽取,未抽中")
        p.open("retention", "evaluation", "operations")

        # post-evaluation, article 31
        c.at("2025-05-07")
        p.reminded("2025-04-23", "opens", "2025-05-08", "bureau")  # 15 days before, a Wednesday
        c.papers(p.id, "bureau", "evaluation_report")
        p.no("bureau", "evaluation.evaluate", "evaluation.early", 31, depth="full", evaluation_result="passed")
        c.at("2025-05-12")
        p.reminded("2025-05-09", "opens", "2025-05-08", "bureau")
        p.no("bureau", "evaluation.evaluate", "evaluation.depth", 31, depth="short", evaluation_result="passed")
        p.do("bureau", "evaluation.evaluate", depth="full", evaluation_result="passed_with_problems", problems=["共享目录未及时更新"],
             fix_owner="信息科", fix_by="2025-06-30")
        c.at("2025-06-10")
        p.reminded("2025-06-06", "year_1", "2025-07-08", "bureau", "finance", me)  # 1 month before: Sunday 06-08, so the Friday before
        p.reminded("2025-06-06", "security_first", "2025-07-08", me)
        p.reminded("2025-06-06", "crypto_first", "2025-07-08", me)
        p.do(None, "evaluation.report_fixed", "problems_fixed_report")
        c.at("2025-06-16")
        p.do("bureau", "evaluation.confirm_fixed")
        p.open("retention", "operations")
        c.at("2025-07-01")
        p.do(None, "operations.record_security_test", "security_test_report")
        p.do(None, "operations.record_crypto")
        p.due("operations.security", "2026-07-01")  # a Wednesday

        # retention, article 19: the date opens a review, the review makes it payable, finance pays; 5% of 11,000,000 = 550,000 each
        c.at("2025-07-08T23:59")
        p.no("bureau", "retention.review_1", "retention.early", 19, result="passed", opinion="合格")
        c.at("2025-07-09T10:00")
        p.reminded("2025-07-09", "year_1", "2025-07-08", "bureau", "finance", me)
        p.no("finance", "retention.pay_1", "not_applicable", 19)
        p.do("bureau", "retention.review_1", result="passed", opinion="后评价合格,问题已整改")
        p.due("retention.pay_1", "2025-08-08")  # a small enterprise: 30 days, a Friday
        c.at("2025-07-30")
        p.reminded("2025-07-29", "pay_1", "2025-08-08", "finance")  # 10 days before, a Tuesday
        p.do("finance", "retention.pay_1")
        c.at("2026-06-01T09:00")
        c.restart(kill=True)  # the moment the reminders are written, perhaps before they are delivered: they come, and once
        c.at("2026-06-15")
        p.reminded("2026-06-01", "security", "2026-07-01", me)  # 1 month before, a Monday
        p.reminded("2026-06-01", "crypto", "2026-07-01", me)
        p.reminded("2026-06-08", "year_2", "2026-07-08", "bureau", "finance", me)  # a Monday
        p.do(None, "operations.record_security_test")
        p.do(None, "operations.record_crypto")
        p.due("operations.crypto", "2027-06-15")  # a Tuesday
        c.restart()
        c.at("2026-07-08")
        p.no("bureau", "retention.review_2", "retention.early", 19, result="passed", opinion="合格")
        c.at("2026-07-09")
        p.reminded("2026-07-09", "year_2", "2026-07-08", "bureau", "finance", me)
        p.no("bureau", "retention.review_2", "paper.missing", 19, result="passed", opinion="合格")
        p.do("bureau", "retention.review_2", "assessment_report", result="failed", opinion="故障响应超时,暂缓支付")
        p.no("finance", "retention.pay_2", "not_applicable", 19)
        c.at("2026-08-03")
        p.do("bureau", "retention.review_2", result="passed", opinion="整改后合格")
        p.due("retention.pay_2", "2026-09-02")  # 30 days, a Wednesday
        c.at("2026-08-10")
        p.do("finance", "retention.pay_2")
        c.at("2027-06-10")
        p.reminded("2027-01-08", "over", "2027-07-08", me, "bureau")  # 6 months before, a Friday
        p.reminded("2027-04-08", "over", "2027-07-08", me, "bureau")
        p.reminded("2027-06-08", "over", "2027-07-08", me, "bureau")
        p.reminded("2027-06-08", "year_3", "2027-07-08", "bureau", "finance", me)
        p.reminded("2027-05-14", "security", "2027-06-15", me)  # 1 month before: Saturday 05-15, so the Friday before
        p.reminded("2027-05-14", "crypto", "2027-06-15", me)
        p.do(None, "operations.record_security_test")
        p.do(None, "operations.record_crypto")
        c.at("2027-07-08")
        p.no(None, "operations.end", "operations.running", 21, follow_up="renew")
        c.at("2027-07-09")
        p.reminded("2027-07-09", "year_3", "2027-07-08", "bureau", "finance", me)
        p.reminded("2027-07-09", "over", "2027-07-08", me, "bureau")
        p.no(None, "operations.end", "operations.retention", 19, follow_up="renew")
        p.do("bureau", "retention.review_3", result="passed", opinion="考核合格")
        c.at("2027-07-12")
        p.do("finance", "retention.pay_3")
        c.at("2027-07-13")
        p.do(None, "operations.end", follow_up="renew")
        paid = {x["purpose"]: x["amount"] for x in c.fact(p.id, "payments") if x["purpose"] != "progress"}
        assert paid == {f"retention_{n}": yuan(550_000) for n in (1, 2, 3)}, paid
        assert sum(x["amount"] for x in c.fact(p.id, "payments")) == yuan(11_000_000)
        ended(p, "done", "2027-07-13")
        audit(c, p, y)


def test_life_of_1_500_000():
    with server(clock="2023-08-28T09:00") as running:
        c = City(running)
        c.at("2023-08-28")
        me = "shuili"
        p = Life(c, c.project(me, yuan(1_500_000), 2024, title="智慧水利监测", needs_software_test=True), me)

        # article 5: 30 September 2023 lies in the holiday and does not roll; warned by the last working day before it, Thursday 28
        p.due("declaration.window", "2023-09-30")
        c.at("2023-09-30T23:50")
        p.reminded("2023-08-30", "window", "2023-09-30", me)  # 1 month before, a Wednesday
        p.reminded("2023-09-15", "window", "2023-09-30", me)  # 10 before: 28 27 26 25 22 21 20 19 18 15 (Fri 29 is off)
        p.reminded("2023-09-26", "window", "2023-09-30", me)  # 3 before: 28 27 26
        p.reminded("2023-09-28", "window", "2023-09-30", me)
        c.declare(p.id, me)

        # 20 working days after 2023-09-30: Sat 7, Sun 8 October made up (2), 9-13 (7) 16-20 (12) 23-27 (17) 30 31 11-01
        p.due("pretech.waiting", "2023-11-01")
        c.at("2023-10-16")
        p.do("center", "pretech.correct", missing=["补充数据共享方案"])
        c.papers(p.id, "center", "pretech_opinion")
        p.no("center", "pretech.pass", "pretech.waiting", 5, opinion="同意")
        c.at("2023-10-20")
        p.do(None, "pretech.resubmit", note="已补充")
        c.at("2023-10-24")
        p.do("center", "pretech.pass", opinion="同意申报")
        p.due("planning.waiting", "2024-04-24")  # 6 months, a Wednesday

        # the plan of 2024
        c.at("2023-11-06")
        y = Life(c, c.create("bureau", "plan", title="2024年度政府投资信息化建设项目计划", year=2024), "bureau")
        y.do(None, "plan_compile.include", projects=[p.id])
        c.at("2023-11-20")
        y.do(None, "plan_compile.submit", "plan_draft")
        y.do("finance", "plan_signatures.sign_finance")
        y.do("drc", "plan_signatures.sign_drc")
        c.at("2023-12-05")
        y.do("group", "plan_leading_group.approve", "leading_group_minutes")
        c.at("2023-12-20")
        y.do("government", "plan_government.approve", "government_minutes")
        y.due("plan_issue.waiting", "2024-01-04")  # 10 after Wed 12-20: 21 22 25-29 (7), 01-01 off, 2 3 4
        c.at("2024-01-04")
        y.reminded("2023-12-29", "waiting", "2024-01-04", "bureau")  # 3 before: 3 2, 29
        y.do(None, "plan_issue.issue", "plan_notice")
        ended(y, "issued", "2024-01-04")

        # design by the unit itself, review without a meeting
        p.due("prelim_design.waiting", "2024-04-07")  # 3 months: 04-04 is off to 04-06, rolls to Sunday 04-07, made up
        c.at("2024-02-26")
        p.do(None, "prelim_design.draft", design_by="own")
        p.do(None, "prelim_design.submit", "preliminary_design")
        p.due("scheme_review.waiting", "2024-03-25")  # 20 after Mon 02-26: 27-29 03-01 (4) 4-8 11-15 18-22 (19) 25
        c.at("2024-03-08")
        p.do("center", "scheme_review.pass", "review_opinion", subjects=GOOD, amount=yuan(1_480_000), opinion="方案可行")
        c.at("2024-03-11")
        p.do(None, "approval.apply", "approval_application")
        c.at("2024-03-12")
        p.do("bureau", "approval.accept")
        p.due("approval.decide", "2024-03-26")  # 10 after Tue 03-12: 13-15 (3) 18-22 (8) 25 26
        c.at("2024-03-19")
        p.do("bureau", "approval.approve", "approval_reply")
        p.due("approval.start", "2024-09-19")  # 6 months, a Thursday
        # disclosure: 20 after 03-19: 20-22 (3) 25-29 (8) 04-01..03 (11), 4 to 6 off, Sunday 7 made up (12) 08-12 (17) 15 16 17
        p.reminded("2024-04-18", "release", "2024-04-17", "bureau")
        # 20 after Tue 03-19: 20-22 (3) 25-29 (8) 04-01..03 (11), 4-6 off, Sun 7 made up (12) 8-12 (17) 15 16 17
        p.due("budget_review.waiting", "2024-04-17")
        c.at("2024-04-09")
        p.do(None, "budget_review.submit", "budget")
        p.do("finance", "budget_review.conclude", "budget_review_report")
        p.due("procurement.waiting", "2024-06-11")  # 2 months: Sunday 06-09, Monday 10 is off, rolls to Tuesday
        c.at("2024-05-20")
        c.procure(p.id, me, yuan(1_400_000))
        p.due("contract.waiting", "2024-06-19")  # 30 days, a Wednesday
        c.at("2024-05-24")
        c.contract(p.id, me, yuan(1_400_000))
        p.due("filing.file", "2024-06-04")  # 7 after Fri 05-24: 27-31 (5) 06-03 04
        p.due("construction.report", "2024-08-26")  # 3 months: Saturday 08-24, rolls to Monday
        p.due("approval.start", None)
        c.at("2024-05-30")
        p.do(None, "filing.file")
        p.do("bureau", "filing.receive")
        c.at("2024-07-10")
        p.do(None, "construction.pay", contract="HT-001", amount=yuan(500_000))
        c.at("2024-08-20")
        p.reminded("2024-08-19", "report", "2024-08-26", me)  # 5 before: 23 22 21 20 19
        p.do(None, "construction.complete")

        # the short path, article 26(1): the builder accepts and reports
        p.open("builder_acceptance")
        c.papers(p.id, me, "acceptance_report")
        p.no(None, "builder_acceptance.pass", "acceptance.sharing", 26)
        p.no(None, "builder_acceptance.pass", "acceptance.software", 26)
        c.at("2024-09-03")
        p.do(None, "builder_acceptance.record_sharing", "data_sharing_proof")
        p.do(None, "builder_acceptance.record_software_assessment", "software_test_report", result="passed")
        p.no(None, "builder_acceptance.report", "acceptance.not_yet", 26)
        p.do(None, "builder_acceptance.pass")
        p.due("builder_acceptance.report", "2024-09-12")  # 7 after Tue 09-03: 4-6 (3) 9-12
        c.at("2024-09-06")
        p.do(None, "builder_acceptance.report")
        p.open("archive", "settlement", "retention", "evaluation", "operations")
        p.due("archive.file", "2024-09-12")
        p.due("settlement.waiting", "2024-12-06")  # 3 months from the reporting, a Friday
        p.due("evaluation.opens", "2025-07-03")  # 10 months from the acceptance, a Thursday
        p.due("retention.year_1", "2025-09-03")  # Wednesday
        p.due("retention.year_2", "2026-09-03")  # Thursday
        p.due("retention.year_3", "2027-09-03")  # Friday
        p.due("operations.over", "2027-09-03")
        p.check_forecast()
        c.at("2024-09-09")
        p.do(None, "archive.file", "archive_file", archive_form="both")
        p.do("bureau", "archive.receive")
        c.at("2024-10-15")
        p.do("finance", "settlement.pay", contract="HT-001", amount=yuan(690_000))  # 85% of 1,400,000 is 1,190,000
        p.no("finance", "settlement.pay", "payment.retention", 19, contract="HT-001", amount=1)
        p.do(None, "settlement.submit", "settlement_report", amount=yuan(1_400_000))
        c.at("2024-10-30")
        p.do("finance", "settlement.review", "settlement_review", amount=yuan(1_400_000))
        p.do("audit", "settlement.draw", drawn=True, note="按10%比例随机抽取,抽中")
        c.at("2024-11-20")
        p.do("audit", "settlement.audit", "audit_report", opinion="未发现问题")
        c.at("2025-07-10")
        p.reminded("2025-06-18", "opens", "2025-07-03", "bureau")  # 15 days before, a Wednesday
        p.reminded("2025-07-04", "opens", "2025-07-03", "bureau")
        p.do("bureau", "evaluation.evaluate", "evaluation_report", depth="short", evaluation_result="passed")
        c.at("2025-08-20")
        p.reminded("2025-08-01", "year_1", "2025-09-03", "bureau", "finance", me)  # 1 month before: Sunday 08-03, so Friday 08-01
        p.reminded("2025-08-01", "security_first", "2025-09-03", me)
        p.do(None, "operations.record_security_test", "security_test_report")
        p.due("operations.security", "2026-08-20")  # a Thursday
        for year, day, warned, over in [(1, "2025-09-04", None, "2025-09-03"), (2, "2026-09-04", "2026-08-03", "2026-09-03")]:
            c.at(over)
            p.no("bureau", f"retention.review_{year}", "retention.early", 19, result="passed", opinion="合格")
            c.at(day)
            if warned:
                p.reminded(warned, f"year_{year}", over, "bureau", "finance", me)  # a Monday
            p.reminded(day, f"year_{year}", over, "bureau", "finance", me)
            c.papers(p.id, "bureau", "assessment_report")
            p.do("bureau", f"retention.review_{year}", result="passed", opinion="考核合格")
            p.due(f"retention.pay_{year}", None)  # no small enterprise: no borrowed 30 days
            p.do("finance", f"retention.pay_{year}")
        p.reminded("2026-07-20", "security", "2026-08-20", me)  # 1 month before, a Monday
        p.reminded("2026-08-21", "security", "2026-08-20", me)  # not done: its day is over
        p.do(None, "operations.record_security_test")
        p.due("operations.security", "2027-09-06")  # 1 year: Saturday 2027-09-04, rolls to Monday
        c.at("2027-09-06")
        p.reminded("2027-03-03", "over", "2027-09-03", me, "bureau")  # 6 months before, a Wednesday
        p.reminded("2027-06-03", "over", "2027-09-03", me, "bureau")  # a Thursday
        p.reminded("2027-08-03", "over", "2027-09-03", me, "bureau")  # a Tuesday
        p.reminded("2027-08-03", "year_3", "2027-09-03", "bureau", "finance", me)
        p.reminded("2027-09-04", "over", "2027-09-03", me, "bureau")
        p.reminded("2027-09-04", "year_3", "2027-09-03", "bureau", "finance", me)
        p.reminded("2027-08-06", "security", "2027-09-06", me)  # 1 month before, a Friday
        p.do("bureau", "retention.review_3", result="passed", opinion="考核合格")
        p.do("finance", "retention.pay_3")
        p.do(None, "operations.end", follow_up="retire")
        paid = [x["amount"] for x in c.fact(p.id, "payments")]
        assert paid == [yuan(500_000), yuan(690_000), yuan(70_000), yuan(70_000), yuan(70_000)], paid
        ended(p, "done", "2027-09-06")
        audit(c, p, y)


def test_life_of_400_000():
    with server(clock="2024-02-29T09:00") as running:
        c = City(running)
        c.at("2024-03-01")
        me = "chengguan"
        p = Life(c, c.project(me, yuan(400_000), 2024, title="视频会议终端"), me)
        p.due("declaration.window", None)  # article 8: no plan, so no window
        c.at("2024-03-04")
        p.do(None, "declaration.start_small", not_split=True)
        p.open("procurement")
        p.due("procurement.waiting", "2024-05-06")  # 2 months: 05-04 is off to 05-05, rolls to Monday
        c.at("2024-03-20")
        p.do(None, "procurement.choose", procurement_method="direct")
        # 379,999.99 yuan: 15% is 56,999.9985, held back 57,000.00; at most 322,999.99 before
        p.do(None, "procurement.award", "procurement_documents", "award_notice", contractor="C001", amount=37_999_999)
        p.due("contract.waiting", "2024-04-19")  # 30 days, a Friday
        c.at("2024-04-02")
        c.papers(p.id, me, "contract")
        p.no(None, "contract.sign", "contract.operation", 21, **c.terms(37_999_999, operation_years=1))
        p.do(None, "contract.sign", **c.terms(37_999_999, operation_years=1, operation_rule="湘政办发〔2023〕1号:租用服务按年签订"))
        p.do(None, "contract.complete")  # no supervision due at 400,000: advised
        assert any(n["article"] == 24 for n in c.inbox(me, p.id)), "a reminder of article 24"
        p.due("filing.file", "2024-04-12")  # 7 after Tue 04-02: 3, 4-6 off, Sun 7 made up (2) 8-12 (7)
        p.due("construction.report", "2024-07-02")  # 3 months, a Tuesday
        c.at("2024-04-11")
        p.reminded("2024-04-10", "file", "2024-04-12", me)  # 2 before: 11 10
        p.do(None, "filing.file")
        p.do("bureau", "filing.receive")
        c.at("2024-06-20")
        p.no("finance", "construction.pay", "payment.retention", 19, contract="HT-001", amount=32_300_000)
        p.do("finance", "construction.pay", contract="HT-001", amount=32_299_999)
        p.do(None, "construction.complete")
        p.open("builder_acceptance")
        c.at("2024-06-28")
        p.no(None, "builder_acceptance.except", "role", what="sharing", reason="内部使用设备")
        p.do("bureau", "builder_acceptance.except", what="sharing", reason="会议终端,不产生可共享数据(第三十八条)")
        p.do(None, "builder_acceptance.pass", "acceptance_report")
        p.due("builder_acceptance.report", "2024-07-09")  # 7 after Fri 06-28: 07-01..05 (5) 8 9
        c.at("2024-07-02")
        p.do(None, "builder_acceptance.report")
        p.due("operations.over", "2025-06-30")  # 1 year: Saturday 06-28, rolls to Monday
        p.due("archive.file", "2024-07-09")
        p.due("settlement.waiting", "2024-10-08")  # 3 months from 07-02: the holiday, rolls to Tuesday
        p.due("evaluation.opens", "2025-04-28")  # 10 months, a Monday
        p.due("retention.year_1", "2025-06-30")  # Saturday 06-28
        p.due("retention.year_2", "2026-06-29")  # Sunday 06-28: counted from the acceptance, not from year 1's rolled day
        p.due("retention.year_3", "2027-06-28")  # Monday
        p.check_forecast()
        c.at("2024-07-08")
        p.reminded("2024-07-05", "file", "2024-07-09", me)  # 2 before: 8 5
        p.do(None, "archive.file", "archive_file", archive_form="electronic")
        p.do("bureau", "archive.receive")
        c.at("2024-07-15")
        p.do(None, "settlement.submit", "settlement_report", amount=37_999_999)
        p.do("finance", "settlement.review", "settlement_review", amount=37_999_999)
        p.do("audit", "settlement.draw", drawn=False, note="未抽中")
        c.at("2025-04-28")
        p.reminded("2025-04-11", "opens", "2025-04-28", "bureau")  # 15 days before: Sunday 04-13, so Friday 04-11
        p.do("bureau", "evaluation.evaluate", "evaluation_report", depth="short", evaluation_result="passed")
        c.at("2025-06-30")
        p.reminded("2024-12-30", "over", "2025-06-30", me, "bureau")  # 6 months before, a Monday
        p.reminded("2025-03-28", "over", "2025-06-30", me, "bureau")  # 3 months before: Sunday 03-30
        p.reminded("2025-05-30", "over", "2025-06-30", me, "bureau")  # a Friday
        p.reminded("2025-05-30", "year_1", "2025-06-30", "bureau", "finance", me)
        p.reminded("2025-05-30", "security_first", "2025-06-30", me)
        p.no("bureau", "retention.review_1", "retention.early", 19, result="passed", opinion="合格")
        p.no(None, "operations.end", "operations.running", 21, follow_up="renew")
        c.at("2025-07-01")
        p.reminded("2025-07-01", "over", "2025-06-30", me, "bureau")
        p.reminded("2025-07-01", "year_1", "2025-06-30", "bureau", "finance", me)
        p.reminded("2025-07-01", "security_first", "2025-06-30", me)
        p.do("bureau", "retention.review_1", result="passed", opinion="合格")
        p.do("finance", "retention.pay_1")
        p.no(None, "operations.end", "operations.retention", 19, follow_up="renew")
        c.at("2026-06-30")
        p.reminded("2026-05-29", "year_2", "2026-06-29", "bureau", "finance", me)  # 1 month before, a Friday
        p.reminded("2026-06-30", "year_2", "2026-06-29", "bureau", "finance", me)
        p.do("bureau", "retention.review_2", "assessment_report", result="passed", opinion="合格")
        p.do("finance", "retention.pay_2")
        c.at("2027-06-29")
        p.reminded("2027-05-28", "year_3", "2027-06-28", "bureau", "finance", me)  # 1 month before, a Friday
        p.reminded("2027-06-29", "year_3", "2027-06-28", "bureau", "finance", me)
        p.do("bureau", "retention.review_3", result="passed", opinion="合格")
        p.do("finance", "retention.pay_3")
        # 5% is 18,999.9995, rounded down to the fen; the third tranche takes the remainder of 57,000.00
        paid = [(x["purpose"], x["amount"]) for x in c.fact(p.id, "payments")]
        assert paid == [("progress", 32_299_999), ("retention_1", 1_899_999), ("retention_2", 1_899_999), ("retention_3", 1_900_002)], paid
        assert sum(amount for _, amount in paid) == 37_999_999
        p.do(None, "operations.end", follow_up="renew")
        ended(p, "done", "2027-06-29")
        audit(c, p)


if __name__ == "__main__":
    main(globals())
