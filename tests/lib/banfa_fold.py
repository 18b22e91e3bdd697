"""A case told again from its events, by a second program: what the server shows must be the same."""
import copy


def effects(state, list_, stage_date):
    for e in list_:
        what, facts, stages = e["do"], state["facts"], state["stages"]
        if what == "set":
            if e.get("value") is None:
                facts.pop(e["fact"], None)
            else:
                facts[e["fact"]] = e["value"] if e["value"] != {} else []  # a script has no other empty list than {}
        elif what == "append":
            facts[e["fact"]] = facts.get(e["fact"], []) + [e["value"]]
        elif what == "open":
            old = stages.get(e["stage"])
            if not old or old["state"] != "open":
                stages[e["stage"]] = {"state": "open", "opened": stage_date, "round": (old or {}).get("round", 0) + 1, "did": {}}
        elif what in ("close", "finish"):
            for name in [e["stage"]] if what == "close" else list(stages):
                if stages[name]["state"] == "open":
                    stages[name].update(state="closed", closed=stage_date)
            if what == "finish":
                state["ended"] = stage_date
        else:
            assert what in ("notify", "clock", "act", "create", "add", "change"), f"this fold does not know the effect {what}"


def fold(events):
    """{version, facts, stages, documents, ended, fired: {(stage, deadline, due, rung): times}}"""
    state = {"facts": {}, "stages": {}, "documents": [], "ended": None, "fired": {}, "version": 0, "office": {}}
    past = {}  # facts and stages after each version
    for number, event in enumerate(events, 1):
        today = event["at"][:10]
        assert event["version"] == number, f"event {number} carries version {event['version']}"
        assert len(event["hash"]) == 64 and (number == 1) == (event["do"] == "create"), f"event {number}: {event}"
        state["version"] = number
        if event["do"] == "create":
            state["facts"] = copy.deepcopy(event["facts"])
        elif event["do"] == "act":
            did = state["stages"][event["stage"]]["did"]
            did[event["action"]] = did.get(event["action"], 0) + 1
        elif event["do"] == "office" and event.get("list"):
            entries = state["office"].setdefault(event["list"], {})
            if event["value"] is None:
                entries.pop(event["key"], None)
            else:
                entries[event["key"]] = copy.deepcopy(event["value"])
        elif event["do"] == "rewind":  # facts and stages as they stood; papers, fired reminders and the office stay
            state.update(copy.deepcopy(past[event["to"]]))
            state["office"] = copy.deepcopy(event.get("office", {}))
        elif event["do"] == "document":
            state["documents"].append(event["document"])
        elif event["do"] == "due":
            for rung in event["rungs"]:
                key = (event["stage"], event["deadline"], event["due"], rung)
                state["fired"][key] = state["fired"].get(key, 0) + 1
        effects(state, event.get("effects", []), today)
        past[number] = copy.deepcopy({"facts": state["facts"], "stages": state["stages"]})
    return state


def compare(case, events):
    """CASE as the server shows it against its events; returns the fold."""
    told = fold(events)
    assert case["version"] == told["version"] == len(events), f"{case['id']}: version {case['version']}, {len(events)} events"
    assert case["facts"] == told["facts"], f"{case['id']}: facts {case['facts']} are not {told['facts']}"
    shown = {name: {k: v for k, v in s.items() if k not in ("title", "articles")} for name, s in case["stages"].items()}
    assert shown == told["stages"], f"{case['id']}: stages {shown} are not {told['stages']}"
    assert case["documents"] == told["documents"], f"{case['id']}: documents {case['documents']} are not {told['documents']}"
    assert case.get("ended") == told["ended"], f"{case['id']}: ended {case.get('ended')}, not {told['ended']}"
    office = case.get("office", {})
    for shown, list_ in (("opinions", "opinions"), ("signings", "rounds"), ("copies", "copies"), ("urges", "urges"), ("conflicts", "conflicts")):
        entries = told["office"].get(list_, {})
        assert len(office.get(shown, [])) == len(entries), f"{case['id']}: {shown} {office.get(shown)} are not {entries}"
        for one in office.get(shown, []):
            assert entries[str(one["id"])].items() <= one.items(), f"{case['id']}: {shown} {one} is not {entries[str(one['id'])]}"
    twice = {key: n for key, n in told["fired"].items() if n != 1}
    assert not twice, f"{case['id']}: fired more than once: {twice}"
    return told
