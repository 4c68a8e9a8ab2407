"""Simulated annealing over groups of orders, thousands of moves at a time.

What it costs to put each order into each group, and what it saves to take one out of its own, is kept for the present
grouping. Both together tell at once which of many moves may be accepted at all, because an order costs at least as much
in a group that has lost another one; only those are priced. Accepted moves that touch different groups are independent
of each other, so each costs what was worked out.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from server.wms.walk.batching_columns import Columns
from server.wms.walk.batching_effort import Effort
from server.wms.walk.batching_places import Metres, Numbers

_DRAWN = 4096
_PRICED_MAX = 512
_NEAR, _NEAR_SHARE = 12, 0.7
_MOVES, _ALONE, _TWO_FOR_ONE = 0.3, 0.01, 0.8
"""Of the moves drawn: below the first an order changes its group (below the second it goes alone), above the third it
changes places with two; else with one."""
_NOTHING = 1e-3
_AT_ONCE = 8
_SPARE = 5
"""Places in a group beyond those that a trolley has: two for orders that come, three while it may take too much."""
_TOO_MUCH, _DEAR_FIRST, _DEAR_LAST = 1.2, 1.0, 6.0
"""How much of the capacity a trolley may take for the time being, and what it costs, in mean walks for each trolley full."""


class _Moves(NamedTuple):
    """Moves as the rows of both groups after them, and how much load goes over."""

    one: Numbers
    other: Numbers
    ones: Numbers
    others: Numbers
    load: npt.NDArray[np.int64]
    limit: Metres
    """How much longer the walks may get."""
    dearer: Metres
    """What counts beside the walks."""


class Annealing:
    """The present grouping and the best one seen."""

    def __init__(self, columns: Columns, saved: Metres, groups: Sequence[Sequence[int]], chance: np.random.Generator) -> None:
        self._columns, self._chance = columns, chance
        self._count, self._width = columns.none, columns.width + _SPARE
        self._dear, self._most = 0.0, columns.capacity
        self._near = np.argsort(-saved, axis=1, kind="stable")[:, :max(1, min(_NEAR, self._count - 1))]
        self.best_length = float("inf")
        self.take(groups)

    @property
    def length(self) -> float:
        """The whole walk of the present grouping."""
        return float(self._lengths.sum(dtype=np.float64))

    def groups(self) -> list[list[int]]:
        """The present grouping."""
        return [[order for order in row if order != self._columns.none] for row in self._rows.tolist() if row[0] != self._columns.none]

    def take(self, groups: Sequence[Sequence[int]]) -> None:
        """Goes on from a grouping."""
        none = self._columns.none
        self._rows = np.full((self._count + 1, self._width), none)
        self._group_of = np.zeros(self._count + 1, np.intp)
        for number, group in enumerate(groups):
            self._rows[number, :len(group)] = sorted(group)
            self._group_of[group] = number
        self._loads = self._columns.sizes[self._rows].sum(axis=1)
        self._lengths = self._columns.priced(self._rows)
        self._lengths[self._rows[:, 0] == none] = 0
        self._note()

    def run(self, effort: Effort, until: float, hot: float, cold: float, *, fewer: bool = False) -> None:
        """Anneals from the best grouping until a part of the effort is spent; heat is measured in mean walks of a group.

        With `fewer` one group is dissolved first, and trolleys may take too much for the time being, at a price that rises.
        """
        started = effort.spent()
        if started >= until:
            return
        self.take(self.best)
        self._value_all(effort, until)
        mean = self.length / max(1, int(np.count_nonzero(self._loads)))
        per_load = mean / self._columns.capacity
        self._most = int(self._columns.capacity * _TOO_MUCH) if fewer else self._columns.capacity
        if fewer:
            self._dissolve(per_load * _DEAR_FIRST)
            self._value_all(effort, until)
        while (spent := effort.spent()) < until:
            part = (spent - started) / (until - started)
            self._dear = per_load * (_DEAR_FIRST + part * (_DEAR_LAST - _DEAR_FIRST))
            self._step(mean * hot * (cold / hot) ** part)
            effort.step()

    def _dissolve(self, dear: float) -> None:
        """Hands the orders of the group with the least load to others."""
        loads = np.where(self._rows[:, 0] == self._columns.none, np.iinfo(np.int64).max // 4, self._loads)
        gone = int(np.argmin(loads))
        loads[gone] = np.iinfo(np.int64).max // 4
        groups = {number: [order for order in row if order != self._columns.none] for number, row in enumerate(self._rows.tolist())}
        for order in groups.pop(gone):
            size = self._columns.sizes[order]
            dearer = self._dearer[:, order] + dear * (self._over(loads + size) - self._over(loads))
            to = min(groups, key=lambda number: (len(groups[number]) >= self._width - 2, dearer[number]))
            groups[to].append(order)
            loads[to] += size
        self.take([group for group in groups.values() if group])

    def _over(self, loads: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        return np.maximum(0, loads - self._columns.capacity)

    def _value_all(self, effort: Effort, until: float) -> None:
        """Values all groups; those that time does not reach take part in no move."""
        taken = np.flatnonzero(self._rows[:, 0] != self._columns.none)
        self._dearer = np.zeros((self._count + 1,) * 2, np.float32)
        self._dearer[:, :-1] = self._columns.priced(np.arange(self._count)[:, None])
        self._dearer[taken, :-1] = np.inf
        self._saved = np.zeros(self._count + 1, np.float32)
        for at in range(0, len(taken), _AT_ONCE):
            if effort.spent() < until:
                self._value(taken[at:at + _AT_ONCE].tolist())

    def _step(self, heat: float) -> None:
        moves = self._drawn(heat)
        count = len(moves.one)
        if not count:
            return
        priced = self._columns.priced(np.concatenate([moves.ones, moves.others]))
        longer = priced[:count] + priced[count:] - self._lengths[moves.one] - self._lengths[moves.other] + moves.dearer
        touched: dict[int, None] = {}
        for at in np.flatnonzero(longer < moves.limit).tolist():
            one, other = int(moves.one[at]), int(moves.other[at])
            if one not in touched and other not in touched:
                touched.update({one: None, other: None})
                self._put(one, moves.ones[at], priced[at], -moves.load[at])
                self._put(other, moves.others[at], priced[count + at], moves.load[at])
        if touched:
            self._note()
            self._value(list(touched))

    def _value(self, groups: Sequence[int]) -> None:
        """Works out what each order costs in some groups, and what those in them save when they leave."""
        none, count, numbers = self._columns.none, self._count, np.array(groups)
        rows = np.repeat(self._rows[numbers], count, axis=0)
        orders = np.tile(np.arange(count), len(numbers))
        is_in = self._group_of[orders] == np.repeat(numbers, count)
        rows[~is_in, -1] = orders[~is_in]
        rows[rows == np.where(is_in, orders, -1)[:, None]] = none
        dearer = (self._columns.priced(rows) - np.repeat(self._lengths[numbers], count)).reshape(-1, count)
        self._dearer[numbers, :count] = dearer
        at, order = np.nonzero(is_in.reshape(-1, count))
        self._saved[order] = -dearer[at, order]

    def _note(self) -> None:
        if self.length < self.best_length - _NOTHING and self._loads.max() <= self._columns.capacity:
            self.best, self.best_length = self.groups(), self.length

    def _put(self, group: int, row: Numbers, length: float, load: int) -> None:
        row = np.sort(row)
        self._rows[group], self._lengths[group] = row, length if row[0] != self._columns.none else 0
        self._loads[group] += load
        self._group_of[row] = group

    def _drawn(self, heat: float) -> _Moves:
        """An order to go, what comes back for it (nothing, one or two orders), where both groups fit and it may be worth it."""
        none, sizes = self._columns.none, self._columns.sizes
        order = self._chance.integers(0, self._count, _DRAWN)
        near = self._near[order, self._chance.integers(0, self._near.shape[1], _DRAWN)]
        for_it = np.where(self._chance.random(_DRAWN) < _NEAR_SHARE, near, self._chance.integers(0, self._count, _DRAWN))
        kind = self._chance.random(_DRAWN)
        one, other = self._group_of[order], self._group_of[for_it]
        other = np.where(kind < _ALONE, self._empty(), other)
        also = self._rows[other, self._chance.integers(0, self._columns.width, _DRAWN)]
        also = np.where((kind > _TWO_FOR_ONE) & (also != for_it), also, none)
        for_it = np.where(kind < _MOVES, none, for_it)
        load = sizes[order] - sizes[for_it] - sizes[also]
        limit = -heat * np.log1p(-self._chance.random(_DRAWN, np.float32)) - _NOTHING
        after_one, after_other = self._loads[one] - load, self._loads[other] + load
        dearer = self._dear * (self._over(after_one) + self._over(after_other) - self._over(self._loads[one])
                               - self._over(self._loads[other]))
        least = (self._dearer[other, order] + np.maximum(self._dearer[one, for_it], self._dearer[one, also])
                 - self._saved[order] - self._saved[for_it] - self._saved[also] + dearer)
        fits = ((one != other) & (after_one <= np.maximum(self._most, self._loads[one]))
                & (after_other <= np.maximum(self._most, self._loads[other]))
                & ((self._rows[one, -3] == none) | (also == none)) & ((self._rows[other, -3] == none) | (for_it != none)))
        some = np.flatnonzero(fits & (least < limit))[:_PRICED_MAX]
        one, other, order, for_it, also = (values[some] for values in (one, other, order, for_it, also))
        ones, others = self._rows[one], self._rows[other]
        ones[ones == order[:, None]] = none
        others[(others == for_it[:, None]) | (others == also[:, None])] = none
        ones[:, -2], ones[:, -1], others[:, -1] = for_it, also, order
        return _Moves(one, other, ones, others, load[some], limit[some].astype(np.float32), dearer[some].astype(np.float32))

    def _empty(self) -> int:
        return int(np.argmin(self._rows[:, 0] != self._columns.none))
