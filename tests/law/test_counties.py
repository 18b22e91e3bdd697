"""Side by side in one server: the city's projects follow the city's rules, Nan County's and Anhua's their own amendments (article 49). And a draw of experts
that anyone can check again with a few lines of standard tools (article 12)."""
import os
import subprocess

from law_city import GOOD, compare, run, yuan  # noqa: E402


def test_an_expert_meeting_from_each_one_s_own_amount():
    """The city asks for it from 2,000,000, Nan County from 1,500,000, one fen less asks for none."""
    given = {"subjects": GOOD, "opinion": "方案可行"}
    for who, total, meeting in (("chengguan", yuan(1_600_000), False), ("nan-jiaoyu", yuan(1_600_000), True), ("nan-jiaoyu", yuan(1_500_000), True), ("nan-jiaoyu", yuan(1_500_000) - 1, False)):
        own = {"bureau": "nan-bureau", "finance": "nan-finance"} if who.startswith("nan") else {}
        id = C.upto("scheme_review", total, who=who, **own, title=f"评审{who}{total}")
        C.papers(id, "center", "review_opinion")
        if meeting:
            C.no(id, "center", "scheme_review.pass", "review.meeting", 11, **given)
            C.meeting(id, "center", "scheme_review.meeting")
        C.do(id, "center", "scheme_review.pass", **given)
        assert C.open(id) == ["approval"]


def test_the_limit_for_approval_and_the_county_s_own_stage():
    for who, bureau, finance, due, after in (("chengguan", "bureau", "finance", "2023-09-11", "procurement"), ("nan-jiaoyu", "nan-bureau", "nan-finance", "2023-09-06", "county_review")):
        id = C.upto("approval", yuan(1_200_000), who=who, bureau=bureau, finance=finance, title=f"审批{who}")
        C.do(id, who, "approval.apply", "approval_application")
        C.do(id, bureau, "approval.accept")
        # after Monday 2023-08-28: 29 30 31 09-01 (4) 04 05 06 (7: the county's) 07 08 11 (10: the city's)
        assert C.due(id, "approval.decide") == due, (who, C.due(id, "approval.decide"))
        # a text shows the limit of the county whose case it is
        shown = next(d["title"]["zh"] for d in C.case(id)["deadlines"] if d["name"] == "decide")
        assert shown == f"审批时限({7 if bureau == 'nan-bureau' else 10}个工作日)", shown
        C.do(id, bureau, "approval.approve", "approval_reply")
        C.budget(id, who, finance)
        assert C.open(id) == [after], (who, C.open(id))
        if after == "county_review":
            assert C.due(id, "county_review.review") == "2023-09-04"  # 5: 29 30 31 09-01 04
            C.no(id, bureau, "county_review.pass", "paper.missing", opinion="同意", duplicates=False)
            C.papers(id, bureau, "county_review_opinion")
            C.no(id, bureau, "county_review.pass", "county.duplicate", 49, opinion="同意", duplicates=True)
            C.do(id, bureau, "county_review.pass", opinion="与县级平台不重复", duplicates=False)
            assert C.open(id) == ["procurement"]


def test_the_simple_way_is_one_county_s_only():
    anhua = C.upto("prelim_design", yuan(1_000_000), who="anhua-shuili", bureau="anhua-bureau", title="安化小项目")
    large = C.upto("prelim_design", yuan(1_000_000) + 1, who="anhua-shuili", bureau="anhua-bureau", title="安化项目")
    city = C.upto("prelim_design", yuan(1_000_000), title="市本级小项目")
    for id, who in ((anhua, "anhua-shuili"), (large, "anhua-shuili"), (city, "chengguan")):
        C.papers(id, who, "preliminary_design")
    C.no(large, "anhua-shuili", "prelim_design.submit_simple", "not_applicable")
    C.no(city, "chengguan", "prelim_design.submit_simple", "action.unknown", status=404)
    C.do(anhua, "anhua-shuili", "prelim_design.submit_simple")
    assert C.open(anhua) == ["simple_review"]
    C.do(anhua, "anhua-bureau", "simple_review.pass", "review_opinion", opinion="可行")
    assert C.open(anhua) == ["approval"]


