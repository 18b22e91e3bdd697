#!/bin/sh
# The shipped rules are in order, and every law case beside them holds: one line for each article that has cases.
cd "$(dirname "$0")/../.." || exit 1
program=${BANFA_BUILD:-build/release}/banfa

if out=$("$program" rules check scripts 2>&1); then echo "ok - rules check"; else
  echo "not ok - rules check"
  echo "$out"
fi
"$program" rules test scripts --coverage --json >/tmp/law_cases.$$ 2>&1
code=$?
python3 - "/tmp/law_cases.$$" <<'P'
import json
import sys
text = open(sys.argv[1], encoding="utf-8").read()
try:
    report = json.loads(text)
except ValueError:
    sys.exit("not ok - rules test: " + text)
for case in report["cases"]:
    if not case["ok"]:
        print(f"# {case['path']}: {case['name']}: {case.get('why')}")
sorts = ("plain", "boundary", "refusal", "exception")
without = []
for article in sorted(report["articles"], key=int):
    entry = report["articles"][article]
    count = sum(entry.get(s, 0) for s in sorts)
    if entry.get("failed"):
        print(f"not ok - article {article}: {entry['failed']} law cases do not hold")
    elif count:
        lacks = [s for s in sorts if not entry.get(s)]
        if count < 4 or lacks:
            print(f"not ok - article {article}: {count} law cases, none of sort {', '.join(lacks) or '-'}: four at least are due, one of each sort")
        else:
            print(f"ok - article {article}: {count} law cases")
    elif "不需程序办理" not in entry.get("zh", ""):
        print(f"not ok - article {article}: no law case, and law/articles.lua gives no reason (不需程序办理…)")
    else:
        without.append(article)
c = report["coverage"]
print(f"# figure {c['run']} of {c['lines']} lines of the scripts are run by law cases; {c['lines'] - c['run']} are not (banfa rules test --coverage lists them)")
print(f"# report law cases: {report['passed']} hold, {report['failed']} do not; articles without one: {', '.join(without) or 'none'}")
P
rm -f "/tmp/law_cases.$$"
[ $code -eq 0 ]
