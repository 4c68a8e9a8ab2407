"""`aisle parse`: what scans mean, line by line."""

import json
import sys
from typing import Any, BinaryIO

import click

from labels.gs1.scan import GERMAN_CATCH_WEIGHTS, ParseSettings, Scan, parse_scan


@click.command()
@click.option("--gs1", is_flag=True, help="Take every line as GS1: ]C1..., (01)..., an element string or a Digital Link.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--catch-weight", is_flag=True, help="Read EAN-13 of prefixes 28 and 29 as variable-weight codes.")
def parse(*, gs1: bool, as_json: bool, catch_weight: bool) -> None:
    r"""Read scans from standard input, one a line, and print what they mean.

    A line is plain text, or a JSON string where control characters matter ("\\u001d" for GS).
    """
    settings = ParseSettings(catch_weights=GERMAN_CATCH_WEIGHTS) if catch_weight else ParseSettings()
    write = sys.stdout.write
    for line in _lines(sys.stdin.buffer):
        scan = line if isinstance(line, Scan) else parse_scan(line, gs1=gs1, settings=settings)
        write((json.dumps(scan_json(scan), ensure_ascii=False) if as_json else _row(scan)) + "\n")
    sys.stdout.flush()


def scan_json(scan: Scan) -> dict[str, Any]:
    """A scan as plain values."""
    return {"ok": scan.ok, "kind": scan.kind, "symbology": scan.symbology,
            "elements": [list(element) for element in scan.elements], "values": dict(scan.values),
            "missing": list(scan.missing), "error": dict(scan.error) if scan.error else None}


def _lines(stream: BinaryIO) -> Any:
    for raw in stream:
        try:
            text = raw.rstrip(b"\r\n").decode("utf-8")
            if text.startswith('"'):
                text = _json_text(text)
        except ValueError as error:
            yield Scan(False, "unreadable", error={"code": "line", "ai": None, "position": None,
                       "message": f"The line is neither UTF-8 text nor a JSON string: {error}"})
            continue
        yield text


def _json_text(text: str) -> str:
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return text
    return value if isinstance(value, str) else text


def _row(scan: Scan) -> str:
    if not scan.ok and scan.error:
        return f"wrong   {scan.error['code']}: {scan.error['message']}"
    return f"{scan.kind:<14} {' '.join(f'{name}={value}' for name, value in scan.values.items())}"
