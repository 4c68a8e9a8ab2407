"""`aisle batch`."""

import json
from typing import TextIO

import click

from server.cli.walk import read_json
from server.wms.walk.batching import Batches, batches
from server.wms.walk.batching_document import batching_of
from server.wms.walk.batching_problem import Batching


@click.command()
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@click.option("--seconds", default=10.0, show_default=True, type=click.FloatRange(0.05, 3600), help="How long to search.")
@click.option("--steps", type=click.IntRange(1, 10_000_000), help="Search for so many steps instead: the same comes out every time.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**32 - 1), help="Of the search.")
@click.option("--json", "as_json", is_flag=True,
              help="Print JSON: batches (order indexes), length (m), lengths, lower_bound (m, or null), seconds, method.")
def batch(file: TextIO, *, seconds: float, steps: int | None, seed: int, as_json: bool) -> None:
    """Put the orders of FILE (JSON; - for standard input) on trolleys so that all walks together are short.

    {"aisles": [x ...], "cross_aisles": [y ...], "depot": [x, y], "end": [x, y], "one_way": {...}} as aisle walk takes
    them, and "orders": [[[aisle index, y] ...] ...], the picks of each order, each pick one item; "capacity": how many
    a trolley takes, and "unit": whether of "items" (if left out) or of "orders".

    Every trolley starts at the depot, walks the shortest way over the picks of its orders, and ends at the end. An order
    is never split. Where the batches are proved to be the shortest the search ends early, and lower_bound is their length.
    """
    asked = batching_of(read_json(file))
    found = batches(asked, seconds=seconds, seed=seed, steps=steps)
    if as_json:
        bound = None if found.lower_bound is None else round(found.lower_bound, 6)
        click.echo(json.dumps({"batches": found.groups, "length": round(found.length, 6),
                               "lengths": [round(one, 6) for one in found.lengths], "lower_bound": bound,
                               "seconds": round(found.seconds, 3), "method": found.method}))
    else:
        _print(asked, found)


def _print(asked: Batching, found: Batches) -> None:
    click.echo(f"{'batch':>5}{'metres':>10}{'items':>7}  orders")
    for number, (group, length) in enumerate(zip(found.groups, found.lengths, strict=True)):
        items = sum(len(asked.orders[order]) for order in group)
        click.echo(f"{number:>5}{length:>10.1f}{items:>7}  {' '.join(map(str, group))}")
    bound = "" if found.lower_bound is None else f", no batches are under {found.lower_bound:.1f} m"
    click.echo(f"\n{found.length:.1f} m, {len(asked.orders)} orders in {len(found.groups)} batches, {found.seconds:.1f} s{bound}")
