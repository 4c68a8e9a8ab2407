"""What else sellers' programmes commonly ask of JD: orders with their buyers encrypted, and what the seller writes on an order."""

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulators.shops.jd import JdShop

_HIDDEN = ("fullname", "mobile", "telephone", "fullAddress")
_FLAGS = range(6)
_REMARK_MAX = 500


def more(shop: "JdShop") -> dict[str, Callable[[dict[str, Any]], Any]]:
    """By the method's name."""
    asked = _Asked(shop)
    return {"jingdong.pop.order.enSearch": lambda told: _hidden(shop.search(told)), "jingdong.pop.order.enGet": lambda told: _hidden(shop.get(told)),
            "jingdong.pop.order.modifyVenderRemark": asked.remark, "jingdong.order.venderRemark.queryByOrderId": asked.remarked}


class _Asked:
    def __init__(self, shop: "JdShop") -> None:
        self._shop = shop

    def remark(self, told: dict[str, Any]) -> Any:
        """It is written over."""
        order, words, flag = self._shop.orders.get(str(told.get("order_id"))), str(told.get("remark") or ""), int(told.get("flag") or 0)
        if order is None or not order.is_paid:
            return {"modifyvenderremark_result": _no("10100016", "订单不存在")}
        if flag not in _FLAGS or len(words) > _REMARK_MAX:
            return {"modifyvenderremark_result": _no("10100039", "备注过长") if flag in _FLAGS else _no("10100040", "标识不合法")}
        self._shop.remarks[order.ref] = (words, flag)
        self._shop.change(order.ref)
        return {"modifyvenderremark_result": {"success": True, "error_code": "0", "chinese_err_code": "", "english_err_code": ""}}

    def remarked(self, told: dict[str, Any]) -> Any:
        """None where nothing is written."""
        ref = str(told.get("order_id"))
        words, flag = self._shop.remarks.get(ref, ("", 0))
        return {"venderRemarkQueryResult": {"api_jos_result": {"success": True, "error_code": "0"}, "vender_remark": {
            "order_id": int(ref), "remark": words, "flag": flag} if words else None}}


def _no(code: str, words: str) -> dict[str, Any]:
    return {"success": False, "error_code": code, "chinese_err_code": words, "english_err_code": ""}


def _hidden(told: Any) -> Any:
    """Not as JD encrypts who the buyer is, but as unreadable."""
    if isinstance(told, list):
        return [_hidden(one) for one in told]
    if not isinstance(told, dict):
        return told
    return {name: base64.b64encode(value.encode()[::-1]).decode() if name in _HIDDEN and isinstance(value, str) else _hidden(value) for name, value in told.items()}
