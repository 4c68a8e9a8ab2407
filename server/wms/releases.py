"""Orders handed to the floor of a site: what is to be picked, packed and shipped of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.kernel.errors import NotFound
from server.kernel.transaction import Tx

_ADD = text(
    "INSERT INTO release (code, order_number, site_id, customer, ship_to, carrier, priority, cutoff_at, "
    "min_shelf_life_days, created_at, delivery) VALUES (:code, :order_number, :site_id, :customer, :ship_to, :carrier, :priority, "
    ":cutoff_at, :min_shelf_life_days, :at, :delivery) ON CONFLICT (code) DO NOTHING RETURNING id"
).bindparams(bindparam("ship_to", type_=JSON))
_ADD_LINE = text(
    "INSERT INTO release_line (release_id, number, item_id, owner_id, lot, serial, ordered) "
    "VALUES (:release_id, :number, :item_id, :owner_id, :lot, :serial, :ordered)"
)
_PARTS = text("SELECT COUNT(*) FROM release WHERE order_number = :order_number")
_HANDED = text(
    "SELECT l.number, SUM(l.ordered) AS ordered FROM release_line l JOIN release r ON r.id = l.release_id "
    "WHERE r.order_number = :order_number AND r.state <> 'cancelled' GROUP BY l.number"
)
_COLUMNS = ("id, code, order_number, site_id, customer, ship_to, carrier, priority, cutoff_at, min_shelf_life_days, state, "
            "wave_id, created_at, delivery, shipped_at")
_BY_ID = text(f"SELECT {_COLUMNS} FROM release WHERE id = :id").columns(ship_to=JSON)
_BY_CODE = text(f"SELECT {_COLUMNS} FROM release WHERE code = :code").columns(ship_to=JSON)
_LINES = text(
    "SELECT l.id, l.release_id, l.number, l.item_id, l.owner_id, l.lot, l.serial, l.ordered, l.allocated, l.picked, "
    "l.packed, l.shipped, l.short, i.code AS item, i.name FROM release_line l JOIN item i ON i.id = l.item_id "
    "WHERE l.release_id = :id ORDER BY l.number"
)
_SET_STATE = text("UPDATE release SET state = :state WHERE id = :id AND state <> :state")
_HOLD = text("UPDATE release SET state = state WHERE id = :id RETURNING id, code, order_number, site_id, state")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReleaseLine:
    """A line for the floor: its number in the order, and how much of it can be promised now."""

    number: int
    item_id: int
    owner_id: int
    quantity: int
    lot: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRelease:
    """An order for the floor of one site."""

    order_number: str
    site_id: int
    lines: Sequence[NewReleaseLine]
    customer: str = ""
    ship_to: Mapping[str, Any] = field(default_factory=dict)
    carrier: str = ""
    priority: int = 5
    cutoff_at: int | None = None
    min_shelf_life_days: int = 0
    delivery: str = "ship"


def hand_over(tx: Tx, new: NewRelease) -> int | None:
    """Writes what the floor has not been handed of an order yet; the release's number, None when that is nothing.

    `quantity` of a line is all that is promised of it: what an earlier part of the order carries is taken off, so
    that saying it twice changes nothing.
    """
    handed = {row.number: int(row.ordered) for row in tx.rows(_HANDED, order_number=new.order_number)}
    lines = [(line, line.quantity - handed.get(line.number, 0)) for line in new.lines]
    lines = [(line, quantity) for line, quantity in lines if quantity > 0]
    if not lines:
        return None
    part = int(tx.scalar(_PARTS, order_number=new.order_number)) + 1
    number = tx.scalar(
        _ADD, code=new.order_number if part == 1 else f"{new.order_number}~{part}", order_number=new.order_number,
        site_id=new.site_id, customer=new.customer, ship_to=dict(new.ship_to), carrier=new.carrier,
        priority=new.priority, cutoff_at=new.cutoff_at, min_shelf_life_days=new.min_shelf_life_days, at=tx.now, delivery=new.delivery)
    if number is None:
        return None
    tx.execute(_ADD_LINE, [
        {"release_id": number, "number": line.number, "item_id": line.item_id, "owner_id": line.owner_id, "lot": line.lot,
         "serial": line.serial, "ordered": quantity} for line, quantity in lines])
    return int(number)


def release_by_id(tx: Tx, number: int) -> Any:
    """A release's head."""
    row = tx.row(_BY_ID, id=number)
    if row is None:
        raise NotFound(f"There is no release {number}.", what=number)
    return row


def release_by_code(tx: Tx, code: str) -> Any:
    """A release's head by its code; NotFound when there is none."""
    row = tx.row(_BY_CODE, code=code)
    if row is None:
        raise NotFound(f"There is no order {code} on the floor.", what=code[:72])
    return row


def release_lines(tx: Tx, number: int) -> list[Any]:
    """The lines of a release with their items."""
    return tx.rows(_LINES, id=number)


def set_release_state(tx: Tx, number: int, state: str) -> bool:
    """Moves a release on; False when it was there already."""
    return bool(tx.changed(_SET_STATE, id=number, state=state))


def hold_release(tx: Tx, number: int) -> Any:
    """A release's id, code, order_number, site_id and state, for who goes on to write of it: whoever else wants to waits.

    Two servers act on one order at one moment, its parcels leave on two vehicles: what they see of it is read once it is held.
    """
    return tx.row(_HOLD, id=number)
