"""WooCommerce (REST v3): a shop of somebody's own on WordPress."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from pydantic import Field, field_validator

from server.kernel.clock import SECOND
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
from server.oms.channels.errors import ChannelAway, ChannelChanged, ChannelError, ChannelRefused, NotFromChannel
from server.oms.channels.money import major, minor
from server.oms.channels.pulling import Began
from server.oms.channels.reading import as_written, safe
from server.oms.channels.woocommerce_api import Api, good, list_of, object_of, order_path
from server.oms.channels.woocommerce_orders import understood
from server.oms.channels.woocommerce_stock import Stock

_PAGE_MAX = 100
_STEPS_BACK_MAX = 100
_PARCEL = "aisle_parcel_"
_OVER = ("cancelled", "refunded", "trash")
_PING = re.compile(rb"webhook_id=\d+")


class WooCommerceSettings(ChannelSettings):
    """`address` is the site's own, as its visitors write it."""

    SECRETS: ClassVar[frozenset[str]] = frozenset({"consumer_secret", "webhook_secret"})
    consumer_key: str = Field("", max_length=200)
    consumer_secret: str = Field("", max_length=200)
    webhook_secret: str = Field("", max_length=200)
    pays_refunds: bool = True
    """Whether the shop's payment gateway pays money back when a refund is told; else it is only written down there."""

    @field_validator("address")
    @classmethod
    def _is_site(cls, address: str) -> str:
        if address and not re.match(r"https?://[^/?#]+", address):
            raise ValueError("The address begins with https:// (or http://) and has a host.")
        return address.rstrip("/")


