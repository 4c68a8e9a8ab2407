"""`aisle label`: labels from a file of data, for a printer, as a page or as a picture."""

import base64
import importlib
import json
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from labels.drawing import Drawing
from labels.errors import BadData, BadTemplate, LabelError
from labels.template import A4, Template, template, templates
from labels.user_templates import compile_template, prove

LABELS_MAX = 10_000
SIDE_MIN, SIDE_MAX = 10.0, 400.0


class _Size(click.ParamType[tuple[float, float]]):
    """Width x height in millimetres."""

    name = "WxH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        try:
            width, height = map(float, str(value).lower().split("x"))
        except ValueError:
            self.fail(f"{value!r} is no size: write width x height in millimetres, such as 105x148.", param, ctx)
        if not (SIDE_MIN <= width <= SIDE_MAX and SIDE_MIN <= height <= SIDE_MAX):
            self.fail(f"{value!r}: labels measure {SIDE_MIN:g} to {SIDE_MAX:g} mm.", param, ctx)
        return width, height


@click.command()
@click.argument("name", required=False)
@click.option("--list", "listed", is_flag=True, help="Print the labels there are, with the fields each needs.")
@click.option("--template", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A template of your own (TOML) instead of NAME.")
@click.option("--example", is_flag=True, help="Print a template to begin with.")
@click.option("--check", is_flag=True, help="Only test the template: draw its sample and read its codes back.")
@click.option("--data", type=click.File(encoding="utf-8-sig"),
              help="JSON: an object with fields, or a list of them, a label each (- for standard input). If left out, the sample.")
@click.option("--dpi", type=click.Choice(["203", "300", "600"]), default="203", show_default=True, help="The printer's dots per inch.")
@click.option("--format", "kind", type=click.Choice(["zpl", "pdf", "png"]), default="zpl", show_default=True)
@click.option("--size", type=_Size(), help="Another size of label than its own, in millimetres, such as 105x148 for A6.")
@click.option("--sheet", is_flag=True, help="PDF: as many labels as fit on each page of A4.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write. If left out, standard output.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the list, or name, labels, bytes, and file or content (base64 but for ZPL).")
@click.pass_context
def label(context: click.Context, /, **options: Any) -> None:
    """Write labels of NAME with the data of a file.

    \b
    aisle label --list
    aisle label location --data bins.json --dpi 300 > bins.zpl
    aisle label location --data bins.json --format pdf --sheet --out bins.pdf
    aisle label --example > mine.toml
    aisle label --template mine.toml --check
    """  # noqa: D301 - \b is click's mark for lines that stay as they are
    try:
        if options["example"]:
            click.echo((files("labels") / "example.toml").read_text(encoding="utf-8"), nl=False)
        elif options["listed"]:
            _list(as_json=options["as_json"])
        elif options["check"]:
            _check(_template(options), as_json=options["as_json"])
        else:
            _write(_template(options), options)
    except LabelError as error:
        if options["as_json"]:
            click.echo(json.dumps({"error": {"code": error.code, "message": error.sentence, "field": error.field}}))
        click.echo(f"Error: {error.sentence}", err=True)
        context.exit(1)


def _template(options: dict[str, Any]) -> Template:
    if options["file"]:
        try:
            return compile_template(options["file"].read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            raise BadTemplate("label.file_unread", path=str(options["file"]), why=str(error)) from error
    if not options["name"]:
        raise click.UsageError("Name a label, or give --template FILE. `aisle label --list` shows which there are.")
    return template(options["name"])


def _list(*, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([one.json() for one in templates().values()]))
        return
    for one in templates().values():
        click.echo(f"{one.name:<16}{one.width:g} x {one.height:g} mm  {one.title}")
        for field in one.fields:
            need = "required" if field.required else ""
            columns = f" of {', '.join(column.name for column in field.columns)}" if field.columns else ""
            gs1 = f" AI {field.ai}" if field.ai else ""
            click.echo(f"    {field.name:<18}{field.kind + columns + gs1:<20} {need}")


def _check(made: Template, *, as_json: bool) -> None:
    codes = prove(made)
    click.echo(json.dumps({"name": made.name, "codes": codes}) if as_json else
               f"{made.name} is good: its sample is drawn at every resolution, and its codes are read as " + (", ".join(codes) or "none"))


def _write(made: Template, options: dict[str, Any]) -> None:
    a4 = A4 if made.is_list and options["kind"] == "pdf" and not options["sheet"] else None
    drawings = _drawings(made, options["data"], options["size"] or a4)
    content = _content(drawings, options)
    if options["out"]:
        try:
            options["out"].write_bytes(content)
        except OSError as error:
            raise LabelError("label.file_unwritten", path=str(options["out"]), why=str(error.strerror)) from error
    if options["as_json"]:
        shown = content.decode() if options["kind"] == "zpl" else base64.b64encode(content).decode()
        where = {"file": str(options["out"])} if options["out"] else {"content": shown}
        click.echo(json.dumps({"name": made.name, "format": options["kind"], "dpi": int(options["dpi"]), "labels": len(drawings),
                               "bytes": len(content), **where}))
    elif not options["out"]:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def _content(drawings: Sequence[Drawing], options: dict[str, Any]) -> bytes:
    backend = importlib.import_module(f"labels.backends.{options['kind']}")
    dpi = int(options["dpi"])
    if options["kind"] == "zpl":
        return bytes(backend.zpl(drawings, dpi).encode())
    if options["kind"] == "pdf":
        return bytes(backend.pdf(drawings, sheet=backend.Sheet() if options["sheet"] else None))
    if len(drawings) != 1:
        raise BadData("label.one_picture", count=len(drawings))
    return bytes(backend.png(drawings[0], dpi))


def _drawings(made: Template, file: Any, page: tuple[float, float] | None) -> Sequence[Drawing]:
    try:
        data = json.load(file) if file else made.sample
    except (ValueError, RecursionError) as error:
        raise BadData("label.no_json", why=str(error)) from error
    sets = data if isinstance(data, list) else [data]
    if not 0 < len(sets) <= LABELS_MAX:
        raise BadData("label.many", count=len(sets), most=LABELS_MAX)
    return [drawing for at, one in enumerate(sets, 1) for drawing in _one(made, one, at, page)]


def _one(made: Template, data: Any, at: int, page: tuple[float, float] | None) -> Sequence[Drawing]:
    try:
        return made.drawings(data, page=page)
    except LabelError as error:
        raise type(error)("label.of_many", field=error.field, at=at, why=error.said) from error
