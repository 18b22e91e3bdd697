"""A small client for banfa, standard library only: starts a server, logs in, acts. Used by the demonstration city and by the tests."""
import http.client
import json
import os
import signal
import socket
import subprocess
import urllib.parse

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))


class Refused(Exception):
    """An answer of 400 and above: `status` and `body` (problem+json)."""

    def __init__(self, status, body, what=""):
        self.status, self.body = status, body if isinstance(body, dict) else {}
        self.refusals = self.body.get("refusals") or []
        self.codes = [r.get("code") for r in self.refusals]
        self.articles = [r.get("article") for r in self.refusals if r.get("article")]
        super().__init__(f"{what}: {status} {json.dumps(self.body.get('refusals') or body, ensure_ascii=False)[:1500]}")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """One banfa process on a data folder. `clock` makes it virtual. Started when made; waits for its `ready` line."""

    def __init__(self, data, clock=None, preset="release", scripts=None, port=None, config=None, extra=()):
        self.data, self.clock_start, self.preset = os.path.abspath(data), clock, preset
        self.program = os.path.join(os.environ.get("BANFA_BUILD") or os.path.join(ROOT, "build", preset), "banfa")
        self.scripts, self.config, self.extra = scripts, config, list(extra)
        self.port = port or free_port()
        self.process = None
        self.log = []
        self.start()

    def start(self):
        command = [self.program, "serve", "--config", self.config or os.path.join(ROOT, "config", "banfa.json"), "--data", self.data, "--listen", f"127.0.0.1:{self.port}"]
        if self.clock_start:
            command += ["--clock", self.clock_start]
        if self.scripts:
            command += ["--scripts", self.scripts]
        self.log_file = open(self.data.rstrip("/") + ".log", "ab+")
        at = self.log_file.seek(0, 2)
        self.process = subprocess.Popen(command + self.extra, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        # the log is read until the server says that it is ready; the rest goes to a file by a reader thread
        import threading
        ready = threading.Event()

        def read(stream, process):
            for line in stream:
                self.log_file.write(line)
                self.log_file.flush()
                if b'"event":"ready"' in line or b" ready" in line:
                    ready.set()
            ready.set()
        self.reader = threading.Thread(target=read, args=(self.process.stderr, self.process), daemon=True)
        self.reader.start()
        if not ready.wait(60) or self.process.poll() is not None:
            self.reader.join(5)
            self.log_file.seek(at)
            raise RuntimeError("banfa did not start: " + self.log_file.read().decode(errors="replace")[-3000:])
        return self

    def log_text(self):
        with open(self.data.rstrip("/") + ".log", "rb") as f:
            return f.read().decode(errors="replace")

    def kill(self):
        """kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.reader.join(10)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            code = self.process.wait(60)
            self.reader.join(10)
            return code
        return self.process.returncode if self.process else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def operator(self, operation, params=None):
        """One call over the administration socket (through a short name, since a socket's path may not be long)."""
        folder = os.open(self.data, os.O_RDONLY)
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(f"/proc/self/fd/{folder}/banfa.sock")
                s.sendall(json.dumps({"operation": operation, "params": params or {}}, ensure_ascii=False).encode() + b"\n")
                answer = json.loads(s.makefile("rb").readline())
        finally:
            os.close(folder)
        if answer["status"] >= 400:
            raise Refused(answer["status"], answer.get("body"), operation)
        return answer.get("body") or {}

    def clock(self, to):
        """Moves the virtual clock; what falls due on the way fires."""
        return self.operator("clock.advance", {"to": to})

    def org(self, id, zh, en, jurisdiction, roles, parent=None):
        body = {"id": id, "zh": zh, "en": en, "jurisdiction": jurisdiction, "roles": roles}
        if parent:
            body["parent"] = parent
        return self.operator("org.add", {"body": body})

    def user(self, id, name, org, password="banfa-demo", **more):
        return self.operator("user.add", {"body": {"id": id, "name": name, "org": org, "password": password, **more}})

    def login(self, user, password="banfa-demo"):
        return Client(self.port, user, password)


class Client:
    """A user of a running server, over one kept-alive connection."""

    def __init__(self, port, user=None, password=None, host="127.0.0.1"):
        self.host, self.port, self.user, self.token = host, port, user, None
        self.connection = http.client.HTTPConnection(host, port, timeout=120)
        if user:
            self.token = self.post("/api/v1/login", {"user": user, "password": password})["token"]

    def request(self, method, path, body=None, headers=None, raw=None):
        """(status, headers, parsed body or bytes)"""
        headers = dict(headers or {})
        if self.token:
            headers.setdefault("Authorization", "Bearer " + self.token)
        data = raw
        if body is not None:
            data = json.dumps(body, ensure_ascii=False).encode()
            headers.setdefault("Content-Type", "application/json")
        for attempt in (1, 2):
            try:
                self.connection.request(method, path, data, headers)
                answer = self.connection.getresponse()
                break
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                # an idle connection that the server has closed: once more, only where that is harmless
                self.connection.close()
                if attempt == 2 or method != "GET":
                    raise
        content = answer.read()
        kind = answer.headers.get("Content-Type", "")
        if "json" in kind and content:
            content = json.loads(content)
        return answer.status, answer.headers, content

    def ask(self, method, path, body=None, headers=None, raw=None):
        status, _, content = self.request(method, path, body, headers, raw)
        if status >= 400:
            raise Refused(status, content, f"{self.user} {method} {path}")
        return content

    def get(self, path, **query):
        if query:
            path += "?" + urllib.parse.urlencode({k: v for k, v in query.items() if v is not None})
        return self.ask("GET", path)

    def post(self, path, body=None, **headers):
        return self.ask("POST", path, body if body is not None else {}, {k.replace("_", "-"): v for k, v in headers.items()})

    def create(self, kind, facts):
        return self.post("/api/v1/cases", {"kind": kind, "facts": facts})

    def case(self, id):
        return self.get(f"/api/v1/cases/{id}")

    def act(self, id, stage, action, **input_):
        return self.post(f"/api/v1/cases/{id}/actions/{stage}/{action}", {"input": input_})

    def upload(self, id, kind, name=None, content=b"%PDF-1.4 banfa\n", type_="application/pdf"):
        query = urllib.parse.urlencode({"kind": kind, "name": name or kind + ".pdf"})
        return self.ask("POST", f"/api/v1/cases/{id}/documents?{query}", headers={"Content-Type": type_}, raw=content)

    def events(self, id):
        items, cursor = [], None
        while True:
            page = self.get(f"/api/v1/cases/{id}/events", cursor=cursor, limit=500)
            items += page["items"]
            cursor = page.get("next_cursor")
            if not cursor:
                return items
