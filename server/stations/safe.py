"""What a scanner that waits for an answer read is written down before it hears that it is safe, and booked once, also by the next process."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from server.kernel.clock import SECOND
from server.kernel.database import Database
from server.kernel.errors import Unavailable
from server.kernel.ids import uuid7
from server.masterdata.waiting_scans import Kept, done, keep, left_over
from server.ports.line import Ended
from server.scanners.scan import Scan

_AGAIN_SECONDS = 0.2
_COMES_AGAIN_MS = 15 * SECOND
"""Longer than a scanner goes on to send what it heard nothing of."""


class Safe:
    """The waiting scans of one station. `keep` is called in its devices' threads, the rest in its own."""

    def __init__(self, database: Database, station_id: int, ended: threading.Event) -> None:
        self._database, self._station_id, self._ended = database, station_id, ended
        self._may_come_again: dict[int, str] = {}

    def left_over(self) -> list[Any]:
        """What the process before this one took and did not book. Its scanners may not have heard that it is safe. Unavailable."""
        rows = self._database.read(lambda tx: left_over(tx, self._station_id))
        since = self._database.clock.now() - _COMES_AGAIN_MS
        self._may_come_again = {row.peripheral_id: row.text for row in rows if row.at >= since}
        return rows

    def keep(self, peripheral: int, scan: Scan) -> Kept | None:
        """Writes a scan down; returns once it is safe. None for one that was safe before and came again.

        Raises Ended where the station ends first: the scanner hears nothing, and sends the scan again.
        """
        scanned = scan.symbology + scan.text
        if self._may_come_again.pop(peripheral, None) == scanned:
            return None
        op = str(uuid7())
        while not self._ended.is_set():
            try:
                return self._database.write(lambda tx: keep(tx, peripheral, op, scanned))
            except Unavailable:
                self._ended.wait(_AGAIN_SECONDS)
        raise Ended

    def done(self, kept: Sequence[Kept]) -> None:
        """They are booked. Where that cannot be written they are booked again under the same operation, which changes nothing."""
        if kept:
            with suppress(Unavailable):
                self._database.write(lambda tx: done(tx, kept), backlog=True)
