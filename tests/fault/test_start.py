"""A start that can't be: one line that says what and what to do, exit code 1, and nothing damaged. And a disk that fills up while serving."""
import atexit
import contextlib
import json
import os
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from banfa_fold import compare  # noqa: E402
from banfa_test import PRESET, ROOT, Refused, Server, free_port, main, refused, server  # noqa: E402

RULES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rules")
PROGRAM = os.path.join(os.environ.get("BANFA_BUILD") or os.path.join(ROOT, "build", PRESET), "banfa")
CONFIG = os.path.join(ROOT, "config", "banfa.json")
FOLDER = tempfile.mkdtemp(prefix="banfa-start-")
atexit.register(shutil.rmtree, FOLDER, True)


def people(running):
    running.org("u", "单位", "Unit", "100000", ["clerk"])
    running.org("o", "主管单位", "Office", "100000", ["office"])
    running.user("clerk", "经办", "u")


def healthy():
    """A copy of a data folder with one case, made once."""
    first = os.path.join(FOLDER, "first")
    if not os.path.exists(first):
        running = Server(first, clock="2022-09-01T09:00", preset=PRESET, scripts=RULES)
        people(running)
        clerk = running.login("clerk")
        clerk.act(clerk.create("item", {"title": "已有的事项"})["id"], "draft", "edit", mark="before")
        assert running.stop() == 0
    copy = tempfile.mkdtemp(dir=FOLDER)
    shutil.copytree(first, copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sock"))
    return copy


def whole(data):
    """The folder still serves, and the case in it is as its events tell."""
    running = Server(data, clock="2022-09-01T09:00", preset=PRESET, scripts=RULES)
    clerk = running.login("clerk")
    items = clerk.get("/api/v1/cases")["items"]
    assert [item["title"] for item in items] == ["已有的事项"], items
    told = compare(clerk.case(items[0]["id"]), clerk.events(items[0]["id"]))
    assert told["facts"]["mark"] == "before"
    running.operator("audit.verify")
    assert running.stop() == 0


def config(**changes):
    with open(CONFIG, encoding="utf-8") as f:
        values = json.load(f)
    values.update(scripts=RULES, calendar=os.path.join(ROOT, "config", "calendar"))
    values.update(changes)
    fd, path = tempfile.mkstemp(suffix=".json", dir=FOLDER)
    with open(fd, "w", encoding="utf-8") as f:
        json.dump(values, f)
    return path


def no_start(data, *words, config_=None, scripts=RULES, listen=None, code=1):
    """`serve` ends with CODE and says why in one line with all of WORDS."""
    command = [PROGRAM, "serve", "--config", config_ or CONFIG, "--data", data, "--clock", "2022-09-01", "--listen", listen or f"127.0.0.1:{free_port()}"]
    if scripts:
        command += ["--scripts", scripts]
    run = subprocess.run(command, capture_output=True, timeout=60, text=True)
    said = [line for line in run.stderr.splitlines() if not line.startswith("{")]
    assert run.returncode == code, f"exit code {run.returncode}: {run.stderr[-3000:]}"
    assert len(said) == 1 and said[0].startswith("banfa: "), run.stderr[-3000:]
    assert '"ready"' not in run.stderr and run.stdout == "", run.stderr
    for word in words:
        assert word in said[0], f"'{word}' is not in: {said[0]}"
    return said[0]


def test_missing_plugin():
    data = healthy()
    no_start(data, "'schedular'", "did you mean 'scheduler'", config_=config(load=["storage_sqlite", "http", "schedular"]))
    no_start(data, "no storage plugin", 'add "storage_sqlite"', config_=config(load=["http", "scheduler"]))
    whole(data)


def test_busy_port():
    data = healthy()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        no_start(data, f"127.0.0.1:{port}", "address already in use", "--listen", listen=f"127.0.0.1:{port}")
    no_start(data, "99999", "such as 127.0.0.1:8080", listen="127.0.0.1:99999")
    whole(data)


def test_data_folder_is_a_file():
    path = os.path.join(FOLDER, "a-file")
    with open(path, "w", encoding="utf-8") as f:
        f.write("not ours")
    no_start(path, path, "is no folder", "--data")
    no_start(path + "/below", path + "/below", "cannot be made", "--data")
    with open(path, encoding="utf-8") as f:
        assert f.read() == "not ours"


def test_second_server():
    data = healthy()
    with contextlib.ExitStack() as stack:
        first = Server(data, clock="2022-09-01T09:00", preset=PRESET, scripts=RULES)
        stack.callback(first.stop)
        no_start(data, "another banfa", f"process {first.process.pid}", "stop it, or give another folder")
        clerk = first.login("clerk")  # the first one goes on, over both doors
        clerk.create("item", {"title": "其后"})
        assert first.operator("clock.show")["virtual"]
        assert first.stop() == 0


def test_newer_database():
    data = healthy()

    def version(number):
        with contextlib.closing(sqlite3.connect(os.path.join(data, "banfa.db"))) as db:
            db.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (number,))
            db.commit()
    today = tables(data)[1]
    version("99")
    no_start(data, "newer banfa", "99", "use that program, or a backup")
    version(today)
    whole(data)


