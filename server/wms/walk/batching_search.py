"""The search for batches on floors whose walks are exact: savings, annealing, and the best choice of all that was seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from server.wms.walk.batching_annealing import Annealing
from server.wms.walk.batching_choice import Rows, best_choice, relaxed_choice
from server.wms.walk.batching_columns import Columns
from server.wms.walk.batching_effort import Effort
from server.wms.walk.batching_places import Metres, Numbers
from server.wms.walk.batching_prices import Prices
from server.wms.walk.batching_problem import Batching
from server.wms.walk.batching_savings import Savings

_HEATS, _HEATS_OF_FEW, _FEW, _COLD = (0.008, 0.02, 0.008, 0.03), (0.008, 0.03, 0.06, 0.015), 40, 0.003
"""In mean walks of a group; few orders are annealed often, and hotter to get away from what was found."""
_STEPS_PER_PAIR, _STEP_SECONDS, _STEP_PRICED = 0.3, 0.0015, 1500
"""How long one annealing takes by pairs of orders, and about how long one step, with so many batches to be priced."""
_SAVINGS_SHARE, _LAST_SHARE = 0.5, 0.98
_FEWER_SHARE, _FEWER_TRIES, _FEWER_HOT = 0.25, 2, 0.012
_EVERY_ORDERS, _EVERY_SHARE, _EVERY_MAX, _EVERY_AFTER = 30, 0.2, 300_000, 0.1
_PAIRS_SHARE, _PAIRS_LEAST, _PAIRS_MAX = 0.4, 20, 100_000
_CHOICE_SHARE, _CHOICE_SECONDS_MIN = 0.25, 0.1
_CHOICE_ORDERS_MAX = 4.2
"""With more orders a group the relaxation is too far from any choice to find one."""
_RELAXED_MAX = 8
_NEAREST, _BESIDE_SHARE, _BESIDE_MAX, _WORTH_IT = 300, 0.03, 20_000, 1e-2
_NODES = 50


@dataclass(frozen=True, slots=True)
class Found:
    """Groups of orders, and the length that no grouping undercuts where that is known."""

    groups: list[list[int]]
    bound: float | None = None


def search(asked: Batching, effort: Effort, seed: int) -> Found:
    """Groups of orders that fit the capacity and are walked as short as could be found."""
    return _Search(asked, effort, seed).found()


def by_savings(asked: Batching) -> list[list[int]]:
    """The groups that the search starts from."""
    columns = Columns(Prices(asked.layout, asked.orders).of_rows, asked.sizes, asked.capacity, np.random.default_rng(0))
    return Savings(columns, _centers(asked), _PAIRS_MAX).groups(lambda: False)


class _Search:
    def __init__(self, asked: Batching, effort: Effort, seed: int) -> None:
        chance = np.random.default_rng(seed)
        self._effort, self._prices = effort, Prices(asked.layout, asked.orders)
        self._columns = Columns(self._prices.of_rows, asked.sizes, asked.capacity, chance)
        savings = Savings(self._columns, _centers(asked), self._pairs_max())
        groups = savings.groups(lambda: effort.spent() > _SAVINGS_SHARE)
        self._annealing = Annealing(self._columns, savings.pairs, groups, chance)
        self._bound: float | None = None
        self._cycles = 0

    def found(self) -> Found:
        if len(self._annealing.best) > 1:
            self._improve()
        return Found(self._annealing.best, self._bound)

    def _pairs_max(self) -> int:
        return _PAIRS_MAX if self._effort.is_by_steps else max(
            _PAIRS_LEAST * self._columns.none, int(_PAIRS_SHARE * self._effort.seconds / self._prices.seconds_each))

    def _improve(self) -> None:
        anneal, effort = self._annealing, self._effort
        self._try_fewer()
        is_small = self._columns.none <= _CHOICE_ORDERS_MAX * len(anneal.best)
        if (is_small or self._columns.none <= _EVERY_ORDERS) and self._count_every() < self._every_max():
            self._anneal(max(effort.spent(), _FEWER_SHARE) + _EVERY_AFTER)
            self._columns.add_every()
            if self._choose(0.8, is_every=True):
                return
            self._anneal(_LAST_SHARE)
            return
        rounds, started = 1 + is_small * ((effort.seconds > 2) + (effort.seconds > 6)), effort.spent()
        for number in range(rounds):
            until = started + (number + 1) / rounds * (_LAST_SHARE - started)
            choice = _CHOICE_SHARE / rounds if is_small else 0
            self._anneal(until - choice)
            if choice:
                self._choose(until)

    def _anneal(self, until: float) -> None:
        """Anneals again and again from the best grouping, at different heats, as long as it takes by the number of orders."""
        effort, steps = self._effort, int(_STEPS_PER_PAIR * self._columns.none ** 2)
        heats = _HEATS_OF_FEW if self._columns.none <= _FEW else _HEATS
        while (spent := effort.spent()) < until:
            part = effort.share_of(steps, _STEP_SECONDS + _STEP_PRICED * self._prices.seconds_each)
            is_last = spent + 1.5 * part > until
            self._annealing.run(effort, until if is_last else spent + part, heats[self._cycles % len(heats)], _COLD)
            self._cycles += 1

    def _try_fewer(self) -> None:
        """Annealing never empties a group whose orders fit nowhere as they are, so it is made to, as far as loads allow."""
        anneal, load = self._annealing, int(self._columns.sizes.sum())
        for number in range(_FEWER_TRIES):
            if load > (len(anneal.best) - 1) * self._columns.capacity:
                return
            anneal.run(self._effort, (number + 1) / _FEWER_TRIES * _FEWER_SHARE, _FEWER_HOT, _COLD, fewer=True)

    def _every_max(self) -> float:
        return _EVERY_MAX if self._effort.is_by_steps else min(
            _EVERY_MAX, _EVERY_SHARE * self._effort.seconds / self._prices.seconds_each)

    def _count_every(self) -> int:
        """How many different groups fit the capacity."""
        by_load = [1, *[0] * self._columns.capacity]
        for size in self._columns.sizes[:-1].tolist():
            for load in range(self._columns.capacity, size - 1, -1):
                by_load[load] += by_load[load - size]
        return sum(by_load)

    def _choose(self, until: float, *, is_every: bool = False) -> bool:
        """Takes the best choice of all groups seen; whether it is proved to be the best grouping there is."""
        anneal, columns, effort = self._annealing, self._columns, self._effort
        if effort.seconds_to(until) < _CHOICE_SECONDS_MIN:
            return False
        chosen = self._as_rows(anneal.best)
        present, present_lengths = chosen.astype(np.int32), columns.priced(chosen)
        share = (until + effort.spent()) / 2
        for _ in range(_RELAXED_MAX):
            kept, lengths = columns.all()
            rows, lengths = np.concatenate([present, kept]), np.concatenate([present_lengths, lengths])
            relaxed = relaxed_choice(rows, lengths, len(present), columns.none)
            if is_every or effort.spent() > share or not self._look_beside(rows, lengths, relaxed.worth):
                break
        found = best_choice(rows, lengths, len(present), relaxed, seconds=effort.seconds_to(until),
                            nodes=_NODES if effort.is_by_steps else None)
        anneal.take([[order for order in row if order != columns.none] for row in found.rows.tolist()])
        if is_every:
            self._bound = anneal.best_length if found.is_best else relaxed.length
        return is_every and found.is_best

    def _look_beside(self, rows: Rows, lengths: Metres, worth: npt.NDArray[np.float64]) -> bool:
        """Prices groups that differ in one order from those nearest to being chosen; whether one is worth choosing."""
        most = _BESIDE_MAX if self._effort.is_by_steps else int(_BESIDE_SHARE * self._effort.seconds / self._prices.seconds_each)
        nearest = np.argsort(lengths - worth[rows].sum(axis=1), kind="stable")[:_NEAREST]
        beside = self._columns.beside(rows[nearest], worth, min(most, _BESIDE_MAX))
        return len(beside) > 0 and bool((self._columns.priced(beside) - worth[beside].sum(axis=1)).min() < -_WORTH_IT)

    def _as_rows(self, groups: Sequence[Sequence[int]]) -> Numbers:
        rows = np.full((len(groups), self._columns.width), self._columns.none)
        for row, group in zip(rows, groups, strict=True):
            row[:len(group)] = group
        return rows


def _centers(asked: Batching) -> Metres:
    xs = asked.layout.aisles
    return np.array([sum(xs[aisle] for aisle, _ in order) / max(1, len(order)) for order in asked.orders], np.float32)
