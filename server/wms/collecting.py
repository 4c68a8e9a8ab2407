"""Orders that their customers come for: set down at a place of the store, handed over against a code, taken back when nobody came."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from server.events import OrderReady, OrderShipped, ShipmentUndone
from server.kernel.clock import DAY
from server.kernel.errors import Refusal
from server.kernel.transaction import Tx
from server.masterdata.collect_codes import is_collect_code
from server.masterdata.site_settings import site_settings
from server.masterdata.sites import Place, account, local_clock
from server.stock.availability import order_reference, post_promise
from server.stock.goods import goods_of
from server.stock.ledger import Move, move
from server.stock.lpns import lpn_by_id, move_lpn
from server.stock.restoring import unpost_promise
from server.wms.releases import hold_release, release_by_id, release_lines
from server.wms.taking_back import in_totes

ZONE = "COLLECT"
"""Staging places of this zone are where customers' orders wait; in a store that has none, all its staging places."""
TRIES_MAX = 5
REASON, CARRIER = "retail_selling", "collect"
_PLACES = text("SELECT code, zone FROM location WHERE site_id = :site_id AND kind = 'stage' AND blocked = 0 ORDER BY code")
_SET_DOWN = text(
    "INSERT INTO collection (release_id, location_id, ready_at, expires_at) VALUES (:release_id, :location_id, :at, :until) "
    "ON CONFLICT (release_id) DO NOTHING RETURNING release_id"
)
_TAKE_UP = text("DELETE FROM collection WHERE release_id = :release_id AND state = 'ready'")
_ON_ITS_WAY = text(
    "SELECT COUNT(*) FROM release r LEFT JOIN collection c ON c.release_id = r.id WHERE r.order_number = :order_number "
    "AND r.state IN ('waiting', 'released', 'picked') AND c.release_id IS NULL"
)
_OF_ORDER = text(
    "SELECT r.id, r.code, r.order_number, r.site_id, r.state AS release_state, r.customer, r.shipped_at, c.state, c.location_id, c.tries, c.expires_at, "
    "c.ended_at FROM release r LEFT JOIN collection c ON c.release_id = r.id WHERE r.order_number = :order_number AND r.site_id = :site_id "
    "ORDER BY CASE WHEN c.state = 'ready' THEN 0 WHEN c.state IS NULL AND r.state NOT IN ('cancelled', 'shipped') THEN 1 ELSE 2 END, r.id DESC LIMIT 1"
)
_SHOWN = text(
    "SELECT c.state, l.code AS place, c.ready_at, c.expires_at, c.ended_at FROM release r JOIN collection c ON c.release_id = r.id "
    "JOIN location l ON l.id = c.location_id WHERE r.order_number = :order_number ORDER BY CASE WHEN c.state = 'ready' THEN 0 ELSE 1 END, r.id DESC LIMIT 1"
)
_HOLD = text("UPDATE collection SET tries = tries WHERE release_id = :release_id AND state = 'ready' RETURNING tries")
_TRIED = text("UPDATE collection SET tries = :tries WHERE release_id = :release_id AND state = 'ready'")
_COLLECT = text("UPDATE collection SET state = 'collected', ended_at = :at WHERE release_id = :release_id AND state = 'ready'")
_BACK = text("UPDATE collection SET state = 'ready', ended_at = NULL WHERE release_id = :release_id AND state = 'collected'")
_SHIP_LINE = text(
    "UPDATE release_line SET packed = packed + :quantity, shipped = shipped + :quantity WHERE id = :id AND packed + :quantity <= picked")
_UNSHIP_LINE = text(
    "UPDATE release_line SET packed = packed - :quantity, shipped = shipped - :quantity WHERE id = :id AND shipped - :quantity >= "
    "COALESCE((SELECT t.returned FROM returned_line t WHERE t.release_line_id = release_line.id), 0)"
)
_SHIPPED = text("UPDATE release SET state = 'shipped', shipped_at = :at WHERE id = :id AND state = 'picked'")
_UNSHIPPED = text("UPDATE release SET state = 'picked', shipped_at = NULL WHERE id = :id AND state = 'shipped'")
_EXPIRED = text(
    "SELECT DISTINCT r.order_number FROM collection c JOIN release r ON r.id = c.release_id WHERE c.state = 'ready' AND c.expires_at <= :now "
    "ORDER BY r.order_number LIMIT :most"
)
_A_RUN_MAX = 200


class NoPlaceForIt(Refusal):
    """An order was to be set down where no customer's order waits."""

    code = "no_collect_place"


class NotReady(Refusal):
    """A customer has come before the goods wait for them."""

    code = "not_ready"


class CollectedAlready(Refusal):
    """Somebody has the goods already."""

    code = "collected_already"


class CollectedNoMore(Refusal):
    """Nobody came in time, or the order was cancelled: the goods go back to their bins."""

    code = "collected_no_more"


class ReturnedToStore(Refusal):
    """Goods that were handed over have come back as a return."""

    code = "returned_to_store"


def collect_places(tx: Tx, site_id: int) -> list[str]:
    """Where customers' orders wait."""
    rows = tx.rows(_PLACES, site_id=site_id)
    return [row.code for row in rows if row.zone == ZONE] or [row.code for row in rows]


