"""How much one device may send: twenty operations a second, and a backlog of two hundred at once."""

import threading

from server.kernel.errors import TooMany

RATE_A_SECOND = 20.0
BURST = 400.0


class Limits:
    """A bucket a device: full of permits at first, filled again at a steady rate. What is over stays on the device."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, device_id: int, wanted: int, now: float) -> None:
        """Takes permits at a monotonic time in seconds; TooMany when there are not enough."""
        with self._lock:
            left, since = self._held.get(device_id, (BURST, now))
            left = min(BURST, left + (now - since) * RATE_A_SECOND)
            if left < wanted:
                self._held[device_id] = (left, now)
                raise TooMany("The device sends too fast. It keeps what it has and tries again.",
                              retry_after_seconds=max(1, int((wanted - left) / RATE_A_SECOND)))
            self._held[device_id] = (left - wanted, now)
