"""Returns: goods that a customer sent back, graded at once, and never more of a line than it was shipped."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, text

from server.events import GoodsReturned, ReturnUndone
from server.kernel.errors import Invalid, NotFound, Refusal
from server.kernel.transaction import Tx
from server.masterdata.items import item_by_id
from server.masterdata.sites import Place, account, location_by_id
from server.stock.goods import GoodsKey, lot_expiry
from server.stock.ledger import Move, move
from server.stock.lpns import content_of, lpn_by_code, make_lpn
from server.wms.inbound import NewInbound, NewInboundLine, begin_receiving, put_inbound
from server.wms.put_away import open_put_away, want_put_away
from server.wms.receiving import Received, goods_received
from server.wms.releases import release_by_code, release_by_id
from server.wms.tasks import cancel_task

GRADES = ("RESTOCK", "QUARANTINE", "SCRAP")
_LINES = text(
    "SELECT n.id, n.release_id, n.number, n.item_id, n.owner_id, n.shipped, COALESCE(t.returned, 0) AS returned, i.code AS item, "
    "i.name, i.tracks_lot, i.tracks_serial, i.tracks_expiry FROM release_line n JOIN item i ON i.id = n.item_id "
    "LEFT JOIN returned_line t ON t.release_line_id = n.id WHERE n.release_id = :id AND n.shipped > 0 ORDER BY n.number"
)
_RETURN = text(
    "INSERT INTO returned_line (release_line_id, shipped, returned) SELECT id, shipped, :quantity FROM release_line "
    "WHERE id = :id AND shipped >= :quantity AND NOT EXISTS (SELECT 1 FROM carton c JOIN load d ON d.id = c.load_id "
    "WHERE c.release_id = release_line.release_id AND c.state = 'shipped' AND d.state = 'open') ON CONFLICT (release_line_id) DO UPDATE SET shipped = excluded.shipped, "
    "returned = returned_line.returned + excluded.returned WHERE returned_line.returned + excluded.returned <= excluded.shipped"
)
_UNRETURN = text("UPDATE returned_line SET returned = returned - :quantity WHERE release_line_id = :id AND returned >= :quantity")
_SHIPPED = text(
    "SELECT DISTINCT g.lot, g.serial, t.expiry_on FROM stock_move m JOIN carton c ON c.lpn_id = m.from_id JOIN goods g ON g.id = m.goods_id "
    "LEFT JOIN lot t ON t.item_id = g.item_id AND t.code = g.lot "
    "WHERE c.release_id = :release_id AND g.item_id = :item_id AND m.reason = 'shipping' ORDER BY g.lot, g.serial"
).columns(expiry_on=Date)
_ADD_PAPER = text("INSERT INTO return_paper (inbound_id, release_id) VALUES (:inbound_id, :release_id)")
_PAPER = text("SELECT n.id, n.code, n.state, r.release_id FROM inbound n JOIN return_paper r ON r.inbound_id = n.id WHERE n.code = :code")
_PAPER_COUNT = text(
    "UPDATE inbound_line SET received = received + :quantity WHERE id = (SELECT id FROM inbound_line WHERE inbound_id = :id "
    "AND item_id = :item_id AND received + :quantity <= quantity AND received + :quantity >= 0 ORDER BY number LIMIT 1)"
)
_PAPER_REST = text("SELECT COALESCE(SUM(quantity - received), 0) FROM inbound_line WHERE inbound_id = :id AND item_id = :item_id")
_PARCEL = text("SELECT release_id FROM carton WHERE lpn_id = :id AND state = 'shipped'")
_PLACES = text(
    "SELECT id, kind FROM location WHERE site_id = :site_id AND kind IN ('returns', 'hold', 'dock') AND blocked = 0 "
    "ORDER BY CASE kind WHEN 'returns' THEN 0 WHEN 'hold' THEN 1 ELSE 2 END, code"
)
_DROP = text("UPDATE put_away SET state = 'cancelled' WHERE id = :id AND state = 'open'")


class OverReturn(Refusal):
    """More would come back of a line than went out."""

    code = "over_return"


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What a worker found in a customer's parcel, and what is to become of it."""

    line: Any
    quantity: int
    grade: str
    lot: str = ""
    serial: str = ""
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """Where returned goods are now; `lpn` when they wait for their put-away."""

    place: Place
    grade: str
    lpn: Place | None = None


def put_return(tx: Tx, code: str, site_id: int, order: str, lines: Sequence[tuple[str, int]], *,
               expected_at: int | None = None) -> int:
    """Writes a return paper for a shipped order; its number. Invalid names each line of which less went out."""
    release = release_by_code(tx, order)
    if release.site_id != site_id:
        raise NotFound(f"{order} was not shipped from this warehouse.", what=order)
    rest: dict[str, int] = {}
    for row in lines_of(tx, release.id):
        rest[row.item] = rest.get(row.item, 0) + row.shipped - row.returned
    wrong = [{"where": f"line {at}: quantity", "what": f"at most {rest.get(item, 0)} of {item} can come back"}
             for at, (item, quantity) in enumerate(lines, 1) if quantity > rest.get(item, 0)]
    if wrong or len({item for item, _ in lines}) < len(lines):
        raise Invalid(f"{code[:64]}: name each item of {order} once, with no more than was shipped.", errors=wrong)
    number = put_inbound(tx, NewInbound(code=code, kind="return", site_id=site_id, expected_at=expected_at,
                                        lines=[NewInboundLine(item=item, quantity=quantity) for item, quantity in lines]))
    tx.execute(_ADD_PAPER, {"inbound_id": number, "release_id": release.id})
    return number


