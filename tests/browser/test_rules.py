"""What an operator does with rules in the browser: a county's threshold changed, a counterexample met and mended, the plan seen, put into force, rolled
back; a stage added by a script, which stands in the project's page with its form; what a county's administrator may not."""
from browser import Browser
from banfa_test import configured, main, server
from law_city import City, yuan

FILE = "counties/430922/exempt.lua"
LOOSE = 'return amend "declaration" { limits = { exempt_up_to = wan(80) } }\n'
STRICT = 'return amend "declaration" { limits = { exempt_up_to = wan(30) } }\n'
STAGE = """return {
  stage "desk_check" {
    kind = "project", order = 12, articles = { 49 }, owner = "bureau", title = { zh = "窗口初核", en = "Desk check" },
    facts = { { "desk_note", text, zh = "初核意见", en = "Desk note", optional = true } },
    leads = { passed = "pretech", returned = "declaration" },
    actions = {
      pass = { by = "bureau", order = 1, title = { zh = "初核通过", en = "Pass" }, form = { { "note", text, zh = "初核意见", en = "Note" } },
        effect = { set("desk_note", input "note"), follow "passed" } },
      send_back = { by = "bureau", order = 2, title = { zh = "初核退回", en = "Send back" }, form = { { "note", text, zh = "退回理由", en = "Why" } },
        effect = { set("desk_note", input "note"), follow "returned" } },
    },
  },
  amend "declaration" { leads = { submitted = "desk_check" } },
}
"""
LONG = 600_000


class Operator:
    """Somebody before the rules' pages."""

    def __init__(self, browser, user="admin"):
        self.browser, self.user = browser, user

    def ask(self, do, /, **order):
        return self.browser.ask(do, user=self.user, **order)

    def write(self, path, text):
        self.ask("click", selector=".page-tools button:has-text('新建脚本')")
        self.ask("type", selector=".rules-adding input", text=path)
        self.ask("click", selector=".rules-adding button[type=submit]")
        self.ask("wait", selector=f".rules-file strong:has-text('{path}')")
        self.change(text)

    def change(self, text):
        self.ask("wait", selector=".cm-content")
        self.ask("paste", selector=".cm-content", text=text)

    def hand_in(self, note):
        self.ask("wait", selector=".rules-state.green", timeout=180_000)
        self.ask("click", selector=".page-tools .el-button--primary")
        said = self.ask("wait", selector=".rules-handing .in-words li", timeout=180_000)["text"]
        self.ask("type", selector=".rules-handing input", text=note)
        self.ask("click", selector=".rules-handing button[type=submit]")
        self.ask("wait", selector=".steps", timeout=180_000)
        return said


def settled(running):
    c = City(running)
    running.user("admin", "规则管理员", "bureau", admin=True)
    return c


