"""All that changed since an instant, from a channel that lists its orders by a cursor and never says how many there are.

A list is one picture only as long as it is one page: an order that changes while pages are turned may push another over a page's edge. So a
window that does not fit on a page is narrowed until it does; its orders are then given and never asked for again, whatever fails after them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from server.kernel.clock import DAY, MINUTE, SECOND
from server.oms.channels.base import Document, Page
from server.oms.channels.errors import ChannelChanged
from server.oms.channels.windows import OVERLAP_MS

_AHEAD_MS = 2 * SECOND
"""How far off our notion of the channel's time may be: its answers tell it in whole seconds."""
_REACH_MS = 89 * DAY
_READINGS_MAX = 5


@dataclass(frozen=True, slots=True)
class Listed:
    """Some numbers of orders; `next_key` is where the next page begins, "" when there is none."""

    refs: Sequence[str]
    next_key: str = ""


class Lists(Protocol):
    """Asks which orders changed from one instant to another."""

    def __call__(self, first: int, until: int, key: str) -> Listed:
        """ChannelChanged when the answer is not written as it should be."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """How a channel is walked: `now` tells its clock, `window_ms` is the most that it lists at once, `fetch` gets one order whole."""

    ask: Lists
    fetch: Callable[[str], Document | None]
    now: Callable[[], int]
    window_ms: int

    def since(self, since: int) -> Iterator[Page]:
        """Window after window until now; each is given whole, and has a watermark."""
        first = max(since - OVERLAP_MS, self.now() - _REACH_MS) // SECOND * SECOND
        span = self.window_ms
        while True:
            until, head = self._head(first, span)
            if head.next_key and until - first > SECOND:
                span = max((until - first) // 2 // SECOND * SECOND, SECOND)
                continue
            refs = self._whole(first, until) if head.next_key else head.refs
            found = [self.fetch(ref) for ref in dict.fromkeys(refs)]
            yield Page([document for document in found if document is not None], until)
            if self.now() - until < MINUTE:
                return
            first, span = until, min(span * 2, self.window_ms)

    def _head(self, first: int, span: int) -> tuple[int, Listed]:
        """The first page of a window that ends no later than the channel's present, which its answer tells.

        A watermark in its future would pass over what has not happened yet.
        """
        for _ in range(_READINGS_MAX):
            until = max(min(first + span, self.now()), first)
            head = self.ask(first, until, "")
            if until <= max(self.now() + _AHEAD_MS, first):
                return until, head
        raise ChannelChanged("The channel's clock runs backward.", code="date")

    def _whole(self, first: int, until: int) -> Sequence[str]:
        """A second in which more changed than a page holds: its pages are turned until they name nothing new."""
        seen: dict[str, None] = {}
        for _ in range(_READINGS_MAX):
            before = len(seen)
            seen.update(dict.fromkeys(self._turned(first, until)))
            if len(seen) == before:
                return list(seen)
        raise ChannelChanged(f"A window of {len(seen)} orders never came whole.", code="total")

    def _turned(self, first: int, until: int) -> Iterator[str]:
        key, keys = "", {""}
        while True:
            listed = self.ask(first, until, key)
            yield from listed.refs
            key = listed.next_key
            if not key:
                return
            if key in keys:
                raise ChannelChanged("The next page is one that has been.", code="next_key")
            keys.add(key)
