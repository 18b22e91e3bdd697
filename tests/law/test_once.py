"""Every amount and period of the regulation stands once, as data, in the script of its article; a second place, in code or in a text, is found."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.environ.get("BANFA_ROOT") or os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "tests", "lib"))
from banfa_test import main  # noqa: E402

SCRIPTS = os.path.join(ROOT, "scripts")
SCANNED = ("stages", "lib", "kinds", "registers", "reports", "redlines")
TEXTS = ("stages", "lib", "kinds", "registers", "reports")  # a red line's words are the law's own; its numbers are asked of the city's limits

# What the regulation says: article, in short, the value, and the one place where it stands.
REGULATION = [
    (4, "2000万元以上列入审计、以下由财政评审", "wan(2000)", "settlement.line"),
    (5, "每年9月30日前:月", "9", "declaration.closes_month"),
    (5, "每年9月30日前:日", "30", "declaration.closes_day"),
    (8, "总投资50万元以下", "wan(50)", "declaration.exempt_up_to"),
    (10, "总投资500万元以上委托专业机构", "wan(500)", "prelim_design.professional_from"),
    (10, "总投资1000万元以上编制可研", "wan(1000)", "prelim_design.study_from"),
    (11, "总投资200万元以上召开评审会", "wan(200)", "scheme_review.meeting_from"),
    (14, "审批不超过10个工作日", "workdays(10)", "approval.decide_within"),
    (15, "6个月内启动实施", "months(6)", "approval.start_within"),
    (19, "预留合同款的15%", "15", "contract.retention_percent"),
    (19, "每笔合同款的5%", "5", "retention.tranche_percent"),
    (19, "竣工验收1年后", "years(1)", "retention.year_1"),
    (19, "竣工验收2年后", "years(2)", "retention.year_2"),
    (19, "竣工验收3年后", "years(3)", "retention.year_3"),
    (21, "运维期不少于3年", "3", "contract.operation_years_at_least"),
    (26, "总投资200万元以上须初验、试运行", "wan(200)", "final_acceptance.full_path"),
    (26, "试运行3个月", "months(3)", "trial_run.trial_period"),
    (26, "验收不超过10个工作日", "workdays(10)", "final_acceptance.accept_within"),
    (47, "土建超过400万元", "wan(400)", "declaration.civil_above"),
    (47, "土建超过200万元并占40%以上:金额", "wan(200)", "declaration.civil_share_above"),
    (47, "土建超过200万元并占40%以上:比例", "40", "declaration.civil_share_percent"),
    (47, "土建工程中信息化超过50万元", "wan(50)", "declaration.it_in_civil_above"),
]

# Limits that have a value of the regulation's and another meaning: each with its reason.
OTHERS = {
    "construction.report_every": "how often progress is recorded: a local setting",
    "prelim_design.remind_after": "a local reminder", "upper_acceptance.remind_after": "a local reminder", "settlement.remind_after": "a local reminder",
    "plan_issue.remind_after": "a local reminder", "plan_signatures.remind_after": "a local reminder", "planning.remind_after": "a local reminder",
    "contract.remind_after": "Government Procurement Law, art. 46", "retention.small_enterprise_pay": "Regulation on Payments to Small and Medium Enterprises",
    "operations.security_test_every": "art. 32 says regularly: a local setting", "operations.crypto_every": "art. 30 says regularly: a local setting",
    "scheme_review.experts_at_least": "art. 12 names no number", "final_acceptance.experts_at_least": "art. 12 names no number",
}
VALUES = {value for _, _, value, _ in REGULATION}
PERCENTS = ("15", "40", "85", "0.15", "0.40", "0.85", "0.05")

LITERAL = re.compile(r"\b(wan|yuan|workdays|days|months|years)\s*[({]?\s*(\d+)\s*[)}]?")
LIMIT = re.compile(r"\b(\w+)\s*=\s*((?:wan|yuan|workdays|days|months|years)\(\d+\)|\d+|true|false|limit \"[\w.]+\")")
# Words around a literal that make it no amount of the law: reminders, the usual time of a step, bounds and examples of a field.
HARMLESS = re.compile(r"\b(warn|after|min|max|usual)\s*=\s*[{\w]?[^=]*$|\b(example|order)\s*=.*$")
TEXT = re.compile(r"(?<![\d.,])(?:(\d[\d,]*)\s*(万元|万|个工作日|个月|年(?!度)|%|天)|(\d+)月(\d+)日|(\d[\d,]*)\s*(yuan|working days?|months?|years?|%)|(30 September)|(\d{1,3}(?:,000)+))")
WORDED = {"50万", "2000万", "500万", "1000万", "200万", "400万", "10个工作日", "6个月", "15%", "85%", "5%", "1年", "2年", "3年", "3个月", "40%", "9月30日", "500000",
          "2000000", "5000000", "10000000", "20000000", "4000000", "10workingday", "6month", "3month", "3year", "30 September"}


def files(root, folders):
    for folder in folders:
        for at, _, names in os.walk(os.path.join(root, folder)):
            for name in sorted(names):
                if name.endswith(".lua") and name not in ("story.lua", "world.lua"):  # where law cases and proofs begin: samples, not rules
                    path = os.path.join(at, name)
                    yield os.path.relpath(path, root), open(path, encoding="utf-8").read()


def uncommented(text):
    """TEXT with its comments blanked; lines stay where they are."""
    return "\n".join(re.sub(r'^((?:[^"\-]|"(?:\\.|[^"\\])*"|-(?!-))*)--.*$', r"\1", line) for line in text.split("\n"))


def without_strings(code):
    return re.sub(r'"(?:\\.|[^"\\])*"', lambda m: '"' + " " * (len(m.group()) - 2) + '"', code)


def limits_of(path, code):
    """{ "stage.limit": (value, start, end) } of a stage's limits = { … }."""
    out, stage = {}, re.search(r'return stage "(\w+)"', code)
    for block in re.finditer(r"\blimits\s*=\s*\{", code):
        depth, end = 1, block.end()
        while depth and end < len(code):
            depth += {"{": 1, "}": -1}.get(code[end], 0)
            end += 1
        for one in LIMIT.finditer(code, block.end(), end):
            out[f"{stage.group(1) if stage else path}.{one.group(1)}"] = (one.group(2), one.start(), one.end())
    return out


