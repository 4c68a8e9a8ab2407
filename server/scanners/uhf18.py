"""RFID readers of the UHFReader18 kind (Chafon CF-RU5000 and others): `Len Adr Cmd Data CRC`, polled.

Len does not count itself. CRC-16, polynomial 0x8408, preset 0xFFFF, low byte first. They tell neither antenna nor strength.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from server.ports import Line, Nonsense, SettingRefused
from server.scanners.frames import Frames
from server.scanners.scan import TagRead
from server.scanners.serial_reader import PAUSE_SECONDS, Asked, Deliver, clock_ms

_INVENTORY, _INFORMATION, _POWER = 0x01, 0x21, 0x2F
_COMMANDS = (_INVENTORY, _INFORMATION, _POWER)
_SHORTEST = 5
_DONE, _TIMED_OUT, _MORE, _FULL, _POOR, _NONE = 0x01, 0x02, 0x03, 0x04, 0xFA, 0xFB
_WITH_TAGS = (_DONE, _TIMED_OUT, _MORE, _FULL)
ANY = 0xFF
"""The address that every reader answers to."""


class UnknownUhf18Setting(ValueError):
    """A setting that no such reader has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uhf18Settings:
    """How strong in dBm, 0 to 30 (None: as it is set); which reader on the line."""

    power_dbm: int | None = None
    address: int = ANY

    def __post_init__(self) -> None:
        if not 0 <= self.address <= ANY or not (self.power_dbm is None or 0 <= self.power_dbm <= 30):
            raise UnknownUhf18Setting("The power is 0 to 30 dBm, an address 0 to 255.")


class Uhf18Reader:
    """The driver. `deliver` gets the tags of a round, in the keeper's thread, and must be short."""

    def __init__(self, deliver: Deliver, settings: Uhf18Settings | None = None, *, device: str = "",
                 now: Callable[[], int] = clock_ms) -> None:
        self._deliver, self._settings, self._device, self._now = deliver, settings or Uhf18Settings(), device, now

    def talk(self, line: Line) -> None:
        """Inventories round after round until the line is lost."""
        asked = Asked(line, Frames(_size, _is_right))
        known = self._answer(asked, _INFORMATION)
        if known[3] or len(known) < 14:
            raise Nonsense(f"What answers at {line.url} is no UHFReader18: it does not say which reader it is.")
        if self._settings.power_dbm is not None and self._answer(asked, _POWER, self._settings.power_dbm)[3]:
            raise SettingRefused(f"The reader at {line.url} refuses {self._settings.power_dbm} dBm.")
        line.ready(f"UHFReader18 {known[4]}.{known[5]}")
        while True:
            self._round(asked)

    def _round(self, asked: Asked) -> None:
        for answer in asked.answers(self._frame(_INVENTORY), lambda one: one[2] == _INVENTORY):
            status = answer[3]
            if status in _WITH_TAGS:
                self._take(asked, answer[4:-2])
            elif status != _NONE:
                asked.line.note_error(f"The reader could not read: {'poor communication' if status == _POOR else f'status {status:02X}'}.")
                time.sleep(PAUSE_SECONDS)
            if status != _MORE:
                break
        asked.round_ended()

    def _take(self, asked: Asked, data: bytes) -> None:
        at = self._now()
        try:
            reads = [TagRead(epc=epc, device=self._device, at=at) for epc in _tags(data)]
        except ValueError as error:
            asked.line.note_error(str(error))
            return
        if reads:
            self._deliver(reads)

    def _answer(self, asked: Asked, command: int, *values: int) -> bytes:
        return asked.answer(self._frame(command, *values), lambda one: one[2] == command, "UHFReader18")

    def _frame(self, command: int, *values: int) -> bytes:
        return frame(self._settings.address, command, bytes(values))


def frame(address: int, command: int, data: bytes = b"") -> bytes:
    """A command with its length and CRC."""
    whole = bytes([len(data) + 4, address, command]) + data
    return whole + crc(whole).to_bytes(2, "little")


def crc(data: bytes) -> int:
    """The CRC-16 of these readers; 0 over a whole frame."""
    value = 0xFFFF
    for byte in data:
        value = value >> 8 ^ _TABLE[(value ^ byte) & 0xFF]
    return value


def _tags(data: bytes) -> Iterator[bytes]:
    """The EPCs behind their number, each behind its length; ValueError where they do not fit."""
    number, at = (data[0], 1) if data else (0, 0)
    for _ in range(number):
        size = data[at] if at < len(data) else 0
        if not size or at + 1 + size > len(data):
            raise ValueError(f"An answer names {number} tags and holds fewer.")
        yield data[at + 1:at + 1 + size]
        at += 1 + size


def _size(data: bytearray) -> int | None:
    """By the length, where an answer to one of our commands may begin: else a stray byte would swallow what follows it."""
    if data[0] < _SHORTEST or (len(data) > 2 and data[2] not in _COMMANDS):
        return None
    return data[0] + 1 if len(data) > 2 else 0


def _is_right(whole: bytes) -> bool:
    return crc(whole) == 0


def _entry(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ 0x8408 if byte & 1 else byte >> 1
    return byte


_TABLE = tuple(map(_entry, range(256)))
