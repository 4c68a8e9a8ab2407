"""How often something erred in the last sixty minutes, kept in three numbers of its row: `hour`, `hour_errors`, `before_errors`."""

from typing import Any

from server.kernel.clock import HOUR


def adding(errors: str, table: str) -> str:
    """The assignments of an UPDATE that add `errors`, in SQL, to a row of `table`; `:hour` is that of now, as `hour_of` tells it."""
    return (f"before_errors = CASE WHEN {table}.hour = :hour THEN {table}.before_errors WHEN {table}.hour = :hour - 1 THEN {table}.hour_errors "
            f"ELSE 0 END, hour_errors = CASE WHEN {table}.hour = :hour THEN {table}.hour_errors ELSE 0 END + {errors}, hour = :hour")


def hour_of(at: int) -> int:
    """Which hour since 1970 an instant is in."""
    return at // HOUR


def errors_in_an_hour(row: Any, now: int) -> int:
    """How often it erred in the last sixty minutes, reckoned from what was counted by the clock's hours.

    All of this hour, and of the hour before the share that is less than sixty minutes ago: as if its errors had come evenly.
    """
    hour, share = hour_of(now), 1 - now % HOUR / HOUR
    if row.hour == hour:
        return round(float(row.hour_errors + row.before_errors * share))
    return round(float(row.hour_errors * share)) if row.hour == hour - 1 else 0


def with_errors_hour(row: Any, now: int) -> dict[str, Any]:
    """A row as it is told: `errors_hour` in the place of the three numbers. A row that has none (an outer join's) had no errors."""
    told = dict(row._mapping)
    for name in ("hour", "hour_errors", "before_errors"):
        del told[name]
    return {**told, "errors_hour": errors_in_an_hour(row, now) if row.hour is not None else 0}
