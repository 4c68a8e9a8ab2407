"""What else sellers' programmes commonly ask of a WeChat shop: whose it is, and who carries."""

from collections.abc import Callable
from typing import Any

READ_BY_GET = frozenset({"/channels/ec/basics/info/get"})
"""All else is asked by POST."""
CARRIERS = (("SF", "顺丰"), ("YTO", "圆通"), ("ZTO", "中通"), ("STO", "申通"), ("YUNDA", "韵达"), ("JD", "京东"), ("EMS", "中国邮政"))


def more() -> dict[str, Callable[[dict[str, Any]], Any]]:
    """By the end of the path."""
    return {
        "basics/info/get": lambda _: {"info": {"nickname": "played", "headimg_url": "", "subject_type": "企业", "status": "open_finished", "username": "gh_played"}},
        "order/deliverycompanylist/new/get": _carriers, "order/deliverycompanylist/get": _carriers}


def _carriers(_told: dict[str, Any]) -> dict[str, Any]:
    return {"company_list": [{"delivery_id": code, "delivery_name": name} for code, name in CARRIERS]}
