"""A vehicle was said to have left by mistake: it stands at its door again, and its parcels are brought back into the book."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from server.events import LoadCalledBack, ShipmentUndone
from server.kernel.database import Database
from server.kernel.errors import Conflict, Refusal
from server.kernel.jobs import add_job, cancel_job
from server.kernel.transaction import Tx
from server.masterdata.sites import location_by_id
from server.stock.availability import order_reference
from server.stock.goods import goods_of
from server.stock.restoring import unpost_promise
from server.stock.reversal import reverse_of_lpn
from server.wms.loading import hold_door, load_by_id, manifest
from server.wms.releases import hold_release, release_lines
from server.wms.tasks import cancel_task

_STAND = text("UPDATE load SET state = 'open', dispatched_at = NULL WHERE id = :id AND state = 'dispatched'")
_STANDS = text(  # written as it is, so that it cannot leave again while a parcel is brought back
    "UPDATE load SET state = state WHERE id = :id AND state = 'open'"
)
_ANOTHER = text(
    "SELECT d.id, d.code, (SELECT COUNT(*) FROM carton c WHERE c.load_id = d.id) AS parcels FROM load d "
    "WHERE d.door_id = :door_id AND d.state = 'open' AND d.id <> :id ORDER BY d.id"
)
_TASKS = text("SELECT id, state, device_id FROM task WHERE kind = 'load' AND subject_id = :id AND state IN ('open', 'leased')")
_DROP = text("DELETE FROM load WHERE id = :id AND state = 'open' AND NOT EXISTS (SELECT 1 FROM carton c WHERE c.load_id = load.id)")
_RETURNED = text(
    "SELECT r.code FROM carton c JOIN release r ON r.id = c.release_id JOIN release_line l ON l.release_id = r.id "
    "JOIN returned_line t ON t.release_line_id = l.id AND t.returned > 0 WHERE c.load_id = :id AND c.state = 'shipped' LIMIT 1"
)
_GONE = text("SELECT COUNT(*) FROM carton WHERE load_id = :id AND state = 'shipped'")
_UNSHIP_CARTON = text("UPDATE carton SET state = 'loaded' WHERE lpn_id = :lpn_id AND load_id = :load_id AND state = 'shipped'")
_UNSHIP_LINE = text(
    "UPDATE release_line SET shipped = shipped - :quantity WHERE id = :id AND shipped - :quantity >= "
    "COALESCE((SELECT t.returned FROM returned_line t WHERE t.release_line_id = release_line.id), 0)"
)
_UNSHIPPED = text("UPDATE release SET state = 'loaded', shipped_at = NULL WHERE id = :id AND state = 'shipped'")


class DoorTaken(Refusal):
    """Another vehicle is loaded at the door where this one would stand again."""

    code = "door_taken"


class ReturnedSince(Refusal):
    """Goods of a vehicle have come back as a return: it has left."""

    code = "returned_since"


def call_back(tx: Tx, load_id: int, job_key: str, *, device_id: int) -> int:
    """Lets a vehicle stand at its door again; its parcels are brought back right after, one by one. How many parcels.

    DoorTaken when another one is loaded there, ReturnedSince when goods of it have come back already.
    """
    load = load_by_id(tx, load_id)
    hold_door(tx, load.door_id)
    if not tx.changed(_STAND, id=load_id):
        raise Conflict(f"{load.code} stands at its door.", what=load.code)
    _clear_door(tx, load, device_id)
    returned = tx.scalar(_RETURNED, id=load_id)
    if returned is not None:
        raise ReturnedSince(f"Goods of order {returned} have come back as a return, so {load.code} has left. Book the rest as "
                            "returns too.", order=returned, load=load.code)
    cancel_job(tx, job_key)
    if tx.scalar(_GONE, id=load_id):
        add_job(tx, "unship_load", {"load": load_id}, unique_key=f"un{job_key}")
    parcels = len(manifest(tx, load_id))
    tx.emit(LoadCalledBack(load.code, parcels))
    return parcels


def unship_load_job(database: Database, payload: Mapping[str, Any]) -> None:
    """Brings back what was booked out with a vehicle: a transaction for each parcel, as it was booked out."""
    load_id = int(payload["load"])
    for parcel in database.read(lambda tx: manifest(tx, load_id)):
        database.write(lambda tx, parcel=parcel: _unship_parcel(tx, load_id, parcel), backlog=True)  # type: ignore[misc]


def _clear_door(tx: Tx, load: Any, device_id: int) -> None:
    """An empty load, opened by a scan of the door since, makes room; one with parcels or with somebody at it does not."""
    for other in tx.rows(_ANOTHER, id=load.id, door_id=load.door_id):
        tasks = tx.rows(_TASKS, id=other.id)
        if other.parcels or any(task.state == "leased" and task.device_id != device_id for task in tasks):
            door = location_by_id(tx, load.door_id).code
            raise DoorTaken(f"{other.code} is being loaded at {door}. Finish it or take its parcels off, then undo.",
                            door=door, load=other.code)
        for task in tasks:
            cancel_task(tx, task.id)
        tx.execute(_DROP, {"id": other.id})


def _unship_parcel(tx: Tx, load_id: int, parcel: Any) -> None:
    if not tx.changed(_STANDS, id=load_id) or not tx.changed(_UNSHIP_CARTON, lpn_id=parcel.lpn_id, load_id=load_id):
        return  # it never left, or was brought back before the last run was cut off
    load, release = load_by_id(tx, load_id), hold_release(tx, parcel.release_id)
    back = dict[int, int]()
    lines = list(reversed(release_lines(tx, release.id)))
    left = {line.id: line.shipped for line in lines}
    for row in reverse_of_lpn(tx, parcel.lpn_id, "shipping", load.code):
        if row.goods_id is None:
            continue
        for line, taken in _lines_of(goods_of(tx, row.goods_id).item_id, row.quantity, lines, left):
            if not tx.changed(_UNSHIP_LINE, id=line.id, quantity=taken):
                raise ReturnedSince(f"Goods of order {release.code} have come back as a return.", order=release.code, load=load.code)
            unpost_promise(tx, release.site_id, order_reference(release.order_number, line.number), taken)
            back[line.number] = back.get(line.number, 0) + taken
    tx.execute(_UNSHIPPED, {"id": release.id})
    tx.emit(ShipmentUndone(release.order_number, tuple(sorted(back.items()))))


def _lines_of(item_id: int, quantity: int, lines: Sequence[Any], left: dict[int, int]) -> list[tuple[Any, int]]:
    """The lines from which some goods are taken off again, and how much of each; `left` goes down by that."""
    found, rest = [], quantity
    for line in lines:
        taken = min(rest, left[line.id]) if line.item_id == item_id else 0
        if taken > 0:
            found.append((line, taken))
            left[line.id] -= taken
            rest -= taken
    return found
