"""S23, S24: calls of channels count once, and only signed over the bytes that came; where we call nobody leads us on."""

import base64
import hmac
import http.server
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from server.kernel.clock import SECOND
from server.oms.channels.caller import BODY_MAX, Caller
from server.oms.channels.errors import ChannelAway, ChannelChanged, ChannelShut
from server.oms.channels.mini_program_push import push_signature
from server.oms.channels.plain import secret_bytes, sign
from server.oms.connecting import add_channel
from tests.api.conftest import House

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def house(database_url, tmp_path):
    house = House(database_url, tmp_path)
    house.app.database.write(lambda tx: add_channel(tx, code="shop", kind="plain", name="Shop", site_id=house.site_id, settings={"secret": SECRET}))
    yield house
    house.app.database.close()


def body(ref="1"):
    return json.dumps({"reference": ref, "version": 1, "customer": "王小明", "lines": [{"item": "SOAP", "quantity": 1}]}, ensure_ascii=False).encode()


def headers(house, content, *, mark="msg_1", seconds=0, secret=SECRET):
    at = house.clock.now() // SECOND + seconds
    return {"webhook-id": mark, "webhook-timestamp": str(at), "webhook-signature": sign(secret_bytes(secret), mark, at, content),
            "Content-Type": "application/json"}


def orders(house):
    return house.app.database.read(lambda tx: tx.scalar(text("SELECT COUNT(*) FROM sales_order")))


def test_a_signature_is_that_of_standard_webhooks():
    made = sign(secret_bytes(SECRET), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert hmac.digest(base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), b"a.1.b", "sha256") == base64.b64decode(sign(secret_bytes(SECRET), "a", 1, b"b")[3:])


@pytest.mark.parametrize("wrong", ["no signature", "another secret", "re-encoded", "another id", "old", "from the future", "another channel", "no body"])
def test_a_call_that_is_not_rightly_signed_changes_nothing(house, wrong):
    content = body()
    sent = {"no signature": {"Content-Type": "application/json"}, "another secret": headers(house, content, secret="whsec_" + "A" * 32),
            "another id": {**headers(house, content), "webhook-id": "msg_2"}, "old": headers(house, content, seconds=-301),
            "from the future": headers(house, content, seconds=301)}.get(wrong, headers(house, content))
    if wrong == "re-encoded":
        content = json.dumps(json.loads(content)).encode()
    answer = house.web.post("/api/v1/hooks/other" if wrong == "another channel" else "/api/v1/hooks/shop", headers=sent,
                            data=b"" if wrong == "no body" else content)
    assert answer.status_code == (404 if wrong == "another channel" else 403), answer.text
    assert orders(house) == 0


def test_a_hundred_copies_of_a_call_at_once_are_one_order(house):
    content = body()
    sent = headers(house, content)
    with ThreadPoolExecutor(10) as many:
        answers = list(many.map(lambda _: house.app.web.test_client().post("/api/v1/hooks/shop", headers=sent, data=content).status_code, range(100)))
    assert set(answers) == {200}
    assert orders(house) == 1


def test_a_call_is_answered_when_it_is_kept_and_of_several_signatures_one_is_enough(house):
    content = body()
    sent = headers(house, content)
    sent["webhook-signature"] = f"v1,{'A' * 43}= {sent['webhook-signature']} v2,x"
    answer = house.web.post("/api/v1/hooks/shop", headers=sent, data=content)
    assert (answer.status_code, answer.json, orders(house)) == (200, {"taken": 1}, 1)


