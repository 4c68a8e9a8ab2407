"""Loading: parcels onto the vehicle at a dock door, and its departure."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from server.events import LoadDispatched, OrderShipped
from server.kernel.counters import next_number
from server.kernel.database import Database
from server.kernel.errors import Conflict, Invalid, NotFound, Refusal
from server.kernel.jobs import add_job
from server.kernel.transaction import Tx
from server.masterdata.sites import Place, account
from server.stock.availability import order_reference, post_promise
from server.stock.ledger import Move, move
from server.stock.lpns import Content, content_of, lpn_by_id, move_lpn
from server.wms.packing import carton_by_code, cartons_of
from server.wms.releases import hold_release, release_by_id, release_lines, set_release_state

_OPEN_AT = text("SELECT id, code, site_id, door_id, carrier, state FROM load WHERE door_id = :door_id AND state = 'open'")
_HOLD_DOOR = text("UPDATE location SET kind = kind WHERE id = :id")
_ADD = text("INSERT INTO load (code, site_id, door_id, created_at) VALUES (:code, :site_id, :door_id, :at) RETURNING id")
_BY_ID = text("SELECT id, code, site_id, door_id, carrier, state, dispatched_at FROM load WHERE id = :id")
_BY_CODE = text("SELECT id, code, site_id, door_id, carrier, state, dispatched_at FROM load WHERE code = :code")
_SET_CARRIER = text("UPDATE load SET carrier = :carrier WHERE id = :id AND carrier = ''")
_LOAD = text("UPDATE carton SET load_id = :load_id, state = 'loaded' WHERE lpn_id = :lpn_id AND state = 'verified'")
_UNLOAD = text("UPDATE carton SET load_id = NULL, state = 'verified' WHERE lpn_id = :lpn_id AND state = 'loaded' "
               "AND load_id IN (SELECT id FROM load WHERE state = 'open')")
_ON_IT = text(
    "SELECT c.lpn_id, c.release_id, c.number, c.weight_g, p.code, r.code AS release FROM carton c "
    "JOIN lpn p ON p.id = c.lpn_id JOIN release r ON r.id = c.release_id WHERE c.load_id = :load_id ORDER BY c.release_id, c.number"
)
_TO_LOAD = text(
    "SELECT COUNT(*) FROM carton c JOIN release r ON r.id = c.release_id WHERE r.site_id = :site_id "
    "AND c.state = 'verified' AND (:carrier = '' OR r.carrier = :carrier)"
)
_DEPART = text("UPDATE load SET state = 'dispatched', dispatched_at = :at WHERE id = :id AND state = 'open'")
_STANDS = text(  # written as it is, so that it cannot leave while a parcel is put on it
    "UPDATE load SET state = state WHERE id = :id AND state = 'open'"
)
_LEFT = text(  # written as it is, so that it cannot be called back while a parcel is booked out
    "UPDATE load SET state = state WHERE id = :id AND state = 'dispatched'"
)
_SHIP_CARTON = text("UPDATE carton SET state = 'shipped' WHERE lpn_id = :lpn_id AND load_id = :load_id AND state = 'loaded'")
_COMING_BACK = text("SELECT COUNT(*) FROM carton WHERE load_id = :id AND state = 'shipped'")
_ANY_CARRIER = text("UPDATE load SET carrier = '' WHERE id = :id AND NOT EXISTS (SELECT 1 FROM carton c WHERE c.load_id = load.id)")
_SHIP_LINE = text("UPDATE release_line SET shipped = shipped + :quantity WHERE id = :id AND shipped + :quantity <= packed")
_SHIPPED = text("UPDATE release SET state = 'shipped', shipped_at = :at WHERE id = :id AND state <> 'shipped'")


class NothingLoaded(Refusal):
    """A vehicle without a parcel cannot be closed."""

    code = "nothing_loaded"


class NotVerified(Refusal):
    """A parcel whose label nobody has read yet, so that it may be on another parcel."""

    code = "not_verified"


class WrongCarrier(Refusal):
    """A parcel goes with another carrier than this vehicle."""

    code = "wrong_carrier"


class AlreadyLoaded(Refusal):
    """A parcel stands on a vehicle, or has left."""

    code = "already_loaded"


class LoadLeft(Refusal):
    """A parcel was scanned for a vehicle that has left."""

    code = "load_left"


class StillComingBack(Refusal):
    """Parcels of a vehicle that was called back are not in the book again yet."""

    code = "still_coming_back"


def load_at(tx: Tx, door: Place) -> Any:
    """The load being made at a door; a new one where there is none."""
    hold_door(tx, door.id)
    row = tx.row(_OPEN_AT, door_id=door.id)
    if row is not None:
        return row
    if door.kind != "door":
        raise Invalid(f"{door.code} is no dock door. Scan the door's label.", field="door")
    number = tx.scalar(_ADD, code=f"LOAD-{next_number(tx, 'load'):05d}", site_id=door.site_id, door_id=door.id, at=tx.now)
    return load_by_id(tx, int(number))


def hold_door(tx: Tx, door_id: int) -> None:
    """Whoever else opens a vehicle at the door, or lets one stand there again, waits until this is committed."""
    tx.execute(_HOLD_DOOR, {"id": door_id})


def load_by_id(tx: Tx, number: int) -> Any:
    """A load's row."""
    row = tx.row(_BY_ID, id=number)
    if row is None:
        raise NotFound(f"There is no load {number}.", what=str(number))
    return row


