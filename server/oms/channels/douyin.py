"""Douyin's shops (Doudian): one path for each method, a token that is fetched, business fields signed as they stand in the body."""

import hashlib
import hmac
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from server.oms.channels.fields import first_text, kept, part, rows, text, whole
from server.oms.channels.windows import Slice, Windows

_ADDRESS = "https://openapi-fxg.jinritemai.com"
_SIZE = 100
_GOOD, _GOOD_TOKEN = "10000", "0"
_AWAY, _BUSY = frozenset({"20000", "20001"}), "60000"
_SHUT = frozenset({"30001", "30002", "40001"})
_TIMESTAMP = "isv.timestamp-invalid"
_TOKENS_GONE = frozenset({"isv.access-token-expired", "isv.access-token-no-existed"})
_SHUT_SUBS = ("isv.signature", "isv.access-token", "isv.app-id", "isv.timestamp", "isv.authorization", "dop.token-generate-failed")
_TOKEN_ENDS_MS = 10 * MINUTE
_STAGES = {
    # 105 is paid, and held by the platform's risk control: it must not be sent
    **dict.fromkeys((1, 103, 105), Stage.UNPAID),
    **dict.fromkeys((2, 101), Stage.PAID),
    # 22 and 39 were paid back after the goods had left
    **dict.fromkeys((3, 5, 22, 39), Stage.SHIPPED),
    **dict.fromkeys((4, 21), Stage.CANCELLED),
}
_HEARD = json.dumps({"code": 0, "msg": "success"}).encode()


class DouyinSettings(ChannelSettings):
    """An application of one's own at op.jinritemai.com, and the shop that it is for; `carriers` turns our names into theirs."""

    SECRETS: ClassVar[frozenset[str]] = frozenset({"app_secret"})
    address: str = Field(_ADDRESS, max_length=512)
    app_key: str = Field(min_length=1, max_length=64)
    app_secret: str = Field(min_length=1, max_length=128)
    shop_id: str = Field(min_length=1, max_length=32)
    carriers: dict[str, str] = Field(default_factory=dict)


def signature(app_key: str, method: str, param_json: str, timestamp: str, secret: str) -> str:
    """What Douyin wants as `sign`, of version 2: these five in this order between the secret, and the secret as the key."""
    told = f"{secret}app_key{app_key}method{method}param_json{param_json}timestamp{timestamp}v2{secret}"
    return hmac.new(secret.encode(), told.encode(), "sha256").hexdigest()


def push_signature(app_key: str, body: bytes, secret: str) -> str:
    """What Douyin signs a push with: the body counts byte for byte."""
    return hashlib.md5(app_key.encode() + body + secret.encode(), usedforsecurity=False).hexdigest()


