"""Channels against the other side: a real mail server with TLS and login, stand-ins of the robots that check what their makers document, and a
receiver that misbehaves. The plugins run in the checked build, in a host of their own (tests/plugins/channel_probe.c)."""
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import receivers  # noqa: E402
from banfa_test import PRESET, ROOT, free_port, main  # noqa: E402
from mail_server import PASSWORD, USER, MailServer, certificate  # noqa: E402

BUILD = os.environ.get("BANFA_BUILD") or os.path.join(ROOT, "build", PRESET)
SUBJECT = "【办法】智慧农业平台:“审批时限”即将到期,请在三个工作日内办理,逾期将报上级单位并记入年度考核 🗓"
PLAIN = "智慧农业平台(430921-2024-0007)的审批时限将于 2024-03-15 届满。\n依据:第十四条。\n" + "请办理“批复”或“一次性告知补正”。" * 30


def notice(key="17.0.li", address="li@localhost", **more):
    return {"id": 17, "key": key, "recipient": "bureau", "case": "430921-2024-0007", "at_ms": 1710460800000, "attempts": 0,
            "body": {"zh": "审批时限即将到期", "en": "The limit falls due", "article": 14},
            "to": {"user": "li", "name": "李科长", "address": address, "lang": "zh"},
            "text": {"subject": SUBJECT, "plain": PLAIN, "html": f"<p>{PLAIN}</p>", "link": "https://banfa.example.gov.cn/cases/430921-2024-0007"},
            "thread": "case-430921-2024-0007", **more}


def probe(plugin, channel, notices, options=(), environment=None, **job):
    """How each delivery ended, in the order of the notices; None for one that never ended. A sanitizer's report fails."""
    done = subprocess.run([os.path.join(BUILD, "tests", "channel_probe"), os.path.join(BUILD, "plugins"), plugin, *options], text=True,
                          input=json.dumps({"channel": channel, "notices": notices, **job}), capture_output=True, timeout=90,
                          env={**os.environ, **(environment or {})})
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr, done.stderr[-4000:]
    if lines and lines[0].get("refused"):
        return done.stderr
    assert done.returncode == 0, (done.returncode, done.stderr[-2000:])
    assert PASSWORD not in done.stderr + done.stdout and "ding-token" not in done.stderr + done.stdout
    return [next((one for one in lines if one["n"] == n), None) for n in range(len(notices))]


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory(prefix="banfa-channels-") as name:
        yield name


def private(where, name, text):
    path = os.path.join(where, name)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as f:
        f.write(text)
    return path


def mail_options(where, server, scheme="smtp", **more):
    options = {"url": f"{scheme}://localhost:{server.starttls if scheme == 'smtp' else server.tls}", "from": "banfa@localhost", "from_name": "办法 · 系统",
               "user": USER, "password_file": private(where, "password", PASSWORD + "\n"), "ca_file": server.ca, **more}
    return [f"{k}={v}" for k, v in options.items()]


def test_mail_over_starttls_and_tls():
    with folder() as where:
        server = MailServer(where)
        try:
            for n, scheme in enumerate(("smtp", "smtps")):
                told = probe("notify_mail", "channel.mail", [notice(f"{n}.{k}") for k in range(3)], mail_options(where, server, scheme))
                assert all(one["status"] == 0 for one in told), (told, server.log())
            mails = server.mails("li", 6)
            assert len(mails) == 6, server.log()
            for mail in mails:
                assert mail["Subject"] == SUBJECT, mail["Subject"]
                assert "李科长" in mail["To"] and "li@localhost" in mail["To"] and "办法 · 系统" in mail["From"]
                assert mail["References"] == "<case-430921-2024-0007@localhost>" == mail["In-Reply-To"]
                assert mail["Auto-Submitted"] == "auto-generated" and mail["Date"].endswith("+0800")
                plain, html = mail.iter_parts()
                assert plain.get_content().rstrip("\r\n").replace("\r\n", "\n") == PLAIN and plain.get_content_type() == "text/plain"
                assert html.get_content_type() == "text/html" and "<p>" in html.get_content()
                assert not mail.defects and all(len(line) <= 78 for line in mail.as_bytes().split(b"\n")), mail.defects
            assert len({mail["Message-ID"] for mail in mails}) == 6
            assert "A=plain:banfa" in server.log() and "X=TLS" in server.log()
        finally:
            server.stop()


def test_mail_the_same_key_is_the_same_message():
    with folder() as where:
        server = MailServer(where)
        try:
            for _ in range(2):
                assert probe("notify_mail", "channel.mail", [notice("same")], mail_options(where, server))[0]["status"] == 0
            one, two = server.mails("li", 2)
            assert one["Message-ID"] == two["Message-ID"] == "<same@localhost>"
        finally:
            server.stop()


