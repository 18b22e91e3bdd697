#!/usr/bin/env python3
"""Builds the demonstration city of Yiyang in a data folder, through the engine: over HTTP and the administration socket, never by writing tables.

build.py --data DIR                    plays the history since June 2022 up to the end of yesterday; leaves DIR/complete
build.py --data DIR --who --url URL    who can log in, what waits for them, three things to try
"""
import argparse
import collections
import datetime
import json
import os
import queue
import sys
import threading
import time
import unicodedata

from banfa_client import Server
from city import BODIES, CONTRACTORS, PASSWORD, UNITS, experts, people
from play import Player
from projects import lives

BEGINS = "2022-06-01T09:00"


def yesterday():
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)).date() - datetime.timedelta(1)


def settle(server):
    """Organisations, users (a password is slow to hash, so several at a time), then what the registers start with."""
    orgs = [(id, zh, en, place, roles) for id, zh, en, place, roles, _ in BODIES] + [(id, zh, en, place, ["builder"]) for id, zh, en, place, _ in UNITS]
    for id, zh, en, place, roles in orgs:
        server.org(id, zh, en, place, roles)
    work = queue.SimpleQueue()
    for id, name, org, _ in people():
        work.put({"id": id, "name": name, "org": org, "password": PASSWORD})
    work.put({"id": "admin", "name": "系统管理员", "org": "bureau", "password": PASSWORD, "admin": True})
    faults = []

    def add():
        try:
            while True:
                server.operator("user.add", {"body": work.get_nowait()})
        except queue.Empty:
            pass
        except Exception as fault:  # noqa: BLE001
            faults.append(fault)
    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    center, bureau = server.login("center"), server.login("bureau1")
    for id, entry in experts():
        center.post("/api/v1/registers/experts", {"id": id, "value": entry})
    for id, name, field, small in CONTRACTORS:
        bureau.post("/api/v1/registers/contractors", {"id": id, "value": {"name": name, "competence": field, "small_enterprise": small}})
    return {"center": center, "bureau1": bureau}


def waiting(client):
    """What this user may do next in the ordinary course, or may once its papers are there: {(stage, action) title: [case]}."""
    out, mine = collections.OrderedDict(), client.get("/api/v1/cases", open="true", limit=500)["items"]
    for one in mine:
        for action in client.case(one["id"])["actions"]:
            stands = [r["code"] for r in action["reasons"] if r["code"] != "paper.missing"]
            if action.get("usual") and action["permitted"] and not stands:
                out.setdefault(action["title"]["zh"], []).append(one["title"])
    return out


def describe(found):
    if not found:
        return "—"
    parts = [f"{zh} {len(titles)} 件" if len(titles) > 1 else f"{zh}《{titles[0]}》" for zh, titles in sorted(found.items(), key=lambda x: -len(x[1]))]
    return ";".join(parts[:3]) + (f";另 {len(parts) - 3} 项 (+{len(parts) - 3})" if len(parts) > 3 else "")


def roster(player):
    """Who can log in, as --who prints it."""
    role_names, rows = {}, []
    for id, name, _, org in list(people()) + [("admin", "系统管理员", "bureau", "(管理员 administrator)")]:
        client = player.client(id)
        me = client.get("/api/v1/me")
        role_names.update(me.get("role_titles", {}))
        role = " ".join(f"{role_names[r]['zh']}" for r in me["roles"])
        rows.append({"user": id, "name": name, "org": org, "role": role, "waits": describe(waiting(client) if id != "admin" else {})})
    return rows


