"""A WooCommerce shop, played: REST v3 at /wp-json/wc/v3."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from simulators.shops.served import Asked, Reply
from simulators.shops.shop import (
    CHANGED_SCHEMA,
    DUPLICATED,
    HALF_A_PAGE,
    OUT_OF_ORDER,
    Shop,
    ShopOrder,
    ShopParcel,
    packed,
)
from simulators.shops.woocommerce_hooks import WebHook, hook_headers
from simulators.shops.woocommerce_keys import Keys
from simulators.shops.woocommerce_papers import order_paper, refund_paper, stamp
from simulators.shops.woocommerce_shelf import Shelf, Wrong, batch

_ROOT = "/wp-json/wc/v3/"
_PER_PAGE, _PER_PAGE_MAX = 10, 100
_STATUSES = ("pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed", "checkout-draft")
_ORDER_BY = ("date", "id", "include", "title", "slug", "modified")


class WooCommerceShop(Shop):
    """`is_behind_tls` plays that something in front of it speaks TLS: then keys are given plainly. Stamps are whole seconds."""

    tick_ms = 1_000

    def __init__(self, *, key: str = "ck_seller", secret: str = "cs_secret", hook_secret: str = "hook-secret",  # noqa: S107 - played
                 hours: int = 8, currency: str = "EUR", port: int = 0) -> None:
        self.keys, self.hook_secret, self.hours, self.currency = Keys(key, secret), hook_secret, hours, currency
        self.is_behind_tls = False
        self.statuses: dict[str, str] = {}
        """Those that do not follow from what happened: on-hold, failed, trash."""
        self.meta: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, list[dict[str, Any]]] = {}
        self.webhooks: dict[int, WebHook] = {}
        self._last_id = 5_000
        super().__init__(port=port)
        self.shelf = Shelf(self.quantities)

    def add_product(self, sku: str, quantity: int = 0, *, parent: int = 0) -> int:
        """Its number; `parent` is the product of which it is a variation."""
        with self.lock:
            return self.shelf.add(self._new_id(), sku, quantity, parent)

    def change(self, ref: str, **changes: Any) -> ShopOrder:
        """What happens to an order decides on its status again."""
        with self.lock:
            self.statuses.pop(ref, None)
        return super().change(ref, **changes)

    def set_status(self, ref: str, status: str) -> ShopOrder:
        """Somebody chooses a status by hand."""
        with self.lock:
            if status not in ("completed", "processing", "cancelled"):
                self.statuses[ref] = status
                return super().change(ref)
            if status == "completed" and not self.orders[ref].is_shipped:
                self.told_shipped(ref, ShopParcel("", ""))
            return self.change(ref, is_paid=status != "cancelled", is_cancelled=status == "cancelled")

    def delete(self, ref: str) -> None:
        """For good: not even thrown away."""
        with self.lock:
            del self.orders[ref]

    def status(self, order: ShopOrder) -> str:
        """By what happened, unless somebody chose another."""
        happened = {"cancelled": order.is_cancelled, "refunded": 0 < order.total <= order.refunded,
                    "completed": order.is_shipped, "processing": order.is_paid}
        return self.statuses.get(order.ref) or next((name for name, has in happened.items() if has), "pending")

    def paper(self, order: ShopOrder) -> dict[str, Any]:
        """The order as the shop writes it."""
        return order_paper(order, self.status(order), hours=self.hours, currency=self.currency,
                           meta=self.meta.get(order.ref, {}), refunds=self.refunds.get(order.ref, []))

    def hook_of(self, order: ShopOrder) -> tuple[dict[str, str], bytes]:
        """To an address that a test has put among the hooks."""
        body = packed(self.paper(order))
        return hook_headers(self._topic(order), body, number=1, secret=self.hook_secret, at=self.now(), source=self.address), body

    def hook_for(self, hook: str, order: ShopOrder) -> tuple[dict[str, str], bytes] | None:
        """To a webhook with its own secret, of what it asked for, as long as it is active."""
        known = [one for one in self.webhooks.values() if one.url == hook]
        if not known:
            return self.hook_of(order)
        topic = self._topic(order)
        one = next((one for one in known if one.topic == topic and one.status == "active"), None)
        if one is None:
            return None
        body = packed(self.paper(order))
        return hook_headers(topic, body, number=one.id, secret=one.secret, at=self.now(), source=self.address), body

    def answer(self, asked: Asked) -> Reply:
        """Whoever is let in is answered in the shop's JSON."""
        if complaint := self.keys.complaint(asked, self.now(), is_tls=self.is_behind_tls):
            code = "woocommerce_rest_cannot_view" if complaint.startswith("Sorry") else "woocommerce_rest_authentication_error"
            return self.refuse(complaint, _no(401, code, complaint))
        with self.told_later():
            try:
                return self._routed(asked)
            except Wrong as wrong:
                return _no(*wrong.args)

    def _routed(self, asked: Asked) -> Reply:
        method = "GET" if asked.method == "HEAD" else asked.method
        path = asked.path.removeprefix(_ROOT)
        for verb, pattern, name in _ROUTES:
            found = re.fullmatch(pattern, path)
            if found and verb == method:
                body = json.loads(asked.body) if asked.body else {}
                reply = getattr(self.shelf if path.startswith("products/") else self, name)(asked, body, *map(int, found.groups()))
                return reply if isinstance(reply, Reply) else Reply(201 if verb == "POST" and "batch" not in path else 200, packed(reply))
        raise Wrong(404, "rest_no_route", "No route was found matching the URL and request method.")

    def _orders(self, asked: Asked, _body: Any) -> Reply:
        found = [one for one in self.orders.values() if self._is_asked(asked, one)]
        found.sort(key=lambda one: (_key(asked.get("orderby", "date"), one), int(one.ref)), reverse=asked.get("order", "desc") == "desc")
        return self._page(asked, [self.paper(one) for one in found])

    def _is_asked(self, asked: Asked, order: ShopOrder) -> bool:
        wanted = asked.get("status", "any").split(",")
        if any(one not in (*_STATUSES, "any", "trash") for one in wanted) or asked.get("orderby", "date") not in _ORDER_BY:
            raise Wrong(400, "rest_invalid_param", "Invalid parameter(s): status, orderby")
        status = self.status(order)
        if status not in wanted and ("any" not in wanted or status == "trash"):
            return False
        after, is_gmt = asked.get("modified_after"), asked.get("dates_are_gmt").lower() not in ("", "0", "false")
        return not after or stamp(order.changed_at, 0 if is_gmt else self.hours) > self._site_time(after)

    def _site_time(self, told: str) -> str:
        """A time with a zone is turned into the site's own before it is compared; one without is taken as it stands."""
        at = datetime.fromisoformat(told)
        local = (at - (at.utcoffset() or timedelta()) + timedelta(hours=self.hours)) if at.tzinfo else at
        return local.strftime("%Y-%m-%dT%H:%M:%S")

    def _page(self, asked: Asked, papers: Sequence[Mapping[str, Any]]) -> Reply:
        size, page = int(asked.get("per_page", str(_PER_PAGE))), int(asked.get("page", "1"))
        if not 1 <= size <= _PER_PAGE_MAX:
            raise Wrong(400, "rest_invalid_param", "Invalid parameter(s): per_page")
        first = int(asked.get("offset") or (page - 1) * size)
        pages = -(-len(papers) // size)
        shown: Any = self._faulty(list(papers[first:first + size]))
        headers = {"X-WP-Total": str(len(papers)), "X-WP-TotalPages": str(pages)}
        links = [(page - 1, "prev")] * (page > 1) + [(page + 1, "next")] * (page < pages)
        if links:
            query = {name: value for name, value in asked.query if not name.startswith("oauth_")}
            headers["Link"] = ", ".join(f'<{asked.address}?{urlencode({**query, "page": number})}>; rel="{name}"' for number, name in links)
        return Reply(200, packed({"orders": shown} if papers and self.fails(CHANGED_SCHEMA) else shown), headers=headers)

    def _faulty(self, shown: list[Any]) -> list[Any]:
        if shown and self.fails(DUPLICATED):
            shown = [one for one in shown for _ in range(2)]
        if shown and self.fails(OUT_OF_ORDER):
            shown.reverse()
        return shown[:len(shown) // 2] if shown and self.fails(HALF_A_PAGE) else shown

    def _order(self, _asked: Asked, _body: Any, number: int) -> Any:
        paper = self.paper(self._known(number))
        return {"order": paper} if self.fails(CHANGED_SCHEMA) else paper

    def _put_order(self, _asked: Asked, body: Any, number: int) -> Any:
        ref, status = self._known(number).ref, body.get("status")
        if status is not None and status not in _STATUSES:
            raise Wrong(400, "rest_invalid_param", "Invalid parameter(s): status")
        for note in body.get("meta_data", []):
            self.meta.setdefault(ref, {})[note["key"]] = note["value"]
            self._note_parcel(ref, note["value"])
        if status is not None:
            self.set_status(ref, status)
        elif body:
            super().change(ref)
        return self.paper(self.orders[ref])

    def _note_parcel(self, ref: str, value: Any) -> None:
        """As a plugin would that shows tracking numbers: the order's status does not follow from them."""
        if isinstance(value, dict) and value.get("tracking_number"):
            status = self.status(self.orders[ref])
            self.told_shipped(ref, ShopParcel(value["tracking_number"], value.get("carrier", ""), value.get("lines", {})))
            self.statuses[ref] = status

    def _batch_orders(self, asked: Asked, body: Any) -> Any:
        return batch(lambda one: self._put_order(asked, one, int(one["id"])), body)

    def _refunds(self, _asked: Asked, _body: Any, number: int) -> Any:
        return self.refunds.get(self._known(number).ref, [])

    def _post_refund(self, _asked: Asked, body: Any, number: int) -> Any:
        order = self._known(number)
        cents = round(float(body.get("amount", "0")) * 100)
        if not 0 < cents <= order.total - order.refunded:
            raise Wrong(500, "woocommerce_rest_cannot_create_order_refund", "Invalid refund amount.")
        paper = refund_paper(self._new_id(), body, self.now())
        self.refunds.setdefault(order.ref, []).append(paper)
        super().change(order.ref, refunded=order.refunded + cents)
        return paper

    def _products(self, asked: Asked, _body: Any) -> Reply:
        return self._page(asked, self.shelf.found(asked.get("sku")))

    def _webhooks(self, asked: Asked, _body: Any) -> Reply:
        return self._page(asked, [one.paper() for one in self.webhooks.values()])

    def _post_webhook(self, _asked: Asked, body: Any) -> Any:
        hook = WebHook(self._new_id(), str(body["topic"]), str(body["delivery_url"]), str(body.get("secret", "")))
        self.webhooks[hook.id] = hook
        if hook.url not in self.hooks:
            self.hooks.append(hook.url)
        # Its form begins with no signature; one that is not answered with 200 does not keep the webhook from being made.
        super().call_hook(hook.url, {"Content-Type": "application/x-www-form-urlencoded"}, f"webhook_id={hook.id}".encode())
        return hook.paper()

    def _webhook(self, asked: Asked, body: Any, number: int) -> Any:
        if number not in self.webhooks:
            raise Wrong(404, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.")
        hook = self.webhooks[number]
        if asked.method == "PUT":
            hook.change(body)
        if asked.method == "DELETE":
            del self.webhooks[number]
        self.hooks = list(dict.fromkeys([*self.hooks, hook.url])) if number in self.webhooks else [
            one for one in self.hooks if one != hook.url or any(other.url == one for other in self.webhooks.values())]
        return hook.paper()

    def call_hook(self, hook: str, headers: Mapping[str, str], body: bytes) -> bool:
        """A hook that failed too often in a row is called no more."""
        is_delivered = super().call_hook(hook, headers, body)
        with self.lock:
            known = self.webhooks.get(int(headers.get("X-WC-Webhook-ID", "0")))
            if known:
                known.count(is_delivered)
        return is_delivered

    def _known(self, number: int) -> ShopOrder:
        if str(number) not in self.orders:
            raise Wrong(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
        return self.orders[str(number)]

    def _topic(self, order: ShopOrder) -> str:
        return "order.created" if order.changed_at == order.placed_at else "order.updated"

    def _new_id(self) -> int:
        self._last_id += 1
        return self._last_id


def _key(name: str, order: ShopOrder) -> int:
    return {"id": 0, "modified": order.changed_at}.get(name, order.placed_at)


def _no(status: int, code: str, words: str) -> Reply:
    return Reply(status, packed({"code": code, "message": words, "data": {"status": status}}))


_ROUTES = (
    ("GET", r"orders", "_orders"), ("GET", r"orders/(\d+)", "_order"), ("PUT", r"orders/(\d+)", "_put_order"),
    ("POST", r"orders/(\d+)", "_put_order"), ("POST", r"orders/batch", "_batch_orders"),
    ("GET", r"orders/(\d+)/refunds", "_refunds"), ("POST", r"orders/(\d+)/refunds", "_post_refund"),
    ("GET", r"products", "_products"), ("PUT", r"products/(\d+)", "put"), ("POST", r"products/batch", "batch"),
    ("PUT", r"products/(\d+)/variations/(\d+)", "put_variation"), ("POST", r"products/(\d+)/variations/batch", "batch_variations"),
    ("GET", r"webhooks", "_webhooks"), ("POST", r"webhooks", "_post_webhook"),
    ("GET", r"webhooks/(\d+)", "_webhook"), ("PUT", r"webhooks/(\d+)", "_webhook"), ("DELETE", r"webhooks/(\d+)", "_webhook"),
)
