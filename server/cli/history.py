"""`aisle figures`."""

import json
import sys
from typing import Any

import click

from server.cli.common import with_database
from server.dashboard.figure_list import FIGURES
from server.dashboard.figure_words import LANGUAGES, answered, told, verdict, word
from server.dashboard.figures_csv import figures_csv
from server.dashboard.history_view import Asked, look_back
from server.kernel.transaction import Tx
from server.masterdata.sites import first_site, site_id_of

_ASKED = {"by": "step", "compare_from": "compare_since", "compare_to": "compare_until"}
"""What an option is called within."""


@click.command("figures")
@click.option("--site", default="", help="The warehouse; the first one if left out.")
@click.option("--from", "since", default="", help="First day, as 2026-11-01; today if left out.")
@click.option("--to", "until", default="", help="Last day, included; the first one if left out.")
@click.option("--by", default="", help="hour, day, week or month.")
@click.option("--compare-from", default="", help="First day of the span to compare with.")
@click.option("--compare-to", default="", help="Last day of it.")
@click.option("--worker", default="", help="Only what this badge did.")
@click.option("--zone", default="", help="Only what was done in this zone.")
@click.option("--kind", default="", help="Only this kind of work, as pick.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", help="Of names and units.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: what /api/v1/figures answers.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@click.pass_obj
def figures(url: str, /, *, site: str, language: str, as_json: bool, as_csv: bool, **asked: str) -> None:
    """Print the figures of the floor over some days: turnover, accuracy, cycle time, on time, cost, rates.

    Days are those of the warehouse's clock. With --compare-from a second span stands beside the first.
    """
    def look(tx: Tx) -> dict[str, Any]:
        return look_back(tx, site_id_of(tx, site) if site else first_site(tx), Asked(**{_ASKED.get(name, name): value for name, value in asked.items()}))

    found = with_database(url, lambda database: database.snapshot(look))
    if as_csv:
        sys.stdout.reconfigure(newline="", encoding="utf-8")  # type: ignore[union-attr]
        sys.stdout.write(figures_csv(found, language))
    elif as_json:
        click.echo(json.dumps(answered(found, language), ensure_ascii=False))
    else:
        _print(found, language)


def _print(found: dict[str, Any], language: str) -> None:
    span, before = found["span"], found["before"]
    click.echo(f"{found['site']['code']} {found['site']['name']}: {span['from']} - {span['to']}" + (f" | {before['from']} - {before['to']}" if before else ""))
    for one in FIGURES:
        now = found["total"][one.key]
        line = [f"{word(language, one.key):<28}", f"{told(one, now, language, found['currency']):>24}"]
        if before:
            judged = {1: word(language, "better"), -1: word(language, "worse"), 0: ""}[verdict(one, now, before["total"][one.key])]
            line += [f"{told(one, before['total'][one.key], language, found['currency']):>24}", judged]
        click.echo(" ".join(line).rstrip())
    if found["partly"]:
        click.echo(word(language, "partly"))
