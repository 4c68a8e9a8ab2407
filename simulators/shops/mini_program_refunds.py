"""What buyers of a WeChat shop, played, ask to have paid back."""

from typing import TYPE_CHECKING, Any

from simulators.shops.mini_program_no import No, needed
from simulators.shops.shop import ShopOrder

if TYPE_CHECKING:
    from simulators.shops.mini_program import MiniProgramShop

_FIRST = 2_000_000_000_000_000
_DONE = {"REFUND": "MERCHANT_REFUND_SUCCESS", "RETURN": "MERCHANT_RETURN_SUCCESS"}


class Refunds:
    """All that was asked for, by its number."""

    def __init__(self, shop: "MiniProgramShop") -> None:
        self._shop = shop
        self.asked: dict[str, dict[str, Any]] = {}

    def ask(self, ref: str, item: str, count: int, amount: int, *, is_return: bool = False, has_left: bool = False) -> str:
        """A buyer asks; `has_left` says that what comes back is on its way to the seller."""
        product, sku = self._shop.shelf.place_of(item)
        kind, number = "RETURN" if is_return else "REFUND", str(_FIRST + len(self.asked))
        with self._shop.lock:
            self.asked[number] = {
                "after_sale_order_id": number, "order_id": ref, "type": kind, "status": "MERCHANT_WAIT_RECEIPT" if has_left else "MERCHANT_PROCESSING",
                "product_info": {"product_id": product, "sku_id": sku, "count": count}, "refund_info": {"amount": amount}}
        self._shop.change(ref)
        return number

    def shown(self, told: dict[str, Any]) -> dict[str, Any]:
        """One of them."""
        return {"after_sale_order": dict(self._known(told))}

    def accept(self, told: dict[str, Any]) -> None:
        """The seller agrees: to a return first that it is sent back, then, like to a refund, that it is paid."""
        one, pays = self._known(told), told.get("accept_type") == 2
        is_ready = one["status"] == ("MERCHANT_PROCESSING" if one["type"] == "REFUND" or not pays else "MERCHANT_WAIT_RECEIPT")
        if not is_ready or (one["type"] == "REFUND" and not pays):
            raise No(10021041, "当前售后单不支持此操作，请检查售后单状态")
        if not pays:
            one["status"] = "USER_WAIT_RETURN"
            return
        one["status"] = _DONE[one["type"]]
        with self._shop.told_later():
            before = self._shop.orders[one["order_id"]]
            self._shop.change(before.ref, refunded=before.refunded + one["refund_info"]["amount"])

    def told_of(self, order: ShopOrder) -> dict[str, Any]:
        """What an order tells of them."""
        own = [one for one in self.asked.values() if one["order_id"] == order.ref]
        return {"on_aftersale_order_cnt": sum(one["status"] not in _DONE.values() for one in own),
                "aftersale_order_list": [{"aftersale_order_id": one["after_sale_order_id"], "status": 0} for one in own]}

    def open(self, order: ShopOrder, item: str) -> int:
        """How much of an item is asked for."""
        return self._count(order, item, is_done=False)

    def finished(self, order: ShopOrder, item: str) -> int:
        """How much of an item was paid back."""
        return self._count(order, item, is_done=True)

    def _count(self, order: ShopOrder, item: str, *, is_done: bool) -> int:
        sku = self._shop.shelf.place_of(item)[1]
        return sum(one["product_info"]["count"] for one in self.asked.values() if one["order_id"] == order.ref
                   and one["product_info"]["sku_id"] == sku and (one["status"] in _DONE.values()) is is_done)

    def _known(self, told: dict[str, Any]) -> dict[str, Any]:
        number = needed(told, "after_sale_order_id")
        if number not in self.asked:
            raise No(10021050, "售后单不存在")
        return self.asked[number]
