"""The ways of an office under the regulation's own scripts: a body that applies itself is passed over, a case is sent back to the approval and forward again,
what is final stays, and a condition set early holds up the approval."""
import law_city
from law_city import City, compare, refused, run, yuan

law_city.BODIES = [(id, zh, place, roles + ["builder"] if id in ("bureau", "nan-bureau", "center") else roles) for id, zh, place, roles in law_city.BODIES]


def office(who, id, way, **body):
    return C.ask(who, "POST", f"/api/v1/cases/{id}/office/{way}", body)


def steps(who, id):
    return {f"{s['stage']}.{s['action']}": s for s in C.ask(who, "GET", f"/api/v1/cases/{id}/steps")["items"]}


def test_a_bureau_s_own_project_goes_to_another_body():
    for who, decides, zh in (("bureau", "group", "领导小组"), ("nan-bureau", "bureau", "益阳市政务管理服务局")):
        id = C.project(who, yuan(1_200_000), 2024, title=f"{who}自己的项目")
        C.declare(id, who)
        C.pretech(id)
        plan = C.create(who, "plan", title=f"{who}2024年度计划", year=2024)  # to compile the plan is its own duty: nobody is passed over in it
        C.do(plan, who, "plan_compile.include", projects=[id])
        C.do(plan, who, "plan_compile.submit", "plan_draft")
        C.do(plan, "drc", "plan_signatures.sign_drc")
        C.do(plan, "finance" if who == "bureau" else "nan-finance", "plan_signatures.sign_finance")
        C.do(plan, "group", "plan_leading_group.approve", "leading_group_minutes")
        C.do(plan, "government", "plan_government.approve", "government_minutes")
        C.do(plan, who, "plan_issue.issue", "plan_notice")
        C.design(id, who)
        C.review(id)
        C.do(id, who, "approval.apply", "approval_application")
        said = C.no(id, who, "approval.accept", "recused", 14, status=403)
        assert zh in said["zh"], said
        C.do(id, decides, "approval.accept")
        C.do(id, decides, "approval.approve", "approval_reply")
        assert C.open(id) == ["budget_review"]
        compare(C.case(id), C.events(id))
    id = C.project("center", yuan(1_200_000), 2024, title="中心自己的项目")
    C.declare(id, "center")
    C.no(id, "center", "pretech.pass", "recused", 5, status=403, opinion="同意")
    C.do(id, "bureau", "pretech.pass", "pretech_opinion", opinion="同意申报")


def test_an_approval_is_sent_back_and_a_signed_contract_is_not():
    id = C.upto("budget_review", yuan(1_200_000), title="退回再批")
    C.do(id, "chengguan", "budget_review.submit", "budget")
    refused(lambda: office("chengguan", id, "send_back", stage="budget_review", to=steps("finance", id)["approval.approve"]["version"], why="想改"), 409, "rewind.others")
    before = C.case(id)
    office("finance", id, "send_back", stage="budget_review", to=steps("finance", id)["approval.approve"]["version"], why="批复金额与评审不符")
    assert C.open(id) == ["approval"] and not C.fact(id, "approved_on") and C.case(id)["version"] == before["version"] + 1
    assert [d["kind"] for d in C.case(id)["documents"]] == [d["kind"] for d in before["documents"]]
    C.do(id, "bureau", "approval.approve")
    C.budget(id, "chengguan")
    C.procure(id, "chengguan")
    C.do(id, "chengguan", "contract.sign", "contract", **C.terms(yuan(1_200_000)))
    assert steps("chengguan", id)["contract.sign"]["reason"]["code"] == "rewind.final"
    refused(lambda: office("chengguan", id, "take_back", why="签错了"), 409, "rewind.final")
    compare(C.case(id), C.events(id))
    assert C.call("audit.verify")["ok"] is True


def test_a_condition_of_the_first_review_holds_up_the_approval():
    id = C.project("chengguan", yuan(1_200_000), 2024, title="附条件的项目")
    C.declare(id, "chengguan")
    C.do(id, "center", "pretech.pass_with_conditions", "pretech_opinion", opinion="原则同意",
         conditions=[{"condition": "补充共享目录", "owner": "李某", "due": "2024-06-28", "blocks": "approval"}])
    C.plan(2024, id)
    C.design(id, "chengguan")
    C.review(id)
    C.do(id, "chengguan", "approval.apply", "approval_application")
    C.do(id, "bureau", "approval.accept")
    C.papers(id, "bureau", "approval_reply")
    C.no(id, "bureau", "approval.approve", "conditions.unmet", 5)
    C.do(id, "chengguan", "approval.meet_condition", number=1, note="已补充")
    C.no(id, "bureau", "approval.approve", "conditions.unmet", 5)
    C.do(id, "center", "approval.center_confirm", number=1)
    C.do(id, "bureau", "approval.approve")


def test_nobody_is_told_of_what_they_may_not_see():
    """A limit of a classified case passes: those cleared hear of it; the bodies above, who are not, hear nothing, not even its name."""
    title = "保密通信改造"
    id = C.upto("approval", yuan(1_200_000), who="chengguan", title=title)
    other = C.upto("approval", yuan(1_200_000), who="shuili", title="水文站网改造")
    for one, who in ((id, "chengguan"), (other, "shuili")):
        C.do(one, who, "approval.apply", "approval_application")
        C.do(one, "bureau", "approval.accept")
    for user, org in (("bureau-m", "bureau"), ("chengguan-m", "chengguan")):
        C.call("user.add", {"body": {"id": user, "name": "密管员", "org": org, "password": "banfa-demo", "clearance": 3}})
    before = {who: len(C.inbox(who)) for who in ("bureau", "group", "audit", "center")}
    C.act(id, "chengguan", "approval.classify", level=1, number="定密〔2023〕3号")
    C.at("2023-12-28")
    assert any(n["case"] == id for n in C.inbox("bureau-m")), "the cleared one of the body that decides"
    assert any(n["case"] == other for n in C.inbox("group")), "the open case goes up the ladder"
    for who, count in before.items():
        later = C.inbox(who)[count:]
        assert not [n for n in later if id in str(n) or title in str(n)], (who, later)


def prepare(city):
    global C
    C = city
    C.at("2023-08-28")


assert City
run(globals(), "2023-08-28T09:00", prepare)
