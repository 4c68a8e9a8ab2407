"""Who is at work: shifts with their equipment and breaks."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from server.kernel.clock import HOUR
from server.kernel.errors import Invalid, Refusal
from server.kernel.transaction import Tx

VEHICLES = ("", "forklift", "reach_truck", "pallet_truck")
_LIFTS = ("forklift", "reach_truck")
SHIFT_MAX_MS = 16 * HOUR
"""Whoever signs in later than this after the begin had forgotten to end the shift before."""
_END_FORGOTTEN = text(
    "UPDATE shift SET ended_at = CASE WHEN started_at < :oldest THEN started_at + :most ELSE :now END "
    "WHERE worker_id = :worker_id AND ended_at IS NULL AND (started_at < :oldest OR site_id <> :site_id)"
)
_OPEN = text(
    "INSERT INTO shift (worker_id, site_id, device_id, started_at) VALUES (:worker_id, :site_id, :device_id, :now) "
    "ON CONFLICT (worker_id) WHERE ended_at IS NULL DO UPDATE SET device_id = excluded.device_id RETURNING id"
)
_END_BREAKS = text(
    "UPDATE shift_break SET ended_at = CASE WHEN began_at > :now THEN began_at ELSE :now END "
    "WHERE ended_at IS NULL AND shift_id IN (SELECT id FROM shift WHERE worker_id = :worker_id)"
)
_EQUIP = text("UPDATE shift SET vehicle = :vehicle, trolley = :trolley WHERE id = :id")
_WHO_HAS = text("SELECT w.name FROM shift s JOIN worker w ON w.id = s.worker_id "
                "WHERE s.site_id = :site_id AND s.trolley = :trolley AND s.trolley <> '' AND s.ended_at IS NULL AND s.worker_id <> :worker_id")
_BREAK = text("INSERT INTO shift_break (shift_id, began_at) VALUES (:id, :now) ON CONFLICT (shift_id) WHERE ended_at IS NULL DO NOTHING")
_END = text("UPDATE shift SET ended_at = :now WHERE id = :id AND ended_at IS NULL")
_LAST = text(
    "SELECT s.id, s.site_id, s.device_id, s.started_at, s.ended_at, s.vehicle, s.trolley, b.began_at AS break_since FROM shift s "
    "LEFT JOIN shift_break b ON b.shift_id = s.id AND b.ended_at IS NULL WHERE s.worker_id = :worker_id ORDER BY s.id DESC LIMIT 1"
)
_BY_ID = text("SELECT id, worker_id, site_id, device_id FROM shift WHERE id = :id AND ended_at IS NULL")
_AT_WORK = text(
    "SELECT s.id, w.badge, w.name, s.started_at, b.began_at AS break_since, s.vehicle, s.trolley, s.device_id, d.name AS device "
    "FROM shift s JOIN worker w ON w.id = s.worker_id LEFT JOIN device d ON d.id = s.device_id "
    "LEFT JOIN shift_break b ON b.shift_id = s.id AND b.ended_at IS NULL "
    "WHERE s.site_id = :site_id AND s.ended_at IS NULL AND s.id > :after ORDER BY s.id LIMIT :most"
)


class ShiftNotBegun(Refusal):
    """A break or an end, of a shift that has ended or never began."""

    code = "shift_not_begun"


class EquipmentTaken(Refusal):
    """A trolley is in somebody else's hands."""

    code = "equipment_taken"


class OnBreak(Refusal):
    """Nothing is offered to whoever is on a break."""

    code = "on_break"


