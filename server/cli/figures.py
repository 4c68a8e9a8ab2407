"""What `aisle bench` prints: figure, goal, and a limit taken in the same run."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured; `goal` is the most (or, `at_least`, the least) that is promised, None where nothing is."""

    name: str
    figure: float
    unit: str
    goal: float | None = None
    at_least: bool = False
    limit: float | None = None

    @property
    def met(self) -> bool:
        """Whether the promise is kept."""
        if self.goal is None:
            return True
        return self.figure >= self.goal if self.at_least else self.figure <= self.goal


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that `percent` of all do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else values[0]


def report(context: click.Context, figures: Sequence[Figure], about: dict[str, Any], *, as_json: bool) -> None:
    """Prints the figures as a table or as JSON; ends with 1 when a goal is missed."""
    if as_json:
        click.echo(json.dumps({**about, "figures": [{**asdict(one), "met": one.met} for one in figures]}))
    else:
        for name, value in about.items():
            click.echo(f"{name}: {value}")
        click.echo(f"{'':<52}{'figure':>12}{'goal':>12}{'limit':>12}")
        for one in figures:
            goal = "" if one.goal is None else f"{'≥' if one.at_least else '≤'} {one.goal:g}"
            limit = "" if one.limit is None else f"{one.limit:.4g}"
            click.echo(f"{f'{one.name} ({one.unit})':<52}{one.figure:>12.4g}{goal:>12}{limit:>12}{'' if one.met else '  missed'}")
    if not all(one.met for one in figures):
        context.exit(1)
