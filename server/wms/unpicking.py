"""Picking taken back: what was picked, said to be short or broken, or given a tote, by mistake."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, text

from server.events import LineFound, PickUndone
from server.kernel.errors import Refusal
from server.kernel.transaction import Tx, in_list
from server.stock.allocations import unmark_picked
from server.stock.availability import order_reference, promise
from server.stock.errors import InsufficientStock, NotPromisable
from server.stock.goods import GoodsKey
from server.stock.lpns import content_of, lpn_by_id
from server.stock.restoring import reopen_allocation, void_picked, void_untouched
from server.wms.allocating import line_by_id
from server.wms.tasks import TaskRow

_UNCOUNT = text("UPDATE release_line SET picked = picked - :quantity WHERE id = :id AND picked - :quantity >= packed")
_UNALLOCATE = text(
    "UPDATE release_line SET picked = picked - :quantity, allocated = allocated - :quantity WHERE id = :id AND picked - :quantity >= packed"
)
_ALLOCATED = text("UPDATE release_line SET allocated = allocated + :quantity WHERE id = :id "
                  "AND allocated + short + :quantity <= ordered")
_GIVEN_BACK = text("UPDATE release_line SET allocated = allocated - :quantity WHERE id = :id AND allocated - :quantity >= picked")
_NOT_SHORT = text("UPDATE release_line SET short = short - :quantity WHERE id = :id AND short >= :quantity")
_OF = text(
    "SELECT a.id, a.release_line_id, l.number AS line, r.id AS release_id, r.order_number, r.state AS release_state, i.code AS item, "
    "loc.code AS location FROM allocation a JOIN release_line l ON l.id = a.release_line_id JOIN release r ON r.id = l.release_id "
    "JOIN goods g ON g.id = a.goods_id JOIN item i ON i.id = g.item_id LEFT JOIN lpn p ON p.id = a.holder_id "
    "JOIN location loc ON loc.id = COALESCE(p.location_id, a.holder_id) WHERE a.id = :id"
)
_RELEASES = text(
    "SELECT DISTINCT l.release_id FROM allocation a JOIN release_line l ON l.id = a.release_line_id WHERE a.id IN :ids "
    "ORDER BY l.release_id"
).bindparams(bindparam("ids", expanding=True))
_STATE = text(  # written as it is, so that packing cannot begin meanwhile
    "UPDATE release SET state = state WHERE id = :id RETURNING state, code"
)
_PICK_ON = text("UPDATE release SET state = 'released' WHERE id = :id AND state IN ('picked', 'cancelled')")
_PACKING = text("SELECT id FROM task WHERE kind IN ('pack', 'collect') AND subject_id = :id AND state IN ('open', 'leased')")
_DROP_PACKING = text(
    "UPDATE task SET state = 'cancelled', done_at = :at, version = version + 1 WHERE id = :id "
    "AND (state = 'open' OR (state = 'leased' AND device_id = :device_id))"
)
_POSITION = text("UPDATE allocation SET position = :position WHERE id = :id AND task_id = :task_id")
_TOTE_OFF = text(
    "UPDATE allocation SET tote_id = NULL WHERE task_id = :task_id AND tote_id = :tote_id AND state = 'open' AND picked = 0"
)
_TOTE_AS_BEFORE = text(
    "UPDATE allocation SET tote_id = :before WHERE id = :id AND state = 'open' AND tote_id = :tote_id"
)
_PICKED_INTO = text("SELECT COUNT(*) FROM allocation WHERE task_id = :task_id AND tote_id = :tote_id AND state = 'picked'")


class PickedInstead(Refusal):
    """What was to be taken instead has been picked, or was changed."""

    code = "picked_instead"


class PromisedAway(Refusal):
    """What an order was said not to get has been promised to another order."""

    code = "promised_away"


class KeptByOthers(Refusal):
    """The goods of a pick are kept for another order by now, or are gone."""

    code = "kept_by_others"


class PackingBegun(Refusal):
    """Somebody packs the order already."""

    code = "packing_begun"


class OrderGoneOn(Refusal):
    """An order has been packed, shipped or cancelled since."""

    code = "order_gone_on"


class ToteHoldsGoods(Refusal):
    """Something was put into a tote that was to be taken off its round."""

    code = "tote_holds_goods"


def unpick(tx: Tx, picks: Sequence[Sequence[int]]) -> None:
    """The bookkeeping of picks that were moved back: they are to be picked again."""
    for number, quantity in picks:
        row: Any = tx.row(_OF, id=number)
        try:
            unmark_picked(tx, number, quantity)
        except InsufficientStock as error:
            if row.release_state == "cancelled":
                raise OrderGoneOn(f"Order {row.order_number} was cancelled since. Put the goods back as that task says.",
                                  order=row.order_number) from error
            raise _kept_by_others(row) from error
        if not tx.changed(_UNCOUNT, id=row.release_line_id, quantity=quantity):
            raise OrderGoneOn(f"Order {row.order_number} has been packed since. Take it out of the parcel first.",
                              order=row.order_number)
        tx.emit(PickUndone(row.order_number, row.line, quantity))


def void_picks(tx: Tx, picks: Sequence[Sequence[int]]) -> None:
    """The bookkeeping of picks whose goods are no order's any more: their lines are as if nothing had been allocated to them."""
    for number, quantity in picks:
        row: Any = tx.row(_OF, id=number)
        if not tx.changed(_UNALLOCATE, id=row.release_line_id, quantity=quantity) or not void_picked(tx, number, quantity):
            raise OrderGoneOn(f"Order {row.order_number} has been packed since. Take it out of the parcel first.",
                              order=row.order_number)
        tx.emit(PickUndone(row.order_number, row.line, quantity))


