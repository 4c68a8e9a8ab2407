"""From the dock to a bin: tasks, the best bin by rules, and the move itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sqlalchemy import JSON, TextClause, bindparam, text

from server.kernel.errors import Refusal
from server.kernel.transaction import Tx, in_list
from server.masterdata.sites import Place
from server.stock.lpns import move_lpn, sized_content_of
from server.wms.task_places import Reach, WorkRules
from server.wms.tasks import (
    TASK_COLUMNS,
    NewTask,
    as_task,
    cancel_task,
    finish_task,
    make_task,
    reopen_task,
    touch_task,
)

ALTERNATIVES = 3
LOOKED_AT = 30
_ADD = text(
    "INSERT INTO put_away (task_id, lpn_id, from_id) VALUES (:task_id, :lpn_id, :from_id)"
)
_BY_CODE = text(
    "SELECT p.id AS lpn_id, p.code, p.kind, p.parent_id, p.location_id, l.site_id, l.zone, l.blocked, a.id, a.task_id, t.data "
    "FROM lpn p JOIN location l ON l.id = p.location_id LEFT JOIN put_away a ON a.lpn_id = p.id AND a.state = 'open' "
    "LEFT JOIN task t ON t.id = a.task_id WHERE p.code = :code"
).columns(data=JSON)
_OPEN_OF_LPN = text(
    "SELECT a.id, a.task_id, t.data FROM put_away a JOIN task t ON t.id = a.task_id WHERE a.lpn_id = :lpn_id AND a.state = 'open'"
).columns(data=JSON)
_WHERE_TO = (
    "SELECT a.id, a.lpn_id, a.suggested_id, a.state, p.code AS lpn, p.kind, l.code AS location, s.code AS suggested, "
    "s.zone AS suggested_zone, s.kind AS suggested_kind, s.check_digit AS suggested_check, "
    "s.level AS suggested_level, (SELECT MAX(o.level) + 1 FROM location o WHERE o.site_id = s.site_id AND o.kind = 'bin' AND o.x_mm = s.x_mm AND o.y_mm = s.y_mm) AS suggested_levels"
)
_OF_TASK = (
    "FROM put_away a JOIN lpn p ON p.id = a.lpn_id JOIN location l ON l.id = p.location_id "
    "LEFT JOIN location s ON s.id = a.suggested_id "
)
_PLAIN = text(f"{_WHERE_TO} {_OF_TASK}WHERE a.task_id = :task_id ORDER BY a.id")
_LOADED = text(
    "WITH RECURSIVE inside (root_id, id) AS (SELECT lpn_id, lpn_id FROM put_away WHERE task_id = :task_id "
    "UNION SELECT n.root_id, c.id FROM lpn c JOIN inside n ON c.parent_id = n.id) "
    f"{_WHERE_TO}, b.quantity, g.lot, i.code AS item, i.name {_OF_TASK}"
    "LEFT JOIN inside n ON n.root_id = a.lpn_id LEFT JOIN balance b ON b.holder_id = n.id AND b.quantity > 0 "
    "LEFT JOIN goods g ON g.id = b.goods_id LEFT JOIN item i ON i.id = g.item_id WHERE a.task_id = :task_id ORDER BY a.id, b.id"
)
_SUGGEST = text("UPDATE put_away SET suggested_id = :location_id WHERE id = :id RETURNING task_id")
_LEADS_TO = text(
    "UPDATE task SET end_x_mm = :x_mm, end_y_mm = :y_mm, needs = :needs, narrow_mm = COALESCE(:narrow_mm, narrow_mm) WHERE id = :id"
)
_END_SET, _AND_TELL = "UPDATE put_away SET state = :state WHERE lpn_id = :lpn_id AND state = 'open' ", "RETURNING id, task_id"
_END = text(f"{_END_SET}{_AND_TELL}")
_END_HELD = text(
    "WITH held AS (SELECT t.id FROM put_away a JOIN task t ON t.id = a.task_id WHERE a.lpn_id = :lpn_id AND a.state = 'open' "
    f"FOR UPDATE OF t) {_END_SET}AND (SELECT COUNT(*) FROM held) >= 0 {_AND_TELL}"
)
"""On PostgreSQL the task is held first: of the last two pallets, brought by two people at one moment, each would see the other's
as open, and the task would never end."""
_OPEN_AGAIN = text("UPDATE put_away SET state = 'open' WHERE id = :id AND state <> 'open'")
_JOIN = text("UPDATE put_away SET task_id = :task_id WHERE id = :id")
_HOLD_TASK_OF = text(  # before its put-away is open again, so that the last of the others sees that
    f"UPDATE task SET state = state WHERE id = (SELECT task_id FROM put_away WHERE id = :id) RETURNING {TASK_COLUMNS}"
).columns(data=JSON)
_END_TASK = text(
    "UPDATE task SET state = 'done', done_at = :at, version = version + 1 WHERE id = :task_id AND state IN ('open', 'leased') "
    "AND NOT EXISTS (SELECT 1 FROM put_away WHERE task_id = :task_id AND state = 'open')"
)
_STATES = text("SELECT DISTINCT state FROM put_away WHERE task_id = :task_id")
_LOAD = (
    "held (place_id, goods_id, quantity) AS (SELECT n.id, b.goods_id, b.quantity FROM n CROSS JOIN balance b "
    "WHERE b.holder_id = n.id AND b.quantity > 0 UNION ALL SELECT n.id, b.goods_id, b.quantity FROM n CROSS JOIN lpn p "
    "CROSS JOIN balance b WHERE p.location_id = n.id AND b.holder_id = p.id AND b.quantity > 0), "
    "filled AS (SELECT h.place_id, SUM(h.quantity * i.weight_g) AS weight_g, SUM(h.quantity * i.volume_ml) AS volume_ml, "
    "SUM(CASE WHEN g.item_id <> :item_id THEN 1 ELSE 0 END) AS others, SUM(CASE WHEN g.item_id = :item_id AND g.lot <> :lot THEN 1 ELSE 0 END) "
    "AS other_lots, SUM(CASE WHEN g.item_id = :item_id THEN 1 ELSE 0 END) AS same "
    "FROM held h JOIN goods g ON g.id = h.goods_id JOIN item i ON i.id = g.item_id GROUP BY h.place_id) "
    "SELECT l.id, l.code, l.zone, l.max_weight_g, l.max_volume_ml, l.max_lpns, l.mixing, l.abc, l.x_mm, l.y_mm, l.level, l.kind, l.blocked, "
    "(SELECT COUNT(*) FROM lpn p WHERE p.location_id = l.id AND p.parent_id = l.id) AS lpns, COALESCE(f.weight_g, 0) AS weight_g, "
    "COALESCE(f.volume_ml, 0) AS volume_ml, COALESCE(f.others, 0) AS others, COALESCE(f.other_lots, 0) AS other_lots, "
    "COALESCE(f.same, 0) AS same FROM n JOIN location l ON l.id = n.id LEFT JOIN filled f ON f.place_id = n.id "
)
"""What the places `n` hold, as far as their rules ask. CROSS JOIN tells SQLite to go from few places to what is in them."""
ONE_BIN = text(f"WITH n (id) AS (SELECT id FROM location WHERE id = :location_id), {_LOAD}")
_MANY = text(f"WITH n (id) AS (SELECT id FROM location WHERE id IN :ids), {_LOAD}").bindparams(bindparam("ids", expanding=True))
_NOT_KEPT = "AND NOT EXISTS (SELECT 1 FROM put_away a WHERE a.suggested_id = l.id AND a.state = 'open') "
_NEAREST = "ORDER BY l.level, l.x_mm + l.y_mm, l.code"
_BINS_WITH_ITEM = (
    "SELECT DISTINCT l.id, l.abc, l.level, l.x_mm + l.y_mm, l.code FROM goods g JOIN balance b ON b.goods_id = g.id "
    "AND b.quantity > 0 LEFT JOIN lpn p ON p.id = b.holder_id JOIN location l ON l.id = COALESCE(p.location_id, b.holder_id) "
    "WHERE g.item_id = :item_id AND l.site_id = :site_id AND l.kind = 'bin' AND l.blocked = 0 AND (:zone = '' OR l.zone = :zone) "
    f"{_NOT_KEPT} ORDER BY l.level, 4, l.code LIMIT :most"
)
_IS_EMPTY = (
    "AND NOT EXISTS (SELECT 1 FROM lpn p WHERE p.location_id = l.id) "
    "AND NOT EXISTS (SELECT 1 FROM balance b WHERE b.holder_id = l.id AND b.quantity > 0) "
)
_BINS, _LEAST = "WITH n (id) AS (SELECT c.id FROM (", f") c), {_LOAD}{_NEAREST}"
_HAVE_ITEM = text(f"{_BINS}{_BINS_WITH_ITEM}{_LEAST}")
_OF_CLASS = "SELECT l.id FROM location l WHERE l.site_id = :site_id AND l.abc = :abc AND l.kind = 'bin' AND l.blocked = 0 "
_EMPTY, _ANY = ({
    is_zoned: text(f"{_BINS}{_OF_CLASS}{zone}{_NOT_KEPT}{only}{_NEAREST} LIMIT :most{_LEAST}")
    for is_zoned, zone in ((False, ""), (True, "AND l.zone = :zone "))
} for only in (_IS_EMPTY, ""))
"""Where something may go, with what each place holds: the nearest bins of a class, of a whole site or of a zone. The indexes
`ix_location_nearest` and `ix_location_nearest_in_zone` lead to them one by one."""
_CLASSES = {"A": "ABC", "B": "BCA", "C": "CBA"}
"""An item's own class of places first. The best ones are kept for what moves most."""
_LANES = text("SELECT id FROM location WHERE site_id = :site_id AND kind = 'stage' AND blocked = 0 ORDER BY code LIMIT 30")
_WAITED_FOR = text(
    "SELECT COALESCE(SUM(l.ordered - l.allocated - l.short), 0) - (SELECT COALESCE(SUM(b.quantity - b.allocated), 0) FROM goods g "
    "JOIN balance b ON b.goods_id = g.id AND b.quantity > 0 AND b.quantity > b.allocated LEFT JOIN lpn p ON p.id = b.holder_id "
    "JOIN location o ON o.id = COALESCE(p.location_id, b.holder_id) WHERE g.item_id = :item_id AND g.status = 'available' "
    "AND o.site_id = :site_id AND (o.kind = 'bin' OR (o.kind = 'stage' AND p.kind IN ('pallet', 'case')))) "
    "FROM release r JOIN release_line l ON l.release_id = r.id WHERE r.site_id = :site_id AND r.state = 'waiting' "
    "AND l.item_id = :item_id"
)
_HOLDS = text("SELECT id FROM location WHERE site_id = :site_id AND kind = 'hold' AND blocked = 0 ORDER BY code LIMIT 30")


