"""All events of the house. A reader who never saw the database must understand each."""

from dataclasses import dataclass

from server.events.base import Event


@dataclass(frozen=True, slots=True)
class OrderAccepted(Event):
    """An order was taken in and its promises were made."""

    order_number: str


@dataclass(frozen=True, slots=True)
class OrderCancelled(Event):
    """An order will not be shipped any more."""

    order_number: str
    reason: str


@dataclass(frozen=True, slots=True)
class PromiseBroken(Event):
    """Stock went missing, so a promise had to be taken back by `quantity`."""

    reference: str
    item_id: int
    site_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class StockArrived(Event):
    """More of an item became available at a site; `quantity` is 0 where it was there and may be promised to another order now."""

    site_id: int
    item_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class GoodsReceived(Event):
    """Goods were received against an inbound paper."""

    inbound_code: str
    item_id: int
    quantity: int
    lpn: str | None


@dataclass(frozen=True, slots=True)
class InboundClosed(Event):
    """Nothing more is expected on an inbound paper."""

    inbound_code: str


@dataclass(frozen=True, slots=True)
class InboundReopened(Event):
    """An inbound paper was closed by mistake, or a receipt on it undone: more is expected on it."""

    inbound_code: str


@dataclass(frozen=True, slots=True)
class ReceiptUndone(Event):
    """A receipt was a mistake: `quantity` has not come on the inbound paper."""

    inbound_code: str
    item_id: int
    quantity: int
    lpn: str | None


@dataclass(frozen=True, slots=True)
class WaveReleased(Event):
    """Orders were handed to the floor as a wave."""

    wave_code: str
    orders: int
    lines: int


@dataclass(frozen=True, slots=True)
class PickConfirmed(Event):
    """Goods for an order line were picked."""

    order_number: str
    line: int
    quantity: int


@dataclass(frozen=True, slots=True)
class PickUndone(Event):
    """A pick was a mistake: `quantity` of the line lies in its bin as before."""

    order_number: str
    line: int
    quantity: int


@dataclass(frozen=True, slots=True)
class LineFound(Event):
    """A line was said to be short by mistake: `quantity` of it is on its way as before."""

    order_number: str
    line: int
    quantity: int


@dataclass(frozen=True, slots=True)
class LineShorted(Event):
    """A released line cannot be filled by `quantity`: nothing is left to allocate."""

    order_number: str
    line: int
    quantity: int


@dataclass(frozen=True, slots=True)
class CartonClosed(Event):
    """A parcel was packed; its label has to be printed."""

    order_number: str
    sscc: str


@dataclass(frozen=True, slots=True)
class CartonOpened(Event):
    """A parcel was packed by mistake: its goods are in the totes again, its label counts for nothing."""

    order_number: str
    sscc: str


@dataclass(frozen=True, slots=True)
class OrderShipped(Event):
    """What was packed of an order left the house, in one `parcel` (its SSCC); lines are (number, quantity)."""

    order_number: str
    lines: tuple[tuple[int, int], ...]
    parcel: str = ""
    carrier: str = ""


@dataclass(frozen=True, slots=True)
class LoadDispatched(Event):
    """A vehicle left with a load."""

    load_code: str
    cartons: int


@dataclass(frozen=True, slots=True)
class OrderReady(Event):
    """All that the floor has of an order waits for its customer at the store, until `until` (UTC, ms)."""

    order_number: str
    until: int


@dataclass(frozen=True, slots=True)
class ShipmentUndone(Event):
    """Goods of an order did not leave after all; lines are (number, quantity)."""

    order_number: str
    lines: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class LoadCalledBack(Event):
    """A vehicle was said to have left by mistake: it stands at its door with its load."""

    load_code: str
    cartons: int


@dataclass(frozen=True, slots=True)
class CountUndone(Event):
    """A count was a mistake: what it changed in a bin is as before."""

    location: str
    item_id: int
    book: int
    counted: int


@dataclass(frozen=True, slots=True)
class CountDiffered(Event):
    """A count found something else than the book said."""

    location: str
    item_id: int
    book: int
    counted: int


@dataclass(frozen=True, slots=True)
class AllocationLost(Event):
    """A count found less than was kept for a released line: it has to be picked elsewhere, in the same round if it can."""

    release_line_id: int
    quantity: int
    task_id: int | None


@dataclass(frozen=True, slots=True)
class GoodsReturned(Event):
    """A customer sent back `quantity` of an order's line; `grade` is RESTOCK, QUARANTINE or SCRAP, `paper` what announced it."""

    order_number: str
    line: int
    item_id: int
    quantity: int
    grade: str
    paper: str = ""


@dataclass(frozen=True, slots=True)
class ReturnUndone(Event):
    """A return was booked by mistake and taken back: `quantity` of the line is with the customer as before; `grade` and `paper` as it was booked."""

    order_number: str
    line: int
    item_id: int
    quantity: int
    grade: str = ""
    paper: str = ""


@dataclass(frozen=True, slots=True)
class SoldOffBook(Event):
    """A till sold `missing` of an item more than the book of its store had, or told it late.

    The goods were taken at `sold_at` (UTC, ms) from `locations` by the book; what is missing should have lain in the first.
    """

    receipt: str
    site_id: int
    item_id: int
    missing: int
    sold_at: int
    locations: tuple[int, ...]
