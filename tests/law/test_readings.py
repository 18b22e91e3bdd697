"""Each row of the readings (where the regulation allows more than one) names where its default is implemented: the limit, action or deadline is there, and a law case holds it."""
import json
import os
import subprocess
import sys

ROOT = os.environ.get("BANFA_ROOT") or os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("BANFA_BUILD") or os.path.join(ROOT, "build", "check")
sys.path.insert(0, os.path.join(ROOT, "tests", "lib"))
from banfa_test import main  # noqa: E402

# Articles; the question in short; (file under scripts/, what must stand in it) …; words of the law case that holds it, or None with a reason.
READINGS = [
    ((8, 47), "exactly 500,000", [("stages/declaration.lua", "exempt_up_to = wan(50)"), ("stages/declaration.lua", 'at_most("investment", limit "exempt_up_to")'), ("stages/declaration.lua", "恰为{exempt_up_to|money}")]),
    ((11, 26), "exactly 2,000,000", [("stages/scheme_review.lua", "meeting_from = wan(200)"), ("stages/scheme_review.lua", "恰为{meeting_from|money}"), ("stages/construction.lua", ">= now.limit(\"final_acceptance.full_path\")"), ("stages/construction.lua", "恰为{final_acceptance.full_path|money}")]),
    ((10,), "exactly 5,000,000 and 10,000,000", [("stages/prelim_design.lua", "size(case) >= now.limits.professional_from"), ("stages/prelim_design.lua", "size(case) >= now.limits.study_from"), ("stages/prelim_design.lua", "恰为{professional_from|money}")]),
    ((4,), "exactly 20,000,000", [("stages/settlement.lua", 'at_most("investment", limit "line")'), ("stages/settlement.lua", 'at_least("investment", limit "line")'), ("stages/settlement.lua", "恰为{line|money}"), ("reports/audit_plan.lua", "sm3(seed")]),
    ((47,), "over, and at least 40%", [("stages/declaration.lua", "civil > now.limits.civil_above"), ("stages/declaration.lua", "civil * 100 >= total * now.limits.civil_share_percent")]),
    ((22,), "which total investment", [("lib/money.lua", "function money_.lighter("), ("stages/prelim_design.lua", "overrun_percent = 10")]),
    ((16,), "what is splitting", [("lib/siblings.lua", "function siblings.splits"), ("lib/siblings.lua", "split.unjudged")]),
    ((5,), "30 September", [("stages/declaration.lua", "closes_rolls = false"), ("stages/declaration.lua", "遇休息日不顺延(可由各地改定)"), ("stages/declaration.lua", "workdays(1) }, tell = \"builder\"")]),
    ((5,), "pre-technical opinion", [("lib/planning.lua", "not p.facts.pretech_passed_on")]),
    ((7,), "one joint opinion", [("stages/urgent_review.lua", "sign_finance"), ("stages/urgent_review.lua", "all_signed, group_first")]),
    ((14,), "the 10 days", [("stages/approval.lua", 'clock = start "decide"'), ("stages/approval.lua", "发出当日计入"), ("stages/approval.lua", "提交后的下一工作日起继续计时")]),
    ((14,), "more than one correction", [("stages/approval.lua", 'once = { article = 14, unless = "reason"'), ("stages/approval.lua", "extra_notices"), ("reports/unit_record.lua", "extra_notices")]),
    ((14, 26), "what stops the clock", [("stages/approval.lua", 'pause "decide"'), ("stages/final_acceptance.lua", 'pause "accept"')]),
    ((14, 26), "a limit passes", [("stages/approval.lua", "超时不视为批准"), ("stages/final_acceptance.lua", "超时不视为合格")]),
    ((11, 17), "no limit is given", [("stages/scheme_review.lua", "办法未定评审时限:只计时、不算超期"), ("stages/budget_review.lua", 'nature = "reminder"')]),
    ((13,), "no second review", [("stages/approval.lua", "second_review_reason")]),
    ((15,), "from what, what is a start", [("stages/approval.lua", 'start = { article = 15, from = "approved_on"'), ("stages/approval.lua", "warn = { months(3), months(1), days(15) }"), ("stages/procurement.lua", "lapse.guard"), ("stages/approval.lua", "以签订合同为启动")]),
    ((12,), "drawn in principle", [("lib/draw.lua", "sm3(seed"), ("lib/draw.lua", "不经抽取的理由"), ("stages/scheme_review.lua", "experts_at_least = 5")]),
    ((22,), "what change is a change", [("stages/change.lua", "supplement_percent = 10"), ("stages/construction.lua", "由原批准机关批准")]),
    ((24,), "supervision for small projects", [("stages/contract.lua", 'supervision_above = limit "declaration.exempt_up_to"'), ("stages/contract.lua", "监理只作提醒")]),
    ((8, 25), "filings without a limit", [("stages/filing.lua", "file_within = workdays(7)"), ("stages/filing.lua", "借用政府采购法第四十七条")]),
    ((26,), "3 months from what", [("stages/trial_run.lua", 'from = { "preliminary_passed_on", "trial_started_on" }'), ("stages/trial_run.lua", "次日起可申请竣工验收")]),
    ((26,), "is the trial run use", [("stages/trial_run.lua", "试运行不是正式使用")]),
    ((26,), "may not be organised", [("lib/acceptance.lua", "acceptance.sharing"), ("lib/acceptance.lua", "作例外登记"), ("stages/final_acceptance.lua", "例外须写明理由")]),
    ((27,), "upper-level acceptance", [("stages/upper_acceptance.lua", "upper.not_pre_accepted"), ("stages/upper_acceptance.lua", "尾款和运维期自国家(省)验收之日起算")]),
    ((19,), "paid by itself", [("stages/retention.lua", 'nature = "opens"'), ("stages/retention.lua", "暂缓支付(不没收)")]),
    ((19, 31), "an evaluation for all", [("stages/evaluation.lua", "open_after = months(10)"), ("stages/evaluation.lua", "重点项目须用详表评价")]),
    ((19,), "15% of what", [("lib/money.lua", "money_.held(amount, held_percent) - 2 * each"), ("stages/contract.lua", "按每份建设合同的现合同款计算")]),
    ((19,), "small enterprises", [("stages/retention.lua", "small_enterprise_pay = days(30)"), ("stages/retention.lua", "保障中小企业款项支付条例")]),
    ((21,), "generally 3 years", [("stages/contract.lua", "operation_years_at_least = 3"), ("stages/contract.lua", "not given.operation_rule")]),
    ((28,), "what is withheld", [("lib/money.lua", "payments_frozen"), ("lib/acceptance.lua", 'unset("payments_frozen")')]),
    ((20,), "approval or filing", [("lib/ending.lua", 'finish "terminated"'), ("lib/ending.lua", "书面说明")]),
    ((35,), "system or unit", [("lib/siblings.lua", "unit.banned"), ("stages/operations.lua", "lift_ban"), ("lib/siblings.lua", "批准例外建设")]),
    ((36,), "order of retirement", [("stages/operations.lua", "先评估数据,再备份、迁移或销毁,然后停用"), ("stages/operations.lua", "guard = retention_through")]),
    ((43,), "what is public, when", [("kinds/project.lua", 'public = { when = is_set("released_on")'), ("stages/approval.lua", "release_within = workdays(20)")]),
    ((48,), "classified", [("lib/oversight.lua", "classify(input \"level\")"), ("lib/oversight.lua", "不存涉密内容")]),
    ((18,), "separate contracts", [("stages/procurement.lua", 'kind = "joint_contract"'), ("stages/procurement.lua", "一个母项目,每份合同一个子事项")]),
    ((49,), "counties", [("counties/430921/thresholds.lua", "amend"), ("lib/planning.lua", "plan.jurisdiction")]),
    ((51,), "transition, expiry", [("stages/in_force.lua", "到期之日系统不停"), ("stages/in_force.lua", "warn = { months(12)")]),
]


def law_cases():
    out = subprocess.run([os.path.join(BUILD, "banfa"), "rules", "test", os.path.join(ROOT, "scripts"), "--json"], capture_output=True, text=True, check=False)
    return json.loads(out.stdout)["cases"]


def test_each_reading_stands_in_the_scripts():
    missing = []
    for articles, question, places in READINGS:
        for path, words in places:
            with open(os.path.join(ROOT, "scripts", path), encoding="utf-8") as f:
                if words not in f.read():
                    missing.append(f"art. {articles} ({question}): {path} does not hold {words!r}")
    assert not missing, "\n".join(missing)
    print(f"# figure {len(READINGS)} readings, each where it stands")


def test_each_reading_has_a_boundary_or_an_exception_that_holds_it():
    found = {}
    for case in law_cases():
        for article in case["article"] if isinstance(case["article"], list) else [case["article"]]:
            if case["ok"] and case["sort"] in ("boundary", "exception"):
                found[article] = found.get(article, 0) + 1
    without = [(articles, question) for articles, question, _ in READINGS if not any(found.get(a) for a in articles)]
    assert not without, without


if __name__ == "__main__":
    main(globals())
