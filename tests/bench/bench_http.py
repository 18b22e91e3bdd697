"""What the benchmarks measure: durable actions and reads a second over HTTP with the client (wrk) beside the server, and the same of two peers
(nginx with LuaJIT and SQLite; Tarantool), by one and the same wrk script. Figures are printed as "# figure NAME VALUE UNIT (bar …)"."""
import glob
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
from banfa_test import ROOT, free_port  # noqa: E402

CASES, CONNECTIONS = 200, 64

WRK = """
local ids = {{ {ids} }}
local n, mode = 0, "{mode}"
wrk.headers["Authorization"] = "Bearer {token}"
wrk.headers["Content-Type"] = "application/json"
math.randomseed(1)
function request()
  n = n + 1
  local path = "/api/v1/cases/" .. ids[math.random(#ids)]
  if mode == "read" then return wrk.format("GET", path) end
  return wrk.format("POST", path .. "/actions/work/note", nil, '{{"input":{{"amount":' .. n % 1000000 .. ',"text":"测试内容"}}}}')
end
function done(summary, latency)
  local e = summary.errors
  io.write(("RESULT %.0f %.3f %.3f %d\\n"):format(summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""


def figure(name, value, unit, bar=None):
    print(f"# figure {name} {value} {unit}" + (f" (bar {bar})" if bar else ""), flush=True)


def load(folder, mode, port, token, ids, seconds, ours=True):
    """Runs wrk; returns requests a second, p50 and p99 in ms. An answer that is not 2xx is a failure."""
    script = os.path.join(folder, mode + ".lua")
    with open(script, "w", encoding="utf-8") as f:
        f.write(WRK.format(ids=",".join(f'"{i}"' for i in ids), mode=mode, token=token))
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", script, f"http://127.0.0.1:{port}"]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate, p50, p99, errors = re.search(r"RESULT (\d+) ([\d.]+) ([\d.]+) (\d+)", out).groups()
    if not ours and int(errors):  # what the peer does not manage is told, and is not our failure
        print(f"# report {errors} of the peer's requests ({mode}) failed or took over two seconds", flush=True)
    slow = re.search(r"Socket errors: connect 0, read 0, write 0, timeout (\d+)", out)  # a busy machine's timing is no failure either
    assert not ours or int(errors) == (int(slow[1]) if slow else 0), f"{errors} requests of {mode} failed:\n{out}"
    rate = max(int(rate) - (0 if ours else int(errors) // seconds), 0)  # only what was answered well counts
    assert rate > 0 or not ours, out
    return rate, float(p50), float(p99)


def memory(pid, name):
    """VmRSS or VmHWM in MiB."""
    with open(f"/proc/{pid}/status") as f:
        return round(int(re.search(name + r":\s+(\d+)", f.read()).group(1)) / 1024, 1)


# The peer -----------------------------------------------------------------------------------------------------------------

class Unavailable(Exception):
    pass


def peer_packages():
    with open(os.path.join(ROOT, "config", "packages.sh"), encoding="utf-8") as f:
        return re.search(r'^PEER_PACKAGES="([^"]+)"', f.read(), re.M).group(1).split()


def unpack_peer():
    """Fetches the peers' Debian packages into build/peer and unpacks them there: nothing is installed, no service, no library replaced."""
    folder = os.path.join(ROOT, "build", "peer")
    root, complete, wanted = os.path.join(folder, "root"), os.path.join(folder, "complete"), " ".join(peer_packages())
    if os.path.exists(complete):
        with open(complete, encoding="utf-8") as f:
            if f.read() == wanted:
                return root
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(root)
    fetch = ["apt-get", "download", "-qq", *peer_packages()]
    if subprocess.run(fetch, cwd=folder, capture_output=True).returncode != 0:
        subprocess.run(["apt-get", "update", "-qq"], capture_output=True)  # the lists may be old or missing; needs root
        again = subprocess.run(fetch, cwd=folder, capture_output=True, text=True)
        if again.returncode != 0:
            raise Unavailable("its Debian packages can't be fetched: " + again.stderr.strip()[-300:])
    for package in glob.glob(os.path.join(folder, "*.deb")):
        subprocess.run(["dpkg", "-x", package, root], check=True)
    with open(complete, "w", encoding="utf-8") as f:
        f.write(wanted)
    return root


class Child:
    """A peer as a child process on a loopback port, with a folder of its own."""
    log = "error.log"

    def __init__(self, folder):
        self.port, self.folder, self.root = free_port(), folder, unpack_peer()
        self.token, self.ids = "bench-token", [f"c{i:04d}" for i in range(CASES)]
        libraries = [folder for pattern in ("usr/lib/*-linux-gnu", "lib/*-linux-gnu") for folder in glob.glob(os.path.join(self.root, pattern))]
        self.process = subprocess.Popen(self.command(), stdin=subprocess.PIPE, env={**os.environ, "LD_LIBRARY_PATH": ":".join(libraries)})
        self.wait()

    def wait(self):
        until = time.monotonic() + 20
        while time.monotonic() < until and self.process.poll() is None:
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)  # polled, not assumed: a peer has no other sign that it listens
        self.stop()
        path = os.path.join(self.folder, self.log)
        said = open(path, encoding="utf-8", errors="replace").read()[-500:] if os.path.exists(path) else "no log"
        raise Unavailable(f"{type(self).__name__} did not start: {said}")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)
        self.process.stdin.close()


class Peer(Child):
    """nginx with LuaJIT and SQLite."""

    def __init__(self, folder, workers):
        self.workers = workers
        super().__init__(folder)

    def command(self):
        with open(os.path.join(HERE, "peer", "nginx.conf.in"), encoding="utf-8") as f:
            text = f.read()
        values = {"FOLDER": self.folder, "ROOT": self.root, "HERE": os.path.join(HERE, "peer"), "PORT": self.port, "CASES": CASES, "WORKERS": self.workers,
                  "USER": "user root;" if os.getuid() == 0 else ""}
        for name, value in values.items():
            text = text.replace(f"@{name}@", str(value))
        config = os.path.join(self.folder, "nginx.conf")
        with open(config, "w", encoding="utf-8") as f:
            f.write(text)
        return [os.path.join(self.root, "usr/sbin/nginx"), "-p", self.folder, "-c", config, "-e", os.path.join(self.folder, "error.log")]


class Tarantool(Child):
    """Tarantool, in memory, its log with fsync."""
    log = "tarantool.log"

    def command(self):
        return [os.path.join(self.root, "usr/bin/tarantool"), os.path.join(HERE, "peer", "tarantool.lua"), self.folder, str(self.port), str(CASES)]
