"""A mini-program with a back end of its own: its orders come as the plain channel's do, and WeChat is told what has left, or pays nothing out.

An order says how it was paid in `wechat`: {"openid": "o…", "transaction_id": "42…"}, or `out_trade_no` instead with the merchant's number in
the settings. One without was not paid there, and WeChat hears nothing of it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar

from pydantic import Field

from server.kernel.clock import SECOND
from server.oms.channels.base import ChannelOrder, Document, Kind, Parcel
from server.oms.channels.caller import Caller
from server.oms.channels.errors import ChannelChanged, ChannelRefused, ChannelShut
from server.oms.channels.fields import part
from server.oms.channels.mini_program_gate import WECHAT, WeChat
from server.oms.channels.plain import Plain, PlainSettings

_BEIJING = timezone(timedelta(hours=8))
_KNOWN = frozenset({"10060023", "268440065"})
"""Nothing new in it; it has been sent."""
_WHOLE, _SPLIT = 1, 2
_BY_EXPRESS, _COLLECTED = 1, 4
_BY_OUR_NUMBER, _BY_WECHATS = 1, 2
_WORDS_MAX = 120


class OwnSettings(PlainSettings):
    """`address` and `secret` are the back end's; `app_id` and `app_secret` the mini-program's; `mch_id` its merchant's number at WeChat Pay."""

    SECRETS: ClassVar[frozenset[str]] = PlainSettings.SECRETS | {"app_secret"}
    app_id: str = Field(min_length=1, max_length=64)
    app_secret: str = Field(min_length=1, max_length=128)
    carriers: dict[str, str] = Field(default_factory=dict)
    mch_id: str = Field("", max_length=32)
    wechat_address: str = Field(WECHAT, max_length=512)


class Own(Plain):
    """A mini-program with its own back end."""

    def __init__(self, settings: OwnSettings, caller: Caller) -> None:
        super().__init__(settings, caller)
        self._own, self._wechat = settings, WeChat(settings.wechat_address, settings.app_id, settings.app_secret, caller.beside())

    def ship(self, parcel: Parcel) -> None:
        """Tells the back end, then WeChat. To tell WeChat the same again would use up the one change that it allows: it is asked first."""
        super().ship(parcel)
        paid = parcel.document.get("wechat")
        if not isinstance(paid, Mapping) or not (paid.get("transaction_id") or paid.get("out_trade_no")):
            return
        order, sent = self.understand(parcel.document), self._sent(paid)
        if parcel.tracking in sent or (order.is_collected and sent):
            return
        is_split = bool(sent) or not parcel.is_whole
        try:
            self._wechat.ask("/wxa/sec/order/upload_shipping_info", {
                "order_key": self._key(paid), "logistics_type": _COLLECTED if order.is_collected else _BY_EXPRESS,
                "delivery_mode": _SPLIT if is_split else _WHOLE, **({"is_all_delivered": parcel.is_whole} if is_split else {}),
                "shipping_list": [self._packed(order, parcel)], "upload_time": _told(self._wechat.now()), "payer": {"openid": str(paid.get("openid", ""))}})
        except ChannelShut:
            raise
        except ChannelRefused as refusal:
            if refusal.code not in _KNOWN:
                raise

    def _key(self, paid: Document) -> dict[str, Any]:
        if paid.get("transaction_id"):
            return {"order_number_type": _BY_WECHATS, "transaction_id": str(paid["transaction_id"])}
        return {"order_number_type": _BY_OUR_NUMBER, "mchid": self._own.mch_id, "out_trade_no": str(paid["out_trade_no"])}

    def _sent(self, paid: Document) -> list[str]:
        """The parcels that WeChat knows of; one without a number was fetched by its customer."""
        asked = {"transaction_id": str(paid["transaction_id"])} if paid.get("transaction_id") else {
            "merchant_id": self._own.mch_id, "merchant_trade_no": str(paid["out_trade_no"])}
        order = part(self._wechat.ask("/wxa/sec/order/get_order", asked), "order", error=ChannelChanged)
        shipping = order.get("shipping")
        rows = shipping.get("shipping_list") if isinstance(shipping, Mapping) else None
        return [str(one.get("tracking_no") or "") for one in rows if isinstance(one, Mapping)] if isinstance(rows, list) else []

    def _packed(self, order: ChannelOrder, parcel: Parcel) -> dict[str, Any]:
        names = {line.ref: line.name or line.item for line in order.lines}
        words = "，".join(f"{names.get(ref, ref)}*{quantity}" for ref, quantity in parcel.lines)[:_WORDS_MAX]
        if order.is_collected:
            return {"item_desc": words}
        return {"item_desc": words, "tracking_no": parcel.tracking, "express_company": self._own.carriers.get(parcel.carrier, parcel.carrier),
                "contact": {"receiver_contact": _masked(order.ship_to.get("phone", ""))}}


def _masked(phone: str) -> str:
    """A telephone number as WeChat wants it: its last four digits are read, the rest is nobody's business."""
    return f"{phone[:-8]}****{phone[-4:]}" if len(phone) > 8 else phone


def _told(at: int) -> str:
    return datetime.fromtimestamp(at / SECOND, _BEIJING).isoformat(timespec="milliseconds")


KIND = Kind("mini_program_own", "WeChat mini-program, own server", OwnSettings, Own, quantities_at_once=500)
