"""Simulated serial reader modules: A0 frames (R2000, E710) and UHFReader18. Each answers its host's commands, one after the other."""

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

from simulators.devices.wire import Device, Wire
from simulators.rfid.field import Field, Inventory, Read, Tag

STRANGER = Tag(epc=bytes.fromhex("E280689400005018DEADBEEF"))
_RUBBISH = bytes([0xA0, 0x07, 0x13, 0xFF, 0x00, 0x55, 0xA0, 0x04])
_SLOW_SECONDS = 1.0
_ROUND_SECONDS = 0.05
_ANSWER_BYTES = 200
_SUCCESS, _FAIL, _NO_ANTENNA, _BAD_PARAMETER = 0x10, 0x11, 0x22, 0x41


class _Serial(Device):
    """What both have in common."""

    FAULTS: ClassVar[Mapping[str, str]] = {
        "drop": "sends half of its answers only", "silent": "answers nothing", "rubbish": "sends rubbish before each answer",
        "stranger": "reads a tag that is in no file", "error-status": "cannot read, and says so", "slow": "answers a second late",
    }

    def __init__(self, stands: Field, faults: Iterable[str] = (), antennas: int = 4) -> None:
        self.field, self.antennas = stands, antennas
        self.power, self.reads = 26, 0
        super().__init__(faults)

    def fail(self, name: str) -> None:
        """Begins a fault; a stranger stands in the field from now on."""
        super().fail(name)
        if name == "stranger":
            self.field.add(STRANGER)

    def heal(self, name: str) -> None:
        """Ends a fault."""
        super().heal(name)
        if name == "stranger":
            self.field.remove(STRANGER.epc)

    def serve(self, wire: Wire) -> None:
        """Answers command after command."""
        inventory, data = Inventory(self.field), bytearray()
        while True:
            data += wire.read(0.1)
            for frame in self.commands(data):
                if "slow" in self.faults:
                    time.sleep(_SLOW_SECONDS)
                for answer in self.answers(frame, inventory):
                    self._send(wire, answer)

    def _send(self, wire: Wire, answer: bytes) -> None:
        if "silent" in self.faults:
            return
        answer = answer[:len(answer) // 2] if "drop" in self.faults else answer
        wire.write(_RUBBISH + answer if "rubbish" in self.faults else answer)

    def read_for(self, inventory: Inventory, antennas: list[int]) -> list[Read]:
        """What is read in one round."""
        time.sleep(_ROUND_SECONDS)
        due = inventory.due(antennas)
        self.reads += len(due)
        return due

    def commands(self, data: bytearray) -> Iterator[bytes]:
        """The whole commands in what was received, taken out of it."""
        raise NotImplementedError

    def answers(self, frame: bytes, inventory: Inventory) -> Iterator[bytes]:
        """What it says to a command."""
        raise NotImplementedError


class A0Device(_Serial):
    """R2000 and E710 modules: `A0 Len Addr Cmd Data Check`, Check so that all bytes add up to 0. Address 1."""

    FAULTS: ClassVar[Mapping[str, str]] = {**_Serial.FAULTS, "antenna-off": "antenna 1 has lost its cable"}

    def __init__(self, stands: Field, faults: Iterable[str] = (), antennas: int = 4) -> None:
        super().__init__(stands, faults, min(antennas, 4))
        self.antenna, self.session = 1, 1

    def commands(self, data: bytearray) -> Iterator[bytes]:
        """Whole frames with the right check, for address 1 or for all."""
        while len(data) > 1:
            size = data[1] + 2
            if data[0] != 0xA0 or size < 5:
                del data[0]
            elif len(data) < size:
                return
            elif sum(data[:size]) & 0xFF or data[2] not in (1, 0xFF):
                del data[0]
            else:
                yield bytes(data[:size])
                del data[:size]

    def answers(self, frame: bytes, inventory: Inventory) -> Iterator[bytes]:
        """By the command."""
        command, value = frame[3], frame[4:-1]
        match command:
            case 0x72:
                yield _a0(command, bytes([8, 2]))
            case 0x74 if len(value) == 1 and value[0] < self.antennas:
                self.antenna = value[0] + 1
                yield _a0(command, bytes([_SUCCESS]))
            case 0x75:
                yield _a0(command, bytes([self.antenna - 1]))
            case 0x76 if len(value) in (1, 4) and max(value) <= 33:
                self.power = value[0]
                yield _a0(command, bytes([_SUCCESS]))
            case 0x77:
                yield _a0(command, bytes([self.power]))
            case 0x89 if len(value) == 1:
                yield from self._inventory(command, [self.antenna], inventory)
            case 0x8B if len(value) >= 3 and value[0] <= 3:
                self.session = value[0]
                yield from self._inventory(command, [self.antenna], inventory)
            case _:
                yield _a0(command, bytes([_BAD_PARAMETER if command in (0x74, 0x76, 0x89, 0x8B) else _FAIL]))

    def _inventory(self, command: int, antennas: list[int], inventory: Inventory) -> Iterator[bytes]:
        if "error-status" in self.faults or ("antenna-off" in self.faults and antennas == [1]):
            time.sleep(_ROUND_SECONDS)
            yield _a0(command, bytes([_NO_ANTENNA]))
            return
        reads = self.read_for(inventory, antennas)
        for one in reads:
            control = (len(one.epc) // 2 << 11).to_bytes(2, "big")
            yield _a0(command, bytes([0x28 | one.antenna - 1]) + control + one.epc + bytes([one.rssi_dbm + 129]))
        rate = round(len(reads) / _ROUND_SECONDS)
        yield _a0(command, bytes([antennas[0] - 1]) + min(rate, 0xFFFF).to_bytes(2, "big") + len(reads).to_bytes(4, "big"))


class Uhf18Device(_Serial):
    """UHFReader18: `Len Adr Cmd Data CRC`, the CRC low byte first; every answer has a status. Address 0."""

    def commands(self, data: bytearray) -> Iterator[bytes]:
        """Whole commands with the right CRC, for address 0 or for all."""
        while data:
            size = data[0] + 1
            if size < 5:
                del data[0]
            elif len(data) < size:
                return
            elif _crc(bytes(data[:size])) or data[1] not in (0, 0xFF):
                del data[0]
            else:
                yield bytes(data[:size])
                del data[:size]

    def answers(self, frame: bytes, inventory: Inventory) -> Iterator[bytes]:
        """By the command."""
        command, value = frame[2], frame[3:-2]
        match command:
            case 0x01:
                yield from self._inventory(inventory)
            case 0x21:
                yield _uhf18(command, 0, bytes([3, 1, 9, 3, 0x31, 0x80, self.power, 10]))
            case 0x2F if len(value) == 1 and value[0] <= 30:
                self.power = value[0]
                yield _uhf18(command, 0, b"")
            case _:
                yield _uhf18(command, 0xFE, b"")

    def _inventory(self, inventory: Inventory) -> Iterator[bytes]:
        """Each tag once a round, in as many answers as they need; 0xFB where there is none."""
        found = list(dict.fromkeys(one.epc for one in self.read_for(inventory, [1, 2, 3, 4])))
        if "error-status" in self.faults:
            yield _uhf18(0x01, 0xFA, b"")
            return
        if not found:
            yield _uhf18(0x01, 0xFB, b"")
        size = _ANSWER_BYTES // (1 + max(map(len, found), default=0))
        groups = [found[at:at + size] for at in range(0, len(found), size)]
        for number, group in enumerate(groups, 1):
            listed = b"".join(bytes([len(epc)]) + epc for epc in group)
            yield _uhf18(0x01, 1 if number == len(groups) else 3, bytes([len(group)]) + listed)


def _a0(command: int, value: bytes) -> bytes:
    frame = bytes([0xA0, len(value) + 3, 1, command]) + value
    return frame + bytes([-sum(frame) & 0xFF])


def _uhf18(command: int, status: int, value: bytes) -> bytes:
    frame = bytes([len(value) + 5, 0, command, status]) + value
    return frame + _crc(frame).to_bytes(2, "little")


def _crc(data: bytes) -> int:
    """The CRC-16 of the reader's manual: polynomial 0x8408, preset 0xFFFF; 0 over a frame with its own CRC behind it."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0x8408 if value & 1 else value >> 1
    return value
