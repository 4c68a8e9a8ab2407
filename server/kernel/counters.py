"""Numbers given out one by one."""

from sqlalchemy import text

from server.kernel.transaction import Tx

NEXT_NUMBER = ("INSERT INTO counter (name, value) VALUES (:series, :step) "
               "ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value")
"""For statements that number what they write."""
_NEXT = text(NEXT_NUMBER)
_BACK = text("UPDATE counter SET value = value - 1 WHERE name = :series")


def next_number(tx: Tx, series: str) -> int:
    """The next number of a series, from 1. Gone if the transaction is undone, so the series has no gaps."""
    return take_numbers(tx, series, 1)


def take_numbers(tx: Tx, series: str, count: int) -> int:
    """Takes `count` numbers at once and gives the first."""
    return int(tx.scalar(_NEXT, series=series, step=count)) - count + 1


def hold_series(tx: Tx, series: str) -> None:
    """Whoever else wants a number waits until this is committed: for who holds something else before it draws its own, as others do after."""
    take_numbers(tx, series, 0)


def give_number_back(tx: Tx, series: str) -> None:
    """The number that this transaction took last was not needed; nobody else has taken one since, for the series is held."""
    tx.execute(_BACK, {"series": series})
