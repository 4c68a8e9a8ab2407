"""Counting without stopping work: blind, by bin; what differs is counted again by somebody else, then adjusted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, bindparam, text

from server.events import AllocationLost, CountDiffered, CountUndone
from server.kernel.clock import date_of
from server.kernel.errors import NotFound, Refusal
from server.kernel.transaction import Tx
from server.masterdata.items import item_by_code
from server.masterdata.parties import own_stock
from server.masterdata.site_settings import SiteSettings, site_settings
from server.masterdata.sites import Place, account, location_by_id
from server.stock.goods import GoodsKey, goods_id, goods_of, lot_without_code
from server.stock.ledger import Move, move
from server.stock.lpns import lpn_by_code, lpn_by_id, move_lpn
from server.wms.allocating import give_back
from server.wms.task_places import by_aisle, spot, work_rules
from server.wms.tasks import NewTask, cancel_task, cancel_waiting, make_task, touch_task

INTERVAL_DAYS = {"A": 30, "B": 90, "C": 180}
DUE_A_RUN_MAX = 200
BINS_A_TASK = 20
ROUNDS_MAX = 3
_TRUSTED_CAUSES = ("short", "empty")
_ADD = text(
    "INSERT INTO cycle_count (site_id, location_id, cause, created_at) VALUES (:site_id, :location_id, :cause, :at) "
    "ON CONFLICT DO NOTHING RETURNING id"
)
_OPEN_AT = text(
    "SELECT c.id, c.task_id, CASE WHEN c.state = 'open' AND t.state = 'open' THEN 1 ELSE 0 END AS is_untouched FROM cycle_count c "
    "JOIN task t ON t.id = c.task_id WHERE c.location_id = :location_id AND c.state IN ('open', 'recount')"
)
_LEFT_IN = text("SELECT COUNT(*) FROM cycle_count WHERE task_id = :task_id AND state IN ('open', 'recount')")
_SET_CAUSE = text("UPDATE cycle_count SET cause = :cause WHERE id = :id AND state = 'open'")
_SET_TASK = text("UPDATE cycle_count SET task_id = :task_id WHERE id = :id")
_BY_ID = text("SELECT id, site_id, location_id, cause, state, task_id, first_worker_id FROM cycle_count WHERE id = :id")
_OF_TASK = text(
    "SELECT c.id, c.state, c.location_id, l.code AS location, l.zone, l.level, "
    "(SELECT MAX(o.level) + 1 FROM location o WHERE o.site_id = l.site_id AND o.kind = 'bin' AND o.x_mm = l.x_mm AND o.y_mm = l.y_mm) AS levels FROM cycle_count c "
    "JOIN location l ON l.id = c.location_id WHERE c.task_id = :task_id ORDER BY l.x_mm, l.y_mm, l.code"
)
_BOOK = text(
    "SELECT b.goods_id, b.quantity, b.allocated, g.item_id, g.lot, g.serial, g.status, g.owner_id FROM balance b "
    "JOIN goods g ON g.id = b.goods_id WHERE b.holder_id = :holder_id AND b.quantity > 0 "
    "ORDER BY CASE WHEN g.status = 'available' THEN 0 ELSE 1 END, g.item_id, b.id"
)
_IN_BIN = text(
    "SELECT i.code AS item, g.lot, g.serial, SUM(b.quantity) AS quantity FROM balance b JOIN goods g ON g.id = b.goods_id "
    "JOIN item i ON i.id = g.item_id WHERE b.holder_id = :id AND b.quantity > 0 GROUP BY i.code, g.lot, g.serial"
)
_LPNS = text("SELECT id, code, parent_id FROM lpn WHERE location_id = :location_id AND kind NOT IN ('trolley', 'tote') ORDER BY id")
_MOVED_SINCE = text(
    "SELECT COUNT(*) FROM stock_move WHERE (from_id = :id OR to_id = :id) AND at > :since AND (op IS NULL OR op <> :op) "
    "AND (device_id IS NULL OR device_id <> :device_id)"  # what this device sends late it did before it counted
)
_KEEP_LINE = text(
    "INSERT INTO cycle_count_line (cycle_count_id, round, holder_id, goods_id, book, counted, adjusted) "
    "VALUES (:count_id, :round, :holder_id, :goods_id, :book, :counted, :adjusted)"
)
_EARLIER = text("SELECT round, holder_id, goods_id, counted - book AS off FROM cycle_count_line WHERE cycle_count_id = :id")
_AGAIN = text(
    "UPDATE cycle_count SET state = 'recount', first_worker_id = COALESCE(first_worker_id, CAST(:worker_id AS BIGINT)), "
    "second_worker_id = CASE WHEN :round = 2 THEN CAST(:worker_id AS BIGINT) ELSE second_worker_id END, task_id = :task_id WHERE id = :id"
)
_WAITING_AT = text(
    "SELECT t.id FROM cycle_count c JOIN task t ON t.id = c.task_id WHERE c.location_id = :location_id AND c.state IN ('open', 'recount') "
    "AND (t.state = 'open' OR (t.state = 'leased' AND t.device_id = :device_id)) "
    "AND (t.not_worker_id IS NULL OR t.not_worker_id <> :worker_id)"
)
_DONE = text(
    "UPDATE cycle_count SET state = 'done', counted_at = :at, "
    "first_worker_id = COALESCE(first_worker_id, :worker_id), second_worker_id = CASE WHEN :round = 2 "
    "THEN CAST(:worker_id AS BIGINT) ELSE second_worker_id END WHERE id = :id"
)
COUNTED = text("UPDATE location SET suspect = 0, count_due = 0, last_counted_on = :on WHERE id = :id").bindparams(
    bindparam("on", type_=Date))
_ADJUSTED = text(
    "SELECT l.code, g.item_id, n.book, n.counted FROM cycle_count_line n JOIN cycle_count c ON c.id = n.cycle_count_id "
    "JOIN location l ON l.id = c.location_id JOIN goods g ON g.id = n.goods_id "
    "WHERE n.cycle_count_id = :id AND n.round = :round AND n.adjusted <> 0"
)
_FORGET_ROUND = text("DELETE FROM cycle_count_line WHERE cycle_count_id = :id AND round = :round")
_UNCOUNTED = text(
    "UPDATE cycle_count SET state = :state, task_id = :task_id, counted_at = NULL, "
    "first_worker_id = CASE WHEN :round = 1 THEN NULL ELSE first_worker_id END, "
    "second_worker_id = CASE WHEN :round <= 2 THEN NULL ELSE second_worker_id END WHERE id = :id"
)
_SUSPECT_AGAIN = text(
    "UPDATE location SET suspect = 1, last_counted_on = NULL WHERE id = (SELECT location_id FROM cycle_count "
    "WHERE id = :id AND cause IN ('short', 'empty'))"
)
_OPEN_ALLOCATIONS = text(
    "SELECT id, release_line_id, task_id, quantity - picked AS rest FROM allocation WHERE holder_id = :holder_id "
    "AND goods_id = :goods_id AND state = 'open' ORDER BY id DESC"
)
_DUE = text(
    "SELECT l.id, l.site_id FROM location l WHERE l.kind = 'bin' AND l.abc = :abc AND l.blocked = 0 "
    "AND (l.last_counted_on IS NULL OR l.last_counted_on <= :before) "
    "AND EXISTS (SELECT 1 FROM balance b WHERE b.holder_id = l.id AND b.quantity > 0) "
    "AND NOT EXISTS (SELECT 1 FROM cycle_count c WHERE c.location_id = l.id AND c.state IN ('open', 'recount')) "
    "ORDER BY l.last_counted_on, l.x_mm, l.y_mm LIMIT :most"
).bindparams(bindparam("before", type_=Date))
_BINS_OF_ITEM = text(
    "SELECT DISTINCT l.id FROM goods g JOIN balance b ON b.goods_id = g.id AND b.quantity > 0 "
    "JOIN location l ON l.id = b.holder_id AND l.kind = 'bin' WHERE g.item_id = :item_id AND l.site_id = :site_id ORDER BY l.id"
)
_ACCURACY = text(
    "SELECT COUNT(*) AS lines, SUM(CASE WHEN book = counted THEN 1 ELSE 0 END) AS right_lines, "
    "SUM(book) AS book, SUM(CASE WHEN book > counted THEN book - counted ELSE counted - book END) AS off "
    "FROM cycle_count_line n JOIN cycle_count c ON c.id = n.cycle_count_id WHERE c.state = 'done' AND n.round = 1 "
    "AND c.site_id = :site_id AND c.counted_at >= :since"
)


class CountStale(Refusal):
    """Goods were moved in the bin after it was counted."""

    code = "count_stale"


class CountGoesOn(Refusal):
    """A count cannot be taken back any more: somebody else is counting."""

    code = "count_goes_on"


@dataclass(frozen=True, slots=True)
class _Asked:
    number: int
    place: Place
    x_mm: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What a bin holds of some goods: by the book and by the count."""

    holder_id: int
    goods_id: int
    book: int
    counted: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a count: `again` when somebody else has to count; `adjusted` units changed; `disputed` by three people.

    `round` is 1 for the first who counted; `recount_task` is where somebody else counts again; `lost` are the orders that
    lost goods by it: [line, quantity, task that was to pick it].
    """

    again: bool
    adjusted: int
    disputed: bool = False
    round: int = 1
    recount_task: int | None = None
    lost: list[list[int | None]] = field(default_factory=list)


def request_count(tx: Tx, location_id: int, cause: str, *, not_worker_id: int | None = None) -> int:
    """Asks for a blind count of a bin by somebody else than `not_worker_id`; one that waits already serves for both."""
    location = location_by_id(tx, location_id)
    number = tx.scalar(_ADD, site_id=location.site_id, location_id=location_id, cause=cause, at=tx.now)
    if number is None:
        return _ask_sooner(tx, location, cause, not_worker_id)
    _task_for(tx, location, [int(number)], urgent=cause in _TRUSTED_CAUSES, not_worker_id=not_worker_id)
    return int(number)


def ask_for(tx: Tx, location_id: int, count_id: int, *, not_worker_id: int | None) -> int:
    """An urgent task for a count that has none any more."""
    return _task_for(tx, location_by_id(tx, location_id), [count_id], urgent=True, not_worker_id=not_worker_id)


def plan_counts(tx: Tx, location_ids: Sequence[int], cause: str) -> list[int]:
    """Counts of several bins, up to twenty in one round; the numbers of those that were not waiting already."""
    planned = []
    for start in range(0, len(location_ids), BINS_A_TASK):
        numbers, places, location = [], list[_Asked](), None
        for location_id in location_ids[start:start + BINS_A_TASK]:
            location = location_by_id(tx, location_id)
            number = tx.scalar(_ADD, site_id=location.site_id, location_id=location_id, cause=cause, at=tx.now)
            if number is not None:
                numbers.append(int(number))
                places.append(_Asked(int(number), location, spot(tx, location_id).x_mm))
        for mine in by_aisle(work_rules(tx, location.site_id), places).values() if location is not None else ():
            _task_for(tx, mine[-1].place, [one.number for one in mine], urgent=False, not_worker_id=None)
        planned += numbers
    return planned


def plan_item_counts(tx: Tx, site_id: int, item: str) -> list[int]:
    """Counts of every bin that holds an item."""
    rows = tx.rows(_BINS_OF_ITEM, item_id=item_by_code(tx, item).id, site_id=site_id)
    return plan_counts(tx, [row.id for row in rows], "item")


def plan_due_counts(tx: Tx, only_site_id: int | None = None) -> list[int]:
    """Counts of bins whose class (A, B, C) says that they are due: 30, 90 and 180 days after the last."""
    planned = []
    for abc, days in INTERVAL_DAYS.items():
        rows = tx.rows(_DUE, abc=abc, before=date_of(tx.now) - timedelta(days=days), most=DUE_A_RUN_MAX)
        for site_id in sorted({row.site_id for row in rows if only_site_id in (None, row.site_id)}):
            planned += plan_counts(tx, [row.id for row in rows if row.site_id == site_id], "abc")
    return planned


def counts_of_task(tx: Tx, task_id: int) -> list[Any]:
    """The bins that a count task is about, in walking order."""
    return tx.rows(_OF_TASK, task_id=task_id)


def count(tx: Tx, count_id: int, found: Sequence[Mapping[str, Any]], *, made_at: int, worker_id: int | None) -> Outcome:
    """Compares what was found with the book, and adjusts it or asks somebody else.

    `found` are tally entries: {"lpn"} for a whole LPN, or {"item", "quantity", "lot", "serial", "expiry"}. A difference
    within the site's tolerance, one that a picker has reported, and one that two people found alike is adjusted; where
    two differ a third counts, and is believed. CountStale when goods were moved in the bin after it was counted.
    """
    row = tx.row(_BY_ID, id=count_id)
    if row is None or row.state not in ("open", "recount"):
        raise NotFound("This bin has been counted by somebody else. Go on with the next.", what=str(count_id))
    place = location_by_id(tx, row.location_id)
    seen = {str(entry["lpn"]) for entry in found if entry.get("lpn")}
    here = {lpn.id: lpn for lpn in tx.rows(_LPNS, location_id=place.id)}
    differences = [*_loose(tx, place, found), *_on_lpns(tx, here, seen)]
    _guard_unmoved(tx, place, made_at)
    _bring_here(tx, place, here, seen)
    number, is_alike = _earlier(tx, row.id, differences)
    if _is_asked_again(tx, row, number, differences, is_alike=is_alike):
        _keep(tx, row.id, number, differences, adjusted=False)
        task_id = _task_for(tx, place, [row.id], urgent=True, not_worker_id=worker_id)
        tx.execute(_AGAIN, {"id": row.id, "worker_id": worker_id, "task_id": task_id, "round": number})
        return Outcome(again=True, adjusted=0, round=number, recount_task=task_id)
    _keep(tx, row.id, number, differences, adjusted=True)
    lost: list[list[int | None]] = []
    changed = sum(adjust(tx, place, one, lost) for one in differences)
    tx.execute(_DONE, {"id": row.id, "at": tx.now, "worker_id": worker_id, "round": number})
    tx.execute(COUNTED, {"id": place.id, "on": date_of(tx.now)})
    return Outcome(again=False, adjusted=changed, disputed=number > ROUNDS_MAX - 1 and not is_alike, round=number, lost=lost)


def count_as_booked(tx: Tx, location_id: int, *, made_at: int, device_id: int) -> bool:
    """All that the book has of a bin was seen, and nothing beside it: it counts as counted. False while somebody counts it by hand.

    A count that waits for the bin is done by it.
    """
    if not is_count_waiting(tx, location_id):
        request_count(tx, location_id, "manual")
    task_id = count_waiting_at(tx, location_id, worker_id=None, device_id=device_id)
    if task_id is None:
        return False
    number = next(row.id for row in counts_of_task(tx, task_id) if row.location_id == location_id and row.state in ("open", "recount"))
    count(tx, number, _as_booked(tx, location_id), made_at=made_at, worker_id=None)
    if tx.scalar(_LEFT_IN, task_id=task_id):
        touch_task(tx, task_id)
    else:
        cancel_task(tx, task_id)
    return True


def _as_booked(tx: Tx, location_id: int) -> list[dict[str, Any]]:
    """A bin's content by the book, as somebody tells it who has counted it."""
    loose = [{"item": row.item, "lot": row.lot, "serial": row.serial, "quantity": int(row.quantity)} for row in tx.rows(_IN_BIN, id=location_id)]
    return [*loose, *({"lpn": row.code} for row in tx.rows(_LPNS, location_id=location_id))]