def paper_by_code(tx: Tx, code: str) -> Any:
    """A return paper with the release that it is about; None when there is none."""
    return tx.row(_PAPER, code=code)


def release_of_parcel(tx: Tx, sscc: str) -> int | None:
    """The release whose shipped parcel carries this label."""
    lpn = lpn_by_code(tx, sscc)
    found = tx.scalar(_PARCEL, id=lpn.id) if lpn is not None else None
    return None if found is None else int(found)


def lines_of(tx: Tx, release_id: int) -> list[Any]:
    """The shipped lines of a release with what came back of each."""
    return tx.rows(_LINES, id=release_id)


def shipped_goods(tx: Tx, line: Any) -> list[Any]:
    """The lots and serials that went out for a line's item."""
    return tx.rows(_SHIPPED, release_id=line.release_id, item_id=line.item_id)


def paper_rest(tx: Tx, paper_id: int, item_id: int) -> int:
    """How much of an item a return paper still expects."""
    return int(tx.scalar(_PAPER_REST, id=paper_id, item_id=item_id))


def begin_return(tx: Tx, paper_id: int) -> None:
    """Marks that a paper is being received."""
    begin_receiving(tx, paper_id)


def give_back_goods(tx: Tx, found: Returned, lpn: Place | None) -> Booked:
    """Books returned goods by their grade; `lpn` is the one that this return's good pieces stand on, if it has one.

    Good pieces get a put-away, doubtful ones a hold in the returns area, broken ones leave through SCRAP.
    """
    release = release_by_id(tx, found.line.release_id)
    if not tx.changed(_RETURN, id=found.line.id, quantity=found.quantity):
        rest = found.line.shipped - found.line.returned
        raise OverReturn(f"{found.quantity} of {found.line.item} came back, {rest} of {release.code} are still with the customer. "
                         "Put the rest aside and call the supervisor.", item=found.line.item, rest=rest, quantity=found.quantity)
    booked = _book(tx, found, release, lpn)
    tx.emit(GoodsReturned(release.order_number, found.line.number, found.line.item_id, found.quantity, booked.grade, found.paper))
    return booked


def unreturn(tx: Tx, line: Any, quantity: int, lpn_code: str | None, *, grade: str = "", paper: str = "") -> None:
    """The bookkeeping of a return whose moves were reversed; an LPN left empty is not to be put away."""
    tx.execute(_UNRETURN, {"id": line.id, "quantity": quantity})
    lpn = lpn_by_code(tx, lpn_code) if lpn_code else None
    waiting = open_put_away(tx, lpn) if lpn is not None and not content_of(tx, lpn) else None
    if waiting is not None:
        tx.execute(_DROP, {"id": waiting.id})
        cancel_task(tx, waiting.task_id)
    tx.emit(ReturnUndone(release_by_id(tx, line.release_id).order_number, line.number, line.item_id, quantity, grade, paper))


def count_on_paper(tx: Tx, paper_id: int, item_id: int, quantity: int) -> None:
    """Counts what came on a return paper, as far as it expects it."""
    tx.execute(_PAPER_COUNT, {"id": paper_id, "item_id": item_id, "quantity": quantity})


def returns_area(tx: Tx, site_id: int) -> Place:
    """Where doubtful returns wait: the returns area, else a hold area, else the dock."""
    return _first(tx, site_id, ("returns", "hold", "dock"))


def dock_of(tx: Tx, site_id: int) -> Place:
    """Where good returns wait for their put-away."""
    return _first(tx, site_id, ("dock", "returns", "hold"))


def _book(tx: Tx, found: Returned, release: Any, lpn: Place | None) -> Booked:
    status = {"RESTOCK": "available", "QUARANTINE": "hold", "SCRAP": "damaged"}[found.grade]
    goods = goods_received(tx, Received(
        item=item_by_id(tx, found.line.item_id), owner_id=found.line.owner_id, quantity=found.quantity, lot=found.lot,
        serial=found.serial, status=status, expiry_on=lot_expiry(tx, found.line.item_id, found.lot) if found.lot else None))
    if goods.status == "available":
        return _restock(tx, found, goods, release, lpn)
    area = returns_area(tx, release.site_id)
    _come_in(tx, found, goods, release, area)
    if found.grade == "SCRAP":
        scrap = account(tx, release.site_id, "SCRAP")
        move(tx, Move(goods, found.quantity, area, scrap, "destroying", document=release.code))
        return Booked(scrap, "SCRAP")
    return Booked(area, "QUARANTINE")


def _restock(tx: Tx, found: Returned, goods: GoodsKey, release: Any, lpn: Place | None) -> Booked:
    dock = dock_of(tx, release.site_id)
    onto = lpn if lpn is not None and lpn.location_id == dock.id and open_put_away(tx, lpn) is not None else make_lpn(tx, dock)
    _come_in(tx, found, goods, release, onto)
    if open_put_away(tx, onto) is None:
        want_put_away(tx, onto, document=release.code)
    return Booked(dock, "RESTOCK", onto)


def _come_in(tx: Tx, found: Returned, goods: GoodsKey, release: Any, target: Place) -> None:
    customer = account(tx, release.site_id, "CUSTOMER")
    move(tx, Move(goods, found.quantity, customer, target, "receiving", document=release.code))


def _first(tx: Tx, site_id: int, kinds: Sequence[str]) -> Place:
    found = {row.kind: row.id for row in reversed(tx.rows(_PLACES, site_id=site_id))}
    for kind in kinds:
        if kind in found:
            return location_by_id(tx, found[kind])
    raise NotFound("This warehouse has no dock. Make a location of kind dock.", what="dock")
