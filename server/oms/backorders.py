"""When an order leaves that waits for stock: by what is still to come, after all who wait before it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, text

from server.kernel.audit import record
from server.kernel.clock import HOUR
from server.kernel.database import Database
from server.kernel.transaction import Tx
from server.masterdata.site_settings import site_settings
from server.oms.promising import cutoff_from
from server.stock.expected import expected, hold_expected

NEVER, DATED, ALWAYS = "never", "dated", "always"
"""Whether more may be sold than there is: not at all, as far as it is announced, or in any case."""
_OPEN = "o.state IN ('accepted', 'released', 'partly_shipped') AND o.hold <> 'unpaid'"
_LACKS = "l.promised + l.short < l.quantity"
_PLACE = "COALESCE(l.waits_since, o.created_at)"
_WAITS = text(f"SELECT l.id, l.number, l.item_id, l.owner_id, l.quantity - l.promised - l.short AS waits, l.expected_at, l.waits_since, {_PLACE} AS place, o.priority, "
              f"o.id AS order_id FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id WHERE l.order_id = :id AND {_LACKS} ORDER BY l.item_id, l.owner_id, l.number")
_BACKLOG = ("SELECT {what} FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id "
            f"WHERE l.item_id = {{item}} AND l.owner_id = {{owner}} AND {_LACKS} AND o.site_id = {{site}} AND {_OPEN}")
_SUM = "CAST(COALESCE(SUM(l.quantity - l.promised - l.short), 0) AS BIGINT)"
_NAMED = {"item": ":item_id", "owner": ":owner_id", "site": ":site_id"}
_WAITING_FOR = text(_BACKLOG.format(what=_SUM, **_NAMED))
_AHEAD = text(
    f"{_BACKLOG.format(what=_SUM, **_NAMED)} AND (o.priority < :priority OR (o.priority = :priority AND ({_PLACE} < :place OR ({_PLACE} = :place "
    "AND (o.id < :id OR (o.id = :id AND l.number < :number))))))")
_BEFORE_A_NEW_ONE = text(f"{_BACKLOG.format(what=_SUM, **_NAMED)} AND o.priority <= :priority")
_BEFORE_A_NEW_ONE_ANYWHERE = text(
    f"SELECT o.site_id, l.item_id, {_SUM} AS waits FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id WHERE l.item_id IN :items AND l.owner_id = :owner_id "
    f"AND {_LACKS} AND {_OPEN} AND o.priority <= :priority AND o.id NOT IN :besides GROUP BY o.site_id, l.item_id"
).bindparams(bindparam("items", expanding=True), bindparam("besides", expanding=True))
_LAST = text(f"{_BACKLOG.format(what=f'MAX({_PLACE})', **_NAMED)} AND o.id <> :id")
_LATE = text(
    f"SELECT DISTINCT o.id FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id WHERE {_LACKS} AND o.id > :after AND {_OPEN} ORDER BY o.id LIMIT :most")
_HELD = text(f"UPDATE sales_order AS o SET state = state WHERE id = :id AND {_OPEN} RETURNING id, number, site_id, cutoff_at, promised_at")
_STAND_IN_LINE = text("UPDATE sales_order_line SET waits_since = :since WHERE id = :id AND waits_since IS NULL")
_DATE = text("UPDATE sales_order SET promised_at = :at, first_promised_at = COALESCE(first_promised_at, :at) WHERE id = :id "
             "AND (promised_at IS NULL OR promised_at <> :at)")
_UNDATE = text("UPDATE sales_order SET promised_at = NULL WHERE id = :id AND promised_at IS NOT NULL")
_COMES = text("UPDATE sales_order_line SET expected_at = :at WHERE id = :id AND (expected_at IS NULL OR expected_at <> CAST(:at AS BIGINT))")
_COMES_NOT = text("UPDATE sales_order_line SET expected_at = NULL WHERE id = :id AND expected_at IS NOT NULL")
_IS_THERE = text("UPDATE sales_order_line SET expected_at = NULL, waits_since = NULL WHERE order_id = :id AND (expected_at IS NOT NULL OR waits_since IS NOT NULL) "
                 "AND promised + short >= quantity")
_AT_ONCE = 50
OVERSOLD = (
    f"EXISTS (SELECT 1 FROM sales_order_line l WHERE l.order_id = o.id AND {_LACKS} AND (l.backorder = '{NEVER}' OR (l.backorder = '{DATED}' "
    "AND (l.expected_at IS NULL OR l.expected_at > l.expected_by OR l.expected_by < :now))))"
)
"""SQL: an order o lacks what it may not wait for, by the rules it was sold by: what is late is not to be had any more after `expected_by`."""
FIRST_PROMISED = ("(SELECT MIN(m.at) FROM (SELECT o.first_promised_at AS at UNION ALL "
                  "SELECT f.first_promised_at FROM sales_order f WHERE f.merged_into = o.id) m)")
"""SQL: what an order o, or one that leaves with it, was told first."""
_IS_OVERSOLD = text(f"SELECT 1 FROM sales_order o WHERE o.id = :id AND {OVERSOLD}")


def backlog_sql(item: str, owner: str, site: str) -> str:
    """SQL for how much of an item all who wait for it at a site lack together."""
    return f"({_BACKLOG.format(what=_SUM, item=item, owner=owner, site=site)})"


def backlog(tx: Tx, site_id: int, item_id: int, owner_id: int) -> int:
    """How much all who wait for an item at a site lack together."""
    return int(tx.scalar(_WAITING_FOR, site_id=site_id, item_id=item_id, owner_id=owner_id))


def backlogs(tx: Tx, owner_id: int, items: Sequence[int], *, priority: int, besides: Sequence[int] = ()) -> dict[tuple[int, int], int]:
    """By site and item how much of them all lack who wait before an order of this priority; the orders `besides` left out."""
    return {(row.site_id, row.item_id): int(row.waits) for row in tx.rows(
        _BEFORE_A_NEW_ONE_ANYWHERE, owner_id=owner_id, items=list(items) or [0], priority=priority, besides=list(besides) or [0])}


def is_oversold(tx: Tx, order_id: int) -> bool:
    """Whether an order lacks what, by the rules it was sold by, it may not wait for."""
    return tx.row(_IS_OVERSOLD, id=order_id, now=tx.now) is not None


def would_leave(tx: Tx, site_id: int, lacks: Mapping[int, int], owner_id: int, *, priority: int = 5) -> int | None:
    """When an order that came now would leave which lacks so many pieces of these items at a site: as `queue` would tell it."""
    coming = expected(tx, site_id, list(lacks)) if lacks else {}
    comes = [_covered_at(coming.get((item_id, owner_id), []), pieces + int(tx.scalar(
        _BEFORE_A_NEW_ONE, item_id=item_id, owner_id=owner_id, site_id=site_id, priority=priority))) for item_id, pieces in lacks.items()]
    return _leaves_at(tx, site_id, None, comes)


def queue(tx: Tx, order: Any) -> int | None:
    """Each line that waits takes its place behind all who do, unless it has one; when the order leaves, as `date` writes it down.

    What it waits for is held until this is committed, as everybody does who promises it: so nobody else is told of the same goods.
    """
    waiting = tx.rows(_WAITS, id=order.id)
    announced = hold_expected(tx, order.site_id, dict.fromkeys((row.item_id, row.owner_id) for row in waiting))
    for row in waiting:
        if row.waits_since is None:
            last = tx.scalar(_LAST, id=order.id, site_id=order.site_id, item_id=row.item_id, owner_id=row.owner_id) or 0
            tx.execute(_STAND_IN_LINE, {"id": row.id, "since": max(tx.now, last + 1)})
    return _dated(tx, order, tx.rows(_WAITS, id=order.id), announced)


def date(tx: Tx, order: Any) -> int | None:
    """Writes down when it leaves if all that waits of it comes as announced (UTC, ms), and when what each line waits for does; None where that is not announced.

    `order` has id, number, site_id, cutoff_at and promised_at. What has come is on the shelf after the site's `dock_to_stock_hours`, and leaves
    at the first cut-off then, but not before its own. A paper that is late is taken for coming now.
    """
    waiting = tx.rows(_WAITS, id=order.id)
    return _dated(tx, order, waiting, [(row.item_id, row.owner_id) for row in waiting])


def date_all(database: Database) -> int:
    """Everybody who waits is told anew: papers come, are late and are called off. How many were looked at; some at a time, so that others write between."""
    looked = after = 0
    while rows := database.read(lambda tx, after=after: tx.rows(_LATE, after=after, most=_AT_ONCE)):  # type: ignore[misc]
        database.write(lambda tx, rows=rows: _date_those(tx, rows), backlog=True)  # type: ignore[misc]
        looked, after = looked + len(rows), rows[-1].id
    return looked


def _date_those(tx: Tx, rows: Sequence[Any]) -> None:
    for row in rows:
        order = tx.row(_HELD, id=row.id)
        if order is not None:
            date(tx, order)


def _dated(tx: Tx, order: Any, waiting: Sequence[Any], announced: Collection[tuple[int, int]]) -> int | None:
    coming = expected(tx, order.site_id, [item_id for item_id, _ in announced]) if announced else {}
    comes = [_comes(tx, order, row, coming.get((row.item_id, row.owner_id), []) if (row.item_id, row.owner_id) in announced else []) for row in waiting]
    tx.execute(_IS_THERE, {"id": order.id})
    for row, comes_at in zip(waiting, comes, strict=True):
        tx.execute(*((_COMES_NOT, {"id": row.id}) if comes_at is None else (_COMES, {"id": row.id, "at": comes_at})))
    at = _leaves_at(tx, order.site_id, order.cutoff_at, comes)
    tx.execute(*((_UNDATE, {"id": order.id}) if at is None else (_DATE, {"id": order.id, "at": at})))
    if any(_is_later(comes_at, row.expected_at) for row, comes_at in zip(waiting, comes, strict=True)):  # papers say otherwise: not that time went by
        record(tx, "order.delayed", order.number, old={"promised_at": order.promised_at}, new={"promised_at": at})
    return at


def _is_later(comes_at: int | None, told: int | None) -> bool:
    return told is not None and (comes_at is None or comes_at > told)


def _leaves_at(tx: Tx, site_id: int, cutoff_at: int | None, comes: Sequence[int | None]) -> int | None:
    known = [at for at in comes if at is not None]
    if len(known) < len(comes):
        return None
    if not known:
        return int(cutoff_at or cutoff_from(tx, site_id, tx.now))
    on_shelf = max(tx.now, *known) + site_settings(tx, site_id).dock_to_stock_hours * HOUR
    return max(cutoff_at or 0, cutoff_from(tx, site_id, on_shelf))


def _comes(tx: Tx, order: Any, row: Any, coming: Sequence[Any]) -> int | None:
    """When the last piece comes that a line waits for, if all that wait before it are served first."""
    if not coming:
        return None
    ahead = int(tx.scalar(_AHEAD, item_id=row.item_id, owner_id=row.owner_id, site_id=order.site_id, id=row.order_id,
                          priority=row.priority, place=row.place, number=row.number))
    return _covered_at(coming, int(row.waits) + ahead)


def _covered_at(coming: Sequence[Any], need: int) -> int | None:
    for one in coming:
        need -= int(one.quantity)
        if need <= 0:
            return int(one.expected_at)
    return None
