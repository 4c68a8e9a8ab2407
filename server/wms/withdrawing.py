"""Orders taken back from the floor, and the rounds in which they were."""

from typing import Any

from sqlalchemy import text

from server.kernel.transaction import Tx
from server.wms.allocating import give_back
from server.wms.picking import close_round
from server.wms.releases import hold_release, set_release_state
from server.wms.taking_back import stop_packing, take_picks_back
from server.wms.tasks import task_by_id, touch_task

_OF_ORDER = text("SELECT id FROM release WHERE order_number = :order_number ORDER BY id")
_ROUNDS = text(
    "SELECT DISTINCT a.task_id FROM release_line l JOIN allocation a ON a.release_line_id = l.id "
    "WHERE l.release_id = :id AND a.task_id IS NOT NULL ORDER BY a.task_id"
)
_OPEN_IN_ROUNDS = text(
    "SELECT a.id FROM allocation a WHERE a.state = 'open' AND a.task_id IN (SELECT m.task_id FROM release_line l "
    "JOIN allocation m ON m.release_line_id = l.id WHERE l.release_id = :id) ORDER BY a.holder_id, a.id"
)
_HOLD_PICK = text("UPDATE allocation SET state = state WHERE id = :id")
_OPEN_ALLOCATIONS = text(
    "SELECT a.id FROM allocation a JOIN release_line l ON l.id = a.release_line_id "
    "WHERE l.release_id = :id AND a.state = 'open' ORDER BY a.holder_id, a.id"
)
_COLLECT_NO_MORE = text("UPDATE collection SET state = 'withdrawn', ended_at = :at WHERE release_id = :id AND state = 'ready'")
_PICKED = text("SELECT COALESCE(SUM(picked), 0) FROM release_line WHERE release_id = :id")


def withdraw(tx: Tx, order_number: str) -> None:
    """Takes an order back from the floor, with its allocations and picks; PickedAlready when somebody packs it.

    What was picked is brought back by somebody. A round of which nothing is left then ends, and its other orders go to packing.
    """
    for one in tx.rows(_OF_ORDER, order_number=order_number):
        release = _hold(tx, one.id)
        is_picked = bool(tx.scalar(_PICKED, id=release.id))
        if is_picked:
            stop_packing(tx, release)
        for row in tx.rows(_OPEN_ALLOCATIONS, id=release.id):
            give_back(tx, row.id)
        if is_picked:
            take_picks_back(tx, release)
        set_release_state(tx, release.id, "cancelled")
        tx.execute(_COLLECT_NO_MORE, {"id": release.id, "at": tx.now})
        for row in tx.rows(_ROUNDS, id=release.id):
            _go_on(tx, row.task_id)


def _hold(tx: Tx, release_id: int) -> Any:
    """Waits for the picks under way in the rounds of a release, and keeps others from beginning.

    The picks come first, as a last pick holds its order after itself; then those that were added meanwhile. The picks of
    the other orders too: of a pick and a withdrawal at one moment neither would see that nothing is left of the round.
    """
    _hold_picks(tx, release_id)
    release = hold_release(tx, release_id)
    _hold_picks(tx, release_id)
    return release


def _hold_picks(tx: Tx, release_id: int) -> None:
    tx.execute(_HOLD_PICK, [{"id": row.id} for row in tx.rows(_OPEN_IN_ROUNDS, id=release_id)])


def _go_on(tx: Tx, task_id: int) -> None:
    task = task_by_id(tx, task_id)
    if task.state in ("open", "leased") and not close_round(tx, task):
        touch_task(tx, task_id)
