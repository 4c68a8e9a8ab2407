"""The plain channel: our own JSON, signed by a shared secret, for every shop, till and programme that speaks no protocol of its own.

It calls us with orders, or answers when it is asked at its address, or both. Every call either way is signed as Standard Webhooks
(standardwebhooks.com) say: `webhook-id`, `webhook-timestamp` (seconds since 1970) and `webhook-signature`, `v1,` and the base64 of the
HMAC-SHA256 of "<id>.<timestamp>.<body>" by the secret; of a GET, which has no body, its path and query stand there.
"""

import base64
import binascii
import hmac
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import BaseModel, Field, ValidationError

from server.kernel.clock import MINUTE, SECOND
from server.oms.channels.base import (
    Call,
    ChannelLine,
    ChannelOrder,
    ChannelSettings,
    Document,
    Heard,
    Kind,
    Page,
    Parcel,
    Quantity,
    Ready,
    Stage,
)
from server.oms.channels.caller import Answer, Caller
from server.oms.channels.discounts import less
from server.oms.channels.errors import (
    ChannelChanged,
    ChannelDeaf,
    ChannelError,
    ChannelRefused,
    ChannelShut,
    Misunderstood,
    NotFromChannel,
)
from server.oms.channels.reading import as_written

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_ID_MAX = 256
WINDOW_MS = 5 * MINUTE
_OVERLAP_MS = MINUTE
_STAGES = {"unpaid": Stage.UNPAID, "paid": Stage.PAID, "shipped": Stage.SHIPPED, "cancelled": Stage.CANCELLED}
_SHUT = (401, 403)
_NOT_FOUND, _CONFLICT = 404, 409


class PlainSettings(ChannelSettings):
    """`address` is where it answers; left empty, it only calls us and is told nothing. A secret may be written `whsec_<base64>`."""

    SECRETS: ClassVar[frozenset[str]] = frozenset({"secret"})
    secret: str = Field(min_length=16, max_length=256)


class _Line(BaseModel):
    model_config = {"extra": "ignore", "strict": True}
    ref: str = Field("", max_length=64)
    item: str = Field(min_length=1, max_length=128)
    name: str = Field("", max_length=256)
    quantity: int = Field(ge=1, le=10**9)
    price: int = Field(0, ge=0, le=10**15)
    paid: int | None = Field(None, ge=0, le=10**15)


class _Order(BaseModel):
    model_config = {"extra": "ignore", "strict": True}
    reference: str = Field(min_length=1, max_length=128)
    version: int = Field(ge=0, lt=2**53)
    stage: str = Field("paid", pattern="^(unpaid|paid|shipped|cancelled)$")
    placed_at: int | None = Field(None, ge=0, lt=2**53)
    customer: str = Field("", max_length=256)
    ship_to: dict[str, str] = Field(default_factory=dict, max_length=20)
    currency: str = Field("", pattern="^([A-Z]{3})?$")
    total: int = Field(0, ge=0, le=10**15)
    postage: int = Field(0, ge=0, le=10**15)
    discount: int = Field(0, ge=0, le=10**15)
    carrier: str = Field("", max_length=64)
    delivery: str = Field("ship", pattern="^(ship|collect)$")
    note: str = Field("", max_length=512)
    lines: list[_Line] = Field(min_length=1, max_length=2_000)


