"""What a clerk does in the browser: a project from its declaration to its acceptance across the roles; refusals and what unblocks them; a lost
connection; two people at one case."""
from browser import Browser
from banfa_test import main, server
from law_city import City, yuan


class Hands(City):
    """The law tests' city, worked by hand: cases, papers and actions go through the pages."""

    def __init__(self, running, browser):
        super().__init__(running)
        self.browser = browser

    def create(self, who, kind, /, **facts):
        return self.browser.ask("create", user=who, kind=kind, facts=facts)["id"]

    def do(self, id, who, what, /, *papers, **input_):
        self.browser.ask("act", user=who, case=id, what=what, papers=list(papers), input=input_)


def test_a_project_to_its_acceptance_across_the_roles():
    with server(clock="2023-08-28T09:00") as running, Browser(running.port) as browser:
        c = Hands(running, browser)
        c.at("2023-08-28")
        me = "shuili"
        p = c.project(me, yuan(1_500_000), 2024, title="智慧水利监测")
        c.declare(p, me)
        c.pretech(p)
        c.at("2023-11-06")
        c.plan(2024, p)  # bureau, drc, finance, leading group, government
        c.at("2024-02-26")
        c.design(p, me)
        c.at("2024-03-08")
        c.review(p)
        c.at("2024-03-11")
        c.approve(p, me)
        c.budget(p, me)
        c.at("2024-05-20")
        c.procure(p, me, yuan(1_400_000))
        c.contract(p, me, yuan(1_400_000))
        c.build(p, me)
        assert c.open(p) == ["builder_acceptance"], c.open(p)

        # what is missing is said, and its way out works
        said = browser.ask("blocked", user=me, case=p, what="builder_acceptance.pass")
        assert said["disabled"] and "数据共享" in said["text"] and "第二十六条" in said["text"], said
        c.do(p, me, "builder_acceptance.record_sharing", "data_sharing_proof")
        said = browser.ask("blocked", user=me, case=p, what="builder_acceptance.pass")
        assert said["disabled"] and "未确认按要求实现数据共享" not in said["text"], said
        c.do(p, me, "builder_acceptance.pass", "acceptance_report")
        c.do(p, me, "builder_acceptance.report")
        assert "retention" in c.open(p), c.open(p)
        case = c.case(p)
        assert case["facts"]["contract_amount"] == yuan(1_400_000) and case["facts"]["investment_by_year"][0]["amount"] == yuan(1_500_000)

        # the first part of the retention: not before its year is over, then paid
        said = browser.ask("blocked", user="bureau", case=p, what="retention.review_1")
        assert said["disabled"] and "第十九条" in said["text"], said
        c.at("2025-05-22")
        c.do(p, "bureau", "evaluation.evaluate", "evaluation_report", depth="short", evaluation_result="passed")
        c.do(p, "bureau", "retention.review_1", result="passed", opinion="考核合格")
        c.do(p, "finance", "retention.pay_1")
        assert [one["amount"] for one in c.fact(p, "payments")] == [yuan(70_000)], c.fact(p, "payments")

        # the pages of the case say what happened
        browser.ask("open", user="bureau", path=f"/cases/{p}?tab=trail")
        trail = browser.ask("wait", user="bureau", selector=".trail > li")["text"]
        assert "支付尾款第一笔" in trail and "益阳市财政局" in trail and "7万元" in trail, trail
        browser.ask("open", user="bureau", path=f"/cases/{p}?tab=funds")
        assert "1,400,000.00" in browser.ask("wait", user="bureau", selector=".amounts")["text"]
        life = browser.ask("text", user="bureau", selector=".life-list")["text"]
        assert "项目申报" in life and "尾款" in life, life
        browser.clean()


