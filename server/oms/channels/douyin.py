"""Douyin's shops (Doudian): one path for each method, a token that is fetched, business fields signed as they stand in the body."""

import hashlib
import hmac
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from server.kernel.clock import DAY, SECOND
from server.oms.channels.base import (
    Call,
    ChannelLine,
    ChannelOrder,
    Document,
    Heard,
    Kind,
    Page,
    Parcel,
    Quantity,
    Stage,
)
from server.oms.channels.caller import Caller
from server.oms.channels.discounts import cost, summing_to
from server.oms.channels.douyin_gate import DouyinSettings, Gate
from server.oms.channels.douyin_refunds import DouyinRefunds, read
from server.oms.channels.each import tell_each
from server.oms.channels.errors import (
    ChannelChanged,
    ChannelError,
    ChannelRefused,
    ChannelShut,
    Misunderstood,
    NotFromChannel,
)
from server.oms.channels.fields import first_text, kept, part, rows, text_at, whole
from server.oms.channels.refunds import PaysWhenAsked
from server.oms.channels.windows import Slice, Windows

_SIZE = 100
_STAGES = {
    # 105 is paid, and held by the platform's risk control: it must not be sent
    **dict.fromkeys((1, 103, 105), Stage.UNPAID),
    **dict.fromkeys((2, 101), Stage.PAID),
    # 22 and 39 were paid back after the goods had left
    **dict.fromkeys((3, 5, 22, 39), Stage.SHIPPED),
    **dict.fromkeys((4, 21), Stage.CANCELLED),
}
_HEARD = json.dumps({"code": 0, "msg": "success"}).encode()


def push_signature(app_key: str, body: bytes, secret: str) -> str:
    """What Douyin signs a push with: the body counts byte for byte."""
    return hashlib.md5(app_key.encode() + body + secret.encode(), usedforsecurity=False).hexdigest()


class Douyin(PaysWhenAsked):
    """A shop at Douyin."""

    NUMBERS = ("aftersale_info", "aftersale_id"), ("order_info", "shop_order_id")
    understand_request = staticmethod(read)

    def __init__(self, settings: DouyinSettings, caller: Caller) -> None:
        self._settings, self._gate = settings, Gate(settings, caller)
        self._windows = Windows(
            self._page, caller.now, lambda row: str(row.get("order_id", id(row))), window_ms=DAY, size=_SIZE)
        self._refunds = DouyinRefunds(self._gate)

    def pull(self, since: int) -> Iterator[Page]:
        """All that changed from `since` on."""
        return self._windows.since(since)

    def fetch(self, ref: str) -> Document | None:
        """One order in full."""
        try:
            data = self._gate.ask("order.orderDetail", {"shop_order_id": ref})
        except ChannelShut:
            raise
        except ChannelRefused as refusal:
            if "不存在" in refusal.words:
                return None
            raise
        return kept(part(data, "shop_order_detail", error=ChannelChanged))  # type: ignore[no-any-return]

    def hear(self, call: Call) -> Heard:
        """Some messages at once; one of an order names it by `p_id`, and it is fetched. One that comes again is harmless so."""
        settings = self._settings
        expected = push_signature(settings.app_key, call.body, settings.app_secret)
        is_signed = hmac.compare_digest(expected.encode(), call.headers.get("event-sign", "").lower().encode())
        if not is_signed or call.headers.get("app-id") != settings.app_key:
            raise NotFromChannel("The signature is not of this application.", code="event-sign")
        messages = _messages(call.body)
        refs = [ref for message in messages if (ref := _pushed_ref(message.get("data")))]
        event = ",".join(str(message.get("msg_id", "")) for message in messages)
        return Heard(event=event[:200], refs=tuple(dict.fromkeys(refs)), answer=_HEARD, content_type="application/json")

    def understand(self, document: Document) -> ChannelOrder:
        """An order read; its money is in fen."""
        name = "main_status" if document.get("main_status") is not None else "order_status"
        said = whole(document, name)
        if said not in _STAGES:
            raise Misunderstood(f"{name} is {said}, which we do not know.", code=name)
        ordered = rows(document, "sku_order_list")
        is_closed = _STAGES[said] is Stage.CANCELLED
        paid = _paid(document, [_line(order) for order in ordered])
        open_ = [line for order, line in zip(ordered, paid, strict=True) if is_closed or _STAGES.get(_status(order)) is not Stage.CANCELLED]
        return ChannelOrder(
            ref=text_at(document, "order_id"), version=whole(document, "update_time") * SECOND, stage=_STAGES[said],
            placed_at=whole(document, "create_time") * SECOND, lines=tuple(open_),
            buyer=text_at(document, "doudian_open_id", ""), ship_to=_ship_to(document), currency="CNY",
            total=_fen(document, "pay_amount"), postage=_fen(document, "post_amount"),
            note=text_at(document, "buyer_words", ""))

    def ship(self, parcel: Parcel) -> None:
        """Sends an order, or some pieces of it. The number of the request is made of the parcel: told again it is the same one."""
        packed = {"logistics_code": parcel.tracking, "company_code": self._settings.carriers.get(parcel.carrier, parcel.carrier)}
        told: dict[str, Any] = {"order_id": parcel.ref, "request_id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{parcel.ref} {parcel.tracking}"))}
        try:
            if parcel.is_whole:
                self._gate.ask("order.logisticsAdd", told | packed)
            else:
                lines = [{"shipped_order_id": ref, "shipped_num": quantity} for ref, quantity in parcel.lines]
                self._gate.ask("order.logisticsAddMultiPack", told | {"pack_list": [packed | {"shipped_order_info": lines}]})
        except ChannelShut:
            raise
        except ChannelRefused:
            if parcel.tracking not in self._trackings(parcel.ref):
                raise

    def cancel(self, ref: str, reason: str) -> None:
        """Harmless when it is cancelled; otherwise refused: no seller cancels there, a buyer asks for the money back."""
        now = self.fetch(ref)
        if now is None or _STAGES.get(_status(now)) is not Stage.CANCELLED:
            raise ChannelRefused(f"{ref} ({reason}): the buyer asks Douyin for it, and the seller agrees there.", code="cancel")

    def set_quantities(self, quantities: Sequence[Quantity]) -> Sequence[tuple[Quantity, ChannelError]]:
        """How much of each item may be sold: by the seller's code, or by Douyin's "product:sku"."""
        return tell_each(quantities, self._set_quantity)

    def _set_quantity(self, quantity: Quantity) -> None:
        product, _, sku = quantity.ref.partition(":")
        told = {"product_id": int(product), "sku_id": int(sku)} if product.isdigit() and sku.isdigit() else {"code": quantity.item}
        self._gate.ask("sku.syncStock", {**told, "stock_num": quantity.quantity, "incremental": False})

    def _page(self, first: int, until: int, page: int) -> Slice:
        data = self._gate.ask("order.searchList", {
            "update_time_start": first // SECOND, "update_time_end": (until + SECOND - 1) // SECOND, "order_by": "update_time",
            "order_asc": False, "page": page, "size": _SIZE})
        found = [kept(row) for row in rows(data, "shop_order_list", error=ChannelChanged)]
        return Slice(found, whole(data, "total", error=ChannelChanged))

    def _trackings(self, ref: str) -> list[str]:
        now = self.fetch(ref) or {}
        sent = now.get("logistics_info")
        return [str(one.get("tracking_no")) for one in sent if isinstance(one, Mapping)] if isinstance(sent, list) else []

