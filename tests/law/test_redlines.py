"""The red lines by themselves: no shipped life crosses one; each is crossed by a step made for it, and not by the lawful step beside it."""
import contextlib
import copy
import io
import json

import test_lives
from law_city import main
from redline_ask import Lines, live
from banfa_fold import effects as apply_effects


def wan(n):
    return round(n * 1_000_000)


# Lives -------------------------------------------------------------------------------------------------------------------------


def watched(life_test):
    """Runs a life over HTTP; every case of it is told to the lines at its end."""
    counts, lines, first = [], Lines(), test_lives.ended

    def ended(life, outcome, today):
        with contextlib.redirect_stdout(io.StringIO()):  # the story is told by test_lives
            first(life, outcome, today)
        city, case = life.city, life.city.case(life.id)
        entries = {"experts": {f"E00{n}": {"name": f"专家E00{n}", "unit": "湖南某大学"} for n in range(1, 6)}}
        plan = case["facts"].get("plan")
        counts.append(live(lines, city.events(life.id), case, entries, {plan: city.case(plan)} if plan else {}))

    test_lives.ended = ended
    try:
        life_test()
    finally:
        test_lives.ended = first
    lines.close()
    assert counts and min(counts) > 3, counts
    print(f"# report {life_test.__name__}: {sum(counts)} steps of {len(counts)} cases, every line asked, none crossed")


def test_life_of_12_000_000_crosses_nothing():
    watched(test_lives.test_life_of_12_000_000)


def test_life_of_1_500_000_crosses_nothing():
    watched(test_lives.test_life_of_1_500_000)


def test_life_of_400_000_crosses_nothing():
    watched(test_lives.test_life_of_400_000)


# One step for each line, on both sides -------------------------------------------------------------------------------------------

BASE = {"title": "一期", "category": "software", "plan_year": 2024, "investment": wan(300), "declared_on": "2023-09-20", "plan_entered_on": "2024-01-12",
        "review_passed_on": "2024-03-01", "review_opinion": "可行", "reviewed_amount": wan(300), "design_by": "own"}
BUILT = {**BASE, "approved_on": "2024-03-10", "budget_reviewed_on": "2024-04-01", "awarded_on": "2024-05-01", "started_on": "2024-05-15",
         "sharing_result": "shared", "preliminary_passed_on": "2025-01-02", "trial_started_on": "2025-01-03",
         "acceptance_meetings": [{"held_on": "2025-04-07", "experts": ["E001"]}],
         "contracts": [{"number": "HT-1", "contractor": "C1", "contractor_name": "某公司", "amount": wan(100), "signed_amount": wan(100), "operation_years": 3}]}
ACCEPTED = {**BUILT, "final_accepted_on": "2025-04-10", "evaluated_on": "2026-03-01", "evaluation_result": "passed", "evaluation_settled_on": "2026-03-01"}
POOL = {"experts": {"E001": {"name": "甲", "unit": "某大学"}, "E002": {"name": "乙", "unit": "某局", "unit_org": "u1"}, "E003": {"name": "丙", "unit": "某大学", "suspended": True}}}
PLAN = {"title": "计划", "year": 2024}


def put(fact, value="2024-03-10"):
    return {"do": "set", "fact": fact, "value": value}


def more(fact, value):
    return {"do": "append", "fact": fact, "value": value}


def off(fact):
    return {"do": "set", "fact": fact}


def paid(amount, purpose="progress", contract="HT-1"):
    return more("payments", {"contract": contract, "amount": amount, "purpose": purpose, "paid_on": "2024-06-01"})


def went(facts, *done, who="bureau", what="act", on="2024-03-10", papers=None, kind="project", given=None, org=None, open_=(), public=None, past=None, secret=None,
         entries=None, cases=None):
    """A step: FACTS before it, the effects DONE. All papers are there unless PAPERS names those that are."""
    case = {"id": "x", "kind": kind, "jurisdiction": "430900", "unit": "u1", "facts": copy.deepcopy(facts), "clocks": {},
            "stages": {s: {"state": "open", "opened": on, "round": 1, "did": {}} for s in open_},
            "documents": [{"kind": p} for p in (ALL_PAPERS if papers is None else papers)]}
    after = copy.deepcopy(case)
    apply_effects(after, [e for e in done if e["do"] != "classify"], on)
    for e in done:
        if e["do"] == "finish":
            after["outcome"] = e.get("outcome")
    roles = [who] if who else []
    step = {"what": what, "date": on, "before": case, "after": after, "effects": list(done), "input": given or {}, "cases": cases or {}, "entries": entries or POOL,
            "actor": {"user": "p", "org": org or ("u1" if who == "builder" else who), "roles": roles} if who else {}, "stage": "s", "action": "a"}
    if public is not None:
        step["public"] = public
    return kind, past or {}, step


