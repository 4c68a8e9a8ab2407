"""`aisle walk` and `aisle bench walk`."""

import json
import random
import statistics
import time
from typing import Any, TextIO

import click

from server.cli.bench_verify import bench_verify
from server.wms.walk import Layout, layout_of, shortest_walk
from server.wms.walk.rules import bin_sequence, largest_gap, s_shape


@click.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON: length (m), sequence (pick indexes), method.")
def walk(file: TextIO, *, as_json: bool) -> None:
    """Find the shortest walk through the picks of FILE (JSON; - for standard input).

    {"aisles": [x ...], "cross_aisles": [y ...], "depot": [x, y], "end": [x, y], "picks": [[aisle index, y] ...]},
    in metres; depot and end lie where an aisle meets a cross aisle; without an end the walk returns to the depot.
    """
    try:
        document = json.load(file)
    except ValueError as error:
        raise click.ClickException(f"{file.name} is not JSON: {error}") from error
    found = shortest_walk(layout_of(document))
    if as_json:
        click.echo(json.dumps({"length": round(found.length, 6), "sequence": found.sequence, "method": found.method}))
    else:
        click.echo(f"{found.length:.1f} m, {len(found.sequence)} picks: {' '.join(map(str, found.sequence))}")


@click.group()
def bench() -> None:
    """Measure, and print ratios against a limit taken in the same run."""


bench.add_command(bench_verify)


@bench.command("walk")
@click.option("--aisles", default=20, show_default=True)
@click.option("--depth", default=30.0, show_default=True, help="Length of an aisle in metres.")
@click.option("--lists", default=200, show_default=True, help="Pick lists a row.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def bench_walk(*, aisles: int, depth: float, lists: int, as_json: bool) -> None:
    """Compare the shortest walk with S-shape, largest gap and bin sequence in one block."""
    rows = [_row(aisles, depth, picks, lists) for picks in (5, 10, 20, 30, 45, 60, 100)]
    if as_json:
        click.echo(json.dumps(rows))
        return
    click.echo(f"{'picks':>5} {'walk m':>8} {'S-shape':>9} {'gap':>8} {'bins':>8} {'ms':>6}   saved against S-shape")
    for row in rows:
        click.echo(f"{row['picks']:>5} {row['exact']:>8.1f} {row['s_shape']:>9.1f} {row['largest_gap']:>8.1f} "
                   f"{row['bin_sequence']:>8.1f} {row['ms']:>6.2f}   {row['saved_s_shape']:>5.1%} "
                   + "█" * round(row["saved_s_shape"] * 100))


def _row(aisles: int, depth: float, picks: int, lists: int) -> dict[str, Any]:
    chance = random.Random(picks)
    layouts = [_random_layout(chance, aisles, depth, picks) for _ in range(lists)]
    started = time.perf_counter()
    exact = statistics.mean(shortest_walk(one).length for one in layouts)
    spent = (time.perf_counter() - started) / lists
    shape, gap, bins = (statistics.mean(rule(one) for one in layouts) for rule in (s_shape, largest_gap, bin_sequence))
    return {"picks": picks, "exact": exact, "s_shape": shape, "largest_gap": gap, "bin_sequence": bins,
            "saved_s_shape": 1 - exact / shape, "saved_bin_sequence": 1 - exact / bins, "ms": spent * 1000}


def _random_layout(chance: random.Random, aisles: int, depth: float, picks: int) -> Layout:
    return layout_of({"aisles": [3.0 * number for number in range(aisles)], "cross_aisles": [0.0, depth],
                      "depot": [3.0 * (aisles // 2), 0.0],
                      "picks": [[chance.randrange(aisles), round(chance.uniform(0.5, depth - 0.5), 1)] for _ in range(picks)]})
