"""A label printer as Zebra's are: it takes ZPL, tells how it is, prints one label after the other, and fails when told to.

What it answers follows Zebra's programming guide (~HI, ~HS, ~HQ, getvar); some firmware differs, and so do the models here.
"""

import re
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import click

from simulators.devices.wire import Device, Gone, Wire
from simulators.simulate import run

_STX, _ETX = b"\x02", b"\x03"
_GETVAR = re.compile(rb'! U1 getvar "([^"\r\n]{1,80})"\r?\n?')
_COPIES = re.compile(rb"\^PQ(\d{1,8})")
_COMMANDS = (b"~HQES", b"~HQOD", b"~HQSN", b"~HI", b"~HS", b"~JA", b"~PP", b"~PS")
_LONGEST = max(map(len, _COMMANDS))
_BAD_MEDIA = ("media-out", "ribbon-out", "head-open")
_SLOW_SECONDS = 0.8


@dataclass(frozen=True, slots=True)
class Model:
    """What ~HI says, and whether the firmware knows ~HQ and getvar."""

    name: str
    firmware: str
    dots_a_mm: int = 8
    is_modern: bool = True


MODELS: Mapping[str, Model] = {
    "ZD421": Model("ZD421-203dpi", "V93.21.17Z"), "ZT411-300": Model("ZT411-300dpi", "V92.21.16Z", dots_a_mm=12),
    "ZT411-600": Model("ZT411-600dpi", "V92.21.16Z", dots_a_mm=24), "LP2844": Model("LP2844-Z", "V45.11.7Z   ", is_modern=False),
}


@dataclass(slots=True, eq=False)
class _Waiting:
    """A label that was received, and how often it is still to come out."""

    label: bytes
    copies: int


