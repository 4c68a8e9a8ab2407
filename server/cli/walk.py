"""`aisle walk`, and the group of `aisle bench`."""

import json
from importlib.metadata import entry_points
from typing import Any, TextIO

import click

from server.cli.bench_backup import bench_backup
from server.cli.bench_batch import bench_batch
from server.cli.bench_camera import bench_camera
from server.cli.bench_carton import bench_carton
from server.cli.bench_floor import bench_floor
from server.cli.bench_found import bench_found
from server.cli.bench_labels import bench_labels
from server.cli.bench_next import bench_next
from server.cli.bench_operations import bench_operations
from server.cli.bench_promise import bench_promise
from server.cli.bench_rfid import bench_rfid
from server.cli.bench_sourcing import bench_sourcing
from server.cli.bench_verify import bench_verify
from server.cli.bench_walk import bench_walk
from server.kernel.errors import Invalid
from server.wms.walk import Network, Walk, floor_of, network_walk, shortest_walk


@click.command()
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON: length (m), sequence (pick indexes), method.")
def walk(file: TextIO, *, as_json: bool) -> None:
    """Find the shortest walk through the picks of FILE (JSON; - for standard input).

    {"aisles": [x ...], "cross_aisles": [y ...], "depot": [x, y], "end": [x, y], "picks": [[aisle index, y] ...]},
    in metres; depot and end lie where an aisle meets a cross aisle; without an end the walk returns to the depot.
    "one_way": {"<aisle index>": "up" or "down"} names aisles that are only walked towards greater or lesser y.

    Floors of other shapes: {"nodes": [[x, y] ...], "edges": [[node, node] ...], "arcs": [[node, node] ...],
    "depot": node, "end": node, "picks": [node ...]}; edges are walked both ways, arcs one way, and both may say
    their metres in third place.
    """
    found = _walk(read_json(file))
    if as_json:
        click.echo(json.dumps({"length": round(found.length, 6), "sequence": found.sequence, "method": found.method}))
    else:
        click.echo(f"{found.length:.1f} m, {len(found.sequence)} picks: {' '.join(map(str, found.sequence))}")


def read_json(file: TextIO) -> Any:
    """A file's JSON."""
    try:
        return json.load(file)
    except RecursionError as error:
        raise Invalid(f"{file.name} is nested too deeply to be meant.") from error
    except ValueError as error:
        raise Invalid(f"{file.name} is not JSON: {error}.") from error


class Benches(click.Group):
    """Our own measurements, and those of other packages by their names."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All that can be measured."""
        return sorted({*super().list_commands(ctx), *(entry.name for entry in entry_points(group="aisle.benches"))})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A measurement by its name."""
        found = next(iter(entry_points(group="aisle.benches", name=cmd_name)), None)
        loaded: click.Command | None = super().get_command(ctx, cmd_name) or (found.load() if found is not None else None)
        return loaded


@click.group(cls=Benches)
def bench() -> None:
    """Measure, and print ratios against a limit taken in the same run."""


bench.add_command(bench_walk)
bench.add_command(bench_next)
bench.add_command(bench_promise)
bench.add_command(bench_sourcing)
bench.add_command(bench_verify)
bench.add_command(bench_operations)
bench.add_command(bench_floor)
bench.add_command(bench_found)
bench.add_command(bench_batch)
bench.add_command(bench_backup)
bench.add_command(bench_carton)
bench.add_command(bench_rfid)
bench.add_command(bench_camera)
bench.add_command(bench_labels)


def _walk(document: Any) -> Walk:
    floor = floor_of(document)
    return network_walk(floor) if isinstance(floor, Network) else shortest_walk(floor)