def uncount(tx: Tx, count_id: int, *, round_: int, task_id: int, recount_task: int | None) -> None:
    """After a count's moves were reversed: it waits in its task as if nobody had counted this round.

    CountGoesOn when somebody counts it again already.
    """
    if recount_task is not None and not cancel_waiting(tx, recount_task):
        raise CountGoesOn("Somebody else counts this bin again already. Their count decides.", count=count_id)
    for row in tx.rows(_ADJUSTED, id=count_id, round=round_):
        tx.emit(CountUndone(row.code, row.item_id, row.book, row.counted))
    tx.execute(_FORGET_ROUND, {"id": count_id, "round": round_})
    tx.execute(_UNCOUNTED, {"id": count_id, "state": "open" if round_ == 1 else "recount", "task_id": task_id, "round": round_})
    tx.execute(_SUSPECT_AGAIN, {"id": count_id})


def count_waiting_at(tx: Tx, location_id: int, *, worker_id: int | None, device_id: int) -> int | None:
    """The task in which this worker could count a bin now; none when somebody else has to, or nobody."""
    found = tx.scalar(_WAITING_AT, location_id=location_id, worker_id=worker_id or 0, device_id=device_id)
    return None if found is None else int(found)


def is_count_waiting(tx: Tx, location_id: int) -> bool:
    """Whether somebody has to count a bin, or is counting it."""
    return tx.row(_OPEN_AT, location_id=location_id) is not None


