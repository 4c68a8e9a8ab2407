"""`aisle replay`: a recorded shift played again, at any speed, by devices that listen where the recorded ones did."""

import json
import time
from pathlib import Path

import click

from simulators.devices.wire import TcpPort
from simulators.simulate import address_of
from simulators.tape import NoTape, Player, read_tape

_LOOK_SECONDS = 0.1
_TELL_SECONDS = 2.0


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--speed", default=1.0, show_default=True, type=click.FloatRange(0.01, 10_000), help="10 plays an hour in six minutes.")
@click.option("--listen", "places", multiple=True, metavar="NAME=HOST:PORT",
              help="Where a device of the tape listens; each takes a free port of this machine otherwise.")
@click.option("--wait", default=30.0, show_default=True, type=click.FloatRange(0), help="Seconds to wait for hosts before it ends with 1.")
@click.option("--json", "as_json", is_flag=True, help="Print where devices listen, and what was played, as JSON lines.")
@click.pass_context
def replay(context: click.Context, *, file: Path, speed: float, places: tuple[str, ...], wait: float, as_json: bool) -> None:
    """Play FILE, which `aisle demo --record FILE` or a recorder wrote.

    Bind a station's devices to the addresses that are printed first. It begins when every device has been called, and
    ends when all have said what they said.
    """
    players, ports = _plugged_in(file, speed, places)
    told = {name: port.url for name, port in ports.items()}
    click.echo(json.dumps({"devices": told}) if as_json else "\n".join(f"{name:<16} {url}" for name, url in told.items()))
    try:
        if not _all(players, "is_held", wait, None):
            raise click.ClickException(f"Nobody called {', '.join(name for name, one in players.items() if not one.is_held.is_set())} "
                                       f"within {wait:g} seconds. Bind a station's devices to the addresses above.")
        began = time.monotonic()
        for player in players.values():
            player.begin(began)
        _all(players, "over", None, None if as_json else began)
    finally:
        for port in ports.values():
            port.close()
    seconds = round(time.monotonic() - began, 1)
    sent = {name: player.sent for name, player in players.items()}
    click.echo(json.dumps({"seconds": seconds, "bytes": sent}) if as_json else f"Played {sum(sent.values()):,} bytes in {seconds} s.")
    context.exit(0)


def _plugged_in(file: Path, speed: float, places: tuple[str, ...]) -> tuple[dict[str, Player], dict[str, TcpPort]]:
    try:
        players = {name: Player(said, speed) for name, said in read_tape(file).items()}
    except NoTape as error:
        raise click.ClickException(str(error)) from error
    wanted = dict(place.partition("=")[::2] for place in places)
    unknown = sorted(set(wanted) - set(players))
    if unknown:
        raise click.UsageError(f"There is no device {unknown[0]!r} on this tape. There are: {', '.join(sorted(players))}.")
    ports = dict[str, TcpPort]()
    for name, player in players.items():
        host, port = address_of(wanted[name]) if name in wanted else ("127.0.0.1", 0)
        try:
            ports[name] = TcpPort(player, host, port)
        except OSError as error:
            raise click.ClickException(f"{wanted.get(name)} cannot be used: {error.strerror}.") from error
    return players, ports


def _all(players: dict[str, Player], event: str, seconds: float | None, tell_from: float | None) -> bool:
    """Waits until all have come to an event; says how far it is where that takes long."""
    ends = None if seconds is None else time.monotonic() + seconds
    told = time.monotonic()
    while not all(getattr(player, event).is_set() for player in players.values()):
        if ends is not None and time.monotonic() > ends:
            return False
        if tell_from is not None and time.monotonic() - told > _TELL_SECONDS:
            told = time.monotonic()
            click.echo(f"… {told - tell_from:.0f} s, {sum(player.sent for player in players.values()):,} bytes", err=True)
        time.sleep(_LOOK_SECONDS)
    return True
