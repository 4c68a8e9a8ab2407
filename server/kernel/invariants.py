"""What must always be true, as queries: each names the rows that break it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import text

from server.kernel import audit
from server.kernel.transaction import Tx

ROWS_SHOWN_MAX = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant, how much was looked at, and what breaks it (in words, at most 20 of `broken`)."""

    id: str
    title: str
    checked: int
    broken: int
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Invariant:
    """A named check."""

    id: str
    title: str
    check: Callable[[Tx], Finding]


def by_query(number: str, title: str, *, counted: str, broken: str) -> Invariant:
    """An invariant that holds when the query `broken` (one text column a row) is empty; `counted` is a table."""
    count, query = text(f"SELECT COUNT(*) FROM {counted}"), text(broken)

    def check(tx: Tx) -> Finding:
        rows = [str(row[0]) for row in tx.query(query)]
        return Finding(number, title, int(tx.scalar(count)), len(rows), tuple(rows[:ROWS_SHOWN_MAX]))

    return Invariant(number, title, check)


def by_words(number: str, title: str, *, counted: str, broken: Callable[[Tx], list[str]]) -> Invariant:
    """An invariant checked by a function that says what is broken."""
    count = text(f"SELECT COUNT(*) FROM {counted}")

    def check(tx: Tx) -> Finding:
        words = broken(tx)
        return Finding(number, title, int(tx.scalar(count)), len(words), tuple(words[:ROWS_SHOWN_MAX]))

    return Invariant(number, title, check)


def plain_rows(tx: Tx, query: str) -> Iterable[Any]:
    """Rows straight from the driver: in a check of every row, what one costs is paid a million times."""
    cursor = tx.connection.connection.cursor()
    cursor.execute(query)
    return cast("Iterable[Any]", cursor)


_STUCK = """
SELECT 'outbox ' || o.id || ' (' || o.kind || ') is marked as told, but consumer ' || d.consumer || ' is ' || d.state
       || COALESCE(': ' || d.error, '')
FROM outbox o JOIN delivery d ON d.outbox_id = o.id WHERE d.state = 'dead'
UNION ALL
SELECT 'delivery ' || d.id || ' belongs to no event' FROM delivery d
LEFT JOIN outbox o ON o.id = d.outbox_id WHERE o.id IS NULL
"""



def _tampered(tx: Tx) -> list[str]:
    missing = audit.missing_rows(tx)
    return [*(f"audit row {number} does not fit the chain" for number in audit.broken_rows(tx)),
            *([f"the audit was written {missing} rows longer than it is"] if missing else [])]


KERNEL_INVARIANTS = [
    by_query("I12", "every effect outside is done or visibly pending", counted="delivery", broken=_STUCK),
    by_words("I10a", "the audit is chained and complete", counted="audit", broken=_tampered),
]