def load_by_code(tx: Tx, code: str) -> Any:
    """A load's row by its code; NotFound when there is none."""
    row = tx.row(_BY_CODE, code=code)
    if row is None:
        raise NotFound(f"There is no load {code[:32]}.", what=code[:32])
    return row


def manifest(tx: Tx, load_id: int) -> list[Any]:
    """The parcels of a load with their orders."""
    return tx.rows(_ON_IT, load_id=load_id)


def waiting_to_load(tx: Tx, load: Any) -> int:
    """How many parcels stand ready for a load."""
    return int(tx.scalar(_TO_LOAD, site_id=load.site_id, carrier=load.carrier))


def load_carton(tx: Tx, load: Any, sscc: str, door: Place) -> Any:
    """Puts a parcel on a load; refused when its label was not read, it goes elsewhere, or it is loaded already."""
    carton = carton_by_code(tx, sscc)
    release = release_by_id(tx, carton.release_id)
    if carton.state in ("loaded", "shipped"):
        raise AlreadyLoaded(f"Parcel {sscc} is on a vehicle already. Scan the next one.", lpn=sscc)
    if carton.state != "verified":
        raise NotVerified(f"Parcel {sscc} has no verified label. Take it back to packing and scan its label there.", lpn=sscc)
    if release.site_id != load.site_id or (load.carrier and release.carrier != load.carrier):
        raise WrongCarrier(f"Parcel {sscc} goes with {release.carrier or 'no carrier'}, this vehicle is {load.carrier}. "
                           "Put it back to its lane.", lpn=sscc, carrier=load.carrier, wanted=release.carrier)
    if not tx.changed(_STANDS, id=load.id):
        raise LoadLeft(f"{load.code} has left without parcel {sscc}. Scan the door again for the next vehicle, then the parcel.",
                       load=load.code, lpn=sscc)
    if not tx.changed(_LOAD, lpn_id=carton.lpn_id, load_id=load.id):
        raise AlreadyLoaded(f"Parcel {sscc} was loaded by somebody else just now. Scan the next one.", lpn=sscc)
    if release.carrier:
        tx.execute(_SET_CARRIER, {"id": load.id, "carrier": release.carrier})
    move_lpn(tx, lpn_by_id(tx, carton.lpn_id), door, "loading", document=load.code)
    if all(row.state in ("loaded", "shipped") for row in cartons_of(tx, release.id)) and release.state == "packed":
        set_release_state(tx, release.id, "loaded")
    return carton


