"""The script author's guide is run as it stands: its files are written under their names, its commands are typed into one shell, and what it says is printed must be
printed. `…` in the guide stands for anything, a line of its own for any lines. With --show, what is really printed is shown instead of compared.

A copy of config/ and scripts/ is the working folder, the port is a free one; all else is the guide's own text."""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_test import PRESET, ROOT, free_port  # noqa: E402

GUIDE = os.path.join(ROOT, "scripts", "GUIDE.md")
MARK = "@@done@@"
PATIENCE = 120  # seconds for one command


def blocks(text):
    """("file", name, text, line) and ("run", command, what is printed, line), in the order of the guide."""
    for found in re.finditer(r"^```(\w+)([^\n]*)\n(.*?)^```$", text, re.M | re.S):
        kind, more, body, line = found[1], found[2].strip(), found[3], text[:found.start()].count("\n") + 2
        if kind == "console":
            for command in re.split(r"^(?=\$ )", body, flags=re.M):
                if not command.strip():
                    continue
                lines = command[2:].split("\n")
                at = next(i for i, part in enumerate(lines) if not part.endswith("\\"))
                yield "run", "\n".join(lines[:at + 1]), "\n".join(lines[at + 1:]).rstrip("\n"), line
                line += command.count("\n")
        elif more.startswith("file="):
            yield "file", more[5:], body, line
        else:
            assert kind == "text" or more == "example", f"GUIDE.md:{line}: a block that is neither run nor written: ```{kind} {more}"


class Shell:
    """One bash, as the reader's: variables and the folder last from command to command."""

    def __init__(self, folder, port):
        build = os.environ.get("BANFA_BUILD") or os.path.join(ROOT, "build", PRESET)
        env = {**os.environ, "PATH": build + os.pathsep + os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        self.port = port
        self.process = subprocess.Popen(["bash", "--norc", "--noprofile"], cwd=folder, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                        start_new_session=True)

    def run(self, command):
        command = command.replace("127.0.0.1:8080", f"127.0.0.1:{self.port}")
        late = threading.Timer(PATIENCE, self.end)
        late.start()
        self.process.stdin.write(f"{command}\necho; echo {MARK}\n")
        self.process.stdin.flush()
        out = []
        for line in self.process.stdout:
            if line.strip() == MARK:
                break
            out.append(line)
        late.cancel()
        text = "".join(out)
        return text[:-1].rstrip("\n").replace(f"127.0.0.1:{self.port}", "127.0.0.1:8080")

    def end(self):
        """All that this shell started, the server too: it has a session of its own."""
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                os.killpg(self.process.pid, 0)
                self.process.poll()
                threading.Event().wait(0.05)
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def same(wanted, got):
    """Whether what was printed is what the guide says."""
    pattern = "\n".join(re.escape(line).replace("…", ".*?") for line in wanted.split("\n"))
    pattern = re.sub(r"(^|\n)\.\*\?(?=\n|$)", r"\1[\\s\\S]*?", pattern)
    return re.fullmatch(pattern, got) is not None


def main(show):
    with open(GUIDE, encoding="utf-8") as f:
        text = f.read()
    folder = tempfile.mkdtemp(prefix="banfa-guide-")
    shell, good, bad, wrote = None, 0, 0, 0
    try:
        for part in ("scripts", "config"):
            shutil.copytree(os.path.join(ROOT, part), os.path.join(folder, part))
        shell = Shell(folder, free_port())
        for kind, name, body, line in blocks(text):
            if kind == "file":
                path = os.path.join(folder, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as f:
                    f.write(body)
                wrote += 1
                continue
            got = shell.run(name)
            if show:
                print(f"{line}$ {name}\n{got}")
            elif same(body, got):
                good += 1
                print(f"ok - GUIDE.md:{line}: {name.splitlines()[0][:100]}", flush=True)
            else:
                bad += 1
                print(f"not ok - GUIDE.md:{line}: {name}\n# the guide says:\n{body}\n# printed was:\n{got}", flush=True)
        log = os.path.join(folder, "city.log")
        said = open(log, encoding="utf-8").read() if os.path.exists(log) else ""
        if "Sanitizer" in said or "runtime error" in said:
            bad += 1
            print("not ok - the server's own end\n" + said[-4000:])
    finally:
        if shell:
            shell.end()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"# figure the guide: {good + bad} commands run, {wrote} files written")
    sys.exit(1 if bad or not (good or show) else 0)


if __name__ == "__main__":
    main("--show" in sys.argv)