@pytest.mark.parametrize(("signature", "status"), [("", 200), ("0" * 64, 403), ("Bearer nobody", 403)])
def test_a_platform_may_sign_where_our_own_callers_have_their_token(house, signature, status):
    settings = {"app_key": "23000001", "app_secret": "not so secret", "session": "a session", "address": "http://127.0.0.1:9/router/rest"}
    house.app.database.write(lambda tx: add_channel(tx, code="taobao", kind="taobao", name="Taobao", site_id=house.site_id, settings=settings))
    content = json.dumps({"id": "1", "topic": "taobao_trade_TradeBuyerPay", "timestamp": house.clock.now(), "content": '{"tid": 3100000000000000200}'}).encode()
    signed = hmac.new(b"not so secret", b"23000001" + content, "sha256").hexdigest()
    answer = house.web.post("/api/v1/hooks/taobao", headers={"Authorization": signature or signed, "Content-Type": "application/json"}, data=content)
    heard = house.app.database.read(lambda tx: tx.scalar(text("SELECT COUNT(*) FROM channel WHERE heard_at IS NOT NULL")))
    assert (answer.status_code, heard) == (status, int(status == 200)), answer.text


@pytest.mark.parametrize("content", [b"[]", b"{", b'{"orders": 1}', b'{"orders": [1]}', b"\xff\xfe", b'{"a":' * 5000, b"x" * 2_100_000], ids=range(7))
def test_what_is_rightly_signed_and_no_order_is_refused_and_kills_nothing(house, content):
    answer = house.web.post("/api/v1/hooks/shop", headers=headers(house, content), data=content)
    assert answer.status_code in (403, 413), answer.text[:200]
    good = body()
    assert house.web.post("/api/v1/hooks/shop", headers=headers(house, good), data=good).status_code == 200


def test_a_secret_is_never_shown_again(house):
    admin = house.headers("admin")
    said = house.web.get("/api/v1/channels", headers=admin).text + house.web.get("/api/v1/channels/shop", headers=admin).text
    house.web.patch("/api/v1/channels/shop", headers=admin, json={"settings": {"secret": "another secret that is long"}})
    rows = house.app.database.read(lambda tx: [row.detail for row in tx.rows(text("SELECT detail FROM audit"))])
    assert "MfKQ9r8" not in said + "".join(rows) and "another secret" not in "".join(rows)
    content = body()
    assert house.web.post("/api/v1/hooks/shop", headers=headers(house, content), data=content).status_code == 403


class _Canary(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.came.append(self.path)
        self.send_response(302 if self.path == "/away" else 200)
        self.send_header("Location", "/secret")
        self.end_headers()
        for _ in range(2_000 if self.path == "/long" else 0):
            self.wfile.write(b"x" * 10_000)

    def log_message(self, *_):
        pass


@pytest.fixture
def canary():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Canary)
    server.came = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_nobody_leads_us_on_to_another_address(canary):
    assert Caller().call("GET", f"http://127.0.0.1:{canary.server_port}/away").status == 302
    assert canary.came == ["/away"]


def test_an_answer_without_end_is_not_read_to_its_end(canary):
    with pytest.raises(ChannelChanged, match=str(BODY_MAX)):
        Caller().call("GET", f"http://127.0.0.1:{canary.server_port}/long")


@pytest.mark.parametrize("address", ["file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "http://", "http://[::1", "//127.0.0.1/", ""])
def test_only_web_addresses_are_asked(address):
    with pytest.raises((ChannelAway, ChannelShut)):
        Caller(seconds=1).call("GET", address)


def test_an_address_is_tried_by_a_get_and_says_its_word_again_only_to_whom_it_belongs(house):
    settings = {"app_id": "wx1", "app_secret": "s", "push_token": "AAAAA", "push_key": "A" * 43}
    house.app.database.write(lambda tx: add_channel(tx, code="wx", kind="mini_program", name="WeChat", site_id=house.site_id, settings=settings))
    at = str(house.clock.now() // SECOND)
    query = {"timestamp": at, "nonce": "1", "echostr": "<script>"}
    answer = house.web.get("/api/v1/hooks/wx", query_string={**query, "signature": push_signature("AAAAA", at, "1")})
    assert (answer.status_code, answer.data, answer.mimetype) == (200, b"<script>", "text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert house.web.get("/api/v1/hooks/wx", query_string={**query, "signature": "0" * 40}).status_code == 403
    assert house.web.get("/api/v1/hooks/wx").status_code == 403
    assert house.web.get("/api/v1/hooks/shop", query_string=query).status_code == 403
