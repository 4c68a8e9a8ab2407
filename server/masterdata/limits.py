"""How much one device may send: twenty operations a second, and more at once."""

import threading

from server.kernel.errors import TooMany

RATE_A_SECOND = 20.0
BURST = 400.0
HTTP_RATE_A_SECOND = 200.0
HTTP_BURST = 1_000.0
"""Over HTTP whole backlogs come: a shift without network is sent in batches of fifty."""


class Limits:
    """A bucket a device: full of permits at first, filled again at a steady rate. What is over stays on the device."""

    def __init__(self, rate: float = RATE_A_SECOND, burst: float = BURST) -> None:
        self._rate, self._burst = rate, burst
        self._held: dict[int, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, device_id: int, wanted: int, now: float) -> None:
        """Takes permits at a monotonic time in seconds; TooMany when there are not enough."""
        with self._lock:
            left, since = self._held.get(device_id, (self._burst, now))
            left = min(self._burst, left + (now - since) * self._rate)
            if left < wanted:
                self._held[device_id] = (left, now)
                raise TooMany("The device sends too fast. It keeps what it has and tries again.",
                              retry_after_seconds=max(1, int((wanted - left) / self._rate)))
            self._held[device_id] = (left - wanted, now)
