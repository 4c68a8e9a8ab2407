"""What Douyin's buyers want back: the list of after-sales, of an order or by time, and the seller's agreement.

Known from documents and SDKs: types (0 goods come back, 1 and 2 money only, others no money), states, amounts in fen, `update_time` as what an
agreement is checked against, and 201 as the agreement to money only. Less certain: 111, the agreement once goods are on their way back.
"""

from collections.abc import Iterator

from server.kernel.clock import DAY, SECOND
from server.oms.channels.base import Asked, Document, Page, RefundRequest
from server.oms.channels.douyin_gate import Gate
from server.oms.channels.errors import ChannelChanged, ChannelRefused
from server.oms.channels.fields import kept, part, rows, text_at, whole
from server.oms.channels.windows import Slice, Windows

_SIZE = 100
_RETURN, _MONEY = 0, (1, 2)
_AGREES = {_RETURN: 111, **dict.fromkeys(_MONEY, 201)}
_SUCCESS, _OVER = 12, frozenset({27, 28, 29})
_OPEN = frozenset({(1, 6), (2, 6), (_RETURN, 11)})
_BEING_PAID = frozenset({2, 3})


class DouyinRefunds:
    """The after-sales of one shop."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._windows = Windows(self._page, gate.now, _number, window_ms=DAY, size=_SIZE)

    def since(self, since: int) -> Iterator[Page]:
        """All that changed from `since` on."""
        return self._windows.since(since)

    def of(self, ref: str) -> list[RefundRequest]:
        """Those of one order."""
        said = self._gate.ask("afterSale.List", {"order_id": ref, "page": 0, "size": _SIZE})
        found = [read(kept(row)) for row in rows(said, "items", error=ChannelChanged)]
        return [one for one in found if one is not None and one.order_ref == ref]

    def agree(self, request: RefundRequest) -> None:
        """Only to what was read: Douyin compares when it changed last."""
        info = part(request.document, "aftersale_info")
        said = self._gate.ask("afterSale.operate", {"type": _AGREES[whole(info, "aftersale_type")], "items": [
            {"aftersale_id": request.ref, "update_time": whole(info, "update_time")}]})
        for one in rows(said, "items", error=ChannelChanged):
            if one.get("status_code") not in (0, "0"):
                raise ChannelRefused(f"Douyin did not pay: {one.get('status_msg') or one.get('status_code')}", code="refund")

    def _page(self, first: int, until: int, page: int) -> Slice:
        said = self._gate.ask("afterSale.List", {
            "update_start_time": first // SECOND, "update_end_time": (until + SECOND - 1) // SECOND, "order_by": ["update_time desc"],
            "page": page, "size": _SIZE})
        return Slice([kept(row) for row in rows(said, "items", error=ChannelChanged)], whole(said, "total", error=ChannelChanged))


def read(document: Document) -> RefundRequest | None:
    """An after-sale read; None for one that wants no money."""
    info, order = part(document, "aftersale_info"), part(document, "order_info")
    kind = whole(info, "aftersale_type")
    if kind not in _AGREES:
        return None
    lines = rows(order, "related_order_info") if order.get("related_order_info") is not None else []
    return RefundRequest(
        ref=text_at(info, "aftersale_id"), order_ref=text_at(order, "shop_order_id"), version=whole(info, "update_time") * SECOND, stage=_stage(info, kind),
        amount=whole(info, "refund_amount"), lines=tuple((text_at(one, "sku_order_id"), _pieces(one)) for one in lines), is_return=kind == _RETURN,
        reason=text_at(part(document, "text_part"), "reason_text", "") if document.get("text_part") is not None else "", document=document)


def _stage(info: Document, kind: int) -> Asked:
    said = whole(info, "aftersale_status")
    if said == _SUCCESS or (said not in _OVER and info.get("refund_status") in _BEING_PAID):
        return Asked.PAID
    return Asked.OVER if said in _OVER else Asked.OPEN if (kind, said) in _OPEN else Asked.WAITS


def _pieces(line: Document) -> int:
    return whole(line, "aftersale_item_num") if line.get("aftersale_item_num") is not None else 0


def _number(row: Document) -> object:
    info = row.get("aftersale_info")
    return str(info.get("aftersale_id", id(row))) if isinstance(info, dict) else id(row)