class WooCommerce:
    """One shop."""

    def __init__(self, settings: WooCommerceSettings, caller: Caller, *, page_size: int = _PAGE_MAX) -> None:
        self._settings, self._caller, self._page_size = settings, caller, page_size
        self._api = Api(settings.address, settings.consumer_key, settings.consumer_secret, caller)
        self._stock = Stock(self._api.json)

    def pull(self, since: int) -> Iterator[Page]:
        """What is in the shop, then what was thrown away: "any" status is any but that."""
        began = Began(self._caller)
        for status in ("any", "trash"):
            for documents in self._listed(status, since, began):
                yield Page(documents)
        yield Page((), began.watermark)

    def fetch(self, ref: str) -> Document | None:
        """A number that is none there is an order that is none there."""
        answer = self._api.call("GET", order_path(ref))
        if answer.status == 404:
            return None
        return self._whole(object_of(good(answer), "order"))

    def hear(self, call: Call) -> Heard:
        """A delivery; or the ping that a new webhook begins with, which nobody signs and which says nothing."""
        sign = call.headers.get("x-wc-webhook-signature", "")
        if not sign and _PING.fullmatch(call.body):
            return Heard()
        secret = self._settings.webhook_secret
        right = base64.b64encode(hmac.digest(secret.encode(), call.body, hashlib.sha256)).decode()
        if not secret or not hmac.compare_digest(right.encode(), sign.encode()):
            raise NotFromChannel("The call is not signed with our secret.", code="x-wc-webhook-signature")
        return _heard(call)

    def understand(self, document: Document) -> ChannelOrder:
        """The order in our words."""
        return understood(document)

    def ship(self, parcel: Parcel) -> None:
        """A note of the order for each parcel, named by its tracking number; the last one completes the order.

        WooCommerce itself has no field for tracking, and each plugin its own; notes (meta_data) are in every shop, shown
        beside the order, and one written twice is one.
        """
        order = self._api.order(parcel.ref)
        if order.get("status") in _OVER:
            raise ChannelRefused(f"The order is {order.get('status')} there.", code=str(order.get("status")))
        told = {"tracking_number": parcel.tracking, "carrier": parcel.carrier, "lines": dict(parcel.lines)}
        changes: dict[str, Any] = {"meta_data": [{"key": f"{_PARCEL}{parcel.tracking}", "value": told}]}
        if parcel.is_whole or _is_covered(order, parcel):
            changes["status"] = "completed"
        self._api.json("PUT", order_path(parcel.ref), body=changes)

    def cancel(self, ref: str, reason: str) -> None:
        """An order that was completed there stays so."""
        status = self._api.order(ref).get("status")
        if status == "completed":
            raise ChannelRefused("The order is completed there.", code="completed")
        if status not in _OVER:
            self._api.json("PUT", order_path(ref), body={
                "status": "cancelled", "meta_data": [{"key": "aisle_cancelled_because", "value": reason}]})

    def refund(self, ref: str, amount: int, currency: str, reason: str) -> None:
        """The same amount for the same reason counts as told: a lost answer must not pay twice."""
        known = list_of(self._api.json("GET", f"{order_path(ref)}/refunds", query=[("per_page", "100")]), "refunds")
        with as_written("refunds"):
            if any(one["reason"] == reason and minor(str(one["amount"]), currency) == amount for one in known):
                return
        self._api.json("POST", f"{order_path(ref)}/refunds", body={
            "amount": major(amount, currency), "reason": reason, "api_refund": self._settings.pays_refunds, "api_restock": False})

    def set_quantities(self, quantities: Sequence[Quantity]) -> Sequence[tuple[Quantity, ChannelError]]:
        """By the seller's number (sku)."""
        return self._stock.set(quantities)

    def _listed(self, status: str, since: int, began: Began) -> Iterator[list[dict[str, Any]]]:
        """Pages by order number, each beginning with the last of the page before.

        A number never changes, so an order that changes meanwhile leaves no gap. One that is deleted moves the others up:
        then a page does not begin with what is known, and a step back finds what slipped through.
        """
        given, offset, steps_back = set[str](), 0, 0
        while True:
            documents, total = self._page(status, since, offset)
            began.answered()
            numbers = {str(one.get("id")) for one in documents}
            if offset and not numbers & given and steps_back < _STEPS_BACK_MAX:
                offset, steps_back = max(0, min(offset, total) - self._page_size), steps_back + 1
                continue
            fresh = _fresh(documents, given)
            is_half = not fresh and len(numbers) < min(self._page_size, total - offset)
            if is_half or (offset and not numbers & given):
                raise ChannelAway(f"{total} orders were announced, and {len(given)} came.", code="orders")
            given |= numbers
            yield [self._whole(one) for one in fresh]
            if offset + len(numbers) >= total:
                return
            offset += max(1, len(numbers) - 1)

    def _page(self, status: str, since: int, offset: int) -> tuple[list[dict[str, Any]], int]:
        # Without a zone, for WordPress reads one with a zone in the site's own; "after" leaves the second itself out.
        after = datetime.fromtimestamp(max(0, since // SECOND - 1), UTC).strftime("%Y-%m-%dT%H:%M:%S")
        answer = good(self._api.call("GET", "orders", query=[
            ("modified_after", after), ("dates_are_gmt", "true"), ("status", status), ("orderby", "id"), ("order", "asc"),
            ("per_page", str(self._page_size)), ("offset", str(offset))]))
        documents, total = list_of(safe(answer.json()), "orders"), answer.headers.get("x-wp-total", "")
        if not total.isdigit():
            raise ChannelChanged("It is not said how many orders there are (X-WP-Total).", code="x-wp-total")
        if documents and not any(one.get("id") for one in documents):
            raise ChannelChanged("The orders have no number (id).", code="orders[0].id")
        return documents, int(total)

    def _whole(self, document: dict[str, Any]) -> dict[str, Any]:
        """An order lists what was paid back without saying of which lines; as long as it can be shipped that matters."""
        if document.get("status") != "processing" or not document.get("refunds"):
            return document
        refunds = self._api.json("GET", f"{order_path(str(document['id']))}/refunds", query=[("per_page", "100")])
        return {**document, "refunds": list_of(refunds, "refunds")}


def _heard(call: Call) -> Heard:
    """A delivery's number is one for a webhook and a second, so two orders may share it: the body belongs to it."""
    if not call.headers.get("x-wc-webhook-topic", "").startswith("order."):
        return Heard()
    document = object_of(Answer(200, {}, call.body), "delivery")
    event = f"{call.headers.get('x-wc-webhook-delivery-id', '')}-{hashlib.sha256(call.body).hexdigest()[:16]}"
    if "line_items" in document and not document.get("refunds"):
        return Heard(event=event, documents=[document])
    return Heard(event=event, refs=[str(document["id"])])


def _fresh(documents: Sequence[dict[str, Any]], given: set[str]) -> list[dict[str, Any]]:
    return list({str(one.get("id")): one for one in documents if str(one.get("id")) not in given}.values())


def _is_covered(order: Mapping[str, Any], parcel: Parcel) -> bool:
    """Whether this parcel and those told before are all of it."""
    with as_written("order"):
        sent = {note["key"]: note["value"]["lines"] or {} for note in order["meta_data"] if str(note["key"]).startswith(_PARCEL)}
        sent[f"{_PARCEL}{parcel.tracking}"] = dict(parcel.lines)
        return all(sum(int(lines.get(str(line["id"]), 0)) for lines in sent.values()) >= int(line["quantity"])
                   for line in order["line_items"])


def _connect(settings: WooCommerceSettings, caller: Caller) -> Connector:
    return WooCommerce(settings, caller)


KIND = Kind("woocommerce", "WooCommerce", WooCommerceSettings, _connect)
