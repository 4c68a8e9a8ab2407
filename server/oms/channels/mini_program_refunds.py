"""What buyers of a WeChat shop want back: they ask for it, and the seller agrees to what was asked.

Known from documents: the list by time of change (a day at once, a cursor, no size of pages), one request in full, and the agreement that pays.
"""

from collections.abc import Callable, Iterator, Mapping

from server.kernel.clock import DAY, SECOND
from server.oms.channels.base import Asked, Document, Page, RefundRequest
from server.oms.channels.errors import ChannelChanged
from server.oms.channels.fields import kept, part, rows, text_at, whole
from server.oms.channels.mini_program_gate import WeChat
from server.oms.channels.narrowing import Listed, Narrowing

_PAYS = 2  # not: send it back first
_MONEY = frozenset({"REFUND", "RETURN"})
_OPEN = frozenset({("REFUND", "MERCHANT_PROCESSING"), ("RETURN", "MERCHANT_WAIT_RECEIPT")})
"""Where agreeing pays: a refund without a return, or a return whose goods are on their way to us."""
_PAID = frozenset({"MERCHANT_REFUND_SUCCESS", "MERCHANT_RETURN_SUCCESS", "MERCHANT_OVERDUE_REFUND", "PLATFORM_REFUNDING"})
_OVER = frozenset({"USER_CANCELD", "MERCHANT_REJECT_REFUND", "MERCHANT_REJECT_RETURN", "RETURN_CLOSED", "PLATFORM_REFUND_FAIL"})


class MiniProgramRefunds:
    """The requests of one shop; `order` fetches one of its orders, None where there is none."""

    def __init__(self, wechat: WeChat, order: Callable[[str], Document | None]) -> None:
        self._wechat, self._order = wechat, order
        self._walk = Narrowing(self._listed, self._get, wechat.now, DAY - SECOND)

    def since(self, since: int) -> Iterator[Page]:
        """All that changed from `since` on."""
        return self._walk.since(since)

    def of(self, ref: str) -> list[RefundRequest]:
        """Those of one order, which names them."""
        told = (self._order(ref) or {}).get("aftersale_detail") or {}
        named = rows(told, "aftersale_order_list", error=ChannelChanged) if told.get("aftersale_order_list") else ()
        found = [read(self._get(text_at(row, "aftersale_order_id", error=ChannelChanged))) for row in named]
        return [one for one in found if one is not None]

    def agree(self, request: RefundRequest) -> None:
        """Pays it."""
        self._wechat.ask("/channels/ec/aftersale/acceptapply", {"after_sale_order_id": request.ref, "accept_type": _PAYS})

    def _get(self, number: str) -> Document:
        said = self._wechat.ask("/channels/ec/aftersale/getaftersaleorder", {"after_sale_order_id": number})
        return kept(part(said, "after_sale_order", error=ChannelChanged))  # type: ignore[no-any-return]

    def _listed(self, first: int, until: int, key: str) -> Listed:
        said = self._wechat.ask("/channels/ec/aftersale/getaftersalelist", {
            "begin_update_time": first // SECOND, "end_update_time": (until + SECOND - 1) // SECOND, **({"next_key": key} if key else {})})
        numbers, next_key = said.get("after_sale_order_id_list"), said.get("next_key")
        if not isinstance(numbers, list):
            raise ChannelChanged("after_sale_order_id_list is no list.", code="after_sale_order_id_list")
        if said.get("has_more") and not (isinstance(next_key, str) and next_key):
            raise ChannelChanged("There is a next page without a mark (next_key).", code="next_key")
        return Listed([str(one) for one in numbers], str(next_key) if said.get("has_more") else "")


def read(document: Document) -> RefundRequest | None:
    """A request read; None for one that wants no money."""
    kind, said = text_at(document, "type"), text_at(document, "status")
    if kind not in _MONEY:
        return None
    goods = part(document, "product_info")
    stage = Asked.PAID if said in _PAID else Asked.OVER if said in _OVER else Asked.OPEN if (kind, said) in _OPEN else Asked.WAITS
    return RefundRequest(
        ref=text_at(document, "after_sale_order_id"), order_ref=text_at(document, "order_id"), version=whole(document, "update_time") * SECOND,
        stage=stage, amount=whole(part(document, "refund_info"), "amount"), is_return=kind == "RETURN",
        lines=((f"{text_at(goods, 'product_id')}:{text_at(goods, 'sku_id')}", _count(goods)),),
        reason=text_at(document, "reason_text", "") or text_at(document, "reason", ""), document=document)


def _count(goods: Mapping[str, object]) -> int:
    return whole(goods, "count") if goods.get("count") is not None else 0