def accuracy(tx: Tx, site_id: int, since: int) -> dict[str, Any]:
    """How right the book was where it was counted: lines and units, from 0 to 1; None where nothing was counted."""
    row = tx.row(_ACCURACY, site_id=site_id, since=since)
    lines = int(row.lines) if row is not None else 0
    if row is None or not lines:
        return {"lines": 0, "line_accuracy": None, "unit_accuracy": None}
    units = max(int(row.book), 1)
    return {"lines": lines, "line_accuracy": int(row.right_lines) / lines,
            "unit_accuracy": max(0.0, 1 - int(row.off) / units)}


def _ask_sooner(tx: Tx, place: Place, cause: str, not_worker_id: int | None) -> int:
    """A count that waits serves this cause too, unless somebody has begun it: then a difference asks for a second person."""
    waiting = tx.row(_OPEN_AT, location_id=place.id)
    if waiting is None:
        raise AssertionError(f"a count of {place.code} is said to wait, and there is none")
    if waiting.is_untouched:
        tx.execute(_SET_CAUSE, {"id": waiting.id, "cause": cause})
        _task_for(tx, place, [waiting.id], urgent=cause in _TRUSTED_CAUSES, not_worker_id=not_worker_id)
        if not tx.scalar(_LEFT_IN, task_id=waiting.task_id):
            cancel_task(tx, waiting.task_id)
        else:
            touch_task(tx, waiting.task_id)
    return int(waiting.id)


