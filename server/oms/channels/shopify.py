"""Shopify (Admin REST, and GraphQL where REST cannot be asked)."""

import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from pydantic import Field, field_validator

from server.kernel.clock import HOUR, MINUTE, SECOND
from server.oms.channels.base import (
    Call,
    ChannelOrder,
    ChannelSettings,
    Connector,
    Document,
    Heard,
    Kind,
    Page,
    Parcel,
    Quantity,
)
from server.oms.channels.caller import Answer, Caller
from server.oms.channels.errors import (
    ChannelAway,
    ChannelChanged,
    ChannelError,
    ChannelRefused,
    Misunderstood,
    NotFromChannel,
)
from server.oms.channels.money import major, minor
from server.oms.channels.pulling import Began
from server.oms.channels.reading import Part, as_written, safe
from server.oms.channels.shopify_api import Api, good, list_of, next_page, order_path, part_of
from server.oms.channels.shopify_goods import Shipping, Stock
from server.oms.channels.shopify_orders import understood
from server.oms.channels.shopify_signs import body_signature, query_signature

_PAGE_MAX = 250
_OLD_MS, _AHEAD_MS = 5 * HOUR, 10 * MINUTE
"""A delivery is tried again for four hours, with the time of the first: it may be older than a call."""
_REASONS = ("customer", "fraud", "inventory", "declined")


class ShopifySettings(ChannelSettings):
    """`address` is https://<shop>.myshopify.com; `token` and `secret` are those of an app that the shop has installed."""

    SECRETS: ClassVar[frozenset[str]] = frozenset({"token", "secret"})
    version: str = Field("2026-01", pattern=r"^\d{4}-(01|04|07|10)$")
    token: str = Field("", max_length=200)
    secret: str = Field("", max_length=200)
    location: str = Field("", pattern=r"^\d{0,20}$")
    """Where the stock is, by the shop's number; empty is its first location."""
    ships_authorized: bool = False
    """Whether goods leave before the money is taken, when it is only held."""
    notifies_buyer: bool = True

    @field_validator("address")
    @classmethod
    def _is_shop(cls, address: str) -> str:
        if address and not re.fullmatch(r"https?://[^/?#]+/?", address):
            raise ValueError("The address is https:// and the host of the shop, and nothing more.")
        return address.rstrip("/")


