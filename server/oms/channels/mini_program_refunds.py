"""Money paid back at a WeChat shop: the buyer asks for it, and the seller agrees to what was asked."""

from collections.abc import Iterator

from server.oms.channels.base import Document
from server.oms.channels.errors import ChannelChanged, ChannelRefused
from server.oms.channels.fields import part, rows, text_at, whole
from server.oms.channels.mini_program_gate import WeChat

_PAYS = 2  # not: send it back first
_WAITS = frozenset({("REFUND", "MERCHANT_PROCESSING"), ("RETURN", "MERCHANT_WAIT_RECEIPT")})
"""Where agreeing pays: a refund without a return, or a return whose goods are on their way to us."""
_PAID = frozenset({"MERCHANT_REFUND_SUCCESS", "MERCHANT_RETURN_SUCCESS", "MERCHANT_OVERDUE_REFUND", "PLATFORM_REFUNDING"})


def pay_back(wechat: WeChat, order: Document, amount: int) -> None:
    """Agrees to what a buyer asked of this order, when it is this amount. One of that amount that is paid counts as this one: never twice."""
    asked = [one for one in _asked(wechat, order) if whole(part(one, "refund_info", error=ChannelChanged), "amount", error=ChannelChanged) == amount]
    if any(one.get("status") in _PAID for one in asked):
        return
    for one in asked:
        if (one.get("type"), one.get("status")) in _WAITS:
            number = text_at(one, "after_sale_order_id", error=ChannelChanged)
            wechat.ask("/channels/ec/aftersale/acceptapply", {"after_sale_order_id": number, "accept_type": _PAYS})
            return
    raise ChannelRefused(f"No buyer of {text_at(order, 'order_id')} has asked WeChat for this amount ({amount} fen).", code="refund")


def _asked(wechat: WeChat, order: Document) -> Iterator[Document]:
    told = order.get("aftersale_detail") or {}
    for row in rows(told, "aftersale_order_list", error=ChannelChanged) if told.get("aftersale_order_list") else ():
        number = text_at(row, "aftersale_order_id", error=ChannelChanged)
        yield part(wechat.ask("/channels/ec/aftersale/getaftersaleorder", {"after_sale_order_id": number}), "after_sale_order", error=ChannelChanged)