class OutOfReach(Refusal):
    """Every bin for a pallet needs a forklift that is not there, or is in a narrow aisle where somebody works."""

    code = "out_of_reach"


class BinDoesNotFit(Refusal):
    """A bin may not take this pallet: blocked, full, too weak, or not to be mixed."""

    code = "bin_does_not_fit"


@dataclass(frozen=True, slots=True)
class Burden:
    """What has to be put away, as far as a bin's rules ask: the heaviest part decides item and lot."""

    item_id: int
    items: int
    lot: str
    lots: int
    weight_g: int
    volume_ml: int
    abc: str
    zone: str
    is_held: bool = False
    is_waited_for: bool = False


def want_put_away(tx: Tx, lpn: Place, *, document: str | None = None) -> int:
    """An open task that brings an LPN to a bin; its number."""
    task_id = put_away_task(tx, lpn, document=document)
    tx.execute(_ADD, {"task_id": task_id, "lpn_id": lpn.id, "from_id": lpn.location_id})
    return task_id


def put_away_task(tx: Tx, lpn: Place, *, document: str | None = None) -> int:
    """An open task for putting an LPN away; its number."""
    return make_task(tx, NewTask(site_id=lpn.site_id, kind="put_away", priority=4, document=document, zone="", subject_id=lpn.id,
                                 begin_id=lpn.location_id))


