"""Zebra's Simple Serial Interface: packets with a checksum, each answered; what is sent again because an answer was lost counts once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.scanners.codes import LISTEN_MS, Code, CodeSettings, Found, Notice, Rubbish, codes_in
from server.scanners.stored_settings import settings_of

ACK, NAK = 0xD0, 0xD1
DECODE_DATA = 0xF3
HOST = 4
RETRANSMIT, CONTINUED = 0x01, 0x02
_RESEND = b"\x01"
_GAP_MS = 200
_MESSAGE_GAP_MS = 5_000
"""Longer than a scanner sends a packet again for want of an answer."""
_MESSAGE_MAX = 65_536
SYMBOLOGIES = {
    0x01: "]A0", 0x02: "]F0", 0x03: "]C0", 0x06: "]I0", 0x07: "]G0", 0x0A: "]E4", 0x0B: "]E0", 0x0F: "]C1", 0x11: "]L0",
    0x1B: "]d1", 0x1C: "]Q1", 0x2D: "]z0", 0x30: "]e0", 0x31: "]e0", 0x32: "]e0", 0xC1: "]d2", 0xC2: "]Q3",
}
"""Zebra's bar code types that have one AIM identifier. UPC (08, 09, 10) is left out: `]E0` stands before thirteen digits, and it
has fewer. An identifier that the scanner sends itself (Transmit Code ID: AIM) is the better one and wins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SsiSettings(CodeSettings):
    """How the text in a packet is dressed. A suffix of the scanner's is taken off where it is CR or LF."""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "SsiSettings":
        """From JSON; WrongSettings says what is wrong."""
        return settings_of(cls, given)


def packet(opcode: int, data: bytes = b"", *, source: int = HOST, status: int = 0) -> bytes:
    """`Length Opcode Source Status Data... Checksum`: the length leaves the checksum out; that is the two's complement of the sum."""
    body = bytes((4 + len(data), opcode, source, status)) + data
    return body + checksum(body)


def checksum(body: bytes) -> bytes:
    """Two bytes, the higher first."""
    return (-sum(body) & 0xFFFF).to_bytes(2, "big")


class SsiFramer:
    """Finds packets of the decoder between any noise, and puts continued ones together."""

    def __init__(self, settings: SsiSettings) -> None:
        self._settings = settings
        self._taken: bytes | None = None
        self._has_refused = False
        self.restart()

    def restart(self) -> None:
        """The line is a new one. What was taken last is remembered: the scanner may not have heard that it was."""
        self._held = self._noise = self._message = b""
        self._at = 0

    @property
    def wait_ms(self) -> int:
        """Until the rest of a packet is given up."""
        return _GAP_MS if self._held or self._noise else LISTEN_MS

    def feed(self, data: bytes, at: int) -> list[Found]:
        """Every packet that is whole now."""
        self._at = at
        self._held += data
        found: list[Found] = []
        while self._held and (size := self._size()) is not None:
            if size:
                body, self._held = self._held[:size], self._held[size + 2:]
                found += [*self._end_of_noise(b""), *self._packet(body)]
            else:
                self._skip()
        return found

    def silence(self, at: int) -> list[Found]:
        """A packet cut in the middle is skipped byte by byte: a whole one may hide behind what looked like its length."""
        found: list[Found] = []
        if at - self._at < _GAP_MS:
            return found
        while self._held:
            self._skip()
            found += self.feed(b"", self._at)
        found += self._end_of_noise(packet(NAK, _RESEND))
        if self._message and at - self._at >= _MESSAGE_GAP_MS:
            self._message, self._taken = b"", None
            found.append(Rubbish(what="The rest of a long code never came; its beginning was thrown away."))
        return found

    def _skip(self) -> None:
        self._noise, self._held = (self._noise + self._held[:1])[:4], self._held[1:]

    def _size(self) -> int | None:
        """The size of the packet at the front, without checksum; 0 where there is none; None where it is not whole yet."""
        held = self._held
        size = held[0]
        if size < 4 or (len(held) > 2 and held[2] != 0) or (len(held) > 3 and held[3] > 0x0F):
            return 0
        if len(held) < size + 2:
            return None
        return size if checksum(held[:size]) == held[size:size + 2] else 0

    def _packet(self, body: bytes) -> list[Found]:
        opcode, status, data = body[1], body[3], body[4:]
        if opcode in (ACK, NAK):
            return []
        answer = packet(ACK)
        if opcode != DECODE_DATA:
            return [Notice(answer=answer)]
        content = bytes((status & CONTINUED,)) + data
        is_repeat = bool(status & RETRANSMIT)
        if is_repeat and content == self._taken and not self._has_refused:
            return [Notice(answer=answer)]
        first = self._taken is None
        self._taken, was_refused, self._has_refused = content, self._has_refused, False
        return self._decoded(data, is_last=not status & CONTINUED, is_repeat=is_repeat and first and not was_refused)

    def _decoded(self, data: bytes, *, is_last: bool, is_repeat: bool) -> list[Found]:
        """A continued packet names the bar code type again; it stands once in the message."""
        self._message += data[1:] if self._message and data[:1] == self._message[:1] else data
        if not is_last and len(self._message) < _MESSAGE_MAX:
            return [Notice(answer=packet(ACK))]
        message, self._message = self._message, b""
        found: list[Found] = []
        for one in codes_in(message[1:], self._settings):
            found.append(_named(one, message[0], is_repeat=is_repeat))
        return found or [Notice(answer=packet(ACK))]

    def _end_of_noise(self, answer: bytes) -> list[Found]:
        """What was skipped may have been a packet: it is asked for again, unless another came meanwhile.

        A scan that comes again for this reason carries the retransmit bit, although it was never taken: it is not what was taken before.
        """
        if not self._noise:
            return []
        was_new_scan = self._noise[1:3] == bytes((DECODE_DATA, 0)) and not self._noise[3] & RETRANSMIT if len(self._noise) == 4 else False
        self._has_refused = self._has_refused or (bool(answer) and was_new_scan)
        self._noise = b""
        return [Rubbish(what="Bytes came that are no packet of SSI: is the scanner set to SSI, and the baud rate right?", answer=answer)]


def _named(one: Code | Rubbish, kind: int, *, is_repeat: bool) -> Found:
    """Rubbish in a whole packet is answered with ACK as well: the scanner has nothing better to send."""
    if isinstance(one, Rubbish):
        return Rubbish(what=one.what, answer=packet(ACK))
    return Code(text=one.text, symbology=one.symbology or SYMBOLOGIES.get(kind, ""), is_repeat=is_repeat, answer=packet(ACK))