class LabelPrinter(Device):
    """Labels come out into `labels`, one entry each, and into `folder` if there is one; `odometer` outlives a power cut.

    What it has received and not printed is lost with the power; a label under way is then half printed and not counted.
    `spoiled` holds what came out half. With a long `label_seconds` a label stays under way until they are made short. A fault of the media while a label is printed has it printed again afterwards (^JZY).
    """

    FAULTS: ClassVar[Mapping[str, str]] = {
        "media-out": "no labels left", "ribbon-out": "no ribbon left", "head-open": "the print head is open", "paused": "somebody pressed pause",
        "silent": "takes bytes and never answers", "offline": "hangs up on every host, as when switched off",
        "slow": "answers and prints slowly", "cut-after-sending": "the line is cut when a label has been received, and the label is printed",
        "rubbish": "answers make no sense", "wrong-port": "another service answers here, in HTTP", "no-odometer": "knows no odometer",
        "no-host-status": "does not answer ~HS",
    }

    def __init__(self, faults: Iterable[str] = (), *, model: str = "ZD421", folder: Path | None = None, label_seconds: float = 0.02) -> None:
        self._lock = threading.Condition()
        self.model, self.folder, self.label_seconds = MODELS[model], folder, label_seconds
        self.labels: list[bytes] = []
        self.spoiled: list[bytes] = []
        self.odometer = 1000
        self._waiting: list[_Waiting] = []
        self._partial = b""
        self._prints_again = True
        self._is_printing = self.is_under_way = False
        self._power = 0
        self._left: int | None = None
        self._off_seconds, self._off_until = 0.2, 0.0
        super().__init__(faults)

    def serve(self, wire: Wire) -> None:
        """Takes what one host sends; several may be connected at once."""
        power = self._power
        if "offline" in self.faults or self._is_off():
            raise Gone
        while True:
            data = wire.read(0.1)
            if power != self._power or "offline" in self.faults:
                wire.close()
                raise Gone
            if data:
                self._take(wire, data)

    def dies_after(self, count: int, *, off_seconds: float = 0.2) -> None:
        """The power goes after so many more bytes of labels (0: at once), and comes back by itself."""
        with self._lock:
            self._left, self._off_seconds = count, off_seconds
        if not count:
            self._cut_power()

    def heal(self, name: str) -> None:
        """Ends a fault; a label that waits for it is printed."""
        super().heal(name)
        with self._lock:
            self._lock.notify_all()

    def is_idle(self) -> bool:
        """Whether nothing waits to be printed."""
        return not self._waiting and not self._is_printing

    def _is_off(self) -> bool:
        return time.monotonic() < self._off_until

    def _take(self, wire: Wire, data: bytes) -> None:
        if "wrong-port" in self.faults:
            wire.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            wire.close()
            raise Gone
        if self._left is not None:
            data = self._until_the_power_goes(data)
        self._partial += data
        self._understand(wire)
        if self._left == 0:
            self._cut_power()
            wire.close()
            raise Gone

    def _until_the_power_goes(self, data: bytes) -> bytes:
        """Only bytes of labels count, so that a test says where in a label it happens."""
        begins = 0 if self._partial else data.find(b"^XA")
        if self._left is None or begins < 0:
            return data
        taken = data[begins:begins + self._left]
        self._left -= len(taken)
        return data[:begins] + taken

    def _cut_power(self) -> None:
        with self._lock:
            self._power += 1
            self._left = None
            self._off_until = time.monotonic() + self._off_seconds
            self._partial = b""
            self._waiting.clear()
            self._lock.notify_all()

    def _understand(self, wire: Wire) -> None:
        while self._partial:
            start = self._next_start()
            if start is None:
                return
            self._partial = self._partial[start:]
            if self._partial.startswith(b"^XA"):
                ends = self._partial.find(b"^XZ")
                inner = self._immediate(ends)
                if inner is not None:
                    self._answer(wire, inner)
                    continue
                if ends < 0:
                    return
                whole, self._partial = self._partial[:ends + 3], self._partial[ends + 3:]
                self._format(wire, whole)
            elif not self._one_command(wire):
                return

    def _next_start(self) -> int | None:
        """Where the next thing begins that it knows; keeps what may become one."""
        found = [at for at in (self._partial.find(b"^XA"), self._partial.find(b"~"), self._partial.find(b"! U1")) if at >= 0]
        if found:
            return min(found)
        self._partial = self._partial[-3:] if self._partial[-1:] in b"^XA! U" else b""
        return None

    def _immediate(self, ends: int) -> bytes | None:
        """A ~ command inside a label that is being received is obeyed at once and is no part of it."""
        until = len(self._partial) if ends < 0 else ends
        for command in _COMMANDS:
            at = self._partial.find(command, 0, until)
            if at >= 0:
                self._partial = self._partial[:at] + self._partial[at + len(command):]
                return command
        return None

    def _one_command(self, wire: Wire) -> bool:
        """Obeys the command that stands first; False when the rest of it is still to come."""
        asked = _GETVAR.match(self._partial)
        if asked:
            self._partial = self._partial[asked.end():]
            self._say(wire, self._variable(asked[1].decode()))
            return True
        for command in _COMMANDS:
            if self._partial.startswith(command):
                self._partial = self._partial[len(command):]
                self._answer(wire, command)
                return True
        if len(self._partial) < _LONGEST or (self._partial.startswith(b"!") and b"\n" not in self._partial[:120]):
            return False
        self._partial = self._partial[1:]
        return True

    def _format(self, wire: Wire, label: bytes) -> None:
        if b"^JZN" in label or b"^JZY" in label:
            self._prints_again = b"^JZY" in label
        if b"^HH" in label:
            self._say(wire, _STX + f"  +10.0   DARKNESS\r\n  {self.model.firmware}   FIRMWARE\r\n".encode() + _ETX)
            return
        copies = _COPIES.search(label)
        with self._lock:
            if b"^FD" in label or b"^GF" in label or b"^GB" in label:  # a format without anything to print feeds none
                self._waiting.append(_Waiting(label, int(copies[1]) if copies else 1))
            if self._waiting and not self._is_printing:
                self._is_printing = True
                threading.Thread(target=self._print, args=(self._power,), name="simulated printing", daemon=True).start()
        if "cut-after-sending" in self.faults:
            wire.close()
            raise Gone

    def _print(self, power: int) -> None:
        """Label by label until nothing waits or the power is gone; waits while something is wrong."""
        while True:
            with self._lock:
                while power == self._power and self._waiting and self._is_stopped():
                    self._lock.wait(0.05)
                if power != self._power or not self._waiting:
                    self._is_printing = False
                    return
                one = self._waiting[0]
                self.is_under_way = True
            self._feed(power)
            with self._lock:
                self.is_under_way = False
                self._come_out(power, one)

    def _feed(self, power: int) -> None:
        """As long as a label takes or the power lasts; who changes `label_seconds` meanwhile changes that of the label under way too."""
        began = time.monotonic()
        while power == self._power and (left := began + (_SLOW_SECONDS if "slow" in self.faults else self.label_seconds) - time.monotonic()) > 0:
            time.sleep(min(left, 0.05))

    def _come_out(self, power: int, one: _Waiting) -> None:
        if power != self._power or (self._is_stopped() and "paused" not in self.faults):
            self.spoiled.append(one.label)
            if power == self._power and not self._prints_again:
                self._waiting.remove(one)
            return
        self.labels.append(one.label)
        self.odometer += 1
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{len(self.labels):06}.zpl").write_bytes(one.label)
        one.copies -= 1
        if not one.copies and one in self._waiting:
            self._waiting.remove(one)

    def _is_stopped(self) -> bool:
        return bool(self.faults & {*_BAD_MEDIA, "paused"})

    def _answer(self, wire: Wire, command: bytes) -> None:
        match command:
            case b"~JA":
                with self._lock:
                    self._partial = b""
                    self._waiting.clear()
            case b"~PP":
                self.fail("paused")
            case b"~PS":
                self.heal("paused")
            case b"~HI":
                self._say(wire, _STX + f"{self.model.name},{self.model.firmware},{self.model.dots_a_mm},8192KB".encode() + _ETX + b"\r\n")
            case b"~HS" if not self.faults & {*_BAD_MEDIA, "no-host-status"}:  # the guide: no answer when media or ribbon is out or the head is open
                self._say(wire, self._host_status())
            case b"~HQES" | b"~HQOD" | b"~HQSN" if self.model.is_modern:
                self._say(wire, _STX + b"\r\n\r\n" + self._query(command) + b"\r\n" + _ETX)

    def _say(self, wire: Wire, answer: bytes) -> None:
        if "silent" in self.faults or not answer:
            return
        if "slow" in self.faults:
            time.sleep(_SLOW_SECONDS)
        wire.write(b"\x02??,\x00\xff" + answer[::-1] if "rubbish" in self.faults else answer)

    def _host_status(self) -> bytes:
        with self._lock:
            formats, left = len(self._waiting), sum(one.copies for one in self._waiting)
        is_partial = int(b"^XA" in self._partial)
        lines = (f"030,0,{int('paused' in self.faults)},1218,{min(formats, 999):03},0,0,{is_partial},000,0,0,0",
                 f"000,0,0,0,0,2,4,0,{left:08},1,000", "1234,0")
        return b"".join(_STX + line.encode() + _ETX + b"\r\n" for line in lines)

    def _query(self, command: bytes) -> bytes:
        if command == b"~HQOD":
            return f"  PRINT METERS\r\n    TOTAL LABELS: {self.odometer}".encode()
        if command == b"~HQSN":
            return b"  SERIAL NUMBER\r\n    XXSIM000001"
        bits = sum(bit for name, bit in (("media-out", 1), ("ribbon-out", 2), ("head-open", 4), ("paused", 0x10000)) if name in self.faults)
        return (f"  PRINTER STATUS\r\n  ERRORS:         {int(bits > 0)} 00000000 {bits:08X}\r\n"
                "  WARNINGS:       0 00000000 00000000").encode()

    def _variable(self, name: str) -> bytes:
        if not self.model.is_modern:
            return b""
        known = {"device.friendly_name": self.model.name, "head.latch": "open" if "head-open" in self.faults else "ok",
                 "media.status": "out" if "media-out" in self.faults else "ok"}
        if "no-odometer" not in self.faults:
            known["odometer.total_label_count"] = str(self.odometer)
        return f'"{known.get(name, "?")}"'.encode()