def second_places(root):
    """What stands in ROOT and should not: a list of sentences."""
    said, places = [], {place: (article, value) for article, _, value, place in REGULATION}
    found = {}
    for path, text in files(root, SCANNED):
        code = uncommented(text)
        limits = limits_of(path, code)
        for name, (value, start, _) in limits.items():
            at = f"{path}:{code.count(chr(10), 0, start) + 1}"
            found.setdefault(name, []).append((value, at, path, text))
            if name not in places and name not in OTHERS and value in VALUES:
                said.append(f"{at}: limit {name} = {value} repeats an amount or period of the regulation")
        plain = without_strings(code)
        for m in LITERAL.finditer(plain):
            line, at = plain[plain.rfind("\n", 0, m.start()) + 1:m.start()], f"{path}:{plain.count(chr(10), 0, m.start()) + 1}"
            if any(start <= m.start() < end for _, start, end in limits.values()) or HARMLESS.search(line):
                continue
            if m.group(2) != "0":
                said.append(f"{at}: {m.group()} stands in the code: it is a limit of a stage, asked for as limit \"stage.name\"")
        for m in re.finditer(r"(?<![\w.\"])(" + "|".join(map(re.escape, PERCENTS)) + r")(?![\w.\"])|[*+/]\s*(5)\b|\b(5)\s*[*/]", plain):
            line, at = plain[plain.rfind("\n", 0, m.start()) + 1:m.start()], f"{path}:{plain.count(chr(10), 0, m.start()) + 1}"
            inside = any(start <= m.start() < end for _, start, end in limits.values())
            if not inside and not HARMLESS.search(line) and not re.search(r"articles?\s*=\s*\{?[^=}]*$|\{ \"\w*\s*\", $|, $|\bno\($", line):
                said.append(f"{at}: the percentage {m.group().strip()} stands in the code")
    for article, what, value, place in REGULATION:
        there = found.get(place, [])
        if len(there) != 1:
            said.append(f"art. {article} ({what}): {place} stands {len(there)} times")
        elif there[0][0] != value:
            said.append(f"art. {article} ({what}): {place} is {there[0][0]}, not {value} ({there[0][1]})")
        elif not re.search(r"\barticles = \{[^}]*\b%d\b" % article, there[0][3]):
            said.append(f"art. {article} ({what}): {there[0][2]} is not the script of this article")
    return said + worded(root)


