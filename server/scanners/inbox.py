"""Scans on their way from the drivers' threads to who works on them: a bounded queue that never drops one silently."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from server.ports.line import Ended
from server.scanners.scan import Scan

log = logging.getLogger("aisle.scanners")


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxCondition:
    """How many scans wait, how many may, whether scanners are held back now, and since when (milliseconds; 0 where they are not)."""

    waiting: int
    most: int
    is_full: bool
    since: int = 0


class Inbox:
    """Full, it makes the driver wait, so that the line's own handshake holds the scanner back.

    `tell` is called when that begins and when it ends, and must be short. `Inbox.put` is a `deliver` for drivers.
    """

    def __init__(self, most: int = 256, *, tell: Callable[[InboxCondition], None] = lambda _: None,
                 now: Callable[[], int] = lambda: int(time.time() * 1000)) -> None:
        self._most, self._tell, self._now = most, tell, now
        self._scans: deque[Scan] = deque()
        self._changed = threading.Condition()
        self._held_back = 0
        self._since = 0
        self._is_open = True

    @property
    def condition(self) -> InboxCondition:
        """How it is now."""
        with self._changed:
            return InboxCondition(waiting=len(self._scans), most=self._most, is_full=self._held_back > 0, since=self._since)

    def put(self, scan: Scan) -> None:
        """Takes a scan, once there is room; raises Ended, which ends a driver, when the inbox is closed meanwhile."""
        with self._changed:
            if len(self._scans) < self._most and self._is_open:
                self._scans.append(scan)
                self._changed.notify_all()
                return
        self._wait(scan)

    def take(self, seconds: float) -> Scan | None:
        """The oldest scan, or None after so long without one."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._scans, seconds):
                return None
            scan = self._scans.popleft()
            self._changed.notify_all()
            return scan

    def close(self) -> None:
        """Takes no more; what waits in it can still be taken. Close it after the ports, so that nobody waits to put."""
        with self._changed:
            self._is_open = False
            self._changed.notify_all()

    def _wait(self, scan: Scan) -> None:
        self._hold(1)
        try:
            with self._changed:
                self._changed.wait_for(lambda: len(self._scans) < self._most or not self._is_open)
                if not self._is_open:
                    log.warning("a scan of %s came after the end and was not taken: %r", scan.device, scan.text)
                    raise Ended
                self._scans.append(scan)
                self._changed.notify_all()
        finally:
            self._hold(-1)

    def _hold(self, more: int) -> None:
        with self._changed:
            before, self._held_back = self._held_back, self._held_back + more
            if bool(before) == bool(self._held_back):
                return
            self._since = self._now() if self._held_back else 0
        (log.warning if more > 0 else log.info)("scans wait: %s", "scanners are held back" if more > 0 else "no longer")
        self._tell(self.condition)
