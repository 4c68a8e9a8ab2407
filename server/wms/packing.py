"""Packing: goods from totes into cartons, each with an SSCC of its own and a label that has to be seen."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import text

from labels.gs1 import check_digit
from server.events import CartonClosed, CartonOpened, LineFound, LineShorted
from server.kernel.counters import next_number
from server.kernel.errors import NotFound, Refusal
from server.kernel.transaction import Tx
from server.masterdata.site_settings import site_settings
from server.masterdata.sites import Place, account, location_by_id
from server.stock.availability import order_reference, void_promise
from server.stock.goods import goods_of
from server.stock.ledger import Move, move
from server.stock.lpns import lpn_by_id, make_lpn
from server.wms.allocating import line_by_id
from server.wms.parcel_weights import forget_weight
from server.wms.releases import release_by_id, release_lines, set_release_state
from server.wms.taken_cartons import taken_carton
from server.wms.unpicking import OrderGoneOn, promise_again

_STATION = text("SELECT id FROM location WHERE site_id = :site_id AND kind = :kind AND blocked = 0 ORDER BY code LIMIT 1")
_PICKED = text(
    "SELECT a.tote_id, a.goods_id, MIN(b.quantity) AS here, SUM(a.picked) AS picked, i.code AS item, g.lot, g.serial, "
    "t.code AS tote FROM allocation a JOIN release_line l ON l.id = a.release_line_id JOIN goods g ON g.id = a.goods_id "
    "JOIN item i ON i.id = g.item_id JOIN lpn t ON t.id = a.tote_id "
    "JOIN balance b ON b.holder_id = a.tote_id AND b.goods_id = a.goods_id AND b.quantity > 0 "
    "WHERE l.release_id = :id AND a.picked > 0 "
    "GROUP BY a.tote_id, a.goods_id, i.code, g.lot, g.serial, t.code ORDER BY a.tote_id, a.goods_id"
)
_PACK_LINE = text("UPDATE release_line SET packed = packed + :quantity WHERE id = :id AND packed + :quantity <= picked")
_UNPACK_LINE = text("UPDATE release_line SET packed = packed - :quantity WHERE id = :id AND packed - :quantity >= shipped")
_ADD_CARTON = text("INSERT INTO carton (lpn_id, release_id, number, state, weight_g, carton_type, own_weight_g, length_mm, width_mm, height_mm) "
                   "VALUES (:lpn_id, :release_id, :number, :state, :weight_g, :carton_type, :own_weight_g, :length_mm, :width_mm, :height_mm)")
_CARTONS = text(
    "SELECT c.lpn_id, c.release_id, c.number, c.state, c.weight_g, c.scale_g, c.load_id, c.carton_type, c.own_weight_g, c.length_mm, c.width_mm, "
    "c.height_mm, p.code FROM carton c JOIN lpn p ON p.id = c.lpn_id "
    "WHERE c.release_id = :id ORDER BY c.number"
)
_CONTENT = text(
    "SELECT i.code AS item, i.name, g.lot, SUM(b.quantity) AS quantity FROM balance b JOIN goods g ON g.id = b.goods_id "
    "JOIN item i ON i.id = g.item_id WHERE b.holder_id = :id AND b.quantity > 0 GROUP BY i.code, i.name, g.lot ORDER BY i.code, g.lot"
)
_BY_CODE = text(
    "SELECT c.lpn_id, c.release_id, c.number, c.state, c.weight_g, c.load_id, c.carton_type, c.own_weight_g, c.length_mm, c.width_mm, c.height_mm, "
    "p.code FROM carton c JOIN lpn p ON p.id = c.lpn_id "
    "WHERE p.code = :code"
)
_UNVERIFY = text("UPDATE carton SET state = 'closed' WHERE lpn_id = :lpn_id AND state = 'verified'")
_VERIFY = text("UPDATE carton SET state = 'verified' WHERE lpn_id = :lpn_id AND state = 'closed'")
_DROP = text("DELETE FROM carton WHERE lpn_id = :lpn_id AND state IN ('open', 'closed', 'verified')")
_PACK_ON = text("UPDATE release SET state = 'picked' WHERE id = :id AND state IN ('packed', 'cancelled')")
_ORDER_OF = text("SELECT r.order_number, p.code FROM carton c JOIN release r ON r.id = c.release_id JOIN lpn p ON p.id = c.lpn_id "
                 "WHERE c.lpn_id = :lpn_id")
_WEIGHT = text("SELECT i.weight_g FROM item i WHERE i.code = :code")


class NotInTote(Refusal):
    """Something was packed that the order's totes do not hold."""

    code = "not_in_tote"


class Unweighed(Refusal):
    """A parcel waits for the scale."""

    code = "unweighed"

    def __init__(self) -> None:
        super().__init__("A parcel has not been weighed yet. Put it on the scale, or take its packing back by UNDO.")


