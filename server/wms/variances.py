"""A count that differs and waits for a second person: a supervisor may believe it, or have it counted from the beginning."""

from typing import Any

from sqlalchemy import text

from server.kernel.audit import record
from server.kernel.clock import date_of
from server.kernel.errors import Conflict, NotFound
from server.kernel.transaction import Tx
from server.masterdata.sites import location_by_id
from server.wms.counting import COUNTED, CountGoesOn, Difference, adjust, ask_for
from server.wms.tasks import cancel_waiting

_BY_ID = text("SELECT c.id, c.site_id, c.location_id, l.code AS location, c.cause, c.state, c.task_id, c.first_worker_id, c.second_worker_id, "
              "c.created_at, c.counted_at FROM cycle_count c JOIN location l ON l.id = c.location_id WHERE c.id = :id")
_LINES = text(
    "SELECT n.round, n.holder_id, n.goods_id, n.book, n.counted, n.adjusted, i.code AS item, i.name, g.lot, g.serial, g.status, p.code AS lpn, "
    "w.name AS worker FROM cycle_count_line n JOIN cycle_count c ON c.id = n.cycle_count_id JOIN goods g ON g.id = n.goods_id "
    "JOIN item i ON i.id = g.item_id LEFT JOIN lpn p ON p.id = n.holder_id "
    "LEFT JOIN worker w ON w.id = CASE WHEN n.round = 1 THEN c.first_worker_id WHEN n.round = 2 THEN c.second_worker_id END "
    "WHERE n.cycle_count_id = :id ORDER BY n.round, i.code, n.id"
)
_HOLD = text("UPDATE cycle_count SET state = state WHERE id = :id AND state = 'recount' RETURNING location_id, task_id")
_BOOK = text("SELECT quantity FROM balance WHERE holder_id = :holder_id AND goods_id = :goods_id")
_ADJUSTED = text("UPDATE cycle_count_line SET adjusted = counted - book WHERE cycle_count_id = :id AND round = :round")
_DONE = text("UPDATE cycle_count SET state = 'done', counted_at = :at WHERE id = :id")
_FORGET = text("DELETE FROM cycle_count_line WHERE cycle_count_id = :id")
_AFRESH = text("UPDATE cycle_count SET state = 'open', first_worker_id = NULL, second_worker_id = NULL WHERE id = :id")


def count_by_id(tx: Tx, number: int) -> Any:
    """A count; NotFound when there is none."""
    row = tx.row(_BY_ID, id=number)
    if row is None:
        raise NotFound(f"There is no count {number}.", what=str(number))
    return row


def lines_of_count(tx: Tx, number: int) -> list[Any]:
    """What each round found beside what the book said then."""
    return tx.rows(_LINES, id=number)


def accept_variance(tx: Tx, number: int) -> int:
    """What the last who counted found is believed and the book is adjusted; how many units that changed.

    By the difference and not by the quantity, as goods may have been moved rightly since. CountGoesOn while somebody counts.
    """
    row = _waiting(tx, number)
    place, lines = location_by_id(tx, row.location_id), lines_of_count(tx, number)
    last = max(line.round for line in lines)
    changed = 0
    for line in (one for one in lines if one.round == last):
        book = int(tx.scalar(_BOOK, holder_id=line.holder_id, goods_id=line.goods_id) or 0)
        changed += adjust(tx, place, Difference(line.holder_id, line.goods_id, book, max(0, book + line.counted - line.book)), [])
    tx.execute(_ADJUSTED, {"id": number, "round": last})
    tx.execute(_DONE, {"id": number, "at": tx.now})
    tx.execute(COUNTED, {"id": place.id, "on": date_of(tx.now)})
    record(tx, "count.accepted", place.code, old={"state": "recount"}, new={"state": "done"}, count=number, round=last, units=changed)
    return changed


def send_back(tx: Tx, number: int) -> int:
    """What was found is forgotten, and somebody else than the last who counted begins anew; their task."""
    row = _waiting(tx, number)
    before = count_by_id(tx, number)
    tx.execute(_FORGET, {"id": number})
    tx.execute(_AFRESH, {"id": number})
    task = ask_for(tx, row.location_id, number, not_worker_id=before.second_worker_id or before.first_worker_id)
    record(tx, "count.sent_back", before.location, old={"state": "recount"}, new={"state": "open"}, count=number, task=task)
    return task


def _waiting(tx: Tx, number: int) -> Any:
    """The count that waits for a second person, held; its task is taken away, unless somebody counts already."""
    before = count_by_id(tx, number)
    row = tx.row(_HOLD, id=number)
    if row is None:
        raise Conflict(f"The count of {before.location} waits for nobody. Look again.", what=str(number))
    if not cancel_waiting(tx, row.task_id):
        raise CountGoesOn("Somebody else counts this bin again already. Their count decides.", count=number)
    return row
