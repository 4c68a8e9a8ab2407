"""How long may be searched: some seconds, or some steps where the same must come out every time."""

import time


class Effort:
    """Seconds, or steps when those are given."""

    def __init__(self, seconds: float, steps: int | None = None) -> None:
        self.seconds, self._steps = max(seconds, 1e-6), steps
        self._started, self._taken = time.perf_counter(), 0

    @property
    def is_by_steps(self) -> bool:
        """Whether the clock does not matter."""
        return self._steps is not None

    def spent(self) -> float:
        """Which part is spent; 1 or more when all is."""
        if self._steps is not None:
            return self._taken / max(1, self._steps)
        return (time.perf_counter() - self._started) / self.seconds

    def share_of(self, steps: int, seconds_each: float) -> float:
        """Which part so many steps are, of about so many seconds."""
        return steps / self._steps if self._steps is not None else steps * seconds_each / self.seconds

    def step(self) -> None:
        """One step was taken."""
        self._taken += 1

    def seconds_to(self, share: float) -> float:
        """How many seconds are left until a part is spent."""
        return max(0.0, (share - self.spent()) * self.seconds)