def tables(data):
    with contextlib.closing(sqlite3.connect(os.path.join(data, "banfa.db"))) as db:
        return sorted(row for row in db.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")), db.execute(
            "SELECT value FROM meta WHERE key = 'schema'").fetchone()[0]


def test_older_database():
    """A folder of the first version is brought up to date by the start: the same tables as a new one has, and nothing lost."""
    data = healthy()
    today = tables(data)
    with contextlib.closing(sqlite3.connect(os.path.join(data, "banfa.db"), isolation_level=None)) as db:
        db.executescript(open(os.path.join(os.path.dirname(__file__), "schema_1.sql"), encoding="utf-8").read())
    running = Server(data, clock="2022-09-01T10:00", preset=PRESET, scripts=RULES)
    assert running.login("clerk").get("/api/v1/cases")["items"][0]["title"] == "已有的事项"
    running.operator("audit.verify")
    assert running.stop() == 0
    assert tables(data) == today


def test_corrupt_database():
    for at, length in ((0, 100), (100, 3000), (4096, 3000)):  # the header, the schema, the first table
        data = healthy()
        path = os.path.join(data, "banfa.db")
        with open(path, "r+b") as f:
            f.seek(at)
            f.write(b"\xa5" * length)
        with open(path, "rb") as f:
            before = f.read()
        no_start(data, path, "damaged", "restore the latest backup")
        with open(path, "rb") as f:
            assert f.read() == before, "a damaged database was written to"


def test_broken_scripts():
    data, scripts = os.path.join(FOLDER, "new"), os.path.join(FOLDER, "scripts")
    no_start(data, scripts, "cannot be read", "--scripts", scripts=scripts)
    os.mkdir(scripts)
    no_start(data, scripts, "holds no script", "--scripts", scripts=scripts)
    shutil.copytree(RULES, scripts, dirs_exist_ok=True)
    stage = os.path.join(scripts, "stages", "draft.lua")
    with open(stage, encoding="utf-8") as f:
        good = f.read()
    for text, words in ((good + "}", ("stages/draft.lua:", "<eof>")), (good.replace('unless = "declared_on"', 'unless = "declared_no"'), ("declared_no", "did you mean 'declared_on'")),
                        (good.replace("draft", "draught"), ("draft", "stage")), (good.replace("actions =", "action ="), ("stages/draft.lua:", "did you mean 'actions'"))):
        with open(stage, "w", encoding="utf-8") as f:
            f.write(text)
        no_start(data, *words, scripts=scripts)
    with open(stage, "w", encoding="utf-8") as f:
        f.write(good)
    running = Server(data, clock="2022-09-01T09:00", preset=PRESET, scripts=scripts)  # the folder that could not start is as new
    assert running.stop() == 0


def test_running_rules_do_not_need_the_folder():
    """What is in force lies in storage: a broken folder is only a broken candidate."""
    data = healthy()
    empty = tempfile.mkdtemp(dir=FOLDER)
    running = Server(data, clock="2022-09-01T09:00", preset=PRESET, scripts=empty)
    assert running.stop() == 0
    whole(data)


def test_broken_calendar():
    data, folder = os.path.join(FOLDER, "calendar-data"), tempfile.mkdtemp(dir=FOLDER)
    path = os.path.join(folder, "2022.json")
    for text, words in (('{"year": 2022, "off": ["2022-02-30"]}', ("2022-02-30",)), ('{"year": 2022', ("2022.json",)), ('{"off": []}', ("year",))):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        no_start(data, "2022.json", *words, config_=config(calendar=folder))
    no_start(data, folder + "-gone", config_=config(calendar=folder + "-gone"))


