"""How much one caller may send: twenty operations a second from a device, and more at once; few guesses from one address."""

import threading
from collections.abc import Hashable

from server.kernel.errors import TooMany

RATE_A_SECOND = 20.0
BURST = 400.0
HTTP_RATE_A_SECOND = 200.0
HTTP_BURST = 1_000.0
"""Over HTTP whole backlogs come: a shift without network is sent in batches of fifty."""
REQUESTS_A_SECOND = 200.0
BURST_SECONDS = 20.0
"""A person or another system may send what it may in twenty seconds at once."""
GUESSES_A_SECOND, GUESSES_AT_ONCE = 0.2, 60.0
"""Wrong codes and links from one address, and wrong sign-ins in browsers; right ones are not counted, so that a whole warehouse
can be let in at once."""
LOOKUPS_A_SECOND, LOOKUPS_AT_ONCE = 1 / 60, 20.0
"""Wrong order numbers, phones and links of customers from one address."""
_KNOWN_MAX = 10_000


class Limits:
    """A bucket a caller: full of permits at first, filled again at a steady rate. What is over stays with the caller."""

    def __init__(self, rate: float = RATE_A_SECOND, burst: float = BURST,
                 sentence: str = "The device sends too fast. It keeps what it has and tries again.") -> None:
        self._rate, self._burst, self._sentence = rate, burst, sentence
        self._held: dict[Hashable, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, who: Hashable, wanted: int, now: float) -> None:
        """Takes permits at a monotonic time in seconds; TooMany when there are not enough."""
        with self._lock:
            left, since = self._held.get(who, (self._burst, now))
            left = min(self._burst, left + (now - since) * self._rate)
            if left < wanted:
                self._held[who] = (left, now)
                raise TooMany(self._sentence, retry_after_seconds=max(1, int((wanted - left) / self._rate)))
            if who not in self._held and len(self._held) >= _KNOWN_MAX:
                self._forget(now)
            self._held[who] = (left - wanted, now)

    def give_back(self, who: Hashable, given: int) -> None:
        """What was taken was not needed."""
        with self._lock:
            left, since = self._held.get(who, (self._burst, 0.0))
            self._held[who] = (min(self._burst, left + given), since)

    def _forget(self, now: float) -> None:
        """Those whose bucket is full again are as good as new; of the others the oldest half goes."""
        waiting = {who: held for who, held in self._held.items() if held[0] + (now - held[1]) * self._rate < self._burst}
        newest = sorted(waiting.items(), key=lambda one: one[1][1])[-_KNOWN_MAX // 2:]
        self._held = dict(newest)
