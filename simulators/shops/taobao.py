"""Taobao's gateway, played: one address, strict about signature, time, session, page and window, as TOP's documents say."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any

from simulators.shops.beijing import PLAYED, TEN_MINUTES_MS, meant, written, yuan
from simulators.shops.served import UNASKED, Asked, Reply
from simulators.shops.shop import CHANGED_SCHEMA, HALF_A_PAGE, Shop, ShopLine, ShopOrder, ShopParcel, packed
from simulators.shops.taobao_forms import written_out
from simulators.shops.taobao_more import chosen, more
from simulators.shops.taobao_refunds import TaobaoRequests

_DAY_MS = 86_400_000
_FIRST_TID = 3_100_000_000_000_000_000
_SYSTEM = ("method", "app_key", "timestamp", "v", "sign", "sign_method")
_REFUSED_SHIPPING = "isv.logistics-offline-service-error"


class TaobaoShop(Shop):
    """A seller's shop at Taobao. Numbers of trades are JSON numbers beyond 2^53, times are Beijing's, to the second."""

    tick_ms = 1000

    def __init__(self, *, app_key: str = "23000001", app_secret: str = PLAYED, session: str = PLAYED, port: int = 0) -> None:
        self.app_key, self.app_secret, self.session = app_key, app_secret, session
        self._offers: list[str] = []
        self.memos: dict[str, tuple[str, int]] = {}
        """What the seller wrote on trades, and by which flag."""
        self.is_tmall = False
        self.requests = TaobaoRequests(self)
        self._methods: dict[str, Callable[[dict[str, str]], Any]] = {
            "taobao.time.get": lambda _: {"time": written(self.now())},
            "taobao.trades.sold.get": lambda told: self._trades(told, "created", 90 * _DAY_MS),
            "taobao.trades.sold.increment.get": lambda told: self._trades(told, "modified", _DAY_MS),
            "taobao.trade.fullinfo.get": self._full,
            "taobao.logistics.offline.send": self._send,
            "taobao.trade.close": self._close,
            "taobao.skus.custom.get": self._skus,
            "taobao.items.custom.get": lambda _: {},
            "taobao.item.quantity.update": self._quantity,
            "taobao.trade.get": self._full,
            "taobao.logistics.online.send": self._send,
            "taobao.logistics.dummy.send": lambda told: self._send({**told, "out_sid": "-", "company_code": "-"}),
            **more(self), **self.requests.methods(),
        }
        super().__init__(port=port)

    def answer(self, asked: Asked) -> Reply:
        """System parameters may stand in the address or in the body; all of them together are signed."""
        if asked.path != "/router/rest":
            return Reply(404, b"not found", "text/plain")
        told = dict(asked.query) | dict(asked.fields)
        try:
            said = self._checked(told)(told)
        except _No as no:
            return self.refuse(no.sub, _error(no, told))
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
            self.puzzles.append(f"{told['method']}: {error!r}")
            return _error(_puzzled(error), told)
        return written_out(told, {f"{told['method'].removeprefix('taobao.').replace('.', '_')}_response": {**said, "request_id": "played"}})

    def busy(self) -> Reply:
        """Not by a status: TOP answers 200 and says how long it lasts."""
        return self.busy_for(UNASKED)

    def busy_for(self, asked: Asked) -> Reply:
        """In the form that was asked for."""
        no = _No(7, "App Call Limited", "accesscontrol.limited-by-api-access-count", "This ban will last for 1 more seconds")
        return _error(no, {"format": "json"} | dict(asked.query) | dict(asked.fields))

    def puzzled(self, error: Exception) -> Reply:
        """Not by a status either."""
        return _error(_puzzled(error))

    def hook_of(self, order: ShopOrder) -> tuple[dict[str, str], bytes]:
        """A message has the trade's number only."""
        about = self.requests.told_by(order)
        topic, content = self.requests.message(about) if about else (_topic(order), {"tid": int(order.ref), "buyer_nick": order.buyer})
        body = packed({"id": f"{order.ref}-{order.changed_at}", "topic": topic, "timestamp": self.now(), "content": packed(content).decode()})
        sign = hmac.new(self.app_secret.encode(), self.app_key.encode() + body, hashlib.sha256).hexdigest()
        return {"Content-Type": "application/json", "Authorization": sign}, body

    def spoiled(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Its signature has another name."""
        return {**headers, "Authorization": "0" * 64}

    def new_ref(self) -> str:
        """Nineteen digits, with room for the numbers of the lines."""
        return str(_FIRST_TID + 100 * int(super().new_ref()))

    def _line_ref(self, ref: str, place: int) -> str:
        return str(int(ref) + place)

    def _checked(self, told: Mapping[str, str]) -> Callable[[dict[str, str]], Any]:
        for name in _SYSTEM:
            if not told.get(name):
                raise _No(40, "Missing Required Arguments", f"isv.missing-parameter:{name}")
        if told["app_key"] != self.app_key:
            raise _No(29, "Invalid App Key", "isv.invalid-app-key")
        if told["sign"] != sign_of(told, self.app_secret):
            raise _No(25, "Invalid Signature", "isv.invalid-signature")
        at = int(told["timestamp"]) if told["timestamp"].isdigit() else meant(told["timestamp"])
        if at is None or abs(self.now() - at) > TEN_MINUTES_MS:
            raise _No(31, "Invalid Timestamp", "isv.invalid-timestamp")
        if told["method"] not in self._methods:
            raise _No(22, "Invalid Method", "isv.invalid-method")
        if told["method"] != "taobao.time.get" and told.get("session") != self.session:
            raise _No(27, "Invalid Session", "session-not-exist")
        return self._methods[told["method"]]

    def _trades(self, told: dict[str, str], by: str, longest: int) -> dict[str, Any]:
        first, last = (written(self.now() - longest), written(self.now())) if by == "created" else ("", "")  # only what changed needs times
        start, end = (meant(told.get(f"{edge}_{by}") or default or _told(told, f"{edge}_{by}")) for edge, default in (("start", first), ("end", last)))
        if start is None or end is None or not 0 <= end - start <= longest:
            raise _No(41, "Invalid Arguments", f"isv.invalid-parameter:end_{by}")
        _told(told, "fields")
        page, size = int(told.get("page_no", "1")), int(told.get("page_size", "40"))
        if page < 1 or not 1 <= size <= 100:
            raise _No(41, "Invalid Arguments", "isv.invalid-parameter:page_size")
        found = self.changed_between(start, end + 999) if by == "modified" else self.placed_between(start, end + 999)
        found = [one for one in found[::-1] if told.get("status", "") in ("", _status(one))]
        shown = found[(page - 1) * size:page * size]
        if shown and self.fails(HALF_A_PAGE):
            shown = shown[:len(shown) // 2]
        said: dict[str, Any] = (
            {"has_next": page * size < len(found)} if told.get("use_has_next") == "true" else {"total_results": len(found)})
        if shown:
            said["trade_list" if self.fails(CHANGED_SCHEMA) else "trades"] = {"trade": [chosen(self._trade(order), told["fields"]) for order in shown]}
        return said

    def _trade(self, order: ShopOrder) -> dict[str, Any]:
        at, (memo, flag) = order.address, self.memos.get(order.ref, ("", 0))
        return {
            "seller_memo": memo, "seller_flag": flag, "tid": int(order.ref), "tid_str": order.ref, "status": _status(order), "created": written(order.placed_at), "modified": written(order.changed_at),
            "payment": yuan(order.total), "post_fee": yuan(order.postage), "total_fee": yuan(order.goods), "discount_fee": yuan(order.off), "buyer_nick": order.buyer, "buyer_message": order.note,
            "receiver_name": at.get("name", ""), "receiver_mobile": at.get("phone", ""), "receiver_state": at.get("state", ""),
            "receiver_city": at.get("city", ""), "receiver_district": at.get("district", ""),
            "receiver_address": at.get("street", ""), "receiver_zip": at.get("postcode", ""),
            "orders": {"order": [
                {"oid": int(line.ref), "oid_str": line.ref, "num_iid": self.number_of(line.item), "outer_sku_id": line.item, "title": line.name,
                 "num": line.quantity, "price": yuan(line.price), "status": self.line_status(order, line.ref), **self.requests.told_of(order, line.ref),
                 "total_fee": yuan(line.price * line.quantity), "discount_fee": "0.00", "adjust_fee": "0.00", "part_mjz_discount": yuan(line.off),
                 **_paid(order, line)}
                for line in order.lines]},
        }

    def _full(self, told: dict[str, str]) -> dict[str, Any]:
        return {"trade": chosen(self._trade(self.known(_told(told, "tid"), "isv.trade-not-exist")), _told(told, "fields"))}

    def _send(self, told: dict[str, str]) -> dict[str, Any]:
        order = self.known(_told(told, "tid"), f"{_REFUSED_SHIPPING}:B01")
        parcel = ShopParcel(_told(told, "out_sid"), _told(told, "company_code"), {
            line.ref: line.quantity for line in order.lines if line.ref in told.get("sub_tid", "").split(",")})
        if bool(parcel.lines) != (told.get("is_split") == "1"):
            raise _No(15, "Remote service error", f"{_REFUSED_SHIPPING}:P38")
        if not order.is_paid:
            raise _No(15, "Remote service error", f"{_REFUSED_SHIPPING}:B02")
        sent = [line.ref for line in order.lines if self.line_status(order, line.ref) != "WAIT_SELLER_SEND_GOODS"]
        if order.is_cancelled or any(not parcel.lines or ref in parcel.lines for ref in sent):
            raise _No(15, "Remote service error", f"{_REFUSED_SHIPPING}:B04", "已经发货或者已关闭，不能重复发货")
        self.told_shipped(order.ref, parcel)
        return {"shipping": {"is_success": True}}

    def _close(self, told: dict[str, str]) -> dict[str, Any]:
        order = self.known(_told(told, "tid"), "isv.trade-not-exist")
        _told(told, "close_reason")
        if order.is_paid or order.is_cancelled:
            raise _No(15, "Remote service error", "isv.trade-status-error")
        self.cancel_order(order.ref)
        return {"trade": {"tid": int(order.ref), "modified": written(self.orders[order.ref].changed_at)}}

    def _skus(self, told: dict[str, str]) -> dict[str, Any]:
        item = _told(told, "outer_id")
        is_offered = item in self.quantities or any(line.item == item for order in self.orders.values() for line in order.lines)
        number = self.number_of(item)
        return {"skus": {"sku": [{"num_iid": number, "sku_id": number + 1, "outer_id": item}]}} if is_offered else {}

    def _quantity(self, told: dict[str, str]) -> dict[str, Any]:
        of_number = {str(self.number_of(item)): item for item in list(self._offers)}
        item = of_number.get(_told(told, "num_iid"))
        if item is None:
            raise _No(15, "Remote service error", "isv.item-not-exist:invalid-numIid")
        if told.get("type", "1") != "1" or not _told(told, "quantity").isdigit():
            raise _No(41, "Invalid Arguments", "isv.invalid-parameter:quantity")
        with self.lock:
            self.quantities[item] = int(told["quantity"])
        return {"item": {"num_iid": int(told["num_iid"]), "modified": written(self.now())}}

    def known(self, tid: str, sub: str) -> ShopOrder:
        """The order of this number."""
        if tid not in self.orders:
            raise _No(15, "Remote service error", sub)
        return self.orders[tid]

    def line_status(self, order: ShopOrder, ref: str) -> str:
        """How far a line is; one that was paid back before it left is closed."""
        return "TRADE_CLOSED" if self.requests.paid_back(order, ref) else _line_status(order, ref)

    def no(self, sub: str, words: str) -> Exception:
        """A refusal, to be raised."""
        return _No(15, "Remote service error", sub, words)

    def number_of(self, item: str) -> int:
        """Of an offer (num_iid)."""
        with self.lock:
            if item not in self._offers:
                self._offers.append(item)
            return 600_000_000_000 + 10 * self._offers.index(item)


class _No(Exception):
    def __init__(self, code: int, words: str, sub: str, more: str = "") -> None:
        super().__init__(words)
        self.code, self.words, self.sub, self.more = code, words, sub, more


def sign_of(told: Mapping[str, str], secret: str) -> str:
    """The signature of all that was told but `sign`, by the method that `sign_method` names."""
    joined = "".join(name + value for name, value in sorted(told.items()) if name != "sign").encode()
    key = secret.encode()
    ways = {
        "md5": lambda: hashlib.md5(key + joined + key, usedforsecurity=False).hexdigest(),
        "hmac": lambda: hmac.digest(key, joined, "md5").hex(),
        "hmac-sha256": lambda: hmac.digest(key, joined, "sha256").hex(),
    }
    way = ways.get(told.get("sign_method", "md5"))
    return way().upper() if way else ""


def _told(told: Mapping[str, str], name: str) -> str:
    if not told.get(name):
        raise _No(40, "Missing Required Arguments", f"isv.missing-parameter:{name}")
    return told[name]


def _error(no: _No, told: Mapping[str, str] | None = None) -> Reply:
    said = {"code": no.code, "msg": no.words, "sub_code": no.sub, "sub_msg": no.more or no.words, "request_id": "played"}
    return written_out({"format": "json"} if told is None else told, {"error_response": said})


def _puzzled(error: Exception) -> _No:
    return _No(41, "Invalid Arguments", "isv.invalid-parameter", str(error)[:200])


def _status(order: ShopOrder) -> str:
    if order.is_cancelled:
        return "TRADE_CLOSED" if order.is_paid else "TRADE_CLOSED_BY_TAOBAO"
    if not order.is_paid:
        return "WAIT_BUYER_PAY"
    if order.is_shipped:
        return "WAIT_BUYER_CONFIRM_GOODS"
    return "SELLER_CONSIGNED_PART" if order.parcels else "WAIT_SELLER_SEND_GOODS"


def _topic(order: ShopOrder) -> str:
    """Of what happened to it last."""
    shipped = "TradeSellerShip" if order.is_shipped else "TradePartlySellerShip"
    return f"taobao_trade_{'TradeClose' if order.is_cancelled else shipped if order.parcels else 'TradeBuyerPay' if order.is_paid else 'TradeCreate'}"


def _line_status(order: ShopOrder, ref: str) -> str:
    if order.is_paid and not order.is_cancelled and any(not parcel.lines or ref in parcel.lines for parcel in order.parcels):
        return "WAIT_BUYER_CONFIRM_GOODS"
    return "WAIT_SELLER_SEND_GOODS" if _status(order) == "SELLER_CONSIGNED_PART" else _status(order)


def _paid(order: ShopOrder, line: ShopLine) -> dict[str, str]:
    """What is told of a trade's only line has the postage in it."""
    way = order.postage if len(order.lines) == 1 else 0
    return {"payment": yuan(line.price * line.quantity + way if len(order.lines) > 1 else order.total), "divide_order_fee": yuan(line.paid + way)}
