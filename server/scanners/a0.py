"""RFID modules with A0 frames (Impinj R2000 and E710 boards of many makers), by their serial protocol: 115200 8N1.

`A0 Len Addr Cmd Data Check`: Len counts what follows it, Check makes the sum of all bytes 0.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from server.ports import Line, SettingRefused
from server.scanners.frames import Frames
from server.scanners.scan import TagRead
from server.scanners.serial_reader import PAUSE_SECONDS, Asked, Deliver, clock_ms

_HEAD, _FIRMWARE, _ANTENNA, _POWER, _INVENTORY = 0xA0, 0x72, 0x74, 0x76, 0x89
_COMMANDS = (_FIRMWARE, _ANTENNA, _POWER, _INVENTORY)
_SUCCESS = 0x10
_ERROR_LENGTH, _END_LENGTH = 4, 10
_TAG_OVERHEAD = 7
"""Bytes of a tag's frame, counted as Len does, that are not its EPC: address, command, antenna, PC, RSSI, check."""
_RSSI_OFFSET = 129
_ERRORS = {0x11: "command failed", 0x20: "CPU reset", 0x21: "radio off", 0x22: "no antenna there", 0x23: "EEPROM failed",
           0x41: "invalid parameter", 0x42: "word count too long", 0x48: "invalid antenna", 0x49: "invalid power"}
ANY = 0xFF
"""The address that every module answers to."""


class UnknownA0Setting(ValueError):
    """A setting that no module has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class A0Settings:
    """Which antennas (1 to 4), one after the other; how strong in dBm (None: as it is set); which module on the line."""

    antennas: tuple[int, ...] = (1,)
    power_dbm: int | None = None
    address: int = ANY

    def __post_init__(self) -> None:
        if not self.antennas or not all(1 <= one <= 4 for one in self.antennas):
            raise UnknownA0Setting("These modules have antennas 1 to 4.")
        if not 0 <= self.address <= ANY or not (self.power_dbm is None or 0 <= self.power_dbm <= 33):
            raise UnknownA0Setting("The power is 0 to 33 dBm, an address 0 to 255.")


class A0Reader:
    """The driver. `deliver` gets the reads of a round of one antenna, in the keeper's thread, and must be short."""

    def __init__(self, deliver: Deliver, settings: A0Settings | None = None, *, device: str = "",
                 now: Callable[[], int] = clock_ms) -> None:
        self._deliver, self._settings, self._device, self._now = deliver, settings or A0Settings(), device, now

    def talk(self, line: Line) -> None:
        """Inventories antenna after antenna until the line is lost."""
        asked, settings = Asked(line, Frames(_size, _is_right)), self._settings
        firmware = asked.answer(self._frame(_FIRMWARE), lambda one: one[3] == _FIRMWARE, "module with A0 frames")
        if settings.power_dbm is not None:
            self._set(asked, _POWER, settings.power_dbm)
        line.ready("A0 " + ".".join(map(str, firmware[4:-1])))
        chosen = 0
        while True:
            for antenna in settings.antennas:
                if antenna != chosen:
                    self._set(asked, _ANTENNA, antenna - 1)
                    chosen = antenna
                self._round(asked)

    def _round(self, asked: Asked) -> None:
        reads: list[TagRead] = []
        for frame in asked.answers(self._frame(_INVENTORY, 1), lambda one: one[3] == _INVENTORY):
            if frame[1] == _END_LENGTH:
                break
            if frame[1] == _ERROR_LENGTH:
                asked.line.note_error(f"The module could not read: {_ERRORS.get(frame[4], f'error {frame[4]:02X}')}.")
                time.sleep(PAUSE_SECONDS)
                break
            reads.append(self._read(frame))
        asked.round_ended()
        if reads:
            self._deliver(reads)

    def _read(self, frame: bytes) -> TagRead:
        return TagRead(epc=frame[7:7 + frame[1] - _TAG_OVERHEAD], antenna=(frame[4] & 3) + 1, device=self._device,
                       rssi_dbm=float((frame[-2] & 0x7F) - _RSSI_OFFSET), at=self._now())

    def _set(self, asked: Asked, command: int, value: int) -> None:
        answer = asked.answer(self._frame(command, value), lambda one: one[3] == command, "module with A0 frames")
        if answer[4] != _SUCCESS:
            what = "antenna" if command == _ANTENNA else "power"
            raise SettingRefused(f"The module at {asked.line.url} refuses the {what}: {_ERRORS.get(answer[4], f'error {answer[4]:02X}')}.")

    def _frame(self, command: int, *values: int) -> bytes:
        return frame(self._settings.address, command, bytes(values))


def frame(address: int, command: int, data: bytes = b"") -> bytes:
    """A frame with its length and check."""
    whole = bytes([_HEAD, len(data) + 3, address, command]) + data
    return whole + bytes([-sum(whole) & 0xFF])


def _size(data: bytearray) -> int | None:
    if data[0] != _HEAD or (len(data) > 3 and data[3] not in _COMMANDS):
        return None
    if len(data) < _ERROR_LENGTH:
        return 0
    return data[1] + 2 if data[1] >= _ERROR_LENGTH else None


def _is_right(whole: bytes) -> bool:
    return sum(whole) & 0xFF == 0
