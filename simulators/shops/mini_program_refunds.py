"""What buyers of a WeChat shop, played, ask to have paid back."""

from typing import TYPE_CHECKING, Any

from simulators.shops.mini_program_no import No, needed
from simulators.shops.requests import ASKED, PAID, REFUSED, SENDS_BACK, SENT_BACK, WITHDRAWN, Requests, ShopRequest
from simulators.shops.shop import CHANGED_SCHEMA, ShopOrder

if TYPE_CHECKING:
    from simulators.shops.mini_program import MiniProgramShop

_FIRST = 2_000_000_000_000_000
_PAGE, _DAY_S = 50, 86_400
_WORDS = {
    "REFUND": {ASKED: "MERCHANT_PROCESSING", WITHDRAWN: "USER_CANCELD", REFUSED: "MERCHANT_REJECT_REFUND", PAID: "MERCHANT_REFUND_SUCCESS"},
    "RETURN": {ASKED: "MERCHANT_PROCESSING", SENDS_BACK: "USER_WAIT_RETURN", SENT_BACK: "MERCHANT_WAIT_RECEIPT", WITHDRAWN: "USER_CANCELD",
               REFUSED: "MERCHANT_REJECT_RETURN", PAID: "MERCHANT_RETURN_SUCCESS"}}
_NOT_NOW = 10021041


class MiniProgramRequests(Requests):
    """A request is of one item."""

    def __init__(self, shop: "MiniProgramShop") -> None:
        super().__init__(shop, _FIRST)
        self._shop_ = shop

    def ask_item(self, ref: str, item: str, count: int, amount: int, *, is_return: bool = False, has_left: bool = False) -> str:
        """A buyer asks; `has_left` says that what comes back is on its way to the seller."""
        line = next(line for line in self._shop_.orders[ref].lines if line.item == item)
        number = self.ask(ref, amount, lines={line.ref: count}, is_return=is_return)
        if has_left:
            self.send_back(number)
        return number

    def listed(self, told: dict[str, Any]) -> dict[str, Any]:
        """The numbers of those that changed, or were made, by a cursor."""
        by = "create" if "begin_create_time" in told else "update"
        start, end, key = told.get(f"begin_{by}_time"), told.get(f"end_{by}_time"), told.get("next_key") or "0"
        if not (isinstance(start, int) and isinstance(end, int) and 0 <= end - start <= _DAY_S and str(key).isdigit()):
            raise No(40097, "invalid args")
        found, first = self.changed_between(start * 1000, end * 1000 + 999) if by == "update" else [
            one for one in self.all.values() if start * 1000 <= one.asked_at <= end * 1000 + 999], int(key)
        shown, has_more = found[first:first + _PAGE], first + _PAGE < len(found)
        name = "order_id_list" if shown and self._shop_.fails(CHANGED_SCHEMA) else "after_sale_order_id_list"
        return {name: [one.number for one in shown], "has_more": has_more, "next_key": str(first + _PAGE) if has_more else ""}

    def shown(self, told: dict[str, Any]) -> dict[str, Any]:
        """One of them."""
        one = self._known(told)
        product, sku = self._shop_.shelf.place_of(self._item(one))
        return {"after_sale_order": {
            "after_sale_order_id": one.number, "order_id": one.ref, "type": _kind(one), "status": _word(one),
            "product_info": {"product_id": product, "sku_id": sku, "count": sum(one.lines.values())}, "refund_info": {"amount": one.amount},
            "create_time": one.asked_at // 1000, "update_time": one.changed_at // 1000, "reason": "不想要了"}}

    def accept(self, told: dict[str, Any]) -> None:
        """The seller agrees: to a return first that it is sent back, then, like to a refund, that it is paid."""
        one, pays = self._known(told), told.get("accept_type") == 2
        if pays and self.is_payable(one):
            self.pay(one.number)
        elif not pays and one.is_return and one.state == ASKED:
            self.send_back(one.number, has_left=False)
        else:
            raise No(_NOT_NOW, "当前售后单不支持此操作，请检查售后单状态")

    def reject(self, told: dict[str, Any]) -> None:
        """The seller does not agree, and says why."""
        one = self._known(told)
        needed(told, "reject_reason")
        if one.state not in (ASKED, SENT_BACK):
            raise No(_NOT_NOW, "当前售后单不支持此操作，请检查售后单状态")
        self.refuse(one.number)

    def event(self, one: ShopRequest) -> dict[str, Any]:
        """What is pushed of one that changed."""
        return {"Event": "channels_ec_aftersale_update", "finder_shop_aftersale_status_update": {
            "status": _word(one), "after_sale_order_id": one.number, "order_id": one.ref}}

    def told_of(self, order: ShopOrder) -> dict[str, Any]:
        """What an order tells of them."""
        own = self.of(order.ref)
        return {"on_aftersale_order_cnt": sum(one.is_open for one in own),
                "aftersale_order_list": [{"aftersale_order_id": one.number, "status": 0} for one in own]}

    def counted(self, order: ShopOrder, line: str, *, is_paid: bool) -> int:
        """How many pieces of a line are asked for, or were paid back."""
        return sum(one.lines.get(line, 0) for one in self.of(order.ref) if (one.state == PAID if is_paid else one.is_open))

    def _item(self, one: ShopRequest) -> str:
        return next(line.item for line in self._shop_.orders[one.ref].lines if line.ref in one.lines)

    def _known(self, told: dict[str, Any]) -> ShopRequest:
        number = needed(told, "after_sale_order_id")
        if number not in self.all:
            raise No(10021050, "售后单不存在")
        return self.all[number]


def _kind(one: ShopRequest) -> str:
    return "RETURN" if one.is_return else "REFUND"


def _word(one: ShopRequest) -> str:
    return _WORDS[_kind(one)].get(one.state, "MERCHANT_PROCESSING")
