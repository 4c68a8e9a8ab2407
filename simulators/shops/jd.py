"""JD's JOS gateway, played: business fields as JSON in one parameter and signed along, answers in JD's own spelling."""

import calendar
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from simulators.shops.beijing import PLAYED, TEN_MINUTES_MS, meant, written, yuan
from simulators.shops.jd_more import more
from simulators.shops.jd_refunds import JdRequests
from simulators.shops.served import Asked, Reply
from simulators.shops.shop import CHANGED_SCHEMA, HALF_A_PAGE, Shop, ShopOrder, ShopParcel, packed

_FIRST_REF = 280_000_000_000
_FIRST_SKU = 10_000_000_000_000
_SYSTEM = {"method": "14", "timestamp": "7", "v": "4", "app_key": "20", "access_token": "18", "sign": "11"}
_ERRORS = {
    "2": ("限制时间内调用失败次数", "App Call Limited"), "4": ("缺少版本参数", "Missing Version"), "7": ("缺少时间戳参数", "Missing Timestamp"),
    "8": ("非法的时间戳参数", "Invalid Timestamp"), "11": ("缺少签名参数", "Missing Signature"), "12": ("无效签名", "Invalid Signature"),
    "14": ("缺少方法名参数", "Missing Method"), "15": ("不存在的方法名", "Invalid Method"), "18": ("缺少access_token参数", "Missing access_token"),
    "19": ("无效access_token", "Invalid access_token"), "20": ("缺少app_key参数", "Missing app_key"), "21": ("无效app_key", "Invalid app_key"),
    "61": ("参数值不合法，请参照帮助文档确认！", "Invalid parameter"), "63": ("json格式不合法", "Invalid JSON"),
}