class Shopify:
    """One shop."""

    def __init__(self, settings: ShopifySettings, caller: Caller, *, page_size: int = _PAGE_MAX) -> None:
        self._settings, self._caller, self._page_size = settings, caller, page_size
        self._api = Api(settings.address, settings.version, settings.token, caller)
        self._shipping = Shipping(self._api, notifies_buyer=settings.notifies_buyer)
        self._stock = Stock(self._api, settings.location)

    def pull(self, since: int) -> Iterator[Page]:
        """Pages by a mark of the shop's that stands still whatever changes: nothing slips from one into another.

        How many there are is asked first. When fewer came some page was not whole, and the watermark stays where it was.
        """
        began, query = Began(self._caller), [("status", "any"), ("updated_at_min", _stamp(since))]
        announced = self._api.json("GET", "orders/count", "count", query=query)
        began.answered()
        given, page_query, marks = set[tuple[str, str]](), [*query, ("limit", str(self._page_size))], {""}
        while True:
            documents, mark = self._page(page_query)
            fresh = {_named(one): one for one in documents if _named(one) not in given}
            given |= fresh.keys()
            yield Page(list(fresh.values()))
            if not mark:
                break
            if mark in marks:
                raise ChannelChanged("The pages go round in a circle.", code="page_info")
            marks.add(mark)
            page_query = [("limit", str(self._page_size)), ("page_info", mark)]
        if len({ref for ref, _ in given}) < int(announced):
            raise ChannelAway(f"{announced} orders were announced, and {len(given)} came.", code="orders")
        yield Page((), began.watermark)

    def fetch(self, ref: str) -> Document | None:
        """A number that is none there is an order that is none there."""
        answer = self._api.call("GET", order_path(ref))
        if answer.status == 404:
            return None
        return _object(part_of(good(answer), "order"))

    def hear(self, call: Call) -> Heard:
        """A delivery, by its bytes and the time of what it tells; or a visit, which tells nothing."""
        secret, sign = self._settings.secret, call.headers.get("x-shopify-hmac-sha256", "")
        right = body_signature(call.body, secret)
        if not sign and not call.body and "hmac" in call.query:
            sign, right = call.query["hmac"], query_signature(call.query, secret)
        if not secret or not hmac.compare_digest(right.encode(), sign.encode()):
            raise NotFromChannel("The call is not signed with our secret.", code="x-shopify-hmac-sha256")
        self._check_age(call)
        return _heard(call) if call.body else Heard()

    def understand(self, document: Document) -> ChannelOrder:
        """The order in our words."""
        return understood(document, ships_authorized=self._settings.ships_authorized)

    def ship(self, parcel: Parcel) -> None:
        """A fulfilment of the order, for each location that ships some of it; those that name this tracking number are told."""
        self._shipping.ship(parcel)

    def cancel(self, ref: str, reason: str) -> None:
        """The shop knows a few reasons; any other is "other"."""
        if self._api.json("GET", order_path(ref), "order").get("cancelled_at") is None:
            good(self._api.call("POST", f"{order_path(ref)}/cancel", body={
                "reason": reason if reason in _REASONS else "other", "email": self._settings.notifies_buyer}))

    def refund(self, ref: str, amount: int, currency: str, reason: str) -> None:
        """Out of the payments that it was paid with; the same amount for the same reason counts as told."""
        known = list_of(self._api.json("GET", f"{order_path(ref)}/refunds", "refunds"), "refunds")
        with as_written("refunds"):
            if any(one.get("note") == reason and _paid(one, currency) == amount for one in known):
                return
        told = self._api.json("POST", f"{order_path(ref)}/refunds/calculate", "refund", body={"refund": {"currency": currency}})
        with as_written("transactions"):
            paid_back = _paid_back(told["transactions"], amount, currency)
        self._api.json("POST", f"{order_path(ref)}/refunds", "refund", body={"refund": {
            "currency": currency, "note": reason, "notify": self._settings.notifies_buyer, "transactions": paid_back}})

    def set_quantities(self, quantities: Sequence[Quantity]) -> Sequence[tuple[Quantity, ChannelError]]:
        """By the seller's number (sku), at one location."""
        return self._stock.set(quantities)

    def _page(self, query: Sequence[tuple[str, str]]) -> tuple[list[dict[str, Any]], str]:
        answer = good(self._api.call("GET", "orders", query=query))
        documents = list_of(part_of(answer, "orders"), "orders")
        if documents and not any(one.get("id") for one in documents):
            raise ChannelChanged("The orders have no number (id).", code="orders[0].id")
        return documents, next_page(answer)

    def _check_age(self, call: Call) -> None:
        """The time is not signed, so this only keeps out what is repeated unaltered; what is old changes nothing anyway."""
        told = call.headers.get("x-shopify-triggered-at")
        try:
            age = self._caller.now() - Part({"at": told}).instant("at") if told else 0
        except Misunderstood as error:
            raise NotFromChannel("The time of the delivery is none.", code="x-shopify-triggered-at") from error
        if not -_AHEAD_MS <= age <= _OLD_MS:
            raise NotFromChannel("The delivery is too old.", code="x-shopify-triggered-at")


def _heard(call: Call) -> Heard:
    """Whole orders as they are; of other things (an edit, a refund, a fulfilment) whose order it is."""
    topic, document = call.headers.get("x-shopify-topic", ""), _object(safe(Answer(200, {}, call.body).json()))
    event = call.headers.get("x-shopify-webhook-id", "") or call.headers.get("x-shopify-event-id", "")
    if topic.startswith("orders/") and document.get("id") and "line_items" in document:
        return Heard(event=event, documents=[document])
    edit = document.get("order_edit")
    ref = document.get("id") if topic == "orders/delete" else (edit if isinstance(edit, dict) else document).get("order_id")
    return Heard(event=event, refs=[str(ref)] if ref else [])


def _paid(refund: Mapping[str, Any], currency: str) -> int:
    return sum(minor(str(one["amount"]), currency) for one in refund["transactions"])


def _paid_back(payments: Sequence[dict[str, Any]], amount: int, currency: str) -> list[dict[str, Any]]:
    given, left = [], amount
    for one in payments:
        part = min(left, minor(str(one.get("maximum_refundable") or 0), currency))
        if part > 0:
            left -= part
            given.append({"parent_id": one["parent_id"], "gateway": one["gateway"], "kind": "refund", "amount": major(part, currency)})
    if left > 0:
        raise ChannelRefused(f"{major(left, currency)} {currency} more than can be paid back.", code="transactions")
    return given


def _named(document: dict[str, Any]) -> tuple[str, str]:
    return str(document.get("id")), str(document.get("updated_at"))


def _object(told: Any) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise ChannelChanged(f"The order is no object: {str(told)[:60]!r}", code="order")
    return told


def _stamp(at: int) -> str:
    return datetime.fromtimestamp(max(0, at // SECOND), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _connect(settings: ShopifySettings, caller: Caller) -> Connector:
    return Shopify(settings, caller)


KIND = Kind("shopify", "Shopify", ShopifySettings, _connect)
