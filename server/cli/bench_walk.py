"""`aisle bench walk`: how much the shortest walk saves, and how long it takes to find."""

import json
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import click

from server.wms.walk import Layout, layout_of, shortest_length, shortest_walk
from server.wms.walk.rules import bin_sequence, largest_gap, s_shape

_PICKS = (5, 10, 20, 30, 45, 60, 100)
_GOAL_PICKS = 45
_GOALS = {(1, "s_shape"): 0.18, (1, "bin_sequence"): 0.22, (2, "s_shape"): 0.21, (2, "bin_sequence"): 0.27}
_GOAL_MS = 25.0
_NAMES = {"walk": "shortest", "s_shape": "S-shape", "largest_gap": "largest gap", "bin_sequence": "bin sequence"}
_BLOCKS = {1: "one block", 2: "two blocks"}
_SPEEDS = (("one block", 1, False), ("two blocks", 2, False), ("three blocks", 3, False), ("two blocks, one-way aisles", 2, True))
_AISLES, _APART_M, _DEPTH_M = 20, 3, 28


@dataclass(frozen=True, slots=True)
class Row:
    """Mean lengths in metres of walks over so many picks."""

    blocks: int
    picks: int
    walk: float
    s_shape: float
    largest_gap: float
    bin_sequence: float

    def saved(self, rule: str) -> float:
        """Which part of a rule's way the shortest walk saves."""
        return 1 - self.walk / float(getattr(self, rule))


@dataclass(frozen=True, slots=True)
class Speed:
    """CPU milliseconds to plan one walk over 100 picks."""

    floor: str
    method: str
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Goal:
    """What is promised, and what came out."""

    goal: str
    measured: float
    met: bool


@click.command("walk")
@click.option("--lists", default=200, show_default=True, type=click.IntRange(1, 10_000), help="Pick lists a row.")
@click.option("--seed", default=1, show_default=True, help="Of the random pick lists.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_walk(context: click.Context, *, lists: int, seed: int, as_json: bool) -> None:
    """Compare the shortest walk with S-shape, largest gap and bin sequence; ends with 1 when a goal is missed.

    The floor: 20 aisles 3 m apart and 28 m long with a bin every metre, one cross aisle before them, one behind, in
    two blocks one in the middle; the walk starts and ends at the front of the first aisle; every bin is equally likely.
    """
    rows = [_row(blocks, picks, lists, seed) for blocks in (1, 2) for picks in _PICKS]
    speeds = [_speed(floor, _layouts(blocks, 100, max(lists, 20), seed), is_one_way=is_one_way)
              for floor, blocks, is_one_way in _SPEEDS]
    goals = [*_savings(rows), *(Goal(f"{one.floor}, 100 picks: 95 of 100 walks found in under {_GOAL_MS:g} ms",
                                     round(one.p95_ms, 2), one.p95_ms < _GOAL_MS) for one in speeds)]
    is_met = all(goal.met for goal in goals)
    if as_json:
        click.echo(json.dumps({"rows": [_described(row) for row in rows], "speed": [asdict(one) for one in speeds],
                               "goals": [asdict(goal) for goal in goals], "met": is_met}))
    else:
        _print(rows, speeds, goals)
    if not is_met:
        context.exit(1)


def _row(blocks: int, picks: int, lists: int, seed: int) -> Row:
    layouts = _layouts(blocks, picks, lists, seed)
    return Row(blocks, picks, *(statistics.mean(length(one) for one in layouts)
                                for length in (shortest_length, s_shape, largest_gap, bin_sequence)))


def _speed(floor: str, layouts: list[Layout], *, is_one_way: bool) -> Speed:
    if is_one_way:
        layouts = [replace(layout, one_way=(1, -1) * (_AISLES // 2)) for layout in layouts]
    first = shortest_walk(layouts[0])  # over so many cross aisles it works out what the others look up
    spent = sorted(_spent_ms(one) for one in layouts)
    return Speed(floor, first.method, spent[len(spent) // 2], spent[len(spent) * 95 // 100])


def _spent_ms(layout: Layout) -> float:
    started = time.process_time()
    shortest_walk(layout)
    return (time.process_time() - started) * 1000


def _layouts(blocks: int, picks: int, lists: int, seed: int) -> list[Layout]:
    chance = random.Random(f"{seed} {blocks} {picks}")
    return [layout_of({"aisles": [_APART_M * number for number in range(_AISLES)],
                       "cross_aisles": [_DEPTH_M * number / blocks for number in range(blocks + 1)], "depot": [0, 0],
                       "picks": [[chance.randrange(_AISLES), chance.randrange(_DEPTH_M) + 0.5] for _ in range(picks)]})
            for _ in range(lists)]


def _savings(rows: Sequence[Row]) -> list[Goal]:
    at = {row.blocks: row for row in rows if row.picks == _GOAL_PICKS}
    return [Goal(f"{_BLOCKS[blocks]}, {_GOAL_PICKS} picks: {goal:.0%} less than {_NAMES[rule]}",
                 round(at[blocks].saved(rule), 4), at[blocks].saved(rule) >= goal)
            for (blocks, rule), goal in _GOALS.items()]


def _described(row: Row) -> dict[str, float]:
    return {**asdict(row), **{f"saved_{rule}": round(row.saved(rule), 4) for rule in _NAMES if rule != "walk"}}


def _print(rows: Sequence[Row], speeds: Sequence[Speed], goals: Sequence[Goal]) -> None:
    for blocks in (1, 2):
        click.echo(f"\n{_BLOCKS[blocks]} of {_AISLES} aisles\n{'':>5} {'metres':>34} {'saved against':>33}")
        click.echo(f"{'picks':>5} {'shortest':>9}{'S-shape':>8}{'gap':>8}{'bins':>8} {'S-shape':>9}{'gap':>8}{'bins':>8}")
        for row in (row for row in rows if row.blocks == blocks):
            click.echo(f"{row.picks:>5} {row.walk:>9.1f}{row.s_shape:>8.1f}{row.largest_gap:>8.1f}{row.bin_sequence:>8.1f} "
                       f"{row.saved('s_shape'):>9.1%}{row.saved('largest_gap'):>8.1%}{row.saved('bin_sequence'):>8.1%}")
        _chart(next(row for row in rows if (row.blocks, row.picks) == (blocks, _GOAL_PICKS)))
    click.echo(f"\nCPU time of one walk over 100 picks\n{'p50 ms':>8}{'p95 ms':>8}")
    for speed in speeds:
        click.echo(f"{speed.p50_ms:>8.2f}{speed.p95_ms:>8.2f}  {speed.floor} ({speed.method})")
    click.echo()
    for goal in goals:
        click.echo(f"{'met   ' if goal.met else 'MISSED'} {goal.goal}: {goal.measured}")


def _chart(row: Row) -> None:
    lengths = {name: float(getattr(row, rule)) for rule, name in _NAMES.items()}
    for name, metres in lengths.items():
        click.echo(f"{name:>14} {'█' * round(40 * metres / max(lengths.values()))} {metres:.0f} m")
