"""Many orders sourced at once: they want the same pieces, and what is best for each is not what is best for all.

Every order has some plans; of these one is chosen for each, so that together they want no more than there is and are the cheapest
(HiGHS, a choice of one column an order). Plans are added while what the pieces are worth to the others makes one cheaper than those
there are: column generation, whose pricing is the choice of one order, counted with those prices.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

from server.oms.sourcing.choosing import Asked, Plan, Prices, plans
from server.oms.sourcing.in_turn import (
    Chosen,
    Progress,
    Row,
    Together,
    once_more,
    one_by_one,
    points_of,
    uses,
    with_all,
    without_prices,
)
from server.oms.sourcing.rules import RuleSet

_PLANS_AT_FIRST, _PLANS_AT_ONCE, _ROUNDS_MAX, _TURNS_MAX = 3, 2, 8, 6
_LEAST = 1e-6


def together(asked: Together, rules: RuleSet, greedy: Chosen, *, seconds: float = 60.0, progress: Progress | None = None) -> Chosen:
    """The best choice for all that was found in about the time; `greedy` where none is better.

    Never one that sends less; nor, where all is sent anyway, one of more parcels or more cost.
    """
    tell = progress or (lambda _what, _done, _of: None)
    ends = time.monotonic() + seconds
    columns = [_Columns(order, plan) for order, plan in zip(asked.orders, greedy.plans, strict=True)]
    for one, order, sites in zip(columns, asked.orders, asked.sites, strict=True):
        one.add(plans(order, [with_all(site, asked.free) for site in sites], rules, most=_PLANS_AT_FIRST))
    relaxed = _Choice(asked, columns, greedy).solve(is_whole=False, seconds=seconds)
    for at in range(_ROUNDS_MAX):
        tell("priced", at, _ROUNDS_MAX)
        if time.monotonic() > ends or not _priced(asked, columns, rules, relaxed):
            break
        relaxed = _Choice(asked, columns, greedy).solve(is_whole=False, seconds=seconds)
    small_first = sorted(range(len(asked.orders)), key=lambda at: len(asked.orders[at].lines))
    in_turn = _settled(asked, one_by_one(asked, rules, prices=relaxed.prices, sequence=small_first), rules)
    start = [one.index(plan) for one, plan in zip(columns, in_turn.plans, strict=True)]
    tell("chosen", 0, 1)
    whole = _Choice(asked, columns, greedy).solve(start if in_turn.points < greedy.points else None, is_whole=True, seconds=max(5.0, seconds / 2))
    mixed = Chosen(tuple(columns[order].plans[plan] for order, plan in whole.taken))
    found = [one for one in (_settled(asked, mixed, rules), mixed, in_turn) if _is_better(one, greedy)]
    return min(found, key=lambda one: one.points, default=greedy)


def _settled(asked: Together, chosen: Chosen, rules: RuleSet) -> Chosen:
    """Chosen anew in turn until nothing changes."""
    for _ in range(_TURNS_MAX):
        better = once_more(asked, chosen, rules)
        if better.points > chosen.points - _LEAST:
            break
        chosen = better
    return chosen


def _is_better(chosen: Chosen, greedy: Chosen) -> bool:
    if chosen.lacks < greedy.lacks:
        return True
    return chosen.lacks == greedy.lacks and chosen.parcels <= greedy.parcels and chosen.cost <= greedy.cost and chosen.points < greedy.points


class _Columns:
    """The plans of one order that were thought of, each once."""

    def __init__(self, order: Asked, first: Plan) -> None:
        self.order = order
        self.plans: list[Plan] = []
        self._known: dict[tuple[tuple[int, tuple[tuple[int, int], ...]], ...], int] = {}
        self.add([first])

    def add(self, found: Sequence[Plan]) -> bool:
        before = len(self.plans)
        for plan in found:
            self.index(plan)
        return len(self.plans) > before

    def index(self, plan: Plan) -> int:
        key = tuple((part.site.id, tuple(sorted(part.pieces.items()))) for part in plan.parts)
        if key not in self._known:
            self._known[key] = len(self.plans)
            self.plans.append(plan)
        return self._known[key]


@dataclass(frozen=True, slots=True)
class _Solved:
    points: float
    taken: Sequence[tuple[int, int]]
    worth: Sequence[float]
    prices: Prices
    is_optimal: bool


class _Choice:
    """The model: a row for each order, for each site's item that could run out, and for each site's day."""

    def __init__(self, asked: Together, columns: Sequence[_Columns], greedy: Chosen) -> None:
        self._columns = [(order, at) for order, one in enumerate(columns) for at in range(len(one.plans))]
        self._plans = [columns[order].plans[at] for order, at in self._columns]
        used = [uses(columns[order].order, columns[order].plans[at]) for order, at in self._columns]
        for use, plan in zip(used, self._plans, strict=True):
            use.update({(part.site.id, 0): 1 for part in plan.parts if part.site.id in asked.day_left})
        limits = {**asked.free, **{(site, 0): left for site, left in asked.day_left.items()}}
        scarce = _scarce(self._columns, used, limits)
        self._rows = {row: len(columns) + at for at, row in enumerate(sorted(scarce))}
        self._orders, self._limits, self._uses, self._greedy = len(columns), limits, used, greedy

    def solve(self, start_at: Sequence[int] | None = None, *, is_whole: bool, seconds: float) -> _Solved:
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (("output_flag", False), ("threads", 1), ("time_limit", seconds), ("mip_rel_gap", 1e-4)):
            solver.setOptionValue(option, value)
        solver.passModel(self._model(is_whole=is_whole))
        if is_whole:
            start = highspy.HighsSolution()
            start.col_value = [float(at == (start_at[order] if start_at else 0)) for order, at in self._columns]  # the first of each is greedy's
            solver.setSolution(start)
        solver.run()
        found, told = solver.getSolution(), solver.getInfo()
        values = np.array(found.col_value)
        taken = [self._columns[at] for at in np.flatnonzero(values > 0.5)] if found.value_valid else [one for one in self._columns if one[1] == 0]
        duals = np.array(found.row_dual) if not is_whole and found.dual_valid else np.zeros(self._orders + len(self._rows) + 2)
        return _Solved(told.objective_function_value, taken, list(duals[:self._orders]), self._prices(duals), found.value_valid)

    def _prices(self, duals: npt.NDArray[np.float64]) -> Prices:
        worth = {row: max(0.0, -float(duals[at])) for row, at in self._rows.items()}
        return Prices({row: price for row, price in worth.items() if row[1] and price > _LEAST},
                      {site: price for (site, item), price in worth.items() if not item and price > _LEAST})

    def _model(self, *, is_whole: bool) -> highspy.HighsLp:
        """By columns: the order's one, what is used of each row, and where all is sent anyway its parcels and cost in the last two."""
        model = highspy.HighsLp()
        last = self._orders + len(self._rows)
        model.num_col_, model.num_row_ = len(self._columns), last + 2
        model.col_cost_ = np.array([points_of(plan) for plan in self._plans])
        model.col_lower_, model.col_upper_ = np.zeros(len(self._columns)), np.ones(len(self._columns))
        limits = [float(max(0, self._limits.get(row, 0))) for row in self._rows]
        ends = [float(self._greedy.parcels), self._greedy.cost + _LEAST] if not self._greedy.lacks else [highspy.kHighsInf] * 2
        model.row_lower_ = np.array([1.0] * self._orders + [-highspy.kHighsInf] * (len(self._rows) + 2))
        model.row_upper_ = np.array([1.0] * self._orders + limits + ends)
        if is_whole:
            model.integrality_ = [highspy.HighsVarType.kInteger] * len(self._columns)
        starts, index, value = [0], [], []
        for (order, _), plan, used in zip(self._columns, self._plans, self._uses, strict=True):
            entries = {order: 1.0, **{self._rows[row]: float(pieces) for row, pieces in used.items() if row in self._rows}, last: float(len(plan.parts)), last + 1: plan.cost}
            index += list(entries)
            value += list(entries.values())
            starts.append(len(index))
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = np.array(starts, np.int32), np.array(index, np.int32)
        model.a_matrix_.value_ = np.array(value)
        return model


