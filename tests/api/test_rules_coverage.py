"""`rules test --coverage` lists the lines of scripts that no law case runs, and only those."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_test import PRESET, ROOT, main  # noqa: E402

PROGRAM = os.path.join(os.environ.get("BANFA_BUILD") or os.path.join(ROOT, "build", PRESET), "banfa")
SCRIPT = """local function never(x)
  return x + 1
end
return amend "budget_review" { actions = { look = { by = "bureau", title = { zh = "看", en = "Look" },
  guard = function(case)
    if case.facts.investment > wan(100) then
      return refuse { article = 49, code = "much", zh = "多", en = "Much" }
    elseif case.facts.investment < 0 then
      return never(2)
    end
    local inner = function()
      return 1
    end
    for i = 1, 0 do inner() end -- if, then, or
    local s = [[ if then else end ]] .. "or 'and'"
    return case.facts.investment < 0 and inner() or nil
  end } } }
"""
LAW = """return law { { name = "%s", article = 49, given = { kind = "project", on = "2024-03-01", open = "budget_review", facts = { investment = wan(%d) } },
  steps = { { "2024-03-04", "bureau", "budget_review.look" } }, expect = { %s } } }
"""


def covered(law, *words):
    with tempfile.TemporaryDirectory(prefix="banfa-rules-") as folder:
        scripts = os.path.join(folder, "scripts")
        shutil.copytree(os.path.join(ROOT, "scripts"), scripts)
        os.makedirs(os.path.join(scripts, "counties", "430922", "law"))
        for name, text in {"x.lua": SCRIPT, **law}.items():
            with open(os.path.join(scripts, "counties", "430922", name), "w", encoding="utf-8") as f:
                f.write(text)
        done = subprocess.run([PROGRAM, "rules", "test", scripts, *words], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
        assert done.returncode == 0 and "Sanitizer" not in done.stderr, done.stderr[-4000:] + done.stdout[-500:]
        return done.stdout


def left(report):
    return [n["line"] for f in json.loads(report)["coverage"]["files"] if f["path"] == "counties/430922/x.lua" for n in f["left"]]


def untaken(report):
    return [(n["line"], n["kind"]) for f in json.loads(report)["coverage"]["files"] if f["path"] == "counties/430922/x.lua" for n in f["untaken"]]


def test_branches_that_no_case_takes():
    few = {"law/a.lua": LAW % ("少", 1, 'open = "budget_review"')}
    much = {"law/b.lua": LAW % ("多", 101, 'refused = { code = "much" }')}
    assert untaken(covered(few, "--coverage", "--json")) == [(6, "then"), (8, "then"), (14, "loop"), (16, "and")]
    assert untaken(covered({**few, **much}, "--coverage", "--json")) == [(8, "then"), (14, "loop"), (16, "and")]
    only = untaken(covered(much, "--coverage", "--json"))  # what stands behind the refusal is not reached: its lines are told, not its branches
    assert only == [(6, "else")], only
    text = covered(few, "--coverage")
    assert "x.lua:6: 条件从未成立 · never holds: if case.facts.investment > wan(100) then" in text and "branches taken by law cases" in text
    whole = json.loads(covered(few, "--coverage", "--json"))["coverage"]
    assert 0 < whole["taken"] < whole["branches"] and whole["branches"] - whole["taken"] == sum(len(f["untaken"]) for f in whole["files"])


def test_lines_that_no_case_runs():
    few = {"law/a.lua": LAW % ("少", 1, 'open = "budget_review"')}
    both = {**few, "law/b.lua": LAW % ("多", 101, 'refused = { code = "much" }')}
    assert left(covered(few, "--coverage", "--json")) == [2, 7, 9, 12]
    assert left(covered(both, "--coverage", "--json")) == [2, 9, 12]
    text = covered(both, "--coverage")
    assert "no law case: counties/430922/x.lua:9: return never(2)" in text and "lines run by law cases" in text
    assert not any("law/" in line for line in text.splitlines() if "no law case:" in line)
    assert "coverage" not in json.loads(covered(both, "--json"))


if __name__ == "__main__":
    main(globals())
