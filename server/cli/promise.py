"""`aisle promise`: what could be promised of items, by warehouse and date, and when an order would leave."""

from datetime import UTC, datetime
from typing import Any

import click

from server.cli.common import say, with_database
from server.kernel.errors import Invalid
from server.kernel.transaction import Tx
from server.masterdata.items import item_by_code
from server.masterdata.sites import site_id_of
from server.oms.available import Question, available
from server.oms.connecting import channel_by_code


@click.command()
@click.argument("items", nargs=-1, required=True, metavar="ITEM[=QUANTITY]...")
@click.option("--site", default="", help="This warehouse alone.")
@click.option("--channel", default="", help="As this channel sells it.")
@click.option("--country", default="", help="Where it would go.")
@click.option("--city", default="", help="Where it would go.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def promise(url: str, items: tuple[str, ...], *, site: str, channel: str, country: str, city: str, as_json: bool) -> None:
    """Say what there is of items, what comes when, and when an order of all of them would leave. Nothing is kept.

    Example: aisle promise SOAP=25 TEA --country DE
    """
    def look(tx: Tx) -> dict[str, Any]:
        where = {name: value for name, value in (("country", country), ("city", city)) if value}
        return available(tx, Question(wanted=[(item_by_code(tx, code), pieces) for code, pieces in map(_asked, items)], ship_to=where,
                                      channel=channel_by_code(tx, channel) if channel else None, site_id=site_id_of(tx, site) if site else None))

    told = with_database(url, lambda database: database.read(look))
    say(told, as_json, "\n".join(_lines(told)))


def _asked(word: str) -> tuple[str, int]:
    code, _, pieces = word.rpartition("=") if "=" in word else (word, "", "1")
    if not (pieces.isascii() and pieces.isdigit() and int(pieces) > 0):
        raise Invalid(f"{word[:64]}: give a quantity of at least 1 behind the =.", field="items")
    return code, int(pieces)


def _lines(told: dict[str, Any]) -> list[str]:
    lines = []
    for item in told["items"]:
        lines.append(f"{item['item']}: {item['available']} free")
        for site in item["sites"]:
            comes = "".join(f", {one['free']} from {_day(one['at'])}" for one in site["expected"])
            lines.append(f"  {site['site']:<8} on hand {site['on_hand']}, promised {site['promised']}, free {site['available']}{comes}{'' if site['sends'] else ' - does not send there'}")
    leaves = told["leaves"]
    return [*lines, f"leaves {_day(leaves['leaves_at'])} from {', '.join(part['site'] for part in leaves['parts'])}" if leaves["leaves_at"] is not None
            else "when it would leave is not known: what it lacks is not announced"]


def _day(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M} UTC"