def test_configuration():
    data = healthy()
    no_start(data, "redaers", 'did you mean "readers"', config_=config(redaers=3))
    no_start(data, "readers", '"three"', "1 to 16", config_=config(readers="three"))
    no_start(data, "plugins.http.bodybytes", "did you mean 'body_bytes'", config_=config(plugins={"http": {"bodybytes": 3}}))
    no_start(data, "gone.json", "--config FILE", config_=os.path.join(FOLDER, "gone.json"))
    broken = config()
    with open(broken, "w", encoding="utf-8") as f:
        f.write('{"load": [}')
    no_start(data, broken + ":1", "is not JSON", config_=broken)
    whole(data)


# A full disk ---------------------------------------------------------------------------------------------------------------

def fill(clerk, id_):
    """Acts until the disk refuses; returns how often it was answered. The refusal is one sentence in each language."""
    for n in range(200000):
        try:
            clerk.act(id_, "draft", "edit", mark=f"full {n}")
        except Refused as r:
            assert r.status == 507 and r.codes == ["storage.full"] and len(r.refusals) == 1, r
            assert "磁盘已满" in r.refusals[0]["zh"] and "disk is full" in r.refusals[0]["en"], r.refusals
            return n
    raise AssertionError("the disk never filled up")


def serve_full(running, give_space):
    """The disk is about to be full: what can't be kept is refused and leaves nothing, readers are served, and GIVE_SPACE ends it."""
    clerk = running.login("clerk")
    id_ = clerk.get("/api/v1/cases", q="盘")["items"][0]["id"]
    answered = fill(clerk, id_) + fill(clerk, id_)  # full stays full, and stays clear
    state = clerk.case(id_)
    compare(state, clerk.events(id_))
    refused(lambda: clerk.create("item", {"title": "放不下"}), 507, "storage.full")
    refused(lambda: clerk.upload(id_, "note", content=os.urandom(3_000_000)), 507)
    assert clerk.case(id_)["version"] == state["version"] and len(clerk.get("/api/v1/cases")["items"]) == 1
    assert os.listdir(os.path.join(running.data, "documents", "incoming")) == []
    refused(lambda: running.clock("+6d"), 500, "clock")  # what falls due can't be kept either: it stays due
    give_space()
    clerk.act(id_, "draft", "edit", mark="space again")
    running.clock("+6d")
    clerk.upload(id_, "note", content=os.urandom(300_000))
    case, events = clerk.case(id_), clerk.events(id_)
    told = compare(case, events)
    assert told["fired"][("draft", "declare", case["deadlines"][0]["due"], "due")] == 1 and told["facts"]["late"], told
    acts = [e for e in events if e["do"] == "act"]
    assert len(acts) == answered + 2, f"{answered} edits were answered on the filling disk, one before and one after: {len(acts)} are there"
    running.operator("audit.verify")


def with_case(running):
    people(running)
    clerk = running.login("clerk")
    id_ = clerk.create("item", {"title": "磁盘"})["id"]
    clerk.act(id_, "draft", "edit", mark="first")
    return id_


def test_full_disk_by_a_limit():
    """No file may pass a size: writes fail as on a full disk. Any user may run this one."""
    with server(scripts=RULES) as running:
        with_case(running)
        limit = resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (1_500_000, limit[1]))
        serve_full(running, lambda: resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, limit))
        assert running.stop() == 0
        running.start()
        id_ = running.login("clerk").get("/api/v1/cases")["items"][0]["id"]
        clerk = running.login("clerk")
        compare(clerk.case(id_), clerk.events(id_))


@contextlib.contextmanager
def small_disk(bytes_):
    """A tmpfs, where one may be mounted; None elsewhere."""
    place = tempfile.mkdtemp(prefix="banfa-disk-")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={bytes_},mode=700", "tmpfs", place], capture_output=True, check=False).returncode == 0
    try:
        yield place if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", place], check=True)
        shutil.rmtree(place, ignore_errors=True)


def test_full_disk():
    with small_disk(12 << 20) as place:
        if not place:
            print("# a tmpfs can't be mounted here: only the limit on file sizes was tried")
            return
        running = Server(place, clock="2022-09-01T09:00", preset=PRESET, scripts=RULES)  # its log lies beside, on another disk
        try:
            with_case(running)
            ballast = os.path.join(place, "ballast")
            with open(ballast, "wb") as f:
                f.write(bytes(os.statvfs(place).f_bavail * os.statvfs(place).f_frsize - 400_000))
            serve_full(running, lambda: os.unlink(ballast))
            assert running.stop() == 0 and "Sanitizer" not in running.log_text()
        finally:
            if running.process.poll() is None:
                running.kill()
            os.unlink(place + ".log")


if __name__ == "__main__":
    main(globals())