class Douyin:
    """A shop at Douyin."""

    def __init__(self, settings: DouyinSettings, caller: Caller) -> None:
        self._settings, self._caller = settings, caller
        self._token = _Token()
        self._windows = Windows(
            self._page, caller.now, lambda row: str(row.get("order_id", id(row))), window_ms=DAY, size=_SIZE)

    def pull(self, since: int) -> Iterator[Page]:
        """All that changed from `since` on."""
        return self._windows.since(since)

    def fetch(self, ref: str) -> Document | None:
        """One order in full."""
        try:
            data = self._ask("order.orderDetail", {"shop_order_id": ref})
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
        open_ = [order for order in ordered if is_closed or _STAGES.get(_status(order)) is not Stage.CANCELLED]
        return ChannelOrder(
            ref=text(document, "order_id"), version=whole(document, "update_time") * SECOND, stage=_STAGES[said],
            placed_at=whole(document, "create_time") * SECOND, lines=tuple(_line(order) for order in open_),
            buyer=text(document, "doudian_open_id", ""), ship_to=_ship_to(document), currency="CNY",
            total=whole(document, "pay_amount") if document.get("pay_amount") is not None else 0,
            note=text(document, "buyer_words", ""))

    def ship(self, parcel: Parcel) -> None:
        """Sends an order, or some pieces of it. The number of the request is made of the parcel: told again it is the same one."""
        packed = {"logistics_code": parcel.tracking, "company_code": self._settings.carriers.get(parcel.carrier, parcel.carrier)}
        told: dict[str, Any] = {"order_id": parcel.ref, "request_id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{parcel.ref} {parcel.tracking}"))}
        try:
            if parcel.is_whole:
                self._ask("order.logisticsAdd", told | packed)
            else:
                lines = [{"shipped_order_id": ref, "shipped_num": quantity} for ref, quantity in parcel.lines]
                self._ask("order.logisticsAddMultiPack", told | {"pack_list": [packed | {"shipped_order_info": lines}]})
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

    def refund(self, ref: str, amount: int, currency: str, reason: str) -> None:
        """Refused: a buyer asks for it, and the seller agrees in the shop's own pages."""
        raise ChannelRefused(f"{amount} {currency} for {ref} ({reason}): the buyer asks Douyin for it, and the seller agrees there.", code="refund")

    def set_quantities(self, quantities: Sequence[Quantity]) -> Sequence[tuple[Quantity, ChannelError]]:
        """How much of each item may be sold: by the seller's code, or by Douyin's "product:sku"."""
        refused: list[tuple[Quantity, ChannelError]] = []
        for quantity in quantities:
            product, _, sku = quantity.ref.partition(":")
            told = {"product_id": int(product), "sku_id": int(sku)} if product.isdigit() and sku.isdigit() else {"code": quantity.item}
            try:
                self._ask("sku.syncStock", {**told, "stock_num": quantity.quantity, "incremental": False})
            except ChannelShut:
                raise
            except ChannelRefused as refusal:
                refused.append((quantity, refusal))
        return refused

    def _page(self, first: int, until: int, page: int) -> Slice:
        data = self._ask("order.searchList", {
            "update_time_start": first // SECOND, "update_time_end": (until + SECOND - 1) // SECOND, "order_by": "update_time",
            "order_asc": False, "page": page, "size": _SIZE})
        found = [kept(row) for row in rows(data, "shop_order_list", error=ChannelChanged)]
        return Slice(found, whole(data, "total", error=ChannelChanged))

    def _trackings(self, ref: str) -> list[str]:
        now = self.fetch(ref) or {}
        sent = now.get("logistics_info")
        return [str(one.get("tracking_no")) for one in sent if isinstance(one, Mapping)] if isinstance(sent, list) else []

    def _ask(self, method: str, business: Mapping[str, Any]) -> Document:
        """The data of an answer. A token that has ended is fetched anew, once."""
        said = self._asked(method, business, self._token_now())
        if str(said.get("sub_code")) in _TOKENS_GONE:
            self._token.value = ""
            said = self._asked(method, business, self._token_now())
        if str(said.get("code")) != _GOOD:
            raise _raised(said)
        data = said.get("data")
        return data if isinstance(data, Mapping) else {}

    def _token_now(self) -> str:
        token = self._token
        if not token.value or self._caller.now() > token.ends_at:
            said = self._fresh()
            data = part(said, "data", error=ChannelChanged)
            token.value, token.refresh = text(data, "access_token", error=ChannelChanged), text(data, "refresh_token", "")
            token.ends_at = self._caller.now() + whole(data, "expires_in", error=ChannelChanged) * SECOND - _TOKEN_ENDS_MS
        return token.value

    def _fresh(self) -> Document:
        """A token: by refreshing the last, or else a new one, which an application for one shop gets for the shop's number."""
        if self._token.refresh:
            said = self._asked("token.refresh", {"grant_type": "refresh_token", "refresh_token": self._token.refresh})
            self._token.refresh = ""
            if _is_good_token(said):
                return said
        said = self._asked("token.create", {"code": "", "grant_type": "authorization_self", "shop_id": self._settings.shop_id})
        if not _is_good_token(said):
            raise _raised(said, shut=True)
        return said

    def _asked(self, method: str, business: Mapping[str, Any], token: str = "") -> Document:
        """The answer to a method. A time that Douyin does not take is told once more: its answer said how late it is there."""
        said = self._called(method, business, token)
        return self._called(method, business, token) if said.get("sub_code") == _TIMESTAMP else said

    def _called(self, method: str, business: Mapping[str, Any], token: str) -> Document:
        settings, timestamp = self._settings, str(self._caller.now() // SECOND)
        param_json = json.dumps(business, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        sign = signature(settings.app_key, method, param_json, timestamp, settings.app_secret)
        query = {"app_key": settings.app_key, "method": method, "timestamp": timestamp, "v": "2", "sign": sign,
                 "sign_method": "hmac-sha256"} | ({"access_token": token} if token else {})
        url = f"{settings.address}/{method.replace('.', '/')}?{urlencode(query)}"
        said = self._caller.call("POST", url, headers={"content-type": "application/json"}, body=param_json.encode()).json()
        if not isinstance(said, Mapping):
            raise ChannelChanged("The answer is no JSON object.", code="body")
        return said


@dataclass(slots=True)
class _Token:
    value: str = ""
    refresh: str = ""
    ends_at: int = 0


def _is_good_token(said: Document) -> bool:
    return str(said.get("code")) == _GOOD or ("code" not in said and str(said.get("err_no")) == _GOOD_TOKEN)


def _raised(said: Document, *, shut: bool = False) -> ChannelError:
    code, sub = str(said.get("code", said.get("err_no", ""))), str(said.get("sub_code") or "")
    words = f"{said.get('msg') or said.get('message') or ''} {sub} {said.get('sub_msg') or ''}".strip()
    if not code:
        return ChannelChanged("The answer has no code.", code="code")
    if code == _BUSY:
        return ChannelBusy(words, retry_after_seconds=1.0, code=sub or code)
    if code in _AWAY:
        return ChannelAway(words, code=sub or code)
    kind = ChannelShut if shut or code in _SHUT or sub.startswith(_SHUT_SUBS) else ChannelRefused
    return kind(words, code=sub or code)


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
        ref=text(order, "order_id"), item=first_text(order, ("code", "out_sku_id", "sku_id")), quantity=whole(order, "item_num"),
        name=text(order, "product_name", ""), price=whole(order, "origin_amount") if order.get("origin_amount") is not None else 0)


def _ship_to(document: Document) -> dict[str, str]:
    """Where it goes. Douyin encrypts name, telephone and house: they stay as they came, and `encrypted` says in which fields."""
    at = part(document, "post_addr") if document.get("post_addr") is not None else {}
    plain = {"name": text(document, "post_receiver", ""), "phone": text(document, "post_tel", ""), "street": text(at, "detail", "")}
    secret = {"name": text(document, "encrypt_post_receiver", ""), "phone": text(document, "encrypt_post_tel", ""),
              "street": text(at, "encrypt_detail", "")}
    hidden = [name for name, value in secret.items() if value and not plain[name]]
    street = plain["street"] and _place(at, "street") + plain["street"]
    said = {
        "name": plain["name"] or secret["name"], "phone": plain["phone"] or secret["phone"], "country": "CN",
        "state": _place(at, "province"), "city": _place(at, "city"), "district": _place(at, "town"),
        "street": street or secret["street"]}
    return said | ({"encrypted": ",".join(hidden)} if hidden else {})


def _place(at: Document, level: str) -> str:
    value = at.get(level)
    return text(value, "name", "") if isinstance(value, Mapping) else ""


KIND = Kind("douyin", "抖音电商", DouyinSettings, Douyin)
