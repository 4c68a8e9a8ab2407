"""No exception is nobody's: who may not own one any more is followed by somebody who may."""

from typing import Any

from sqlalchemy import text

from server.kernel.audit import record
from server.kernel.transaction import Tx
from server.oms.exceptions.rules import owner_for

_LOST = text(
    "SELECT x.id, x.site_id, x.kind, x.owner_id, x.version, w.badge FROM order_exception x JOIN worker w ON w.id = x.owner_id WHERE x.state = 'open' AND "
    "(w.disabled = 1 OR w.role = 'worker' OR (w.site_id IS NOT NULL AND w.site_id <> x.site_id)) ORDER BY x.id")
_GIVE = text("UPDATE order_exception SET owner_id = :owner_id, owned_at = :at, version = version + 1 WHERE id = :id AND state = 'open' AND version = :version")
_BADGE = text("SELECT badge FROM worker WHERE id = :id")


def find_owners(tx: Tx) -> int:
    """Gives the exceptions of everybody who is locked out, or no supervisor here any more, to others; how many."""
    given = 0
    found: dict[tuple[int, str], int | None] = {}
    for row in tx.rows(_LOST):
        if (row.site_id, row.kind) not in found:
            found[row.site_id, row.kind] = owner_for(tx, row.site_id, row.kind)
        owner = found[row.site_id, row.kind]
        if owner is not None and owner != row.owner_id and give(tx, row.id, owner, version=row.version):
            _note(tx, row, owner)
            given += 1
    return given


def give(tx: Tx, number: int, owner_id: int, *, version: int) -> bool:
    """It is somebody's from now on; False when something happened to it since it had this version."""
    return bool(tx.changed(_GIVE, id=number, owner_id=owner_id, at=tx.now, version=version))


def _note(tx: Tx, row: Any, owner: int) -> None:
    record(tx, "order_exception.given", f"exception {row.id}", old={"owner": row.badge}, new={"owner": tx.scalar(_BADGE, id=owner)},
           reason=f"{row.badge} does not own exceptions here any more")
