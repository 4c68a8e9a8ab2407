"""Stock tied to released lines: which bin, which lot, how much, and what happens when it is not there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import text

from server.events import LineShorted
from server.kernel.clock import DAY, date_of
from server.kernel.transaction import Tx
from server.stock.allocations import Candidate, Demand, allocate, candidates, release_allocation
from server.stock.availability import order_reference, void_promise
from server.stock.errors import InsufficientStock

Choose = Callable[[Sequence[Candidate]], Candidate]
_LINE = text(
    "SELECT l.id, l.number, l.item_id, l.owner_id, l.lot, l.serial, l.ordered, l.allocated, l.short, r.id AS release_id, "
    "r.order_number, r.site_id, r.min_shelf_life_days FROM release_line l JOIN release r ON r.id = l.release_id "
    "WHERE l.id = :id"
)
_HOLD = text("UPDATE release_line SET short = short WHERE id = :id")  # written as it is, so that nobody allocates to it meanwhile
_ALLOCATED = text("UPDATE release_line SET allocated = allocated + :quantity WHERE id = :id "
                  "AND allocated + short + :quantity <= ordered")
_GIVEN_BACK = text("UPDATE release_line SET allocated = allocated - :quantity WHERE id = :id")
_LINE_OF = text("SELECT release_line_id FROM allocation WHERE id = :id")
_SHORT = text("UPDATE release_line SET short = short + :quantity WHERE id = :id "
              "AND allocated + short + :quantity <= ordered")
_NOT_IN_BINS = text(
    "SELECT COALESCE(SUM(b.quantity - b.allocated), 0) FROM goods g JOIN balance b ON b.goods_id = g.id "
    "AND b.quantity > b.allocated LEFT JOIN lpn p ON p.id = b.holder_id "
    "JOIN location l ON l.id = COALESCE(p.location_id, b.holder_id) "
    "WHERE g.item_id = :item_id AND g.owner_id = :owner_id AND g.status = 'available' AND l.site_id = :site_id "
    "AND (:lot = '' OR g.lot = :lot) AND (:serial = '' OR g.serial = :serial) "
    "AND (l.kind IN ('dock', 'transit') OR (l.kind = 'bin' AND l.suspect = 1) OR (p.kind = 'tote' AND NOT EXISTS (SELECT 1 FROM allocation a "
    "JOIN release_line n ON n.id = a.release_line_id WHERE a.tote_id = p.id AND a.picked > 0 AND n.picked > n.packed)))"
)
_NEVER = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class GivenUp:
    """How much of a line cannot be had, and how much of that had been promised."""

    quantity: int
    promised: int


@dataclass(frozen=True, slots=True)
class Line:
    """A released line as far as allocation needs it."""

    id: int
    number: int
    item_id: int
    owner_id: int
    lot: str
    serial: str
    ordered: int
    allocated: int
    short: int
    release_id: int
    order_number: str
    site_id: int
    min_shelf_life_days: int

    @property
    def wanted(self) -> int:
        """How much is neither allocated nor given up."""
        return self.ordered - self.allocated - self.short

    def demand(self, tx: Tx) -> Demand:
        """What the line asks of the stock: goods that keep long enough for this customer, and not expired."""
        keeps = date_of(tx.now) + timedelta(days=max(self.min_shelf_life_days, 1))
        return Demand(self.site_id, self.item_id, self.owner_id, keeps, self.lot, self.serial)


def line_by_id(tx: Tx, number: int) -> Line:
    """A released line of its number."""
    row = tx.row(_LINE, id=number)
    if row is None:
        raise AssertionError(f"release line {number} is named by a row but does not exist")
    return Line(**row._mapping)


def allocate_line(tx: Tx, line: Line, quantity: int, choose: Choose, *, task_id: int | None = None) -> list[tuple[int, Candidate]]:
    """Ties up to `quantity` to bins, first expired first; the new allocations and where they lie.

    `choose` picks among bins that first expired, first in holds equal: it decides by the walk, never the lot.
    """
    found: list[tuple[int, Candidate]] = []
    rest = min(quantity, line.wanted)
    left = candidates(tx, line.demand(tx)) if rest > 0 else []
    while rest > 0 and left:
        best = choose(equals(left))
        left = [one for one in left if one is not best]
        taken = min(rest, best.free)
        try:
            number = allocate_here(tx, line, best, taken, task_id=task_id)
        except InsufficientStock:
            left = candidates(tx, line.demand(tx))  # somebody was faster with this bin, and may have left some of it
            continue
        if number is None:
            break  # somebody else has found for this line what it wanted
        found.append((number, best))
        rest -= taken
    return found


def allocate_here(tx: Tx, line: Line, here: Candidate, quantity: int, *, task_id: int | None) -> int | None:
    """Ties `quantity` to this bin; the new allocation, None where the line wants less. InsufficientStock when the bin has less free."""
    number = allocate(tx, here, quantity, release_line_id=line.id, task_id=task_id)
    if tx.changed(_ALLOCATED, id=line.id, quantity=quantity):
        return number
    release_allocation(tx, number)
    return None


def equals(in_order: Sequence[Candidate]) -> list[Candidate]:
    """The candidates that go first: the same expiry day and, without expiry, received on the same day as the first."""
    first = _rank(in_order[0])
    return [one for one in in_order if _rank(one) == first]


def give_back(tx: Tx, allocation_id: int) -> int:
    """Frees what was not picked of an allocation; how much."""
    line_id = tx.scalar(_LINE_OF, id=allocation_id)
    rest = release_allocation(tx, allocation_id)
    if rest:
        tx.execute(_GIVEN_BACK, {"id": line_id, "quantity": rest})
    return rest


def give_up(tx: Tx, line_id: int) -> GivenUp:
    """What of a line cannot be had is reported to its order."""
    tx.execute(_HOLD, {"id": line_id})
    line = line_by_id(tx, line_id)
    if line.wanted > 0 and tx.changed(_SHORT, id=line.id, quantity=line.wanted):
        promised = void_promise(tx, line.site_id, order_reference(line.order_number, line.number), line.wanted)
        tx.emit(LineShorted(line.order_number, line.number, line.wanted))
        return GivenUp(line.wanted, promised)
    return GivenUp(0, 0)


def comes_later(tx: Tx, line: Line) -> int:
    """How much of a line's item is in the house but was not to be picked yet: on the dock, in a bin being counted, or to be put back.

    What came into a bin since the line was allocated is counted too.
    """
    not_in_bins = int(tx.scalar(_NOT_IN_BINS, item_id=line.item_id, owner_id=line.owner_id, site_id=line.site_id,
                                lot=line.lot, serial=line.serial))
    return not_in_bins + sum(one.free for one in candidates(tx, line.demand(tx)))


def _rank(one: Candidate) -> tuple[date, int]:
    return (one.expiry_on, 0) if one.expiry_on is not None else (_NEVER, one.received_at // DAY)
