"""`aisle bench batch`: how near to the best known the batches of orders come, and how soon."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import click

from server.wms.walk import layout_of, shortest_length
from server.wms.walk.batching import batches
from server.wms.walk.batching_problem import Batching, Point

_SOON, _LATE = 1.0, 10.0
_FEW_ORDERS = 30
_GOAL_SOON, _GOAL_LATE, _GOAL_FEW, _GOAL_FIRST_SECONDS = 0.03, 0.015, 0.003, 0.2
_CLASSES = ((0.1, 0.52), (0.4, 0.88), (1.0, 1.0))
"""Which part of the aisles gets which part of the picks, both added up: the usual three classes."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Orders like those of the published sets; a trolley takes so many items, or orders."""

    name: str
    orders: int
    capacity: int
    aisles: int = 10
    blocks: int = 1
    bins: int = 45
    items: tuple[int, int] = (5, 25)
    is_by_class: bool = False
    unit: str = "items"


KINDS = (
    Kind("one block, uniform", 100, 75),
    Kind("one block, by class", 60, 45, is_by_class=True),
    Kind("one block, small trolley", 100, 30),
    Kind("one block, few orders", 30, 60),
    Kind("one block, few orders, by class", 30, 75, is_by_class=True),
    Kind("one block of 40 aisles", 100, 15, aisles=40, bins=30, items=(1, 4), unit="orders"),
    Kind("two blocks, uniform", 100, 75, blocks=2, bins=22),
    Kind("two blocks of 20 aisles", 100, 10, aisles=20, blocks=2, bins=20, items=(1, 5), unit="orders"),
    Kind("two blocks, few orders", 20, 45, blocks=2, bins=20),
    Kind("three blocks, small shop", 40, 6, aisles=8, blocks=3, bins=12, items=(1, 12), unit="orders"),
    Kind("three blocks of 20 aisles", 60, 60, aisles=20, blocks=3, bins=15),
)


@dataclass(frozen=True, slots=True)
class Row:
    """Metres of all walks of one instance: as they came, by savings alone, searched, and the best known."""

    kind: str
    orders: int
    first_seconds: float
    as_they_came: float
    savings: float
    soon: float
    late: float
    best: float
    is_proved: bool

    def over(self, method: str) -> float:
        """Which part of the best known a method walks more."""
        return float(getattr(self, method)) / self.best - 1


@dataclass(frozen=True, slots=True)
class Goal:
    """What is promised, and what came out."""

    goal: str
    measured: float
    met: bool


@click.command("batch")
@click.option("--instances", default=1, show_default=True, type=click.IntRange(1, 100), help="Of each kind.")
@click.option("--best", "best_seconds", default=30.0, show_default=True, type=click.FloatRange(1, 3600),
              help="Seconds of the search for the best known; what any other search finds counts too.")
