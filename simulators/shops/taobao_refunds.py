"""What buyers of a Taobao shop, played, want back: the list by time, one request, the review (Tmall) and the agreement."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simulators.shops.beijing import meant, written, yuan
from simulators.shops.requests import ASKED, PAID, REFUSED, SENDS_BACK, SENT_BACK, WITHDRAWN, Requests, ShopRequest
from simulators.shops.shop import CHANGED_SCHEMA, HALF_A_PAGE, ShopOrder

if TYPE_CHECKING:
    from simulators.shops.taobao import TaobaoShop

_FIRST = 70_000_000_000_000_001
_WORDS = {ASKED: "WAIT_SELLER_AGREE", SENDS_BACK: "WAIT_BUYER_RETURN_GOODS", SENT_BACK: "WAIT_SELLER_CONFIRM_GOODS", WITHDRAWN: "CLOSED",
          REFUSED: "SELLER_REFUSE_BUYER", PAID: "SUCCESS"}

_TOPICS = {ASKED: "RefundCreated", SENDS_BACK: "RefundSellerAgreeAgreement", SENT_BACK: "RefundBuyerReturnGoods", WITHDRAWN: "RefundClosed",
           REFUSED: "RefundSellerRefuseAgreement", PAID: "RefundSuccess"}


class TaobaoRequests(Requests):
    """A request is of one line: `ask` without lines asks for the first. `code_from` is the amount (fen) from which a code is wanted."""

    def __init__(self, shop: "TaobaoShop") -> None:
        super().__init__(shop, _FIRST)
        self._shop_, self.reviewed, self.code_from = shop, set[str](), 1_000_000

    def methods(self) -> dict[str, Callable[[dict[str, str]], Any]]:
        """By their names."""
        return {"taobao.refunds.receive.get": self._list, "taobao.refund.get": self._get, "taobao.rp.refund.review": self._review,
                "taobao.rp.refunds.agree": self._agree}

    def ask_line(self, order: ShopOrder, place: int = 0, amount: int | None = None, *, is_return: bool = False) -> str:
        """For one line of an order, all of it."""
        line = order.lines[place]
        return self.ask(order.ref, amount, lines={line.ref: line.quantity}, is_return=is_return)

    def message(self, one: ShopRequest) -> tuple[str, dict[str, Any]]:
        """What is pushed of one that changed: its topic, and what it tells."""
        return f"taobao_refund_{_TOPICS[one.state]}", {
            "tid": int(one.ref), "oid": int(next(iter(one.lines))), "refund_id": int(one.number), "refund_fee": yuan(one.amount),
            "buyer_nick": self._shop_.orders[one.ref].buyer, "modified": written(one.changed_at)}

    def told_of(self, order: ShopOrder, line: str) -> dict[str, Any]:
        """What a line of a trade tells of its latest request."""
        one = self.of_line(order.ref, line)
        return {"refund_status": "NO_REFUND"} if one is None else {"refund_status": _WORDS[one.state], "refund_id": int(one.number)}

    def _list(self, told: dict[str, str]) -> Any:
        page, size = int(told.get("page_no", "1")), int(told.get("page_size", "40"))
        start = meant(told.get("start_modified", "1970-01-01 08:00:00"))
        end = meant(told.get("end_modified", written(self._shop_.now())))
        if start is None or end is None or page < 1 or not 1 <= size <= 100 or "tid" in told or not told.get("fields"):
            raise ValueError(f"page {page} of {size}, {told.get('start_modified')}")
        found = self.changed_between(start, end + 999)
        shown = found[(page - 1) * size:page * size]
        if shown and self._shop_.fails(HALF_A_PAGE):
            shown = shown[:len(shown) // 2]
        name = "refund_list" if shown and self._shop_.fails(CHANGED_SCHEMA) else "refunds"
        listed = [{name: value for name, value in self._paper(one).items() if name not in ("refund_version", "num")} for one in shown]
        return {"total_results": len(found), **({name: {"refund": listed}} if shown else {})}

    def _get(self, told: dict[str, str]) -> Any:
        return {"refund": {name: value for name, value in self._paper(self._known(told)).items() if name in told.get("fields", "").split(",")}}

    def _review(self, told: dict[str, str]) -> Any:
        one = self._known(told)
        if told.get("refund_version") != _version(one) or told.get("refund_phase") != _phase(one) or told.get("result") != "true":
            raise self._shop_.no("isv.refund-version-error", "退款单已变更")
        self.reviewed.add(one.number)
        return {"is_success": True}

    def _agree(self, told: dict[str, str]) -> Any:
        """Each by its number, amount in fen and version; for Tmall its phase, after a review."""
        number, amount, version, *phase = told.get("refund_infos", "").split("|")
        one = self._known({"refund_id": number})
        if self._shop_.is_tmall and (phase != [_phase(one)] or number not in self.reviewed):
            return _not_paid(number, "退款单未审核")
        if version != _version(one) or amount != str(one.amount):
            return _not_paid(number, "退款单已变更，请刷新")
        if not self.is_payable(one):
            return _not_paid(number, "退款状态不允许此操作")
        if one.amount >= self.code_from and not told.get("code"):
            return _not_paid(number, "需要短信验证码")
        self.pay(number)
        return {"succ": True, "msg_code": "OP_SUCC", "message": "", "results": {"refund_mapping_result": [{"refund_id": number, "succ": True}]}}

    def _known(self, told: dict[str, str]) -> ShopRequest:
        if told.get("refund_id", "") not in self.all:
            raise self._shop_.no("isv.refund-not-exist", "退款单不存在")
        return self.all[told["refund_id"]]

    def _paper(self, one: ShopRequest) -> dict[str, Any]:
        order = self._shop_.orders[one.ref]
        line = next(line for line in order.lines if line.ref in one.lines)
        return {
            "refund_id": int(one.number), "tid": int(one.ref), "oid": int(line.ref), "status": _WORDS[one.state], "refund_fee": yuan(one.amount),
            "total_fee": yuan(line.price * line.quantity), "created": written(one.asked_at), "modified": written(one.changed_at), "buyer_nick": order.buyer,
            "title": line.name, "num": one.lines[line.ref], "has_good_return": one.is_return, "reason": "不想要了", "refund_phase": _phase(one),
            "refund_version": int(_version(one)), "order_status": self._shop_.line_status(order, line.ref)}


def _version(one: ShopRequest) -> str:
    return str(one.changed_at)


def _phase(one: ShopRequest) -> str:
    return "aftersale" if one.is_return else "onsale"


def _not_paid(number: str, words: str) -> dict[str, Any]:
    return {"succ": False, "msg_code": "OP_FAIL", "message": words, "results": {"refund_mapping_result": [
        {"refund_id": number, "succ": False, "message": words}]}}
