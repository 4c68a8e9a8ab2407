"""All that changed since an instant, from a channel that gives its orders page by page, the last changed first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from server.kernel.clock import DAY, MINUTE, SECOND
from server.oms.channels.base import Document, Page
from server.oms.channels.errors import ChannelChanged

OVERLAP_MS = MINUTE
"""What a pull asks for again before its beginning: a change is seen a moment after the instant that it is stamped with."""
_SETTLED_MS = 5 * SECOND
_AHEAD_MS = 2 * SECOND
"""How far off our notion of the channel's time may be: its answers tell it in whole seconds, and take a while to come."""
_REACH_MS = 89 * DAY  # all three platforms show what changed in the last three months
_READINGS_MAX = 3


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of a window, and how many there are in the whole window by the same answer."""

    rows: Sequence[Document]
    total: int


class Asks(Protocol):
    """Asks for a page (from 0) of what changed from one instant to another."""

    def __call__(self, first: int, until: int, page: int) -> Slice:
        """ChannelChanged when the answer is not written as it should be."""


@dataclass(frozen=True, slots=True)
class Windows:
    """How a channel is walked: `now` tells its clock, `window_ms` and `size` are the most that it gives at once."""

    ask: Asks
    now: Callable[[], int]
    ref_of: Callable[[Document], object]
    window_ms: int
    size: int
    most: int = 10_000
    """How many of one window can be reached by turning pages."""

    def since(self, since: int) -> Iterator[Page]:
        """Window after window until now. A page has a watermark when its window has been given without a gap."""
        first = max(since - OVERLAP_MS, self.now() - _REACH_MS) // SECOND * SECOND
        span = self.window_ms
        while True:
            now, until, head = self._head(first, span)
            if head.total > self.most and until - first > SECOND:
                span = (until - first) // 2 // SECOND * SECOND or SECOND
                continue
            span = self.window_ms
            if head.total <= self.size:
                yield Page(head.rows, until)
            else:
                until = self._settled(first, until, now)
                yield from self._whole(first, until)
            if until >= now and self.now() - until < MINUTE:  # or else the answer told that it is later there than we thought
                return
            first = until

    def _head(self, first: int, span: int) -> tuple[int, int, Slice]:
        """The first page of a window that ends no later than the channel's present.

        The first answer tells the channel's clock. Was it behind ours, then the window reached into its future, and a
        watermark there would pass over what has not happened yet: the window is asked for again.
        """
        for _ in range(_READINGS_MAX):
            now = self.now()
            until = max(min(first + span, now), first)
            head = self._full(first, until + _AHEAD_MS if until == now else until, 0)
            if until <= max(self.now() + _AHEAD_MS, first):
                return now, until, head
        raise ChannelChanged("The channel's clock runs backward.", code="date")

    def _settled(self, first: int, until: int, now: int) -> int:
        """An end after which nothing comes into the window any more: several pages are no picture of one instant."""
        return max(min(until, now - _SETTLED_MS) // SECOND * SECOND, first + SECOND)

    def _whole(self, first: int, until: int) -> Iterator[Page]:
        for _ in range(_READINGS_MAX):
            reading = _Reading(self.ref_of)
            for rows in self._backward(first, until, reading):
                yield Page(rows)
            if reading.is_whole:
                yield Page((), until)
                return
        raise ChannelChanged(f"A window of {reading.total} orders never came whole.", code="total")

    def _backward(self, first: int, until: int, reading: "_Reading") -> Iterator[Sequence[Document]]:
        """The pages from the last to the first.

        An order that changes meanwhile leaves the window, and those behind it move up by one: going forward, the one
        at a page's edge would move to a page already read. Going backward it moves to one still to be read.
        """
        last = (self._full(first, until, 0).total - 1) // self.size
        for page in range(max(last, 0), -1, -1):
            found = self._full(first, until, page)
            reading.add(found)
            yield found.rows

    def _full(self, first: int, until: int, page: int) -> Slice:
        """A page with as many orders as its own answer says; asked twice, since half an answer may be an accident."""
        for _ in range(2):
            found = self.ask(first, until, page)
            if len(found.rows) >= min(self.size, found.total - page * self.size):
                return found
        raise ChannelChanged(f"Page {page} has {len(found.rows)} orders, of {found.total} in all.", code="total")


class _Reading:
    """Whether a window read page by page is whole, whatever moved in it meanwhile."""

    def __init__(self, ref_of: Callable[[Document], object]) -> None:
        self._ref_of = ref_of
        self._refs: set[object] = set()
        self._twice = 0
        self.total = 0
        """How many there are by the last answer."""

    def add(self, found: Slice) -> None:
        """Another page of it. What one page has twice the channel counts twice; what two pages have has moved."""
        refs = [self._ref_of(row) for row in found.rows]
        self._twice += len(refs) - len(set(refs))
        self._refs.update(refs)
        self.total = found.total

    @property
    def is_whole(self) -> bool:
        """Whether as many were seen as there are: none came in between and moved another to a page already read."""
        return len(self._refs) + self._twice >= self.total
