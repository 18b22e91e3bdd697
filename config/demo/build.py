"""Builds the demonstration city in a data folder, through the engine, under a virtual clock that ends yesterday; or tells who can log in.
   build.py --data FOLDER            builds it; leaves FOLDER/complete when done
   build.py --data FOLDER --who --url URL"""
import argparse
import datetime
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import city  # noqa: E402
from banfa_client import Server  # noqa: E402
from play import Player, plan, project  # noqa: E402


def people(server):
    for id, zh, en, place, roles, above in city.ORGS:
        server.org(id, zh, en, place, roles, above)
    for id, name, org, admin in city.USERS:
        server.user(id, name, org, city.PASSWORD, **({"admin": True} if admin else {}))
    center, bureau = server.login("center1", city.PASSWORD), server.login("bureau1", city.PASSWORD)
    for id, value in city.EXPERTS:
        center.post("/api/v1/registers/experts", {"id": id, "value": value})
    for id, value in city.CONTRACTORS:
        bureau.post("/api/v1/registers/contractors", {"id": id, "value": value})


def build(folder):
    began = time.monotonic()
    last = datetime.date.today() - datetime.timedelta(1)
    os.makedirs(os.path.dirname(os.path.abspath(folder)), exist_ok=True)
    with Server(folder, clock="2022-06-01T09:00") as server:
        people(server)
        player = Player(server, city, last)
        stories = [project(player, i, *p) for i, p in enumerate(city.PROJECTS)]
        for year in range(2023, last.year + 2):
            stories += [plan(player, city.CITY, year, None), plan(player, city.HESHAN, year, None)]
        player.run(stories)
        server.clock(f"{last.isoformat()}T18:00")
        check = server.operator("audit.verify")
        if not check.get("ok"):
            raise SystemExit(f"核验未通过 · the audit chain does not verify: {check}")
        events = check.get("events")
    with open(os.path.join(folder, "complete"), "w", encoding="utf-8") as done:
        done.write(last.isoformat() + "\n")
    print(f"演示城市已建成 · built: {len(city.PROJECTS)} 个项目 projects, {events} 条记录 events, {time.monotonic() - began:.0f} s")


def who(url):
    orgs = {o[0]: o for o in city.ORGS}
    print(f"\n可登录的用户(口令都是 {city.PASSWORD}) · who can log in (one password: {city.PASSWORD})\n")
    for id, name, org, admin in city.USERS:
        roles = ", ".join(orgs[org][4]) + (", admin" if admin else "")
        print(f"  {id:<12} {name}  {orgs[org][1]} · {orgs[org][2]} ({roles})")
    print(f"""
试一试 · three things to try

  # 登录 · log in
  TOKEN=$(curl -s {url}/api/v1/login -H 'Content-Type: application/json' -d '{{"user":"bureau1","password":"{city.PASSWORD}"}}' | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')

  # 我的时限,最近的在前 · what is mine, soonest first
  curl -s "{url}/api/v1/deadlines?mine=true&limit=5" -H "Authorization: Bearer $TOKEN"

  # 正在审批的项目;看其中一个,为什么现在不能批复 · what is in approval; open one and read why it cannot be approved yet
  CASE=$(curl -s "{url}/api/v1/cases?stage=approval&limit=1" -H "Authorization: Bearer $TOKEN" | sed 's/.*"items":\\[{{"id":"\\([^"]*\\)".*/\\1/')
  curl -s "{url}/api/v1/cases/$CASE" -H "Authorization: Bearer $TOKEN"
""")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--who", action="store_true")
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    options = parser.parse_args()
    if options.who:
        who(options.url)
    else:
        build(options.data)


if __name__ == "__main__":
    main()
