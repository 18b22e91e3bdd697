"""What `rules check` says of a slip of the pen: file, line, what was expected and the nearest right word. And `rules new`: what it starts is in order at once."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_test import PRESET, ROOT, main  # noqa: E402

PROGRAM = os.path.join(os.environ.get("BANFA_BUILD") or os.path.join(ROOT, "build", PRESET), "banfa")
COUNTY = "counties/430922/x.lua"
STAGE = """return stage "look" {
  kind = "project", order = 75, articles = { 49 }, owner = "bureau", title = { zh = "看", en = "Look" },
  limits = { within = workdays(5) },
  facts = { { "looked_on", date, zh = "日期", en = "On", optional = true } },
  leads = { passed = "procurement" },
  actions = {
    pass = { by = "bureau", title = { zh = "同意", en = "Agree" }, needs = docs { "budget" }, form = { { "note", text, zh = "意见", en = "Note" } },
      when = not_set("looked_on"),
      effect = { set("looked_on", today), notify { to = { "builder" }, article = 49, zh = "好", en = "Good" }, follow "passed" } },
  },
  deadlines = { look = { article = 49, from = "opened", limit = "within", unless = "looked_on", tell = "bureau", action = "pass", title = { zh = "时限", en = "Limit" } } },
}
"""
LAW = """return law {
  { name = "一", article = 49, sort = "plain", given = { kind = "project", on = "2024-03-01", open = "budget_review", facts = { investment = wan(100) } },
    steps = { { "2024-03-04", "builder", "budget_review.submit" } },
    expect = { refused = { code = "paper.missing" } } },
}
"""


def run(*words):
    done = subprocess.run([PROGRAM, "rules", *words], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr, done.stderr[-4000:]
    return done


def written(folder, files):
    for path, text in files.items():
        path = os.path.join(folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)


def scripts():
    """A copy of the shipped scripts in a folder that goes away."""
    folder = tempfile.TemporaryDirectory(prefix="banfa-rules-")
    shutil.copytree(os.path.join(ROOT, "scripts"), os.path.join(folder.name, "scripts"))
    return folder, os.path.join(folder.name, "scripts")


def swap(text, old, new):
    assert old in text, old
    return text.replace(old, new, 1)


# what it is; the files; "file:line" that is named; words that the answer holds
SLIPS = [
    ("a wrong word", {COUNTY: swap(STAGE, "leads =", "laeds =")}, f"{COUNTY}:5", ["laeds", "did you mean 'leads'"]),
    ("a wrong word of an action", {COUNTY: swap(STAGE, "needs =", "neds =")}, f"{COUNTY}:7", ["neds", "did you mean 'needs'"]),
    ("a wrong word of a deadline", {COUNTY: swap(STAGE, "unless =", "unles =")}, f"{COUNTY}:11", ["unles", "did you mean 'unless'"]),
    ("a wrong type", {COUNTY: swap(STAGE, "order = 75", 'order = "75"')}, f"{COUNTY}:2", ["'order' takes a number, not a string"]),
    ("an unknown global", {COUNTY: swap(STAGE, "workdays(5)", "workday(5)")}, f"{COUNTY}:3", ["workday", "workdays"]),
    ("a period that is none", {COUNTY: swap(STAGE, "workdays(5)", 'workdays("5")')}, f"{COUNTY}:3", ["a whole number"]),
    ("a field without a type", {COUNTY: swap(STAGE, '{ "note", text,', '{ "note",')}, f"{COUNTY}:1", ['a field is { "name", type']),
    ("a role", {COUNTY: swap(STAGE, 'pass = { by = "bureau"', 'pass = { by = "bureua"')}, f"{COUNTY}:7", ["bureua", "did you mean 'bureau'"]),
    ("a paper", {COUNTY: swap(STAGE, 'docs { "budget" }', 'docs { "budgett" }')}, f"{COUNTY}:7", ["budgett", "did you mean 'budget'"]),
    ("a fact of an effect", {COUNTY: swap(STAGE, ' set("looked_on"', ' set("loked_on"')}, f"{COUNTY}:9", ["loked_on", "did you mean 'looked_on'"]),
    ("a fact of a condition", {COUNTY: swap(STAGE, 'not_set("looked_on")', 'not_set("looked_no")')}, f"{COUNTY}:8", ["looked_no", "did you mean 'looked_on'"]),
    ("a fact of a form", {COUNTY: swap(STAGE, 'form = { {', 'form = { "investmnt", {')}, f"{COUNTY}:7", ["investmnt", "did you mean 'investment'"]),
    ("a role that is told", {COUNTY: swap(STAGE, 'to = { "builder" }', 'to = { "bilder" }')}, f"{COUNTY}:9", ["bilder", "did you mean 'builder'"]),
    ("a lead that an effect follows", {COUNTY: swap(STAGE, 'follow "passed"', 'follow "pased"')}, f"{COUNTY}:9", ["pased", "did you mean 'passed'"]),
    ("a stage that a lead names", {COUNTY: swap(STAGE, '"procurement"', '"procurment"')}, f"{COUNTY}:5", ["procurment", "did you mean 'procurement'"]),
    ("a limit of a deadline", {COUNTY: swap(STAGE, 'limit = "within"', 'limit = "witin"')}, f"{COUNTY}:11", ["witin", "did you mean 'within'"]),
    ("a fact that ends a deadline", {COUNTY: swap(STAGE, 'unless = "looked_on"', 'unless = "lookd_on"')}, f"{COUNTY}:11", ["lookd_on", "did you mean 'looked_on'"]),
    ("an action of a deadline", {COUNTY: swap(STAGE, 'action = "pass"', 'action = "pas"')}, f"{COUNTY}:11", ["'pas'", "did you mean 'pass'"]),
    ("a kind", {COUNTY: swap(STAGE, 'kind = "project"', 'kind = "projet"')}, f"{COUNTY}:2", ["projet", "did you mean 'project'"]),
    ("an action without a role", {COUNTY: swap(STAGE, 'by = "bureau", title = { zh = "同意"', 'title = { zh = "同意"')}, f"{COUNTY}:7", ['by = "role" is due']),
    ("an action without a title", {COUNTY: swap(STAGE, 'title = { zh = "同意", en = "Agree" }, ', "")}, f"{COUNTY}:7", ["title = {"]),
    ("an amended stage", {COUNTY: 'return {\n  amend "aproval" { limits = { decide_within = workdays(7) } },\n}\n'}, f"{COUNTY}:2", ["aproval", "did you mean 'approval'"]),
    ("an amended limit", {COUNTY: 'return amend "approval" {\n  limits = { decide_withn = workdays(7) } }\n'}, f"{COUNTY}:2", ["decide_withn", "did you mean 'decide_within'"]),
    ("an amended lead", {COUNTY: 'return amend "budget_review" {\n  leads = { reviwed = "procurement" } }\n'}, f"{COUNTY}:2", ["reviwed", "did you mean 'reviewed'"]),
    ("an amended action", {COUNTY: 'return amend "budget_review" { actions = {\n  conclud = { order = 9 } } }\n'}, f"{COUNTY}:2", ["conclud", "did you mean 'conclude'"]),
    ("an amended deadline", {COUNTY: 'return amend "budget_review" { deadlines = {\n  waitng = { warn = { days(1) } } } }\n'}, f"{COUNTY}:2", ["waitng", "did you mean 'waiting'"]),
    ("what is taken out", {COUNTY: 'return amend "budget_review" { actions = {\n  retrun_budget = remove } }\n'}, f"{COUNTY}:2", ["retrun_budget", "did you mean 'return_budget'"]),
    ("two amendments of one field", {"counties/430922/a.lua": 'return amend "approval" { limits = { decide_within = workdays(7) } }\n',
                                     "counties/430922/b.lua": '-- again\nreturn amend "approval" { limits = { decide_within = workdays(6) } }\n'},
     "counties/430922/b.lua:2", ["approval.limits.decide_within is amended twice", "counties/430922/a.lua:1"]),
    ("a field deep inside twice", {"counties/430922/a.lua": 'return amend "budget_review" { actions = { conclude = { title = { zh = "一" } } } }\n',
                                   "counties/430922/b.lua": 'return amend "budget_review" { actions = { conclude = { title = { zh = "二" } } } }\n'},
     "counties/430922/b.lua:1", ["budget_review.actions.conclude.title.zh is amended twice"]),
    ("a stage twice", {"counties/430922/a.lua": STAGE, "counties/430922/b.lua": STAGE}, "counties/430922/b.lua:1", ["declared twice", "counties/430922/a.lua:1"]),
    ("a circle of requires", {"lib/a.lua": 'return { b = require "lib.b" }\n', "lib/b.lua": '-- back\nreturn { a = require "lib.a" }\n',
                              COUNTY: 'local a = require "lib.a"\nreturn amend "approval" { limits = { decide_within = workdays(7) } }\n'},
     "lib/b.lua:2", ["lib/a.lua → lib/b.lua → lib/a.lua"]),
    ("a file that is not there", {COUNTY: 'local c = require "lib.comon"\nreturn {}\n'}, f"{COUNTY}:1", ["lib.comon", "lib.common"]),
    ("no declaration", {COUNTY: "return 5\n"}, COUNTY, ["no declaration"]),
    ("a text that does not end", {COUNTY: 'return amend "approval" {\n  limits = { decide_within = workdays(7) }\n'}, f"{COUNTY}:", ["'}' expected"]),
    ("a law case without expect", {"counties/430922/law/x.lua": swap(LAW, '    expect = { refused = { code = "paper.missing" } } },', "  },")}, "counties/430922/law/x.lua:2", ["tests nothing", "expect ="]),
    ("a law case with an empty expect", {"counties/430922/law/x.lua": swap(LAW, '{ refused = { code = "paper.missing" } }', "{}")}, "counties/430922/law/x.lua:2", ["tests nothing"]),
    ("law cases that are none", {"counties/430922/law/x.lua": "return law {}\n"}, "counties/430922/law/x.lua:1", ["no case"]),
    ("a wrong word of a law case", {"counties/430922/law/x.lua": swap(LAW, "steps =", "stpes =")}, "counties/430922/law/x.lua:3", ["stpes", "did you mean 'steps'"]),
    ("a wrong word of expect", {"counties/430922/law/x.lua": swap(LAW, "{ refused =", "{ refsed =")}, "counties/430922/law/x.lua:4", ["refsed", "did you mean 'refused'"]),
    ("a step's action", {"counties/430922/law/x.lua": swap(LAW, "budget_review.submit", "budget_review.submitt")}, "counties/430922/law/x.lua:3", ["submitt", "did you mean 'submit'"]),
    ("a step's stage", {"counties/430922/law/x.lua": swap(LAW, "budget_review.submit", "budgt_review.submit")}, "counties/430922/law/x.lua:3", ["budgt_review", "did you mean 'budget_review'"]),
    ("a step's day", {"counties/430922/law/x.lua": swap(LAW, '"2024-03-04"', '"4 March"')}, "counties/430922/law/x.lua:2", ["YYYY-MM-DD"]),
    ("a fact of a law case", {"counties/430922/law/x.lua": swap(LAW, "investment =", "investmnt =")}, "counties/430922/law/x.lua:2", ["investmnt", "did you mean 'investment'"]),
    ("a law case's sort", {"counties/430922/law/x.lua": swap(LAW, '"plain"', '"plane"')}, "counties/430922/law/x.lua:2", ["plane", "did you mean 'plain'"]),
]


def test_what_is_right_is_in_order():
    """The texts that are spoilt below are in order before."""
    folder, path = scripts()
    with folder:
        written(path, {COUNTY: STAGE, "counties/430922/law/x.lua": LAW})
        done = run("check", path)
        assert done.returncode == 0, done.stderr
        assert json.loads(run("check", path, "--json").stdout)["law_cases"] > 300


def test_every_slip_is_refused_where_it_stands():
    faults = []
    folder, path = scripts()
    with folder:
        for what, files, place, words in SLIPS:
            written(path, files)
            done = run("check", path)
            said = done.stderr.strip()
            if done.returncode != 1 or not said.startswith(place) or any(w not in said for w in words) or "\n" in said:
                faults.append(f"{what}: {done.returncode} {said} (wanted {place} {words})")
            elif not re.match(r"[\w./]+(:\d+)?: ", said):
                faults.append(f"{what}: no place: {said}")
            for file in files:
                os.remove(os.path.join(path, file))
    print(f"# figure {len(SLIPS)} slips of the pen, each refused at its line")
    assert not faults, "\n".join(faults)


def test_what_new_starts_is_in_order_at_once():
    for template in ("review", "stricter", "simple", "blank"):
        folder, path = scripts()
        with folder:
            before = json.loads(run("test", path, "--json").stdout)["passed"]
            done = run("new", "430922", path, "--template", template)
            assert done.returncode == 0 and "430922 桃江县" in done.stdout, done.stderr
            assert run("check", path).returncode == 0
            report = json.loads(run("test", path, "--json").stdout)
            own = [c for c in report["cases"] if c["path"].startswith("counties/430922/law/")]
            assert own and report["failed"] == 0 and report["passed"] == before + len(own), (template, before, len(own), report["passed"], [c for c in report["cases"] if not c["ok"]])
            text = "".join(open(os.path.join(f, name), encoding="utf-8").read() for f, _, names in os.walk(os.path.join(path, "counties", "430922")) for name in names)
            assert "@" not in text and "桃江县" in text and "Taojiang County" in text, text
            # a second time: nothing is written over
            done = run("new", "430922", path, "--template", template)
            assert done.returncode == 1 and "不覆盖" in done.stderr, done.stderr
            assert json.loads(run("check", path, "--json").stdout)["amended"] == 3


def test_new_refuses():
    folder, path = scripts()
    with folder:
        for words, part in ((("430929", path), "430921"), (("nan", path), "430900"), (("430922", path, "--template", "reveiw"), "did you mean review"),
                            (("430922", path, "--template", "../review"), "blank"), (("430922", os.path.join(path, "none")), "none")):
            done = run("new", *words)
            assert done.returncode == 1 and part in done.stderr, (words, done.returncode, done.stderr)
        assert run("new").returncode == 2 and run("new", "430922", path, "more").returncode == 2
        assert not os.path.exists(os.path.join(path, "counties", "430922"))
        # a template that would not hold is not written
        os.makedirs(os.path.join(path, "templates", "bad"))
        written(path, {"templates/bad/x.lua.in": 'return amend "nothing" {}\n'})
        done = run("new", "430922", path, "--template", "bad")
        assert done.returncode == 1 and "counties/430922/x.lua:1" in done.stderr, done.stderr
        assert not os.path.exists(os.path.join(path, "counties", "430922"))


if __name__ == "__main__":
    main(globals())
