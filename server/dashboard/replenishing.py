"""Bins that picks will empty, and what is left of their items elsewhere."""

from typing import Any

from sqlalchemy import bindparam, text

from server.dashboard.around import Around
from server.kernel.transaction import Tx, in_list

_MOST = 200
_DRY = text(
    "SELECT l.id, l.code AS location, l.zone, i.id AS item_id, i.code AS item, i.name, b.quantity, b.allocated FROM location l "
    "CROSS JOIN balance b JOIN goods g ON g.id = b.goods_id JOIN item i ON i.id = g.item_id "
    "WHERE l.site_id = :site_id AND l.kind = 'bin' AND b.holder_id = l.id AND b.quantity > 0 "
    "AND b.allocated >= b.quantity AND g.status = 'available' ORDER BY l.x_mm, l.y_mm, l.code LIMIT :most"
)
_LEFT = text(
    "SELECT g.item_id, l.code AS location, l.level, b.quantity - b.allocated AS free FROM goods g CROSS JOIN balance b "
    "LEFT JOIN lpn p ON p.id = b.holder_id JOIN location l ON l.id = COALESCE(p.location_id, b.holder_id) "
    "WHERE g.item_id IN :ids AND g.status = 'available' AND b.goods_id = g.id AND b.quantity > b.allocated AND b.quantity > 0 "
    "AND l.site_id = :site_id AND l.kind IN ('bin', 'dock', 'stage') ORDER BY l.level DESC, l.code"
).bindparams(bindparam("ids", expanding=True))
_WANTED = text(
    "SELECT l.item_id, SUM(l.ordered - l.allocated - l.short) AS wanted FROM release r CROSS JOIN release_line l "
    "WHERE r.site_id = :site_id AND r.state = 'waiting' AND l.release_id = r.id GROUP BY l.item_id"
)
_TASKS = text("SELECT COUNT(*) FROM task WHERE site_id = :site_id AND state = 'open' AND kind = 'replenish'")


def replenishing(tx: Tx, site_id: int, _around: Around) -> dict[str, Any]:
    """Bins whose every piece is promised to a pick, most wanted first: what orders still want, what is free elsewhere and where."""
    dry = tx.rows(_DRY, site_id=site_id, most=_MOST)
    wanted = {row.item_id: int(row.wanted) for row in tx.rows(_WANTED, site_id=site_id)} if dry else {}
    left: dict[int, list[Any]] = {}
    for row in tx.rows(_LEFT, site_id=site_id, ids=in_list({row.item_id for row in dry})) if dry else []:
        left.setdefault(row.item_id, []).append(row)
    told = [{"location": row.location, "zone": row.zone, "item": row.item, "name": row.name, "quantity": int(row.quantity),
             "wanted": wanted.get(row.item_id, 0), "free": sum(int(one.free) for one in left.get(row.item_id, [])),
             "from": left[row.item_id][0].location if row.item_id in left else None} for row in dry]
    told.sort(key=lambda one: (-one["wanted"], one["location"]))
    return {"tasks": int(tx.scalar(_TASKS, site_id=site_id)), "bins": told}
