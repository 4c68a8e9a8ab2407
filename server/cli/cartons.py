"""`aisle carton`: the smallest carton for an order, and how it goes in."""

import json
from pathlib import Path
from typing import TextIO

import click

from server.cli.common import with_database
from server.cli.walk import read_json
from server.wms.cartons import SUPPORT, CartonChoice, CartonType, Ware, choose_carton
from server.wms.cartons.document import choice_json, request_of
from server.wms.cartons.picture import carton_picture
from server.wms.order_cartons import order_to_pack


@click.command()
@click.argument("file", type=click.File(encoding="utf-8-sig"), required=False)
@click.option("--order", help="Instead of FILE: a released order, with the cartons of its warehouse.")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Write a picture of how it goes in to this file.")
@click.option("--seconds", default=1.0, show_default=True, type=click.FloatRange(min=0.05, max=60), help="How long may be searched.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def carton(context: click.Context, *, file: TextIO | None, order: str | None, svg: Path | None, seconds: float, as_json: bool) -> None:
    """Choose the smallest carton for the order in FILE (JSON; - for standard input).

    \b
    {"items": [{"item", "count", "length_mm", "width_mm", "height_mm", "weight_g", "volume_ml", "this_side_up"} ...],
     "cartons": [{"carton", "length_mm", "width_mm", "height_mm", "max_weight_g", "own_weight_g", "cost"} ...],
     "support": 0.7}

    Sides of cartons are inner ones, max_weight_g is of the closed parcel (0: no limit), support is the part of each
    piece's underside that must lie on something. Several cartons are named where one is not enough. Ends with 1 when
    nothing fits, and says why.
    """  # noqa: D301 - \b is click's mark for lines that stay as they are
    if (file is None) == (order is None):
        raise click.UsageError("Give FILE (- for standard input), or --order and the code of a released order.")
    wares, cartons, support = _of_order(context.obj, order) if order is not None else request_of(read_json(file))  # type: ignore[arg-type] # one is there
    choice = choose_carton(wares, cartons, support=support, seconds=seconds)
    if svg is not None and choice.cartons:
        try:
            svg.write_text(carton_picture(choice.cartons), encoding="utf-8")
        except OSError as error:
            raise click.ClickException(f"{svg} cannot be written: {error.strerror}.") from error
    click.echo(json.dumps(choice_json(choice), ensure_ascii=False) if as_json else _told(choice))
    context.exit(0 if choice.cartons else 1)


def _of_order(url: str, code: str) -> tuple[list[Ware], list[CartonType], float]:
    wares, cartons = with_database(url, lambda database: database.read(lambda tx: order_to_pack(tx, code)))
    return wares, cartons, SUPPORT


def _told(choice: CartonChoice) -> str:
    lines = [*choice.notes]
    for filled in choice.cartons:
        lines.append(f"{filled.carton.carton}: {filled.weight_g} g, {filled.fill_percent} % full")
        lines += [f"  {one.number:>3}  {one.item:<20} at {one.x_mm}, {one.y_mm}, {one.z_mm} mm  "
                  f"({one.length_mm} × {one.width_mm} × {one.height_mm} mm)" for one in filled.placements]
        lines += [f"       {one.count} × {one.item}, by volume" for one in filled.loose]
    lines += [one.sentence for one in choice.reasons]
    return "\n".join(lines)
