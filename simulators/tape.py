"""A recorded shift: every byte between devices and their host, with its time; and the same devices played from it.

A tape is JSON lines: {"tape": 1} first, then {"at": ms since it began, "port": name, "from": "device" | "host", "data": hex}.
"""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from simulators.devices.wire import Device, Wire

_HEAD = {"tape": 1}
_SIDES = ("device", "host")
_LISTEN_SECONDS = 0.1
_PATIENCE_SECONDS = 2.0


class NoTape(ValueError):
    """A file that is no recorded shift."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one side said: `at` in seconds since the tape began."""

    at: float
    port: str
    is_devices: bool
    data: bytes


class Tape:
    """Writes what is said, from any thread."""

    def __init__(self, out: TextIO) -> None:
        self._out, self._lock = out, threading.Lock()
        self._began: float | None = None
        self._write(_HEAD)

    def note(self, port: str, side: str, data: bytes) -> None:
        """One side said something; the first word begins the tape."""
        if data:
            now = time.monotonic()
            self._began = now if self._began is None else self._began
            self._write({"at": round((now - self._began) * 1000, 1), "port": port, "from": side, "data": data.hex()})

    def _write(self, row: Mapping[str, object]) -> None:
        with self._lock:
            self._out.write(json.dumps(row) + "\n")
            self._out.flush()


class Taped(Device):
    """A device whose wires are listened to; its faults are its own."""

    def __init__(self, device: Device, name: str, tape: Tape) -> None:
        super().__init__()
        self._device, self._name, self._tape = device, name, tape

    def serve(self, wire: Wire) -> None:
        """The device's own."""
        self._device.serve(_TapedWire(wire, self._name, self._tape))


class _TapedWire:
    def __init__(self, wire: Wire, name: str, tape: Tape) -> None:
        self._wire, self._name, self._tape = wire, name, tape

    def read(self, seconds: float) -> bytes:
        data = self._wire.read(seconds)
        self._tape.note(self._name, "host", data)
        return data

    def write(self, data: bytes) -> None:
        self._wire.write(data)
        self._tape.note(self._name, "device", data)

    def close(self) -> None:
        self._wire.close()


class Player(Device):
    """One device from a tape: says what it said, at its times divided by `speed`, once `begin` is called.

    What it said after its host had said something it says after that again, for an answer must not come before the
    question; it waits two seconds at most for a host that says less than the recorded one.
    """

    def __init__(self, said: Iterable[Said], speed: float) -> None:
        super().__init__()
        self._lines, self._speed = list(_after(said)), speed
        self.is_held, self.over = threading.Event(), threading.Event()
        self._began: float | None = None
        self._next = 0
        self.sent = self.heard = 0

    def begin(self, at: float) -> None:
        """The shift begins at this second of the monotonic clock."""
        self._began = at

    def serve(self, wire: Wire) -> None:
        """Goes on where it was when the host calls again."""
        self.is_held.set()
        while self._next < len(self._lines):
            said, after = self._lines[self._next]
            self._wait(wire, said.at / self._speed, after)
            wire.write(said.data)
            self._next += 1
            self.sent += len(said.data)
        self.over.set()
        while True:
            self.heard += len(wire.read(_LISTEN_SECONDS))

    def _wait(self, wire: Wire, at: float, after: int) -> None:
        while self._began is None or time.monotonic() < self._began + at or (
                self.heard < after and time.monotonic() < self._began + at + _PATIENCE_SECONDS):
            left = _LISTEN_SECONDS if self._began is None else self._began + at - time.monotonic()
            self.heard += len(wire.read(min(max(left, 0.01), _LISTEN_SECONDS)))


def _after(said: Iterable[Said]) -> Iterator[tuple[Said, int]]:
    """What the device said, each with how many bytes its host had said by then."""
    heard = 0
    for one in said:
        if one.is_devices:
            yield one, heard
        else:
            heard += len(one.data)


def read_tape(file: Path) -> dict[str, list[Said]]:
    """What was said, by port, in its order; NoTape says which line is wrong."""
    by_port: dict[str, list[Said]] = defaultdict(list)
    with file.open(encoding="utf-8") as lines:
        for number, row in enumerate(_rows(file, lines), 1):
            if number == 1:
                if row != _HEAD:
                    raise NoTape(f"{file.name} is no recorded shift: its first line is not {json.dumps(_HEAD)}.")
                continue
            by_port[str(row.get("port"))].append(_said(file, number, row))
    if not by_port:
        raise NoTape(f"{file.name} holds nothing that was said.")
    return by_port


def _rows(file: Path, lines: TextIO) -> Iterator[Mapping[str, object]]:
    try:
        for number, line in enumerate(lines, 1):
            row = json.loads(line)
            if not isinstance(row, dict):
                raise NoTape(f"{file.name}, line {number}: no object.")
            yield row
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise NoTape(f"{file.name} is no recorded shift: {error}.") from error


def _said(file: Path, number: int, row: Mapping[str, object]) -> Said:
    at, data, side = row.get("at"), row.get("data"), row.get("from")
    if not isinstance(at, int | float) or at < 0 or not isinstance(data, str) or side not in _SIDES:
        raise NoTape(f"{file.name}, line {number}: at, from or data is missing or wrong.")
    try:
        return Said(at / 1000, str(row.get("port")), side == "device", bytes.fromhex(data))
    except ValueError as error:
        raise NoTape(f"{file.name}, line {number}: {error}.") from error
