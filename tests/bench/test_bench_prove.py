"""How fast the prover lives: states and moves a second of the processor, and what the usual bound costs for the shipped rules."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_test import ROOT, main  # noqa: E402

PROGRAM = os.path.join(os.environ.get("BANFA_BUILD") or os.path.join(ROOT, "build", "release"), "banfa")


def test_prover():
    done = subprocess.run([PROGRAM, "rules", "prove", os.path.join(ROOT, "scripts"), "--json", "--config", os.path.join(ROOT, "config", "banfa.json")],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:] or [(c["name"], c["zh"]) for c in json.loads(done.stdout)["crossed"]]
    proof = json.loads(done.stdout)
    kinds = [k for v in proof["views"] for k in v["kinds"].values()]
    states, moves, seconds = (sum(k[name] for k in kinds) for name in ("states", "moves", "seconds"))
    assert states > 1000 and moves > states
    print(f"# figure prover: {states / seconds:.0f} states/s, {moves / seconds:.0f} moves/s of one processor")
    print(f"# figure whole proof of the shipped rules: {proof['seconds']:.1f} s of one processor (bar 60 s), {len(proof['views'])} views, "
          f"{states} states, {moves} moves")


if __name__ == "__main__":
    main(globals())