def build(data, last):
    if os.path.isdir(data) and os.listdir(data):
        sys.exit(f"{data} 不是空的:换一个文件夹,或先删除它 · {data} is not empty: name another folder, or remove this one")
    started = time.monotonic()
    os.makedirs(os.path.dirname(os.path.abspath(data)), exist_ok=True)
    with Server(data, clock=BEGINS) as server:
        player = Player(server, last)
        player.clients.update(settle(server))
        for life in lives(last):
            player.add(life)
        player.play()
        server.clock(f"{last}T23:59")
        rows = roster(player)
        example = next(one for one in player.client("shuili").get("/api/v1/cases", stage="trial_run")["items"])
        cases = server.operator("case.list", {"limit": 500})["items"]
    if server.process.returncode != 0:
        raise RuntimeError("the server did not end cleanly:\n" + server.log_text()[-3000:])
    projects = sum(1 for one in cases if one["kind"] == "project")
    facts = {"built_to": str(last), "projects": projects, "plans": sum(1 for one in cases if one["kind"] == "plan"), "steps": player.steps, "papers": player.uploads, "example": example["id"],
             "users": rows, "seconds": round(time.monotonic() - started, 1)}
    with open(os.path.join(data, "complete.new"), "w", encoding="utf-8") as f:
        json.dump(facts, f, ensure_ascii=False, indent=1)
    os.rename(os.path.join(data, "complete.new"), os.path.join(data, "complete"))
    print(f"演示城市已建成:{projects} 个项目、{facts['plans']} 个年度计划,{player.steps} 步办理、{player.uploads} 份材料,历史到 {last},用时 {facts['seconds']} 秒")
    print(f"The demonstration city is built: {projects} projects, {facts['plans']} yearly plans, {player.steps} steps, {player.uploads} papers, up to {last}")


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def table(rows):
    widths = [max(width(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    for row in rows:
        print("  ".join(cell + " " * (widths[i] - width(cell)) for i, cell in enumerate(row[:-1])) + "  " + row[-1])


def tries(url, example):
    """Three commands that work as they are printed."""
    login = f"""TOKEN=$(curl -s {url}/api/v1/login -H 'Content-Type: application/json' -d '{{"user":"shuili","password":"{PASSWORD}"}}' | sed 's/.*"token":"\\([^"]*\\)".*/\\1/'); echo "$TOKEN\""""
    mine = f"""curl -s -H "Authorization: Bearer $TOKEN" '{url}/api/v1/cases?open=true&limit=3'; echo"""
    why = f"""curl -s -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{{"input":{{}}}}' {url}/api/v1/cases/{example}/actions/trial_run/apply; echo"""
    return [("登录 · log in (益阳市水利局 王建军)", login), ("我的项目 · list what is mine", mine), ("为什么现在不能办 · why an action is blocked (竣工验收申请,第二十六条)", why)]


def who(data, url):
    try:
        with open(os.path.join(data, "complete"), encoding="utf-8") as f:
            facts = json.load(f)
    except FileNotFoundError:
        sys.exit(f"{data} 里还没有建成的演示城市 · no finished city in {data}: build.py --data {data}")
    print(f"\n谁可以登录(密码都是 {PASSWORD})· who can log in (every password is {PASSWORD}); 待办截至 {facts['built_to']} · what waits as of that day\n")
    table([("用户 user", "姓名 name", "单位 organisation", "角色 role", "待办 what waits")] +
          [(u["user"], u["name"], u["org"], u["role"], u["waits"]) for u in facts["users"]])
    print(f"\n网址 · address: {url}/\n\n试一试(服务启动后,在另一个终端里)· try, once it is served, in another terminal:")
    for title, command in tries(url, facts["example"]):
        print(f"\n  # {title}\n  {command}")
    print()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", required=True, help="数据文件夹 · data folder")
    options.add_argument("--until", type=datetime.date.fromisoformat, default=yesterday(), help="历史到哪一天为止,缺省为昨天 · last day played, yesterday when left out")
    options.add_argument("--who", action="store_true", help="只显示谁可以登录 · only show who can log in")
    options.add_argument("--url", default="http://127.0.0.1:8080", help="--who 显示的网址 · the address that --who shows")
    given = options.parse_args()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    if given.who:
        who(given.data, given.url.rstrip("/"))
    else:
        build(given.data, given.until)


if __name__ == "__main__":
    main()
