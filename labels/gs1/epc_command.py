"""`aisle epc`: what tags say, and what to write on them."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import click

from labels.gs1.epc import SCHEMES, Epc, EpcFault
from labels.gs1.epc_texts import element_string, encoded, from_hex, pure_uri, tag_uri


@click.group()
def epc() -> None:
    """Read and write the EPC memory of RFID tags: SGTIN, SSCC, SGLN, GRAI and GIAI."""


@epc.command("decode")
@click.argument("values", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def epc_decode(context: click.Context, *, values: tuple[str, ...], as_json: bool) -> None:
    """Say what EPCs mean. VALUES are hexadecimal, as readers show them; without any, one a line from standard input.

    What follows no known scheme is raw, which is no error. Ends with 1 when a value is not hexadecimal.
    """
    _tell(context, values, from_hex, as_json=as_json)


@epc.command("encode")
@click.argument("values", nargs=-1)
@click.option("--company-digits", type=click.IntRange(6, 12), help="How long the GS1 company prefix is; needed for element strings.")
@click.option("--filter", "filter_value", default=0, show_default=True, type=click.IntRange(0, 7),
              help="The filter value, where the text has none: 0 all others, 1 point of sale (SGTIN), 2 full case.")
@click.option("--scheme", type=click.Choice(list(SCHEMES)), help="The scheme; left out, the one of 96 bits wherever the serial fits.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def epc_encode(context: click.Context, *, values: tuple[str, ...], company_digits: int | None, filter_value: int,
               scheme: str | None, as_json: bool) -> None:
    """Say what to write on a tag. Without VALUES, one a line from standard input.

    VALUES are urn:epc:tag:..., urn:epc:id:..., urn:epc:raw:... or element strings such as (01)80614141123458(21)6789,
    (00)..., (414)...(254)..., (8003)... and (8004)... Ends with 1 when a value cannot be written.
    """
    _tell(context, values, lambda text: encoded(text, company_digits=company_digits, filter_value=filter_value, scheme=scheme),
          as_json=as_json)


def epc_json(found: Epc) -> dict[str, Any]:
    """An EPC as plain values: `keys` are AIs and values, `filter` is null where raw."""
    return {"hex": found.hex, "scheme": found.scheme, "bits": SCHEMES[found.scheme].bits if found.scheme in SCHEMES else len(found.data) * 8,
            "filter": found.filter, "company": found.company, "reference": found.reference, "serial": found.serial,
            "tag_uri": tag_uri(found), "pure_uri": pure_uri(found), "elements": element_string(found), "keys": dict(found.elements)}


def _tell(context: click.Context, values: Sequence[str], understand: Callable[[str], Epc], *, as_json: bool) -> None:
    all_ok = True
    for text in values or _lines():
        try:
            told = {"ok": True, "input": text, "error": None, **epc_json(understand(text))}
        except EpcFault as fault:
            all_ok = False
            told = {"ok": False, "input": text, "error": str(fault)}
        click.echo(json.dumps(told) if as_json else _row(told))
    context.exit(0 if all_ok else 1)


def _lines() -> Iterator[str]:
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", errors="replace").rstrip("\r\n")


def _row(told: dict[str, Any]) -> str:
    if not told["ok"]:
        return f"wrong  {told['error']}"
    return "  ".join(str(told[name]) for name in ("hex", "tag_uri", "elements") if told[name])
