"""What is left to be paid for the lines of a channel's document once all discounts are off: each line has its share of what is of the whole order."""

from collections.abc import Sequence
from dataclasses import replace

from server.oms.channels.base import ChannelLine
from server.oms.channels.money import shared


def cost(line: ChannelLine) -> int:
    """What is to be paid for a line as far as it is told."""
    return line.price * line.quantity if line.paid is None else line.paid


def less(lines: Sequence[ChannelLine], discount: int) -> tuple[ChannelLine, ...]:
    """The same lines with a discount of the order taken off, in proportion to what they cost; never more than that."""
    costs = [cost(line) for line in lines]
    if discount <= 0 or not lines:
        return tuple(lines)
    shares = shared(min(discount, sum(costs)), costs)
    return tuple(replace(line, paid=whole - off) for line, whole, off in zip(lines, costs, shares, strict=True))


def summing_to(lines: Sequence[ChannelLine], paid: int) -> tuple[ChannelLine, ...]:
    """The same lines, paid in proportion to what they cost so that all of it is this sum."""
    shares = shared(max(paid, 0), [cost(line) for line in lines]) if lines else []
    return tuple(replace(line, paid=one) for line, one in zip(lines, shares, strict=True))


def of_the_rest(paid: int, ordered: int, left: int) -> int:
    """What was paid for what is left of a line, when some pieces of it were given back on the platform."""
    return max(paid, 0) * left // ordered if ordered else 0
