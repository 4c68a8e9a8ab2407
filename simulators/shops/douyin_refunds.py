"""What buyers of a Douyin shop, played, want back: the list of after-sales, and the seller's word on one."""

from typing import TYPE_CHECKING, Any

from simulators.shops.requests import ASKED, PAID, REFUSED, SENDS_BACK, SENT_BACK, WITHDRAWN, Requests, ShopRequest
from simulators.shops.shop import CHANGED_SCHEMA, HALF_A_PAGE

if TYPE_CHECKING:
    from simulators.shops.douyin import DouyinShop

_FIRST = 7_100_000_000_000_000_001
_STATES = {ASKED: 6, SENDS_BACK: 7, SENT_BACK: 11, WITHDRAWN: 28, REFUSED: 27, PAID: 12}
_TAGS = {ASKED: "200", SENDS_BACK: "202", SENT_BACK: "203", REFUSED: "204", PAID: "206", WITHDRAWN: "207"}
_PAGES_MAX_ROWS = 50_000
_AGREES_MONEY, _AGREES_RETURN, _AGREES_RETURNED = 201, 101, 111
_REFUSES = {202: (1, 2), 102: (0,), 112: (0,)}
"""By the kinds of which it is."""


class DouyinRequests(Requests):
    """After-sales of all kinds are in one list."""

    def __init__(self, shop: "DouyinShop") -> None:
        super().__init__(shop, _FIRST)
        self._shop_ = shop

    def listed(self, told: dict[str, Any]) -> Any:
        """By their order, or by when they changed."""
        page, size, ref = int(told.get("page", 0)), int(told.get("size", 10)), str(told.get("order_id", ""))
        if page < 0 or not 1 <= size <= 100 or page * size >= _PAGES_MAX_ROWS:
            raise self._shop_.no(40004, "isv.parameter-invalid:size")
        start, end = int(told.get("update_start_time", 1)), int(told.get("update_end_time", self._shop_.now() // 1000))
        if not ref and not 0 < start <= end:
            raise self._shop_.no(40004, "isv.parameter-invalid:update_start_time")
        found = self.of(ref)[::-1] if ref else self.changed_between(start * 1000, end * 1000 + 999)
        shown = found[page * size:page * size + size]
        if shown and self._shop_.fails(HALF_A_PAGE):
            shown = shown[:len(shown) // 2]
        name = "list" if shown and self._shop_.fails(CHANGED_SCHEMA) else "items"
        return {name: [self._paper(one) for one in shown], "page": page, "size": size, "total": len(found), "has_more": len(found) > (page + 1) * size}

    def operate(self, told: dict[str, Any]) -> Any:
        """Only of the version that the seller has seen, where it says which, and only what its state allows."""
        done = []
        for item in told["items"]:
            one = self.all.get(str(item.get("aftersale_id")))
            if one is None:
                raise self._shop_.no(20000, "isp.service-error:10000", "存在无效的售后单")
            if item.get("update_time") not in (None, one.changed_at // 1000):
                raise self._shop_.no(50002, "isv.business-failed:20309541", "售后状态错误")
            self._operate(told.get("type"), one, item)
            done.append({"aftersale_id": int(one.number), "status_code": 0, "status_msg": "success"})
        return {"items": done}

    def _operate(self, way: Any, one: ShopRequest, item: dict[str, Any]) -> None:
        if way == (_AGREES_RETURNED if one.is_return else _AGREES_MONEY) and self.is_payable(one):
            self.pay(one.number)
        elif way == _AGREES_RETURN and one.is_return and one.state == ASKED:
            if not (item.get("logistics") or {}).get("receiver_address_id"):
                raise self._shop_.no(40004, "isv.parameter-invalid:11000", "参数错误，收件地址不合法")
            self.send_back(one.number, has_left=False)
        elif _kind(one) in _REFUSES.get(way, ()) and one.state == (SENT_BACK if way == 112 else ASKED):
            if not item.get("reason") or not item.get("remark"):
                raise self._shop_.no(40004, "isv.parameter-invalid", "拒绝原因必填")
            self.refuse(one.number)
        else:
            raise self._shop_.no(50002, "isv.business-failed:20309541", "售后状态错误")

    def message(self, one: ShopRequest) -> tuple[str, dict[str, Any]]:
        """What is pushed of one that changed: its tag, and what it tells."""
        return _TAGS[one.state], {
            "p_id": int(one.ref), "s_id": int(next(iter(one.lines))), "shop_id": int(self._shop_.shop_id), "aftersale_id": int(one.number),
            "aftersale_status": _STATES[one.state], "aftersale_type": _kind(one), "refund_amount": one.amount, "refund_post_amount": 0, "reason_code": 1,
            "apply_time": one.asked_at // 1000, "update_time": one.changed_at // 1000}

    def _paper(self, one: ShopRequest) -> dict[str, Any]:
        order = self._shop_.orders[one.ref]
        return {
            "aftersale_info": {
                "aftersale_id": one.number, "aftersale_type": _kind(one), "aftersale_status": _STATES[one.state],
                "related_id": next(iter(one.lines)), "refund_amount": one.amount, "refund_status": 3 if one.state == PAID else 1,
                "apply_time": one.asked_at // 1000, "update_time": one.changed_at // 1000, "aftersale_num": sum(one.lines.values())},
            "order_info": {"shop_order_id": one.ref, "related_order_info": [
                {"sku_order_id": line.ref, "order_status": 3 if one.has_left else 2, "pay_amount": line.paid, "item_num": line.quantity,
                 "aftersale_item_num": one.lines[line.ref]} for line in order.lines if line.ref in one.lines]},
            "text_part": {"reason_text": "不想要了"}}


def _kind(one: ShopRequest) -> int:
    """Goods come back, only money after the goods have left, or before."""
    return 0 if one.is_return else 1 if one.has_left else 2