def set_down(tx: Tx, release_id: int, place: Place) -> list[str]:
    """The order waits for its customer from now on; its totes. NoPlaceForIt where none waits, NotReady when it is not all picked."""
    release, places = hold_release(tx, release_id), collect_places(tx, place.site_id)
    if place.code not in places:
        raise NoPlaceForIt(f"{place.code} is no place where orders wait for customers. Take it to {', '.join(places[:3]) or 'the supervisor'}.",
                           location=place.code, wanted=", ".join(places[:3]) or "-")
    if release.state != "picked":
        raise NotReady(f"{release.code} is {release.state}. Look at the task again.", order=release.code, state=f"order.{release.state}")
    totes = [lpn_by_id(tx, number) for number in dict.fromkeys(row.to_id for row in in_totes(tx, release))]
    for tote in totes:
        if tote.parent_id != place.id:
            move_lpn(tx, tote, place, "storing", document=release.code)
    until = tx.now + max(1, site_settings(tx, release.site_id).collect_days) * DAY
    tx.row(_SET_DOWN, release_id=release_id, location_id=place.id, at=tx.now, until=until)
    if not tx.scalar(_ON_ITS_WAY, order_number=release.order_number):
        tx.emit(OrderReady(release.order_number, until))
    return [tote.code for tote in totes]


def take_up(tx: Tx, release_id: int) -> None:
    """The order was set down by mistake; CollectedAlready when its customer has it."""
    if not tx.changed(_TAKE_UP, release_id=release_id):
        raise _ended(tx, _row(tx, release_by_id(tx, release_id)))


def waiting_for_customer(tx: Tx, release: Any) -> Any:
    """What of a release's order waits; NotReady, CollectedAlready or CollectedNoMore when nothing does."""
    row = _row(tx, release)
    if row.state != "ready":
        raise _ended(tx, row)
    return row


def tries_left(tx: Tx, release_id: int) -> int:
    """How often a wrong code may still be said."""
    row = tx.row(_HOLD, release_id=release_id)
    return 0 if row is None else max(0, TRIES_MAX - row.tries)


def try_code(tx: Tx, release: Any, said: str) -> bool:
    """Whether the customer knows the code; one that is wrong is counted."""
    row = tx.row(_HOLD, release_id=release.id)
    is_right = row is not None and is_collect_code(tx, release.order_number, said)
    if row is not None:
        tx.execute(_TRIED, {"release_id": release.id, "tries": 0 if is_right else row.tries + 1})
    return is_right


def totes_waiting(tx: Tx, release: Any) -> list[str]:
    """What the order waits in."""
    return list(dict.fromkeys(row.tote for row in in_totes(tx, release)))


def hand_out(tx: Tx, release_id: int) -> dict[str, list[list[int]]]:
    """The customer takes the goods; what taking that back needs. Refused when they are not there to be taken."""
    held = hold_release(tx, release_id)
    release = release_by_id(tx, release_id)
    if not tx.changed(_COLLECT, release_id=release_id, at=tx.now):
        raise _ended(tx, _row(tx, release))
    shipped = []
    for line in release_lines(tx, release_id):
        quantity = line.picked - line.packed
        if quantity > 0 and tx.changed(_SHIP_LINE, id=line.id, quantity=quantity):
            post_promise(tx, release.site_id, order_reference(release.order_number, line.number), quantity)
            shipped.append((line, quantity))
    customer = account(tx, release.site_id, "CUSTOMER")
    for row in in_totes(tx, held):
        move(tx, Move(goods_of(tx, row.goods_id), int(row.quantity), lpn_by_id(tx, row.to_id), customer, REASON, document=release.code))
    tx.execute(_SHIPPED, {"id": release_id, "at": tx.now})
    tx.emit(OrderShipped(release.order_number, tuple((line.number, quantity) for line, quantity in shipped), release.code, CARRIER))
    return {"lines": [[line.id, line.number, quantity] for line, quantity in shipped]}


def take_back_from_customer(tx: Tx, release_id: int, lines: Sequence[Sequence[int]]) -> None:
    """After the moves were reversed: the goods wait in their totes as if nobody had come. ReturnedToStore when some came back as a return."""
    release = release_by_id(tx, release_id)
    for line_id, number, quantity in lines:
        if not tx.changed(_UNSHIP_LINE, id=line_id, quantity=quantity):
            raise ReturnedToStore(f"Goods of {release.code} have come back as a return. Book the rest as a return too.", order=release.code)
        unpost_promise(tx, release.site_id, order_reference(release.order_number, number), quantity)
    tx.execute(_UNSHIPPED, {"id": release_id})
    tx.execute(_BACK, {"release_id": release_id})
    tx.emit(ShipmentUndone(release.order_number, tuple((number, quantity) for _, number, quantity in lines)))


def collection_of(tx: Tx, order_number: str) -> Any:
    """How an order that is collected stands at its store last: state, place and times; None while the floor has nothing of it."""
    return tx.row(_SHOWN, order_number=order_number)


def expired_collections(tx: Tx) -> list[str]:
    """Orders that nobody came for in time."""
    return [row.order_number for row in tx.rows(_EXPIRED, now=tx.now, most=_A_RUN_MAX)]


def _row(tx: Tx, release: Any) -> Any:
    """What waits of an order first, then what is on its way, then what became of it last."""
    return tx.row(_OF_ORDER, order_number=release.order_number, site_id=release.site_id)


def _ended(tx: Tx, row: Any) -> Refusal:
    if row.state == "collected" or row.release_state == "shipped":
        at = local_clock(tx, row.site_id, row.ended_at or row.shipped_at or tx.now)
        return CollectedAlready(f"{row.code} was collected at {at}. Ask the customer who came, and call your supervisor.", order=row.code, time=at)
    if row.release_state == "cancelled":
        return CollectedNoMore(f"{row.code} is cancelled: nobody came for it in time, or it was called off. Send the customer to the shop's service.",
                               order=row.code)
    return NotReady(f"{row.code} is not ready: it is {row.release_state}. Ask the customer to wait for the message, or finish picking it.",
                    order=row.code, state=f"order.{row.release_state}")
