"""`aisle`: the command line. Every command has --help and --json, and ends with 1 when something is wrong."""

import importlib
import logging
import os
from importlib.metadata import entry_points
from keyword import iskeyword
from typing import Any

import click

from server.kernel.errors import Refusal, Unavailable

DEFAULT_URL = "sqlite:///var/aisle.db"
_COMMANDS = {
    **dict.fromkeys(("init", "site", "ledger", "verify"), "server.cli.warehouse"),
    **dict.fromkeys(("user", "device", "key"), "server.cli.people"),
    **dict.fromkeys(("walk", "bench"), "server.cli.walk"),
    **dict.fromkeys(("backup", "restore"), "server.cli.backups"),
    "carton": "server.cli.cartons",
    "cartons": "server.cli.carton_types",
    "figures": "server.cli.history",
    "scanners": "server.cli.scanners",
    "decode": "labels.pictures.command",
    "batch": "server.cli.batch", "cards": "server.cli.cards", "export": "server.cli.exports",
    "epc": "labels.gs1.epc_command",
    "given-up": "server.cli.given_up", "import": "server.cli.imports",
    "scan-test": "server.cli.scan_test",
    **dict.fromkeys(("print", "printers"), "server.cli.printers"),
    "label": "labels.command", "promise": "server.cli.promise",
    "migrate-db": "server.cli.migrate", "parse": "labels.gs1.command", "serve": "server.cli.serve", "upgrade": "server.cli.upgrading",
}
"""Where the commands are. Their modules are slow to import, so that each is loaded when it is called."""


class Commands(click.Group):
    """Says a refusal in one sentence instead of a traceback; finds commands of other packages by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Our own commands and the installed ones."""
        installed = (entry.name for entry in entry_points(group="aisle.commands"))
        return sorted({*super().list_commands(ctx), *_COMMANDS, *installed})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name."""
        own = super().get_command(ctx, cmd_name)
        if own is None and cmd_name in _COMMANDS:
            name = cmd_name.replace("-", "_") + "_" * iskeyword(cmd_name)
            own = getattr(importlib.import_module(_COMMANDS[cmd_name]), name)
        found = next(iter(entry_points(group="aisle.commands", name=cmd_name)), None)
        loaded: click.Command | None = own or (found.load() if found is not None else None)
        return loaded

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a command; what is refused ends it with 1."""
        try:
            return super().invoke(ctx)
        except Unavailable as error:
            raise click.ClickException(f"The database does not answer: {error}. Is the address right?") from error
        except Refusal as error:
            raise click.ClickException(error.sentence) from error


@click.group(cls=Commands)
@click.option("--db", default=lambda: os.environ.get("AISLE_DB", DEFAULT_URL), show_default=DEFAULT_URL,
              help="Where the database is: sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME (also AISLE_DB).")
@click.pass_context
def main(context: click.Context, db: str) -> None:
    """Aisle runs a warehouse floor."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    context.obj = db


if __name__ == "__main__":
    main()
