"""`aisle decode`: the codes in pictures."""

import importlib
import json
import time
from pathlib import Path
from typing import Any

import click

from labels.pictures.formats import FORMATS, USUAL, Decoded, NotAPicture

_CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")


@click.command()
@click.argument("images", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="IMAGE...")
@click.option("--format", "formats", multiple=True, type=click.Choice(FORMATS), help="Read only these; may be said several times. "
              f"If left out: {', '.join(sorted(USUAL))}.")
@click.option("--at-least", default=1, show_default=True, type=click.IntRange(min=1), help="Codes a picture is known to hold: "
              "it is looked at in other ways until so many are read.")
@click.option("--seconds", default=2.0, show_default=True, type=click.FloatRange(min=0, max=60), help="The most time for one picture.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list with one object a picture.")
@click.pass_context
def decode(context: click.Context, *, images: tuple[Path, ...], formats: tuple[str, ...], at_least: int, seconds: float,
           as_json: bool) -> None:
    """Read the codes in pictures (PNG, JPEG, WebP).

    \b
    JSON: {"image", "milliseconds", "error": null or a sentence,
           "codes": [{"text", "bytes" (hexadecimal), "format", "symbology" (AIM identifier),
                      "charset" (utf-8, eci, kanji or guessed), "corners", "engine", "look"} ...]}

    The codes stand left to right. Ends with 1 when a picture cannot be opened or holds no code that is wanted.
    """  # noqa: D301 - \b is click's mark for lines that stay as they are
    told = [_told(image, frozenset(formats) or USUAL, at_least, seconds) for image in images]
    if as_json:
        click.echo(json.dumps(told))
    else:
        for one in told:
            click.echo(_rows(one))
    context.exit(0 if all(one["codes"] for one in told) else 1)


def _told(image: Path, wanted: frozenset[str], at_least: int, seconds: float) -> dict[str, Any]:
    decoder, opening = (importlib.import_module(f"labels.pictures.{name}") for name in ("decode", "opening"))
    began = time.perf_counter()
    codes, error = [], None
    try:
        codes = [code_json(one) for one in decoder.decode(opening.read_picture(image), wanted, at_least=at_least, seconds=seconds)]
    except NotAPicture as refusal:
        error = str(refusal)
    return {"image": str(image), "milliseconds": round((time.perf_counter() - began) * 1000, 1), "error": error, "codes": codes}


def code_json(one: Decoded) -> dict[str, Any]:
    """A code as plain values."""
    return {"text": one.text, "bytes": one.data.hex(), "format": one.format, "symbology": one.symbology, "charset": one.charset,
            "corners": dict(zip(_CORNERS, map(list, one.corners), strict=True)), "engine": one.engine, "look": one.look}


def _rows(told: dict[str, Any]) -> str:
    head = f"{told['image']}  {told['milliseconds']} ms"
    if told["error"]:
        return f"{head}  wrong: {told['error']}"
    return "\n".join([head if told["codes"] else f"{head}  no code", *(
        f"  {one['symbology'] or '-':<4}{one['format']:<11}{_printable(one['text'])}" for one in told["codes"])])


def _printable(text: str) -> str:
    """A text that stays one line and moves no cursor, whatever stood in the picture."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
