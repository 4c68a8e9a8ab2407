"""A shop's till: it tells what it has sold and taken back, as it rings it up or hours later, in our own JSON signed as the plain channel is.

A sale has happened: it is known by its register and receipt, comes as often and in whatever order it likes, and may be voided:

    {"sales": [{"register": "1", "receipt": "000123", "sold_at": 1796000000000, "state": "sold", "currency": "CNY", "total": 1990,
                "lines": [{"item": "SOAP", "quantity": 2, "price": 1990}, {"item": "TEA", "quantity": -1, "price": 1990}]}]}

`sold_at` may be left out by a till that does not know it: it is when it is told then; `state` is sold or voided; a quantity below zero was
brought back; times are UTC in ms, money in the currency's smallest unit. `price` is of one before discounts; a line may say what was `paid`
for all of it, or given back.
"""

from typing import ClassVar

from pydantic import BaseModel, Field, ValidationError

from server.oms.channels.base import Call, ChannelLine, ChannelOrder, Document, Heard, Kind, Stage
from server.oms.channels.errors import Misunderstood, NotFromChannel
from server.oms.channels.plain import Plain, PlainSettings, first_fault

SHOP_FLOOR = "SHOP"


class PosSettings(PlainSettings):
    """`shop_floor` is the zone of the bins that customers take goods from; all others are back rooms. At `address` it is told how much there is."""

    SECRETS: ClassVar[frozenset[str]] = PlainSettings.SECRETS
    shop_floor: str = Field(SHOP_FLOOR, max_length=16)


class _Line(BaseModel):
    model_config = {"extra": "ignore", "strict": True}
    item: str = Field(min_length=1, max_length=128)
    name: str = Field("", max_length=256)
    quantity: int = Field(ge=-(10**6), le=10**6)
    price: int = Field(0, ge=0, le=10**15)
    paid: int | None = Field(None, ge=0, le=10**15)


class _Sale(BaseModel):
    model_config = {"extra": "ignore", "strict": True}
    receipt: str = Field(min_length=1, max_length=64)
    register_: str = Field(min_length=1, max_length=32, alias="register")
    sold_at: int = Field(0, ge=0, lt=2**53)
    state: str = Field("sold", pattern="^(sold|voided)$")
    currency: str = Field("", pattern="^([A-Z]{3})?$")
    total: int = Field(0, ge=-(10**15), le=10**15)
    lines: list[_Line] = Field(default_factory=list, max_length=2_000)


class Pos(Plain):
    """A connected till, or all tills of a shop behind one address."""

    def hear(self, call: Call) -> Heard:
        """POST of {"sales": [...]} or of one sale, signed, not older than five minutes: a late sale is in a call of now."""
        return self.listed(call, "sales", NotFromChannel('Send one sale, or {"sales": [...]}.', code="sales"))

    def understand(self, document: Document) -> ChannelOrder:
        """A sale as an order that has left; a negative quantity was brought back. Voided, it is of no matter what was in it."""
        try:
            said = _Sale(**document)
        except (ValidationError, TypeError) as error:
            where, what = first_fault(error)
            ref = f"{document.get('register') or '?'}/{document['receipt']}" if document.get("receipt") else ""
            raise Misunderstood(f"The sale cannot be read: {where}: {what}", code=where, ref=ref) from None
        ref = f"{said.register_}/{said.receipt}"
        if said.state == "sold" and (not said.lines or any(line.quantity == 0 for line in said.lines)):
            raise Misunderstood("The sale cannot be read: a sale has lines, and each line a quantity.", code="lines", ref=ref)
        return ChannelOrder(
            ref=ref, version=0, stage=Stage.SHIPPED if said.state == "sold" else Stage.CANCELLED, placed_at=said.sold_at, currency=said.currency,
            total=said.total, lines=tuple(ChannelLine(ref=str(at), item=line.item, quantity=line.quantity, name=line.name, price=line.price, paid=line.paid)
                                          for at, line in enumerate(said.lines, 1)))


KIND = Kind("pos", "Till of a shop", PosSettings, Pos, pulls=False, quantities_at_once=500, sells=True)
