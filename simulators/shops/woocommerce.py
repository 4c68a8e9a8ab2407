"""A WooCommerce shop, played: REST v3 at /wp-json/wc/v3."""

import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from simulators.shops.served import Asked, Reply
from simulators.shops.shop import Shop, ShopOrder, ShopParcel, packed
from simulators.shops.woocommerce_forms import options, written_out
from simulators.shops.woocommerce_front import Front
from simulators.shops.woocommerce_hooks import Webhooks, hook_headers
from simulators.shops.woocommerce_keys import Keys
from simulators.shops.woocommerce_lists import Lists
from simulators.shops.woocommerce_notes import Notes, Refunds
from simulators.shops.woocommerce_orders import Orders
from simulators.shops.woocommerce_pages import Wrong, no
from simulators.shops.woocommerce_papers import order_paper
from simulators.shops.woocommerce_people import People
from simulators.shops.woocommerce_routes import ROUTES
from simulators.shops.woocommerce_settings import Settings, Setup
from simulators.shops.woocommerce_shelf import Shelf
from simulators.shops.woocommerce_tracking import Trackings

_ROOT = re.compile(r"^/wp-json/(?:wc/v[23]|wc-shipment-tracking/v3(?=/(?:orders/\d+/)?shipment-trackings))/?")


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
        self.billing: dict[str, dict[str, str]] = {}
        self.refunds: dict[str, list[dict[str, Any]]] = {}
        self.desk, self.paid_back, self.notes, self.webhooks, self.front, self.lists = (
            Orders(self), Refunds(self), Notes(self), Webhooks(self), Front(self), Lists(self))
        self.people, self.settings, self.setup, self.trackings = People(self), Settings(self), Setup(self), Trackings(self)
        self._last_id = 5_000
        super().__init__(port=port)
        self.shelf = Shelf(self.quantities, self.new_id)

    def speak_tls(self, context: ssl.SSLContext) -> None:
        """Then keys are given plainly."""
        super().speak_tls(context)
        self.is_behind_tls = True

    def add_product(self, sku: str, quantity: int = 0, *, parent: int = 0) -> int:
        """Its number; `parent` is the product of which it is a variation."""
        with self.lock:
            return self.shelf.add(self.new_id(), sku, quantity, parent)

    def change(self, ref: str, **changes: Any) -> ShopOrder:
        """What happens to an order decides on its status again."""
        with self.lock:
            self.statuses.pop(ref, None)
        return super().change(ref, **changes)

    def note(self, ref: str, key: str, value: Any) -> None:
        """A note (meta_data) on an order; without a value it goes."""
        with self.lock:
            self.meta.setdefault(ref, {})[key] = value
            if value is None:
                del self.meta[ref][key]

    def touch(self, ref: str, **changes: Any) -> ShopOrder:
        """Something of an order that its status does not follow from."""
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
        self.gone(ref)

    def gone(self, ref: str) -> None:
        """It was thrown away: its number is all that is told."""
        self.later(lambda: self._announce("order.deleted", {"id": int(ref)}))

    def _announce(self, topic: str, paper: Mapping[str, Any]) -> None:
        for one in list(self.webhooks.made.values()):
            if one.topic == topic and one.status == "active":
                body = packed(paper)
                self.deliver(one.url, hook_headers(topic, body, number=one.id, secret=one.secret, at=self.now(), source=self.address), body)

    tries_max = 1

    def status(self, order: ShopOrder) -> str:
        """By what happened, unless somebody chose another."""
        happened = {"cancelled": order.is_cancelled, "refunded": 0 < order.total <= order.refunded,
                    "completed": order.is_shipped, "processing": order.is_paid}
        return self.statuses.get(order.ref) or next((name for name, has in happened.items() if has), "pending")

    def paper(self, order: ShopOrder) -> dict[str, Any]:
        """The order as the shop writes it."""
        return {**order_paper(order, self.status(order), hours=self.hours, currency=self.currency,
                              meta=self.meta.get(order.ref, {}), refunds=self.refunds.get(order.ref, []), billing=self.billing.get(order.ref, {})),
                "customer_id": self.people.whose.get(order.ref, 0)}

    def hook_of(self, order: ShopOrder) -> tuple[dict[str, str], bytes]:
        """To an address that a test has put among the hooks."""
        body = packed(self.paper(order))
        return hook_headers(self._topic(order), body, number=1, secret=self.hook_secret, at=self.now(), source=self.address), body

    def hook_for(self, hook: str, order: ShopOrder) -> tuple[dict[str, str], bytes] | None:
        """To a webhook with its own secret, of what it asked for, as long as it is active."""
        known = [one for one in self.webhooks.made.values() if one.url == hook]
        if not known:
            return self.hook_of(order)
        topic = self._topic(order)
        one = next((one for one in known if one.topic == topic and one.status == "active"), None)
        if one is None or self.status(order) == "trash":
            return None
        body = packed(self.paper(order))
        return hook_headers(topic, body, number=one.id, secret=one.secret, at=self.now(), source=self.address), body

    @property
    def routes(self) -> Sequence[tuple[str, str, str]]:
        """Where it may be asked what."""
        return ROUTES

    def answer(self, asked: Asked) -> Reply:
        """Whoever is let in is answered in the shop's JSON; what the site is, is no secret."""
        if asked.path.rstrip("/") == "/wp-json" and asked.method in ("GET", "HEAD"):
            return Reply(200, packed(self.front.site()))
        if complaint := self.keys.complaint(asked, self.now(), is_tls=self.is_behind_tls):
            code = "woocommerce_rest_cannot_view" if complaint.startswith("Sorry") else "woocommerce_rest_authentication_error"
            return self.refuse(complaint, no(401, code, complaint))
        with self.told_later():
            try:
                route = asked.get("rest_route")  # how a site is asked whose addresses are not rewritten
                asked = replace(asked, path=f"/wp-json{route}") if route and asked.path in ("/", "/index.php") else asked
                return written_out(asked, self._routed(asked))
            except Wrong as wrong:
                return no(*wrong.args)

    def puzzled(self, error: Exception) -> Reply:
        """A body that is no JSON, or none that it could do anything with."""
        if isinstance(error, (ValueError, RecursionError)):
            return no(400, "rest_invalid_json", "Invalid JSON body passed.", {"json_error_code": 4, "json_error_message": "Syntax error"})
        return no(400, "rest_invalid_param", "Invalid parameter(s)")

    def _routed(self, asked: Asked) -> Reply:
        method = {"HEAD": "GET", "PATCH": "PUT"}.get(asked.method, asked.method)
        method = (asked.get("_method") or asked.headers.get("x-http-method-override", "")).upper() or method if method == "POST" else method
        path = _ROOT.sub("", asked.path).strip("/")
        if method == "OPTIONS" and path != asked.path.strip("/"):
            return options(path, ROUTES)
        for verb, pattern, name in ROUTES:
            found = re.fullmatch(pattern, path)
            if found and verb == method and path != asked.path:
                place, _, do = name.rpartition(".")
                body = asked.document if method != "GET" else {}
                told = getattr(getattr(self, place), do)(replace(asked, method=method), body if isinstance(body, dict) else {}, *map(int, found.groups()))
                is_new = asked.method == verb == "POST" and "batch" not in path and not re.fullmatch(r"(?:orders|products|customers)/\d+|settings/.+", path)
                made = {"Location": f"{asked.address.rstrip('/')}/{told.get('id') or told.get('tracking_id')}"} if is_new else {}
                return told if isinstance(told, Reply) else Reply(201 if is_new else 200, packed(told), headers=made)
        raise Wrong(404, "rest_no_route", "No route was found matching the URL and request method.")

    def call_hook(self, hook: str, headers: Mapping[str, str], body: bytes) -> bool:
        """A hook that failed too often in a row is called no more."""
        is_delivered = super().call_hook(hook, headers, body)
        with self.lock:
            known = self.webhooks.made.get(int(headers.get("X-WC-Webhook-ID", "0")))
            if known:
                known.count(is_delivered)
        return is_delivered

    def _topic(self, order: ShopOrder) -> str:
        return "order.created" if order.changed_at == order.placed_at else "order.updated"

    def new_id(self) -> int:
        """A number for the next thing."""
        self._last_id += 1
        return self._last_id
