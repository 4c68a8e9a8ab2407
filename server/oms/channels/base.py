"""What a sales channel is to us: the same few questions, whatever protocol answers them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, ClassVar, Protocol, runtime_checkable

from pydantic import BaseModel, Field

from server.oms.channels.caller import Caller
from server.oms.channels.errors import ChannelError

Document = Mapping[str, Any]
"""An order as the channel wrote it: JSON, kept as it came."""


class Stage(IntEnum):
    """How far an order is by its channel; of two documents of one instant the later stage counts."""

    UNPAID = 0
    PAID = 1
    SHIPPED = 2
    CANCELLED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLine:
    """An ordered item as the channel names it: `item` is our code, a barcode or the seller's own number there.

    `price` is of one piece before all discounts, in the smallest unit of the order's currency (fen, cents); `paid` what was really
    paid for the whole line, after its own discounts and its share of the order's. None: the price of all of it.
    """

    ref: str
    item: str
    quantity: int
    name: str = ""
    price: int = 0
    paid: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelOrder:
    """An order as we read it. Times are UTC in ms; money in the currency's smallest unit.

    `version` orders the changes of one order: of two the greater is newer. `ship_to` has the keys name, phone, country
    (ISO 3166, two letters), state, city, district, street, postcode, as far as the channel tells them.
    """

    ref: str
    version: int
    stage: Stage
    placed_at: int
    lines: tuple[ChannelLine, ...]
    buyer: str = ""
    ship_to: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""
    total: int = 0
    postage: int = 0
    """What the customer paid for the way; it is in the total and in no line."""
    carrier: str = ""
    note: str = ""
    is_collected: bool = False
    """The customer comes for it to the store; it is not sent."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some orders of a pull. Everything that changed before `watermark` (UTC, ms) has been given once this page has been."""

    documents: Sequence[Document]
    watermark: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """What came to us by HTTP from a channel: the body as it was sent, byte for byte; header names in lower case."""

    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a verified call tells: whole orders, or the references of those to be fetched. `event` names the delivery, once.

    `answer` is what the channel wants to hear back, with `content_type`.
    """

    event: str = ""
    documents: Sequence[Document] = ()
    refs: Sequence[str] = ()
    answer: bytes = b""
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Goods that left, to be told to the channel: `lines` are (line reference, quantity); `ref` is the order's there."""

    ref: str
    tracking: str
    carrier: str
    lines: Sequence[tuple[str, int]]
    is_whole: bool = True
    document: Document = field(default_factory=dict)
    """The order as the channel gave it last: some protocols want numbers of it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """How much of an item the channel may sell; `item` is what the channel calls it, `ref` its own number where it told one."""

    item: str
    quantity: int
    ref: str = ""


class ChannelSettings(BaseModel):
    """What somebody fills in to connect a channel; secret fields are never shown again."""

    model_config = {"extra": "forbid"}
    SECRETS: ClassVar[frozenset[str]] = frozenset()
    address: str = Field("", max_length=512)


class Connector(Protocol):
    """One connected channel. Calls raise ChannelError; none of them is made while the database is held."""

    def pull(self, since: int) -> Iterator[Page]:
        """All orders that changed from `since` (UTC, ms) until now, in pages; the last page has the watermark to go on from."""

    def fetch(self, ref: str) -> Document | None:
        """One order as it is now; None when the channel has none such."""

    def hear(self, call: Call) -> Heard:
        """What a call to us says; NotFromChannel unless its signature and time are right."""

    def understand(self, document: Document) -> ChannelOrder:
        """A document read; Misunderstood names the field. Needs no network."""

    def ship(self, parcel: Parcel) -> None:
        """Tells that goods left. Telling it again is harmless: what is known there already counts as told."""

    def cancel(self, ref: str, reason: str) -> None:
        """Tells that nothing will come. Telling it again is harmless."""

    def refund(self, ref: str, amount: int, currency: str, reason: str) -> None:
        """Tells that so much is paid back (smallest unit)."""

    def set_quantities(self, quantities: Sequence[Quantity]) -> Sequence[tuple[Quantity, ChannelError]]:
        """Tells how much may be sold; which were refused, and why. One that is refused stops no other.

        ChannelDeaf when it cannot be told anything. ChannelRefused or ChannelChanged: none of these was taken.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An order that waits at its store until `until` (UTC, ms): the customer says `code`, or shows `barcode`, which holds it."""

    ref: str
    code: str
    barcode: str
    until: int


@runtime_checkable
class TellsReady(Protocol):
    """A connector whose channel can be told that a customer may come."""

    def ready(self, order: Ready) -> None:
        """Tells it. Telling it again is harmless."""


class Asked(IntEnum):
    """How far a buyer's request for money is; of two of one instant the later counts."""

    OPEN = 0
    """The seller may agree, and then it is paid."""
    WAITS = 1
    """Not the seller's to agree to now: goods come back first, or the platform looks into it."""
    OVER = 2
    """Withdrawn, refused or closed: nothing is paid."""
    PAID = 3
    """Agreed to or paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """Money that a buyer asked the platform for, by its number there; `order_ref` is the order's there, `amount` in the smallest unit.

    `version` orders the changes of one request. `lines` are (line reference, pieces; 0 for all of the line); none for the whole order.
    """

    ref: str
    order_ref: str
    version: int
    stage: Asked
    amount: int
    lines: Sequence[tuple[str, int]] = ()
    is_return: bool = False
    reason: str = ""
    document: Document = field(default_factory=dict)


@runtime_checkable
class HearsRefunds(Protocol):
    """A connector of a platform on which buyers ask for their money, and the seller agrees."""

    def asked(self, since: int) -> Iterator["Page"]:
        """All requests that changed from `since` (UTC, ms) until now, in pages as orders come."""

    def asked_of(self, ref: str) -> Sequence[RefundRequest]:
        """What was asked for of one order."""

    def understand_request(self, document: Document) -> RefundRequest | None:
        """A request read; None for what asks for no money. Needs no network."""

    def request_numbers(self, document: Document) -> tuple[str, str]:
        """A request's own number and its order's, as far as either can be read; "" where not."""

    def agree(self, request: RefundRequest) -> None:
        """Agrees to a request that is open: it is paid then. ChannelRefused when it is not open any more, or asks for something else now."""


@runtime_checkable
class ShowsQuantities(Protocol):
    """A connector whose channel can be asked how much it has of what it sells."""

    def quantities(self) -> Mapping[str, int]:
        """By the channel's own names. ChannelRefused or ChannelChanged when it cannot be asked after all."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of channel, as `server/oms/channels/<name>.py` states it in `KIND`."""

    name: str
    title: str
    settings: type[ChannelSettings]
    connect: Callable[[Any, Caller], Connector]
    pulls: bool = True
    """Whether it can be asked for orders; one that cannot only calls us."""
    quantities_at_once: int = 40
    """How many quantities it is told in one go: what it does not answer is told again whole."""
    sells: bool = False
    """Whether its documents are sales that have happened, and not orders."""
