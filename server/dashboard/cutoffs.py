"""Will we make the cut-off? By carrier and by wave: what is planned, picked, packed and shipped, and when the rest will be done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text

from server.dashboard.around import Around
from server.kernel.clock import DAY, HOUR, MINUTE
from server.kernel.transaction import Tx, in_list

_LINES = (
    "SELECT r.cutoff_at, r.carrier, r.wave_id, COUNT(DISTINCT r.id) AS orders, COUNT(l.id) AS lines, "
    "SUM(CASE WHEN l.picked > 0 AND l.picked >= l.ordered - l.short THEN 1 ELSE 0 END) AS picked, "
    "SUM(CASE WHEN l.packed > 0 AND l.packed >= l.ordered - l.short THEN 1 ELSE 0 END) AS packed, "
    "SUM(CASE WHEN l.shipped > 0 AND l.shipped >= l.ordered - l.short THEN 1 ELSE 0 END) AS shipped "
    "FROM release r CROSS JOIN release_line l WHERE l.release_id = r.id AND l.short < l.ordered AND r.site_id = :site_id AND "
)
_BY = " GROUP BY r.cutoff_at, r.carrier, r.wave_id"
_OPEN = text(f"{_LINES}r.state NOT IN ('shipped', 'cancelled'){_BY}")
_SHIPPED = text(f"{_LINES}r.created_at >= :since AND r.state = 'shipped'{_BY}")
_DONE = text(
    "SELECT SUM(CASE WHEN o.kind = 'pick' THEN 1 ELSE 0 END) AS picked, SUM(CASE WHEN o.kind = 'pack' THEN 1 ELSE 0 END) AS packed "
    "FROM operation o WHERE o.at >= :since AND o.status = 'applied' AND o.kind IN ('pick', 'pack') AND o.undone_by IS NULL "
    "AND o.device_id IN (SELECT id FROM device WHERE site_id = :site_id)"
)
_WAVES = text("SELECT id, code FROM wave WHERE id IN :ids").bindparams(bindparam("ids", expanding=True))
_PACE_MS = 30 * MINUTE
_TIGHT_MS = 30 * MINUTE
_SOON_MS = 2 * HOUR
_MOST = 40


@dataclass(slots=True)
class Sum:
    """What belongs to one cut-off and carrier, or to one wave."""

    cutoff_at: int | None
    name: str
    orders: int = 0
    lines: int = 0
    picked: int = 0
    packed: int = 0
    shipped: int = 0

    def add(self, row: Any) -> None:
        """A part of it."""
        for name in ("orders", "lines", "picked", "packed", "shipped"):
            setattr(self, name, getattr(self, name) + int(getattr(row, name)))
        if row.cutoff_at is not None:
            self.cutoff_at = row.cutoff_at if self.cutoff_at is None else min(self.cutoff_at, row.cutoff_at)


def cutoffs(tx: Tx, site_id: int, _around: Around) -> dict[str, Any]:
    """By carrier, the next cut-off first, and by wave; what left whole is told for a day.

    The floor works in the order of the cut-offs, so that one is reached when all before it and its own are done, at the
    pace of the last half hour.
    """
    rows = [*tx.rows(_OPEN, site_id=site_id), *tx.rows(_SHIPPED, site_id=site_id, since=tx.now - DAY)]
    done = tx.row(_DONE, site_id=site_id, since=tx.now - _PACE_MS)
    pace = {"pick": _an_hour(done.picked), "pack": _an_hour(done.packed)}
    names = {row.id: row.code for row in tx.rows(_WAVES, ids=in_list({row.wave_id for row in rows if row.wave_id}))}
    carriers, waves = dict[Any, Sum](), dict[Any, Sum]()
    for row in rows:
        carriers.setdefault((row.cutoff_at, row.carrier), Sum(row.cutoff_at, row.carrier)).add(row)
        if row.wave_id in names:
            waves.setdefault(row.wave_id, Sum(None, names[row.wave_id])).add(row)
    return {"pace": pace, "carriers": _told(tx.now, carriers.values(), pace),
            "waves": [one for one in _told(tx.now, waves.values(), pace) if one["shipped"] < one["lines"]]}


def _an_hour(count: Any) -> int:
    return int(count or 0) * HOUR // _PACE_MS


def _told(now: int, sums: Iterable[Sum], pace: dict[str, int]) -> list[dict[str, Any]]:
    in_order = sorted(sums, key=lambda one: (one.cutoff_at is None, one.cutoff_at or 0, one.name))
    to_pick = to_pack = 0
    told = []
    for one in in_order:
        to_pick += one.lines - one.picked
        to_pack += one.lines - one.packed
        finish_at = _finish(now, one, ((to_pick, pace["pick"]), (to_pack, pace["pack"])))
        told.append({"cutoff_at": one.cutoff_at, "name": one.name, "orders": one.orders, "lines": one.lines, "picked": one.picked,
                     "packed": one.packed, "shipped": one.shipped, "finish_at": finish_at, "slack": slack(now, one, finish_at)})
    return told[:_MOST]


def _finish(now: int, one: Sum, rests: Sequence[tuple[int, int]]) -> int | None:
    """To the minute; None where nobody works on what is left, and where nothing is left."""
    if one.packed >= one.lines:
        return None
    if any(left and not pace for left, pace in rests):
        return None
    at = now + max(left * HOUR // pace if left else 0 for left, pace in rests)
    return at - at % MINUTE


def slack(now: int, one: Sum, finish_at: int | None) -> str:
    """done, none (no cut-off), good, tight (less than half an hour), late, or standing: nobody works on it."""
    if one.packed >= one.lines:
        return "done"
    if one.cutoff_at is None:
        return "none"
    if finish_at is None:
        return "late" if one.cutoff_at < now else "standing" if one.cutoff_at < now + _SOON_MS else "none"
    left = one.cutoff_at - finish_at
    return "late" if left < 0 else "tight" if left < _TIGHT_MS else "good"
