"""What else WeChat is asked by the back end of a mini-program, played: which payments wait for goods, whether it must hear of them, and several at once."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from simulators.shops.mini_program_more import CARRIERS
from simulators.shops.mini_program_no import No
from simulators.shops.shop import ShopOrder

if TYPE_CHECKING:
    from simulators.shops.mini_program_own import OwnMiniProgramShop

_PAGE, _TO_SEND, _SENT, _PAID_BACK, _DESCRIBED_MAX = 100, 1, 2, 5, 120
_ROOT = "/wxa/sec/order"


class Payments:
    """What was paid at WeChat for orders of a shop, as WeChat shows it."""

    def __init__(self, shop: "OwnMiniProgramShop") -> None:
        self._shop = shop

    def methods(self) -> Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]]:
        """By path."""
        return {f"{_ROOT}/get_order_list": self._listed, f"{_ROOT}/is_trade_managed": lambda _: {"is_trade_managed": True},
                f"{_ROOT}/is_trade_management_confirmation_completed": lambda _: {"completed": True}, f"{_ROOT}/set_msg_jump_path": self._jump,
                f"{_ROOT}/notify_confirm_receive": self._remind, f"{_ROOT}/upload_combined_shipping_info": self._upload_several,
                "/cgi-bin/express/delivery/open_msg/get_delivery_list": lambda _: {
                    "delivery_list": [{"delivery_id": code, "delivery_name": name} for code, name in CARRIERS], "count": len(CARRIERS)}}

    def paper(self, ref: str) -> dict[str, Any]:
        """A payment, and what WeChat heard of what was sent for it."""
        order, heard = self._shop.orders[ref], self._shop.sent.get(ref)
        words = "；".join(f"{line.name}*{line.quantity}" for line in order.lines)
        return {"transaction_id": f"4200{ref}", "merchant_trade_no": f"OUR-{ref}", "merchant_id": self._shop.mch_id, "sub_merchant_id": "",
                "description": words if len(words) <= _DESCRIBED_MAX else f"{words[:_DESCRIBED_MAX]}...", "paid_amount": order.total, "openid": f"o-{ref}",
                "trade_create_time": order.placed_at // 1000, "pay_time": order.placed_at // 1000, "order_state": self._state(order), "in_complaint": False,
                "shipping": {} if heard is None else {
                    "delivery_mode": heard["mode"], "logistics_type": heard["way"], "finish_shipping": heard["is_all"],
                    "finish_shipping_count": heard["is_all"] + heard["anew"], "goods_desc": words, "shipping_list": heard["parcels"]}}

    def _state(self, order: ShopOrder) -> int:
        return _PAID_BACK if order.is_cancelled else _TO_SEND if order.ref not in self._shop.sent else _SENT

    def _listed(self, told: dict[str, Any]) -> dict[str, Any]:
        between, size, mark = told.get("pay_time_range") or {}, told.get("page_size", _PAGE), told.get("last_index") or "0"
        if not isinstance(size, int) or not 1 <= size <= _PAGE or not str(mark).isdigit():
            raise No(10060014, "参数错误")
        first, last = between.get("begin_time", 0) * 1000, between.get("end_time", 2**32) * 1000 + 999
        found = [one for one in self._shop.orders.values() if one.is_paid and one.ref not in self._shop.unpaid_at_wechat and first <= one.placed_at <= last
                 and told.get("order_state") in (None, self._state(one)) and told.get("openid") in (None, "", f"o-{one.ref}")]
        start = int(mark)
        return {"order_list": [self.paper(one.ref) for one in found[start:start + size]], "last_index": str(min(start + size, len(found))), "has_more": start + size < len(found)}

    def _jump(self, told: dict[str, Any]) -> dict[str, Any]:
        if not told.get("path"):
            raise No(10060014, "参数错误: path")
        return {}

    def _remind(self, told: dict[str, Any]) -> dict[str, Any]:
        ref = self._shop.paid(told.get("transaction_id"), told.get("merchant_id"), told.get("merchant_trade_no"))
        if not self._shop.sent.get(ref, {}).get("is_all") or not isinstance(told.get("received_time"), int):
            raise No(10060014, "参数错误")
        return {}

    def _upload_several(self, told: dict[str, Any]) -> dict[str, Any]:
        """Each part of a payment as if it were told alone, and nothing of it when the same is told twice."""
        parts = told.get("sub_orders") or []
        keys = [str(one.get("order_key")) for one in parts]
        if not parts or len({*keys}) != len(keys):
            raise No(10060013, "子单单号重复") if parts else No(10060014, "参数错误: sub_orders")
        for one in parts:
            self._shop.upload({**one, "upload_time": told.get("upload_time"), "payer": told.get("payer")})
        return {}