def test_refused_fields_drafts_and_a_lost_connection():
    with server(clock="2023-08-28T09:00") as running, Browser(running.port) as browser:
        c = Hands(running, browser)
        ask = browser.ask
        ask("open", user="shuili", path="/cases/new/project")
        ask("type", user="shuili", selector="[data-field=title] input", text="灌区自动化")
        ask("type", user="shuili", selector="[data-field=investment] input", text="12x")
        ask("click", user="shuili", selector=".new-case button[type=submit]")
        fault = ask("wait", user="shuili", selector="[data-field=investment] .field-fault")["text"]
        assert fault, "the faulty field says nothing"
        # a lost connection shows, what was typed stays, also when the page is loaded anew
        ask("offline", user="shuili", off=True)
        ask("click", user="shuili", selector=".new-case button[type=submit]")
        assert "连接已断开" in ask("wait", user="shuili", selector=".connection")["text"]
        ask("offline", user="shuili", off=False)
        ask("wait", user="shuili", selector=".connection", state="detached")
        ask("open", user="shuili", path="/today")
        ask("open", user="shuili", path="/cases/new/project")
        assert ask("value", user="shuili", selector="[data-field=title] input")["value"] == "灌区自动化"
        # text from people is text
        id = c.project("chengguan", yuan(1_000_000), 2024, title="<img src=x onerror=alert(1)><b>粗</b>")
        ask("open", user="chengguan", path=f"/cases/{id}")
        assert "<b>粗</b>" in ask("text", user="chengguan", selector="h1")["text"]

        # two people at one case: the second is told, keeps what he typed, and goes on
        ask("open", user="chengguan", path=f"/cases/{id}")
        ask("click", user="chengguan", selector="[data-action='declaration.submit']")
        c.call("user.add", {"body": {"id": "chengguan2", "name": "李二", "org": "chengguan", "password": "banfa-demo"}})
        c.papers(id, "chengguan2", "project_proposal", "party_group_approval", "investment_estimate", "supporting_evidence")
        ask("wait", user="chengguan", selector=".action-papers li:nth-child(4) .tag.green")
        ask("click", user="chengguan", selector=".action-dialog .el-dialog__footer .el-button--primary")
        assert "刚刚被别人更新" in ask("wait", user="chengguan", selector=".action-dialog .notice[role=alert]")["text"]
        ask("click", user="chengguan", selector=".action-dialog .el-dialog__footer .el-button--primary")
        ask("wait", user="chengguan", selector=".action-dialog", state="detached")
        assert c.open(id) == ["pretech"], c.open(id)

        # by keyboard: the first stop leads past the menu
        ask("open", user="center", path="/today")
        ask("wait", user="center", selector=".work-do")
        for _ in range(60):
            if "work-do" in ask("press", user="center", key="Tab")["focus"]:
                break
        ask("press", user="center", key="Enter")
        ask("wait", user="center", selector=".action-dialog form")
        ask("press", user="center", key="Escape")
        ask("wait", user="center", selector=".action-dialog", state="detached")
        # a paper is looked at without leaving the page
        ask("open", user="chengguan", path=f"/cases/{id}?tab=papers")
        ask("click", user="chengguan", selector="button[aria-label^='预览']")
        ask("wait", user="chengguan", selector="iframe.preview-frame")
        browser.clean()


def test_lists_are_kept_and_worked_in_bulk():
    with server(clock="2024-02-26T09:00") as running, Browser(running.port) as browser:
        c = City(running)
        ask = browser.ask
        c.at("2024-02-26")
        ids = [c.upto("approval", yuan(amount), who="shuili", title=title) for amount, title in ((3_000_000, "灌区一期"), (4_000_000, "灌区二期"))]
        c.do(ids[0], "shuili", "approval.apply", "approval_application")
        # two people at one case see each other
        ask("open", user="shuili", path=f"/cases/{ids[0]}")
        ask("wait", user="shuili", selector=".headline")
        ask("open", user="bureau", path=f"/cases/{ids[0]}")
        assert "水利局" in ask("wait", user="bureau", selector=".presence")["text"]
        # conditions are in the address; a view keeps them for the person
        ask("open", user="bureau", path="/cases?stage=approval&sort=-fact.investment")
        ask("click", user="bureau", selector=".page-tools .el-button:has-text('保存视图')")
        ask("type", user="bureau", selector=".views-name input", text="待受理")
        ask("click", user="bureau", selector=".views-save")
        ask("wait", user="bureau", selector=".views-pick")
        assert c.client("bureau").get("/api/v1/me/lists")["views"][0]["query"] == "sort=-fact.investment&stage=approval"
        # chosen together, each is decided by itself
        ask("wait", user="bureau", selector=".window-row:nth-of-type(2)")
        ask("click", user="bureau", selector="th.cases-choose .el-checkbox")
        ask("click", user="bureau", selector=".bulk-start")
        ask("click", user="bureau", selector=".bulk-send")
        ask("wait", user="bureau", selector=".bulk [role=status]:has-text('已办 1 个,未办 1 个')")
        rows = ask("text", user="bureau", selector=".bulk-rows")["text"]
        assert rows.index("灌区二期") < rows.index("未办") < rows.index("灌区一期") < rows.rindex("已办"), rows
        browser.clean()