class Plain:
    """A connected plain channel."""

    def __init__(self, settings: PlainSettings, caller: Caller) -> None:
        self._address, self._secret, self._caller = settings.address.rstrip("/"), secret_bytes(settings.secret), caller

    def pull(self, since: int) -> Iterator[Page]:
        """GET /orders?since=<ms>&cursor=: {"orders": [...], "next": cursor or null, "now": ms}."""
        if not self._address:
            return
        cursor: str | None = ""
        began: int | None = None
        while cursor is not None:
            told = self._get("/orders", [("since", str(max(0, since - _OVERLAP_MS))), ("cursor", cursor)])
            orders, cursor, now = _of(told, "orders", list), told.get("next"), _of(told, "now", int)
            began = now if began is None else began
            yield Page([one if isinstance(one, dict) else {"reference": "", "told": one} for one in orders], began if cursor is None else None)

    def fetch(self, ref: str) -> Document | None:
        """GET /orders/<reference>."""
        answer = self._ask("GET", f"/orders/{_quoted(ref)}")
        return None if answer.status == _NOT_FOUND else _object(answer)

    def hear(self, call: Call) -> Heard:
        """POST of {"orders": [...]} or of one order, signed, not older than five minutes."""
        return self.listed(call, "orders", NotFromChannel('Send one order, or {"orders": [...]}.', code="orders"))

    def listed(self, call: Call, name: str, otherwise: NotFromChannel) -> Heard:
        """What a signed call brings: a list of that name, or one of what would stand in it; `otherwise` is raised for anything else."""
        mark = self.check(call)
        try:
            told = json.loads(call.body)
        except (ValueError, RecursionError) as error:
            raise NotFromChannel("The body is no JSON that can be read.", code="body") from error
        documents = told.get(name, [told]) if isinstance(told, dict) else None
        if not isinstance(documents, list) or not all(isinstance(one, dict) for one in documents):
            raise otherwise
        return Heard(event=mark, documents=documents, answer=b'{"taken":%d}' % len(documents), content_type="application/json")

    def understand(self, document: Document) -> ChannelOrder:
        """As /api/docs says of it; `version` orders the changes of an order. `discount` is of the whole order, and in no line's `paid` yet."""
        try:
            said = _Order(**document)
        except (ValidationError, TypeError) as error:
            where, what = first_fault(error)
            raise Misunderstood(f"The order cannot be read: {where}: {what}", code=where, ref=str(document.get("reference") or "")) from None
        return ChannelOrder(
            ref=said.reference, version=said.version, stage=_STAGES[said.stage], placed_at=said.placed_at or said.version, buyer=said.customer,
            ship_to=said.ship_to, currency=said.currency, total=said.total, postage=said.postage, carrier=said.carrier, note=said.note, is_collected=said.delivery == "collect",
            lines=less([ChannelLine(ref=line.ref, item=line.item, quantity=line.quantity, name=line.name, price=line.price, paid=line.paid)
                        for line in said.lines], said.discount))

    def ship(self, parcel: Parcel) -> None:
        """POST /shipments; 409 says that it is known."""
        self._post("/shipments", {"reference": parcel.ref, "tracking": parcel.tracking, "carrier": parcel.carrier, "is_whole": parcel.is_whole,
                                  "lines": [{"ref": ref, "quantity": quantity} for ref, quantity in parcel.lines]})

    def cancel(self, ref: str, reason: str) -> None:
        """POST /cancellations."""
        self._post("/cancellations", {"reference": ref, "reason": reason})

    def ready(self, order: Ready) -> None:
        """POST /ready: the customer may come, with this code."""
        self._post("/ready", {"reference": order.ref, "code": order.code, "barcode": order.barcode, "until": order.until})

    def refund(self, ref: str, amount: int, currency: str, reason: str) -> None:
        """POST /refunds; 409 says that it is known: no two refunds of an order have the same reason. ChannelDeaf without an address."""
        if not self._address:
            raise ChannelDeaf("It has no address: it cannot be told anything.", code="address")
        self._post("/refunds", {"reference": ref, "amount": amount, "currency": currency, "reason": reason})

    def set_quantities(self, quantities: Sequence[Quantity]) -> Sequence[tuple[Quantity, ChannelError]]:
        """POST /quantities of [{"item", "quantity"}]; the answer may name those that are `refused`: [{"item", "why"}]."""
        if not self._address:
            raise ChannelDeaf("It has no address: it cannot be told anything.", code="address")
        body = {"quantities": [{"item": one.item, "quantity": one.quantity} for one in quantities]}
        answer = self._ask("POST", "/quantities", json.dumps(body, ensure_ascii=False).encode())
        why = _refused(answer) if answer.body.strip() else {}
        return [(one, ChannelRefused(why[one.item], code="refused")) for one in quantities if one.item in why]

    def quantities(self) -> Mapping[str, int]:
        """GET /quantities: {"quantities": [{"item", "quantity"}]}."""
        if not self._address:
            return {}
        with as_written("quantities"):
            return {str(one["item"]): int(one["quantity"]) for one in _of(self._get("/quantities", ()), "quantities", list)}

    def _post(self, path: str, body: Mapping[str, Any]) -> None:
        if self._address:
            self._ask("POST", path, json.dumps(body, ensure_ascii=False).encode())

    def _get(self, path: str, query: Sequence[tuple[str, str]]) -> dict[str, Any]:
        return _object(self._ask("GET", "?".join(filter(None, (path, "&".join(f"{name}={_quoted(value)}" for name, value in query))))))

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        """A call signed; ChannelShut where we are not let in, ChannelRefused for other refusals than "not there" and "known"."""
        mark, at = f"msg_{secrets.token_hex(16)}", self._caller.now() // SECOND
        signed = {ID: mark, TIMESTAMP: str(at), SIGNATURE: sign(self._secret, mark, at, path.encode() if body is None else body)}
        answer = self._caller.call(method, self._address + path, headers={**signed, "content-type": "application/json"}, body=body)
        if answer.status in _SHUT:
            raise ChannelShut(f"Our signature is refused ({answer.status}). Compare the secret on both sides.", code=str(answer.status))
        known = _CONFLICT if body is not None else _NOT_FOUND
        if not answer.is_good and answer.status != known:
            raise ChannelRefused(f"{method} {path.partition('?')[0]} was refused ({answer.status}): {answer.body[:200].decode(errors='replace')}",
                                 code=str(answer.status))
        return answer

    def check(self, call: Call) -> str:
        """The call's own name, once it is known to be from there."""
        mark, at = call.headers.get(ID, ""), call.headers.get(TIMESTAMP, "")
        if not (0 < len(mark) <= _ID_MAX and at.isascii() and at.isdigit() and len(at) < 12):
            raise NotFromChannel("The headers webhook-id, webhook-timestamp (seconds) and webhook-signature are needed.", code="signature")
        wanted = sign(self._secret, mark, int(at), call.body).encode()
        given = call.headers.get(SIGNATURE, "").encode(errors="replace").split()
        if not any(hmac.compare_digest(one, wanted) for one in given):
            raise NotFromChannel("The signature is not right. Compare the secret, and sign the body as it is sent.", code="signature")
        if abs(int(at) * SECOND - self._caller.now()) > WINDOW_MS:
            raise NotFromChannel("The call is older than five minutes, or a clock is wrong.", code="time")
        return mark


