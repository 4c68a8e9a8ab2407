"""Plain HTTP towards a played platform: no client in between that could smooth anything."""

import base64
import hashlib
import json
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode


@dataclass(frozen=True)
class Told:
    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


def ask(shop, method, path, body=None, headers=None):
    line = HTTPConnection("127.0.0.1", shop.port, timeout=30)
    sent = body if body is None or isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    line.request(method, path, sent, {"Content-Type": "application/json", **(headers or {})})
    answer = line.getresponse()
    told = Told(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    line.close()
    return told


def shopify(shop, method, path, body=None, **query):
    at = f"/admin/api/2026-01/{path}.json" + (f"?{urlencode(query)}" if query else "")
    return ask(shop, method, at, body, {"X-Shopify-Access-Token": shop.token})


def graphql(shop, words, **variables):
    return shopify(shop, "POST", "graphql", {"query": words, "variables": variables}).json


def woo(shop, method, path, body=None, **query):
    """As over TLS: the key and its secret as they are."""
    shop.is_behind_tls = True
    key = base64.b64encode(f"{shop.keys.key}:{shop.keys.secret}".encode()).decode()
    return ask(shop, method, f"/wp-json/wc/v3/{path}" + (f"?{urlencode(query)}" if query else ""), body, {"Authorization": f"Basic {key}"})


def link(told):
    """Addresses of neighbours by their name, each without the scheme and host."""
    parts = [one.split("; rel=") for one in told.headers.get("link", "").split(", ") if one]
    return {name.strip('"'): "/" + address.strip("<>").split("/", 3)[3] for address, name in parts}


def taobao(shop, method, *, at="", **told):
    from simulators.shops.beijing import written  # noqa: PLC0415 - the simulators are what is tested here
    form = {"method": method, "app_key": shop.app_key, "session": shop.session, "v": "2.0", "format": "json", "sign_method": "md5",
            "timestamp": at or written(shop.now()), **told}
    text = shop.app_secret + "".join(name + form[name] for name in sorted(form)) + shop.app_secret
    form["sign"] = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()
    return ask(shop, "POST", "/router/rest", urlencode(form).encode(), {"Content-Type": "application/x-www-form-urlencoded"}).json