def _messages(body: bytes) -> list[Document]:
    try:
        messages = json.loads(body)
    except ValueError:
        messages = None
    if not isinstance(messages, list) or not all(isinstance(message, Mapping) for message in messages):
        raise NotFromChannel("The push is no list of messages.", code="body")
    return messages


def _pushed_ref(data: Any) -> str:
    """The order's number of a message; its data come as an object, or as the text of one, and a trial of the address has none."""
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except ValueError:
            return ""
    return str(data["p_id"]) if isinstance(data, Mapping) and data.get("p_id") else ""


def _status(document: Document) -> int:
    status = document.get("main_status", document.get("order_status"))
    return int(status) if isinstance(status, int) or (isinstance(status, str) and status.isdigit()) else -1


def _line(order: Document) -> ChannelLine:
    return ChannelLine(
        ref=text_at(order, "order_id"), item=first_text(order, ("code", "out_sku_id", "sku_id")), quantity=whole(order, "item_num"),
        name=text_at(order, "product_name", ""), price=_fen(order, "origin_amount"),
        paid=whole(order, "pay_amount") if order.get("pay_amount") is not None else None)


def _paid(document: Document, lines: Sequence[ChannelLine]) -> tuple[ChannelLine, ...]:
    """Each line as it is told, where all of them and the postage are what was paid; else what was paid without the postage, shared out."""
    if document.get("pay_amount") is None:
        return tuple(lines)
    goods = max(_fen(document, "pay_amount") - _fen(document, "post_amount"), 0)
    is_told = all(line.paid is not None for line in lines) and sum(cost(line) for line in lines) == goods
    return tuple(lines) if is_told else summing_to(lines, goods)


def _fen(document: Document, name: str) -> int:
    return whole(document, name) if document.get(name) is not None else 0


def _ship_to(document: Document) -> dict[str, str]:
    """Where it goes. Douyin encrypts name, telephone and house: they stay as they came, and `encrypted` says in which fields."""
    at = part(document, "post_addr") if document.get("post_addr") is not None else {}
    plain = {"name": text_at(document, "post_receiver", ""), "phone": text_at(document, "post_tel", ""), "street": text_at(at, "detail", "")}
    secret = {"name": text_at(document, "encrypt_post_receiver", ""), "phone": text_at(document, "encrypt_post_tel", ""),
              "street": text_at(at, "encrypt_detail", "")}
    hidden = [name for name, value in secret.items() if value and not plain[name]]
    street = plain["street"] and _place(at, "street") + plain["street"]
    said = {
        "name": plain["name"] or secret["name"], "phone": plain["phone"] or secret["phone"], "country": "CN",
        "state": _place(at, "province"), "city": _place(at, "city"), "district": _place(at, "town"),
        "street": street or secret["street"]}
    return said | ({"encrypted": ",".join(hidden)} if hidden else {})


def _place(at: Document, level: str) -> str:
    value = at.get(level)
    return text_at(value, "name", "") if isinstance(value, Mapping) else ""


KIND = Kind("douyin", "Douyin shop", DouyinSettings, Douyin, quantities_at_once=20)