def waiting_lpn(tx: Tx, code: str) -> tuple[Place | None, Any]:
    """The LPN of a code and its open put-away (id, task_id, the task's data), each if there is one."""
    row = tx.row(_BY_CODE, code=code)
    if row is None:
        return None, None
    lpn = Place(row.lpn_id, row.code, row.site_id, row.kind, row.location_id, row.zone, bool(row.blocked), row.parent_id)
    return lpn, row if row.id is not None else None


def open_put_away(tx: Tx, lpn: Place) -> Any:
    """The open put-away of an LPN (id, task_id, the task's data), if there is one."""
    return tx.row(_OPEN_OF_LPN, lpn_id=lpn.id)


def drop_put_away(tx: Tx, lpn: Place) -> None:
    """Nothing of an LPN is left to be put away."""
    dropped = _end(tx, lpn, "cancelled")
    states = {row.state for row in tx.rows(_STATES, task_id=dropped.task_id)} if dropped is not None else {"open"}
    if "open" in states:
        return
    end_task = finish_task if "done" in states else cancel_task  # what was put away of it may be undone: it waits in it again
    end_task(tx, dropped.task_id)


def join_put_away(tx: Tx, put_away_id: int, task_id: int | None, onto: int) -> None:
    """A put-away belongs to the task `onto` from here on; the task `task_id`, which it leaves empty, ends."""
    tx.execute(_JOIN, {"id": put_away_id, "task_id": onto})
    if task_id is not None:
        cancel_task(tx, task_id)


