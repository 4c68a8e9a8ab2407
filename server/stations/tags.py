"""From a reader's reads to the tags that are to be booked: each passage once, in the direction that counts, a few at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

from server.scanners.scan import TagRead
from server.scanners.visits import Smoother, Visit

WINDOW_MS = 5_000
GATHER_MS = 150
SENT_MAX = 100


class Passing:
    """Smooths reads to passages.

    `order` (antennas as one goes in) makes it wait until a tag has left, and drop those that went out again; without it
    a tag counts as soon as it is read.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._order = tuple(int(one) for one in settings.get("order", ()))
        self._smoother = Smoother(int(settings.get("window_ms", WINDOW_MS)), self._order)
        self._waiting: list[str] = []
        self._since = 0
        self.reads = 0

    def feed(self, reads: Sequence[TagRead], now: int) -> None:
        """Takes reads; times in milliseconds."""
        self.reads += len(reads)
        begun = self._smoother.feed(reads)
        if not self._order:
            self._take(begun, now)

    def due(self, now: int, clock: int) -> list[str]:
        """Tags (capital hexadecimal) that are to be booked now; `now` of the caller's clock, `clock` of the reads' one."""
        over = self._smoother.ended(clock)
        if self._order:
            self._take([one for one in over if one.direction != "back"], now)
        if not self._waiting or (len(self._waiting) < SENT_MAX and now < self._since + GATHER_MS):
            return []
        sent, self._waiting = self._waiting[:SENT_MAX], self._waiting[SENT_MAX:]
        return sent

    def _take(self, visits: Sequence[Visit], now: int) -> None:
        if visits and not self._waiting:
            self._since = now
        self._waiting += [visit.epc.hex().upper() for visit in visits if 0 < len(visit.epc) <= 64]