ALL_PAPERS = ["review_opinion", "approval_reply", "budget_review_report", "pretech_opinion", "evaluation_report", "feasibility_reply", "acceptance_report",
              "data_sharing_proof", "software_test_report", "retirement_assessment", "termination_statement"]
SIGN = {"number": "HT-2", "contractor": "C1", "contractor_name": "某公司", "amount": wan(90), "signed_amount": wan(90), "operation_years": 3}
TERMS = {"retention_percent": 15, "termination_clause": True, "operation_years": 3}
DRAWN = {"seed": "s", "pool": ["E001"], "drawn": ["E001"], "on": "2024-03-01", "stage": "scheme_review"}
PLANNED = {"signed_drc_on": True, "signed_finance_on": True, "leading_group_on": True, "government_on": True}

# line: (the step that crosses it, the lawful one beside it)
SIDES = {
    "plan_passed_before_issue": (went(PLAN, put("issued_on"), kind="plan", past={"plan_passed_before_issue": {**PLANNED, "government_on": False}}),
                                 went(PLAN, put("issued_on"), kind="plan", past={"plan_passed_before_issue": PLANNED})),
    "plan_entry_by_government": (went(BASE, put("plan_entered_on"), who="bureau"), went({**BASE, "plan": "y"}, put("plan_entered_on"), cases={"y": {"kind": "plan", "facts": {"issued_on": "2024-01-12", "projects": ["x"]}}})),
    "approval_in_plan": (went({**BASE, "plan_entered_on": None}, put("approved_on")), went(BASE, put("approved_on"))),
    "declared_in_time": (went(BASE, put("declared_on", "2023-10-08"), who="builder", on="2023-10-08"), went(BASE, put("declared_on", "2023-09-30"), who="builder", on="2023-09-30")),
    "small_only_up_to_500000": (went({**BASE, "investment": wan(50) + 1}, put("exempt", True), who="builder"), went({**BASE, "investment": wan(50)}, put("exempt", True), who="builder")),
    "civil_works_apart": (went({**BASE, "civil_works": wan(201), "investment": wan(500)}, put("declared_on", "2023-09-01"), who="builder", on="2023-09-01"),
                          went({**BASE, "civil_works": wan(200), "investment": wan(500)}, put("declared_on", "2023-09-01"), who="builder", on="2023-09-01")),
    "funding_by_government": (went({"year": 2024, "available": wan(10)}, put("passed_on"), who="finance", kind="funding"),
                              went({"year": 2024, "available": wan(10)}, put("passed_on"), who="government", kind="funding")),
    "expert_meeting_from_2000000": (went({**BASE, "investment": wan(200), "review_passed_on": None, "reviewed_amount": wan(200)}, put("review_passed_on"), who="center"),
                                    went({**BASE, "investment": wan(200) - 1, "review_passed_on": None, "reviewed_amount": wan(200) - 1}, put("review_passed_on"), who="center")),
    "large_design_by_professionals": (went({**BASE, "investment": wan(500), "reviewed_amount": wan(500)}, put("approved_on")),
                                      went({**BASE, "investment": wan(500), "reviewed_amount": wan(500), "design_by": "professional"}, put("approved_on"))),
    "approval_after_review": (went({**BASE, "review_passed_on": None}, put("approved_on")), went(BASE, put("approved_on"), put("approved_amount", wan(300)))),
    "no_second_review": (went(BASE, {"do": "open", "stage": "scheme_review"}), went({**BASE, "second_review_reason": "方案有重大调整"}, {"do": "open", "stage": "scheme_review"})),
    "experts_from_the_pool": (went({**BASE, "review_passed_on": None}, more("expert_meetings", {"experts": ["E001", "E002"]}), who="center"),
                              went({**BASE, "review_passed_on": None}, more("expert_meetings", {"experts": ["E001"]}), who="center")),
    "draws_can_be_checked": (went(BASE, more("expert_draws", {"drawn": ["E001"], "on": "2024-03-01", "stage": "scheme_review"}), who="center"),
                             went(BASE, more("expert_draws", DRAWN), who="center")),
    "nobody_decides_for_the_own_unit": (went(BASE, put("approved_on"), who="builder"), went(BASE, put("approved_on"), who="bureau")),
    "silence_decides_nothing": (went(BASE, put("approved_on"), who=None, what="due"), went(BASE, put("approval_lapsed_on"), who=None, what="due")),
    "plan_silence_decides_nothing": (went(PLAN, {"do": "finish", "outcome": "dropped"}, who=None, what="due", kind="plan"), went(PLAN, who=None, what="due", kind="plan")),
    "funding_silence_decides_nothing": (went({"year": 2024, "available": 1}, put("passed_on"), who=None, what="due", kind="funding"),
                                        went({"year": 2024, "available": 1}, who=None, what="due", kind="funding")),
    "one_time_notice": (went({**BASE, "accepted_on": "2024-03-02"}, put("approval_missing", ["甲"]), past={"one_time_notice": {"told": True}}),
                        went({**BASE, "accepted_on": "2024-03-02"}, put("approval_missing", ["甲"]), more("extra_notices", {"on": "2024-03-10", "reason": "补充材料又有新错误"}),
                             past={"one_time_notice": {"told": True}})),
    "the_limit_runs": (went(BASE, put("accepted_on")), went(BASE, put("accepted_on"), {"do": "clock", "op": "start", "clock": "decide", "stage": "approval"})),
    "procurement_after_approval": (went(BASE, put("procurement_method", "open_tender"), who="builder"),
                                   went({**BASE, "approved_on": "2024-03-01", "budget_reviewed_on": "2024-03-05"}, put("procurement_method", "open_tender"), who="builder")),
    "a_lapsed_approval_buys_nothing": (went({**BUILT, "started_on": None, "contracts": None}, more("awards", {"contractor": "C1", "amount": 1}), who="builder", on="2024-09-11"),
                                       went({**BUILT, "started_on": None, "contracts": None}, more("awards", {"contractor": "C1", "amount": 1}), who="builder", on="2024-09-10")),
    "no_approval_of_a_split_project": (went({**BASE, "split_suspects": [{"project": "y"}]}, put("approved_on")),
                                       went({**BASE, "split_suspects": [{"project": "y"}], "split_judgement": "两个系统"}, put("approved_on"))),
    "no_silent_fall_below_a_threshold": (went(BASE, put("investment", wan(199))), went(BASE, put("investment", wan(199)), more("investment_history", {"from": wan(300), "to": wan(199), "reason": "压减"}))),
    "never_more_than_85_percent": (went(BUILT, paid(wan(85) + 1), who="finance"), went(BUILT, paid(wan(85)), who="finance")),
    "retention_after_acceptance": (went(ACCEPTED, paid(wan(5), "retention_1"), who="finance", on="2026-04-10"), went(ACCEPTED, paid(wan(5), "retention_1"), who="finance", on="2026-04-11")),
    "payments_are_never_unwritten": (went({**BUILT, "payments": [{"contract": "HT-1", "amount": 5, "purpose": "progress"}]}, put("payments", []), who="finance"),
                                     went({**BUILT, "payments": [{"contract": "HT-1", "amount": 5, "purpose": "progress"}]}, paid(6), who="finance")),
    "nothing_paid_after_the_end": (went({**BUILT, "payments_frozen": True}, paid(1), who="finance"), went(BUILT, paid(1), who="finance")),
    "frozen_until_accepted": (went({**BUILT, "acceptance_failures": 1}, put("acceptance_failures", 2)), went({**BUILT, "acceptance_failures": 1}, put("acceptance_failures", 2), put("payments_frozen", True))),
    "contract_terms": (went(BUILT, more("contracts", SIGN), who="builder", given={**TERMS, "retention_percent": 10}), went(BUILT, more("contracts", SIGN), who="builder", given=TERMS)),
    "contracts_within_the_approval": (went(BUILT, more("contracts", {**SIGN, "amount": wan(201)}), who="builder", given=TERMS),
                                      went(BUILT, more("contracts", {**SIGN, "amount": wan(200), "signed_amount": wan(200)}), who="builder", given=TERMS)),
    "supervised_and_filed": (went({**BUILT, "supervision_signed_on": "2024-05-20"}, put("contracts_complete_on"), who="builder"),
                             went({**BUILT, "supervision_signed_on": "2024-05-20"}, put("contracts_complete_on"), {"do": "open", "stage": "filing"}, who="builder")),
    "no_acceptance_without_sharing": (went({**BUILT, "sharing_result": None}, put("final_accepted_on", "2025-04-10"), on="2025-04-10"), went(BUILT, put("final_accepted_on", "2025-04-10"), on="2025-04-10")),
    "no_acceptance_without_assessments": (went({**BUILT, "needs_crypto_assessment": True}, put("final_accepted_on", "2025-04-10"), on="2025-04-10"),
                                          went({**BUILT, "needs_crypto_assessment": True, "crypto_assessment_result": "passed"}, put("final_accepted_on", "2025-04-10"), on="2025-04-10")),
    "trial_run_of_three_months": (went(BUILT, put("final_accepted_on", "2025-04-03"), on="2025-04-03"), went(BUILT, put("final_accepted_on", "2025-04-04"), on="2025-04-04")),
    "accepted_by_the_bureau": (went({**BUILT, "acceptance_meetings": None}, put("final_accepted_on", "2025-04-10"), on="2025-04-10"), went(BUILT, put("final_accepted_on", "2025-04-10"), on="2025-04-10")),
    "decisions_have_their_papers": (went(BASE, put("approved_on"), papers=["review_opinion"]), went(BASE, put("approved_on"), papers=["approval_reply"])),
    "no_use_before_acceptance": (went(BUILT, {"do": "open", "stage": "operations"}), went(ACCEPTED, {"do": "open", "stage": "operations"})),
    "retired_with_its_data": (went(ACCEPTED, put("retired_on", "2029-01-01"), who="builder"), went(ACCEPTED, put("retired_on", "2029-01-01"), put("retirement", {"moved": "全部"}), who="builder")),
    "terminated_on_its_grounds": (went(BUILT, put("terminated_on"), {"do": "finish", "outcome": "terminated"}, who="builder"),
                                  went(BUILT, put("terminated_on"), put("termination_ground", "force_majeure"), {"do": "finish", "outcome": "terminated"}, who="builder")),
    "contracted_projects_are_accepted": (went({**BUILT, "contracts_complete_on": "2024-06-01"}, {"do": "finish", "outcome": "withdrawn"}, who="builder"),
                                         went({**ACCEPTED, "contracts_complete_on": "2024-06-01"}, {"do": "finish", "outcome": "done"}, who="builder")),
    "nothing_classified_in_public": (went({**BASE, "released_on": "2024-03-01"}, put("secret_level", 1), who="secrecy"),
                                     went(BASE, put("secret_level", 1), {"do": "classify", "level": 1}, who="secrecy")),
    "public_only_when_released": (went({**BASE, "released_on": "2024-03-01"}, public={"title": "一期", "contracts": []}), went({**BASE, "released_on": "2024-03-01"}, public={"title": "一期"})),
    "plan_public_only_when_released": (went(PLAN, kind="plan", public={"title": "计划"}), went({**PLAN, "released_on": "2024-01-01"}, kind="plan", public={"title": "计划"})),
    "every_stage_has_a_way_out": (went(BASE, what="stuck", who=None, open_=["approval"]), went(BASE, what="due", who=None, open_=["approval"])),
    "plan_has_a_way_out": (went(PLAN, what="stuck", who=None, kind="plan", open_=["plan_issue"]), went(PLAN, what="due", who=None, kind="plan")),
    "funding_has_a_way_out": (went({}, what="stuck", who=None, kind="funding", open_=["funding_pass"]), went({}, what="due", who=None, kind="funding")),
    "regulation_has_a_way_out": (went({}, what="stuck", who=None, kind="regulation", open_=["in_force"]), went({}, what="due", who=None, kind="regulation")),
}


