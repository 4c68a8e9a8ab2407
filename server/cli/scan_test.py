"""`aisle scan-test`: what comes from a scanner, scan by scan, and what it does, once the three printed codes were scanned."""

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import click

from server.ports import Condition, Keeper, PortError, PortSettings, UnknownPort
from server.scanners.driver import DRIVERS
from server.scanners.fitness import PRINTED_CODES, Fitness
from server.scanners.inbox import Inbox
from server.scanners.learn import Learner
from server.scanners.scan import Scan
from server.scanners.stored_settings import ScannerError, settings_of
from server.scanners.tcp import ListenerSettings, ScannerListener
from server.scanners.twice import twice_within

_LISTEN = "listen://"
_PATIENCE_SECONDS = 5.0
_TWICE_MS = 300


@click.command("scan-test")
@click.argument("url")
@click.option("--driver", type=click.Choice(list(DRIVERS)), default="text", show_default=True, help="How the scanner speaks.")
@click.option("--settings", "settings_json", default="{}", metavar="JSON", help='Of the driver, such as {"suffix": "TAB", "aim": "sent"}.')
@click.option("--port", "port_json", default="{}", metavar="JSON", help='Of a serial line, such as {"baudrate": 115200, "rtscts": true}.')
@click.option("--seconds", type=click.FloatRange(min=0.1), help="End after so long.")
@click.option("--count", type=click.IntRange(min=1), help="End after so many scans.")
@click.option("--json", "as_json", is_flag=True, help='One JSON object a line: scans, and {"fitness": ...} once the three codes were scanned.')
@click.pass_context
def scan_test(context: click.Context, *, url: str, driver: str, settings_json: str, port_json: str, seconds: float | None,
              count: int | None, as_json: bool) -> None:
    """Open the scanner at URL and print what comes, until Ctrl-C.

    \b
    /dev/serial/by-id/NAME, socket://HOST:PORT, rfc2217://HOST:PORT
    hid://VENDOR:PRODUCT                     with --driver hid-pos
    evdev:///dev/input/by-id/NAME-event-kbd  with --driver keyboard
    listen://HOST:PORT                       for scanners that call

    Outages and rubbish are told on standard error. Ends with 1 when the port cannot be opened within 5 seconds, nothing was
    scanned, or the three codes show that the scanner must be set up first.
    """  # noqa: D301 - \b is click's mark for lines that stay as they are
    logging.getLogger("aisle").addHandler(logging.NullHandler())  # what is logged is told as the condition
    inbox = Inbox()
    told = _Told(as_json=as_json)
    try:
        with _opened(url, driver, _object("--settings", settings_json), _object("--port", port_json), inbox) as station:
            told.follow(station, inbox, time.monotonic() + (seconds or float("inf")), count)
    except (PortError, ScannerError) as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        click.echo(err=True)
    if not told.scans:
        raise click.ClickException("Nothing was scanned.")
    context.exit(0 if told.fitness is None or told.fitness.is_fit else 1)


class _Station:
    """What is open: the condition of all that is connected, and what is known of one scanner."""

    def __init__(self, conditions: Callable[[], Mapping[str, Condition]], learner: Learner | None = None, *, waits: bool) -> None:
        self.conditions, self.waits = conditions, waits
        self._learner = learner

    @property
    def fitness(self) -> Fitness | None:
        """Once the three codes were scanned; None before, and of scanners that call."""
        found = self._learner.fitness if self._learner is not None else None
        return found if found is not None and len(found.seen) == len(PRINTED_CODES) else None