class ShiftEnded(Refusal):
    """Nothing is offered to whoever has gone home."""

    code = "shift_ended"


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift as it stands; `break_since` while its worker is on a break."""

    id: int
    site_id: int
    device_id: int | None
    started_at: int
    ended_at: int | None
    vehicle: str
    trolley: str
    break_since: int | None

    def has(self, needs: str) -> bool:
        """Whether its equipment will do for a task; a reach truck lifts as a forklift does."""
        return needs == "" or (needs == "forklift" and self.vehicle in _LIFTS) or (needs == "trolley" and self.trolley != "")

    def to_json(self) -> dict[str, Any]:
        """The shift as a device is told of it."""
        return {"started_at": self.started_at, "ended_at": self.ended_at, "vehicle": self.vehicle, "trolley": self.trolley,
                "break_since": self.break_since}


def open_shift(tx: Tx, worker_id: int, site_id: int, device_id: int | None) -> Shift:
    """Somebody is at work: their shift goes on, without a break, or a new one begins with no equipment."""
    tx.execute(_END_FORGOTTEN, {"worker_id": worker_id, "site_id": site_id, "now": tx.now, "oldest": tx.now - SHIFT_MAX_MS,
                                "most": SHIFT_MAX_MS})
    end_break(tx, worker_id)
    tx.scalar(_OPEN, worker_id=worker_id, site_id=site_id, device_id=device_id, now=tx.now)
    found = last_shift(tx, worker_id)
    if found is None:
        raise AssertionError("a shift that was just opened is not there")
    return found


def equip(tx: Tx, shift: Shift, worker_id: int, *, vehicle: str, trolley: str) -> None:
    """What somebody works with from here on; EquipmentTaken names who has the trolley."""
    if vehicle not in VEHICLES:
        raise Invalid(f"A vehicle is one of {', '.join(VEHICLES[1:])}, or none.", field="vehicle")
    taken = tx.scalar(_WHO_HAS, site_id=shift.site_id, trolley=trolley, worker_id=worker_id) if trolley else None
    if taken is not None:
        raise EquipmentTaken(f"{taken} works with {trolley}. Take another trolley.", trolley=trolley, worker=str(taken))
    tx.execute(_EQUIP, {"id": shift.id, "vehicle": vehicle, "trolley": trolley})


def begin_break(tx: Tx, worker_id: int) -> None:
    """A break begins; one that goes on stays as it is."""
    tx.execute(_BREAK, {"id": _begun(tx, worker_id).id, "now": tx.now})


def end_break(tx: Tx, worker_id: int) -> None:
    """Whoever was on a break is back."""
    tx.execute(_END_BREAKS, {"worker_id": worker_id, "now": tx.now})


def end_shift(tx: Tx, worker_id: int) -> None:
    """The shift is over, a break with it."""
    shift = _begun(tx, worker_id)
    end_break(tx, worker_id)
    tx.execute(_END, {"id": shift.id, "now": tx.now})


def last_shift(tx: Tx, worker_id: int | None) -> Shift | None:
    """The last shift of somebody, ended or not; None for who never began one."""
    row = tx.row(_LAST, worker_id=worker_id) if worker_id is not None else None
    return None if row is None else Shift(row.id, row.site_id, row.device_id, row.started_at, row.ended_at, row.vehicle, row.trolley,
                                          row.break_since)


def guard_at_work(shift: Shift | None) -> None:
    """Refuses who is on a break or has gone home; who never began a shift is at work as long as they are signed in."""
    if shift is not None and shift.ended_at is not None:
        raise ShiftEnded("Your shift has ended. Start it again, then take a task.")
    if shift is not None and shift.break_since is not None:
        raise OnBreak("You are on a break. End the break, then take a task.")


def at_work(tx: Tx, site_id: int, *, after: int = 0, most: int = 100) -> list[Any]:
    """Everybody whose shift goes on, by its number."""
    return tx.rows(_AT_WORK, site_id=site_id, after=after, most=most)


def open_shift_by_id(tx: Tx, number: int) -> Any:
    """The shift of a number (id, worker_id, site_id, device_id) while it goes on; None afterwards."""
    return tx.row(_BY_ID, id=number)


def _begun(tx: Tx, worker_id: int) -> Shift:
    shift = last_shift(tx, worker_id)
    if shift is None or shift.ended_at is not None:
        raise ShiftNotBegun("Your shift has not begun. Start it first.")
    return shift