def test_one_procurement_separate_contracts():
    """A joint project opens a case for each county's contract; what is signed there stands on the parent, and both can be told again from their events."""
    id = C.upto("procurement", yuan(400_000), title="市县一体化视频", joint_with_counties=True)
    C.do(id, "chengguan", "procurement.choose", procurement_method="open_tender", shares=[{"county": "南县", "amount": yuan(100_000)}, {"county": "桃江县", "amount": yuan(50_000)}])
    C.do(id, "chengguan", "procurement.award", "procurement_documents", "award_notice", contractor="C001", amount=yuan(400_000))
    first, second = C.fact(id, "joint_contracts")
    assert (C.fact(first, "county"), C.fact(second, "share"), C.open(first)) == ("南县", yuan(50_000), ["joint_signing"])
    C.do(id, "chengguan", "contract.sign", "contract", **C.terms(yuan(250_000)))
    C.no(id, "chengguan", "contract.complete", "contract.joint", 18)
    C.papers(first, "chengguan", "contract")
    C.no(first, "chengguan", "joint_signing.sign", "joint.share", 18, **C.terms(yuan(100_001), number="HT-002"))
    C.no(first, "chengguan", "joint_signing.sign", "contract.retention", 19, **C.terms(yuan(100_000), number="HT-002", retention_percent=10))
    C.do(first, "chengguan", "joint_signing.sign", **C.terms(yuan(100_000), number="HT-002"))
    C.do(second, "chengguan", "joint_signing.drop", reason="桃江县缓建")
    C.do(id, "chengguan", "contract.complete")
    assert C.fact(id, "contract_amount") == yuan(350_000) and [c["number"] for c in C.fact(id, "contracts")] == ["HT-001", "HT-002"]
    for case in (id, first, second):
        compare(C.case(case), C.events(case))


def test_a_draw_can_be_checked_again():
    id = C.upto("scheme_review", yuan(3_000_000), title="抽取专家")
    C.do(id, "center", "scheme_review.draw", count=3)
    draw = C.fact(id, "expert_draws")[-1]
    assert len(draw["drawn"]) == 3 and set(draw["drawn"]) <= set(draw["pool"])
    # the seed is the hash of the event before the draw, as the published chain has it
    at = next(e["seq"] for e in C.events(id) if e.get("action") == "draw")
    path = os.path.join(os.path.dirname(C.server.data), "chain")
    C.call("audit.export", {"path": path})
    with open(path, encoding="utf-8") as chain:
        assert chain.read().splitlines()[at - 2][:64] == draw["seed"], "the seed is not the hash of the event before"
    # a few lines of standard tools: order the pool by SM3 of "seed:id" and take the first three
    shell = f"""for id in {' '.join(draw['pool'])}; do printf '%s %s\\n' "$(printf '%s:%s' {draw['seed']} "$id" | openssl dgst -sm3 | sed 's/.* //')" "$id"; done | sort | head -n 3 | cut -d' ' -f2"""
    again = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=True).stdout.split()
    assert again == draw["drawn"], (again, draw)


def prepare(city):
    global C
    C = city
    for org, zh, role in (("anhua-shuili", "安化县水利局", "builder"), ("anhua-bureau", "安化县政务服务局", "bureau")):
        C.call("org.add", {"body": {"id": org, "zh": zh, "en": org, "jurisdiction": "430923", "roles": [role]}})
        C.call("user.add", {"body": {"id": org, "name": zh, "org": org, "password": "banfa-demo"}})
    C.at("2023-08-28")


if __name__ == "__main__":
    run(globals(), "2023-08-28T09:00", prepare)
