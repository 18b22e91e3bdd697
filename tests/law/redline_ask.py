"""Asks the red lines without the prover: a life told by its events becomes steps; a crafted step is asked alone."""
import copy
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", ".."))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
from banfa_fold import effects as apply_effects  # noqa: E402

BUILD = os.environ.get("BANFA_BUILD", os.path.join(ROOT, "build", os.environ.get("BANFA_PRESET", "check")))
PUBLIC = ["title", "category", "investment", "plan_year"]


class Lines:
    """A process that answers redline_step for one set of scripts."""

    def __init__(self, scripts=None):
        self.process = subprocess.Popen(
            [os.path.join(BUILD, "tests", "redline_steps"), scripts or os.path.join(ROOT, "scripts"), os.path.join(ROOT, "config", "calendar")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def call(self, *entry):
        self.process.stdin.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, f"the red lines gave no answer (exit {self.process.poll()})"
        said = json.loads(answer)
        assert "error" not in said, said["error"]
        return said

    def ask(self, kind, pasts, step, jurisdiction="430900"):
        said = self.call("redline_step", jurisdiction, kind, pasts, step)
        return said["pasts"], said["crossed"]

    def close(self):
        self.process.stdin.close()
        assert self.process.wait() == 0, "the red lines ended badly"


def case_of(state, about):
    out = {"id": about["id"], "kind": about["kind"], "jurisdiction": about["jurisdiction"], "unit": about["unit"], "facts": state["facts"],
           "stages": state["stages"], "documents": state["documents"], "clocks": {}}
    for name in ("ended", "outcome"):
        if state.get(name):
            out[name] = state[name]
    return copy.deepcopy(out)


def taken(state, event):
    """STATE after EVENT."""
    today = event["at"][:10]
    if event["do"] == "create":
        state["facts"] = copy.deepcopy(event["facts"])
    elif event["do"] == "document":
        state["documents"].append(event["document"])
    elif event["do"] == "act":
        did = state["stages"][event["stage"]]["did"]
        did[event["action"]] = did.get(event["action"], 0) + 1
    plain = [e for e in event.get("effects", []) if e["do"] != "classify"]
    apply_effects(state, plain, today)
    for e in plain:
        if e["do"] == "finish":
            state["outcome"] = e.get("outcome")


def steps(events, about, entries=None, cases=None):
    """The life as steps; papers that were brought are part of the case, and no step."""
    state = {"facts": {}, "stages": {}, "documents": [], "ended": None}
    for event in events:
        before = case_of(state, about)
        taken(state, event)
        if event["do"] == "document":
            continue
        after = case_of(state, about)
        step = {"what": event["do"], "date": event["at"][:10], "after": after, "effects": event.get("effects", []), "input": event.get("input", {}),
                "actor": event.get("actor", {}), "cases": cases or {}, "entries": entries or {}}
        for name in ("stage", "action", "deadline"):
            if name in event:
                step[name] = event[name]
        if event["do"] != "create":
            step["before"] = before
        if after["facts"].get("released_on") and after["kind"] == "project":
            step["public"] = {name: after["facts"][name] for name in PUBLIC if name in after["facts"]}
        yield step


def live(lines, events, about, entries=None, cases=None):
    """Every line over every step; returns how many steps there were. A crossed line fails."""
    pasts, count = {}, 0
    for step in steps(events, about, entries, cases):
        pasts, crossed = lines.ask(about["kind"], pasts, step, about["jurisdiction"])
        where = f"{about['id']} {step['date']} {step['what']} {step.get('stage', '')}.{step.get('action') or step.get('deadline') or ''}"
        assert not crossed, f"{where}: {crossed}"
        count += 1
    return count