class AlreadyOnItsWay(Refusal):
    """A parcel that stands on a vehicle cannot be taken back at the packing station."""

    code = "already_on_its_way"


class PackingClosed(Refusal):
    """The packing of an order was ended with something missing."""

    code = "packing_closed"


@dataclass(frozen=True, slots=True)
class Packed:
    """A carton that was closed, or (`is_weighed_first`) waits for the scale; `lines` are (release line, quantity)."""

    lpn: Place
    sscc: str
    number: int
    lines: tuple[tuple[int, int], ...]
    is_weighed_first: bool = False


def to_pack(tx: Tx, release_id: int) -> list[dict[str, Any]]:
    """What is still to be packed of an order: [{"item", "name", "quantity"}], by item."""
    rest: dict[str, dict[str, Any]] = {}
    for line in release_lines(tx, release_id):
        if line.picked > line.packed:
            entry = rest.setdefault(line.item, {"item": line.item, "name": line.name, "quantity": 0})
            entry["quantity"] += line.picked - line.packed
    return list(rest.values())


def totes_of(tx: Tx, release_id: int) -> list[str]:
    """The totes that hold goods of an order."""
    return list(dict.fromkeys(row.tote for row in tx.rows(_PICKED, id=release_id)))


def pack(tx: Tx, release_id: int, counted: Sequence[Mapping[str, Any]], *, carton_type: str = "") -> Packed:
    """Makes a carton of what was counted into it; NotInTote when the order's totes do not hold that.

    An entry is {"item", "quantity"} with lot and serial where the label gave them. `carton_type` is which carton was taken, "" if
    nobody said it; one that is not in use any more is kept by its name.
    """
    release = release_by_id(tx, release_id)
    station = station_of(tx, release.site_id, "pack")
    number = len(cartons_of(tx, release_id)) + 1
    settings = site_settings(tx, release.site_id)
    sscc = _sscc_under(tx, settings.gcp)
    carton = make_lpn(tx, station, kind="carton", code=sscc)
    lines: list[tuple[int, int]] = []
    taken = taken_carton(tx, release.site_id, carton_type)
    weight = taken.own_weight_g
    for entry in counted:
        _fill(tx, release, carton, entry)
        lines += _count(tx, release_id, str(entry["item"]), int(entry["quantity"]))
        weight += int(tx.scalar(_WEIGHT, code=entry["item"]) or 0) * int(entry["quantity"])
    is_weighed_first = settings.pack_weigh == "yes"
    tx.execute(_ADD_CARTON, {"lpn_id": carton.id, "release_id": release_id, "number": number, "weight_g": weight,
                             "state": "open" if is_weighed_first else "closed", **asdict(taken)})
    tx.emit(CartonClosed(release.order_number, sscc))
    return Packed(carton, sscc, number, tuple(lines), is_weighed_first)


def unpack(tx: Tx, carton_id: int, lines: Sequence[Sequence[int]]) -> None:
    """The bookkeeping of a carton whose goods were moved back into the totes."""
    carton = tx.row(_ORDER_OF, lpn_id=carton_id)
    if carton is not None:
        tx.emit(CartonOpened(carton.order_number, carton.code))
    for line_id, quantity in lines:
        tx.execute(_UNPACK_LINE, {"id": line_id, "quantity": quantity})
    forget_weight(tx, carton_id)
    if not tx.changed(_DROP, lpn_id=carton_id):
        raise NotFound("This parcel has been loaded; it cannot be unpacked any more.", what=str(carton_id))


def verify_carton(tx: Tx, sscc: str) -> bool:
    """The printed label was read from the carton; False when it had been before. Unweighed while it waits for the scale."""
    carton = carton_by_code(tx, sscc)
    if carton.state == "open":
        raise Unweighed
    return bool(tx.changed(_VERIFY, lpn_id=carton.lpn_id))


def unverify_carton(tx: Tx, sscc: str) -> None:
    """The label was not this parcel's after all; AlreadyOnItsWay when it is on a vehicle."""
    if not tx.changed(_UNVERIFY, lpn_id=carton_by_code(tx, sscc).lpn_id):
        raise AlreadyOnItsWay(f"Parcel {sscc} is on a vehicle. Take it off first.", lpn=sscc)


def close_packing(tx: Tx, release_id: int) -> bool:
    """Ends the packing of an order when all is packed and every label was seen; True when it has ended."""
    if to_pack(tx, release_id) or any(row.state in ("open", "closed") for row in cartons_of(tx, release_id)):
        return False
    set_release_state(tx, release_id, "packed")
    return True


def missing_at_packing(tx: Tx, release_id: int) -> list[list[int]]:
    """What was picked and is not in the totes is booked as missing and reported to its order; [line, quantity, promised of it]."""
    release, missing = release_by_id(tx, release_id), list[list[int]]()
    variance = account(tx, release.site_id, "VARIANCE")
    for line in release_lines(tx, release_id):
        rest = line.picked - line.packed
        if rest > 0:
            promised = void_promise(tx, release.site_id, order_reference(release.order_number, line.number), rest)
            tx.emit(LineShorted(release.order_number, line.number, rest))
            _take_out(tx, release, line.item, rest, variance)
            missing.append([line.id, rest, promised])
    return missing


