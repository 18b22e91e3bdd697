"""Where the paths part: exactly the amount, one fen less, one fen more. The regulation names several amounts in two paths (以上 and 以下 both include the number):
there the stricter path holds, save 500,000, which article 47 (超过) makes the lighter one."""
from law_city import GOOD, run, yuan  # noqa: E402

WHO = "chengguan"


def sides(amount):
    return [(amount - 1, "below"), (amount, "at"), (amount + 1, "above")]


def three(c, stage, amount):
    """A project at each side of AMOUNT, brought to STAGE on one day."""
    return [(c.upto(stage, total, title=f"门槛项目{total}分"), side) for total, side in sides(amount)]


def test_500000_plan_and_approval_or_neither():
    """Articles 5, 7, 8, 47: at 500,000 still no plan and no approval, but the contract is filed; one fen more takes the whole way."""
    for total, side in sides(yuan(500_000)):
        id = C.project(WHO, total, 2024, title=f"小额{side}")
        if side == "above":
            C.no(id, WHO, "declaration.start_small", "not_applicable", 8, not_split=True)
            assert C.due(id, "declaration.window") == "2023-09-30"
            C.declare(id, WHO)
            assert C.open(id) == ["pretech"]
            C.no(id, WHO, "procurement.choose", "stage.closed", status=409, procurement_method="direct")
            continue
        C.papers(id, WHO, "project_proposal", "party_group_approval", "investment_estimate", "supporting_evidence")
        C.no(id, WHO, "declaration.submit", "not_applicable", 5)
        assert C.due(id, "declaration.window") is None, "no window closes for a project that enters no plan"
        C.no(id, WHO, "declaration.start_small", "declaration.split", 16, not_split=False)
        C.do(id, WHO, "declaration.start_small", not_split=True)
        assert C.open(id) == ["procurement"], "no plan, no review, no approval, no budget review"
        C.procure(id, WHO)
        C.contract(id, WHO)
        assert C.open(id) == ["construction", "filing"]
        # 7 working days after Monday 2023-08-28: 29 30 31 09-01 04 05 06
        assert C.due(id, "filing.file") == "2023-09-06"
        C.do(id, WHO, "construction.report", progress=100)
        C.no(id, WHO, "construction.complete", "construction.not_filed", 25)
        C.do(id, WHO, "filing.file")
        C.do(id, WHO, "construction.complete")
        assert C.open(id) == ["builder_acceptance", "filing"], "acceptance is still due (articles 8, 26)"


def test_2000000_expert_meeting():
    """Article 11: from 2,000,000 the centre's review needs a meeting with experts."""
    for id, side in three(C, "scheme_review", yuan(2_000_000)):
        C.papers(id, "center", "review_opinion")
        given = {"subjects": GOOD, "opinion": "方案可行"}
        if side != "below":
            C.no(id, "center", "scheme_review.pass", "review.meeting", 11, **given)
            C.meeting(id, "center", "scheme_review.meeting")
        C.do(id, "center", "scheme_review.pass", **given)
        assert C.open(id) == ["approval"]


def test_2000000_who_accepts():
    """Article 26: below 2,000,000 the builder accepts; from it on preliminary acceptance, 3 months' trial run, the bureau with experts."""
    for total, side in sides(yuan(2_000_000)):
        id = C.upto("done", total, title=f"验收{side}")
        if side == "below":
            assert C.open(id) == ["builder_acceptance"], C.open(id)
            C.do(id, WHO, "builder_acceptance.record_sharing", "data_sharing_proof")
            C.do(id, WHO, "builder_acceptance.pass", "acceptance_report")
            C.do(id, WHO, "builder_acceptance.report")
            assert "retention" in C.open(id)
            continue
        assert C.open(id) == ["preliminary_acceptance"], C.open(id)
        C.no(id, WHO, "builder_acceptance.pass", "stage.closed", status=409)
        C.do(id, WHO, "preliminary_acceptance.pass", "preliminary_acceptance_report")
        C.do(id, WHO, "trial_run.begin", trial_started_on="2023-08-28")
        # 3 months from Monday 2023-08-28 end on Tuesday 2023-11-28
        assert C.due(id, "trial_run.over") == "2023-11-28"
        C.do(id, WHO, "trial_run.record_sharing", "data_sharing_proof")
        C.papers(id, WHO, "trial_run_report", "acceptance_application")
        C.no(id, WHO, "trial_run.apply", "trial.running", 26)


