"""A shop that speaks our plain channel: it calls us with orders, and answers when it is asked."""

import base64
import hashlib
import hmac
import itertools
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import unquote, urlencode

from simulators.shops.served import Asked, Reply
from simulators.shops.shop import (
    CHANGED_SCHEMA,
    HALF_A_PAGE,
    Shop,
    ShopOrder,
    ShopParcel,
    packed,
)

_WINDOW_S = 300
_PAGE = 50
_PATHS = ("/quantities", "/shipments", "/ready", "/cancellations", "/refunds")


class PlainShop(Shop):
    """Lists what changed in pages of fifty."""

    usual_address: ClassVar[Mapping[str, str]] = {
        "name": "王小明", "phone": "13800138000", "country": "CN", "state": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路 1 号"}

    def __init__(self, secret: str, *, port: int = 0) -> None:
        self._secret = key_of(secret)
        self.calls = itertools.count(1)
        self.ready: dict[str, dict[str, Any]] = {}
        """Which orders it was told that their customers may come for, with which code, until when."""
        self.unlisted: set[str] = set()
        """Items that it does not sell and will hear nothing of."""
        self.refunds: list[tuple[str, str]] = []
        """Which orders were paid back for what reason, each once."""
        self.stocked: list[dict[str, int]] = []
        """How much of what it was told that it may sell, call by call."""
        super().__init__(port=port)

    def answer(self, asked: Asked) -> Reply:
        """What is not signed by the secret within five minutes is refused."""
        why = self._wrong(asked)
        if why:
            return self.refuse(why, Reply(401, packed({"error": why})))
        if asked.method == "GET":
            return self._shown(asked)
        return self._told(asked.path, asked.document)

    def hook_of(self, order: ShopOrder) -> tuple[dict[str, str], bytes]:
        """One order, signed."""
        body = packed({"orders": [self.written(order)]})
        return {"Content-Type": "application/json", **self.signed(f"msg_{next(self.calls)}", self.now() // 1000, body)}, body

    def spoiled(self, headers: Any) -> dict[str, str]:
        """Signed by somebody else."""
        return {**headers, "webhook-signature": "v1," + "A" * 43 + "="}

    def written(self, order: ShopOrder) -> dict[str, Any]:
        """An order as this shop writes it."""
        stage = "cancelled" if order.is_cancelled else "shipped" if order.is_shipped else "paid" if order.is_paid else "unpaid"
        return {"reference": order.ref, "version": order.changed_at, "stage": stage, "placed_at": order.placed_at, "customer": order.buyer,
                "ship_to": dict(order.address), "currency": "CNY", "total": order.total, "postage": order.postage, "note": order.note, "delivery": order.delivery,
                "lines": [{"ref": line.ref, "item": line.item, "name": line.name, "quantity": line.quantity, "price": line.price, **({"paid": line.paid} if line.off else {})}
                          for line in order.lines]}

    def _shown(self, asked: Asked) -> Reply:
        if asked.path == "/quantities":
            with self.lock:
                told = {"quantities": [{"item": item, "quantity": quantity} for item, quantity in self.quantities.items()]}
            return Reply(200, packed({"result": told} if self.fails(CHANGED_SCHEMA) else told))
        return self._list(asked) if asked.path == "/orders" else self._one(unquote(asked.path.removeprefix("/orders/")))

    def _list(self, asked: Asked) -> Reply:
        now, first = self.now(), max(0, int(asked.get("cursor") or 0))
        found = self.changed_between(int(asked.get("since") or 0), now)
        shown = [self.written(one) for one in found[first:first + _PAGE]]
        told: dict[str, Any] = {"orders": shown, "next": str(first + _PAGE) if len(found) > first + _PAGE else None, "now": now}
        if self.fails(HALF_A_PAGE):
            return Reply(200, packed(told)[: len(packed(told)) // 2])
        if self.fails(CHANGED_SCHEMA):
            told = {"result": told}
        return Reply(200, packed(told))

    def _one(self, ref: str) -> Reply:
        order = self.orders.get(ref)
        return Reply(404, packed({"error": "no such order"})) if order is None else Reply(200, packed(self.written(order)))

    def _told(self, path: str, said: dict[str, Any]) -> Reply:
        if path not in _PATHS:
            return Reply(404, packed({"error": "no such place"}))
        if path == "/quantities":
            return self._stocked(said["quantities"])
        order = self.orders.get(said["reference"])
        if order is None:
            return Reply(404, packed({"error": "no such order"}))
        if path == "/shipments":
            if order.is_cancelled:
                return Reply(422, packed({"error": "the order is cancelled"}))
            self.told_shipped(order.ref, ShopParcel(said["tracking"], said["carrier"], {one["ref"]: one["quantity"] for one in said["lines"]}))
        elif path == "/ready":
            with self.lock:
                self.ready[order.ref] = {name: said[name] for name in ("code", "barcode", "until")}
        elif path == "/cancellations":
            self.cancel_order(order.ref)
        elif (order.ref, said["reason"]) in self.refunds:
            return Reply(409, packed({"error": "known"}))
        else:
            self.refunds.append((order.ref, said["reason"]))
            self.change(order.ref, refunded=order.refunded + said["amount"])
        return Reply(200, b"{}")

    def _stocked(self, said: list[dict[str, Any]]) -> Reply:
        with self.lock:
            self.quantities.update({one["item"]: one["quantity"] for one in said if one["item"] not in self.unlisted})
            self.stocked += [{one["item"]: one["quantity"] for one in said}]
            refused = [{"item": one["item"], "why": "no such item in this shop"} for one in said if one["item"] in self.unlisted]
        return Reply(200, packed({"refused": refused} if refused else {}))

    def _wrong(self, asked: Asked) -> str:
        mark, at = asked.headers.get("webhook-id", ""), asked.headers.get("webhook-timestamp", "")
        if not mark or not at.isdigit():
            return "no signature"
        signed = asked.body if asked.method == "POST" else f"{asked.path}{'?' if asked.query else ''}{urlencode(asked.query)}".encode()
        if self.signed(mark, int(at), signed)["webhook-signature"] not in asked.headers.get("webhook-signature", "").split():
            return "wrong signature"
        return "" if abs(self.now() / 1000 - int(at)) <= _WINDOW_S else "too old"

    def signed(self, mark: str, at: int, body: bytes) -> dict[str, str]:
        """As Standard Webhooks say."""
        digest = hmac.new(self._secret, f"{mark}.{at}.".encode() + body, hashlib.sha256).digest()
        return {"webhook-id": mark, "webhook-timestamp": str(at), "webhook-signature": f"v1,{base64.b64encode(digest).decode()}"}


def key_of(secret: str) -> bytes:
    """What is signed with: as Standard Webhooks say, base64 after `whsec_`, and any other text as it is."""
    marked = secret.removeprefix("whsec_")
    return base64.b64decode(marked) if marked != secret else secret.encode()
