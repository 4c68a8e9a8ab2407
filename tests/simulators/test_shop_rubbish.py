"""Whatever is sent to a played platform, it answers, prints nothing, and answers the next as before."""

import base64
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest

from simulators.shops.beijing import written
from simulators.shops.command import KINDS
from simulators.shops.douyin import sign_of as douyin_sign
from simulators.shops.jd import sign_of as jd_sign
from simulators.shops.served import BODY_MAX, Reply, Served, wall_ms
from tests.simulators import asking

RUBBISH = [b"{", b"[]", b"null", b"1", b'"x"', b"{}", b"\xff\xfe\x00", b'{"a":NaN}', b"[" * 100_000, b'{"order":[]}', b'{"a":"\\ud800"}',
           b"9" * 5_000, b"a=%ff&b=%", b'{"quantities":[1]}', b'{"reference":[]}', b'{"query":1}', b'{"query":"{ orders(first: 1) { nodes { id } } }","variables":[]}',
           b'{"fulfillment":{"line_items_by_fulfillment_order":[{}]}}', b'{"create":[1],"update":[null],"delete":["x"]}', b'{"webhook":[]}', b'{"line_items":[1]}']
ODD = ["", "x", "-1", "9" * 5_000, "\U0001f4a9", "{}", "null"]


@pytest.fixture(params=sorted(KINDS))
def shop(request):
    make, _, _ = KINDS[request.param]
    shop = make(port=0)
    yield shop
    shop.close()


def said(shop, lines, body=b"", *, whole=True):
    """What came back to these lines of a request; `whole` says its end as well."""
    with socket.create_connection(("127.0.0.1", shop.port), timeout=30) as line:
        line.sendall(b"\r\n".join([*lines, b"", b""]) + body)
        if whole:
            line.shutdown(socket.SHUT_WR)
        told = b""
        while piece := line.recv(65_536):
            told += piece
        return told


def let_in(shop):
    """The headers with which one is let in, where they can be said once and for all."""
    if hasattr(shop, "keys"):
        shop.is_behind_tls = True
        return {"Authorization": "Basic " + base64.b64encode(f"{shop.keys.key}:{shop.keys.secret}".encode()).decode()}
    return {"X-Shopify-Access-Token": getattr(shop, "token", "")}


def is_well(shop):
    line = HTTPConnection("127.0.0.1", shop.port, timeout=30)
    line.request("GET", "/")
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.status < 500


@pytest.mark.parametrize("lines, status", [
    ([b"GET / HTTP/1.1", b"Content-Length: -1"], b"400"), ([b"POST / HTTP/1.1", b"Content-Length: many"], b"400"), ([b"GET http://[ HTTP/1.1"], b"400"),
    ([b"POST / HTTP/1.1", b"Content-Length: " + b"9" * 5_000], b"400"), ([b"POST / HTTP/1.1", b"Transfer-Encoding: chunked", b"", b"zz"], b"400"),
    ([b"BREW / HTTP/1.1"], b"501"), ([b"GET / HTTP/9.9"], b"505"), ([b"nonsense"], b"400"), ([b"GET / HTTP/1.1"] + [b"X: y"] * 200, b"431")])
def test_what_is_no_http_is_refused_and_nothing_is_printed(shop, capsys, lines, status):
    assert status in said(shop, lines).partition(b"\r\n")[0].partition(b"\n")[0] or status in said(shop, lines)
    assert is_well(shop)
    assert capsys.readouterr() == ("", "")


def test_a_body_that_is_too_large_is_refused_before_it_is_kept(shop, capsys):
    told = said(shop, [b"POST / HTTP/1.1", b"Content-Length: %d" % (BODY_MAX + 1)], b"x" * (BODY_MAX + 1))
    assert told.startswith(b"HTTP/1.1 413")
    assert is_well(shop)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"])
