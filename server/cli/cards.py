"""`aisle cards`: the command cards as a page to print."""

from pathlib import Path

import click

from server import workflows
from server.cli.common import clear_errors, say
from server.floor.registry import discover
from server.printing.sheets import css, html
from server.workflows.cards import command_sheet
from server.workflows.texts import LANGUAGES


@click.command()
@click.option("--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), required=True, help="The file to write (HTML, A4).")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True)
def cards(out: Path, *, language: str, as_json: bool) -> None:
    """Write the cards of the floor's commands: open FILE in a browser and print it."""
    sheet = command_sheet(discover(workflows), language)
    with clear_errors():
        out.write_text(html(sheet, style=f"<style>{css()}</style>"), encoding="utf-8")
    codes = [card.code for _, group in sheet.groups for card in group]
    say({"file": str(out), "language": language, "cards": codes}, as_json, f"{len(codes)} cards are in {out}: open it in a browser and print it.")
