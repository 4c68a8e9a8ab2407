"""Simulated barcode scanners: they send what they are told to scan, as several makes do, and fail by name."""

import json
import queue
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import click

from simulators.devices.scanner_bytes import SUFFIXES, hid_reports, key_events, ssi_again, ssi_packets
from simulators.devices.wire import Device, Gone, Wire
from simulators.simulate import run

MODELS = ("plain", "honeywell", "zebra-ssi", "hid-pos", "keyboard")
_GS, _ACK, _NAK = "\x1d", 0x06, 0x15
_SSI_ACK, _SSI_NAK = b"\x04\xd0\x04\x00\xff\x28", b"\x05\xd1\x04\x00"
_REPEATS = 2
_BURST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Dress:
    """How a scanner is set up: what stands before and behind its codes, whether it names the symbology, what it sends for GS."""

    suffix: str = "CR"
    prefix: str = ""
    aim: bool = False
    gs_as: str = "<GS>"


class Scanner(Device):
    """One scanner. What is scanned while no host is there waits, as in a scanner that stores; `sent` holds what went out."""

    FAULTS: ClassVar[dict[str, str]] = {
        "unplugged": "hangs up in the middle of every code", "half": "sends half of every code, and no suffix",
        "lost-gs": "leaves GS out", "replaced-gs": "sends something else for GS", "double-read": "reads every code twice, 60 ms apart",
        "slow": "takes 80 ms for a byte", "rubbish": "200 bytes of noise come before every code",
        "no-terminator": "10,000 characters without suffix come before every code",
        "burst": "reads ten codes for one, 25 ms apart, numbered -1 to -10",
        "no-ack": "does not hear answers, and sends again: zebra-ssi with the retransmit bit, honeywell as it was",
        "silent": "reads and says nothing",
    }

    def __init__(self, model: str = "plain", dress: Dress | None = None, *, faults: Iterable[str] = (), seed: int = 1) -> None:
        super().__init__(faults)
        self.model, self.dress = model, dress or Dress()
        self.sent: list[str] = []
        self.answers = b""
        self.unanswered = 0
        self._is_sending = False
        self._host: Wire | None = None
        self.byte_seconds, self.noise_seconds, self.answer_seconds = 0.08, 0.5, 0.5
        self._waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._luck = random.Random(seed)

    @property
    def is_idle(self) -> bool:
        """Whether all that was scanned is sent, or given up."""
        return self._waiting.empty() and not self._is_sending

    def scan(self, text: str) -> None:
        """Reads a code; `text` may begin with its AIM identifier, which is sent where the scanner is set to."""
        several = [f"{text}-{number}" for number in range(1, _BURST + 1)] if "burst" in self.faults else [text]
        for one in several:
            self._waiting.put(one)

    def serve(self, wire: Wire) -> None:
        """Sends what is scanned until the host is gone, or another calls: a scanner speaks with one, the newest."""
        self._host = wire
        while self._host is wire:
            self.answers += wire.read(0.01)
            try:
                text = self._waiting.get_nowait()
            except queue.Empty:
                continue
            self._is_sending = True
            try:
                self._send(wire, text)
            finally:
                self._is_sending = False

    def _send(self, wire: Wire, text: str) -> None:
        if "silent" in self.faults:
            return
        self._noise(wire)
        for _ in range(2 if "double-read" in self.faults else 1):
            self.sent.append(text)
            if self.model in ("zebra-ssi", "honeywell"):
                self._send_answered(wire, self._frames(text))
            else:
                self._write(wire, self._frames(text)[0])
            time.sleep(0.06 if "double-read" in self.faults else 0.025 if "burst" in self.faults else 0)

    def _noise(self, wire: Wire) -> None:
        if "rubbish" in self.faults:
            wire.write(self._luck.randbytes(200))
        if "no-terminator" in self.faults:
            wire.write(b"7" * 10_000)
        if not self.faults.isdisjoint(("rubbish", "no-terminator")):
            time.sleep(self.noise_seconds)

    def _frames(self, text: str) -> list[bytes]:
        symbology, text = (text[:3], text[3:]) if text.startswith("]") else ("]C0", text)
        if "lost-gs" in self.faults:
            text = text.replace(_GS, "")
        if "replaced-gs" in self.faults:
            text = text.replace(_GS, self.dress.gs_as)
        if self.model == "hid-pos":
            return [hid_reports(symbology, text.encode())]
        if self.model == "zebra-ssi":
            return ssi_packets(symbology, text.encode())
        whole = self.dress.prefix + (symbology if self.dress.aim else "") + text + SUFFIXES.get(self.dress.suffix, self.dress.suffix)
        return [key_events(whole) if self.model == "keyboard" else whole.encode()]

    def _send_answered(self, wire: Wire, frames: Sequence[bytes]) -> None:
        """Each is sent until it is answered, three times at most; then the scanner gives up, with a sad sound."""
        for frame in frames:
            self.answers += wire.read(0)  # what was said when nothing was asked
            self._write(wire, frame)
            for _ in range(_REPEATS):
                if self._is_heard(wire):
                    break
                self._write(wire, ssi_again(frame) if self.model == "zebra-ssi" else frame)
            else:
                self.unanswered += not self._is_heard(wire)

    def _is_heard(self, wire: Wire) -> bool:
        """Whether ACK comes in time."""
        heard, ends = b"", time.monotonic() + self.answer_seconds
        while time.monotonic() < ends:
            heard += wire.read(0.01)
            if self._is_yes(heard) or self._is_no(heard):
                break
        self.answers += heard
        return self._is_yes(heard) and "no-ack" not in self.faults

    def _is_yes(self, heard: bytes) -> bool:
        return _SSI_ACK in heard if self.model == "zebra-ssi" else _ACK in heard

    def _is_no(self, heard: bytes) -> bool:
        return _SSI_NAK in heard if self.model == "zebra-ssi" else _NAK in heard

    def _write(self, wire: Wire, data: bytes) -> None:
        is_unplugged = "unplugged" in self.faults  # asked once: a fault that begins meanwhile is the next code's
        if is_unplugged or "half" in self.faults:
            data = data[:len(data) // 2]
        for part in ([bytes((byte,)) for byte in data] if "slow" in self.faults else [data]):
            wire.write(part)
            time.sleep(self.byte_seconds if "slow" in self.faults else 0)
        if is_unplugged:
            wire.close()
            raise Gone


@click.command("scanner")
@click.option("--listen", metavar="HOST:PORT", help="Wait for hosts at this TCP port; port 0 takes a free one.")
@click.option("--connect", metavar="HOST:PORT", help="Call this host, as many TCP scanners do, and call again when cut off.")
@click.option("--pty", "link", type=click.Path(path_type=Path), help="Be a serial line; the device file is LINK.")
@click.option("--model", type=click.Choice(MODELS), default="plain", show_default=True,
              help="plain text; text that waits for ACK or NAK; SSI packets; HID POS reports; events of keys.")
@click.option("--suffix", default="CR", show_default=True, help="CR, LF, CRLF, TAB, none, or the characters themselves.")
@click.option("--prefix", default="", help="What stands before every code.")
@click.option("--aim", is_flag=True, help="Send the AIM identifier before every code.")
@click.option("--gs-as", default="<GS>", show_default=True, help="What the fault replaced-gs sends for GS.")
@click.option("--fault", "faults", multiple=True, type=click.Choice(sorted(Scanner.FAULTS)), help="Fail from the start; may be given more than once.")
@click.option("--file", "codes", type=click.File(encoding="utf-8"), help="Scan every line of this file at once; - is not possible.")
@click.option("--json", "as_json", is_flag=True, help="Say where it is plugged in as JSON.")
def COMMAND(*, listen: str | None, connect: str | None, link: Path | None, model: str, suffix: str, prefix: str, aim: bool,  # noqa: N802 - found by this name
            gs_as: str, faults: tuple[str, ...], codes: Iterable[str] | None, as_json: bool) -> None:
    r"""Run a simulated barcode scanner.

    Standard input: `scan TEXT` reads a code; TEXT may begin with its AIM identifier (`scan ]C101...`), and is a JSON string where it
    has control characters (`scan "]C10109506000134352\u001d21A"`). `file PATH` reads every line of a file. `fault NAME`, `heal NAME`,
    `unplug`, and with --pty `plug-in`.
    """
    scanner = Scanner(model, Dress(suffix=suffix, prefix=prefix, aim=aim, gs_as=gs_as), faults=faults)
    for line in codes or ():
        _scan(scanner, line.rstrip("\r\n"))
    run(scanner, listen=listen, connect=connect, link=link, as_json=as_json, orders=lambda words: _obey(scanner, words))


def _obey(scanner: Scanner, words: Sequence[str]) -> bool:
    match list(words):
        case ["scan", _, *_]:
            _scan(scanner, " ".join(words[1:]))
        case ["file", path]:
            _scan_file(scanner, Path(path))
        case _:
            return False
    return True


def _scan(scanner: Scanner, text: str) -> None:
    if text.startswith('"') and text.endswith('"'):
        try:
            text = str(json.loads(text))
        except ValueError as error:
            click.echo(f"{text} is no JSON string: {error}.", err=True)
            return
    if text:
        scanner.scan(text)


def _scan_file(scanner: Scanner, path: Path) -> None:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        click.echo(f"{path} cannot be read: {error}.", err=True)
        return
    for line in lines:
        _scan(scanner, line)
