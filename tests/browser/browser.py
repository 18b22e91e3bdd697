"""A browser for the tests: starts driver.mjs and asks it, one line a step. Whoever lacks Node.js or Chromium is told so."""
import fcntl
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", ".."))
OUT = os.path.join(ROOT, "build", "browser")
sys.path.insert(0, os.path.join(ROOT, "tests", "lib"))
sys.path.insert(0, os.path.join(ROOT, "tests", "law"))


def tools():
    """The packages of package-lock.json, fetched once."""
    for program in ("node", "npm", os.environ.get("CHROMIUM", "chromium")):
        if not shutil.which(program):
            raise SystemExit(f"not ok - {program} is missing: install the packages of config/packages.sh")
    mark = os.path.join(HERE, "node_modules", ".package-lock.json")
    os.makedirs(OUT, exist_ok=True)
    with open(os.path.join(OUT, "lock"), "w", encoding="utf-8") as lock:  # two tests may begin at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(mark) or os.path.getmtime(mark) < os.path.getmtime(os.path.join(HERE, "package-lock.json")):
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=HERE, check=True, stdout=subprocess.DEVNULL)
            os.utime(mark)


class Browser:
    def __init__(self, port):
        tools()
        os.makedirs(OUT, exist_ok=True)
        self.base = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(["node", os.path.join(HERE, "driver.mjs"), self.base], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def ask(self, do, /, **order):
        self.process.stdin.write(json.dumps({"do": do, "debris": os.path.join(OUT, f"failed-{do}.png"), **order}, ensure_ascii=False) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the browser is gone"
        answer = json.loads(line)
        assert "ok" in answer, f"{do} {order}: {answer.get('fault')}"
        return answer["ok"]

    def clean(self):
        """No page has failed, none has asked for what its policy forbids, no answer came without a policy."""
        said = self.ask("complaints")
        assert not said["complaints"], said["complaints"]
        assert not said["unguarded"], f"answers without a strict policy: {said['unguarded']}"
