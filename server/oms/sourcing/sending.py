"""Orders are sourced: as they come in, again when somebody asks, and when stock comes where nobody waits for it."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import text

from server.events import StockArrived
from server.kernel.counters import hold_series
from server.kernel.transaction import Tx
from server.masterdata.parties import own_stock
from server.oms.floor import Floor
from server.oms.holding import bound
from server.oms.orders import (
    COLLECT,
    UNPROMISED,
    NewOrder,
    NewOrderLine,
    OrderAnswer,
    PromisedLine,
    accept_order,
    hold_order,
    is_known,
    order_by_number,
    order_lines,
)
from server.oms.parts import Placement, add_part, guard_alive, lines_of, live_parts, move_waiting, place, root_of
from server.oms.paying import Purse
from server.oms.sourcing.deciding import Decided, decide, keep_decision, keep_reason, may_send
from server.oms.sourcing.looking import Ordered, item_ids
from server.stock.expected import hold_expected_anywhere

SOURCING = "sourcing"
"""The hold of an order that waits until many are sourced at once; its stock is promised."""
_AT_ONCE = 20
_WAITING_ELSEWHERE = text(
    "SELECT o.number, l.number AS line, l.item_id, l.owner_id FROM availability a JOIN sales_order_line l ON l.item_id = a.item_id AND l.owner_id = a.owner_id "
    "JOIN sales_order o ON o.id = l.order_id AND o.site_id <> a.site_id WHERE a.site_id = :site_id AND a.item_id = :item_id AND a.on_hand > a.promised "
    "AND l.promised + l.short < l.quantity AND o.is_sourced = 1 AND o.state IN ('accepted', 'released') AND o.hold <> 'unpaid' "
    "AND NOT EXISTS (SELECT 1 FROM sales_order m WHERE m.merged_into = o.id) "
    "ORDER BY o.priority, COALESCE(l.waits_since, o.created_at), o.id, l.number LIMIT :most")
_FREE = text("SELECT on_hand - promised FROM availability WHERE site_id = :site_id AND item_id = :item_id AND owner_id = :owner_id")


def accept_sourced(tx: Tx, new: NewOrder) -> OrderAnswer:
    """Takes an order in, sent by whom the rules say; otherwise like `accept_order`, whose answer it gives with the lines of all parts."""
    if new.delivery == COLLECT:
        return accept_order(tx, new)  # its customer comes to that store
    if is_known(tx, new):
        return whole_answer(tx, accept_order(tx, new))
    decided = _decided(tx, new)
    if decided.lacks or new.hold in UNPROMISED or tx.connection.dialect.name == "sqlite":
        return _accept(tx, new, _decided_held(tx, new) if decided.lacks else decided)
    with suppress(_Taken), tx.savepoint():  # others promise meanwhile, and what lacks then would wait where nothing is announced
        answer = _accept(tx, new, decided)
        if any(line.promised < line.quantity for line in answer.lines):
            raise _Taken
        return answer
    return _accept(tx, new, _decided_held(tx, new))


class _Taken(Exception):
    """What an order was to be promised has gone since it was looked at."""


def _decided(tx: Tx, new: NewOrder) -> Decided:
    return decide(tx, Ordered(
        channel=new.channel, lines=[(at, line.item, line.quantity) for at, line in enumerate(new.lines, 1)], ship_to=new.ship_to,
        carrier=new.carrier, customer=new.customer, total=new.total, priority=new.priority, wanted_by=new.cutoff_at), new.site_id)


def _decided_held(tx: Tx, new: NewOrder) -> Decided:
    """The number before the goods, as every order takes them."""
    hold_series(tx, "order")
    hold_expected_anywhere(tx, own_stock(tx), item_ids(tx, [line.item for line in new.lines]))
    return _decided(tx, new)


def _accept(tx: Tx, new: NewOrder, decided: Decided) -> OrderAnswer:
    if not decided.placements:
        return accept_order(tx, new)  # which names what is wrong with it
    first, *others = decided.placements
    purse = Purse((at, line.quantity, line.paid) for at, line in enumerate(new.lines, 1))
    answer = accept_order(tx, _first_part(new, first, purse), said=new)
    if answer.repeated:
        return answer
    root = order_by_number(tx, answer.number)
    for part, placement in enumerate(others, 1):
        add_part(tx, root, placement.site_id, _lines_for(new, placement, purse), part)
    keep_decision(tx, root.id, decided, "rules", is_final=new.hold != SOURCING)
    return whole_answer(tx, answer) if others else answer


def source_again(tx: Tx, number: str, floor: Floor, how: str = "rules") -> list[str]:
    """Decides anew who sends an order, all of it that the floor still gives back; the numbers of the parts that are sent anew.

    What it holds itself counts as free for it: otherwise it would flee from its own stock.
    """
    order = hold_order(tx, number)
    parts = guard_alive(tx, order)
    decided = decide_again(tx, parts)
    if decided.lacks:
        hold_goods(tx, parts)
        decided = decide_again(tx, parts)
    changed = place(tx, order, decided.placements, floor)
    keep_decision(tx, parts[0].id, decided, how)
    return changed


def hold_goods(tx: Tx, parts: Sequence[Any]) -> None:
    """Whoever else wants the goods of an order, at whichever site, waits until this is committed."""
    hold_expected_anywhere(tx, own_stock(tx), [line.item_id for part in parts for line in order_lines(tx, part.id)])


def decide_again(tx: Tx, parts: Sequence[Any]) -> Decided:
    """What the rules say of an order that is in; its own promises are free for it."""
    own: dict[tuple[int, int], int] = {}
    for part in parts:
        for line in order_lines(tx, part.id):
            own[part.site_id, line.item_id] = own.get((part.site_id, line.item_id), 0) + line.promised
    return decide(tx, ordered_again(tx, parts), parts[0].site_id, own=own, besides=[part.id for part in parts])


def ordered_again(tx: Tx, parts: Sequence[Any]) -> Ordered:
    """An order that is in, as the rules ask of it."""
    root = parts[0]
    lines = [(number, line.row.item, line.quantity) for number, line in lines_of(tx, parts).items()]
    return Ordered(channel=root.channel, lines=lines, ship_to=root.ship_to, carrier=root.carrier, customer=root.customer, total=root.total,
                   priority=root.priority, wanted_by=root.cutoff_at)


def waiting_elsewhere(tx: Tx, site_id: int, item_id: int) -> set[str]:
    """The orders, with all their parts, that wait elsewhere for what this site has now."""
    return bound(tx, {str(row.number) for row in _waiting_elsewhere(tx, site_id, item_id)})


def bring_waiting(tx: Tx, site_id: int, item_id: int, floor: Floor, held: Collection[str]) -> list[str]:
    """Sourced orders that wait elsewhere for what this site has now are sent from here, as far as the rules let it; the numbers of those.

    Of those that are `held`; others began to wait a moment ago, and are looked for by an event of their own.
    """
    rows = _waiting_elsewhere(tx, site_id, item_id)
    if any(row.number not in held for row in rows):
        tx.emit(StockArrived(site_id, item_id, 0))
    return [number for row in rows if row.number in held for number in _brought(tx, row, site_id, floor)]


def _waiting_elsewhere(tx: Tx, site_id: int, item_id: int) -> list[Any]:
    return tx.rows(_WAITING_ELSEWHERE, site_id=site_id, item_id=item_id, most=_AT_ONCE)


def _brought(tx: Tx, row: Any, site_id: int, floor: Floor) -> list[str]:
    part = hold_order(tx, row.number)
    line = next((one for one in order_lines(tx, part.id) if one.number == row.line), None)
    waits = 0 if line is None or part.state not in ("accepted", "released") else line.quantity - line.promised - line.short
    parts = live_parts(tx, part)
    if waits <= 0 or not may_send(tx, ordered_again(tx, parts), site_id):
        return []
    pieces = min(waits, int(tx.scalar(_FREE, site_id=site_id, item_id=row.item_id, owner_id=row.owner_id)))
    moved = move_waiting(tx, part, {row.line: pieces}, site_id, floor) if pieces > 0 else []
    if moved:
        keep_reason(tx, root_of(tx, part).id, {"line": row.line, "pieces": pieces, "from": part.site_id, "to": site_id}, "stock")
    return moved


def whole_answer(tx: Tx, answer: OrderAnswer) -> OrderAnswer:
    """An answer about an order with the lines of all its parts; it leaves when the last of them does."""
    order = order_by_number(tx, answer.number)
    parts = live_parts(tx, order) or [order]
    if len(parts) == 1 and parts[0].id == order.id:
        return answer
    lines: dict[int, PromisedLine] = {}
    for part in parts:
        for row in order_lines(tx, part.id):
            before = lines.get(row.number, PromisedLine(row.number, row.item, 0, 0))
            lines[row.number] = PromisedLine(row.number, row.item, before.quantity + row.quantity, before.promised + row.promised)
    times = [part.promised_at for part in parts]
    return replace(answer, lines=tuple(lines[number] for number in sorted(lines)), promised_at=None if None in times else max(times))


def _first_part(new: NewOrder, placement: Placement, purse: Purse) -> NewOrder:
    return replace(new, site_id=placement.site_id, lines=_lines_for(new, placement, purse), is_sourced=True)


def _lines_for(new: NewOrder, placement: Placement, purse: Purse) -> list[NewOrderLine]:
    return [replace(new.lines[number - 1], number=number, quantity=pieces, paid=purse.take(number, pieces)) for number, pieces in sorted(placement.pieces.items())]