def _task_for(tx: Tx, place: Place, counts: Sequence[int], *, urgent: bool, not_worker_id: int | None) -> int:
    rules, at = work_rules(tx, place.site_id), spot(tx, place.id)
    task_id = make_task(tx, NewTask(
        site_id=place.site_id, kind="count", priority=3 if urgent else 7, zone=place.zone, document=place.code if len(counts) == 1 else None,
        not_worker_id=not_worker_id, begin_id=place.id, end_mm=(at.x_mm, at.y_mm), needs=rules.needs(at.level), narrow_mm=rules.aisle(at.x_mm)))
    for number in counts:
        tx.execute(_SET_TASK, {"id": number, "task_id": task_id})
    return task_id


def _guard_unmoved(tx: Tx, place: Place, made_at: int) -> None:
    """CountStale when goods were moved after `made_at`; asked when the book has been read, so that it sees all that the book saw."""
    if tx.scalar(_MOVED_SINCE, id=place.id, since=made_at, op=tx.actor.op or "", device_id=tx.actor.device_id or 0):
        raise CountStale(f"Goods were moved in {place.code} after you counted it. Count it again.", location=place.code)


def _earlier(tx: Tx, count_id: int, found: Sequence[Difference]) -> tuple[int, bool]:
    """Which round this is, and whether somebody found the same difference before.

    Differences are compared and not quantities: goods may have been moved rightly between two counts.
    """
    rounds: dict[int, dict[tuple[int, int], int]] = {}
    for row in tx.rows(_EARLIER, id=count_id):
        rounds.setdefault(row.round, {})[row.holder_id, row.goods_id] = row.off
    now = {(one.holder_id, one.goods_id): one.counted - one.book for one in found}
    return len(rounds) + 1, any(_off(before) == _off(now) for before in rounds.values())


