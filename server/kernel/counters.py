"""Numbers given out one by one."""

from sqlalchemy import text

from server.kernel.transaction import Tx

_NEXT = text(
    "INSERT INTO counter (name, value) VALUES (:name, :step) "
    "ON CONFLICT (name) DO UPDATE SET value = counter.value + :step RETURNING value"
)


def next_number(tx: Tx, series: str) -> int:
    """The next number of a series, from 1. Gone if the transaction is undone, so the series has no gaps."""
    return take_numbers(tx, series, 1)


def take_numbers(tx: Tx, series: str, count: int) -> int:
    """Takes `count` numbers at once and gives the first."""
    return int(tx.scalar(_NEXT, name=series, step=count)) - count + 1