def _orders(printer: LabelPrinter, words: list[str]) -> bool:
    match words:
        case ["labels"]:
            click.echo(f"{len(printer.labels)} labels, {len(printer.spoiled)} half printed, odometer {printer.odometer}")
        case ["dies-after", count] if count.isdigit():
            printer.dies_after(int(count), off_seconds=2)
        case _:
            return False
    return True


@click.command("printer")
@click.option("--listen", metavar="HOST:PORT", help="Listen on a TCP port, such as :9100.")
@click.option("--link", type=click.Path(path_type=Path), help="Be a serial line: a link to a pseudo terminal is made here.")
@click.option("--model", type=click.Choice(sorted(MODELS)), default="ZD421", show_default=True)
@click.option("--fault", "faults", multiple=True, type=click.Choice(sorted(LabelPrinter.FAULTS)), help="Begin with a fault; repeat.")
@click.option("--dies-after", type=click.IntRange(0), help="The power goes after so many bytes of labels, for two seconds.")
@click.option("--labels", "folder", type=click.Path(path_type=Path), help="Keep every label as a file in this folder.")
@click.option("--label-seconds", type=click.FloatRange(0, 60), default=0.3, show_default=True, help="How long a label takes.")
@click.option("--json", "as_json", is_flag=True, help="Say in JSON where it is.")
def COMMAND(*, listen: str | None, link: Path | None, model: str, faults: tuple[str, ...], dies_after: int | None,  # noqa: N802 - found by this name
            folder: Path | None, label_seconds: float, as_json: bool) -> None:
    """A label printer that speaks ZPL and says how it is. Orders beside fault and heal: labels, dies-after BYTES."""
    printer = LabelPrinter(faults, model=model, folder=folder, label_seconds=label_seconds)
    if dies_after is not None:
        printer.dies_after(dies_after, off_seconds=2)
    run(printer, listen=listen, link=link, as_json=as_json, orders=lambda words: _orders(printer, words))
