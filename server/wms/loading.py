"""Loading: parcels onto the vehicle at a dock door, and its departure."""

from typing import Any

from sqlalchemy import text

from server.events import LoadDispatched, OrderShipped
from server.kernel.counters import next_number
from server.kernel.errors import Conflict, Invalid, NotFound, Refusal
from server.kernel.transaction import Tx
from server.masterdata.sites import Place, account
from server.stock.availability import order_reference, post_promise
from server.stock.ledger import Move, move
from server.stock.lpns import content_of, lpn_by_id, move_lpn
from server.wms.packing import carton_by_code, cartons_of
from server.wms.releases import release_by_id, release_lines, set_release_state

_OPEN_AT = text("SELECT id, code, site_id, door_id, carrier, state FROM load WHERE door_id = :door_id AND state = 'open'")
_ADD = text("INSERT INTO load (code, site_id, door_id, created_at) VALUES (:code, :site_id, :door_id, :at) RETURNING id")
_BY_ID = text("SELECT id, code, site_id, door_id, carrier, state, dispatched_at FROM load WHERE id = :id")
_SET_CARRIER = text("UPDATE load SET carrier = :carrier WHERE id = :id AND carrier = ''")
_LOAD = text("UPDATE carton SET load_id = :load_id, state = 'loaded' WHERE lpn_id = :lpn_id AND state = 'verified'")
_UNLOAD = text("UPDATE carton SET load_id = NULL, state = 'verified' WHERE lpn_id = :lpn_id AND state = 'loaded'")
_ON_IT = text(
    "SELECT c.lpn_id, c.release_id, c.number, c.weight_g, p.code, r.code AS release FROM carton c "
    "JOIN lpn p ON p.id = c.lpn_id JOIN release r ON r.id = c.release_id WHERE c.load_id = :load_id ORDER BY c.release_id, c.number"
)
_TO_LOAD = text(
    "SELECT COUNT(*) FROM carton c JOIN release r ON r.id = c.release_id WHERE r.site_id = :site_id "
    "AND c.state = 'verified' AND (:carrier = '' OR r.carrier = :carrier)"
)
_DEPART = text("UPDATE load SET state = 'dispatched', dispatched_at = :at WHERE id = :id AND state = 'open'")
_SHIP_CARTON = text("UPDATE carton SET state = 'shipped' WHERE lpn_id = :lpn_id AND state = 'loaded'")
_SHIP_LINE = text("UPDATE release_line SET shipped = shipped + :quantity WHERE id = :id AND shipped + :quantity <= packed")
_SHIPPED = text("UPDATE release SET state = 'shipped', shipped_at = :at WHERE id = :id AND state <> 'shipped'")


class NotVerified(Refusal):
    """A parcel whose label nobody has read yet, so that it may be on another parcel."""

    code = "not_verified"


class WrongCarrier(Refusal):
    """A parcel goes with another carrier than this vehicle."""

    code = "wrong_carrier"


class AlreadyLoaded(Refusal):
    """A parcel stands on a vehicle, or has left."""

    code = "already_loaded"


def load_at(tx: Tx, door: Place) -> Any:
    """The load being made at a door; a new one where there is none."""
    row = tx.row(_OPEN_AT, door_id=door.id)
    if row is not None:
        return row
    if door.kind != "door":
        raise Invalid(f"{door.code} is no dock door. Scan the door's label.", field="door")
    number = tx.scalar(_ADD, code=f"LOAD-{next_number(tx, 'load'):05d}", site_id=door.site_id, door_id=door.id, at=tx.now)
    return load_by_id(tx, int(number))


def load_by_id(tx: Tx, number: int) -> Any:
    """A load's row."""
    row = tx.row(_BY_ID, id=number)
    if row is None:
        raise NotFound(f"There is no load {number}.", what=str(number))
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
    if release_by_id(tx, carton.release_id).state == "loaded":
        set_release_state(tx, carton.release_id, "packed")


def dispatch(tx: Tx, load_id: int) -> int:
    """The vehicle leaves: what is on it is shipped and its promises are kept; how many parcels."""
    load = load_by_id(tx, load_id)
    parcels = manifest(tx, load_id)
    if not parcels:
        raise Invalid(f"Nothing is on {load.code} yet. Scan a parcel first.", field="load")
    if not tx.changed(_DEPART, id=load_id, at=tx.now):
        raise Conflict(f"{load.code} has left already.", what=load.code)
    shipped: dict[int, dict[int, int]] = {}
    for parcel in parcels:
        lines = shipped.setdefault(parcel.release_id, {})
        for number, quantity in _ship_carton(tx, load, parcel).items():
            lines[number] = lines.get(number, 0) + quantity
    for release_id, lines in shipped.items():
        _ship_release(tx, release_id, lines)
    tx.emit(LoadDispatched(load.code, len(parcels)))
    return len(parcels)


def _ship_carton(tx: Tx, load: Any, parcel: Any) -> dict[int, int]:
    """Moves a parcel's goods to the customer; quantities by order line."""
    release, carton = release_by_id(tx, parcel.release_id), lpn_by_id(tx, parcel.lpn_id)
    customer, lines = account(tx, load.site_id, "CUSTOMER"), dict[int, int]()
    for content in content_of(tx, carton):
        rest = content.quantity
        for line in release_lines(tx, release.id):
            taken = min(rest, line.packed - line.shipped) if line.item_id == content.goods.item_id else 0
            if taken > 0 and tx.changed(_SHIP_LINE, id=line.id, quantity=taken):
                post_promise(tx, release.site_id, order_reference(release.order_number, line.number), taken)
                lines[line.number] = lines.get(line.number, 0) + taken
                rest -= taken
        holder = carton if content.holder_id == carton.id else lpn_by_id(tx, content.holder_id)
        move(tx, Move(content.goods, content.quantity, holder, customer, "shipping", document=load.code))
    move_lpn(tx, carton, customer, "shipping", document=load.code)
    tx.execute(_SHIP_CARTON, {"lpn_id": carton.id})
    return lines


def _ship_release(tx: Tx, release_id: int, lines: dict[int, int]) -> None:
    release = release_by_id(tx, release_id)
    if all(row.state == "shipped" for row in cartons_of(tx, release_id)) and release.state in ("packed", "loaded"):
        tx.execute(_SHIPPED, {"id": release_id, "at": tx.now})
    tx.emit(OrderShipped(release.order_number, tuple(sorted(lines.items()))))