def test_mail_that_cannot_be_delivered():
    with folder() as where:
        server = MailServer(where)
        try:
            options = mail_options(where, server)
            told = probe("notify_mail", "channel.mail", [notice(address=a) for a in
                         ("nobody-here@localhost", "later@localhost", "no address", "a@b@c", "x@localhost>\r\nRCPT TO:<y@localhost", "li@localhost")], options)
            assert told[0]["status"] < 0 and told[0]["give_up"] and "550" in told[0]["fault"], told[0]
            assert told[1]["status"] < 0 and not told[1]["give_up"], told[1]
            assert all(one["status"] < 0 and one["give_up"] for one in told[2:5]), told
            assert told[5]["status"] == 0 and len(server.mails("li")) == 1
            wrong = mail_options(where, server, password_file=private(where, "wrong", "wrong"))
            told = probe("notify_mail", "channel.mail", [notice()], wrong)
            assert told[0]["status"] < 0 and not told[0]["give_up"], told
        finally:
            server.stop()
        told = probe("notify_mail", "channel.mail", [notice()], options)
        assert told[0]["status"] < 0 and not told[0]["give_up"], told  # the server is down: later


def test_mail_certificates():
    with folder() as where:
        server = MailServer(where, name="mail.elsewhere.example")  # a certificate for another name
        try:
            for change in ({}, {"ca_file": ""}):
                told = probe("notify_mail", "channel.mail", [notice()], mail_options(where, server, **change))
                assert told[0]["status"] < 0 and not told[0]["give_up"] and not server.mails("li", seconds=0), told
        finally:
            server.stop()


def test_mail_header_injection():
    with folder() as where:
        server = MailServer(where)
        try:
            evil = notice()
            evil["text"]["subject"] = "x\r\nBcc: secret@localhost\r\n\r\nbody"
            evil["to"]["name"] = "李\r\nX-Evil: 1"
            evil["thread"] = "t>\r\nX-Evil: 2"
            assert probe("notify_mail", "channel.mail", [evil], mail_options(where, server))[0]["status"] == 0
            mail, = server.mails("li")
            assert not mail["X-Evil"] and not mail["Bcc"] and not server.mails("secret", seconds=0)
            assert mail["Subject"].startswith("x  Bcc: secret")
        finally:
            server.stop()


def targets(where, **channels):
    return [f"targets_file={private(where, 'targets.json', json.dumps(channels))}"]


def send(where, channel, receiver, target, notices, **more):
    """Sends over CHANNEL to RECEIVER under the address "there"."""
    return probe("notify_webhook", "channel." + channel, notices, targets(where, **{channel: {"there": target(receiver.url)}}), **more)


ROBOTS = {
    "wecom": (receivers.wecom, lambda url: {"url": url + "/cgi-bin/webhook/send?key=wecom-key"}),
    "dingtalk": (receivers.dingtalk, lambda url: {"url": url + "/robot/send?access_token=ding-token", "secret": receivers.DINGTALK_SECRET}),
    "feishu": (receivers.feishu, lambda url: {"url": url + "/open-apis/bot/v2/hook/abc", "secret": receivers.FEISHU_SECRET}),
    "webhook": (receivers.standard_webhook(b"plain key"), lambda url: {"url": url + "/hook", "secret": "plain key"}),
}


def test_robots_take_what_they_are_sent():
    with folder() as where:
        for channel, (answer, target) in ROBOTS.items():
            receiver = receivers.Receiver(answer)
            many = [notice(f"k{i}", "there") for i in range(12)]
            told = send(where, channel, receiver, target, many)
            assert all(one["status"] == 0 for one in told), (channel, told)
            assert len(receiver.seen) == 12 and all("智慧农业平台" in body.decode() or "\\u" in body.decode() for _, _, body in receiver.seen)
            receiver.stop()


def test_robots_refuse_what_is_wrong():
    with folder() as where:
        for channel, (answer, target) in ROBOTS.items():
            receiver = receivers.Receiver(answer)

            def spoiled(url):
                made = target(url)
                if "secret" in made:
                    made["secret"] = "another"
                else:
                    made["url"] += "x"
                return made
            told, = send(where, channel, receiver, spoiled, [notice("k", "there")])
            assert told["status"] < 0 and told["fault"] and receiver.seen, (channel, told)
            receiver.stop()


def test_base64_webhook_key():
    import base64
    with folder() as where:
        key = bytes(range(32))
        receiver = receivers.Receiver(receivers.standard_webhook(key))
        told, = send(where, "webhook", receiver, lambda url: {"url": url, "secret": "whsec_" + base64.b64encode(key).decode()}, [notice("k", "there")])
        assert told["status"] == 0, told
        path, headers, body = receiver.seen[0]
        assert json.loads(body)["id"] == "k" == headers["webhook-id"] and json.loads(body)["notice"]["article"] == 14
        receiver.stop()


def test_people_cannot_make_markup():
    with folder() as where:
        for channel in ("wecom", "dingtalk", "feishu"):
            answer, target = ROBOTS[channel]
            receiver = receivers.Receiver(answer)
            evil = notice("k", "there")
            evil["text"]["plain"] = "<@all> [click](http://evil.example) <at user_id=\"all\">x</at> `code`" + "长" * 9000
            evil["text"]["subject"] = "[x](http://evil.example)<@all>"
            told, = send(where, channel, receiver, target, [evil])
            text = json.dumps(json.loads(receiver.seen[0][2]), ensure_ascii=False)
            assert told["status"] == 0 and "<@all" not in text and "](http://evil" not in text and "<at " not in text, (channel, text[:400])
            receiver.stop()


