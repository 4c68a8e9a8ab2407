"""What was paid for an order's lines, and for some pieces of one: whole units of the currency that always sum to what was paid."""

from collections.abc import Iterable, Mapping
from typing import Any


def whole_paid(line: Any) -> int:
    """What was paid for all of a line: as its channel said, else its price."""
    return listed(line) if line.paid is None else int(line.paid)


def listed(line: Any) -> int:
    """What all of a line costs before discounts."""
    return int(line.price * line.quantity // line.pack)


def discount_of(line: Any) -> int:
    """How much less was paid for a line than its price; below zero where it was more."""
    return listed(line) - whole_paid(line)


def share(amount: int, quantity: int, pieces: int) -> int:
    """Of an amount for so many pieces what is of the first few of them: the last takes what is left over."""
    return amount if pieces >= quantity else amount * pieces // quantity


class Purse:
    """Lines that are given out in pieces, each with its part of what was paid for the whole; by line number."""

    def __init__(self, lines: Iterable[tuple[int, int, int | None]]) -> None:
        self._left: dict[int, tuple[int, int | None]] = {}
        for number, quantity, paid in lines:
            before, so_far = self._left.get(number, (0, 0))
            self._left[number] = before + quantity, None if paid is None or so_far is None else so_far + paid

    def take(self, number: int, pieces: int) -> int | None:
        """What was paid for the next so many pieces of a line; None where it is its price."""
        quantity, paid = self._left[number]
        taken = None if paid is None else share(paid, quantity, pieces)
        self._left[number] = quantity - pieces, None if paid is None or taken is None else paid - taken
        return taken


def purse_of(lines: Iterable[Any]) -> Purse:
    """Of an order's lines as they are written, over whichever of its parts."""
    return Purse((line.number, line.quantity, line.paid) for line in lines)


def paid_after(quantity: int, paid: int | None, wanted: int) -> int | None:
    """What was paid for a line that somebody here changes to `wanted` pieces: what is added was not paid for, until its channel says so."""
    return None if paid is None else share(paid, quantity, wanted)


def told(line: Any) -> Mapping[str, int]:
    """A line's money, for who reads the order."""
    return {"paid": whole_paid(line), "discount": discount_of(line)}