def unload_carton(tx: Tx, sscc: str) -> None:
    """The bookkeeping of a parcel that was taken off again."""
    carton = carton_by_code(tx, sscc)
    if not tx.changed(_UNLOAD, lpn_id=carton.lpn_id):
        raise AlreadyLoaded(f"Parcel {sscc} has left. It cannot be taken off any more.", lpn=sscc)
    tx.execute(_ANY_CARRIER, {"id": carton.load_id})
    if release_by_id(tx, carton.release_id).state == "loaded":
        set_release_state(tx, carton.release_id, "packed")


def dispatch(tx: Tx, load_id: int) -> tuple[int, str]:
    """The vehicle leaves; its parcels are booked out right after, one by one. How many parcels, and the key of that job."""
    load = load_by_id(tx, load_id)
    parcels = manifest(tx, load_id)
    if not parcels:
        raise NothingLoaded(f"Nothing is on {load.code} yet. Scan a parcel first.", load=load.code)
    if not tx.changed(_DEPART, id=load_id, at=tx.now):
        raise Conflict(f"{load.code} has left already.", what=load.code)
    if tx.scalar(_COMING_BACK, id=load_id):
        raise StillComingBack(f"{load.code} was called back, and its parcels are not all booked in yet. Wait a moment.", load=load.code)
    key = f"ship_load:{load_id}:{tx.actor.op or tx.now}"  # a vehicle that was called back leaves by another job
    add_job(tx, "ship_load", {"load": load_id}, unique_key=key)
    tx.emit(LoadDispatched(load.code, len(parcels)))
    return len(parcels), key


def ship_load_job(database: Database, payload: Mapping[str, Any]) -> None:
    """Books out what left with a vehicle: a transaction for each parcel, so that no scan waits for a whole truck."""
    load_id = int(payload["load"])
    for parcel in database.read(lambda tx: manifest(tx, load_id)):
        database.write(lambda tx, parcel=parcel: _ship_parcel(tx, load_id, parcel), backlog=True)  # type: ignore[misc]


def _ship_parcel(tx: Tx, load_id: int, parcel: Any) -> None:
    if not tx.changed(_LEFT, id=load_id) or not tx.changed(_SHIP_CARTON, lpn_id=parcel.lpn_id, load_id=load_id):
        return  # it was booked out before the last run was cut off, or called back
    load, release = load_by_id(tx, load_id), hold_release(tx, parcel.release_id)
    carton, customer = lpn_by_id(tx, parcel.lpn_id), account(tx, load.site_id, "CUSTOMER")
    shipped = dict[int, int]()
    lines = release_lines(tx, release.id)
    left = {line.id: line.packed - line.shipped for line in lines}
    for content in content_of(tx, carton):
        for line, taken in _lines_of(content, lines, left):
            tx.execute(_SHIP_LINE, {"id": line.id, "quantity": taken})
            post_promise(tx, release.site_id, order_reference(release.order_number, line.number), taken)
            shipped[line.number] = shipped.get(line.number, 0) + taken
        holder = carton if content.holder_id == carton.id else lpn_by_id(tx, content.holder_id)
        move(tx, Move(content.goods, content.quantity, holder, customer, "shipping", document=load.code))
    move_lpn(tx, carton, customer, "shipping", document=load.code)
    if all(row.state == "shipped" for row in cartons_of(tx, release.id)) and release.state in ("packed", "loaded"):
        tx.execute(_SHIPPED, {"id": release.id, "at": tx.now})
    tx.emit(OrderShipped(release.order_number, tuple(sorted(shipped.items())), parcel.code, load.carrier))


def _lines_of(content: Content, lines: Sequence[Any], left: dict[int, int]) -> list[tuple[Any, int]]:
    """The lines of an order that some goods of a parcel count on, and how much on each; `left` goes down by that."""
    found, rest = [], content.quantity
    for line in lines:
        taken = min(rest, left[line.id]) if line.item_id == content.goods.item_id else 0
        if taken > 0:
            found.append((line, taken))
            left[line.id] -= taken
            rest -= taken
    return found
