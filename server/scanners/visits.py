"""Many reads become one visit: a tag comes, is read a hundred times, and is gone. Pure: the time is that of the reads."""

import math
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from server.scanners.scan import TagRead

Direction = Literal["forward", "back", "unclear"]
_Sums = tuple[int, float, float, float, float, float]
"""Number, places, seconds, their squares and products, summed up."""
_SURE = 0.3
"""How strongly antenna and time must go together (Pearson's r) before a direction is told: who turns round comes to 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One passage of one tag; times in milliseconds, `left_at` that of the last read, None while it may still be there.

    `direction` is along the order of antennas that was given, or against it; unclear where one antenna alone read it, or
    the tag turned round. `strongest` is the antenna that had the strongest read; 0 where none told its strength.
    """

    epc: bytes
    entered_at: int
    left_at: int | None = None
    reads: int = 1
    device: str = ""
    first_antenna: int = 1
    last_antenna: int = 1
    strongest: int = 0
    rssi_dbm: float | None = None
    direction: Direction = "unclear"


class Smoother:
    """Reads to visits: a tag that is not read for `window_ms` has left. At most `most` tags are held; the oldest leave first.

    `order` are antennas as one passes them going forward. Reads of several readers may come mixed, each in its own order.
    """

    def __init__(self, window_ms: int = 5_000, order: Sequence[int] = (), most: int = 100_000) -> None:
        if window_ms < 1 or most < 1:
            raise ValueError("A window lasts 1 ms or more, and at least one tag is held.")
        self._window, self._most = window_ms, most
        self._places = {antenna: place for place, antenna in enumerate(order)}
        self._open: OrderedDict[bytes, _Presence] = OrderedDict()
        self._over: list[Visit] = []

    def feed(self, reads: Iterable[TagRead]) -> list[Visit]:
        """The visits that begin with these reads, each told once."""
        begun = []
        for read in reads:
            there = self._open.get(read.epc)
            if there is not None and read.at - there.last < self._window:
                there.note(read, self._places)
                self._open.move_to_end(read.epc)
            else:
                begun.append(self._begin(read))
        return begun

    def ended(self, now: int) -> list[Visit]:
        """The visits that are over, each told once: call it every now and then, else they are kept."""
        while self._open and next(iter(self._open.values())).last + self._window <= now:
            self._end(next(iter(self._open)))
        over, self._over = self._over, []
        return over

    def finish(self) -> list[Visit]:
        """All visits end now: the gate closes."""
        while self._open:
            self._end(next(iter(self._open)))
        return self.ended(0)

    @property
    def present(self) -> int:
        """How many tags are there."""
        return len(self._open)

    def _begin(self, read: TagRead) -> Visit:
        if read.epc in self._open:
            self._end(read.epc)
        elif len(self._open) >= self._most:
            self._end(next(iter(self._open)))
        presence = _Presence(read)
        presence.note(read, self._places)
        self._open[read.epc] = presence
        return presence.visit(is_over=False)

    def _end(self, epc: bytes) -> None:
        self._over.append(self._open.pop(epc).visit(is_over=True))


class _Presence:
    """What is kept of a tag while it is there: sums, no reads."""

    __slots__ = ("count", "first", "last", "last_antenna", "strongest", "sums")

    def __init__(self, read: TagRead) -> None:
        self.first = read
        self.last, self.last_antenna = read.at, read.antenna
        self.count = 0
        self.strongest: TagRead | None = None
        self.sums: _Sums = (0, 0.0, 0.0, 0.0, 0.0, 0.0)

    def note(self, read: TagRead, places: dict[int, int]) -> None:
        self.count += 1
        if read.at >= self.last:
            self.last, self.last_antenna = read.at, read.antenna
        strongest = self.strongest
        if read.rssi_dbm is not None and (strongest is None or strongest.rssi_dbm is None or read.rssi_dbm > strongest.rssi_dbm):
            self.strongest = read
        place = places.get(read.antenna)
        if place is not None:
            n, x, t, xx, tt, xt = self.sums
            seconds = (read.at - self.first.at) / 1000
            self.sums = (n + 1, x + place, t + seconds, xx + place * place, tt + seconds * seconds, xt + place * seconds)

    def visit(self, *, is_over: bool) -> Visit:
        strongest = self.strongest
        return Visit(
            epc=self.first.epc, entered_at=self.first.at, left_at=self.last if is_over else None, reads=self.count,
            device=self.first.device, first_antenna=self.first.antenna, last_antenna=self.last_antenna,
            strongest=strongest.antenna if strongest else 0, rssi_dbm=strongest.rssi_dbm if strongest else None,
            direction=_direction(self.sums))


def _direction(sums: _Sums) -> Direction:
    """By the correlation of place and time over all reads: one stray read of the other antenna does not turn it."""
    n, x, t, xx, tt, xt = sums
    spread = (n * xx - x * x) * (n * tt - t * t)
    if spread <= 0:
        return "unclear"
    sureness = (n * xt - x * t) / math.sqrt(spread)
    if abs(sureness) < _SURE:
        return "unclear"
    return "forward" if sureness > 0 else "back"