def worded(root):
    """Texts that say a number of the regulation: a county that sets another would be told the wrong one."""
    said = []
    for path, text in files(root, TEXTS):
        code = uncommented(text)
        for m in re.finditer(r'\b(zh|en)\s*=\s*\(?"((?:\\.|[^"\\])*)"|^\s*"((?:\\.|[^"\\])*)"', code, re.M):
            for one in TEXT.finditer(m.group(2) or m.group(3) or ""):
                word = one.group().replace(",", "").replace("万元", "万").replace(" ", "").rstrip("s")
                word = "30 September" if one.group(7) else word
                line = code[code.rfind("\n", 0, m.start()) + 1:m.start()]
                if (word in WORDED or word.replace("yuan", "") in WORDED) and not re.search(r"example\s*=\s*\"?[^,]*$", line):
                    said.append(f"{path}:{code.count(chr(10), 0, m.start()) + 1}: the text says “{one.group()}”: show the limit, as in {{stage.name}}")
    return said


def test_each_amount_and_period_stands_once():
    said = second_places(SCRIPTS)
    assert not said, "\n".join(said)


def seeded(path, old, new):
    """What is found in a copy of the scripts in which OLD became NEW."""
    with tempfile.TemporaryDirectory(prefix="banfa-once-") as folder:
        copy = os.path.join(folder, "scripts")
        shutil.copytree(SCRIPTS, copy)
        file = os.path.join(copy, path)
        text = open(file, encoding="utf-8").read()
        assert old in text, f"{path} holds no {old!r}"
        open(file, "w", encoding="utf-8").write(text.replace(old, new, 1))
        return second_places(copy)


def test_a_second_place_is_found():
    seeds = [
        ("stages/scheme_review.lua", "amount >= now.limits.meeting_from", "amount >= wan(200)"),
        ("stages/approval.lua", 'limits = { decide_within', "limits = { answer_within = workdays(10), decide_within"),
        ("stages/approval.lua", "workdays(10), start_within", "workdays(12), start_within"),
        ("stages/approval.lua", "审批时限({decide_within})", "审批时限(10个工作日)"),
        ("stages/approval.lua", "Decide within {decide_within}", "Decide within 10 working days"),
        ("lib/money.lua", 'local percent_ = now.limit("contract.retention_percent")', "local percent_ = 15"),
        ("lib/money.lua", "amount * tranche_percent // 100", "amount * 5 // 100"),
        ("stages/trial_run.lua", "common.over(from, now.limits.trial_period", "common.over(from, months(3)"),
        ("stages/settlement.lua", "local line, total = now.limits.line", "local line, total = yuan(20000000)"),
        ("redlines/plan.lua", 'step.base_limit("declaration.exempt_up_to")', "wan(50)"),
        ("stages/trial_run.lua", "trial_period = months(3)", "trial_period = limit \"construction.report_every\""),
        ("stages/declaration.lua", "civil_share_percent = 40", "civil_share_percent = 45"),
    ]
    for path, old, new in seeds:
        said = seeded(path, old, new)
        assert any(path in line or "art." in line for line in said), f"{path}: {new!r} was not found: {said}"
    print(f"# figure {len(seeds)} second places seeded, all found")


def test_a_text_that_shows_what_is_not_there_is_refused():
    with tempfile.TemporaryDirectory(prefix="banfa-once-") as folder:
        copy = os.path.join(folder, "scripts")
        shutil.copytree(SCRIPTS, copy)
        file = os.path.join(copy, "stages", "approval.lua")
        text = open(file, encoding="utf-8").read()
        open(file, "w", encoding="utf-8").write(text.replace("审批时限({decide_within})", "审批时限({decide_wihtin})", 1))
        program = os.path.join(os.environ.get("BANFA_BUILD") or os.path.join(ROOT, "build", "check"), "banfa")
        out = subprocess.run([program, "rules", "check", copy], capture_output=True, text=True, check=False)
        said = out.stdout + out.stderr
        assert out.returncode == 1 and "decide_wihtin" in said and "did you mean 'decide_within'" in said, said


if __name__ == "__main__":
    main(globals())