def test_every_method_is_answered_everywhere_whatever_the_body(shop, capsys, method):
    paths = ["/", "/admin/api/2025-07/orders.json", "/admin/api/2025-07/graphql.json", "/admin/oauth/access_token", "/admin/api/2025-07/fulfillments.json",
             "/admin/api/2025-07/webhooks.json", "/admin/api/2025-07/inventory_levels/set.json", "/wp-json/wc/v3/orders", "/wp-json/wc/v3/orders/batch",
             "/wp-json/wc/v3/products", "/wp-json/wc/v3/webhooks", "/router/rest", "/routerjson", "/order/searchList", "/orders", "/quantities", "/shipments"]
    line = HTTPConnection("127.0.0.1", shop.port, timeout=30)
    for path in paths:
        for body in RUBBISH:
            line.request(method, path, body, let_in(shop))
            answer = line.getresponse()
            answer.read()
            assert 200 <= answer.status < 500, (method, path, body[:20], answer.status)
    line.close()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("kind", ["taobao", "jd", "douyin"])
def test_signed_nonsense_is_answered_as_well(kind, capsys):
    shop = KINDS[kind][0](port=0)
    try:
        shop.place([("A", 1)])
        if kind == "douyin":
            shop.tokens["t"] = shop.now() + 1_000_000
        for method in shop._methods:
            for odd in ODD:
                assert signed_status(shop, kind, method, odd) == 200, (method, odd[:20])
    finally:
        shop.close()
    assert capsys.readouterr() == ("", "")


def signed_status(shop, kind, method, odd):
    """Of a call whose every argument is this one odd thing."""
    names = ("fields", "tid", "page_no", "page_size", "num_iid", "quantity", "outer_id", "start_modified", "end_modified", "page", "size", "order_id",
             "shop_order_id", "cipher_infos", "start_date", "end_date", "req", "pack_list", "combine_status", "create_time_start")
    told = dict.fromkeys(names, odd)
    if kind == "taobao":
        asking.taobao(shop, method, **told)
        return 200
    if kind == "jd":
        form = {"method": method, "app_key": shop.app_key, "access_token": shop.access_token, "v": "2.0", "timestamp": written(shop.now()),
                "360buy_param_json": json.dumps(told)}
        form["sign"] = jd_sign(form, shop.app_secret)
        return asking.ask(shop, "POST", "/routerjson", urlencode(form).encode()).status
    text = json.dumps(told)
    signed = {"app_key": shop.app_key, "method": method, "param_json": text, "timestamp": str(shop.now() // 1000), "v": "2"}
    query = {**{name: value for name, value in signed.items() if name != "param_json"}, "sign": douyin_sign(signed, shop.app_secret, "md5"), "access_token": "t"}
    return asking.ask(shop, "POST", f"/{method.replace('.', '/')}?{urlencode(query)}", text.encode()).status


def test_who_hangs_or_leaves_stops_nobody_else(shop, capsys):
    hanging = [socket.create_connection(("127.0.0.1", shop.port)) for _ in range(20)]
    for line in hanging:
        line.sendall(b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf")
    assert is_well(shop)
    for line in hanging:
        line.close()
    assert is_well(shop)
    assert capsys.readouterr() == ("", "")


def test_fifty_at_once_are_all_answered(shop):
    with ThreadPoolExecutor(50) as pool:
        assert all(pool.map(lambda _: is_well(shop), range(50)))


def test_a_body_in_pieces_is_read_whole():
    heard = []
    served = Served(lambda asked: (heard.append(asked.document), Reply())[1], wall_ms)
    try:
        line = HTTPConnection("127.0.0.1", served.port, timeout=30)
        line.request("POST", "/", iter([b'{"a":', b' "\xc3\xbc"', b"}"]), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
        assert line.getresponse().status == 200
        line.close()
    finally:
        served.close()
    assert heard == [{"a": "ü"}]


def test_a_hook_that_is_no_address_is_a_failed_one(shop):
    if not hasattr(shop, "place") or json.dumps(shop.hooks) != "[]":
        pytest.skip("calls nobody")
    shop.hooks += ["file:///etc/hostname", "nonsense", "http://[", "http://127.0.0.1:1/ x"]
    shop.place([("SOAP", 1)])
    assert is_well(shop)
