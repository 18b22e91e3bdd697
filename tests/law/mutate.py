"""Takes single guards, checks and limits out of the scripts and asks the law cases: each removal must make one fail. Run by hand: mutate.py [HOW MANY] [SEED]."""
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.environ.get("BANFA_ROOT") or os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("BANFA_BUILD") or os.path.join(ROOT, "build", "check")
LATER = {"wan": lambda n: f"wan({n * 3 + 1})", "workdays": lambda n: f"workdays({n + 3})", "months": lambda n: f"months({n + 2})", "years": lambda n: f"years({n + 1})",
         "days": lambda n: f"days({n + 5})"}


def guards(text):
    """(what, start, end, instead) of every function named in a guard or a check list, and of every refusal's condition."""
    for m in re.finditer(r"\b(guard|check) = \{([^{}]*)\}", text):
        for name in re.finditer(r"[\w.]+(?: \"\w+\")?(?=\s*[,}]|\s*$)", m.group(2)):
            if not re.match(r"(function|case|given|now|return|end|_)\b", name.group()):
                yield f"{m.group(1)} {name.group()}", m.start(2) + name.start(), m.start(2) + name.end(), "function() end"
    for m in re.finditer(r"\b(guard|check) = ([\w.]+)(?=[,\n ])", text):
        if m.group(2) != "function":
            yield f"{m.group(1)} {m.group(2)}", m.start(2), m.end(2), "function() end"


def limits(text):
    """Every statutory limit, loosened: reminders of the counties' own are left alone."""
    for block in re.finditer(r"limits = \{[^{}]*\}", text):
        for m in re.finditer(r"(\w+) = (wan|workdays|months|years|days)\((\d+)\)", block.group()):
            if not re.search("remind|report_every|release|_every|at_the_date|small_enterprise", m.group(1)):
                start = block.start() + m.start(2)
                yield f"limit {m.group(1)}", start, start + len(m.group(0)) - len(m.group(1)) - 3, LATER[m.group(2)](int(m.group(3)))
        for m in re.finditer(r"(\w*percent|\w*_years_at_least|experts_at_least) = (\d+)", block.group()):
            yield f"limit {m.group(1)}", block.start() + m.start(2), block.start() + m.end(2), str(max(0, int(m.group(2)) - 1))


def all_mutations():
    for name in sorted(os.listdir(os.path.join(ROOT, "scripts", "stages"))):
        text = open(os.path.join(ROOT, "scripts", "stages", name), encoding="utf-8").read()
        for what, start, end, instead in list(guards(text)) + list(limits(text)):
            yield name, what, text[:start] + instead + text[end:], text.count("\n", 0, start) + 1


def main():
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    seed = sys.argv[2] if len(sys.argv) > 2 else "1"
    found, caught = sorted(all_mutations(), key=lambda m: m[:2] + (m[3],)), 0
    chosen = random.Random(seed).sample(found, min(many, len(found)))
    with tempfile.TemporaryDirectory(prefix="banfa-mutate-") as folder:
        copy = os.path.join(folder, "scripts")
        shutil.copytree(os.path.join(ROOT, "scripts"), copy)
        for name, what, text, line in chosen:
            path = os.path.join(copy, "stages", name)
            whole = open(path, encoding="utf-8").read()
            open(path, "w", encoding="utf-8").write(text)
            out = subprocess.run([os.path.join(BUILD, "banfa"), "rules", "test", copy], capture_output=True, text=True, check=False)
            open(path, "w", encoding="utf-8").write(whole)
            caught += out.returncode != 0
            print(f"{'caught  ' if out.returncode else 'SURVIVED'} stages/{name}:{line} {what}", flush=True)
    print(f"# report {caught} of {len(chosen)} removals make a law case fail ({len(found)} could be made)")
    return 0 if caught == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
