"""JD's open shops (POP), by the JOS gateway: one address, business fields as JSON in a parameter, answers in a `…_responce`."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlencode

from pydantic import Field

from server.kernel.clock import DAY, SECOND
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
from server.oms.channels.discounts import cost, less
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
from server.oms.channels.fields import beijing, fen_of_yuan, first_text, kept, part, rows, text_at, whole
from server.oms.channels.jd_refunds import JdRefunds, read
from server.oms.channels.refunds import PaysWhenAsked
from server.oms.channels.times import beijing_text
from server.oms.channels.windows import Slice, Windows

_ADDRESS = "https://api.jd.com/routerjson"
_SIZE = 100
_WINDOW_MS = 28 * DAY  # a calendar month is allowed, and none is shorter
_FIELDS = (
    "orderId,orderState,orderStartTime,modified,paymentConfirmTime,orderTotalPrice,orderSellerPrice,orderPayment,freightPrice,"
    "orderRemark,pin,consigneeInfo,itemInfoList,waybill,logisticsId,couponDetailList"
)
_STAGES = {
    # locked: the buyer asks to cancel; paused: the platform looks into it. Until it is over, nothing may leave
    **dict.fromkeys(("NOT_PAY", "LOCKED", "PAUSE", "POP_ORDER_PAUSE", "WAIT_SEND_CODE"), Stage.UNPAID),
    **dict.fromkeys(("WAIT_SELLER_STOCK_OUT", "WAIT_SELLER_DELIVERY"), Stage.PAID),
    **dict.fromkeys(("WAIT_GOODS_RECEIVE_CONFIRM", "RECEIPTS_CONFIRM", "FINISHED_L"), Stage.SHIPPED),
    "TRADE_CANCELED": Stage.CANCELLED,
}
_ASKED_STATES = "WAIT_SELLER_STOCK_OUT,WAIT_SELLER_DELIVERY,WAIT_GOODS_RECEIVE_CONFIRM,FINISHED_L,TRADE_CANCELED,LOCKED,PAUSE"
_BUSY, _TIMESTAMP = "2", "8"
_AWAY = frozenset({"43", "65", "66", "67", "69"})
_SHUT = frozenset({"11", "12", "18", "19", "20", "21", "22", "24", "25", "64", "75", "79", "80"})
_CARRIERS = {"SF": "467", "YTO": "463", "ZTO": "1499", "YUNDA": "1327", "STO": "470", "EMS": "465", "DEPPON": "3046", "JD": "2087"}


class JdSettings(ChannelSettings):
    """An application at open.jd.com and the token of a seller who let it in; `carriers` turns our names into JD's numbers."""

    SECRETS: ClassVar[frozenset[str]] = frozenset({"app_secret", "access_token"})
    address: str = Field(_ADDRESS, max_length=512)
    app_key: str = Field(min_length=1, max_length=64)
    app_secret: str = Field(min_length=1, max_length=128)
    access_token: str = Field(min_length=1, max_length=512)
    carriers: dict[str, str] = Field(default_factory=dict)


def signature(parameters: Mapping[str, str], secret: str) -> str:
    """What JOS wants as `sign`: all parameters in the order of their names, each name before its value, between the secret."""
    told = "".join(f"{name}{parameters[name]}" for name in sorted(parameters) if name != "sign")
    return hashlib.md5(f"{secret}{told}{secret}".encode(), usedforsecurity=False).hexdigest().upper()


