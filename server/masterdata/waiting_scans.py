"""Scans that a scanner was told are safe, and that are not booked yet: they outlive the process that took them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text

from server.kernel.transaction import Tx

TEXT_MAX = 8_192
_KEEP = text("INSERT INTO waiting_scan (peripheral_id, op, text, at) VALUES (:peripheral_id, :op, :text, :at) RETURNING id")
_DONE = text("DELETE FROM waiting_scan WHERE id IN :ids").bindparams(bindparam("ids", expanding=True))
_LEFT = text("SELECT w.id, w.peripheral_id, w.op, w.text, w.at FROM waiting_scan w JOIN peripheral p ON p.id = w.peripheral_id "
             "WHERE p.station_id = :station_id ORDER BY w.id")


@dataclass(frozen=True, slots=True)
class Kept:
    """A scan that is safe: its number, and the operation that it is booked with, however often that is tried."""

    id: int
    op: str


def keep(tx: Tx, peripheral_id: int, op: str, scanned: str) -> Kept:
    """Writes a scan down as it was read."""
    return Kept(int(tx.scalar(_KEEP, peripheral_id=peripheral_id, op=op, text=scanned[:TEXT_MAX], at=tx.now)), op)


def done(tx: Tx, kept: Sequence[Kept]) -> None:
    """They are booked."""
    tx.execute(_DONE, {"ids": [one.id for one in kept]})


def left_over(tx: Tx, station_id: int) -> list[Any]:
    """What a station's scanners read before it ended and nobody booked, in order."""
    return tx.rows(_LEFT, station_id=station_id)
