"""The open gateway of a WeChat shop, played: tokens that end, trouble as a code in an answer of 200, orders listed by number, pushes encrypted."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from simulators.shops.beijing import PLAYED
from simulators.shops.mini_program_more import READ_BY_GET, more
from simulators.shops.mini_program_no import No, needed
from simulators.shops.mini_program_orders import OrderDesk
from simulators.shops.mini_program_papers import address_paper, event_of, order_paper, status_of
from simulators.shops.mini_program_push import Pusher
from simulators.shops.mini_program_refunds import MiniProgramRequests
from simulators.shops.mini_program_shelf import Shelf
from simulators.shops.mini_program_tokens import Tokens
from simulators.shops.served import Asked, Reply
from simulators.shops.shop import CHANGED_SCHEMA, HALF_A_PAGE, Shop, ShopOrder, ShopParcel, packed

_FIRST_REF = 3_700_000_000_000_000_000
_WEEK_S = 7 * 86_400
_PAGE_MAX = 100
_TO_SHIP = (20, 21)
_AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


class MiniProgramShop(Shop):
    """The shop behind a mini-program. `masks` has its buyers told with stars in them; `calls_left` is the day's quota, None for no end."""

    tick_ms = 1000

    def __init__(self, *, app_id: str = "wx0123456789abcdef", app_secret: str = PLAYED, push_token: str = PLAYED, push_key: str = _AES_KEY,
                 masks: bool = False, port: int = 0) -> None:
        self.app_id, self.app_secret, self.push_token, self.push_key, self.masks = app_id, app_secret, push_token, push_key, masks
        self.calls_left: int | None = None
        self.lends, self.decodes_left, self.decoded = False, 30, set[str]()
        """Whether numbers are lent in place of the buyers'; of how many orders more the buyer is told today; of which it was."""
        self.tokens = Tokens(app_id, app_secret, lambda: self.now())  # noqa: PLW0108 - its clock may be moved
        self.pusher = Pusher(app_id, push_token, push_key)
        self.shelf = Shelf(self)
        self.merchant_notes: dict[str, str] = {}
        self.requests, self.desk = MiniProgramRequests(self), OrderDesk(self)
        self._why: dict[str, int] = {}
        self._methods: dict[str, Callable[[dict[str, Any]], Any]] = {
            "order/list/get": self._list, "order/get": lambda told: {"order": order_paper(self, self.known(told.get("order_id")))},
            "order/delivery/send": self._send, "order/sensitiveinfo/decode": self._decode, "product/list/get": self.shelf.listed, "product/get": self.shelf.shown,
            "product/stock/get": self.shelf.stock, "product/stock/update": self.shelf.change,
            "aftersale/getaftersalelist": self.requests.listed,
            "aftersale/getaftersaleorder": self.requests.shown, "aftersale/acceptapply": self.requests.accept, "aftersale/rejectapply": self.requests.reject, **more(), **self.desk.methods()}
        super().__init__(port=port)

    def answer(self, asked: Asked) -> Reply:
        """A token for all but the token; then the body."""
        try:
            said = self._said(asked)
        except No as no:
            return self.refuse(str(no.code), _json({"errcode": no.code, "errmsg": f"{no.words} rid: played"}))
        body = packed({"errcode": 0, "errmsg": "ok"} | said) if "access_token" not in said else packed(said)
        is_half = asked.path.endswith("/list/get") and "order_id_list" in said and self.fails(HALF_A_PAGE)
        return Reply(body=body[: len(body) // 2] if is_half else body)

    def busy(self) -> Reply:
        """Not by a status: a code of its own."""
        return _json({"errcode": 45011, "errmsg": "api minute-quota reach limit, must slower, retry next minute rid: played"})

    def hook_of(self, order: ShopOrder) -> tuple[dict[str, str], bytes]:
        """An event has the order's number only, as a number beyond 2^53; how it is signed stands in the address."""
        about = self.requests.told_by(order)
        why = self._why.get(order.ref)
        plain = {"Event": event_of(order) if why is None else "channels_ec_order_ext_info_update",
                 "order_info": {"order_id": int(order.ref), **({} if why is None else {"type": why})}}
        event = self.requests.event(about) if about else plain
        message = {"ToUserName": "gh_played", "FromUserName": order.buyer, "CreateTime": order.changed_at // 1000, "MsgType": "event", **event}
        query, body = self.pusher.pushed(packed(message), self.now() // 1000)
        return {"Content-Type": "application/json", "query": query}, body

    def spoiled(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Signed by somebody else."""
        return {**headers, "query": headers["query"].split("msg_signature=")[0] + "msg_signature=" + "0" * 40}

    def call_hook(self, hook: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether it answered with 2xx."""
        rest = dict(headers)
        return super().call_hook(f"{hook}?{rest.pop('query')}", rest, body)

    def tries(self, hook: str) -> bool:
        """Whether an address says again what only who holds the token may say: before that nothing is pushed there."""
        return self.pusher.tries(hook, self.now() // 1000)

    def told_why(self, ref: str, why: int, **changes: Any) -> ShopOrder:
        """Something of an order is different that does not bring it further: what, is told by a number."""
        with self.lock:
            self._why[ref] = why
            try:
                return self.change(ref, **changes)
            finally:
                del self._why[ref]

    def new_ref(self) -> str:
        """Nineteen digits, with room for the numbers of the lines."""
        return str(_FIRST_REF + 100 * int(super().new_ref()))

    def known(self, ref: Any) -> ShopOrder:
        """The order of this number."""
        if not isinstance(ref, str) or ref not in self.orders:
            raise No(100002, "订单不存在")
        return self.orders[ref]

    def _line_ref(self, ref: str, place: int) -> str:
        return str(int(ref) + place)

    def _said(self, asked: Asked) -> dict[str, Any]:
        if asked.path == "/cgi-bin/token":
            return self.tokens.given_anew(dict(asked.query))
        is_read = asked.path in READ_BY_GET
        if asked.method != ("GET" if is_read else "POST"):
            raise No(43001, "require GET method") if is_read else No(43002, "require POST method")
        told = {} if is_read else _read(asked.body)
        if asked.path == "/cgi-bin/stable_token":
            return self.tokens.given(told)
        method = self._methods.get(asked.path.removeprefix("/channels/ec/"))
        if method is None or not asked.path.startswith("/channels/ec/"):
            raise No(40066, "invalid url")
        self.tokens.check(asked.get("access_token"))
        with self.lock:
            if self.calls_left is not None:
                self.calls_left -= 1
                if self.calls_left < 0:
                    raise No(45009, "reach max api daily quota limit")
            return dict(method(told) or {})

    def _list(self, told: dict[str, Any]) -> dict[str, Any]:
        by, between = ("update", told.get("update_time_range")) if told.get("update_time_range") else ("create", told.get("create_time_range"))
        size, first = told.get("page_size", 10), _offset(told.get("next_key", ""))
        start, end = (between.get(f"{edge}_time") if isinstance(between, dict) else None for edge in ("start", "end"))
        if not (isinstance(start, int) and isinstance(end, int) and 0 <= end - start <= _WEEK_S and isinstance(size, int) and 1 <= size <= _PAGE_MAX):
            raise No(40097, "invalid args")
        found = self.changed_between(start * 1000, end * 1000 + 999) if by == "update" else self.placed_between(start * 1000, end * 1000 + 999)
        shown, has_more = found[first:first + size], first + size < len(found)
        name = "order_ids" if shown and self.fails(CHANGED_SCHEMA) else "order_id_list"
        return {name: [order.ref for order in shown], "has_more": has_more, "next_key": _key(first + size) if has_more else ""}

    def _decode(self, told: dict[str, Any]) -> dict[str, Any]:
        order = self.known(told.get("order_id"))
        if not order.is_paid:
            raise No(10021022, "订单未付款")
        if order.ref not in self.decoded:
            if self.decodes_left <= 0:
                raise No(10021400, "解密次数已达上限")
            self.decodes_left -= 1
            self.decoded.add(order.ref)
        return {"address_info": address_paper(order, masks=False, lends=self.lends)}

    def _send(self, told: dict[str, Any]) -> None:
        order = self.known(told.get("order_id"))
        parcels = told.get("delivery_list")
        if not isinstance(parcels, list) or not parcels:
            raise No(40097, "invalid args: delivery_list")
        for parcel in parcels:
            order = self.orders[order.ref]
            if status_of(order) not in _TO_SHIP:
                raise No(10021022, "订单状态不允许发货")
            self.told_shipped(order.ref, ShopParcel(needed(parcel, "waybill_id"), needed(parcel, "delivery_id"), self._packed(order, parcel)))

    def _packed(self, order: ShopOrder, parcel: dict[str, Any]) -> dict[str, int]:
        """Which lines are in a parcel: each that it names has to be left to send."""
        if parcel.get("deliver_type") != 1 or needed(parcel, "waybill_id") in [sent.tracking for sent in order.parcels]:
            raise No(40097, "invalid args: waybill_id")
        packed_: dict[str, int] = {}
        for row in parcel.get("product_infos") or []:
            count = row.get("product_cnt")
            lines = [line for line in order.lines if self.shelf.place_of(line.item) == (row.get("product_id"), row.get("sku_id"))]
            left = {line.ref: line.quantity - sum(sent.lines.get(line.ref, 0) for sent in order.parcels) for line in lines}
            if not isinstance(count, int) or not 0 < count <= sum(left.values()):
                raise No(40097, "invalid args: product_infos")
            for ref, most in left.items():
                packed_[ref] = packed_.get(ref, 0) + min(most, count)
                count -= min(most, count)
        if not packed_:
            raise No(40097, "invalid args: product_infos")
        return {ref: count for ref, count in packed_.items() if count}


def _read(body: bytes) -> dict[str, Any]:
    if not body:
        raise No(44002, "empty post data")
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise No(47001, "data format error")
    return told


def _key(offset: int) -> str:
    return base64.b64encode(f"at {offset}".encode()).decode()


def _offset(key: Any) -> int:
    if key == "":
        return 0
    try:
        return int(base64.b64decode(key).removeprefix(b"at "))
    except (ValueError, TypeError):
        raise No(40097, "invalid args: next_key") from None


def _json(body: Mapping[str, Any]) -> Reply:
    return Reply(body=packed(body))