def cleaned(args):
    """A fact of None is a fact that is not there."""
    kind, pasts, step = args
    for name in ("before", "after"):
        step[name]["facts"] = {k: v for k, v in step[name]["facts"].items() if v is not None}
    return kind, pasts, step


STATIC = {"every_statutory_limit_is_a_deadline"}  # asked of declarations: tests/law/test_loopholes.py


def test_each_line_on_both_sides():
    lines, wrong = Lines(), []
    declared = {line["name"] for line in lines.call("redlines", "430900")}
    assert declared == set(SIDES) | STATIC, declared ^ (set(SIDES) | STATIC)
    for name, (bad, good) in SIDES.items():
        _, crossed = lines.ask(*cleaned(bad))
        if name not in [c["name"] for c in crossed]:
            wrong.append(f"{name}: the step made for it does not cross it, but {[c['name'] for c in crossed]}")
        for c in crossed:
            assert c["article"] > 0 and c["zh"] and c["en"], c
        _, crossed = lines.ask(*cleaned(good))
        if crossed:
            wrong.append(f"{name}: the lawful step crosses {json.dumps(crossed, ensure_ascii=False)}")
    lines.close()
    assert not wrong, "\n" + "\n".join(wrong)
    print(f"# report {len(SIDES)} lines, each crossed by one step and not by the one beside it")


if __name__ == "__main__":
    main(globals())