def _priced(asked: Together, columns: Sequence[_Columns], rules: RuleSet, relaxed: _Solved) -> bool:
    """Adds the plans that are cheaper than what an order is worth, with what the pieces are worth to the others; whether there were any.

    Only orders that want something with a price can have one.
    """
    dear = {item for _, item in relaxed.prices.pieces}
    found = False
    for order, (one, sites) in enumerate(zip(asked.orders, asked.sites, strict=True)):
        if not relaxed.prices.parcels and not any(line.item_id in dear for line in one.lines):
            continue
        better = [plan for plan in plans(one, [with_all(site, asked.free) for site in sites], rules, prices=relaxed.prices, most=_PLANS_AT_ONCE)
                  if points_of(plan) < relaxed.worth[order] - 1e-4]
        found |= columns[order].add([without_prices(plan) for plan in better])
    return found


def _scarce(columns: Sequence[tuple[int, int]], uses_of: Sequence[Mapping[Row, int]], limits: Mapping[Row, int]) -> set[Row]:
    """The rows that could run out: all others hold whatever is chosen."""
    most: dict[Row, dict[int, int]] = {}
    for (order, _), use in zip(columns, uses_of, strict=True):
        for row, used in use.items():
            by_order = most.setdefault(row, {})
            by_order[order] = max(used, by_order.get(order, 0))
    return {row for row, by_order in most.items() if sum(by_order.values()) > limits.get(row, 0)}
