"""When an order leaves that waits for stock: by what is still to come, after all who wait before it."""

from typing import Any

from sqlalchemy import text

from server.kernel.clock import HOUR
from server.kernel.transaction import Tx
from server.masterdata.site_settings import site_settings
from server.oms.promising import cutoff_from
from server.stock.expected import expected

_WAITS = text("SELECT item_id, owner_id, CAST(SUM(quantity - promised - short) AS BIGINT) AS waits FROM sales_order_line "
              "WHERE order_id = :id AND promised + short < quantity GROUP BY item_id, owner_id ORDER BY item_id, owner_id")
_AHEAD = text(
    "SELECT CAST(COALESCE(SUM(l.quantity - l.promised - l.short), 0) AS BIGINT) FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id "
    "WHERE l.item_id = :item_id AND l.owner_id = :owner_id AND l.promised + l.short < l.quantity AND o.site_id = :site_id "
    "AND o.state IN ('accepted', 'released', 'partly_shipped') AND o.hold <> 'unpaid' AND (o.priority < :priority OR (o.priority = :priority AND o.id < :id))")
_LATE = text(
    "SELECT DISTINCT o.id, o.site_id, o.priority, o.cutoff_at, o.promised_at FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id "
    "WHERE l.promised + l.short < l.quantity AND o.id > :after AND o.state IN ('accepted', 'released', 'partly_shipped') AND o.hold <> 'unpaid' "
    "ORDER BY o.id LIMIT :most")
_DATE = text("UPDATE sales_order SET promised_at = :at WHERE id = :id AND (promised_at IS NULL OR promised_at <> :at)")
_UNDATE = text("UPDATE sales_order SET promised_at = NULL WHERE id = :id AND promised_at IS NOT NULL")
_AT_ONCE = 1_000


def leaves_at(tx: Tx, order: Any) -> int | None:
    """When it leaves if all that waits of it comes as announced (UTC, ms); None where that is not announced.

    `order` has id, site_id, priority and cutoff_at. What has come is on the shelf after the site's `dock_to_stock_hours`, and leaves at the
    first cut-off then, but not before its own. A paper that is late is taken for coming now.
    """
    waiting = tx.rows(_WAITS, id=order.id)
    if not waiting:
        return int(order.cutoff_at or cutoff_from(tx, order.site_id, tx.now))
    coming = expected(tx, order.site_id, [row.item_id for row in waiting])
    comes = [_comes(tx, order, row, coming.get((row.item_id, row.owner_id), [])) for row in waiting]
    if any(at is None for at in comes):
        return None
    on_shelf = max(tx.now, *(at for at in comes if at is not None)) + site_settings(tx, order.site_id).dock_to_stock_hours * HOUR
    return max(order.cutoff_at or 0, cutoff_from(tx, order.site_id, on_shelf))


def date(tx: Tx, order: Any) -> int | None:
    """Writes down when it leaves; that."""
    at = leaves_at(tx, order)
    if at is None:
        tx.execute(_UNDATE, {"id": order.id})
    else:
        tx.execute(_DATE, {"id": order.id, "at": at})
    return at


def date_all(tx: Tx) -> int:
    """Everybody who waits is told anew: papers come, are late and are called off. How many were looked at."""
    looked = after = 0
    while rows := tx.rows(_LATE, after=after, most=_AT_ONCE):
        for row in rows:
            date(tx, row)
        looked, after = looked + len(rows), rows[-1].id
    return looked


def _comes(tx: Tx, order: Any, row: Any, coming: list[Any]) -> int | None:
    need = int(row.waits) + int(tx.scalar(_AHEAD, item_id=row.item_id, owner_id=row.owner_id, site_id=order.site_id, priority=order.priority, id=order.id))
    for one in coming:
        need -= int(one.quantity)
        if need <= 0:
            return int(one.expected_at)
    return None