def reopen_packing(tx: Tx, release_id: int, missing: Sequence[Sequence[int]]) -> None:
    """Packing was finished by mistake: what was missing is in the totes again, and the order is told so."""
    on_vehicle = next((row for row in cartons_of(tx, release_id) if row.state in ("loaded", "shipped")), None)
    if on_vehicle is not None:
        raise AlreadyOnItsWay(f"Parcel {on_vehicle.code} is on a vehicle. Take it off first.", lpn=on_vehicle.code)
    if not tx.changed(_PACK_ON, id=release_id):
        release = release_by_id(tx, release_id)
        raise OrderGoneOn(f"Order {release.code} is {release.state} by now. Call your supervisor.", order=release.code)
    for line_id, quantity, promised in missing:
        line = line_by_id(tx, line_id)
        promise_again(tx, line_id, promised)
        tx.emit(LineFound(line.order_number, line.number, quantity))


def guard_packing_open(tx: Tx, release_id: int) -> None:
    """PackingClosed when packing was ended with something missing: that has to be undone first, or it would be missed twice."""
    release = release_by_id(tx, release_id)
    if release.state != "picked" and to_pack(tx, release_id):
        raise PackingClosed(f"The packing of order {release.code} was ended with goods missing. Undo that first.", order=release.code)


def cartons_of(tx: Tx, release_id: int) -> list[Any]:
    """The cartons of a release, by number."""
    return tx.rows(_CARTONS, id=release_id)


def carton_content(tx: Tx, carton: Place) -> list[Any]:
    """What is in a carton, by item and lot."""
    return tx.rows(_CONTENT, id=carton.id)


def carton_by_code(tx: Tx, sscc: str) -> Any:
    """A carton by its SSCC; NotFound when there is none."""
    row = tx.row(_BY_CODE, code=sscc)
    if row is None:
        raise NotFound(f"There is no parcel {sscc}. Scan the parcel's own label.", what=sscc[:64])
    return row


def station_of(tx: Tx, site_id: int, kind: str) -> Place:
    """The first open location of a kind (pack, stage ...) of a site."""
    number = tx.scalar(_STATION, site_id=site_id, kind=kind)
    if number is None:
        raise NotFound(f"This warehouse has no location of kind {kind}. Make one.", what=kind)
    return location_by_id(tx, int(number))


def next_sscc(tx: Tx, site_id: int) -> str:
    """A new SSCC under the site's company prefix (GS1 General Specifications 2.2.1: 17 digits and a check digit)."""
    return _sscc_under(tx, site_settings(tx, site_id).gcp)


def _sscc_under(tx: Tx, prefix: str) -> str:
    serial = str(next_number(tx, f"sscc:{prefix}")).zfill(16 - len(prefix))
    body = f"0{prefix}{serial}"
    return body + check_digit(body)


def _take_out(tx: Tx, release: Any, item: str, quantity: int, variance: Place) -> None:
    for row in tx.rows(_PICKED, id=release.id):
        lost = min(quantity, row.here) if row.item == item else 0
        if lost > 0:
            move(tx, Move(goods_of(tx, row.goods_id), lost, lpn_by_id(tx, row.tote_id), variance, "cycle_counting",
                          document=release.code))
            quantity -= lost


def _fill(tx: Tx, release: Any, carton: Place, entry: Mapping[str, Any]) -> None:
    rest = int(entry["quantity"])
    for row in tx.rows(_PICKED, id=release.id):
        fits = row.item == entry["item"] and entry.get("lot") in (None, "", row.lot) and \
            entry.get("serial") in (None, "", row.serial)
        taken = min(rest, row.here) if fits else 0
        if taken > 0:
            move(tx, Move(goods_of(tx, row.goods_id), taken, lpn_by_id(tx, row.tote_id), carton, "packing",
                          document=release.code))
            rest -= taken
    if rest:
        raise NotInTote(f"{entry['quantity']} × {entry['item']} were scanned, the totes of {release.code} hold {rest} less. "
                        "Count again.", item=str(entry["item"])[:64], order=release.code, missing=rest)


def _count(tx: Tx, release_id: int, item: str, quantity: int) -> list[tuple[int, int]]:
    done = []
    for line in release_lines(tx, release_id):
        taken = min(quantity, line.picked - line.packed) if line.item == item else 0
        if taken > 0 and tx.changed(_PACK_LINE, id=line.id, quantity=taken):
            done.append((line.id, taken))
            quantity -= taken
    if quantity:
        raise NotInTote(f"{item}: more was packed than was picked for this order. Count again.", item=item,
                        order=str(release_id), missing=quantity)
    return done