def _off(differences: Mapping[tuple[int, int], int]) -> dict[tuple[int, int], int]:
    return {key: off for key, off in differences.items() if off}


def _is_asked_again(tx: Tx, row: Any, number: int, differences: Sequence[Difference], *, is_alike: bool) -> bool:
    if number == 1:
        return _needs_second(site_settings(tx, row.site_id), row.cause, differences)
    return number < ROUNDS_MAX and not is_alike


def _needs_second(settings: SiteSettings, cause: str, differences: Sequence[Difference]) -> bool:
    if cause in _TRUSTED_CAUSES:
        return False  # the picker who found it short was the first person
    for one in differences:
        off = abs(one.counted - one.book)
        if off > max(settings.count_tolerance_units, one.book * settings.count_tolerance_percent // 100):
            return True
    return False


def _loose(tx: Tx, place: Place, found: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """Loose goods: what the label names exactly first, the rest onto the book's lots in order."""
    book = {row.goods_id: row for row in tx.rows(_BOOK, holder_id=place.id)}
    counted = dict.fromkeys(book, 0)
    for entry in sorted((one for one in found if one.get("item")), key=_exact_first):
        for number, quantity in _onto(tx, book, counted, entry):
            counted[number] = counted.get(number, 0) + quantity
    return [Difference(place.id, number, book[number].quantity if number in book else 0, quantity)
            for number, quantity in counted.items()]


def _onto(tx: Tx, book: Mapping[int, Any], counted: Mapping[int, int], entry: Mapping[str, Any]) -> list[tuple[int, int]]:
    item = item_by_code(tx, str(entry["item"]))
    lot, serial = _lot(entry), str(entry.get("serial") or "")
    mine = [row for row in book.values() if row.item_id == item.id and lot in ("", row.lot) and serial in ("", row.serial)]
    rest, parts = int(entry["quantity"]), []
    for row in mine:
        taken = min(rest, row.quantity - counted[row.goods_id])
        if taken > 0:
            parts.append((row.goods_id, taken))
            rest -= taken
    if rest:
        number = mine[0].goods_id if mine else goods_id(tx, GoodsKey(item.id, own_stock(tx), lot, serial))
        parts.append((number, rest))
    return parts


def _on_lpns(tx: Tx, here: Mapping[int, Any], seen: set[str]) -> list[Difference]:
    """LPNs count with all that stands on them: a missing one is empty."""
    differences = []
    for number, lpn in here.items():
        is_here = lpn.code in seen or _is_on_seen(here, number, seen)
        for row in tx.rows(_BOOK, holder_id=number):
            differences.append(Difference(number, row.goods_id, row.quantity, row.quantity if is_here else 0))
    return differences


def _bring_here(tx: Tx, place: Place, here: Mapping[int, Any], seen: set[str]) -> None:
    """LPNs that are here unknown to the book are moved here."""
    for code in sorted(seen):
        lpn_here = lpn_by_code(tx, code)
        if lpn_here is not None and lpn_here.site_id == place.site_id and not _is_as_booked(here, lpn_here.id, seen):
            move_lpn(tx, lpn_here, place, "cycle_counting")


def _is_as_booked(here: Mapping[int, Any], number: int, seen: set[str]) -> bool:
    """Whether the book has a seen LPN standing in the bin itself, or on one that was seen too."""
    return number in here and (here[number].parent_id not in here or _is_on_seen(here, number, seen))


def _is_on_seen(here: Mapping[int, Any], number: int, seen: set[str]) -> bool:
    """Whether an LPN of the bin stands on another one that was seen, at any depth."""
    outer = here.get(here[number].parent_id)
    return outer is not None and (outer.code in seen or _is_on_seen(here, outer.id, seen))


def adjust(tx: Tx, place: Place, one: Difference, lost: list[list[int | None]]) -> int:
    """Brings the book to what was counted; by how many units. The orders that lost goods by it are added to `lost`."""
    off = one.counted - one.book
    if off == 0:
        return 0
    variance, goods = account(tx, place.site_id, "VARIANCE"), goods_of(tx, one.goods_id)
    holder = place if one.holder_id == place.id else lpn_by_id(tx, one.holder_id)
    if off > 0:
        move(tx, Move(goods, off, variance, holder, "cycle_counting"))
    else:
        lost += free_beyond(tx, one.holder_id, one.goods_id, one.counted)
        move(tx, Move(goods, -off, holder, variance, "cycle_counting"))
    tx.emit(CountDiffered(place.code, goods.item_id, one.book, one.counted))
    return abs(off)


def free_beyond(tx: Tx, holder_id: int, goods_id: int, left: int) -> list[list[int | None]]:
    """Gives back the newest allocations of goods of which only so many are left; their lines are to be picked elsewhere.

    Each as [release line, quantity, task].
    """
    rows = tx.rows(_OPEN_ALLOCATIONS, holder_id=holder_id, goods_id=goods_id)
    over, lost = sum(row.rest for row in rows) - left, list[list[int | None]]()
    for row in rows:
        if over <= 0:
            break
        given_back = give_back(tx, row.id)
        tx.emit(AllocationLost(row.release_line_id, given_back, row.task_id))
        lost.append([row.release_line_id, given_back, row.task_id])
        over -= given_back
    return lost


def _keep(tx: Tx, count_id: int, number: int, differences: Sequence[Difference], *, adjusted: bool) -> None:
    for one in differences:
        tx.execute(_KEEP_LINE, {"count_id": count_id, "round": number, "holder_id": one.holder_id, "goods_id": one.goods_id,
                                "book": one.book, "counted": one.counted,
                                "adjusted": one.counted - one.book if adjusted else 0})


def _exact_first(entry: Mapping[str, Any]) -> tuple[bool, bool]:
    return not entry.get("serial"), not _lot(entry)


def _lot(entry: Mapping[str, Any]) -> str:
    if entry.get("lot"):
        return str(entry["lot"])
    try:
        return lot_without_code(date.fromisoformat(str(entry["expiry"]))) if entry.get("expiry") else ""
    except ValueError:
        return ""
