"""`aisle serve`: in each process of the server one thread holds all connections, others do the work."""

import errno
import os
import socket
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from server.cli.logs import FORMATS, log_to_errors
from server.cli.workers import guard_several, workers_for
from server.kernel.errors import Unavailable
from server.kernel.ids import new_secret
from server.kernel.intercom import Intercom
from server.kernel.measures import Measures
from server.kernel.version import is_current
from server.settings import Settings

_ANY_PORT_TRIES = 50
_kept = list[socket.socket]()


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
@click.option("--workers", default=None, type=click.IntRange(1, 32), envvar="AISLE_WORKERS",
              help="Server processes on this port (also AISLE_WORKERS).  [default: 2 on SQLite where there are two processors, else 1]")
@click.option("--reuse-port", is_flag=True, help="Share the port with other servers (needs PostgreSQL and AISLE_MESSAGE_QUEUE).")
@click.option("--backup-every", "backup_hours", type=click.FloatRange(min=0), envvar="AISLE_BACKUP_HOURS", default=None,
              help="Hours between two backups into var/backups (also AISLE_BACKUP_HOURS); 0 for none.  [default: 1 on SQLite, else 0]")
@click.option("--port-file", type=click.Path(path_type=Path), default=None, help='Write {"port", "setup"} here once ready.')
@click.option("--log", "log_form", type=click.Choice(FORMATS), default="human", show_default=True, help="How the log looks.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON once ready.")
@click.pass_obj
def serve(url: str, *, host: str, port: int, any_port: bool, tls_cert: str | None, tls_key: str | None, is_https: bool,
          https_port: int, names: tuple[str, ...], workers: int | None, reuse_port: bool,
          backup_hours: float | None, port_file: Path | None, log_form: str, as_json: bool) -> None:
    """Run the server: handhelds at /, supervisors at /dashboard, the API's description at /api/docs."""
    workers = workers_for(url, workers)
    _make_new(url)
    _guard_start(url, reuse_port=reuse_port, certificates=is_https + (tls_cert is not None))
    chosen = port if reuse_port else free_port(host, port, any_port=any_port)
    log_to_errors(log_form)
    parts = 2 * workers  # while they are replaced there are twice as many
    settings = replace(_settings(url, is_secure=is_https or tls_cert is not None), measures=Measures(parts),
                       intercom=Intercom(parts) if workers > 1 else None, backup_hours=hours_between(url, backup_hours))
    doors: dict[str, Any] = {"bind": f"{host}:{chosen}", "certfile": tls_cert, "keyfile": tls_key,
                             # each process then listens for itself: what hangs at one that died goes to the others at once
                             "workers": workers, "reuse_port": reuse_port or workers > 1}
    ports = _two_ports(settings.var_folder, names, host, chosen, free_port(host, https_port, any_port=any_port, option="--https-port")) if is_https else None
    if ports is not None:
        settings, doors = replace(settings, https=ports.told()), {**doors, **ports.settings()}
    address = f"{'https' if settings.is_secure else 'http'}://localhost:{chosen if ports is None else ports.port}"
    _processes(settings, doors, ports, address, chosen, port_file, as_json).run()


def _make_new(url: str) -> None:
    """An empty folder becomes a house that is set up on its own pages: nobody needs a command for that."""
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        from server.cli.common import var_of  # noqa: PLC0415 - once in the life of a house
        from server.cli.upgrading import brought_up  # noqa: PLC0415 - the same, and it is slow

        brought_up(url, var_of(url))
        click.echo(f"A new database was made at {url}. If there should be one already, stop and give its address with --db.", err=True)


def _guard_start(url: str, *, reuse_port: bool, certificates: int) -> None:
    if certificates > 1:
        raise click.UsageError("--https makes a certificate, --tls-cert brings one: give one of them.")
    guard_several(url, os.environ, reuse_port=reuse_port)
    if (not url.startswith("sqlite") or Path(url.removeprefix("sqlite:///")).exists()) and not is_current(url):
        with suppress(Unavailable):  # it is waited for
            _guard_version(url)


def _guard_version(url: str) -> None:
    """Imported only where something is to be said, since it is slow."""
    from server.cli.upgrading import guard_version  # noqa: PLC0415

    guard_version(url)


def _processes(*words: Any) -> Any:
    """Imported here, since it is not there on systems without fork."""
    from server.cli.processes import Processes  # noqa: PLC0415

    return Processes(*words)


def _two_ports(*words: Any) -> Any:
    """Imported only where it is wanted, since it is slow."""
    from server.cli.https import TwoPorts  # noqa: PLC0415

    return TwoPorts(*words)


def free_port(host: str, port: int, *, any_port: bool, option: str = "--port") -> int:
    """The port, or the next free one; a clear error when it is taken or cannot be had, which names the option to change."""
    for tried in range(port, port + _ANY_PORT_TRIES) if port else [0]:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, tried))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise click.ClickException(f"{host} port {tried} cannot be used: {error.strerror}. Give an address of this machine with "
                                               f"--host, and with {option} a port from 1024 on.") from None
                if not any_port:
                    raise click.ClickException(f"Port {port} is taken. Stop what uses it, give another with {option}, or add "
                                               "--any-port.") from None
                continue
            found: int = probe.getsockname()[1]
            if not tried:
                _keep(probe)
            elif tried != port:
                click.echo(f"Port {port} is taken; {found} is used.", err=True)
            return found
    raise click.ClickException(f"No port from {port} to {port + _ANY_PORT_TRIES} is free.")


def _keep(probe: socket.socket) -> None:
    """What the system gave it would give to another before this process listens there.

    On Linux a socket that does not listen itself keeps the port, and whoever may share it listens beside it.
    """
    if sys.platform == "linux":
        _kept.append(probe.dup())


def hours_between(url: str, wanted: float | None) -> float:
    """What is wanted; if nothing is said an hour for SQLite, which nobody else backs up, and never for PostgreSQL."""
    if wanted is not None:
        return wanted
    return 1.0 if url.startswith("sqlite") else 0.0


def _settings(url: str, *, is_secure: bool) -> Settings:
    var = os.environ.get("AISLE_VAR") or (str(Path(url.removeprefix("sqlite:///")).parent) if url.startswith("sqlite:///") else "var")
    values = {**os.environ, "AISLE_DB": url, "AISLE_VAR": var, "AISLE_SETUP_TOKEN": new_secret("setup")}
    if is_secure:
        values["AISLE_SECURE"] = "1"
    Path(var).mkdir(parents=True, exist_ok=True)
    return Settings.from_environment(values)