class Jd(PaysWhenAsked):
    """A seller's shop at JD."""

    NUMBERS = ("id",), ("orderId",)
    understand_request = staticmethod(read)

    def __init__(self, settings: JdSettings, caller: Caller) -> None:
        self._settings, self._caller = settings, caller
        self._windows = Windows(
            self._page, caller.now, lambda row: str(row.get("orderId", id(row))), window_ms=_WINDOW_MS, size=_SIZE)
        self._refunds = JdRefunds(self._ask, caller.now, _refusal, lambda ref: self._stage(ref) is Stage.SHIPPED)

    def pull(self, since: int) -> Iterator[Page]:
        """All that changed from `since` on. JD shows no order before it is paid."""
        return self._windows.since(since)

    def fetch(self, ref: str) -> Document | None:
        """One order in full."""
        said = self._ask("jingdong.pop.order.get", {"order_id": _number(ref), "optional_fields": _FIELDS})
        found = part(said, "orderDetailInfo", error=ChannelChanged)
        refusal = _refusal(found.get("apiResult"))
        if refusal and "不存在" not in refusal.words:
            raise refusal
        order = found.get("orderInfo")
        return None if refusal or order is None else kept(part(found, "orderInfo", error=ChannelChanged))

    def hear(self, call: Call) -> Heard:
        """JD calls nobody: its messages are taken from a queue of its own."""
        raise NotFromChannel(f"JD does not call; {len(call.body)} bytes came.", code="jd")

    def understand(self, document: Document) -> ChannelOrder:
        """An order read. Its lines have no numbers there: the item's is taken, and counted on where an order has it twice."""
        said = text_at(document, "orderState")
        if said not in _STAGES:
            raise Misunderstood(f"orderState is {said!r}, which we do not know.", code="orderState")
        seen = Counter[str]()
        lines = [_line(item, seen) for item in rows(document, "itemInfoList")]
        return ChannelOrder(
            ref=text_at(document, "orderId"), version=beijing(document, "modified"), stage=_STAGES[said],
            placed_at=beijing(document, "orderStartTime"), lines=_paid(document, lines),
            buyer=text_at(document, "pin", ""), ship_to=_ship_to(document), currency="CNY",
            total=fen_of_yuan(document, "orderPayment", 0), postage=fen_of_yuan(document, "freightPrice", 0), note=text_at(document, "orderRemark", ""))

    def ship(self, parcel: Parcel) -> None:
        """Sends an order. JD knows no parts of one: its first parcel tells that it left, a later one has nothing to add."""
        carrier = ({**_CARRIERS, **self._settings.carriers}).get(parcel.carrier, parcel.carrier)
        try:
            said = self._ask("jingdong.pop.order.shipment", {
                "orderId": _number(parcel.ref), "logiCoprId": carrier, "logiNo": parcel.tracking})
            refusal = _refusal(said.get("sopjosshipment_result"))
        except ChannelShut:
            raise
        except ChannelRefused as refused:
            refusal = refused
        if refusal and self._stage(parcel.ref) is not Stage.SHIPPED:
            raise refusal

    def cancel(self, ref: str, reason: str) -> None:
        """Harmless when it is cancelled; otherwise refused: no seller cancels there, a buyer asks for it."""
        if self._stage(ref) is not Stage.CANCELLED:
            raise ChannelRefused(f"{ref} ({reason}): the buyer asks JD for it, and the seller agrees there.", code="cancel")

    def set_quantities(self, quantities: Sequence[Quantity]) -> Sequence[tuple[Quantity, ChannelError]]:
        """How much of each item may be sold: by JD's number of it, or by all numbers that have the seller's."""
        return tell_each(quantities, self._set_quantity)

    def _set_quantity(self, quantity: Quantity) -> None:
        skus = [quantity.ref] if quantity.ref else self._skus(quantity.item)
        said = self._ask("jingdong.ware.stock.sku.set", {"req": {
            "skuStocks": [{"skuId": _number(sku), "stockNum": quantity.quantity} for sku in skus]}})
        result = part(said, "returnType", error=ChannelChanged)
        each = rows(result, "obj", "updateStockResult", error=ChannelChanged) if isinstance(result.get("obj"), Mapping) else []
        for refusal in (_refusal(one) for one in (*each, result)):
            if refusal:
                raise refusal

    def _skus(self, item: str) -> list[str]:
        said = self._ask("jingdong.sku.read.searchSkuList", {"outId": item, "field": "skuId,outerId", "pageNo": 1, "page_size": _SIZE})
        found = [text_at(row, "skuId", error=ChannelChanged) for row in rows(said, "page", "data", error=ChannelChanged)
                 if row.get("outerId") == item]
        if not found:
            raise ChannelRefused(f"The shop offers no {item}.", code="outId")
        return found

    def _page(self, first: int, until: int, page: int) -> Slice:
        said = self._ask("jingdong.pop.order.search", {
            "start_date": beijing_text(first), "end_date": beijing_text(until + SECOND - 1), "order_state": _ASKED_STATES,
            "optional_fields": _FIELDS, "page": str(page + 1), "page_size": str(_SIZE), "sortType": "1", "dateType": "0"})
        found = part(said, "searchorderinfo_result", error=ChannelChanged)
        if refusal := _refusal(found.get("apiResult")):
            raise refusal
        total = whole(found, "orderTotal", error=ChannelChanged)
        listed = rows(found, "orderInfoList", error=ChannelChanged) if total > page * _SIZE else []
        return Slice([kept(row) for row in listed], total)

    def _stage(self, ref: str) -> Stage | None:
        return _STAGES.get(text_at(self.fetch(ref) or {}, "orderState", ""))

    def _ask(self, method: str, business: Mapping[str, Any]) -> Document:
        """The answer to a method. A time that JD does not take is told once more: its answer said how late it is there."""
        said = self._asked(method, business)
        if str(_error(said).get("code")) == _TIMESTAMP:
            said = self._asked(method, business)
        if error := _error(said):
            raise _raised(error)
        return part(said, f"{method.replace('.', '_')}_responce", error=ChannelChanged)

    def _asked(self, method: str, business: Mapping[str, Any]) -> Any:
        settings = self._settings
        told = {
            "method": method, "app_key": settings.app_key, "access_token": settings.access_token, "v": "2.0",
            "timestamp": beijing_text(self._caller.now()),
            "360buy_param_json": json.dumps(business, sort_keys=True, ensure_ascii=False, separators=(",", ":"))}
        told["sign"] = signature(told, settings.app_secret)
        headers = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}
        return self._caller.call("POST", settings.address, headers=headers, body=urlencode(told).encode()).json()


