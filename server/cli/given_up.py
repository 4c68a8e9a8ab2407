"""`aisle given-up`: work that was given up, and trying it again."""

from dataclasses import asdict

import click

from server.cli.common import say, with_database
from server.kernel.given_up import given_up as those
from server.kernel.given_up import try_again


@click.command("given-up")
@click.option("--again", "again", multiple=True, metavar="NAME", help="Try this one again: job-7 or event-12; repeat.")
@click.option("--all-again", is_flag=True, help="Try all of them again.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def given_up(url: str, *, again: tuple[str, ...], all_again: bool, as_json: bool) -> None:
    """List work that was given up after many tries, and why; try it again once that is mended."""
    if again or all_again:
        keys = [None] if all_again else list(dict.fromkeys(again))
        tried = with_database(url, lambda database: database.write(lambda tx: sum(try_again(tx, key) for key in keys)))
        say({"tried_again": tried}, as_json, f"{tried} will be tried again, within seconds where the server runs.")
        return
    rows = with_database(url, lambda database: database.read(those))
    say({"given_up": [{"key": row.key, **asdict(row)} for row in rows]}, as_json,
        "\n".join(f"{row.key:<14} {row.name:<40} {row.error}" for row in rows) or "Nothing was given up.")
