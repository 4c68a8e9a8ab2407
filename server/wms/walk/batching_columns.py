"""All batches that were priced so far: none is priced twice, and the best ones are chosen from them in the end."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from server.wms.walk.batching_places import Metres, Numbers

_TABLE = 1 << 18
_KEPT_MAX = 400_000


class Columns:
    """Batches as rows of orders' numbers; `none` fills a row up.

    `lengths` tells how long the walks of some rows are, `sizes` how much of the trolley each order takes.
    """

    def __init__(self, lengths: Callable[[Numbers], Metres], sizes: Sequence[int], capacity: int, chance: np.random.Generator) -> None:
        self._lengths, self.capacity, self.none = lengths, capacity, len(sizes)
        self.sizes = np.array([*sizes, 0], np.int64)
        self.width = max(2, int(np.searchsorted(np.cumsum(np.sort(self.sizes[:-1])), capacity, side="right")))
        """How many orders a trolley takes at most."""
        self._names = np.append(chance.integers(1, 1 << 63, len(sizes), dtype=np.uint64), np.uint64(0))
        self._place = np.zeros(_TABLE, np.intp)
        self._rows = np.full((1024, self.width), self.none, np.int32)
        self._keys, self._prices = np.zeros(1024, np.uint64), np.zeros(1024, np.float32)
        self._count = 1  # the first one is nobody's: an empty place in the table points to it

    def priced(self, rows: Numbers) -> Metres:
        """How long each walk is."""
        keys = np.bitwise_xor.reduce(self._names[rows], axis=1)
        at = (keys & np.uint64(_TABLE - 1)).astype(np.intp)
        places = self._place[at]
        prices: Metres = self._prices[places]
        new = np.flatnonzero(self._keys[places] != keys)
        if len(new):
            _, firsts, again = np.unique(keys[new], return_index=True, return_inverse=True)
            once = new[firsts]
            prices[new] = self._keep(rows[once], keys[once], at[once])[again]
        return prices

    def all(self) -> tuple[npt.NDArray[np.int32], Metres]:
        """Every batch kept that fits a trolley, and its length."""
        fits = np.flatnonzero(self._rows[:self._count, 0] != self.none)
        return self._rows[fits], self._prices[fits]

    def add_every(self) -> None:
        """Prices every batch that fits the capacity."""
        rows, loads = np.arange(self.none)[:, None], self.sizes[:-1]
        while len(rows):
            self.priced(rows)
            last = rows[:, -1:]
            before, order = np.nonzero((np.arange(self.none) > last) & (loads[:, None] + self.sizes[:-1] <= self.capacity))
            rows, loads = np.column_stack([rows[before], order]), loads[before] + self.sizes[order]

    def beside(self, rows: npt.NDArray[np.int32], worth: npt.NDArray[np.float64], most: int) -> Numbers:
        """Batches with one order added or another in its place that may be shorter than their orders are worth.

        A batch is at least as long as without that order; the most hopeful ones first.
        """
        without = np.repeat(rows[:, None, :], self.width, axis=1).astype(np.intp)
        places = np.arange(self.width)
        without[:, places, places] = self.none
        without = np.unique(np.sort(without.reshape(-1, self.width), axis=1), axis=0)
        room = self.capacity - self.sizes[without].sum(axis=1)
        least = (self.priced(without) - worth[without].sum(axis=1))[:, None] - worth[:-1]
        is_new = (least < 0) & (self.sizes[:-1] <= room[:, None]) & (without[:, -1:] == self.none)
        at, order = np.nonzero(is_new & ~(without[:, :, None] == np.arange(self.none)).any(axis=1))
        hopeful = np.argsort(least[at, order], kind="stable")[:most]
        return np.column_stack([without[at[hopeful], :-1], order[hopeful]])

    def _keep(self, rows: Numbers, keys: npt.NDArray[np.uint64], at: Numbers) -> Metres:
        prices = self._lengths(rows)
        if self._count + len(rows) > _KEPT_MAX:
            self._place[:], self._count = 0, 1
        self._make_room(self._count + len(rows))
        kept = slice(self._count, self._count + len(rows))
        packed = np.sort(rows, axis=1)[:, :self.width]
        packed[self.sizes[rows].sum(axis=1) > self.capacity] = self.none
        self._rows[kept, :packed.shape[1]], self._rows[kept, packed.shape[1]:] = packed, self.none
        self._keys[kept], self._prices[kept] = keys, prices
        self._place[at] = np.arange(kept.start, kept.stop)
        self._count = kept.stop
        return prices

    def _make_room(self, wanted: int) -> None:
        while wanted > len(self._keys):
            self._rows, self._keys, self._prices = (np.concatenate([one, np.zeros_like(one)])
                                                    for one in (self._rows, self._keys, self._prices))
