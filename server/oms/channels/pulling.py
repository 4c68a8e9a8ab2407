"""Until when a pull has given everything."""

import time

from server.kernel.clock import SECOND
from server.oms.channels.caller import Caller

OVERLAP_MS = 60 * SECOND
"""What a channel stamps and what it shows may lie so far apart: the next pull asks that much again."""


class Began:
    """When a pull began, by the channel's clock: that is known only from the first answer on, so count back from there."""

    def __init__(self, caller: Caller) -> None:
        self._caller, self._at = caller, time.monotonic()
        self._instant: int | None = None

    def answered(self) -> None:
        """The first page has come: its server has told what time it is there."""
        if self._instant is None:
            self._instant = self._caller.now() - int((time.monotonic() - self._at) * SECOND) - 1

    @property
    def watermark(self) -> int:
        """Whatever changed before has been given once all pages have: what changed later is stamped later and comes again."""
        if self._instant is None:
            raise AssertionError("Nothing has been answered yet.")
        return self._instant - OVERLAP_MS