class _Told:
    """What was printed."""

    def __init__(self, *, as_json: bool) -> None:
        self.scans = 0
        self.fitness: Fitness | None = None
        self._as_json, self._is_twice = as_json, twice_within(_TWICE_MS)
        self._errors: dict[str, str] = {}

    def follow(self, station: _Station, inbox: Inbox, ends: float, count: int | None) -> None:
        """Prints until the time is over, or so many scans came; PortError when nothing is there."""
        began = time.monotonic()
        while time.monotonic() < ends and (count is None or self.scans < count):
            scan = inbox.take(0.2)
            conditions = station.conditions()
            self._tell_conditions(conditions)
            if scan is not None:
                self._tell_scan(scan)
                self._tell_fitness(station.fitness if self.fitness is None else None)
            elif not station.waits and time.monotonic() - began > _PATIENCE_SECONDS and not self.scans:
                _refuse_absent(conditions)

    def _tell_scan(self, scan: Scan) -> None:
        self.scans += 1
        told = {**asdict(scan), "is_twice": self._is_twice(scan)}
        marks = [mark for mark, holds in (("sent again", scan.is_repeat), ("twice", told["is_twice"])) if holds]
        words = [scan.device, scan.symbology or "-", repr(scan.text)[1:-1], *marks]
        click.echo(json.dumps(told) if self._as_json else "  ".join(words))

    def _tell_fitness(self, found: Fitness | None) -> None:
        if found is None:
            return
        self.fitness = found
        advice = [{**asdict(one), "text": one.text} for one in found.advice]
        if self._as_json:
            click.echo(json.dumps({"fitness": {**asdict(found), "is_fit": found.is_fit, "advice": advice}}))
            return
        speed = "at once" if found.characters_per_second is None else f"{found.characters_per_second:.0f} characters a second"
        click.echo(f"suffix {found.suffix!r}, prefix {found.prefix!r}, AIM identifiers {found.aim}, GS {found.gs} {found.gs_as!r}, "
                   f"layouts {'/'.join(found.layouts)}, letters {found.case}, double reads {found.double_reads}, {speed}")
        click.echo(f"settings: {'none help' if found.settings is None else json.dumps(found.settings)}")
        for one in advice:
            click.echo(f"{'must' if one['must'] else 'better'}: {one['text']}")

    def _tell_conditions(self, conditions: Mapping[str, Condition]) -> None:
        for name, condition in conditions.items():
            told = f"{name}: {condition.state}" + (f". {condition.error}" if condition.error else "")
            if told != self._errors.get(name):
                self._errors[name] = told
                click.echo(told, err=True)


@contextmanager
def _opened(url: str, driver: str, settings: Mapping[str, Any], port: Mapping[str, Any], inbox: Inbox) -> Iterator[_Station]:
    if url.startswith(_LISTEN):
        if driver != "text":
            raise click.ClickException(f"Scanners that call send plain text; the driver {driver} needs a port of its own.")
        listener = ScannerListener(*_address(url), ListenerSettings.of(settings), inbox.put)
        listener.start()
        click.echo(f"listens at port {listener.port}", err=True)
        try:
            yield _Station(lambda: listener.conditions, waits=True)
        finally:
            _end(inbox, listener.stop)
        return
    learner = Learner(driver, settings, inbox.put, device=url)
    keeper = Keeper(url, url, learner, settings=settings_of(PortSettings, port))
    keeper.start()
    try:
        yield _Station(lambda: {url: keeper.condition}, learner, waits=False)
    finally:
        _end(inbox, keeper.stop)


def _end(inbox: Inbox, stop: Callable[[], None]) -> None:
    inbox.close()
    stop()


def _refuse_absent(conditions: Mapping[str, Condition]) -> None:
    for condition in conditions.values():
        if condition.state != "connected":
            raise PortError(condition.error or "The port could not be opened.")


def _address(url: str) -> tuple[str, int]:
    host, _, port = url.removeprefix(_LISTEN).rpartition(":")
    if not port.isdigit() or int(port) > 65_535:
        raise UnknownPort(f"{url!r} is no address to listen at. Use listen://HOST:PORT, such as listen://0.0.0.0:4001.")
    return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104 - asked for without a host, scanners shall reach it


def _object(option: str, text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise click.ClickException(f"{option} is not JSON: {error}.") from error
    if not isinstance(found, dict):
        raise click.ClickException(f'{option} is a JSON object, such as {{"suffix": "CR"}}, not {text}.')
    return found
