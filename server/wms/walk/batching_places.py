"""Where orders are picked, as bits: what orders have together is one `or`, and what a walk needs of it is looked up.

A stretch is a part of an aisle: a block between two cross aisles, a dead end before the first or behind the last one,
or a crossing. Its places are bits, eight to a byte; tables say of each byte how far its places lie from both ends of the
stretch and how far apart.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from server.wms.walk.batching_problem import Point

Bytes = npt.NDArray[np.uint8]
Metres = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.intp]
Stretch = tuple[int, bool, int]
"""Aisle, whether it is a crossing, and the number of the block or of the cross aisle."""
_FAR = np.float32(1e9)


class Reach(NamedTuple):
    """For each stretch (row) and batch (column): how far picks reach from below and from above, in metres.

    `both` is from both sides together, when the longest piece without picks is left out.
    """

    below: Metres
    above: Metres
    both: Metres
    bits: Bytes


class Places:
    """All places of some orders, on the cross aisles that matter for them."""

    def __init__(self, cross_aisles: Sequence[float], orders: Sequence[Sequence[Point]]) -> None:
        self._cross_aisles = cross_aisles
        ys: dict[Stretch, set[float]] = {}
        for aisle, y in {point for order in orders for point in order}:
            ys.setdefault(stretch_at(cross_aisles, aisle, y), set()).add(y)
        self.stretches = sorted(ys, key=lambda stretch: (-len(ys[stretch]), stretch))
        """Those with most places first, so that the n-th bytes are those of the first stretches."""
        self.number_of = {stretch: number for number, stretch in enumerate(self.stretches)}
        self._ys = [sorted(ys[stretch]) for stretch in self.stretches]
        bounds = np.array([self._bounds(stretch) for stretch in self.stretches]).reshape(-1, 2)
        self._start, self._end = bounds[:, 0], bounds[:, 1]
        self.far = (self._end - self._start).astype(np.float32)[:, None]
        self._counts = [sum(len(one) > 8 * at for one in self._ys) for at in range(-(-max(map(len, self._ys), default=0) // 8))]
        self._firsts = [sum(self._counts[:at]) for at in range(len(self._counts))]
        self._width = sum(self._counts)
        self._tables = self._filled_tables()
        self._offsets = (np.arange(self._width, dtype=np.int32) * 256)[:, None]
        self.of_orders = self._bits(orders)
        """A row of bytes for each order, and an empty one at the end; as 64-bit words."""

    def reach(self, words: npt.NDArray[np.uint64]) -> Reach:
        """What a walk needs to know of some batches, given as rows like `of_orders`."""
        bits = np.ascontiguousarray(words.view(np.uint8)[:, :self._width].T)
        number = bits.astype(np.int32) + self._offsets
        below, above, gap = (np.zeros((len(self.stretches), len(words)), np.float32) for _ in range(3))
        for first, count in zip(self._firsts, self._counts, strict=True):
            lowest, highest, from_above, inside = (table.take(number[first:first + count]) for table in self._tables)
            gaps = gap[:count]
            np.maximum(gaps, inside, out=gaps)
            np.maximum(gaps, lowest - below[:count], out=gaps)
            np.maximum(below[:count], highest, out=below[:count])
            np.maximum(above[:count], from_above, out=above[:count])
        np.maximum(gap, self.far - below, out=gap)
        return Reach(below, above, self.far - gap, bits)

    def is_picked(self, bits: Bytes, stretch: int) -> npt.NDArray[np.bool_]:
        """In which batches a stretch has picks."""
        rows = [first + stretch for first, count in zip(self._firsts, self._counts, strict=True) if stretch < count]
        picked: npt.NDArray[np.bool_] = np.logical_or.reduce(bits[rows], axis=0)
        return picked

    def _bounds(self, stretch: Stretch) -> tuple[float, float]:
        _, is_crossing, number = stretch
        ys = self._ys[self.number_of[stretch]]
        if is_crossing:
            return ys[0], ys[0]
        return (self._cross_aisles[number - 1] if number else ys[0],
                self._cross_aisles[number] if number < len(self._cross_aisles) else ys[-1])

    def _bits(self, orders: Sequence[Sequence[Point]]) -> npt.NDArray[np.uint64]:
        at = {(stretch[0], y): (self._firsts[place // 8] + number, 1 << place % 8)
              for number, stretch in enumerate(self.stretches) for place, y in enumerate(self._ys[number])}
        bits = np.zeros((len(orders) + 1, max(8, -(-self._width // 8) * 8)), np.uint8)
        for row, order in zip(bits, orders, strict=False):
            for point in order:
                byte, bit = at[point]
                row[byte] |= bit
        return bits.view(np.uint64)

    def _filled_tables(self) -> list[Metres]:
        parts = [self._tables_of(8 * at, count) for at, count in enumerate(self._counts)]
        return [np.concatenate([part[kind] for part in parts]).ravel() if parts else np.zeros(0, np.float32) for kind in range(4)]

    def _tables_of(self, place: int, count: int) -> list[Metres]:
        """For each stretch and each of 256 bytes: lowest and highest place, how far from above, longest gap inside."""
        ys = np.zeros((count, 8))
        for row, mine in zip(ys, self._ys, strict=False):
            row[:len(mine[place:place + 8])] = mine[place:place + 8]
        ys -= self._start[:count, None]
        lowest, highest, gap = np.full((count, 256), np.inf), np.full((count, 256), -np.inf), np.zeros((count, 256))
        for bit in range(8):
            is_on, y = np.arange(256) >> bit & 1 == 1, ys[:, bit:bit + 1]
            gap = np.where(is_on, np.maximum(gap, np.where(highest > -np.inf, y - highest, 0)), gap)
            lowest, highest = np.where(is_on, np.minimum(lowest, y), lowest), np.where(is_on, y, highest)
        lowest[:, 0], highest[:, 0], from_above = -_FAR, 0, self.far[:count] - lowest
        from_above[:, 0] = 0
        return [table.astype(np.float32) for table in (lowest, highest, from_above, gap)]


def stretch_at(cross_aisles: Sequence[float], aisle: int, y: float) -> Stretch:
    """In which stretch a point lies."""
    block = bisect_right(cross_aisles, y)
    return (aisle, True, block - 1) if block and cross_aisles[block - 1] == y else (aisle, False, block)
