"""The reference is what the program says of its own words: the committed text is the generated one, its examples hold, and nothing that scripts see is left out."""
import json
import os
import re
import subprocess
import sys
import tempfile
import shutil

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_test import PRESET, ROOT, main  # noqa: E402

PROGRAM = os.path.join(os.environ.get("BANFA_BUILD") or os.path.join(ROOT, "build", PRESET), "banfa")


def run(*words):
    done = subprocess.run([PROGRAM, "rules", *words], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr, done.stderr[-4000:]
    return done


def data():
    return json.loads(run("reference", "--json").stdout)


def section(name):
    return {row[0] for part in data()["words"] if part["name"] == name for row in part["rows"]}


def with_files(files, *words):
    with tempfile.TemporaryDirectory(prefix="banfa-rules-") as folder:
        scripts = os.path.join(folder, "scripts")
        shutil.copytree(os.path.join(ROOT, "scripts"), scripts)
        for path, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(scripts, path)), exist_ok=True)
            with open(os.path.join(scripts, path), "w", encoding="utf-8") as f:
                f.write(text)
        return run(words[0], scripts, *words[1:])


def test_the_committed_reference_is_the_generated_one():
    with open(os.path.join(ROOT, "scripts", "REFERENCE.md"), encoding="utf-8") as f:
        committed = f.read()
    made = run("reference")
    assert made.returncode == 0, made.stderr
    assert made.stdout == committed, "write it anew: banfa rules reference > scripts/REFERENCE.md"


def test_every_row_is_told_in_both_languages():
    told = data()
    rows = [r for part in told["words"] for r in part["rows"]]
    assert all(len(r) == 5 and all(r) for r in rows), [r for r in rows if len(r) != 5 or not all(r)]
    fields = [(d["name"], r) for d in told["declarations"] for r in d["rows"]]
    assert all(r.get(k) for _, r in fields for k in ("name", "type", "zh", "en", "example")), fields
    assert {"action", "deadline", "stage", "kind", "field", "report", "register", "refuse", "law case", "expect"} <= {d["name"] for d in told["declarations"]}
    print(f"# figure {len(rows)} words and {len(fields)} fields described")


def test_examples_hold():
    """Those with an arrow are run in the sandbox."""
    examples = [r[4].split(" --> ") for part in data()["words"] for r in part["rows"] if " --> " in r[4]]
    assert len(examples) >= 5
    lines = [f"if ({what}) ~= {value} then error([[{what} is ]] .. tostring({what})) end" for what, value in examples]
    done = with_files({"counties/430922/x.lua": "\n".join(lines) + "\nreturn {}\n"}, "check")
    assert done.returncode == 0, done.stderr


def test_every_member_of_case_and_now_is_described():
    guard = """
local function names(t) local out = {} for k in pairs(t) do out[#out + 1] = k end return table.concat(out, " ") end
return amend "budget_review" { actions = { look = { by = "bureau", title = { zh = "看", en = "Look" },
  guard = function(case, now) error("case: " .. names(case) .. "; now: " .. names(now) .. ";") end } } }
"""
    law = """return law { { name = "看", article = 49, given = { kind = "project", on = "2024-03-01", open = "budget_review" },
  steps = { { "2024-03-04", "bureau", "budget_review.look" } }, expect = { open = "budget_review" } } }
"""
    report = json.loads(with_files({"counties/430922/x.lua": guard, "counties/430922/law/x.lua": law}, "test", "--json").stdout)
    why = next(c["why"] for c in report["cases"] if c["path"] == "counties/430922/law/x.lua")
    for name in ("case", "now"):
        seen = set(re.search(name + ": ([^;]*);", why)[1].split())
        assert seen and seen <= section(name), f"{name}: not described: {seen - section(name)}"


if __name__ == "__main__":
    main(globals())
