"""Douyin's gateway, played: what stands in the body is what is signed, tokens end, money is in fen, buyers are encrypted."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from simulators.shops.beijing import PLAYED, TEN_MINUTES_MS, meant
from simulators.shops.douyin_more import ciphered, more
from simulators.shops.douyin_refunds import DouyinRequests
from simulators.shops.served import Asked, Reply
from simulators.shops.shop import CHANGED_SCHEMA, HALF_A_PAGE, Shop, ShopOrder, ShopParcel, packed

_FIRST_REF = 6_900_000_000_000_000_000
_TOKEN_SECONDS = 604_800
_PAGES_MAX_ROWS = 50_000
_PAID_BACK = 21


class DouyinShop(Shop):
    """A shop at Douyin. `encrypts` has the buyer's name, telephone and house told in ciphers, as the real one does."""

    tick_ms = 1000

    def __init__(self, *, app_key: str = "7000000000000000001", app_secret: str = PLAYED, shop_id: str = "4463798",
                 encrypts: bool = True, port: int = 0) -> None:
        self.app_key, self.app_secret, self.shop_id, self.encrypts = app_key, app_secret, shop_id, encrypts
        self.code = "played-code"
        """What a tool is let in with, once its seller agreed."""
        self.tokens: dict[str, int] = {}
        """Tokens and when they end, in ms."""
        self.remarks: dict[str, tuple[str, int]] = {}
        """What the seller wrote on orders, and by which flag."""
        self._refreshes: set[str] = set()
        self._told_once: dict[str, Any] = {}
        self.requests = DouyinRequests(self)
        self._methods: dict[str, Callable[[dict[str, Any]], Any]] = {
            "order.searchList": self._search, "order.orderDetail": self._detail, "order.logisticsAdd": self._send,
            "order.logisticsAddMultiPack": self._send_packs, "sku.syncStock": self._stock,
            "order.logisticsEdit": self._resend, "afterSale.List": self.requests.listed, "afterSale.operate": self.requests.operate, **more(self)}
        super().__init__(port=port)

    def answer(self, asked: Asked) -> Reply:
        """The signature first; then a token, except where one is asked for."""
        try:
            method, business = self._checked(asked)
            if method in {"token.create", "token.refresh"}:
                return self._token(method, business)
            data = self._open(method, asked.get("access_token"))(business)
        except _No as no:
            return self.refuse(no.sub, _said(no.code, no.words, {"sub_code": no.sub, "sub_msg": no.words}))
        return _said(10000, "success", {"data": data})

    def busy(self) -> Reply:
        """Not by a status: a code of its own."""
        return _said(60000, "触发限流，请稍后重试", {"sub_code": "isv.flow-limit", "sub_msg": ""})

    def end_tokens(self) -> None:
        """All tokens have ended."""
        with self.lock:
            self.tokens = dict.fromkeys(self.tokens, 0)

    def puzzled(self, error: Exception) -> Reply:
        """Not by a status either."""
        del error
        return _said(40004, "参数不合法", {"sub_code": "isv.parameter-invalid", "sub_msg": "参数不合法"})

    def hook_of(self, order: ShopOrder) -> tuple[dict[str, str], bytes]:
        """Messages come as a list, what each is about as the text of an object: of an order its number and its lines'."""
        about = self.requests.told_by(order)
        tag, data = self.requests.message(about) if about else (_tag(order), {
            "p_id": int(order.ref), "s_ids": [int(line.ref) for line in order.lines], "shop_id": int(self.shop_id),
            "order_status": _status(order), "update_time": order.changed_at // 1000, "buyer_words": order.note})
        body = packed([{"tag": tag, "msg_id": f"{order.ref}:{tag}:{order.changed_at}", "data": packed(data).decode()}])
        sign = hashlib.md5(self.app_key.encode() + body + self.app_secret.encode(), usedforsecurity=False).hexdigest()
        return {"Content-Type": "application/json", "app-id": self.app_key, "event-sign": sign}, body

    def new_ref(self) -> str:
        """Nineteen digits, with room for the numbers of the lines."""
        return str(_FIRST_REF + 100 * int(super().new_ref()))

    def _line_ref(self, ref: str, place: int) -> str:
        return str(int(ref) + place)

    def _checked(self, asked: Asked) -> tuple[str, dict[str, Any]]:
        method, at = asked.path.strip("/").replace("/", "."), asked.get("timestamp")
        if asked.get("method") != method or asked.get("v") != "2":
            raise _No(40003, "isv.parameter-invalid")
        if asked.get("app_key") != self.app_key:
            raise _No(40003, "isv.app-id-invalid")
        param_json = asked.body.decode() or asked.get("param_json")
        told = {"app_key": self.app_key, "method": method, "param_json": param_json, "timestamp": at, "v": "2"}
        if asked.get("sign") != sign_of(told, self.app_secret, asked.get("sign_method", "md5")):
            raise _No(40003, "isv.signature-invalid")
        instant = int(at) * 1000 if at.isdigit() else meant(at)
        if instant is None or abs(self.now() - instant) > TEN_MINUTES_MS:
            raise _No(40003, "isv.timestamp-invalid")
        try:
            business = json.loads(param_json)
        except ValueError:
            business = None
        if not isinstance(business, dict):
            raise _No(40003, "isv.parameter-format-invalid")
        return method, business

    def _open(self, method: str, token: str) -> Callable[[dict[str, Any]], Any]:
        if self.tokens.get(token, 0) < self.now():
            raise _No(40003, "isv.access-token-expired" if token in self.tokens else "isv.access-token-no-existed")
        if method not in self._methods:
            raise _No(70000, "isp.api-service-off")
        return self._methods[method]

    def _token(self, method: str, business: Mapping[str, Any]) -> Reply:
        if not (self._is_ours(business) if method == "token.create" else business.get("refresh_token") in self._refreshes):
            return self.refuse("dop.token-generate-failed", _said(50002, "token不存在", {"sub_code": "isv.business-failed:4", "sub_msg": "token不存在"}))
        with self.lock:
            number = len(self.tokens) + 1
            token, refresh = f"access-{number}", f"refresh-{number}"
            self.tokens[token] = self.now() + _TOKEN_SECONDS * 1000
            self._refreshes = {refresh}
        data = {"access_token": token, "refresh_token": refresh, "expires_in": _TOKEN_SECONDS, "shop_id": int(self.shop_id), "scope": "SCOPE"}
        return _said(10000, "success", {"sub_code": "", "sub_msg": "", "data": data})

    def _is_ours(self, business: Mapping[str, Any]) -> bool:
        """An application of the seller's own names its shop, or wants the one for tests; a tool for many sellers has the code that ours gave it."""
        if business.get("grant_type") == "authorization_code":
            return business.get("code") == self.code
        is_meant = str(business.get("shop_id")) == self.shop_id or business.get("test_shop") == "1"
        return business.get("grant_type") == "authorization_self" and is_meant

    def _search(self, told: dict[str, Any]) -> dict[str, Any]:
        page, size = int(told.get("page", 0)), int(told.get("size", 10))
        if page < 0 or not 1 <= size <= 100 or page * size >= _PAGES_MAX_ROWS:
            raise _No(40004, "isv.parameter-invalid:size")
        by = told.get("order_by", "create_time")
        start, end = (int(told.get(f"{by}_{edge}", 0)) * 1000 for edge in ("start", "end"))
        if not start or (end and end < start):
            raise _No(40004, f"isv.parameter-invalid:{by}_start")
        end = end or self.now()
        found = self.changed_between(start, end + 999) if by == "update_time" else self.placed_between(start, end + 999)
        wanted = {one.strip() for status in told.get("combine_status") or [] for one in str(status.get("order_status", "")).split(",") if one.strip()}
        found = [one for one in (found if told.get("order_asc") else found[::-1]) if not wanted or str(_status(one)) in wanted]
        shown = found[page * size:page * size + size]
        if shown and self.fails(HALF_A_PAGE):
            shown = shown[:len(shown) // 2]
        name = "order_list" if shown and self.fails(CHANGED_SCHEMA) else "shop_order_list"
        return {name: [self._order(order) for order in shown], "total": len(found), "page": page, "size": size}

    def _detail(self, told: dict[str, Any]) -> dict[str, Any]:
        return {"shop_order_detail": self._order(self._known(told.get("shop_order_id")))}

    def _order(self, order: ShopOrder) -> dict[str, Any]:
        at = order.address
        hide, hidden = (ciphered, "encrypt_") if self.encrypts else (str, "")
        words, star = self.remarks.get(order.ref, ("", 0))
        return {
            "seller_words": words, "seller_remark_stars": star,
            "order_id": order.ref, "shop_id": int(self.shop_id), "order_status": _status(order), "main_status": _status(order),
            "create_time": order.placed_at // 1000, "update_time": order.changed_at // 1000,
            "pay_time": order.placed_at // 1000 if order.is_paid else 0, "order_amount": order.goods + order.postage, "pay_amount": order.total,
            "post_amount": order.postage, "promotion_amount": order.off, "promotion_shop_amount": order.off, "buyer_words": order.note, "doudian_open_id": order.buyer,
            f"{hidden}post_receiver": hide(at.get("name", "")), f"{hidden}post_tel": hide(at.get("phone", "")),
            "post_addr": {
                "province": {"name": at.get("state", ""), "id": "33"}, "city": {"name": at.get("city", ""), "id": "330100"},
                "town": {"name": at.get("district", ""), "id": "330110"}, "street": {"name": "", "id": ""},
                f"{hidden}detail": hide(at.get("street", ""))},
            "logistics_info": [{"tracking_no": parcel.tracking, "company": parcel.carrier} for parcel in order.parcels],
            "sku_order_list": [
                {"order_id": line.ref, "parent_order_id": order.ref, "sku_id": int(line.ref) - 1_000_000, "code": line.item,
                 "product_name": line.name, "item_num": line.quantity, "origin_amount": line.price,
                 "sum_amount": line.price * line.quantity, "order_amount": line.price * line.quantity, "pay_amount": line.paid,
                 "promotion_amount": line.off, **dict.fromkeys(("order_status", "main_status"), self._line_status(order, line.ref))}
                for line in order.lines]}

    def _send(self, told: dict[str, Any]) -> dict[str, Any]:
        return self._sent(told, [ShopParcel(_needed(told, "logistics_code"), _needed(told, "company_code"))])

    def _resend(self, told: dict[str, Any]) -> None:
        """Another number for what has left."""
        order = self._known(told.get("order_id"))
        if not order.parcels:
            raise _No(50002, "isv.business-failed:2", "订单状态不允许修改物流")
        last = ShopParcel(_needed(told, "logistics_code"), _needed(told, "company_code"), order.parcels[-1].lines)
        self.change(order.ref, parcels=(*order.parcels[:-1], last))

    def _send_packs(self, told: dict[str, Any]) -> dict[str, Any]:
        return self._sent(told, [
            ShopParcel(_needed(pack, "logistics_code"), _needed(pack, "company_code"), {
                str(line["shipped_order_id"]): int(line["shipped_num"]) for line in pack.get("shipped_order_info", [])})
            for pack in told.get("pack_list", [])])

    def _sent(self, told: dict[str, Any], parcels: list[ShopParcel]) -> dict[str, Any]:
        request = str(told.get("request_id", ""))
        if request and request in self._told_once:
            return dict(self._told_once[request])
        order = self._known(told.get("order_id"))
        if not parcels or not order.is_paid or order.is_cancelled or order.is_shipped:
            raise _No(50002, "isv.business-failed:2", "订单状态不允许发货")
        for parcel in parcels:
            if not set(parcel.lines) <= {line.ref for line in order.lines}:
                raise _No(40004, "isv.parameter-invalid:shipped_order_id")
            self.told_shipped(order.ref, parcel)
        self._told_once[request] = said = {"pack_list": [{"logistics_code": parcel.tracking} for parcel in parcels]}
        return said

    def _stock(self, told: dict[str, Any]) -> None:
        item = told.get("code")
        is_offered = item in self.quantities or any(line.item == item for order in self.orders.values() for line in order.lines)
        if not is_offered or told.get("incremental") or not isinstance(told.get("stock_num"), int):
            raise _No(50002, "isv.business-failed:3", "商品SKU不存在")
        with self.lock:
            self.quantities[str(item)] = told["stock_num"]

    def no(self, code: int, sub: str, words: str = "") -> Exception:
        """A refusal, to be raised."""
        return _No(code, sub, words)

    def _line_status(self, order: ShopOrder, ref: str) -> int:
        return _PAID_BACK if self.requests.paid_back(order, ref) else _status(order)

    def _known(self, ref: Any) -> ShopOrder:
        if str(ref) not in self.orders:
            raise _No(50002, "isv.business-failed:1", "订单不存在")
        return self.orders[str(ref)]


class _No(Exception):
    def __init__(self, code: int, sub: str, words: str = "") -> None:
        super().__init__(sub)
        self.code, self.sub, self.words = code, sub, words or sub


def sign_of(told: Mapping[str, str], secret: str, way: str) -> str:
    """The signature of the five that are signed, in the order of their names."""
    joined = (secret + "".join(name + told[name] for name in sorted(told)) + secret).encode()
    if way == "hmac-sha256":
        return hmac.digest(secret.encode(), joined, "sha256").hex()
    return hashlib.md5(joined, usedforsecurity=False).hexdigest() if way == "md5" else ""


def _tag(order: ShopOrder) -> str:
    """Of what happened to it last."""
    if order.is_cancelled:
        return "106"
    if order.parcels:
        return "102" if order.is_shipped else "108"
    return "101" if order.is_paid else "100"


def _needed(told: Mapping[str, Any], name: str) -> str:
    if not told.get(name):
        raise _No(40002, f"isv.parameter-missing:{name}")
    return str(told[name])


def _said(code: int, words: str, more: Mapping[str, Any]) -> Reply:
    """By the newer names and by the older ones, which some clients still read."""
    older = {"err_no": 0 if code == 10000 else code, "message": words}
    return Reply(body=packed({"code": code, "msg": words, "log_id": "played", **older, **more}))


def _status(order: ShopOrder) -> int:
    if order.is_cancelled:
        return 21 if order.is_paid else 4
    if not order.is_paid:
        return 1
    return 3 if order.is_shipped else 101 if order.parcels else 2
