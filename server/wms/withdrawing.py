"""Orders taken back from the floor, and the rounds in which they were."""

from sqlalchemy import text

from server.kernel.errors import Refusal
from server.kernel.transaction import Tx
from server.wms.allocating import give_back
from server.wms.picking import close_round
from server.wms.releases import hold_release, set_release_state
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
_PICKED = text("SELECT COALESCE(SUM(picked), 0) FROM release_line WHERE release_id = :id")


class PickedAlready(Refusal):
    """An order of which something was picked cannot be taken back from the floor by itself."""

    code = "picked_already"


def withdraw(tx: Tx, order_number: str) -> None:
    """Takes an order back from the floor, with its allocations; PickedAlready when somebody has begun with it.

    A round of which nothing is left then ends, and its other orders go to packing.
    """
    for release in tx.rows(_OF_ORDER, order_number=order_number):
        _hold(tx, release.id)
        if tx.scalar(_PICKED, id=release.id):
            raise PickedAlready(f"Part of {order_number} has been picked. Ask the supervisor to bring it back first.",
                                order=order_number)
        for row in tx.rows(_OPEN_ALLOCATIONS, id=release.id):
            give_back(tx, row.id)
        set_release_state(tx, release.id, "cancelled")
        for row in tx.rows(_ROUNDS, id=release.id):
            _go_on(tx, row.task_id)


def _hold(tx: Tx, release_id: int) -> None:
    """Waits for the picks under way in the rounds of a release, and keeps others from beginning.

    The picks come first, as a last pick holds its order after itself; then those that were added meanwhile. The picks of
    the other orders too: of a pick and a withdrawal at one moment neither would see that nothing is left of the round.
    """
    _hold_picks(tx, release_id)
    hold_release(tx, release_id)
    _hold_picks(tx, release_id)


def _hold_picks(tx: Tx, release_id: int) -> None:
    tx.execute(_HOLD_PICK, [{"id": row.id} for row in tx.rows(_OPEN_IN_ROUNDS, id=release_id)])


def _go_on(tx: Tx, task_id: int) -> None:
    task = task_by_id(tx, task_id)
    if task.state in ("open", "leased") and not close_round(tx, task):
        touch_task(tx, task_id)
