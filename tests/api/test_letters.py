"""Official papers: which can be printed follows the case; what they say is whole; amounts in capitals agree with an independent spelling."""
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from banfa_test import ROOT, Server, main, refused, server  # noqa: E402

DIGITS = "零壹贰叁肆伍陆柒捌玖"


def capitals(fen):
    """Digit by digit with every place named, then the zeros folded: another way than the scripts' own."""
    yuan, rest = divmod(fen, 100)
    places = "元拾佰仟万拾佰仟亿拾佰仟"
    text = "".join(DIGITS[int(d)] + places[len(str(yuan)) - 1 - i] for i, d in enumerate(str(yuan))) if yuan else ""
    text = re.sub("零[拾佰仟]", "零", text)
    text = re.sub("零+([亿万])", "\\1", text).replace("亿万", "亿零")
    text = re.sub("零+", "零", text).replace("零元", "元")
    jiao, cent = divmod(rest, 10)
    if not rest:
        return (text or "零元") + "整"
    out = text + (DIGITS[jiao] + "角" if jiao else "零" if text else "")
    return out + (DIGITS[cent] + "分" if cent else "整")


RULES = {
    "jurisdictions.lua": 'return jurisdictions { ["100000"] = { zh = "本地", en = "Here" } }\n',
    "papers.lua": 'return papers { note = { zh = "便条", en = "Note" } }\n',
    "roles.lua": 'return roles { clerk = { zh = "经办", en = "Clerk", scope = "unit" } }\n',
    "kinds/item.lua": '''return kind "item" { title = { zh = "事项", en = "Item" }, articles = { 1 }, name = "title",
  facts = { { "title", text, zh = "名称", en = "Title" }, { "amount", money, zh = "金额", en = "Amount", max = 99999999999999 } },
  create = { by = "clerk", form = { "title", "amount" }, effect = { open "work" } } }\n''',
    "stages/work.lua": '''return stage "work" { kind = "item", articles = { 1 }, title = { zh = "办理", en = "Work" }, owner = "clerk",
  actions = { finish = { by = "clerk", title = { zh = "办结", en = "Finish" }, effect = { finish "done" } } } }\n''',
    "letters/receipt.lua": '''return { letter "receipt" { kind = "item", articles = { 1 }, from = "clerk", title = { zh = "收据", en = "Receipt" }, when = above("amount", 0),
  text = function(case, now) return { to = now.unit.zh, date = now.date, paragraphs = { money_capitals(case.facts.amount), date_zh(now.date) } } end },
  letter "broken" { kind = "item", articles = { 1 }, from = "clerk", title = { zh = "坏的", en = "Broken" },
    text = function(case, now) return { to = "x", paragraph = { "y" } } end } }\n''',
}


def test_when_and_what():
    with tempfile.TemporaryDirectory() as folder:
        for name, text in RULES.items():
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
                f.write(text)
        with server(clock="2024-03-05T09:00", scripts=folder) as s:
            for n in (1, 2):
                s.org(f"o{n}", f"单位{n}", f"Unit {n}", "100000", ["clerk"])
                s.user(f"u{n}", f"用户{n}", f"o{n}")
            a, b = s.login("u1"), s.login("u2")
            amounts = [1, 5, 10, 11, 100, 101, 110, 1000, 1001, 10000, 10001, 100000, 100100, 1000000, 1000100, 10000000, 10010001, 16802, 100000000, 100010000,
                       1000000000, 1000000100, 10000100001, 123456789012, 100000000000, 100010000000, 170305053, 20000000000000, 99999999999999]
            for amount in amounts:
                id = a.create("item", {"title": "甲", "amount": amount})["id"]
                said = a.get(f"/api/v1/cases/{id}/letters/receipt")
                assert said["paragraphs"] == [capitals(amount), "2024年3月5日"], (amount, said["paragraphs"], capitals(amount))
                assert said["to"] == "单位1" == said["from"]["zh"] and said["title"]["zh"] == "收据"
            refused(lambda: b.get(f"/api/v1/cases/{id}/letters"), 404, "case.unknown")
            refused(lambda: b.get(f"/api/v1/cases/{id}/letters/receipt"), 404, "case.unknown")
            refused(lambda: a.get(f"/api/v1/cases/{id}/letters/receit"), 404, "letter.unknown")
            refused(lambda: a.get(f"/api/v1/cases/{id}/letters/broken"), 500, "script.failed")
            none = a.create("item", {"title": "零", "amount": 0})["id"]
            assert [one["name"] for one in a.get(f"/api/v1/cases/{none}/letters")["items"]] == ["broken"]
            refused(lambda: a.get(f"/api/v1/cases/{none}/letters/receipt"), 404, "letter.unknown")


def test_every_paper_of_the_demonstration_city():
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "data")
        built = subprocess.run([sys.executable, os.path.join(ROOT, "config", "demo", "build.py"), "--data", data], capture_output=True, text=True)
        assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-2000:]
        s = Server(data, preset="release")
        clerk, kinds = s.login("bureau1", "banfa-demo"), {}
        cursor = None
        while True:
            page = clerk.get("/api/v1/cases", kind="project", **({"cursor": cursor} if cursor else {}))
            for case in page["items"]:
                for one in clerk.get(f"/api/v1/cases/{case['id']}/letters")["items"]:
                    said = clerk.get(f"/api/v1/cases/{case['id']}/letters/{one['name']}")
                    assert said["to"] and said["from"]["zh"] and re.fullmatch(r"\d{4}-\d\d-\d\d", said["date"]) and said["paragraphs"], said
                    assert not any("nil" in p or "table" in p for p in said["paragraphs"]), said
                    kinds[one["name"]] = kinds.get(one["name"], 0) + 1
            cursor = page.get("next_cursor")
            if not cursor:
                break
        assert s.stop() == 0
        assert {"acceptance_notice", "approval_reply", "review_opinion", "acceptance_opinion", "payment_notice_1"} <= set(kinds), kinds
        print("# report papers printed: " + ", ".join(f"{k} {n}" for k, n in sorted(kinds.items())))


if __name__ == "__main__":
    main(globals())