def test_sms_by_template():
    with folder() as where:
        receiver = receivers.Receiver(lambda handler, body: (200, {}, '{"code":0}' if b"13800000000" in body else '{"code":7,"msg":"no"}'))
        gateway = {"url": receiver.url + "/send?id={key}", "headers": {"X-App": "banfa"}, "body": '{"to":"{phone}","say":"{text}","n":{"a":1}}', "ok": '"code":0'}
        quoted = notice("k/1 &2", "13800000000")
        quoted["text"]["subject"] = 'a "quoted" \\ text\nand a line'
        told = probe("notify_webhook", "channel.sms", [quoted, notice("k2", "13900000000")], targets(where, sms={"gateway": gateway}))
        assert told[0]["status"] == 0 and told[1]["status"] < 0 and "code" in told[1]["fault"], told
        path, headers, body = next(one for one in receiver.seen if b"138" in one[2])
        assert json.loads(body) == {"to": "13800000000", "say": quoted["text"]["subject"], "n": {"a": 1}} and headers["X-App"] == "banfa"
        assert path == "/send?id=k%2F1%20%262"
        receiver.stop()


def test_a_receiver_that_misbehaves():
    """Rubbish, 429 with a wish, 500, 404, an endless answer, a closed port, a certificate that nobody knows: told apart, and none stops another."""
    answers = {"/rubbish": (200, {}, "<html>no</html>"), "/slow": (429, {"Retry-After": "17"}, "slow"), "/broken": (500, {}, "oops"),
               "/gone": (410, {}, "gone"), "/endless": (200, {}, "x" * 200000), "/good": (200, {}, '{"errcode":0}')}
    with folder() as where:
        receiver = receivers.Receiver(lambda handler, body: answers[handler.path])
        cert, key = certificate(where)
        hidden = receivers.Receiver(lambda handler, body: answers["/good"], cert, key)
        wecom = {name[1:]: {"url": receiver.url + name} for name in answers}
        wecom["closed"] = {"url": f"http://localhost:{free_port()}/"}
        wecom["unknown_ca"] = {"url": hidden.url + "/good"}
        wecom["known_ca"] = {"url": hidden.url + "/good", "ca_file": cert}
        names = [*wecom, "not_in_the_file"]
        told = dict(zip(names, probe("notify_webhook", "channel.wecom", [notice(n, n) for n in names], targets(where, wecom=wecom))))
        good = {"good", "known_ca"}
        for name, one in told.items():
            assert (one["status"] == 0) == (name in good), (name, one)
            assert one["give_up"] == (name in {"gone", "not_in_the_file"}), (name, one)
            assert name in good or one["fault"], name
        assert told["slow"]["retry_after_ms"] == 17000
        receiver.stop()
        hidden.stop()


def test_stop_in_the_middle():
    """A receiver that never answers: the stop ends the delivery as failed, and leaves nothing behind."""
    with socket.socket() as silent, folder() as where:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        held = []
        threading.Thread(target=lambda: held.append(silent.accept()), daemon=True).start()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        began = time.monotonic()
        told = probe("notify_webhook", "channel.webhook", [notice("k", "there")], targets(where, webhook={"there": {"url": url}}), stop_after_ms=300)
        assert told[0]["status"] < 0 and "stopping" in told[0]["fault"] and not told[0]["give_up"] and time.monotonic() - began < 20, told


def test_settings_are_checked():
    with folder() as where:
        for text, expected in (("{", "not JSON"), ('{"wecm":{}}', "wecm"), ('{"wecom":{"a":{"url":"ftp://x"}}}', "https://"),
                               ('{"wecom":{"a":{"url":"https://x","secrets":"s"}}}', "secrets")):
            said = probe("notify_webhook", "channel.wecom", [], [f"targets_file={private(where, 't', text)}"])
            assert expected in said and "Traceback" not in said, said
        open_to_all = private(where, "open", "{}")
        os.chmod(open_to_all, 0o644)
        assert "chmod 600" in probe("notify_webhook", "channel.wecom", [], [f"targets_file={open_to_all}"])
        assert "targets_file" in probe("notify_webhook", "channel.wecom", [])
        assert "smtp://" in probe("notify_mail", "channel.mail", [], ["url=http://x", "from=a@b"])
        assert "sender" in probe("notify_mail", "channel.mail", [], ["url=smtp://x", "from=nobody"])
        from_environment = json.dumps({"wecom": {"a": {"url": "https://localhost:1/"}}})
        assert probe("notify_webhook", "channel.wecom", [], environment={"BANFA_WEBHOOK_TARGETS": from_environment}) == []


if __name__ == "__main__":
    main(globals())
