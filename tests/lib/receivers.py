"""Stand-ins for the receiving side of webhooks: the robots of WeCom, DingTalk and Feishu check signature and format as their makers document it."""
import base64
import hashlib
import hmac
import http.server
import json
import ssl
import threading
import time
import urllib.parse


def hmac_base64(key, text):
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


class Receiver:
    """An HTTP server on a loopback port. `seen`: what came, as (path, headers, body). `answer(handler, body)` → (status, headers, text)."""

    def __init__(self, answer, cert=None, key=None):
        self.seen, self.lock = [], threading.Condition()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                status, headers, text = answer(self, body)
                with outer.lock:
                    outer.seen.append((self.path, dict(self.headers), body))
                    outer.lock.notify_all()
                data = text.encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda request, address: None  # a sender that hangs up early is part of the tests
        if cert:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(cert, key)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.url = f"{'https' if cert else 'http'}://localhost:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, count=1, seconds=20):
        with self.lock:
            self.lock.wait_for(lambda: len(self.seen) >= count, seconds)
            return list(self.seen)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def said(status=200, headers=None, **body):
    return status, {"Content-Type": "application/json", **(headers or {})}, json.dumps(body)


def wecom(handler, body):
    """Group robot: { msgtype: "markdown", markdown: { content ≤ 4096 bytes } }, the key in the query."""
    message = json.loads(body)
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(handler.path).query)
    if query.get("key") != ["wecom-key"]:
        return said(errcode=93000, errmsg="invalid webhook url")
    if message.get("msgtype") != "markdown" or set(message) != {"msgtype", "markdown"}:
        return said(errcode=40008, errmsg="invalid message type")
    if len(message["markdown"]["content"].encode()) > 4096:
        return said(errcode=40058, errmsg="markdown.content exceed max length 4096")
    return said(errcode=0, errmsg="ok")


DINGTALK_SECRET = "SECdingtalk秘"


def dingtalk(handler, body):
    """Robot: sign = base64(HMAC-SHA256(key = secret, "ms\\nsecret")) in the query with the moment, at most an hour apart."""
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(handler.path).query)
    message = json.loads(body)
    moment = query["timestamp"][0]
    wanted = hmac_base64(DINGTALK_SECRET.encode(), f"{moment}\n{DINGTALK_SECRET}".encode())
    if query.get("access_token") != ["ding-token"]:
        return said(errcode=300001, errmsg="token is not exist")
    if query["sign"][0] != wanted or abs(now_ms(handler) - int(moment)) > 3600_000:
        return said(errcode=310000, errmsg="sign not match")
    if message.get("msgtype") != "markdown" or not message["markdown"].get("title") or not message["markdown"].get("text"):
        return said(errcode=40035, errmsg="invalid parameter")
    return said(errcode=0, errmsg="ok")


FEISHU_SECRET = "feishu-secret"


def feishu(handler, body):
    """Custom bot: sign = base64(HMAC-SHA256(key = "s\\nsecret", "")) in the body with the moment."""
    message = json.loads(body)
    wanted = hmac_base64(f"{message['timestamp']}\n{FEISHU_SECRET}".encode(), b"")
    if message["sign"] != wanted or abs(now_ms(handler) // 1000 - int(message["timestamp"])) > 3600:
        return said(code=19021, msg="sign match fail or timestamp is not within one hour from current time")
    post = message["content"]["post"]
    (language, content), = post.items()
    if message["msg_type"] != "post" or language not in ("zh_cn", "en_us") or not content["title"]:
        return said(code=9499, msg="Bad Request")
    for line in content["content"]:
        for part in line:
            if part["tag"] not in ("text", "a", "at", "img") or (part["tag"] == "text" and not isinstance(part["text"], str)):
                return said(code=9499, msg="Bad Request")
    return said(code=0, msg="success", data={})


def standard_webhook(key):
    """Takes what the Standard Webhooks specification's verification takes."""
    def answer(handler, body):
        h = handler.headers
        text = f"{h['webhook-id']}.{h['webhook-timestamp']}.".encode() + body
        if h["webhook-signature"] != "v1," + hmac_base64(key, text) or abs(now_ms(handler) // 1000 - int(h["webhook-timestamp"])) > 300:
            return said(401, error="bad signature")
        return said(taken=True)
    return answer


virtual_now = None  # a server under test may live at another time: milliseconds


def now_ms(_handler):
    return virtual_now if virtual_now is not None else int(time.time() * 1000)
