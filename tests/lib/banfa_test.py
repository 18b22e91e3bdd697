"""Runs the functions test_* of a file and prints "ok" and "not ok" lines; helpers to start a server in a folder of its own."""
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "config", "demo"))
from banfa_client import Client, Refused, Server, free_port  # noqa: E402,F401

PRESET = os.environ.get("BANFA_PRESET", "check")


@contextlib.contextmanager
def server(clock="2022-09-01T09:00", preset=None, scripts=None, config=None, extra=()):
    """A server with an empty data folder, stopped and cleared away afterwards; a sanitizer's report or an unclean end fails the test."""
    folder = tempfile.mkdtemp(prefix="banfa-test-")
    running = None
    try:
        running = Server(os.path.join(folder, "data"), clock=clock, preset=preset or PRESET, scripts=scripts, config=config, extra=extra)
        yield running
        code = running.stop()
        log = running.log_text()
        assert code == 0, f"the server ended with {code}: {log[-4000:]}"
        assert "Sanitizer" not in log and "runtime error" not in log, log[-6000:]
    finally:
        if running and running.process.poll() is None:
            running.kill()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def configured(rules, clock="2024-03-01T09:00", settings=None, **more):
    """A server whose configuration has a "rules" section of its own, and other settings."""
    with open(os.path.join(ROOT, "config", "banfa.json"), encoding="utf-8") as f:
        config = json.load(f)
    config.update(rules=rules, calendar=os.path.join(ROOT, "config", "calendar"), scripts=os.path.join(ROOT, "scripts"), **(settings or {}))
    with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
        json.dump(config, f)
        f.flush()
        with server(clock=clock, config=f.name, **more) as s:
            yield s


@contextlib.contextmanager
def worded(rules):
    """A copy of RULES, a folder, with the city's own wording of notices."""
    with tempfile.TemporaryDirectory(prefix="banfa-worded-") as folder:
        copy = shutil.copytree(rules, os.path.join(folder, "rules"))
        shutil.copytree(os.path.join(ROOT, "scripts", "notices"), os.path.join(copy, "notices"))
        yield copy


def refused(call, status=None, code=None, article=None):
    """CALL must be refused; returns the Refused."""
    try:
        call()
    except Refused as refusal:
        assert status is None or refusal.status == status, f"status {refusal.status} instead of {status}: {refusal}"
        assert code is None or code in refusal.codes, f"no code {code} in {refusal}"
        assert article is None or article in refusal.articles, f"no article {article} in {refusal}"
        for r in refusal.refusals:
            assert r.get("zh") and r.get("en"), f"a refusal without both languages: {r}"
        return refusal
    raise AssertionError("this should have been refused")


def command(s, *words, data=None):
    """One run of the program on the command line, beside the server S."""
    return subprocess.run([s.program, *words, "--data", data or s.data], capture_output=True, text=True, check=False)


def main(scope):
    failed = 0
    wanted = sys.argv[1:]
    for name, function in list(scope.items()):
        if not name.startswith("test_") or not callable(function) or (wanted and name not in wanted):
            continue
        start = time.monotonic()
        try:
            function()
            print(f"ok - {name} ({time.monotonic() - start:.1f} s)", flush=True)
        except Exception:  # noqa: BLE001
            failed += 1
            print(f"not ok - {name}", flush=True)
            traceback.print_exc(file=sys.stdout)
            sys.stdout.flush()
    sys.exit(1 if failed else 0)