@click.option("--seed", default=1, show_default=True, help="Of the random orders.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_batch(context: click.Context, *, instances: int, best_seconds: float, seed: int, as_json: bool) -> None:
    """Compare the batches found in 1 s and 10 s with the best known, and with orders as they came and savings alone.

    The best known is the shortest of this run: that of a longer search, and proved where no grouping can be shorter.
    Eleven kinds of orders as in the published sets: one to three blocks of 8 to 40 aisles, a trolley for items or for
    orders. Ends with 1 when a goal is missed; a busy machine misses them sooner.
    """
    rows = [_row(kind, number, best_seconds, seed) for kind in KINDS for number in _shown(kind, instances, as_json)]
    goals = _goals(rows)
    is_met = all(goal.met for goal in goals)
    if as_json:
        click.echo(json.dumps({"rows": [_described(row) for row in rows], "goals": [asdict(goal) for goal in goals], "met": is_met}))
    else:
        _print(rows, goals)
    if not is_met:
        context.exit(1)


def instance(kind: Kind, seed: int) -> Batching:
    """Random orders of a kind; bins a metre apart, aisles five, the depot in front of the first."""
    chance, depth = random.Random(f"{kind.name} {seed}"), kind.bins + 1
    layout = layout_of({"aisles": [5 * number for number in range(kind.aisles)], "depot": [0, 0], "picks": [],
                        "cross_aisles": [depth * number for number in range(kind.blocks + 1)]})
    orders = [[(_aisle(kind, chance), float(depth * chance.randrange(kind.blocks) + 1 + chance.randrange(kind.bins)))
               for _ in range(chance.randint(*kind.items))] for _ in range(kind.orders)]
    sizes = [len(order) if kind.unit == "items" else 1 for order in orders]
    return Batching(layout, orders, sizes, kind.capacity)


def as_they_came(asked: Batching) -> list[list[int]]:
    """Each trolley filled with the next orders until one does not fit."""
    groups: list[list[int]] = [[]]
    for order, size in enumerate(asked.sizes):
        if sum(asked.sizes[one] for one in groups[-1]) + size > asked.capacity:
            groups.append([])
        groups[-1].append(order)
    return groups


def _aisle(kind: Kind, chance: random.Random) -> int:
    if not kind.is_by_class:
        return chance.randrange(kind.aisles)
    drawn, low = chance.random(), 0
    for part, picks in _CLASSES:
        high = max(low + 1, round(part * kind.aisles))
        if drawn < picks:
            return chance.randrange(low, high)
        low = high
    return kind.aisles - 1


def _row(kind: Kind, number: int, best_seconds: float, seed: int) -> Row:
    from server.wms.walk.batching_search import by_savings  # noqa: PLC0415 - numpy and HiGHS are slow to import

    asked = instance(kind, 1000 * seed + number)
    first, soon, late, long = (batches(asked, seconds=seconds, seed=at) for at, seconds in enumerate((0, _SOON, _LATE, best_seconds)))
    best = min(soon.length, late.length, long.length)
    is_proved = any(one.lower_bound is not None and one.lower_bound >= best * (1 - 1e-5) for one in (soon, late, long))
    return Row(kind.name, kind.orders, first.seconds, _walked(asked, as_they_came(asked)), _walked(asked, by_savings(asked)),
               soon.length, late.length, best, is_proved)


def _walked(asked: Batching, groups: Sequence[Sequence[int]]) -> float:
    def length(points: Sequence[Point]) -> float:
        return shortest_length(replace(asked.layout, picks=tuple(points)))

    return sum(length(asked.points_of(group)) for group in groups)


def _shown(kind: Kind, instances: int, as_json: bool) -> Iterator[int]:
    for number in range(instances):
        if not as_json:
            click.echo(f"{kind.name} {number + 1} of {instances}", err=True)
        yield number


def _goals(rows: Sequence[Row]) -> list[Goal]:
    few = [row for row in rows if row.orders <= _FEW_ORDERS]
    slowest = max(row.first_seconds for row in rows)
    overs = [(f"in {_SOON:g} s, {_GOAL_SOON:.1%} over the best known at most", _GOAL_SOON, [row.over("soon") for row in rows]),
             (f"in {_LATE:g} s, {_GOAL_LATE:.1%} over", _GOAL_LATE, [row.over("late") for row in rows]),
             (f"in {_LATE:g} s up to {_FEW_ORDERS} orders, {_GOAL_FEW:.1%} over", _GOAL_FEW, [row.over("late") for row in few])]
    return [*(Goal(f"{what} (mean)", round(sum(values) / len(values), 5), sum(values) / len(values) <= goal)
              for what, goal, values in overs),
            Goal(f"first batches within {_GOAL_FIRST_SECONDS:g} s", round(slowest, 3), slowest <= _GOAL_FIRST_SECONDS)]


def _described(row: Row) -> dict[str, Any]:
    return {**asdict(row), **{f"over_{method}": round(row.over(method), 5) for method in ("as_they_came", "savings", "soon", "late")}}


def _print(rows: Sequence[Row], goals: Sequence[Goal]) -> None:
    click.echo(f"{'':<34}{'first':>7}{'best':>9}{'over the best known':>37}")
    click.echo(f"{'':<27}{'orders':>7}{'s':>7}{'known m':>9}{'as came':>10}{'savings':>9}{f'{_SOON:g} s':>9}{f'{_LATE:g} s':>9}")
    for row in rows:
        overs = "".join(f"{row.over(method):>{width}.2%}" for method, width in (("as_they_came", 10), ("savings", 9), ("soon", 9), ("late", 9)))
        click.echo(f"{row.kind[:26]:<27}{row.orders:>7}{row.first_seconds:>7.2f}{row.best:>8.0f}{'*' if row.is_proved else ' '}{overs}")
    click.echo("* proved: no grouping is shorter\n")
    for goal in goals:
        click.echo(f"{'met   ' if goal.met else 'MISSED'} {goal.goal}: {goal.measured}")