def test_experts_are_drawn_and_the_public_looks():
    with server(clock="2024-02-26T09:00") as running, Browser(running.port) as browser:
        c, ask = City(running), browser.ask
        c.at("2024-02-26")
        id = c.upto("scheme_review", yuan(3_000_000), who="shuili", title="灌区数字孪生")
        # one cannot come and is left out with the reason; the draw is checked again by the browser that shows it
        ask("act", user="center", case=id, what="scheme_review.draw", input={"count": 3, "unavailable": [{"expert": "E002", "reason": "出差"}]})
        draw = c.fact(id, "expert_draws")[-1]
        assert len(draw["drawn"]) == 3 and "E002" not in draw["pool"] and draw["excluded"][0]["reason"] == "出差", draw
        ask("open", user="bureau", path=f"/draws?case={id}")
        ask("wait", user="bureau", selector=".tag.green:has-text('复核一致')")
        for one in draw["drawn"]:  # names are read after the draw is shown
            ask("wait", user="bureau", selector=f"main :text('专家{one}')")
        text = ask("text", user="bureau", selector="main")["text"]
        assert "出差" in text and draw["seed"] in text, text
        # released: found by anybody; classified: not even by its name
        open_one, secret = (c.upto("budget_review", yuan(1_000_000), who=who, title=title) for who, title in (("shuili", "防汛调度平台"), ("chengguan", "防汛应急指挥")))
        for one in (open_one, secret):
            c.do(one, "bureau", "budget_review.release")
        ask("open", path="/public?q=防汛")
        assert "防汛调度平台" in ask("wait", selector=".public-list")["text"]
        assert "防汛应急指挥" in ask("text", selector=".public-list")["text"]
        c.act(secret, "chengguan", "budget_review.classify", level=1, number="定密〔2024〕1号")
        ask("open", path="/public?q=防汛")
        assert "防汛调度平台" in ask("wait", selector=".public-list")["text"]
        assert "防汛应急指挥" not in ask("text")["text"]
        ask("type", selector=".public-search input", text="应急指挥")
        ask("click", selector=".public-search button")
        assert "没有符合条件" in ask("wait", selector=".empty")["text"]
        ask("open", path=f"/public/{secret}")
        ask("wait", selector=".fault")
        assert "防汛应急指挥" not in ask("text")["text"]
        ask("open", path=f"/public/{open_one}")
        ask("wait", selector="h1:has-text('防汛调度平台')")
        browser.clean()


def test_a_countys_own_stage_appears_with_its_form():
    with server(clock="2024-02-26T09:00") as running, Browser(running.port) as browser:
        c = City(running)
        c.at("2024-02-26")
        id = c.upto("budget_review", yuan(1_000_000), who="nan-jiaoyu", bureau="nan-bureau", finance="nan-finance", title="南县教育云", joint_with_counties=True)
        c.budget(id, "nan-jiaoyu", "nan-finance")
        assert c.open(id) == ["county_review"], c.open(id)
        browser.ask("open", user="nan-bureau", path="/today")
        assert "县级复核" in browser.ask("wait", user="nan-bureau", selector=".work li:has-text('南县教育云')")["text"]
        said = browser.ask("blocked", user="nan-bureau", case=id, what="county_review.pass")
        assert "县级复核意见书" in said["text"] and "与县级已有系统重复" in said["text"] and said["disabled"], said
        c.papers(id, "nan-bureau", "county_review_opinion")
        # what its script refuses stands at the field that it names
        try:
            browser.ask("act", user="nan-bureau", case=id, what="county_review.pass", input={"opinion": "同意采购", "duplicates": True})
            raise RuntimeError("this should have been refused")
        except AssertionError as refusal:
            assert "与县级已有系统重复的不能同意" in str(refusal), refusal
        assert "与县级已有系统重复的" in browser.ask("text", user="nan-bureau", selector="[data-field=duplicates] .field-fault")["text"]
        browser.ask("act", user="nan-bureau", case=id, what="county_review.pass", input={"opinion": "同意采购", "duplicates": False})
        assert c.open(id) == ["procurement"], c.open(id)
        browser.clean()


def test_the_work_of_a_day():
    with server(clock="2023-08-28T09:00") as running, Browser(running.port) as browser:
        c = City(running)
        c.at("2023-08-28")
        id = c.project("shuili", yuan(1_500_000), 2024, title="智慧水利监测")
        browser.ask("open", user="center", path="/today")
        assert "智慧水利监测" not in browser.ask("text", user="center", selector=".today-mine")["text"]
        c.declare(id, "shuili")  # by somebody else's program: it appears by itself
        text = browser.ask("wait", user="center", selector=".work li:has-text('智慧水利监测')")["text"]
        assert "前置技术审查" in text and "前置技术审查意见" in text, text
        browser.ask("open", user="shuili", path="/today")
        assert "智慧水利" in browser.ask("wait", user="shuili", selector=".today-side a:has-text('智慧水利监测')")["text"]
        browser.ask("open", user="center", path="/today")
        browser.ask("click", user="center", selector=".work-do")
        browser.ask("wait", user="center", selector=".action-dialog form")
        browser.clean()


main(globals())
