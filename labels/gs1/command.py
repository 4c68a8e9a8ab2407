"""`aisle parse`: what scans mean, line by line."""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import click

from labels.gs1.catch_weight import GERMAN_CATCH_WEIGHTS, CatchWeight
from labels.gs1.faults import LabelFault
from labels.gs1.scan import ParseSettings, Scan, fault_json, parse_scan


class _Layouts(click.ParamType[tuple[CatchWeight, ...]]):
    """Catch-weight layouts with commas between them; german names those of German shops."""

    name = "layouts"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[CatchWeight, ...]:
        if value == "german":
            return GERMAN_CATCH_WEIGHTS
        try:
            return value if isinstance(value, tuple) else tuple(CatchWeight.of(one) for one in value.split(","))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.option("--gs1", is_flag=True, help="Take every line as GS1: ]C1..., (01)..., an element string or a Digital Link.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--catch-weight", type=_Layouts(), is_flag=False, flag_value="german", default=(),
              help="Read EAN-13 of these layouts as variable-weight codes, such as 28IIIIIWWWWWC,29IIIIXWWWWWC "
                   "(which is what the option alone means).")
@click.pass_context
def parse(context: click.Context, *, gs1: bool, as_json: bool, catch_weight: tuple[CatchWeight, ...]) -> None:
    """Read scans from standard input, one a line, and print what they mean.

    A line is plain text in UTF-8. A line that begins and ends with a quotation mark is a JSON string, for control
    characters: "\\u001d" is GS. Every line, empty ones too, gives one line of output:

    \b
    {"ok", "kind", "symbology", "elements": [[ai, value] ...],
     "values": {...}, "missing": [what another barcode of the label must still say ...],
     "error": null or {"code", "message", "ai", "position"}}

    Kinds: gs1, sscc, digital_link, gtin, catch_weight, supplier_label, weigh_label, plain, unreadable. A plain code
    is ok: it may be one of the warehouse's own. Exit code 0 when all lines are ok, 1 when any is not.
    """  # noqa: D301 - \b is click's mark for lines that stay as they are
    settings = ParseSettings(catch_weights=catch_weight)
    out = sys.stdout.buffer
    all_ok = True
    for line in _lines(sys.stdin.buffer):
        scan = line if isinstance(line, Scan) else parse_scan(line, gs1=gs1, settings=settings)
        all_ok = all_ok and scan.ok
        told = json.dumps(scan_json(scan)) if as_json else _printable(_row(scan))
        out.write(told.encode() + b"\n")
    out.flush()
    context.exit(0 if all_ok else 1)


def scan_json(scan: Scan) -> dict[str, Any]:
    """A scan as plain values."""
    return {"ok": scan.ok, "kind": scan.kind, "symbology": scan.symbology,
            "elements": [list(element) for element in scan.elements], "values": dict(scan.values),
            "missing": list(scan.missing), "error": dict(scan.error) if scan.error else None}


def _lines(stream: Iterable[bytes]) -> Iterator[str | Scan]:
    for raw in stream:
        try:
            text = raw.rstrip(b"\r\n").decode("utf-8")
            yield str(json.loads(text)) if len(text) > 1 and text[0] == text[-1] == '"' else text
        except ValueError as error:
            fault = LabelFault("line", f"The line is neither UTF-8 text nor a JSON string: {error}")
            yield Scan(False, "unreadable", error=fault_json(fault))


def _printable(text: str) -> str:
    """A text that stays one line and moves no cursor, whatever was scanned."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def _row(scan: Scan) -> str:
    if not scan.ok and scan.error:
        return f"wrong   {scan.error['code']}: {scan.error['message']}"
    return f"{scan.kind:<14} {' '.join(f'{name}={value}' for name, value in scan.values.items())}"
