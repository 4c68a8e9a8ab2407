"""What JD's buyers want back before they have the goods: they ask to cancel the order, and the seller looks at it.

Known from documents and SDKs: amounts in fen, an order as a whole, the states, that the list can be asked by the time of change (in newer SDKs
only), pages of 50 and no more than 100 of them. What a buyer wants back for goods that have come is another family of methods (`asc`): its lists are
asked by when a buyer asked (of 7 days) or the seller looked at it (of 10), not by changes, the unit of their amounts is not written down, and no one
method pays. So such a refund is refused here, and agreed to in JD's pages.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from server.kernel.clock import DAY, SECOND
from server.oms.channels.base import Asked, Document, Page, RefundRequest
from server.oms.channels.errors import ChannelChanged, ChannelRefused, Misunderstood
from server.oms.channels.fields import beijing, kept, part, rows, text_at, whole
from server.oms.channels.times import beijing_text
from server.oms.channels.windows import Slice, Windows

_SIZE, _PAGES = 50, 100
_LOOKED_AT, _OVER = frozenset({0, 10}), frozenset({2, 4, 8, 11, 18})
_PAID = frozenset({1, 3, 5, 6, 7, 9})
"""Looked at with a yes, by the seller, a person at JD or its cashier; or the parcel was stopped. All others wait: for goods refused at the door (16) or
sent back (17), for JD's judges (19) or its carrier (27), or for what we do not know."""
_AGREED = 1
_LEFT, _NOT_LEFT = 1, 2
_METHOD = "jingdong.pop.afs.soa.refundapply"


class JdRefunds:
    """The requests of one shop: `ask` asks a method, `guard` raises what a result says no with, `has_left` tells of an order."""

    def __init__(self, ask: Callable[[str, Mapping[str, Any]], Document], now: Callable[[], int], guard: Callable[[Any], ChannelRefused | None],
                 has_left: Callable[[str], bool]) -> None:
        self._ask, self._guard, self._has_left = ask, guard, has_left
        self._windows = Windows(self._page, now, lambda row: str(row.get("id", id(row))), window_ms=DAY, size=_SIZE, most=_SIZE * _PAGES)

    def since(self, since: int) -> Iterator[Page]:
        """All that changed from `since` on."""
        return self._windows.since(since)

    def of(self, ref: str) -> list[RefundRequest]:
        """Those of one order."""
        return [read(row) for row in self._asked({"orderId": ref}, 0).rows if str(row.get("orderId")) == ref]

    def agree(self, request: RefundRequest) -> None:
        """Of the whole order; JD wants to know whether it has left."""
        said = self._ask(f"{_METHOD}.replyRefund", {
            "status": _AGREED, "id": request.ref, "checkUserName": "Aisle", "remark": "同意取消",
            "outWareStatus": _LEFT if self._has_left(request.order_ref) else _NOT_LEFT})
        if refusal := self._guard(said.get("replyResult")):
            raise refusal

    def _page(self, first: int, until: int, page: int) -> Slice:
        return self._asked({"modifiedStart": beijing_text(first), "modifiedEnd": beijing_text(until + SECOND - 1)}, page)

    def _asked(self, by: Mapping[str, Any], page: int) -> Slice:
        said = self._ask(f"{_METHOD}.queryPageList", {**by, "pageIndex": page + 1, "pageSize": _SIZE})
        found = part(said, "queryResult", error=ChannelChanged)
        if refusal := self._guard(found):
            raise refusal
        total = whole(found, "totalCount", error=ChannelChanged)
        return Slice([kept(row) for row in rows(found, "result", error=ChannelChanged)] if total > page * _SIZE else [], total)


def read(document: Document) -> RefundRequest:
    """A request read. One that was agreed to counts as paid: JD's own cashier pays it after that. A state we do not know waits."""
    said = whole(document, "status")
    changed = next((name for name in ("modified", "checkTime") if document.get(name)), "applyTime")
    return RefundRequest(
        ref=text_at(document, "id"), order_ref=text_at(document, "orderId"), version=beijing(document, changed),
        stage=_stage(said), amount=_fen(document),
        reason=text_at(document, "reason", ""), document=document)


def _stage(said: int) -> Asked:
    if said in _LOOKED_AT:
        return Asked.OPEN
    return Asked.OVER if said in _OVER else Asked.PAID if said in _PAID else Asked.WAITS


def _fen(document: Document) -> int:
    """Whole fen, by some answers written with digits behind a point."""
    try:
        fen = Decimal(text_at(document, "applyRefundSum"))
        if fen == int(fen) and fen >= 0:
            return int(fen)
    except (InvalidOperation, ValueError, OverflowError):
        pass
    raise Misunderstood(f"applyRefundSum is {document.get('applyRefundSum')!r}, no amount in fen.", code="applyRefundSum")
