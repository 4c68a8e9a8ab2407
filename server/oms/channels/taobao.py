"""Taobao and Tmall: the gateway of TOP, one address for all methods, every call signed."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from pydantic import Field

from server.kernel.clock import DAY, MINUTE, SECOND
from server.oms.channels.base import (
    Call,
    ChannelLine,
    ChannelOrder,
    ChannelSettings,
    Document,
    Heard,
    Kind,
    Page,
    Parcel,
    Quantity,
    Stage,
)
from server.oms.channels.caller import Caller
from server.oms.channels.each import tell_each
from server.oms.channels.errors import (
    ChannelAway,
    ChannelBusy,
    ChannelChanged,
    ChannelError,
    ChannelRefused,
    ChannelShut,
    Misunderstood,
    NotFromChannel,
)
from server.oms.channels.fields import beijing, fen_of_yuan, first_text, kept, part, rows, signed_fen, text_at, whole
from server.oms.channels.refunds import PaysWhenAsked
from server.oms.channels.taobao_refunds import TaobaoRefunds, read
from server.oms.channels.times import beijing_text
from server.oms.channels.windows import Slice, Windows

_ADDRESS = "https://eco.taobao.com/router/rest"
_SIZE = 100
_WINDOW_MS = DAY - MINUTE  # a day is allowed, and the last window reaches a little beyond the present
_FIELDS = (
    "tid,status,created,modified,pay_time,payment,post_fee,buyer_nick,buyer_message,oaid,receiver_name,receiver_mobile,"
    "receiver_phone,receiver_state,receiver_city,receiver_district,receiver_town,receiver_address,receiver_zip,"
    "orders.oid,orders.num_iid,orders.sku_id,orders.outer_iid,orders.outer_sku_id,orders.title,orders.num,orders.price,"
    "orders.status,orders.refund_status,orders.invoice_no,orders.payment,orders.divide_order_fee,orders.part_mjz_discount,orders.discount_fee,"
    "orders.adjust_fee"
)
_STAGES = {
    # paid but not to be sent yet (a group buy still open, or payment in two steps) is not ours to work on
    **dict.fromkeys(("TRADE_NO_CREATE_PAY", "WAIT_BUYER_PAY", "PAY_PENDING", "WAIT_PRE_AUTH_CONFIRM", "PAID_FORBID_CONSIGN"), Stage.UNPAID),
    **dict.fromkeys(("WAIT_SELLER_SEND_GOODS", "SELLER_CONSIGNED_PART"), Stage.PAID),
    **dict.fromkeys(("WAIT_BUYER_CONFIRM_GOODS", "TRADE_BUYER_SIGNED", "TRADE_FINISHED"), Stage.SHIPPED),
    **dict.fromkeys(("TRADE_CLOSED", "TRADE_CLOSED_BY_TAOBAO"), Stage.CANCELLED),
}
_BUSY = frozenset({"4", "5", "6", "7", "8"})
_SHUT = frozenset({"11", "12", "13", "24", "25", "26", "27", "28", "29"})
_TIMESTAMP = "31"
_UNKNOWN_TRADE = "isv.trade-not-exist"
_SENT_BEFORE = "isv.logistics-offline-service-error:B04"  # also said of a closed trade
_OLDEST_MESSAGE_MS = DAY
_DIGESTS = {"hmac": "md5", "hmac-sha256": "sha256"}


class TaobaoSettings(ChannelSettings):
    """An application at open.taobao.com and the session of a seller who let it in; `carriers` turns our names into theirs."""

    SECRETS: ClassVar[frozenset[str]] = frozenset({"app_secret", "session"})
    address: str = Field(_ADDRESS, max_length=512)
    app_key: str = Field(min_length=1, max_length=64)
    app_secret: str = Field(min_length=1, max_length=128)
    session: str = Field(min_length=1, max_length=512)
    sign_method: str = Field("hmac-sha256", pattern="^(md5|hmac|hmac-sha256)$")
    carriers: dict[str, str] = Field(default_factory=dict)


def signature(parameters: Mapping[str, str], secret: str, method: str) -> str:
    """What TOP wants as `sign`: all parameters in the order of their names, each name before its value."""
    told = "".join(f"{name}{parameters[name]}" for name in sorted(parameters) if name != "sign")
    if method == "md5":
        return hashlib.md5(f"{secret}{told}{secret}".encode(), usedforsecurity=False).hexdigest().upper()
    return hmac.new(secret.encode(), told.encode(), _DIGESTS[method]).hexdigest().upper()


class Taobao(PaysWhenAsked):
    """A Taobao or Tmall shop."""

    NUMBERS = ("refund_id",), ("tid",)
    understand_request = staticmethod(read)

    def __init__(self, settings: TaobaoSettings, caller: Caller) -> None:
        self._settings, self._caller = settings, caller
        self._windows = Windows(
            self._page, caller.now, lambda row: str(row.get("tid", id(row))), window_ms=_WINDOW_MS, size=_SIZE)
        self._refunds = TaobaoRefunds(self._ask, caller.now)

    def pull(self, since: int) -> Iterator[Page]:
        """All that changed from `since` on."""
        return self._windows.since(since)

    def fetch(self, ref: str) -> Document | None:
        """One trade in full."""
        try:
            said = self._ask("taobao.trade.fullinfo.get", tid=ref, fields=_FIELDS)
        except ChannelRefused as refusal:
            if refusal.code.startswith(_UNKNOWN_TRADE):
                return None
            raise
        return kept(part(said, "trade", error=ChannelChanged))  # type: ignore[no-any-return]

    def hear(self, call: Call) -> Heard:
        """A message of TOP has the number of the trade, not the trade: it is fetched.

        Signed is the application's key before the body as it came. One that comes again only has the trade fetched again.
        """
        expected = hmac.new(self._settings.app_secret.encode(), self._settings.app_key.encode() + call.body, "sha256").hexdigest()
        if not hmac.compare_digest(expected.encode(), call.headers.get("authorization", "").lower().encode()):
            raise NotFromChannel("The signature is not of this application.", code="authorization")
        message = _message(call.body)
        if abs(self._caller.now() - whole(message, "timestamp", error=NotFromChannel)) > _OLDEST_MESSAGE_MS:
            raise NotFromChannel("The message is older than a day.", code="timestamp")
        content = message.get("content")
        content = _message(content.encode()) if isinstance(content, str) else content
        tid = content.get("tid") if isinstance(content, Mapping) else None
        return Heard(event=str(message.get("id", "")), refs=() if tid is None else (str(tid),))

    def understand(self, document: Document) -> ChannelOrder:
        """A trade read. What is closed of an open trade has been paid back and is not sent."""
        said = text_at(document, "status")
        if said not in _STAGES:
            raise Misunderstood(f"status is {said!r}, which we do not know.", code="status")
        ordered = rows(document, "orders", "order")
        is_closed = _STAGES[said] is Stage.CANCELLED
        open_ = [order for order in ordered if is_closed or _STAGES.get(str(order.get("status"))) is not Stage.CANCELLED]
        return ChannelOrder(
            ref=text_at(document, "tid"), version=beijing(document, "modified"), stage=_STAGES[said],
            placed_at=beijing(document, "created"), lines=tuple(_line(document, order, is_alone=len(ordered) == 1) for order in open_),
            buyer=text_at(document, "buyer_nick", ""), ship_to=_ship_to(document), currency="CNY",
            total=fen_of_yuan(document, "payment", 0), postage=fen_of_yuan(document, "post_fee", 0), note=text_at(document, "buyer_message", ""))

    def ship(self, parcel: Parcel) -> None:
        """Sends a trade, or those of its lines that are in the parcel: TOP knows no pieces of a line."""
        lines = {} if parcel.is_whole else {"sub_tid": ",".join(ref for ref, _ in parcel.lines), "is_split": "1"}
        try:
            self._ask("taobao.logistics.offline.send", tid=parcel.ref, out_sid=parcel.tracking,
                      company_code=self._settings.carriers.get(parcel.carrier, parcel.carrier), **lines)
        except ChannelRefused as refusal:
            if refusal.code != _SENT_BEFORE or not self._is_sent(parcel):
                raise

    def cancel(self, ref: str, reason: str) -> None:
        """Closes a trade that is not paid; what is paid only its buyer can give up, by asking for the money back."""
        try:
            self._ask("taobao.trade.close", tid=ref, close_reason=reason or "缺货")
        except ChannelShut:
            raise
        except ChannelRefused:
            now = self.fetch(ref)
            if now is None or _STAGES.get(text_at(now, "status", "")) is not Stage.CANCELLED:
                raise

    def set_quantities(self, quantities: Sequence[Quantity]) -> Sequence[tuple[Quantity, ChannelError]]:
        """How much of each item may be sold, wherever it is offered in the shop."""
        return tell_each(quantities, self._set_quantity)

    def _set_quantity(self, quantity: Quantity) -> None:
        for offer in self._offers(quantity):
            self._ask("taobao.item.quantity.update", type="1", quantity=str(quantity.quantity), **offer)

    def _offers(self, quantity: Quantity) -> list[dict[str, str]]:
        """Where an item is sold: by its own number of TOP ("item" or "item:sku"), else by the number that the seller gave it."""
        if quantity.ref:
            num_iid, _, sku_id = quantity.ref.partition(":")
            return [{"num_iid": num_iid} | ({"sku_id": sku_id} if sku_id else {})]
        for method, names, fields in (("taobao.skus.custom.get", ("skus", "sku"), ("num_iid", "sku_id")),
                                      ("taobao.items.custom.get", ("items", "item"), ("num_iid",))):
            said = self._ask(method, outer_id=quantity.item, fields=",".join(fields))
            if said.get(names[0]):
                return [{name: text_at(row, name, error=ChannelChanged) for name in fields} for row in rows(said, *names, error=ChannelChanged)]
        raise ChannelRefused(f"The shop offers no {quantity.item}.", code="outer_id")

    def _page(self, first: int, until: int, page: int) -> Slice:
        said = self._ask(
            "taobao.trades.sold.increment.get", fields=_FIELDS, start_modified=beijing_text(first),
            end_modified=beijing_text(until + SECOND - 1), page_no=str(page + 1), page_size=str(_SIZE), use_has_next="false")
        total = whole(said, "total_results", error=ChannelChanged)
        # of nothing TOP writes no list at all
        found = rows(said, "trades", "trade", error=ChannelChanged) if total > page * _SIZE else []
        return Slice([kept(row) for row in found], total)

    def _is_sent(self, parcel: Parcel) -> bool:
        now = self.fetch(parcel.ref) or {}
        told = {ref for ref, _ in parcel.lines}
        of_parcel = [order for order in rows(now, "orders", "order") if parcel.is_whole or str(order.get("oid")) in told]
        stages = [_STAGES.get(str(order.get("status"))) for order in of_parcel]
        return Stage.SHIPPED in stages and Stage.PAID not in stages

    def _ask(self, method: str, **parameters: str) -> Document:
        """The answer to a method. A time that TOP does not take is told once more: its answer said how late it is there."""
        said = self._asked(method, parameters)
        if str(_error(said).get("code")) == _TIMESTAMP:
            said = self._asked(method, parameters)
        if error := _error(said):
            raise _raised(error)
        return part(said, f"{method.removeprefix('taobao.').replace('.', '_')}_response", error=ChannelChanged)

    def _asked(self, method: str, parameters: Mapping[str, str]) -> Any:
        settings = self._settings
        told = {
            **parameters, "method": method, "app_key": settings.app_key, "session": settings.session, "format": "json",
            "v": "2.0", "sign_method": settings.sign_method, "timestamp": beijing_text(self._caller.now())}
        told["sign"] = signature(told, settings.app_secret, settings.sign_method)
        headers = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}
        return self._caller.call("POST", settings.address, headers=headers, body=urlencode(told).encode()).json()


def _error(said: Any) -> Document:
    error = said.get("error_response") if isinstance(said, Mapping) else None
    return error if isinstance(error, Mapping) else {}


def _raised(error: Document) -> ChannelError:
    code, sub = str(error.get("code", "")), str(error.get("sub_code") or "")
    words = f"{error.get('msg', '')} {sub} {error.get('sub_msg') or ''}".strip()
    if code in _BUSY or sub.startswith("accesscontrol.limited"):
        bans = re.search(r"(\d+)\s*(?:more )?seconds?", words)
        return ChannelBusy(words, retry_after_seconds=float(bans[1]) if bans else 1.0, code=sub or code)
    if code in _SHUT or code == _TIMESTAMP or "session" in sub:
        return ChannelShut(words, code=sub or code)
    if sub.startswith("isp.") or code == "10":
        return ChannelAway(words, code=sub or code)
    return ChannelRefused(words, code=sub or code)


def _message(body: bytes) -> Document:
    try:
        message = json.loads(body)
    except ValueError:
        message = None
    if not isinstance(message, Mapping):
        raise NotFromChannel("The message is no JSON object.", code="body")
    return message


def _line(document: Document, order: Document, *, is_alone: bool) -> ChannelLine:
    return ChannelLine(
        ref=text_at(order, "oid"), item=first_text(order, ("outer_sku_id", "outer_iid", "sku_id", "num_iid")),
        quantity=whole(order, "num"), name=text_at(order, "title", ""), price=fen_of_yuan(order, "price", 0), paid=_paid(document, order, is_alone=is_alone))


def _paid(document: Document, order: Document, *, is_alone: bool) -> int:
    """After its own discounts and its share of the trade's. What is told of the only line of a trade has the postage in it."""
    reckoned = (fen_of_yuan(order, "price", 0) * whole(order, "num") + signed_fen(order, "adjust_fee") - signed_fen(order, "discount_fee")
                - signed_fen(order, "part_mjz_discount"))
    told = fen_of_yuan(order, "divide_order_fee", max(reckoned, 0))
    if is_alone and document.get("payment") is not None:
        return min(told, max(fen_of_yuan(document, "payment") - fen_of_yuan(document, "post_fee", 0), 0))
    return told


def _ship_to(document: Document) -> dict[str, str]:
    """Where it goes. With an `oaid` the buyer is told with stars in it: `encrypted` says in which fields."""
    said = {
        "name": text_at(document, "receiver_name", ""),
        "phone": text_at(document, "receiver_mobile", "") or text_at(document, "receiver_phone", ""),
        "country": "CN", "state": text_at(document, "receiver_state", ""), "city": text_at(document, "receiver_city", ""),
        "district": text_at(document, "receiver_district", ""),
        "street": text_at(document, "receiver_town", "") + text_at(document, "receiver_address", ""),
        "postcode": text_at(document, "receiver_zip", "")}
    hidden = [name for name, value in said.items() if "*" in value] if document.get("oaid") else []
    return said | ({"encrypted": ",".join(hidden)} if hidden else {})


KIND = Kind("taobao", "Taobao / Tmall", TaobaoSettings, Taobao, quantities_at_once=20)