def test_5000000_professional_body():
    """Article 10: from 5,000,000 the preliminary design is made by a professional body."""
    for id, side in three(C, "prelim_design", yuan(5_000_000)):
        C.papers(id, WHO, "preliminary_design")
        C.do(id, WHO, "prelim_design.draft", design_by="own")
        if side != "below":
            refusal = C.no(id, WHO, "prelim_design.submit", "design.professional", 10)
            assert "5,000,000" in refusal["en"], refusal
            C.no(id, WHO, "prelim_design.draft", "design.body", 10, design_by="professional")
            C.do(id, WHO, "prelim_design.draft", design_by="professional", design_body="湖南省某设计院")
            C.no(id, WHO, "prelim_design.submit", "paper.missing", 10)
            C.papers(id, WHO, "designer_qualification")
        C.do(id, WHO, "prelim_design.submit")
        assert C.open(id) == ["scheme_review"]


def test_10000000_feasibility_study():
    """Article 10: from 10,000,000 a feasibility study and the DRC's reply."""
    for id, side in three(C, "prelim_design", yuan(10_000_000)):
        C.papers(id, WHO, "preliminary_design", "designer_qualification")
        C.do(id, WHO, "prelim_design.draft", design_by="professional", design_body="湖南省某设计院")
        if side == "below":
            C.papers(id, WHO, "feasibility_study")
            C.no(id, WHO, "prelim_design.submit_study", "not_applicable", 10)
        else:
            C.no(id, WHO, "prelim_design.submit", "design.study", 10)
            C.no(id, WHO, "prelim_design.submit_study", "paper.missing", 10)
            C.do(id, WHO, "prelim_design.submit_study", "feasibility_study")
            C.no(id, WHO, "prelim_design.submit", "design.study", 10)
            C.no(id, WHO, "prelim_design.reply_study", "role", status=403)
            C.do(id, "drc", "prelim_design.reply_study", "feasibility_reply")
        C.do(id, WHO, "prelim_design.submit")
        assert C.open(id) == ["scheme_review"]


def test_20000000_settlement_and_audit():
    """Article 4: up to 20,000,000 finance reviews the settlement and audit draws a sample; from it on audit has it in its yearly plan; exactly 20,000,000: both."""
    ids = []
    for total, side in sides(yuan(20_000_000)) + [(yuan(20_000_000), "at, audit first")]:
        id = C.upto("done", total, title=f"结算{side}")
        C.do(id, WHO, "preliminary_acceptance.pass", "preliminary_acceptance_report")
        C.do(id, WHO, "trial_run.begin", trial_started_on=C.today)
        C.do(id, WHO, "trial_run.record_sharing", "data_sharing_proof")
        ids.append((id, side))
    C.at("2023-11-29")  # the day after the 3 months end
    for id, side in ids:
        C.do(id, WHO, "trial_run.apply", "trial_run_report", "acceptance_application")
        C.do(id, "bureau", "final_acceptance.accept")
        C.meeting(id, "bureau", "final_acceptance.meeting")
        C.do(id, "bureau", "final_acceptance.pass", "acceptance_report", opinion="同意通过竣工验收")
        C.do(id, WHO, "settlement.submit", "settlement_report", amount=yuan(19_000_000))
        C.papers(id, "finance", "settlement_review")
        C.papers(id, "audit", "audit_report")
        if side == "below":
            C.no(id, "audit", "settlement.audit", "not_applicable", 4, opinion="无")
            C.do(id, "finance", "settlement.review", amount=yuan(19_000_000))
            C.do(id, "audit", "settlement.draw", drawn=False, note="按10%比例随机抽取,未抽中")
        elif side == "at":
            C.no(id, "audit", "settlement.draw", "not_applicable", 4, drawn=False, note="无")
            C.do(id, "finance", "settlement.review", amount=yuan(19_000_000))
            assert "settlement" in C.open(id), "exactly 20,000,000 wants the audit too"
            C.do(id, "audit", "settlement.audit", opinion="未发现问题")
        elif side == "at, audit first":
            C.do(id, "audit", "settlement.audit", opinion="未发现问题")
            assert "settlement" in C.open(id), "exactly 20,000,000 wants finance's review too"
            C.do(id, "finance", "settlement.review", amount=yuan(19_000_000))
        else:
            C.no(id, "finance", "settlement.review", "not_applicable", 4, amount=yuan(19_000_000))
            C.no(id, "audit", "settlement.draw", "not_applicable", 4, drawn=False, note="无")
            C.do(id, "audit", "settlement.audit", opinion="未发现问题")
        assert "settlement" not in C.open(id), side


def prepare(city):
    global C
    C = city
    C.at("2023-08-28")


if __name__ == "__main__":
    run(globals(), "2023-08-28T09:00", prepare)