class JdShop(Shop):
    """A seller's shop at JD. An order is not shown before it is paid, and its goods leave all at once."""

    tick_ms = 1000

    def __init__(self, *, app_key: str = "JDAPPKEY0001", app_secret: str = PLAYED, access_token: str = PLAYED, port: int = 0) -> None:
        self.app_key, self.app_secret, self.access_token = app_key, app_secret, access_token
        self._items: list[str] = []
        self.remarks: dict[str, tuple[str, int]] = {}
        """What the seller wrote on orders, and by which flag."""
        self.requests = JdRequests(self)
        self._methods: dict[str, Callable[[dict[str, Any]], Any]] = {
            "jingdong.pop.order.search": self.search, "jingdong.pop.order.get": self.get,
            "jingdong.pop.order.shipment": self._shipment, "jingdong.sku.read.searchSkuList": self._skus,
            "jingdong.ware.stock.sku.set": self._stock,
            "jingdong.vender.shop.query": lambda _: {"shop_jos_result": {"vender_id": 100, "shop_id": 200, "shop_name": "played"}},
            "jingdong.seller.vender.info.get": lambda _: {"vender_info_result": {"vender_id": 100, "shop_id": 200, "shop_name": "played", "col_type": 0}},
            **self.requests.methods(), **more(self)}
        super().__init__(port=port)

    def answer(self, asked: Asked) -> Reply:
        """Parameters may stand in the address or in the body; all of them together are signed."""
        if asked.path != "/routerjson":
            return Reply(404, b"not found", "text/plain")
        told = dict(asked.query) | dict(asked.fields)
        try:
            method, business = self._checked(told)
            said = method(business)
        except _No as no:
            return self.refuse(no.code, _error(no))
        return Reply(body=packed({f"{told['method'].replace('.', '_')}_responce": {"code": "0", **said}}))

    def busy(self) -> Reply:
        """Not by a status: JOS answers 200."""
        return _error(_No("2"))

    def puzzled(self, error: Exception) -> Reply:
        """Not by a status either."""
        del error
        return _error(_No("61"))

    def hook_of(self, order: ShopOrder) -> tuple[dict[str, str], bytes]:
        """JD calls nobody; this tells nothing, unsigned."""
        return {"Content-Type": "application/json"}, packed({"orderId": order.ref})

    def new_ref(self) -> str:
        """Twelve digits."""
        return str(_FIRST_REF + int(super().new_ref()))

    def _checked(self, told: Mapping[str, str]) -> tuple[Callable[[dict[str, Any]], Any], dict[str, Any]]:
        for name, code in _SYSTEM.items():
            if not told.get(name):
                raise _No(code)
        if told["app_key"] != self.app_key:
            raise _No("21")
        if told["sign"] != sign_of(told, self.app_secret):
            raise _No("12")
        at = meant(told["timestamp"])
        if at is None or abs(self.now() - at) > TEN_MINUTES_MS:
            raise _No("8")
        if told["access_token"] != self.access_token:
            raise _No("19")
        if told["method"] not in self._methods:
            raise _No("15")
        return self._methods[told["method"]], _business(told)

    def search(self, told: dict[str, Any]) -> dict[str, Any]:
        """What was placed or changed in a time."""
        start, end = meant(str(told.get("start_date", ""))), meant(str(told.get("end_date", "")))
        if start is None or end is None or not 0 <= end - start <= _month_ms(start):
            return {"searchorderinfo_result": {"apiResult": _result("10100005", "时间跨度不能超过一个月"), "orderTotal": 0}}
        page, size = told.get("page"), told.get("page_size")
        if not _is_number(page) or not _is_number(size) or not 1 <= int(str(size)) <= 100 or int(str(page)) < 1:
            raise _No("61")
        states, fields = str(told.get("order_state") or "").split(","), str(told.get("optional_fields") or "").split(",")
        if states == [""] or fields == [""]:
            raise _No("61")
        found = [order for order in self._listed(told, start, end + 999) if order.is_paid and self._state(order) in states]
        shown = found[(int(str(page)) - 1) * int(str(size)):int(str(page)) * int(str(size))]
        if shown and self.fails(HALF_A_PAGE):
            shown = shown[:len(shown) // 2]
        name = "orderList" if shown and self.fails(CHANGED_SCHEMA) else "orderInfoList"
        return {"searchorderinfo_result": {
            "apiResult": _result(), "orderTotal": len(found), name: [self._order(order, fields) for order in shown]}}

    def _listed(self, told: Mapping[str, Any], start: int, end: int) -> list[ShopOrder]:
        found = self.changed_between(start, end) if str(told.get("dateType", "0")) != "1" else self.placed_between(start, end)
        return found[::-1] if str(told.get("sortType", "0")) == "1" else found

    def _order(self, order: ShopOrder, fields: list[str]) -> dict[str, Any]:
        at = order.address
        whole = {
            "orderId": order.ref, "venderId": "100", "orderState": self._state(order), "orderStartTime": written(order.placed_at),
            "modified": written(order.changed_at), "paymentConfirmTime": written(order.placed_at) if order.is_paid else "",
            "orderTotalPrice": yuan(order.goods), "orderSellerPrice": yuan(order.goods - order.off), "orderPayment": yuan(order.total),
            "sellerDiscount": yuan(order.off), "freightPrice": yuan(order.postage),
            "couponDetailList": [{"orderId": order.ref, "skuId": str(self._sku(line.item)), "couponType": "30-单品促销优惠", "couponPrice": yuan(line.off)}
                                 for line in order.lines if line.off], "orderRemark": order.note, "venderRemark": self.remarks.get(order.ref, ("", 0))[0], "pin": order.buyer,
            "waybill": ",".join(parcel.tracking for parcel in order.parcels),
            "logisticsId": order.parcels[0].carrier if order.parcels else "",
            "consigneeInfo": {
                "fullname": at.get("name", ""), "mobile": at.get("phone", ""), "telephone": at.get("phone", ""),
                "province": at.get("state", ""), "city": at.get("city", ""), "county": at.get("district", ""),
                "fullAddress": "".join(at.get(level, "") for level in ("state", "city", "district", "street"))},
            "itemInfoList": [
                {"skuId": str(self._sku(line.item)), "wareId": "1", "outerSkuId": line.item, "skuName": line.name,
                 "itemTotal": str(line.quantity), "jdPrice": yuan(line.price)} for line in order.lines],
        }
        return {name: value for name, value in whole.items() if name in fields or name in {"orderId", "venderId"}}

    def get(self, told: dict[str, Any]) -> dict[str, Any]:
        """One order."""
        order = self.orders.get(str(told.get("order_id")))
        if order is None or not order.is_paid:
            return {"orderDetailInfo": {"apiResult": _result("10100016", "订单不存在")}}
        fields = str(told.get("optional_fields") or "").split(",")
        return {"orderDetailInfo": {"apiResult": _result(), "orderInfo": self._order(order, fields)}}

    def _shipment(self, told: dict[str, Any]) -> dict[str, Any]:
        order, carrier, tracking = self.orders.get(str(told.get("orderId"))), str(told.get("logiCoprId", "")), str(told.get("logiNo", ""))
        if order is None or not order.is_paid or order.is_cancelled or order.parcels or self.requests.locks(order):
            return {"sopjosshipment_result": _result("10400001", "订单状态不正确，不能出库")}
        if not carrier.isdigit() or not tracking:
            return {"sopjosshipment_result": _result("10400010", "物流公司ID不正确")}
        self.told_shipped(order.ref, ShopParcel(tracking, carrier))
        return {"sopjosshipment_result": {**_result(), "success": "true"}}

    def _skus(self, told: dict[str, Any]) -> dict[str, Any]:
        item = str(told.get("outId", ""))
        is_offered = item in self.quantities or any(line.item == item for order in self.orders.values() for line in order.lines)
        data = [{"skuId": self._sku(item), "outerId": item}] if is_offered else []
        return {"page": {"data": data, "pageNo": 1, "pageSize": 100, "totalItem": len(data)}}

    def _stock(self, told: dict[str, Any]) -> dict[str, Any]:
        results = []
        for one in told.get("req", {}).get("skuStocks", []):
            place = one.get("skuId", 0) - _FIRST_SKU - 1
            is_known = 0 <= place < len(self._items) and isinstance(one.get("stockNum"), int) and one["stockNum"] >= 0
            if is_known:
                with self.lock:
                    self.quantities[self._items[place]] = one["stockNum"]
            results.append({"data": str(one.get("skuId")), "success": is_known, "storeId": 0, "message": "" if is_known else "SKU不存在"})
        return {"returnType": {"success": True, "obj": {"updateStockResult": results}}}

    def _state(self, order: ShopOrder) -> str:
        return "LOCKED" if not order.is_cancelled and self.requests.locks(order) else _state(order)

    def _sku(self, item: str) -> int:
        with self.lock:
            if item not in self._items:
                self._items.append(item)
            return _FIRST_SKU + 1 + self._items.index(item)


class _No(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def sign_of(told: Mapping[str, str], secret: str) -> str:
    """The signature of all that was told but `sign`."""
    joined = secret + "".join(name + value for name, value in sorted(told.items()) if name != "sign") + secret
    return hashlib.md5(joined.encode(), usedforsecurity=False).hexdigest().upper()


def _business(told: Mapping[str, str]) -> dict[str, Any]:
    try:
        business = json.loads(told.get("360buy_param_json") or "{}")
    except ValueError:
        business = None
    if not isinstance(business, dict):
        raise _No("63")
    return business


def _error(no: _No) -> Reply:
    zh, en = _ERRORS[no.code]
    return Reply(body=packed({"error_response": {"code": no.code, "zh_desc": zh, "en_desc": en}}))


def _result(code: str = "0", words: str = "") -> dict[str, Any]:
    return {"success": code == "0", "errorCode": code, "chineseErrCode": words, "englishErrCode": ""}


def _is_number(value: Any) -> bool:
    """JD wants its pages as text."""
    return isinstance(value, str) and value.isascii() and value.isdigit()


def _month_ms(start: int) -> int:
    day = datetime.fromtimestamp(start / 1000 + 8 * 3600, UTC)
    return calendar.monthrange(day.year, day.month)[1] * 86_400_000


def _state(order: ShopOrder) -> str:
    if order.is_cancelled:
        return "TRADE_CANCELED"
    if not order.is_paid:
        return "NOT_PAY"
    return "WAIT_GOODS_RECEIVE_CONFIRM" if order.parcels else "WAIT_SELLER_STOCK_OUT"
