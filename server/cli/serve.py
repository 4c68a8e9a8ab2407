"""`aisle serve`: in each process of the server one thread holds all connections, others do the work."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from server.app import App, Background, Settings
from server.cli.logs import FORMATS, log_to_errors
from server.cli.schedule import Backups, hours_between
from server.cli.upgrading import guard_version
from server.cli.workers import give_number, guard_several, start_patiently
from server.kernel.certificates import lan_addresses
from server.kernel.errors import Unavailable
from server.kernel.ids import new_secret
from server.kernel.measures import Measures
from server.masterdata.people import has_admin

_ANY_PORT_TRIES = 50


@click.command()
@click.option("--host", default="0.0.0.0", show_default=True, help="Address to listen on.")  # noqa: S104 - handhelds connect
@click.option("--port", default=8080, show_default=True, help="Port to listen on; 0 takes a free one.")
@click.option("--any-port", is_flag=True, help="Take the next free port when this one is taken.")
@click.option("--tls-cert", type=click.Path(exists=True), default=None, help="Certificate (PEM) for https.")
@click.option("--tls-key", type=click.Path(exists=True), default=None, help="Its key (PEM).")
@click.option("--https", "is_https", is_flag=True, envvar="AISLE_HTTPS",
              help="Encrypt with an authority of our own, made at the first start; --port then only shows /enrol (also AISLE_HTTPS=1).")
@click.option("--https-port", default=8443, show_default=True, help="Port of the encrypted pages; 0 takes a free one.")
@click.option("--https-name", "names", multiple=True, help="A further name or address of this machine; repeat.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 32), envvar="AISLE_WORKERS",
              help="Server processes on this port (also AISLE_WORKERS); more than one needs PostgreSQL and AISLE_MESSAGE_QUEUE.")
@click.option("--reuse-port", is_flag=True, help="Share the port with other server processes (needs AISLE_MESSAGE_QUEUE).")
@click.option("--backup-every", "backup_hours", type=click.FloatRange(min=0), envvar="AISLE_BACKUP_HOURS", default=None,
              help="Hours between two backups into var/backups (also AISLE_BACKUP_HOURS); 0 for none.  [default: 1 on SQLite, else 0]")
@click.option("--port-file", type=click.Path(path_type=Path), default=None, help='Write {"port", "setup"} here once ready.')
@click.option("--log", "log_form", type=click.Choice(FORMATS), default="human", show_default=True, help="How the log looks.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON once ready.")
@click.pass_obj
def serve(url: str, *, host: str, port: int, any_port: bool, tls_cert: str | None, tls_key: str | None, is_https: bool,
          https_port: int, names: tuple[str, ...], workers: int, reuse_port: bool,
          backup_hours: float | None, port_file: Path | None, log_form: str, as_json: bool) -> None:
    """Run the server: handhelds at /, supervisors at /dashboard, the API's description at /api/docs."""
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415 - not there on systems without fork, and slow to import

    _guard_start(url, workers, reuse_port=reuse_port, certificates=is_https + (tls_cert is not None))
    chosen = port if reuse_port else free_port(host, port, any_port=any_port)
    log_to_errors(log_form)
    is_secure = is_https or tls_cert is not None
    settings = replace(_settings(url, is_secure=is_secure), measures=Measures(2 * workers),
                       backup_hours=hours_between(url, backup_hours))  # while they are replaced there are twice as many
    ports = None
    doors: dict[str, Any] = {"bind": f"{host}:{chosen}", "worker_class": "asgi", "certfile": tls_cert, "keyfile": tls_key}
    if is_https:
        ports = _two_ports(settings.var_folder, names, host, chosen, free_port(host, https_port, any_port=any_port))
        settings, doors = replace(settings, https=ports.told()), ports.settings()
    address = f"{'https' if is_secure else 'http'}://localhost:{chosen if ports is None else ports.port}"

    class Server(BaseApplication):  # type: ignore[misc]
        running: App | None = None

        def load_config(self) -> None:
            values = {"asgi_loop": "asyncio", "workers": workers, **doors,
                      "timeout": 120, "graceful_timeout": 3, "keepalive": 75, "accesslog": None, "errorlog": "-",
                      "loglevel": "warning",
                      # each process then listens for itself: what hangs at one that died goes to the others at once
                      "reuse_port": reuse_port or workers > 1,
                      "worker_connections": 1000, "pre_fork": give_number,
                      "post_fork": lambda _, worker: settings.measures.enter(worker.number), "post_worker_init": self.told,
                      "worker_exit": self.ended}
            for name, value in values.items():
                self.cfg.set(name, value)

        def told(self, worker: Any) -> None:
            if worker.age == 1 and self.running is not None:  # the others, and whoever takes the place of one that died, have nothing new to tell
                _tell(self.running, address, chosen, port_file, as_json=as_json)

        def ended(self, _arbiter: Any, _worker: Any) -> None:
            if self.running is not None:
                self.running.stop()

        def load(self) -> Any:
            app = App(settings)
            for thread in _more_threads(app, url, ports):
                app.add(thread)
            start_patiently(app.start)
            self.running = app
            return app.asgi

    Server().run()