def test_a_threshold_its_counterexample_the_plan_and_the_way_back():
    with server(clock="2023-08-28T09:00", preset="release") as running, Browser(running.port) as browser:
        c, me = settled(running), Operator(browser)
        running.org("tj-unit", "桃江县某局", "A bureau of Taojiang", "430922", ["builder"])
        running.user("tj-unit", "小莫", "tj-unit")
        c.at("2023-08-28")
        p = c.project("tj-unit", yuan(450_000), 2024, title="县级小系统")
        api = running.login("admin")
        first = api.get("/api/v1/rules")["in_force"]

        # a slip is shown at its line while one types, with the nearest word
        me.ask("open", path="/rules")
        me.write(FILE, LOOSE.replace("wan(80)", "wann(80)"))
        said = me.ask("wait", selector=".rules-problem", timeout=180_000)["text"]
        assert FILE in said and "wan" in said, said
        assert me.ask("text", selector=".page-tools .el-button--primary:disabled")["text"], "what is not in order can be handed in"
        me.change(LOOSE)
        assert "80" in me.hand_in("桃江县免审门槛80万元")

        # the counterexample is a dated story
        me.ask("click", selector=".step:nth-child(3) header button")
        story = me.ask("wait", selector=".story", timeout=LONG)["text"]
        assert "桃江" in story and "2023" in story, story
        loose = api.get("/api/v1/rules/candidates")["items"][0]
        assert loose["proof"]["ok"] is False, loose

        # mended, proved, planned, in force
        me.ask("click", selector=".step .body .el-button--primary")
        me.ask("wait", selector=f".rules-file strong:has-text('{FILE}')")
        me.change(STRICT)
        assert "30" in me.hand_in("桃江县免审门槛30万元")
        me.ask("click", selector=".page-tools .el-button--primary")
        me.ask("wait", selector=".plan-figures", timeout=LONG)
        me.ask("click", selector=".plan table button.link")
        assert p in me.ask("wait", selector=".el-dialog .scroll, .el-dialog .stack")["text"]
        me.ask("press", key="Escape")
        me.ask("click", selector=".steps-apply .el-button--primary")
        me.ask("click", selector=".el-message-box .el-button--primary")
        me.ask("wait", selector=".page-tools .tag.green", timeout=240_000)
        now = api.get("/api/v1/rules")
        assert now["in_force"] != first and now["changes"][0]["event"]["actor"]["user"] == "admin", now

        # history tells it in words; back again with a confirmation
        me.ask("open", path="/rules/history")
        me.ask("click", selector=".past button:has-text('改了什么')")
        assert "30" in me.ask("wait", selector=".past-diff .in-words", timeout=180_000)["text"]
        me.ask("click", selector=".page-tools button")
        me.ask("click", selector=".el-message-box .el-button--primary")
        me.ask("wait", selector=".past .tag.amber", timeout=240_000)
        assert api.get("/api/v1/rules")["in_force"] == first
        browser.clean()


def test_a_new_stage_stands_in_the_projects_page_with_its_form():
    with configured({"prove": "off"}, preset="release") as running, Browser(running.port) as browser:
        c, me = settled(running), Operator(browser, "tj-admin")
        running.org("tj-bureau", "桃江县行政审批服务局", "Taojiang's bureau", "430922", ["bureau"])
        running.user("tj-bureau", "小文", "tj-bureau")
        running.user("tj-admin", "桃江管理员", "tj-bureau", admin=True)
        p = c.project("taojiang-shuili", yuan(1_500_000), 2025, title="智慧水利监测")

        # a county's administrator changes what is the county's, and nothing else
        me.ask("open", path="/rules?file=stages/approval.lua")
        assert "只读" in me.ask("wait", selector=".rules-file .tag")["text"]
        me.write("counties/430922/desk_check.lua", STAGE)
        assert "窗口初核" in me.hand_in("申报后先由窗口初核")
        me.ask("click", selector=".step:nth-child(2) header button")
        me.ask("wait", selector=".step.done:nth-child(2)", timeout=LONG)
        me.ask("click", selector=".step:nth-child(4) header button")
        me.ask("wait", selector=".plan-figures", timeout=LONG)
        me.ask("click", selector=".steps-apply .el-button--primary")
        me.ask("click", selector=".el-message-box .el-button--primary")
        me.ask("wait", selector=".page-tools .tag.green", timeout=240_000)

        # nothing of the console was touched: the stage is in the picture of the project's life, its form opens, it is done
        c.declare(p, "taojiang-shuili")
        assert c.open(p) == ["desk_check"], c.open(p)
        browser.ask("open", user="tj-bureau", path=f"/cases/{p}")
        assert "窗口初核" in browser.ask("text", user="tj-bureau", selector="main")["text"]
        browser.ask("act", user="tj-bureau", case=p, what="desk_check.pass", input={"note": "材料齐全"})
        assert c.open(p) == ["pretech"] and c.case(p)["facts"]["desk_note"] == "材料齐全", c.case(p)["facts"]
        browser.clean()


main(globals())
