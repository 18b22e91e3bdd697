"""Every page with the demonstration city's data: axe finds nothing serious, nothing is wider than a phone, every answer has its policy; screenshots at
three sizes in both languages go to build/browser/. BANFA_SHOTS=all takes them all, BANFA_README=1 those of the README; without it each page is taken at one size in turn."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from browser import HERE, OUT, ROOT, Browser
from banfa_test import Server, main

SIZES = [(1366, 768), (1920, 1080), (390, 844)]
ALL = os.environ.get("BANFA_SHOTS") == "all"
with open(os.path.join(HERE, "pages.json"), encoding="utf-8") as f:
    PAGES = json.load(f)["pages"]
FOLDER = tempfile.mkdtemp(prefix="banfa-pages-")


def city():
    """The demonstration city, made once for this file (by the release build where there is one: it only has to be there)."""
    data = os.path.join(FOLDER, "data")
    subprocess.run([sys.executable, os.path.join(ROOT, "config", "demo", "build.py"), "--data", data], check=True, stdout=subprocess.DEVNULL)
    with open(os.path.join(data, "complete"), encoding="utf-8") as f:
        return data, json.load(f)["built_to"]


def place(running, page):
    """{stage} in an address: the oldest case of that stage which the user sees; the days of the city move on with the calendar."""
    found = re.search(r"{(\w+)}", page["path"])
    if found:
        items = running.login(page["user"]).get("/api/v1/cases", stage=found[1], limit=100)["items"]
        assert items, f"the demonstration city has nothing in {found[1]} that {page['user']} sees"
        page["path"] = page["path"].replace(found[0], items[-1]["id"])


def look(browser, page, lang, size):
    browser.ask("open", user=page["user"], path=page["path"], lang=lang, size=size)
    if "do=" in page["path"]:
        browser.ask("wait", user=page["user"], selector=".action-dialog form")
    browser.ask("shot", user=page["user"], file=os.path.join(OUT, f"{page['name']}-{size[0]}x{size[1]}-{lang}.png"), full=size[0] == 390)


def figures(browser):
    """A figure of the leaders' view, its cases, one of them; the plan of a year with what was struck and why."""
    ask, user = browser.ask, "bureau1"
    ask("open", user=user, path="/overview?by=unit", lang="zh", size=[1366, 768])
    said = int(ask("wait", user=user, selector=".report tbody tr:first-child td:nth-child(2)")["text"])
    ask("click", user=user, selector=".report tbody tr:first-child td:nth-child(2) .figure")
    count = int(re.search(r"共 (\d+) 项", ask("wait", user=user, selector=".drill .small")["text"])[1])
    assert count == said, (said, count)
    ask("wait", user=user, selector=f".drill tbody tr:nth-child({min(count, 20)})")
    ask("click", user=user, selector=".drill tbody a")
    ask("wait", user=user, selector=".project-todo")
    ask("open", user=user, path="/plan?plan_year=2026", lang="zh", size=[1366, 768])
    text = ask("text", user=user, selector=".report")["text"]
    for word in ("益阳市2026年度", "政府常务会议通过", "调出", "缓列", "市级财政资金", "合计"):
        assert word in text, (word, text[:1500])


def pictures(browser):
    """The README's own, taken anew where BANFA_README=1 asks for it."""
    folder = os.path.join(ROOT, "docs", "screenshots")
    os.makedirs(folder, exist_ok=True)
    for name in ("today", "case", "overview"):
        page = next(one for one in PAGES if one["name"] == name)
        look(browser, page, "zh", [1366, 768])
        browser.ask("shot", user=page["user"], file=os.path.join(folder, f"{name}.png"))


def zoomed(browser):
    """At 200% on an old office screen: 683 by 384 pixels of page. Nothing is wider than the window, and what is to be done can be reached."""
    found = []
    for page in PAGES:
        if page["name"] in ("today", "case", "cases", "case-new", "calendar", "overview", "public", "rules"):
            browser.ask("open", user=page["user"], path=page["path"], lang="zh", size=[683, 384])
            wider = browser.ask("overflow", user=page["user"])["wider"]
            if wider > 0:
                found.append(f"{page['name']} at 200%: {wider} pixels wider than the window")
    action = next(one for one in PAGES if one["name"] == "case-action")
    browser.ask("open", user=action["user"], path=action["path"], lang="zh", size=[683, 384])
    browser.ask("click", user=action["user"], selector=".action-dialog .el-dialog__footer .el-button:not(.el-button--primary)")  # clicking scrolls there, or fails
    browser.ask("wait", user=action["user"], selector=".action-dialog", state="detached")
    return found


def test_every_page():
    data, last = city()
    running = Server(data, clock=f"{last}T23:59")  # the release build: what is looked at here is the pages
    found = []
    try:
        with Browser(running.port) as browser:
            for i, page in enumerate(PAGES):
                place(running, page)
                wanted = [(lang, size) for lang in ("zh", "en") for size in SIZES] if ALL else [(("zh", "en")[i % 2], SIZES[i % 2]), (("en", "zh")[i % 2], SIZES[2])]
                for n, (lang, size) in enumerate(wanted):
                    look(browser, page, lang, size)
                    wider = browser.ask("overflow", user=page["user"])["wider"]
                    if wider > 0:
                        found.append(f"{page['name']} {size} {lang}: {wider} pixels wider than the window")
                    if n and not ALL:  # one size is enough for axe; the second is for the eye
                        continue
                    for one in browser.ask("axe", user=page["user"])["violations"]:
                        found.append(f"{page['name']} {size} {lang}: {one['impact']} {one['id']} ({one['help']}): {one['nodes']}")
            figures(browser)
            found += zoomed(browser)
            if os.environ.get("BANFA_README"):
                pictures(browser)
            browser.clean()
    finally:
        code = running.stop()
        shutil.rmtree(FOLDER, ignore_errors=True)
    assert code == 0, running.log_text()[-3000:]
    assert not found, "\n".join(found)


main(globals())