def secret_bytes(secret: str) -> bytes:
    """The key that a secret stands for."""
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True) if secret.startswith("whsec_") else secret.encode()
    except binascii.Error:
        return secret.encode()


def sign(secret: bytes, mark: str, at: int, body: bytes) -> str:
    """The value of the signature header."""
    return f"v1,{base64.b64encode(hmac.digest(secret, f'{mark}.{at}.'.encode() + body, 'sha256')).decode()}"


def _quoted(value: str) -> str:
    return quote(value, safe="")


def _object(answer: Answer) -> dict[str, Any]:
    told = answer.json()
    if not isinstance(told, dict):
        raise ChannelChanged("The answer is no object.", code="body")
    return told


def _of(told: Mapping[str, Any], name: str, kind: type) -> Any:
    if not isinstance(told.get(name), kind):
        raise ChannelChanged(f"The answer has no {name} ({kind.__name__}).", code=name)
    return told[name]


def _refused(answer: Answer) -> dict[str, str]:
    with as_written("refused"):
        return {str(one["item"]): str(one.get("why") or "The shop gives no reason.") for one in _object(answer).get("refused", ())}


def first_fault(error: ValidationError | TypeError) -> tuple[str, str]:
    """Where a document is wrong first, and what is."""
    if isinstance(error, TypeError):
        return "order", "its names must be text"
    first = error.errors(include_input=False, include_url=False)[0]
    return ".".join(map(str, first["loc"])), first["msg"]


KIND = Kind("plain", "Webhook or API", PlainSettings, Plain, quantities_at_once=500)
