"""A first grouping of orders: savings (Clarke and Wright 1964), worked out anew after each joining."""

from collections.abc import Callable

import numpy as np

from server.wms.walk.batching_columns import Columns
from server.wms.walk.batching_places import Metres, Numbers

_NEVER = np.float32(-1e30)


class Savings:
    """What any two groups save when walked together; `pairs` keeps that of single orders."""

    def __init__(self, columns: Columns, centers: Metres, pairs_max: int) -> None:
        """Of more than `pairs_max` pairs only those are looked at whose centers are near to each other."""
        self._columns, self._sizes, self._centers = columns, columns.sizes[:-1], centers
        count = columns.none
        self._lengths = columns.priced(np.arange(count)[:, None])
        self._groups = [[order] for order in range(count)]
        self._loads = self._sizes.copy()
        self.pairs = self._saved_by_pairs(pairs_max)
        self._greatest = self.pairs.copy()

    def groups(self, is_time_up: Callable[[], bool]) -> list[list[int]]:
        """The orders, joined two groups at a time by the greatest saving; when time is up, by what pairs save."""
        saved = self.pairs.copy()
        while True:
            one, other = divmod(int(saved.argmax()), len(saved))
            if saved[one, other] <= 0:
                return [group for group in self._groups if group]
            self._join(one, other, saved[one, other])
            saved[other, :] = saved[:, other] = _NEVER
            self._value_anew(saved, one, quickly=is_time_up())

    def _saved_by_pairs(self, pairs_max: int) -> Metres:
        ones, others = np.triu_indices(len(self._sizes), 1)
        fits = self._sizes[ones] + self._sizes[others] <= self._columns.capacity
        ones, others = ones[fits], others[fits]
        if len(ones) > pairs_max:
            near = np.argsort(np.abs(self._centers[ones] - self._centers[others]), kind="stable")[:pairs_max]
            ones, others = ones[near], others[near]
        saved = np.full((len(self._sizes),) * 2, _NEVER)
        together = self._columns.priced(np.stack([ones, others], axis=1))
        saved[ones, others] = saved[others, ones] = self._lengths[ones] + self._lengths[others] - together
        return saved

    def _join(self, one: int, other: int, saved: float) -> None:
        self._groups[one] += self._groups[other]
        self._groups[other] = []
        self._loads[one] += self._loads[other]
        self._loads[other] = self._columns.capacity + 1
        self._lengths[one] += self._lengths[other] - saved
        self._greatest[one, :] = self._greatest[:, one] = np.maximum(self._greatest[one], self._greatest[other])

    def _value_anew(self, saved: Metres, one: int, *, quickly: bool) -> None:
        fits = np.flatnonzero(self._loads + self._loads[one] <= self._columns.capacity)
        fits = fits[fits != one]
        values = self._greatest[one, fits]
        if not quickly:
            values = self._lengths[one] + self._lengths[fits] - self._columns.priced(self._with(one, fits))
        saved[one, :] = saved[:, one] = _NEVER
        saved[one, fits] = saved[fits, one] = values

    def _with(self, one: int, others: Numbers) -> Numbers:
        rows = np.full((len(others), self._columns.width), self._columns.none)
        rows[:, :len(self._groups[one])] = self._groups[one]
        for row, other in zip(rows, others, strict=True):
            mine = self._groups[other]
            row[len(self._groups[one]):len(self._groups[one]) + len(mine)] = mine
        return rows
