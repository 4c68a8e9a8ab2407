"""What buyers of a JD shop, played, want back before they have the goods: they ask to cancel the order, which is locked until the seller answers."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simulators.shops.beijing import meant, written
from simulators.shops.requests import ASKED, PAID, REFUSED, SENDS_BACK, SENT_BACK, WITHDRAWN, Requests, ShopRequest
from simulators.shops.shop import CHANGED_SCHEMA, HALF_A_PAGE, ShopOrder

if TYPE_CHECKING:
    from simulators.shops.jd import JdShop

_FIRST = 900_000_001
_STATES = {ASKED: 0, SENDS_BACK: 0, SENT_BACK: 0, WITHDRAWN: 11, REFUSED: 2, PAID: 3}
_AGREED, _REFUSED_ = 1, 2
_METHOD = "jingdong.pop.afs.soa.refundapply"
_PAGES, _SIZE = 100, 50


class JdRequests(Requests):
    """A request is of the whole order."""

    def __init__(self, shop: "JdShop") -> None:
        super().__init__(shop, _FIRST)
        self._shop_ = shop

    def methods(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        """By their names."""
        return {f"{_METHOD}.queryPageList": self._list, f"{_METHOD}.replyRefund": self._reply}

    def locks(self, order: ShopOrder) -> bool:
        """Whether an order waits for the seller's answer."""
        return not order.parcels and any(one.is_open for one in self.of(order.ref))

    def _list(self, told: dict[str, Any]) -> Any:
        page, size = told.get("pageIndex"), told.get("pageSize")
        if not (isinstance(page, int) and isinstance(size, int) and 1 <= page <= _PAGES and 1 <= size <= _SIZE):
            return {"queryResult": _result("10100001", "分页参数不合法")}
        found = self._found(told)
        if found is None:
            return {"queryResult": _result("10100002", "时间参数不合法")}
        shown = found[(page - 1) * size:page * size]
        if shown and self._shop_.fails(HALF_A_PAGE):
            shown = shown[:len(shown) // 2]
        name = "list" if shown and self._shop_.fails(CHANGED_SCHEMA) else "result"
        return {"queryResult": {**_result(), "totalCount": len(found), name: [self._paper(one) for one in shown]}}

    def _found(self, told: dict[str, Any]) -> list[ShopRequest] | None:
        if told.get("orderId"):
            return self.of(str(told["orderId"]))[::-1]
        start, end = meant(str(told.get("modifiedStart", ""))), meant(str(told.get("modifiedEnd", "")))
        return None if start is None or end is None or end < start else self.changed_between(start, end + 999)

    def _reply(self, told: dict[str, Any]) -> Any:
        one = self.all.get(str(told.get("id")))
        left = 1 if one is not None and self._shop_.orders[one.ref].parcels else 2
        if one is None or not told.get("checkUserName") or not told.get("remark") or told.get("outWareStatus") != left:
            return {"replyResult": _result("10100003", "参数不合法")}
        if not one.is_open or told.get("status") not in (_AGREED, _REFUSED_):
            return {"replyResult": _result("10100004", "退款单已审核")}
        (self.pay if told["status"] == _AGREED else self.refuse)(one.number)
        return {"replyResult": _result()}

    def _paper(self, one: ShopRequest) -> dict[str, Any]:
        order = self._shop_.orders[one.ref]
        return {"id": int(one.number), "buyerId": order.buyer, "buyerName": order.buyer, "applyTime": written(one.asked_at), "modified": written(one.changed_at),
                "checkTime": "" if one.is_open else written(one.changed_at), "applyRefundSum": one.amount, "status": _STATES[one.state], "orderId": int(one.ref),
                "reason": "不想要了", "systemId": 14}


def _result(code: str = "0", words: str = "") -> dict[str, Any]:
    return {"success": code == "0", "errorCode": code, "chineseErrCode": words}
