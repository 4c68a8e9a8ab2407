"""What somebody wants of a device: asked in its row, obeyed by the one process that holds its port, at most once and soon or never."""

from typing import Any

from sqlalchemy import text

from server.kernel.audit import record
from server.kernel.clock import SECOND
from server.kernel.errors import Invalid, NotFound
from server.kernel.transaction import Tx

ANSWERS = ("sent", "away", "cannot", "late")
"""What became of a wish: the device was told; it was away; it has no such command; nobody held its port in time."""
WISH_LIFE_MS = 10 * SECOND
"""Later something else may lie on the scale."""
_WISHES = {"scale": ("zero",)}
_BY_NAME = text("SELECT id, kind FROM peripheral WHERE station_id = :station_id AND name = :name")
_WISH = text("UPDATE peripheral SET wanted = :wanted, wanted_at = :at, answer = '' WHERE id = :id")
_TAKE = text("UPDATE peripheral SET wanted = '', answer = :answer WHERE id = :id AND wanted = :wanted AND wanted_at = :wanted_at")
_ANSWER = text("UPDATE peripheral SET answer = :answer WHERE id = :id AND wanted = '' AND wanted_at = :wanted_at")


def wish(tx: Tx, station: Any, name: str, wanted: str) -> None:
    """Asks a device of a station (a row with id and code) for something; NotFound for no device, Invalid for what such a device has not."""
    row = tx.row(_BY_NAME, station_id=station.id, name=name)
    if row is None:
        raise NotFound(f"Station {station.code} has no device {name[:64]}.", what=name[:64])
    if wanted not in _WISHES.get(row.kind, ()):
        raise Invalid(f"{name} is a {row.kind}: there is nothing to {wanted}.", field="name")
    tx.execute(_WISH, {"id": row.id, "wanted": wanted, "at": tx.now})
    record(tx, f"peripheral.{wanted}", f"{station.code} {name}")


def is_late(row: Any, now: int) -> bool:
    """Whether a wish was not obeyed in time, and must not be any more."""
    return bool(row.wanted) and now > int(row.wanted_at) + WISH_LIFE_MS


def take(tx: Tx, row: Any) -> str | None:
    """What is wanted, to be done now; None when another took it, or it is late. Taken first and done then: it is never done twice."""
    late = is_late(row, tx.now)
    taken = tx.changed(_TAKE, id=row.id, wanted=row.wanted, wanted_at=row.wanted_at, answer="late" if late else "")
    return str(row.wanted) if taken and not late else None


def answer(tx: Tx, row: Any, said: str) -> None:
    """What became of a wish that was taken, one of ANSWERS; a newer wish is left alone."""
    tx.execute(_ANSWER, {"id": row.id, "wanted_at": row.wanted_at, "answer": said})
