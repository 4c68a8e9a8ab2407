"""One process of the server: the application, the threads behind it, and what is told once it answers."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from server.app import App, Background, Settings
from server.cli.schedule import Backups
from server.cli.workers import patiently
from server.kernel.certificates import lan_addresses
from server.masterdata.people import has_admin

_SWITCH_SECONDS = 0.001
"""The writer gives the interpreter away with every statement. Where it has to wait Python's usual five milliseconds for it, the
thread of the connections takes them each time."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What the first process says, and where."""

    address: str
    port: int
    port_file: Path | None
    as_json: bool


class Process:
    """Made in the process that serves, since nothing of it may be shared with another."""

    def __init__(self, settings: Settings, ports: Any) -> None:
        sys.setswitchinterval(_SWITCH_SECONDS)
        self._app = App(settings)
        for thread in _more_threads(self._app, ports):
            self._app.add(thread)
        self._app.start()
        self.asgi = self._app.asgi
        self.stop = self._app.stop

    def tell(self, telling: Telling) -> None:
        """Prints where the server is and, while nobody administers it, the link that makes somebody do so."""
        https = self._app.settings.https
        port, address = telling.port if https is None else https.port, telling.address
        is_set_up = patiently(lambda: self._app.database.read(has_admin))
        setup = None if is_set_up else f"{address}/setup#{self._app.parts.setup.token}"
        if telling.port_file is not None:
            draft = telling.port_file.with_suffix(".draft")
            draft.write_text(json.dumps({"port": port, "setup": setup, "address": address,
                                         "plain_port": https.plain_port if https else None}))
            draft.replace(telling.port_file)
        if telling.as_json:
            click.echo(json.dumps({"address": address, "setup": setup}))
            return
        click.echo(f"Aisle is at {address}  (dashboard {address}/dashboard, API {address}/api/docs)")
        if https is not None:
            click.echo(f"Handhelds learn to trust it at http://{next(iter(lan_addresses()), 'localhost')}:{https.plain_port}/enrol\n"
                       f"Fingerprint of its authority (SHA-256): {https.fingerprint}")
        if setup is not None:
            click.echo(f"Nobody administers it yet. Open this link once: {setup}")


def _more_threads(app: App, ports: Any) -> Iterator[Background]:
    settings = app.settings
    if ports is not None:
        yield ports.renewal()
    if settings.backup_hours:
        yield Backups(app.database, {"AISLE_DB": settings.database_url, "AISLE_VAR": str(settings.var_folder)},
                      every_hours=settings.backup_hours)
