"""Time: milliseconds since 1970 UTC, from one place, so that tests can hold it still."""

import time
from datetime import UTC, date, datetime
from typing import NewType, Protocol

Instant = NewType("Instant", int)
"""Milliseconds since 1970-01-01T00:00:00Z."""

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> Instant:
        """The present instant."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> Instant:
        """The present instant."""
        return Instant(time.time_ns() // 1_000_000)


class StillClock:
    """A clock that moves only when told to."""

    def __init__(self, at: int = 1_790_000_000_000) -> None:
        self._at = at

    def now(self) -> Instant:
        """The instant it was set to."""
        return Instant(self._at)

    def advance(self, milliseconds: int) -> None:
        """Moves on by so many milliseconds."""
        self._at += milliseconds


def date_of(at: int) -> date:
    """The UTC day of an instant."""
    return datetime.fromtimestamp(at / 1000, UTC).date()


def iso(at: int) -> str:
    """An instant as ISO 8601 text in UTC."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