def _guard_start(url: str, workers: int, *, reuse_port: bool, certificates: int) -> None:
    if certificates > 1:
        raise click.UsageError("--https makes a certificate, --tls-cert brings one: give one of them.")
    guard_several(url, workers, os.environ, reuse_port=reuse_port)
    if not url.startswith("sqlite") or Path(url.removeprefix("sqlite:///")).exists():
        with suppress(Unavailable):  # it is waited for
            guard_version(url)


def _more_threads(app: App, url: str, ports: Any) -> Iterator[Background]:
    if ports is not None:
        yield ports.renewal()
    if app.settings.backup_hours:
        yield Backups(app.database, {"AISLE_DB": url, "AISLE_VAR": str(app.settings.var_folder)}, every_hours=app.settings.backup_hours)


def _two_ports(*words: Any) -> Any:
    """Imported only where it is wanted, since it is slow."""
    from server.cli.https import TwoPorts  # noqa: PLC0415

    return TwoPorts(*words)


def free_port(host: str, port: int, *, any_port: bool) -> int:
    """The port, or the next free one; a clear error when it is taken."""
    for tried in range(port, port + _ANY_PORT_TRIES) if port else [0]:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, tried))
            except OSError:
                if not any_port:
                    raise click.ClickException(f"Port {port} is taken. Stop what uses it, give another with --port, or add "
                                               "--any-port.") from None
                continue
            found: int = probe.getsockname()[1]
            if tried not in (0, port):
                click.echo(f"Port {port} is taken; {found} is used.", err=True)
            return found
    raise click.ClickException(f"No port from {port} to {port + _ANY_PORT_TRIES} is free.")


def _settings(url: str, *, is_secure: bool) -> Settings:
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        raise click.ClickException(f"There is no database at {url}. Run `aisle init` first, or give another with --db.")
    var = os.environ.get("AISLE_VAR") or (str(Path(url.removeprefix("sqlite:///")).parent) if url.startswith("sqlite:///") else "var")
    values = {**os.environ, "AISLE_DB": url, "AISLE_VAR": var, "AISLE_SETUP_TOKEN": new_secret("setup")}
    if is_secure:
        values["AISLE_SECURE"] = "1"
    Path(var).mkdir(parents=True, exist_ok=True)
    return Settings.from_environment(values)


def _tell(app: App, address: str, port: int, port_file: Path | None, *, as_json: bool) -> None:
    https = app.settings.https
    port = port if https is None else https.port
    setup = None if app.database.read(has_admin) else f"{address}/setup#{app.parts.setup.token}"
    if port_file is not None:
        draft = port_file.with_suffix(".draft")
        draft.write_text(json.dumps({"port": port, "setup": setup, "address": address,
                                     "plain_port": https.plain_port if https else None}))
        draft.replace(port_file)
    if as_json:
        click.echo(json.dumps({"address": address, "setup": setup}))
        return
    click.echo(f"Aisle is at {address}  (dashboard {address}/dashboard, API {address}/api/docs)")
    if https is not None:
        click.echo(f"Handhelds learn to trust it at http://{next(iter(lan_addresses()), 'localhost')}:{https.plain_port}/enrol\n"
                   f"Fingerprint of its authority (SHA-256): {https.fingerprint}")
    if setup is not None:
        click.echo(f"Nobody administers it yet. Open this link once: {setup}")