def unshort(tx: Tx, task: TaskRow, kept: Mapping[str, Any]) -> None:
    """A shortage was a mistake: what was taken instead is given back, and what was kept in the bin is kept again."""
    for number, quantity in kept["instead"]:
        _give_back(tx, number, quantity)
    for line_id, quantity, promised in kept["given_up"]:
        take_up(tx, line_id, quantity, promised)
    for number, quantity in kept["given"]:
        _keep_again(tx, number, quantity)
    if kept["walk"]:
        tx.execute(_POSITION, [{"id": number, "position": position, "task_id": task.id} for number, position in kept["walk"]])


def take_up(tx: Tx, line_id: int, quantity: int, promised: int) -> None:
    """What was reported to an order as not to be had is to be had after all; PromisedAway when another order got it."""
    line = line_by_id(tx, line_id)
    promise_again(tx, line_id, promised)
    if not tx.changed(_NOT_SHORT, id=line_id, quantity=quantity):
        raise AssertionError(f"release line {line_id} is less short than was reported")
    tx.emit(LineFound(line.order_number, line.number, quantity))


def promise_again(tx: Tx, line_id: int, quantity: int) -> None:
    """Promises to a line again what it had given up; PromisedAway when another order got it."""
    line = line_by_id(tx, line_id)
    try:
        if quantity:
            promise(tx, line.site_id, GoodsKey(line.item_id, line.owner_id), quantity,
                    reference=order_reference(line.order_number, line.number))
    except NotPromisable as error:
        raise PromisedAway(f"{quantity} of order {line.order_number} have been promised to another order since. Leave the goods in "
                           "their bin and call your supervisor.", quantity=quantity, order=line.order_number) from error


def pick_on(tx: Tx, release_ids: Iterable[int], ended: Sequence[int] = (), *, device_id: int) -> None:
    """Orders go back to the pickers, unless somebody on another device packs them already.

    `ended` names those that ended only because nothing of them was found.
    """
    for number in release_ids:
        release: Any = tx.row(_STATE, id=number)
        if release.state == "released":
            continue
        if release.state != "picked" and not (release.state == "cancelled" and number in ended):
            raise OrderGoneOn(f"Order {release.code} is {release.state} by now. Call your supervisor.", order=release.code)
        packing = tx.scalar(_PACKING, id=number)
        if packing is not None and not tx.changed(_DROP_PACKING, id=packing, device_id=device_id, at=tx.now):
            raise PackingBegun(f"Order {release.code} is being packed. Ask the packer to give the task back, then undo.",
                               order=release.code)
        tx.touched_tasks.update(() if packing is None else {int(packing)})
        tx.execute(_PICK_ON, {"id": number})


def releases_of(tx: Tx, allocations: Iterable[int]) -> list[int]:
    """The released orders that these allocations are for."""
    return [int(row.release_id) for row in tx.rows(_RELEASES, ids=in_list(allocations))]


def totes_off(tx: Tx, task: TaskRow, totes: Sequence[int], before: Sequence[Sequence[int]]) -> int:
    """Totes are taken off their round again, and what wanted another before wants that one; how many picks that concerns.

    ToteHoldsGoods when one of them is in use.
    """
    changed = 0
    for tote_id in totes:
        for number, old in before:
            changed += tx.changed(_TOTE_AS_BEFORE, id=number, before=old, tote_id=tote_id)
        changed += tx.changed(_TOTE_OFF, task_id=task.id, tote_id=tote_id)
        tote = lpn_by_id(tx, tote_id)
        if content_of(tx, tote) or tx.scalar(_PICKED_INTO, task_id=task.id, tote_id=tote_id):
            raise ToteHoldsGoods(f"Goods were put into tote {tote.code}. Undo those picks first.", tote=tote.code)
    return changed


def _give_back(tx: Tx, number: int, quantity: int) -> None:
    row: Any = tx.row(_OF, id=number)
    if not void_untouched(tx, number, quantity) or not tx.changed(_GIVEN_BACK, id=row.release_line_id, quantity=quantity):
        raise PickedInstead(f"{row.item} was taken from {row.location} instead, or that pick was changed. Undo it first, or put the "
                            "goods that you found back and call your supervisor.", item=row.item, location=row.location)


def _keep_again(tx: Tx, number: int, quantity: int) -> None:
    row: Any = tx.row(_OF, id=number)
    if not reopen_allocation(tx, number, quantity) or not tx.changed(_ALLOCATED, id=row.release_line_id, quantity=quantity):
        raise _kept_by_others(row)


def _kept_by_others(row: Any) -> KeptByOthers:
    return KeptByOthers(f"{row.item} in {row.location} is kept for another order by now. Leave it there and call your supervisor.",
                        item=row.item, location=row.location)
