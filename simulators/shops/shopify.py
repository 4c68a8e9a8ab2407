"""A Shopify shop, played: the Admin API in REST at /admin/api/<version>/, and as much of its GraphQL as is asked."""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from simulators.shops.graphql import GraphQLError, answered, parsed
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
from simulators.shops.shopify_goods import Goods
from simulators.shops.shopify_graph import root
from simulators.shops.shopify_limits import Bucket, too_many
from simulators.shops.shopify_papers import amount, order_paper, stamp
from simulators.shops.shopify_shipping import Shipping, Wrong

_ROOT = re.compile(r"/admin/api/(?:\d{4}-(?:01|04|07|10)|unstable)/(.+)\.json")
_LIMIT, _LIMIT_MAX = 50, 250
_LOCATION = 655_441_491
_PLACES = {"JPY": 0, "KWD": 3}
_NO_TOKEN = "[API] Invalid API key or access token (unrecognized login or wrong password)"  # noqa: S105 - words


class ShopifyShop(Shop):
    """Stamps are whole seconds, in the shop's zone; `bucket` is how many calls it holds."""

    tick_ms = 1_000

    def __init__(self, *, token: str = "shpat_token", secret: str = "app-secret", hours: int = -5, currency: str = "EUR",  # noqa: S107 - played
                 bucket: int = 40, port: int = 0) -> None:
        self.token, self.secret, self.hours, self.currency = token, secret, hours, currency
        self.bucket, self.points = Bucket(bucket), Bucket(2_000)
        self.shipping = Shipping(_LOCATION)
        self.payments: dict[str, str] = {}
        """Those that do not follow from what happened: authorized, voided, expired."""
        self.refunds: dict[str, list[dict[str, Any]]] = {}
        self.subscriptions: dict[int, tuple[str, str]] = {}
        self._last_id = 900_000
        super().__init__(port=port)
        self.goods = Goods(self.quantities, {_LOCATION: "Shop location"})

    def add_product(self, sku: str, quantity: int = 0) -> int:
        """The number of its variant."""
        with self.lock:
            return self.goods.add(self._new_id(10), sku, quantity)

    def remove(self, ref: str, line: str, quantity: int) -> None:
        """So much of a line is taken out again: an edit, or a refund."""
        with self.lock:
            self.shipping.removed[line] += quantity
        self.change(ref)

    def delete(self, ref: str) -> None:
        """For good."""
        with self.lock:
            del self.orders[ref]

    def paper(self, order: ShopOrder) -> dict[str, Any]:
        """The order as the shop writes it."""
        happened = {"refunded": 0 < order.total <= order.refunded, "partially_refunded": order.refunded > 0, "paid": order.is_paid}
        payment = self.payments.get(order.ref) or next((name for name, has in happened.items() if has), "pending")
        return order_paper(
            order, payment=payment, fulfilment=self.shipping.status(order), hours=self.hours, currency=self.currency, places=self._places,
            removed=self.shipping.removed, variants=self.goods.variants, fulfillments=self.shipping.made[order.ref], refunds=self.refunds.get(order.ref, []))

    def order_papers(self) -> list[dict[str, Any]]:
        """All orders, the latest number first."""
        return [self.paper(one) for one in sorted(self.orders.values(), key=lambda one: -int(one.ref))]

    def told_shipped(self, ref: str, parcel: ShopParcel) -> None:
        """Somebody at the shop ships: all that can be, or these lines."""
        with self.told_later():
            lines = dict(parcel.lines) or {line.ref: line.quantity for line in self.orders[ref].lines}
            self.shipping.note(ref, self._new_id(), parcel.tracking, parcel.carrier, lines)
            super().told_shipped(ref, parcel)

    def hook_of(self, order: ShopOrder) -> tuple[dict[str, str], bytes]:
        """To an address that a test has put among the hooks."""
        return self._hook(order, self._topic(order))

    def hook_for(self, hook: str, order: ShopOrder) -> tuple[dict[str, str], bytes] | None:
        """To a subscription, of what it asked for: a cancellation is a change as well."""
        wanted = [topic for topic, address in self.subscriptions.values() if address == hook]
        if not wanted:
            return self.hook_of(order)
        topic = self._topic(order)
        also = "orders/updated" if topic == "orders/cancelled" else topic
        return next((self._hook(order, one) for one in (topic, also) if one in wanted), None)

    def answer(self, asked: Asked) -> Reply:
        """Whoever has the token is answered, as long as the bucket holds it."""
        found = _ROOT.fullmatch(asked.path)
        if not hmac.compare_digest(asked.headers.get("x-shopify-access-token", "").encode(), self.token.encode()):
            return self.refuse("Wrong token.", Reply(401, packed({"errors": _NO_TOKEN})))
        with self.told_later():
            if found and found[1] == "graphql":
                return self._graphql(json.loads(asked.body))
            if not self.bucket.takes(1, self.now()):
                return too_many(self.bucket)
            try:
                reply = self._routed(asked, found[1] if found else "")
            except Wrong as wrong:
                reply = Reply(wrong.args[0], packed({"errors": wrong.args[1]}))
        return Reply(reply.status, reply.body, reply.content_type, {**reply.headers, **self.bucket.header})

    def busy(self) -> Reply:
        """How it says that it is asked too often."""
        return too_many(self.bucket)

    def _routed(self, asked: Asked, path: str) -> Reply:
        method = "GET" if asked.method == "HEAD" else asked.method
        for verb, pattern, name in _ROUTES:
            found = re.fullmatch(pattern, path)
            if found and verb == method:
                told = getattr(self.goods if name in _OF_GOODS else self, name)(asked, json.loads(asked.body) if asked.body.strip() else {}, *map(int, found.groups()))
                return told if isinstance(told, Reply) else Reply(201 if verb == "POST" and path in _MADE else 200, packed(told))
        raise Wrong(404, "Not Found")

    def _graphql(self, asked: Mapping[str, Any]) -> Reply:
        variables = asked.get("variables") or {}
        requested = 2.0 + sum(value for value in [*variables.values(), *map(int, re.findall(r"first:\s*(\d+)", asked["query"]))]
                              if isinstance(value, int))
        if not self.points.takes(requested, self.now()):
            error: Any = {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits"}}
            return Reply(200, packed({"errors": [error], "extensions": self.points.cost(requested, None)}))
        try:
            told: dict[str, Any] = {"data": answered(root(self.order_papers(), self.goods, self.currency), parsed(asked["query"]), variables)}
        except GraphQLError as wrong:
            told = {"errors": [{"message": wrong.words, "extensions": {"code": wrong.code}}]}
        return Reply(200, packed({**told, "extensions": self.points.cost(requested, requested)}))

    def _orders(self, asked: Asked, _body: Any) -> Reply:
        mark = asked.get("page_info")
        if mark and {name for name, _ in asked.query} - {"page_info", "limit", "fields"}:
            raise Wrong(400, {"page_info": "cannot be passed together with other parameters"})
        query = self._marked(mark) if mark else {name: value for name, value in asked.query if name != "limit"}
        limit = int(asked.get("limit", str(_LIMIT)))
        if not 1 <= limit <= _LIMIT_MAX:
            raise Wrong(400, {"limit": "must be between 1 and 250"})
        found = [one for one in self._found(query) if int(one.ref) < int(query.get("below", 10**18))]
        shown, headers = found[:limit], {}
        if len(found) > limit:
            following = {"limit": limit, "page_info": _mark({**query, "below": shown[-1].ref})}
            headers["Link"] = f'<{asked.address}?{urlencode(following)}>; rel="next"'
        papers = self._faulty([self.paper(one) for one in shown])
        return Reply(200, packed({"order_list" if shown and self.fails(CHANGED_SCHEMA) else "orders": papers}), headers=headers)

    def _found(self, query: Mapping[str, str]) -> list[ShopOrder]:
        """The latest number first; without a word about status only those that are open."""
        after = query.get("updated_at_min")
        since = int(datetime.fromisoformat(after).timestamp() * 1_000) if after else 0
        is_any = query.get("status", "open") == "any"
        found = [one for one in self.orders.values() if one.changed_at // 1_000 * 1_000 >= since and (is_any or not one.is_cancelled)]
        return sorted(found, key=lambda one: -int(one.ref))

    def _marked(self, mark: str) -> dict[str, str]:
        try:
            return dict(json.loads(base64.urlsafe_b64decode(mark)))
        except (ValueError, binascii.Error) as error:
            raise Wrong(400, {"page_info": "Invalid value."}) from error

    def _faulty(self, shown: list[Any]) -> list[Any]:
        if shown and self.fails(DUPLICATED):
            shown = [one for one in shown for _ in range(2)]
        if shown and self.fails(OUT_OF_ORDER):
            shown.reverse()
        return shown[:len(shown) // 2] if shown and self.fails(HALF_A_PAGE) else shown

    def _count(self, asked: Asked, _body: Any) -> Any:
        return {"count": len(self._found(dict(asked.query)))}

    def _order(self, _asked: Asked, _body: Any, number: int) -> Any:
        return {"data" if self.fails(CHANGED_SCHEMA) else "order": self.paper(self._known(number))}

    def _put_order(self, _asked: Asked, body: Any, number: int) -> Any:
        order = self._known(number)
        return {"order": self.paper(self.change(order.ref, note=body["order"].get("note") or order.note))}

    def _cancel(self, _asked: Asked, _body: Any, number: int) -> Any:
        order = self._known(number)
        if order.is_cancelled or self.shipping.sent(order.ref).total():
            raise Wrong(422, {"base": ["Cannot cancel an order that is cancelled or has fulfillments"]})
        return {"order": self.paper(self.change(order.ref, is_cancelled=True)), "notice": "Order has been canceled"}

    def _fulfillment_orders(self, _asked: Asked, _body: Any, number: int) -> Any:
        return {"fulfillment_orders": self.shipping.orders(self._known(number))}

    def _fulfillments(self, _asked: Asked, _body: Any, number: int) -> Any:
        return {"fulfillments": self.shipping.made[self._known(number).ref]}

    def _post_fulfillment(self, _asked: Asked, body: Any) -> Any:
        asked = body["fulfillment"]
        order = self._known(int(asked["line_items_by_fulfillment_order"][0]["fulfillment_order_id"]) // 10)
        paper = self.shipping.ship(order, asked, self._new_id())
        lines = {str(line["id"]): line["quantity"] for line in paper["line_items"]}
        one = ShopParcel(paper["tracking_number"] or "", paper["tracking_company"] or "", lines)
        self.change(order.ref, parcels=(*order.parcels, one))
        return {"fulfillment": paper}

    def _refunds(self, _asked: Asked, _body: Any, number: int) -> Any:
        return {"refunds": self.refunds.get(self._known(number).ref, [])}

    def _calculate(self, _asked: Asked, _body: Any, number: int) -> Any:
        order = self._known(number)
        left = amount((order.total if order.is_paid else 0) - order.refunded, self._places)
        return {"refund": {"currency": self.currency, "refund_line_items": [], "transactions": [{
            "order_id": number, "kind": "suggested_refund", "gateway": "shopify_payments", "parent_id": number * 7,
            "amount": amount(0, self._places), "maximum_refundable": left}]}}

    def _post_refund(self, _asked: Asked, body: Any, number: int) -> Any:
        order, asked = self._known(number), body["refund"]
        paid = sum(round(float(one["amount"]) * 10**self._places) for one in asked.get("transactions", []))
        if any(one["kind"] != "refund" or one["parent_id"] != number * 7 for one in asked.get("transactions", [])) or paid > order.total - order.refunded:
            raise Wrong(422, {"base": ["Refund amount is invalid"]})
        lines = [{"line_item_id": one["line_item_id"], "quantity": one["quantity"]} for one in asked.get("refund_line_items", [])]
        paper = {"id": self._new_id(), "order_id": number, "note": asked.get("note"), "refund_line_items": lines,
                 "transactions": asked.get("transactions", []), "created_at": stamp(self.now(), self.hours)}
        self.refunds.setdefault(order.ref, []).append(paper)
        for one in lines:
            self.shipping.removed[str(one["line_item_id"])] += one["quantity"]
        self.change(order.ref, refunded=order.refunded + paid)
        return {"refund": paper}

    def _shop(self, _asked: Asked, _body: Any) -> Any:
        return {"shop": {"id": 1, "name": "A shop", "currency": self.currency, "iana_timezone": "America/New_York"}}

    def _webhooks(self, _asked: Asked, _body: Any) -> Any:
        return {"webhooks": [_webhook(number, *one) for number, one in self.subscriptions.items()]}

    def _post_webhook(self, _asked: Asked, body: Any) -> Any:
        topic, address = body["webhook"]["topic"], body["webhook"]["address"]
        if (topic, address) in self.subscriptions.values():
            raise Wrong(422, {"address": ["for this topic has already been taken"]})
        number = self._new_id()
        self.subscriptions[number] = (topic, address)
        self.hooks = list(dict.fromkeys([*self.hooks, address]))
        return {"webhook": _webhook(number, topic, address)}

    def _delete_webhook(self, _asked: Asked, _body: Any, number: int) -> Any:
        _, address = self.subscriptions.pop(number)
        self.hooks = [one for one in self.hooks if one != address or any(one == other for _, other in self.subscriptions.values())]
        return {}

    def _hook(self, order: ShopOrder, topic: str) -> tuple[dict[str, str], bytes]:
        body = packed(self.paper(order))
        event = hashlib.sha256(f"{order.ref}{order.changed_at}".encode()).hexdigest()[:32]
        signed = base64.b64encode(hmac.new(self.secret.encode(), body, hashlib.sha256).digest()).decode()
        triggered = datetime.fromisoformat(stamp(self.now())).strftime("%Y-%m-%dT%H:%M:%S.123456789Z")
        return {
            "Content-Type": "application/json", "X-Shopify-Topic": topic, "X-Shopify-Hmac-Sha256": signed, "X-Shopify-Event-Id": event,
            "X-Shopify-Webhook-Id": hashlib.sha256(f"{event}{topic}".encode()).hexdigest()[:32], "X-Shopify-Triggered-At": triggered,
            "X-Shopify-Shop-Domain": "a-shop.myshopify.com", "X-Shopify-Api-Version": "2026-01"}, body

    def _topic(self, order: ShopOrder) -> str:
        if order.changed_at == order.placed_at:
            return "orders/create"
        return "orders/cancelled" if order.is_cancelled else "orders/updated"

    @property
    def _places(self) -> int:
        return _PLACES.get(self.currency, 2)

    def _known(self, number: int) -> ShopOrder:
        if str(number) not in self.orders:
            raise Wrong(404, "Not Found")
        return self.orders[str(number)]

    def _new_id(self, step: int = 1) -> int:
        self._last_id += step
        return self._last_id


def _mark(query: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(packed(query)).decode()


def _webhook(number: int, topic: str, address: str) -> dict[str, Any]:
    return {"id": number, "topic": topic, "address": address, "format": "json"}


_OF_GOODS = ("locations", "levels", "post_level", "products", "variant")
_MADE = ("fulfillments", "webhooks")
_ROUTES: Sequence[tuple[str, str, str]] = (
    ("GET", r"orders", "_orders"), ("GET", r"orders/count", "_count"), ("GET", r"orders/(\d+)", "_order"), ("PUT", r"orders/(\d+)", "_put_order"),
    ("POST", r"orders/(\d+)/cancel", "_cancel"), ("GET", r"orders/(\d+)/fulfillment_orders", "_fulfillment_orders"),
    ("GET", r"orders/(\d+)/fulfillments", "_fulfillments"), ("POST", r"fulfillments", "_post_fulfillment"),
    ("GET", r"orders/(\d+)/refunds", "_refunds"), ("POST", r"orders/(\d+)/refunds/calculate", "_calculate"),
    ("POST", r"orders/(\d+)/refunds", "_post_refund"), ("GET", r"locations", "locations"), ("GET", r"inventory_levels", "levels"),
    ("POST", r"inventory_levels/(?:set|adjust)", "post_level"), ("GET", r"products", "products"), ("GET", r"variants/(\d+)", "variant"),
    ("GET", r"shop", "_shop"), ("GET", r"webhooks", "_webhooks"), ("POST", r"webhooks", "_post_webhook"), ("DELETE", r"webhooks/(\d+)", "_delete_webhook"),
)
