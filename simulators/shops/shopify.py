"""A Shopify shop, played: the Admin API in REST at /admin/api/<version>/, and as much of its GraphQL as is asked."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from simulators.shops.graphql import GraphQLErrors, Node, Question
from simulators.shops.graphql_costs import COST_MAX
from simulators.shops.graphql_types import Types
from simulators.shops.served import Asked, Reply
from simulators.shops.shop import Shop, ShopOrder, ShopParcel, packed
from simulators.shops.shopify_bulk import Bulk
from simulators.shops.shopify_changes import changes
from simulators.shops.shopify_dispatch import Dispatch
from simulators.shops.shopify_goods import Goods
from simulators.shops.shopify_graph import root
from simulators.shops.shopify_hooks import Subscriptions
from simulators.shops.shopify_limits import Bucket, too_dear, too_many
from simulators.shops.shopify_metafields import Metafields
from simulators.shops.shopify_money import Money
from simulators.shops.shopify_orders import Orders
from simulators.shops.shopify_papers import order_paper, stamp
from simulators.shops.shopify_routes import MADE, ROUTES
from simulators.shops.shopify_schema import schema, types
from simulators.shops.shopify_shipping import Shipping, Wrong
from simulators.shops.shopify_topics import News, Topics

_ROOT = re.compile(r"/admin/(?:api/(\d{4}-(?:01|04|07|10)|unstable)/)?(.+)\.json")
_TOKENS = "/admin/oauth/access_token"
_OLDEST = "2026-01"
"""The version by which is answered who names none."""
_LOCATION = 655_441_491
_DEAR = 100.0
"""What a query is said to cost that the shop was told to have no room for."""
_PLACES = {"JPY": 0, "KWD": 3}
_SCOPES = ("read_orders", "write_orders", "read_products", "write_products", "read_inventory", "write_inventory", "read_locations",
           "read_merchant_managed_fulfillment_orders", "write_merchant_managed_fulfillment_orders")
_NO_TOKEN = "[API] Invalid API key or access token (unrecognized login or wrong password)"  # noqa: S105 - words


class ShopifyShop(Shop):
    """Stamps are whole seconds, in the shop's zone; `bucket` is how many calls it holds."""

    tick_ms = 1_000

    def __init__(self, *, token: str = "shpat_token", secret: str = "app-secret", hours: int = -5, currency: str = "EUR",  # noqa: S107 - played
                 bucket: int = 40, port: int = 0) -> None:
        self.token, self.secret, self.hours, self.currency = token, secret, hours, currency
        self.bucket, self.points = Bucket(bucket), Bucket(2_000)
        self.shipping: Shipping = Shipping(_LOCATION)
        self.payments: dict[str, str] = {}
        """Those that do not follow from what happened: authorized, voided, expired."""
        self.refunds: dict[str, list[dict[str, Any]]] = {}
        self.kept: dict[str, dict[str, Any]] = {}
        """What else was written on an order: tags, an e-mail, when it was closed."""
        self.metafields: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
        """Of things by their gid, each by namespace and key."""
        self.happened: dict[int, list[dict[str, Any]]] = {}
        """What carriers told of fulfilments."""
        self.desk, self.money, self.dispatch, self.bulk, self.notes = Orders(self), Money(self), Dispatch(self), Bulk(self), Metafields(self)
        self._last_id = 900_000
        super().__init__(port=port)
        self.subscriptions, self.topics = Subscriptions(self.hooks), Topics(self)
        self.goods = Goods(self.quantities, {_LOCATION: "Shop location"}, self.now, lambda: self.new_id(10))

    def add_product(self, sku: str, quantity: int = 0) -> int:
        """The number of its variant."""
        with self.lock:
            return self.goods.add(self.new_id(10), sku, quantity)

    def remove(self, ref: str, line: str, quantity: int) -> None:
        """So much of a line is taken out again: an edit, or a refund."""
        with self.lock:
            self.shipping.removed[line] += quantity
        self.change(ref)

    def delete(self, ref: str) -> None:
        """For good."""
        with self.lock:
            del self.orders[ref]
        self.later(lambda: self._announce("orders/delete", {"id": int(ref)}, ref))

    def _announce(self, topic: str, paper: Mapping[str, Any], event: str) -> None:
        for hook in list(self.hooks):
            if topic in self.subscriptions.topics(hook):
                self.deliver(hook, *self._signed(topic, paper, event))

    def close_order(self, ref: str, *, is_closed: bool) -> ShopOrder:
        """It is put away as done, or taken out again."""
        with self.lock:
            self.kept.setdefault(ref, {}).pop("closed_at", None)
            if is_closed:
                self.kept[ref]["closed_at"] = stamp(self.now(), self.hours)
        return self.change(ref)

    def payment(self, order: ShopOrder) -> str:
        """How far it is paid."""
        happened = {"refunded": 0 < order.total <= order.refunded, "partially_refunded": order.refunded > 0, "paid": order.is_paid}
        return self.payments.get(order.ref) or next((name for name, has in happened.items() if has), "pending")

    def paper(self, order: ShopOrder) -> dict[str, Any]:
        """The order as the shop writes it."""
        kept = self.kept.get(order.ref, {})
        return order_paper(
            order, payment=self.payment(order), fulfilment=self.shipping.status(order), hours=self.hours, currency=self.currency, places=self.places,
            removed=self.shipping.removed, sent=self.shipping.sent(order.ref), variants=self.goods.variants, fulfillments=self.shipping.made[order.ref],
            refunds=self.refunds.get(order.ref, []), changed=kept if order.is_cancelled else {name: value for name, value in kept.items() if name != "cancel_reason"})

    def told_shipped(self, ref: str, parcel: ShopParcel) -> None:
        """Somebody at the shop ships: all that can be, or these lines."""
        with self.told_later():
            ordered = self.orders[ref].lines
            lines = dict(parcel.lines) or {line.ref: line.quantity for line in ordered}
            self.shipping.note(ref, self.new_id(), parcel.tracking, parcel.carrier, lines, lines=ordered)
            super().told_shipped(ref, parcel)

    def hook_of(self, order: ShopOrder) -> tuple[dict[str, str], bytes]:
        """To an address that a test has put among the hooks."""
        return self._signed(self._topic(order), self.paper(order), f"{order.ref}{order.changed_at}")

    def news(self, order: ShopOrder) -> News:
        """By topic."""
        return self.topics.news(order)

    def hooks_for(self, hook: str, order: ShopOrder, news: News) -> list[tuple[dict[str, str], bytes]]:
        """To each subscription, of what it asked for; an address that a test has put there hears of orders only."""
        wanted = self.subscriptions.topics(hook)
        return [self._signed(topic, paper, f"{order.ref}{order.changed_at}") for topic, paper in news if topic in wanted] if wanted else [self.hook_of(order)]

    tries_max = 9

    def give_up(self, hook: str) -> None:
        """Its subscriptions are gone."""
        with self.lock:
            self.subscriptions.forget(hook)

    def answer(self, asked: Asked) -> Reply:
        """Whoever has the token is answered, as long as the bucket holds it."""
        if asked.path in (_TOKENS, f"{_TOKENS}.json") and asked.method == "POST":
            return self._let_in(asked)
        if written := self.bulk.file(asked.path):
            return written
        found = _ROOT.fullmatch(asked.path)
        version = {"X-Shopify-API-Version": found[1] or _OLDEST if found else _OLDEST}
        if not hmac.compare_digest(_token(asked).encode(), self.token.encode()):
            return self.refuse("Wrong token.", Reply(401, packed({"errors": _NO_TOKEN}), headers=version))
        with self.told_later():
            if found and found[2] == "graphql" and asked.method == "POST":
                is_bare = asked.headers.get("content-type", "").startswith("application/graphql")
                reply = self._graphql({"query": asked.body.decode()} if is_bare else asked.document)
                return Reply(reply.status, reply.body, headers=version)
            if not self.bucket.takes(1, self.now()):
                return too_many(self.bucket)
            try:
                reply = self._routed(asked, found[2] if found else "")
            except Wrong as wrong:
                reply = Reply(wrong.args[0], packed({"errors": wrong.args[1]}))
        return Reply(reply.status, reply.body, reply.content_type, {**reply.headers, **self.bucket.header, **version})

    def busy(self) -> Reply:
        """How it says that it is asked too often in REST."""
        return too_many(self.bucket)

    def busy_for(self, asked: Asked) -> Reply:
        """In GraphQL not by a status."""
        return self._throttled(_DEAR, self.points.size - _DEAR / 2) if asked.path.endswith("/graphql.json") else self.busy()

    def puzzled(self, error: Exception) -> Reply:
        """A part that is missing is named."""
        missing = isinstance(error, KeyError) and isinstance(error.args[0], str)
        return Reply(400, packed({"errors": {error.args[0]: "Required parameter missing or invalid"} if missing else "Bad Request"}))

    def _let_in(self, asked: Asked) -> Reply:
        """For the app's secret it gives the token; whose app it is does not matter to it."""
        told = asked.document if "json" in asked.headers.get("content-type", "") else dict(parse_qsl(asked.body.decode()))
        if not hmac.compare_digest(str(told.get("client_secret", "")).encode(), self.secret.encode()):
            return self.refuse("Wrong secret.", Reply(400, packed({"error": "invalid_client", "error_description": "Client authentication failed"})))
        more = {"expires_in": 86_399} if told.get("grant_type") == "client_credentials" else {}
        return Reply(200, packed({"access_token": self.token, "scope": ",".join(_SCOPES), **more}))

    def _routed(self, asked: Asked, path: str) -> Reply:
        method = "GET" if asked.method == "HEAD" else asked.method
        for verb, pattern, name in ROUTES:
            found = re.fullmatch(pattern, path)
            if found and verb == method:
                place, _, do = name.rpartition(".")
                told = getattr(getattr(self, place), do)(asked, _object(asked.document), *map(int, found.groups()))
                return told if isinstance(told, Reply) else Reply(201 if verb == "POST" and re.fullmatch(MADE, path) else 200, packed(told))
        raise Wrong(404, "Not Found")

    def _graphql(self, asked: Mapping[str, Any]) -> Reply:
        variables = asked.get("variables") or {}
        if not isinstance(variables, Mapping):
            return Reply(400, packed({"errors": {"variables": "expected String to be a Hash"}}))
        try:
            question = Question(str(asked["query"]), variables, asked.get("operationName") or "", self.types)
        except GraphQLErrors as wrong:
            return Reply(200, packed({"errors": wrong.told}))
        requested = question.cost
        if requested > COST_MAX:
            return Reply(200, packed(too_dear(requested)))
        if not self.points.takes(requested, self.now()):
            return self._throttled(requested)
        told, actual = question.answer(query=self.root, mutation=lambda: changes(self))
        self.points.used -= requested - actual
        return Reply(200, packed({**told, "extensions": self.points.cost(requested, actual)}))

    def _throttled(self, requested: float, used: float | None = None) -> Reply:
        """`used` is how full the bucket is said to be, where that is not what it is."""
        bucket = self.points if used is None else Bucket(self.points.size, used)
        error: Any = {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits"}}
        return Reply(200, packed({"errors": [error], "extensions": bucket.cost(requested, None)}))

    def root(self) -> Node:
        """Where every query begins."""
        return {**root(self), **schema(type(self))}

    @property
    def types(self) -> Types:
        """What may be asked of it."""
        return types(type(self))

    @property
    def front(self) -> "_Front":
        """What is asked of the shop itself."""
        return _Front(self)

    def _signed(self, topic: str, paper: Mapping[str, Any], what: str) -> tuple[dict[str, str], bytes]:
        """A delivery: what tells of the same event has its name, and another name for each topic."""
        body, event = packed(paper), hashlib.sha256(what.encode()).hexdigest()[:32]
        signed = base64.b64encode(hmac.new(self.secret.encode(), body, hashlib.sha256).digest()).decode()
        triggered = datetime.fromisoformat(stamp(self.now())).strftime("%Y-%m-%dT%H:%M:%S.123456789Z")
        return {
            "Content-Type": "application/json", "X-Shopify-Topic": topic, "X-Shopify-Hmac-Sha256": signed, "X-Shopify-Event-Id": event,
            "X-Shopify-Webhook-Id": hashlib.sha256(f"{event}{topic}{paper['id']}".encode()).hexdigest()[:32], "X-Shopify-Triggered-At": triggered,
            "X-Shopify-Shop-Domain": "a-shop.myshopify.com", "X-Shopify-Api-Version": "2026-01"}, body

    def _topic(self, order: ShopOrder) -> str:
        if order.changed_at == order.placed_at:
            return "orders/create"
        return "orders/cancelled" if order.is_cancelled else "orders/updated"

    @property
    def places(self) -> int:
        """How many digits its money has behind the point."""
        return _PLACES.get(self.currency, 2)

    def new_id(self, step: int = 1) -> int:
        """A number for the next thing."""
        self._last_id += step
        return self._last_id


class _Front:
    def __init__(self, shop: ShopifyShop) -> None:
        self._shop = shop

    def shop(self, _asked: Asked, _body: Any) -> Any:
        """GET shop."""
        return {"shop": {"id": 1, "name": "A shop", "email": "owner@example.com", "domain": "a-shop.myshopify.com", "myshopify_domain": "a-shop.myshopify.com",
                         "currency": self._shop.currency, "money_format": "{{amount}}", "iana_timezone": "America/New_York", "timezone": "(GMT-05:00) America/New_York",
                         "primary_location_id": _LOCATION, "primary_locale": "en", "country_code": "DE", "weight_unit": "kg", "plan_name": "basic",
                         "taxes_included": True, "created_at": stamp(self._shop.now(), self._shop.hours)}}

    def customers(self, _asked: Asked, _body: Any) -> Any:
        """GET customers: whoever buys at a shop that is played is a guest."""
        return {"customers": []}

    def count_customers(self, _asked: Asked, _body: Any) -> Any:
        """GET customers/count."""
        return {"count": 0}

    def scopes(self, _asked: Asked, _body: Any) -> Any:
        """GET oauth/access_scopes."""
        return {"access_scopes": [{"handle": one} for one in _SCOPES]}


def _token(asked: Asked) -> str:
    """In its own header; older clients give it as the password of a key."""
    kind, _, told = asked.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            return base64.b64decode(told, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return asked.headers.get("x-shopify-access-token", "")


def _object(told: Any) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise Wrong(400, "Bad Request")
    return told