def put_aways_of(tx: Tx, task_id: int) -> list[Any]:
    """The LPNs of a put-away task."""
    return tx.rows(_PLAIN, task_id=task_id)


def loaded_put_aways_of(tx: Tx, task_id: int) -> list[list[Any]]:
    """The LPNs of a put-away task, each with rows for what stands on it (quantity, lot, item, name; without an item where nothing does)."""
    rows = tx.rows(_LOADED, task_id=task_id)
    return [list(of_one) for _, of_one in groupby(rows, lambda row: row.id)]


def suggest(tx: Tx, put_away_id: int, lpn: Place, reach: Reach | None = None) -> Any:
    """The best bin for an LPN within reach, kept for it until it is put away; None when no bin takes it."""
    fitting = fitting_bins(tx, lpn)
    best = next((one for one in fitting if reach is None or reach.holds(one)), None)
    if fitting and best is None:
        raise OutOfReach(f"Every bin for {lpn.code} needs a forklift, or is in a narrow aisle where somebody works. Take another pallet.",
                         lpn=lpn.code)
    if best is not None:
        task_id, rules = tx.scalar(_SUGGEST, id=put_away_id, location_id=best.id), WorkRules() if reach is None else reach.rules
        tx.execute(_LEADS_TO, {"id": task_id, "x_mm": best.x_mm, "y_mm": best.y_mm, "needs": rules.needs(best.level),
                               "narrow_mm": rules.aisle(best.x_mm)})
    return best


def fitting_bins(tx: Tx, lpn: Place) -> list[Any]:
    """Bins that take an LPN, best first: same item nearby, its own class, low and near."""
    burden = _with_orders(tx, lpn.site_id, burden_of(tx, lpn))
    special = _HOLDS if burden.is_held else _LANES if burden.is_waited_for else None
    places = [row.id for row in tx.rows(special, site_id=lpn.site_id)] if special is not None else []
    if places:
        return bins_that_fit(tx, places, burden)
    return bins_for(tx, lpn.site_id, burden, (_EMPTY, _ANY))


def empty_bins_for(tx: Tx, site_id: int, burden: Burden) -> list[Any]:
    """Bins that take loose goods, best first: those that have the item, or empty ones."""
    return bins_for(tx, site_id, burden, (_EMPTY,))


def bins_for(tx: Tx, site_id: int, burden: Burden, kinds: Iterable[Mapping[bool, TextClause]]) -> list[Any]:
    """Bins that take a burden: of its zone before others, those that have its item, then of these kinds, its own class first."""
    for zone in dict.fromkeys((burden.zone, "")):
        where = {"site_id": site_id, "zone": zone, "most": LOOKED_AT, "item_id": burden.item_id, "lot": burden.lot}
        ways = [(_HAVE_ITEM, ""), *((kind[bool(zone)], abc) for kind in kinds for abc in _CLASSES[burden.abc])]
        for query, abc in ways:
            found = [row for row in tx.rows(query, **where, abc=abc) if why_not(row, burden) is None]
            if found:
                return found
    return []


def bins_that_fit(tx: Tx, ids: list[int], burden: Burden) -> list[Any]:
    """The bins among these that take a burden, in their order."""
    rows = {row.id: row for row in tx.rows(_MANY, ids=in_list(ids), item_id=burden.item_id, lot=burden.lot)}
    return [rows[number] for number in ids if why_not(rows[number], burden) is None]


