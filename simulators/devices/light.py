"""`aisle simulate light`: a beacon that shows what it is sent, one text a line, and remembers what it showed."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

import click

from simulators.devices.wire import Device, Wire
from simulators.simulate import run


class Beacon(Device):
    """Shows the last line that it was sent."""

    FAULTS: ClassVar[Mapping[str, str]] = {"silent": "takes what it is sent and shows nothing"}

    def __init__(self, faults: tuple[str, ...] = (), *, say: Callable[[str], object] = lambda _: None) -> None:
        super().__init__(faults)
        self._say = say
        self.shown: list[str] = []

    def serve(self, wire: Wire) -> None:
        """Takes lines until the host hangs up."""
        held = b""
        while True:
            held += wire.read(0.2)
            *lines, held = held.split(b"\n")
            for line in lines if "silent" not in self.faults else ():
                self.shown.append(line.strip().decode("latin-1"))
                self._say(self.shown[-1])

    def times(self, colour: str) -> int:
        """How often it showed a colour."""
        return self.shown.count(colour)


@click.command("light")
@click.option("--listen", metavar="HOST:PORT", help="Listen here.")
@click.option("--link", type=click.Path(path_type=Path), help="Be a serial line under this name.")
@click.option("--fault", "faults", multiple=True, metavar="NAME", help="Begin with this fault: silent.")
@click.option("--json", "as_json", is_flag=True, help="Say where it listens as JSON.")
def COMMAND(*, listen: str | None, link: Path | None, faults: tuple[str, ...], as_json: bool) -> None:  # noqa: N802 - found by this name
    """A light at a station, switched by lines of text; every colour that it shows is printed."""
    run(Beacon(faults, say=click.echo), listen=listen, link=link, as_json=as_json)
