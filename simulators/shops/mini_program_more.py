"""What else sellers' programmes commonly ask of a WeChat shop: whose it is, who carries, and a note to an order."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simulators.shops.mini_program_no import No

if TYPE_CHECKING:
    from simulators.shops.mini_program import MiniProgramShop

READ_BY_GET = frozenset({"/channels/ec/basics/info/get"})
"""All else is asked by POST."""
_CARRIERS = (("SF", "顺丰"), ("YTO", "圆通"), ("ZTO", "中通"), ("STO", "申通"), ("YUNDA", "韵达"), ("JD", "京东"), ("EMS", "中国邮政"))


def more(shop: "MiniProgramShop") -> dict[str, Callable[[dict[str, Any]], Any]]:
    """By the end of the path."""
    return {
        "basics/info/get": lambda _: {"info": {"nickname": "played", "headimg_url": "", "subject_type": "企业", "status": "open_finished", "username": "gh_played"}},
        "order/deliverycompanylist/new/get": _carriers, "order/deliverycompanylist/get": _carriers,
        "order/merchantnotes/update": lambda told: _note(shop, told)}


def _carriers(_told: dict[str, Any]) -> dict[str, Any]:
    return {"company_list": [{"delivery_id": code, "delivery_name": name} for code, name in _CARRIERS]}


def _note(shop: "MiniProgramShop", told: dict[str, Any]) -> None:
    order, words = shop.known(told.get("order_id")), told.get("merchant_notes")
    if not isinstance(words, str):
        raise No(40097, "invalid args: merchant_notes")
    shop.merchant_notes[order.ref] = words
    shop.change(order.ref)