def _number(ref: str) -> int:
    if not (ref.isascii() and ref.isdigit()):
        raise ChannelRefused(f"{ref!r} is no number of JD's.", code="number")
    return int(ref)


def _error(said: Any) -> Document:
    """What went wrong: in an `error_response`, or in a `…_responce` whose code is not 0."""
    answers = list(said.values()) if isinstance(said, Mapping) else []
    answer = answers[0] if answers and isinstance(answers[0], Mapping) else {}
    return answer if str(answer.get("code", "0")) != "0" else {}


def _raised(error: Document) -> ChannelError:
    code = str(error.get("code", ""))
    words = f"{error.get('zh_desc') or ''} {error.get('en_desc') or ''}".strip() or code
    if code == _BUSY:
        return ChannelBusy(words, retry_after_seconds=1.0, code=code)
    if code in _AWAY:
        return ChannelAway(words, code=code)
    return (ChannelShut if code in _SHUT or code == _TIMESTAMP else ChannelRefused)(words, code=code)


def _refusal(result: Any) -> ChannelRefused | None:
    """Why a business answer says no; `success` comes as a boolean or as its word."""
    if not isinstance(result, Mapping) or "success" not in result:
        raise ChannelChanged("The result does not say whether it was a success.", code="success")
    if str(result["success"]).lower() == "true":
        return None
    words = result.get("chineseErrCode") or result.get("message") or result.get("englishErrCode") or "JD said no"
    return ChannelRefused(str(words), code=str(result.get("errorCode") or result.get("code") or "refused"))


def _line(item: Document, seen: Counter[str]) -> ChannelLine:
    sku = text_at(item, "skuId")
    seen[sku] += 1
    return ChannelLine(
        ref=sku if seen[sku] == 1 else f"{sku}#{seen[sku]}", item=first_text(item, ("outerSkuId", "productNo", "skuId")),
        quantity=whole(item, "itemTotal"), name=text_at(item, "skuName", ""), price=fen_of_yuan(item, "jdPrice", 0))


def _paid(document: Document, lines: Sequence[ChannelLine]) -> tuple[ChannelLine, ...]:
    """What the seller took off is the order's sum before and after it; of that, what is told of one item is that item's, and the rest of all.

    What JD itself pays for (beans, its own coupons, gift cards) is in the list too, and not taken off what goods cost: it counts for no line.
    """
    off = fen_of_yuan(document, "orderTotalPrice", 0) - fen_of_yuan(document, "orderSellerPrice", 0) if document.get("orderSellerPrice") is not None else 0
    own = Counter[str]()
    coupons = document.get("couponDetailList")
    for coupon in coupons if isinstance(coupons, list) else ():
        if isinstance(coupon, Mapping) and coupon.get("skuId"):
            own[text_at(coupon, "skuId")] += fen_of_yuan(coupon, "couponPrice", 0)
    if off <= 0 or own.total() > off:
        return less(lines, off)
    first = [_less_own(line, own) for line in lines]
    return less(first, off - sum(cost(line) for line in lines) + sum(cost(line) for line in first))


def _less_own(line: ChannelLine, own: Counter[str]) -> ChannelLine:
    mine = min(own[line.ref], cost(line))
    return replace(line, paid=cost(line) - mine) if mine else line


def _ship_to(document: Document) -> dict[str, str]:
    """Where it goes; what JD tells with stars in it is named in `encrypted`."""
    at = part(document, "consigneeInfo") if document.get("consigneeInfo") is not None else {}
    said = {"name": text_at(at, "fullname", ""), "phone": text_at(at, "mobile", "") or text_at(at, "telephone", ""), "country": "CN",
            "state": text_at(at, "province", ""), "city": text_at(at, "city", ""), "district": text_at(at, "county", "")}
    street = text_at(at, "fullAddress", "")
    for known in (said["state"], said["city"], said["district"]):
        street = street.removeprefix(known)
    said["street"] = street
    hidden = [name for name, value in said.items() if "*" in value]
    return said | ({"encrypted": ",".join(hidden)} if hidden else {})


KIND = Kind("jd", "JD.com", JdSettings, Jd, quantities_at_once=20)
