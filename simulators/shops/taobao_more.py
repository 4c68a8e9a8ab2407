"""What else sellers' programmes commonly ask of Taobao: whose shop it is, what it sells, who carries, what is paid back."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.shops.beijing import written

if TYPE_CHECKING:
    from simulators.shops.taobao import TaobaoShop

_CARRIERS = (("505", "SF", "顺丰速运"), ("502", "STO", "申通快递"), ("500", "ZTO", "中通快递"), ("101", "YTO", "圆通速递"), ("102", "YUNDA", "韵达快递"), ("2", "EMS", "EMS"))
_NICK = "played"
_FLAGS = ("0", "1", "2", "3", "4", "5")


def more(shop: "TaobaoShop") -> dict[str, Callable[[dict[str, str]], Any]]:
    """By the method's name."""
    asked = _Asked(shop)
    return {
        "taobao.user.seller.get": lambda _: {"user": {"user_id": 1, "nick": _NICK, "type": "B" if shop.is_tmall else "C", "status": "normal"}},
        "taobao.shop.seller.get": lambda _: {"shop": {"sid": 1, "title": _NICK, "nick": _NICK, "created": written(0), "modified": written(0)}},
        "taobao.logistics.companies.get": lambda _: {"logistics_companies": {"logistics_company": [
            {"id": int(number), "code": code, "name": name, "reg_mail_no": ""} for number, code, name in _CARRIERS]}},
        "taobao.items.onsale.get": asked.on_sale, "taobao.trade.memo.add": asked.memo, "taobao.trade.memo.update": asked.memo,
        "taobao.logistics.consign.resend": asked.resend}


class _Asked:
    def __init__(self, shop: "TaobaoShop") -> None:
        self._shop = shop

    def on_sale(self, told: dict[str, str]) -> Any:
        items = [{"num_iid": self._shop.number_of(item), "title": item, "outer_id": item, "num": quantity, "nick": _NICK, "price": "19.90",
                  "approve_status": "onsale"} for item, quantity in self._shop.quantities.items()]
        return _page(told, items, "items", "item")

    def memo(self, told: dict[str, str]) -> Any:
        """What the seller writes on a trade for the seller's own people, with a flag from 0 to 5; `reset` takes what is written away."""
        order = self._shop.known(told.get("tid", ""), "isv.trade-not-exist")
        flag = told.get("flag", "0")
        if flag not in _FLAGS:
            raise ValueError(f"flag {flag}")
        self._shop.memos[order.ref] = ("" if told.get("reset") == "true" else told.get("memo", ""), int(flag))
        changed = self._shop.change(order.ref)
        return {"trade": {"tid": int(order.ref), ("created" if told["method"].endswith("add") else "modified"): written(changed.changed_at)}}

    def resend(self, told: dict[str, str]) -> Any:
        """Another number for what has left."""
        order = self._shop.known(told.get("tid", ""), "isv.logistics-consign-resend-service-error:B01")
        if not order.parcels:
            raise self._shop.no("isv.logistics-consign-resend-service-error:B04", "订单未发货")
        last = replace(order.parcels[-1], tracking=told["out_sid"], carrier=told["company_code"])
        self._shop.change(order.ref, parcels=(*order.parcels[:-1], last))
        return {"shipping": {"is_success": True}}


def _page(told: dict[str, str], found: list[Any], several: str, one: str) -> dict[str, Any]:
    page, size = int(told.get("page_no", "1")), int(told.get("page_size", "40"))
    if page < 1 or not 1 <= size <= 200:
        raise ValueError(f"page {page} of {size}")
    shown = found[(page - 1) * size:page * size]
    return {"total_results": len(found), **({several: {one: shown}} if shown else {})}


def chosen(trade: dict[str, Any], fields: str) -> dict[str, Any]:
    """Nothing of a trade is told that was not asked for: `orders` is all of its lines, `orders.num` a part of each."""
    names = {one.strip() for one in fields.split(",")}
    of_lines = {one.partition(".")[2] for one in names if one.startswith("orders.")}
    told = {name: value for name, value in trade.items() if name in names}
    if of_lines and "orders" not in names:
        told["orders"] = {"order": [{name: value for name, value in line.items() if name in of_lines} for line in trade["orders"]["order"]]}
    return told