def why_not(row: Any, burden: Burden) -> str | None:  # noqa: PLR0911 - one return a rule
    """Why a bin does not take a burden, as a message key; None when it does."""
    if row.kind != "bin" and not (burden.is_held and row.kind == "hold") and not (burden.is_waited_for and row.kind == "stage"):
        return "bin.not_a_bin"
    if row.blocked:
        return "bin.blocked"
    if row.max_lpns is not None and row.lpns >= row.max_lpns:
        return "bin.full"
    if row.max_weight_g is not None and row.weight_g + burden.weight_g > row.max_weight_g:
        return "bin.too_heavy"
    if row.max_volume_ml is not None and row.volume_ml + burden.volume_ml > row.max_volume_ml:
        return "bin.too_large"
    if row.mixing != "any" and (row.others or burden.items > 1):
        return "bin.other_item"
    if row.mixing == "one_lot" and (row.other_lots or burden.lots > 1):
        return "bin.other_lot"
    return None


def put_away(tx: Tx, lpn: Place, target: Place, *, document: str | None = None) -> int | None:
    """Brings an LPN to a place and ends its put-away, whose number it gives; BinDoesNotFit names bins that would take it."""
    burden = burden_of(tx, lpn)
    row = tx.row(ONE_BIN, location_id=target.id, item_id=burden.item_id, lot=burden.lot)
    if row.kind == "stage":
        burden = _with_orders(tx, lpn.site_id, burden)
    reason = why_not(row, burden)
    if reason is not None:
        others = [one.code for one in fitting_bins(tx, lpn)[:ALTERNATIVES]]
        raise BinDoesNotFit(f"{target.code} does not take {lpn.code} ({reason}). Take it to "
                            f"{', '.join(others) or 'the supervisor'}.", location=target.code, lpn=lpn.code,
                            why=reason, alternatives=", ".join(others) or "-")
    move_lpn(tx, lpn, target, "storing", document=document)
    return end_put_away(tx, lpn)


def end_put_away(tx: Tx, lpn: Place) -> int | None:
    """An LPN stands where it belongs: its put-away is done, whoever brought it. The put-away's number, if one waited."""
    ended = _end(tx, lpn, "done")
    if ended is None:
        return None
    tx.touched_tasks.add(ended.task_id)
    if tx.changed(_END_TASK, task_id=ended.task_id, at=tx.now):
        tx.ended_tasks[ended.task_id] = "done"
    return int(ended.id)


def _end(tx: Tx, lpn: Place, state: str) -> Any:
    return tx.row(_END if tx.connection.dialect.name == "sqlite" else _END_HELD, lpn_id=lpn.id, state=state)


def reopen_put_away(tx: Tx, put_away_id: int) -> None:
    """A put-away was undone: it waits again, in its task."""
    task = as_task(tx.row(_HOLD_TASK_OF, id=put_away_id))
    tx.execute(_OPEN_AGAIN, {"id": put_away_id})
    reopen_task(tx, task)
    touch_task(tx, task.id)


def burden_of(tx: Tx, lpn: Place) -> Burden:
    """What an LPN weighs and holds."""
    content = sized_content_of(tx, lpn)
    heaviest = max(content, key=lambda one: one.quantity * one.weight_g, default=None)
    return Burden(
        item_id=heaviest.item_id if heaviest else 0, items=len({one.item_id for one in content}),
        lot=heaviest.lot if heaviest else "", lots=len({(one.item_id, one.lot) for one in content}),
        weight_g=sum(one.quantity * one.weight_g for one in content),
        volume_ml=sum(one.quantity * one.volume_ml for one in content),
        abc=heaviest.abc if heaviest else "C", zone=(heaviest.zone or "") if heaviest else "",
        is_held=any(one.status != "available" for one in content),
    )


def _with_orders(tx: Tx, site_id: int, burden: Burden) -> Burden:
    return replace(burden, is_waited_for=burden.items == 1 and _is_waited_for(tx, site_id, burden.item_id))


def _is_waited_for(tx: Tx, site_id: int, item_id: int) -> bool:
    """Whether released orders wait for more of an item than the bins have free: then it goes straight to the lane."""
    return int(tx.scalar(_WAITED_FOR, site_id=site_id, item_id=item_id) or 0) > 0
