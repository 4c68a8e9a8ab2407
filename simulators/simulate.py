"""`aisle simulate`: any simulated device alone, on a real port, until it is ended. Faults are switched while it runs."""

import contextlib
import importlib
import json
import pkgutil
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from simulators import devices
from simulators.devices.wire import Device, PtyPort, TcpCaller, TcpPort, UnknownFault
from simulators.plugged import plug, pull
from simulators.shops.command import shop


class Simulators(click.Group):
    """Every module of `simulators.devices` that holds a COMMAND: there is no list to edit."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All kinds of devices."""
        return sorted({*super().list_commands(ctx), *(name for name in _names() if hasattr(_module(name), "COMMAND"))})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A kind by its name."""
        own = super().get_command(ctx, cmd_name)
        return own or (getattr(_module(cmd_name), "COMMAND", None) if cmd_name in _names() else None)


@click.group(cls=Simulators)
@click.option("--name", default=None, help="Stations of this machine find it as sim://NAME, wherever it listens.")
@click.pass_context
def simulate(context: click.Context, *, name: str | None) -> None:
    """Run a simulated device alone: real bytes on a real port, and it fails when told to.

    While it runs, lines on standard input are obeyed: `fault NAME`, `heal NAME`, `unplug`, and what its kind knows beside them.
    """
    context.obj = name


simulate.add_command(shop)


def run(device: Device, *, listen: str | None, connect: str | None = None, link: Path | None = None, as_json: bool = False,
        orders: Any = None) -> None:
    """Plugs a device in where it was asked for, says where that is, and obeys standard input until it ends or Ctrl-C.

    `orders(words) -> bool` takes what only this kind of device knows; False for words it does not know.
    """
    port = _plugged_in(device, listen, connect, link)
    told = {"url": port.url if not isinstance(port, TcpCaller) else f"calls {connect}", "faults": sorted(device.faults)}
    click.echo(json.dumps(told) if as_json else f"{told['url']}" + (f"  faults: {', '.join(device.faults)}" if device.faults else ""))
    sys.stdout.flush()
    name = click.get_current_context().obj if click.get_current_context(silent=True) is not None else None
    try:
        if isinstance(name, str) and not isinstance(port, TcpCaller):
            plug(name, port.url)
        for line in sys.stdin:
            _obey(device, port, line.split(), orders)
        threading.Event().wait()  # started without standard input it stays until it is ended
    except KeyboardInterrupt:
        pass
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    finally:
        if isinstance(name, str):
            with contextlib.suppress(ValueError):
                pull(name)
        port.close()


def address_of(text: str) -> tuple[str, int]:
    """HOST:PORT or :PORT as host and port; click.BadParameter says what is wrong with it."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65_535:
        raise click.BadParameter(f"{text!r} is no HOST:PORT, such as 127.0.0.1:9100 or :9100.")
    return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104 - asked for without a host, foreign clients shall reach it


def _plugged_in(device: Device, listen: str | None, connect: str | None, link: Path | None) -> TcpPort | TcpCaller | PtyPort:
    wanted = [one for one in (listen, connect, link) if one is not None]
    if len(wanted) != 1:
        raise click.UsageError("Say where it is plugged in, once: --listen HOST:PORT, or what else --help names.")
    try:
        if link is not None:
            return PtyPort(device, link)
        if connect is not None:
            return TcpCaller(device, *address_of(connect))
        return TcpPort(device, *address_of(str(listen)))
    except OSError as error:
        raise click.ClickException(f"{wanted[0]} cannot be used: {error.strerror}.") from error


def _obey(device: Device, port: Any, words: Sequence[str], orders: Any) -> None:
    try:
        match list(words):
            case []:
                return
            case ["fault", name]:
                device.fail(name)
            case ["heal", name]:
                device.heal(name)
            case ["unplug"]:
                port.unplug()
            case ["plug-in"] if isinstance(port, PtyPort):
                port.plug_in()
            case _ if orders is None or not orders(list(words)):
                click.echo(f"{' '.join(words)[:80]!r} is no order. Say fault NAME, heal NAME or unplug.", err=True)
    except UnknownFault as error:
        click.echo(str(error), err=True)


def _names() -> list[str]:
    return [found.name for found in pkgutil.iter_modules(devices.__path__)]


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"simulators.devices.{name}")
