"""Clients of each platform that are nobody's: they sign and list orders as its documents say, with nothing in between."""

import base64
import hashlib
import hmac
import json
from urllib.parse import urlencode

from simulators.shops.beijing import written
from tests.simulators.asking import ask

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_HOUR = 3_600_000


def md5(text):
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def taobao(shop, method, told, *, late_ms=0, key="", secret="", session=""):
    form = {"method": method, "app_key": key or shop.app_key, "session": session or shop.session, "v": "2.0", "format": "json", "sign_method": "hmac-sha256",
            "timestamp": written(shop.now() + late_ms), **told}
    joined = "".join(name + form[name] for name in sorted(form))
    form["sign"] = hmac.new((secret or shop.app_secret).encode(), joined.encode(), hashlib.sha256).hexdigest().upper()
    return ask(shop, "POST", "/router/rest", urlencode(form).encode(), _FORM)


def jd(shop, method, told, *, late_ms=0, key="", secret="", session=""):
    form = {"method": method, "app_key": key or shop.app_key, "access_token": session or shop.access_token, "v": "2.0", "format": "json",
            "timestamp": written(shop.now() + late_ms), "360buy_param_json": json.dumps(told)}
    secret = secret or shop.app_secret
    form["sign"] = md5(secret + "".join(name + form[name] for name in sorted(form)) + secret).upper()
    return ask(shop, "POST", "/routerjson", urlencode(form).encode(), _FORM)


def douyin(shop, method, told, *, late_ms=0, key="", secret="", session=None):
    text, secret = json.dumps(told, sort_keys=True, separators=(",", ":")), secret or shop.app_secret
    query = {"app_key": key or shop.app_key, "method": method, "timestamp": str((shop.now() + late_ms) // 1000), "v": "2"}
    signed = {**query, "param_json": text}
    sign = hmac.new(secret.encode(), (secret + "".join(name + signed[name] for name in sorted(signed)) + secret).encode(), hashlib.sha256).hexdigest()
    if session is None and method != "token.create":
        session = douyin(shop, "token.create", {"grant_type": "authorization_code", "code": shop.code}).json["data"]["access_token"]
    return ask(shop, "POST", f"/{method.replace('.', '/')}?{urlencode({**query, 'sign_method': 'hmac-sha256', 'sign': sign, 'access_token': session or ''})}", text.encode())


def wechat(shop, path, told, *, secret="", session=""):
    if not session:
        asked = {"grant_type": "client_credential", "appid": shop.app_id, "secret": secret or shop.app_secret}
        given = ask(shop, "POST", "/cgi-bin/stable_token", asked)
        if "access_token" not in given.json:
            return given
        session = given.json["access_token"]
    return ask(shop, "POST", f"/channels/ec/{path}?access_token={session}", told)


def shopify(shop, path, *, token=""):
    return ask(shop, "GET", f"/admin/api/2026-01/{path}", None, {"X-Shopify-Access-Token": token or shop.token})


def woocommerce(shop, path, *, secret=""):
    shop.is_behind_tls = True
    key = base64.b64encode(f"{shop.keys.key}:{secret or shop.keys.secret}".encode()).decode()
    return ask(shop, "GET", f"/wp-json/wc/v3/{path}", None, {"Authorization": f"Basic {key}"})


def plain(shop, path, *, late_ms=0, secret=""):
    mark, at = "msg_1", str((shop.now() + late_ms) // 1000)
    key = base64.b64decode((secret or "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=").removeprefix("whsec_"))
    sign = base64.b64encode(hmac.new(key, f"{mark}.{at}.{path}".encode(), hashlib.sha256).digest()).decode()
    return ask(shop, "GET", path, None, {"webhook-id": mark, "webhook-timestamp": at, "webhook-signature": f"v1,{sign}"})


def _taobao_list(shop):
    told = {"fields": "tid_str", "start_created": written(shop.now() - _HOUR), "end_created": written(shop.now() + _HOUR), "use_has_next": "true"}
    return taobao(shop, "taobao.trades.sold.get", told)


def _jd_list(shop):
    return jd(shop, "jingdong.pop.order.search", {
        "start_date": written(shop.now() - _HOUR), "end_date": written(shop.now() + _HOUR), "order_state": "WAIT_SELLER_STOCK_OUT", "optional_fields": "orderId", "page": "1",
        "page_size": "50", "dateType": "1"})


def _douyin_list(shop):
    return douyin(shop, "order.searchList", {"page": 0, "size": 50, "order_by": "create_time", "create_time_start": (shop.now() - _HOUR) // 1000})


def _wechat_list(shop):
    return wechat(shop, "order/list/get", {"create_time_range": {"start_time": (shop.now() - _HOUR) // 1000, "end_time": (shop.now() + _HOUR) // 1000}, "page_size": 50})


LISTS = {
    "taobao": (_taobao_list, lambda told: [one["tid_str"] for one in told["trades_sold_get_response"]["trades"]["trade"]]),
    "jd": (_jd_list, lambda told: [one["orderId"] for one in told["jingdong_pop_order_search_responce"]["searchorderinfo_result"]["orderInfoList"]]),
    "douyin": (_douyin_list, lambda told: [one["order_id"] for one in told["data"]["shop_order_list"]]),
    "mini_program": (_wechat_list, lambda told: told["order_id_list"]),
    "mini_program_own": (lambda shop: plain(shop, "/orders"), lambda told: [one["reference"] for one in told["orders"]]),
    "plain": (lambda shop: plain(shop, "/orders"), lambda told: [one["reference"] for one in told["orders"]]),
    "shopify": (lambda shop: shopify(shop, "orders.json?status=any"), lambda told: [str(one["id"]) for one in told["orders"]]),
    "woocommerce": (lambda shop: woocommerce(shop, "orders"), lambda told: [str(one["id"]) for one in told])}
"""How the orders of a platform are listed, and their numbers read in the answer."""
