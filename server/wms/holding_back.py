"""Orders that a supervisor holds back before the floor has them, and lets go again."""

from sqlalchemy import text

from server.kernel.audit import record
from server.kernel.errors import Refusal
from server.kernel.transaction import Tx
from server.wms.releases import hold_release, release_by_code

_SET = text("UPDATE release SET on_hold = :on_hold WHERE id = :id AND on_hold <> :on_hold AND state = 'waiting' AND wave_id IS NULL")

_IS = text("SELECT on_hold FROM release WHERE id = :id")


class OrderOnFloor(Refusal):
    """An order cannot be held back any more: people work on it."""

    code = "order_on_floor"


def hold_back(tx: Tx, code: str, *, on_hold: bool) -> bool:
    """Keeps a waiting order from every rule and wave, or lets it go again; False when it was so already. OrderOnFloor when it has gone."""
    row = hold_release(tx, release_by_code(tx, code).id)
    if tx.changed(_SET, id=row.id, on_hold=int(on_hold)):
        record(tx, "release.held" if on_hold else "release.let_go", code, old={"on_hold": not on_hold}, new={"on_hold": on_hold})
        return True
    if tx.scalar(_IS, id=row.id) != int(on_hold):
        raise OrderOnFloor(f"{code} is on the floor already. Take its task back first.", order=code)
    return False
