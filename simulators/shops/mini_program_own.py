"""A mini-program with a back end of its own, played: the plain channel's shop, and beside it WeChat, who has to hear what was sent."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from simulators.shops.beijing import PLAYED
from simulators.shops.mini_program_no import No
from simulators.shops.mini_program_own_orders import Payments
from simulators.shops.mini_program_tokens import Tokens
from simulators.shops.plain import PlainShop
from simulators.shops.served import Asked, Reply
from simulators.shops.shop import ShopOrder, packed

_PARCELS_MAX = 15
_RFC_3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
_HIDDEN_PHONE = r"\+?[\d-]*\*{4}\d{4}"


class OwnMiniProgramShop(PlainShop):
    """Orders, each paid at WeChat. `is_ours` has them told by the merchant's number instead of WeChat's."""

    def __init__(self, secret: str, *, app_id: str = "wx0123456789abcdef", app_secret: str = PLAYED, mch_id: str = "1900000109", port: int = 0) -> None:
        self.app_id, self.app_secret, self.mch_id, self.is_ours = app_id, app_secret, mch_id, False
        self.tokens = Tokens(app_id, app_secret, lambda: self.now())  # noqa: PLW0108 - its clock may be moved
        self.sent: dict[str, dict[str, Any]] = {}
        """What WeChat heard of an order: the mode, whether all was sent, the parcels, how often it was begun anew."""
        self.unpaid_at_wechat: set[str] = set()
        self.payments = Payments(self)
        super().__init__(secret, port=port)

    def answer(self, asked: Asked) -> Reply:
        """WeChat's paths by its token, the others by the back end's signature."""
        if not asked.path.startswith(("/cgi-bin/", "/wxa/")):
            return super().answer(asked)
        try:
            return Reply(body=packed(self._wechat(asked)))
        except No as no:
            return self.refuse(str(no.code), Reply(body=packed({"errcode": no.code, "errmsg": f"{no.words} rid: played"})))

    def written(self, order: ShopOrder) -> dict[str, Any]:
        """With what it was paid by."""
        number = {"out_trade_no": f"OUR-{order.ref}"} if self.is_ours else {"transaction_id": f"4200{order.ref}"}
        return super().written(order) | ({"wechat": {"openid": f"o-{order.ref}", **number}} if order.is_paid else {})

    def _wechat(self, asked: Asked) -> dict[str, Any]:
        if asked.path == "/cgi-bin/token":
            return self.tokens.given_anew(dict(asked.query))
        is_read = asked.method == "GET"
        told = {} if is_read else json.loads(asked.body)
        if asked.path == "/cgi-bin/stable_token":
            return self.tokens.given(told)
        self.tokens.check(asked.get("access_token"))
        methods: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "/wxa/sec/order/upload_shipping_info": self.upload, "/wxa/sec/order/get_order": self._get, **self.payments.methods()}
        if asked.path not in methods:
            raise No(40066, "invalid url")
        if is_read:
            raise No(43002, "require POST method")
        with self.lock:
            return {"errcode": 0, "errmsg": "ok", **methods[asked.path](told)}

    def _get(self, told: dict[str, Any]) -> dict[str, Any]:
        ref = self.paid(told.get("transaction_id"), told.get("merchant_id"), told.get("merchant_trade_no"))
        return {"order": self.payments.paper(ref)}

    def upload(self, told: dict[str, Any]) -> dict[str, Any]:
        """What was sent for a payment."""
        key = told.get("order_key") or {}
        ref = self.paid(key.get("transaction_id"), key.get("mchid"), key.get("out_trade_no"))
        self._check(ref, told)
        mode, way = told["delivery_mode"], told["logistics_type"]
        new = {"mode": mode, "way": way, "is_all": mode == 1 or told["is_all_delivered"], "anew": 0, "parcels": told["shipping_list"]}
        before = self.sent.get(ref)
        if before is not None and not before["is_all"] and (before["mode"], before["way"]) == (mode, way):
            new["parcels"] = before["parcels"] + new["parcels"]
            if len(new["parcels"]) > _PARCELS_MAX:
                raise No(10060024, "物流信息数量不能超过15")
        elif before is not None:
            if before["parcels"] == new["parcels"]:
                raise No(10060023, "发货信息未更新")
            if before["anew"]:
                raise No(10060003, "支付单已使用重新发货机会")
            new["anew"] = 1
        self.sent[ref] = new
        return {}

    def _check(self, ref: str, told: dict[str, Any]) -> None:
        if self.orders[ref].is_cancelled:
            raise No(10060004, "支付单处于不可发货的状态")
        if (told.get("payer") or {}).get("openid") != f"o-{ref}":
            raise No(10060031, "该笔支付单不属于 openid 所指定的用户")
        if not re.fullmatch(_RFC_3339, str(told.get("upload_time"))):
            raise No(268485216, "上传时间非法，请按照 RFC 3339 格式填写")
        if told.get("delivery_mode") not in {1, 2} or told.get("logistics_type") not in {1, 2, 3, 4} or not told.get("shipping_list"):
            raise No(10060014, "参数错误")
        if told["delivery_mode"] == 2 and not isinstance(told.get("is_all_delivered"), bool):
            raise No(10060007, "分拆发货模式下必须填写 is_all_delivered")
        for row in told["shipping_list"]:
            self._check_parcel(row, is_express=told["logistics_type"] == 1)

    def _check_parcel(self, row: dict[str, Any], *, is_express: bool) -> None:
        if not 0 < len(row.get("item_desc", "")) <= 120:
            raise No(10060009, "商品描述字段过长")
        if is_express and not (row.get("tracking_no") and row.get("express_company")):
            raise No(268485226, "物流单号不能为空")
        if row.get("express_company") == "SF" and not re.fullmatch(_HIDDEN_PHONE, (row.get("contact") or {}).get("receiver_contact", "")):
            raise No(10060014, "参数错误: contact")

    def paid(self, number: Any, merchant: Any, ours: Any) -> str:
        """The order for which this was paid."""
        ref = str(number).removeprefix("4200") if number else str(ours).removeprefix("OUR-") if merchant == self.mch_id else ""
        if ref not in self.orders or ref in self.unpaid_at_wechat:
            raise No(10060001, "支付单不存在")
        return ref
