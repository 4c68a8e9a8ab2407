"""Scanners that send plain text: serial, USB-CDC, TCP. A pure machine: bytes and times in, codes out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from server.scanners.codes import LISTEN_MS, Code, CodeSettings, Found, Rubbish, codes_in, is_rubbish
from server.scanners.stored_settings import WrongSettings, settings_of

SUFFIXES = {"CR": "\r", "LF": "\n", "CRLF": "\r\n", "TAB": "\t", "ETX": "\x03"}
SUFFIX_MAX = 8
_ACK, _NAK = b"\x06", b"\x15"
_GAP_MS, _GAP_WITHOUT_SUFFIX_MS = 300, 100
_RUBBISH_GAP_MS = 100
"""After so much silence noise is over: shorter than a code may pause, as nothing of it is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSettings(CodeSettings):
    """How a scanner ends its codes.

    `suffix`: "line" (CR, LF or both), a name of SUFFIXES in letters of any case, "none", or the characters themselves. `gap_ms`: so long a silence
    ends a code without suffix, and throws half a code with one away; 0 is 100 without suffix and 300 with one, which is more
    than slow radio scanners pause (they were seen to take 100 for a character). `max_length` in bytes: longer is rubbish; a QR
    code holds 7,089 characters at most. `ack`: every code is answered with ACK, a damaged one with NAK.
    """

    suffix: str = "line"
    gap_ms: int = 0
    max_length: int = 7_089
    ack: bool = False

    def __post_init__(self) -> None:
        CodeSettings.__post_init__(self)
        if not 0 < len(self.suffix) <= SUFFIX_MAX:
            raise WrongSettings(f"suffix is {self.suffix!r}, but must be line, none, {', '.join(SUFFIXES)} or 1 to {SUFFIX_MAX} characters.")
        if not 0 <= self.gap_ms <= 60_000 or not 1 <= self.max_length <= 65_536:
            raise WrongSettings(f"gap_ms is {self.gap_ms} and max_length {self.max_length}, "
                                "but must be 0 to 60,000 and 1 to 65,536.")

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "TextSettings":
        """From JSON; WrongSettings says what is wrong."""
        return settings_of(cls, given)

    @property
    def ending(self) -> bytes:
        """The suffix as bytes; b"" for none and for a line's end."""
        return b"" if self.suffix in ("line", "none") else SUFFIXES.get(self.suffix.upper(), self.suffix).encode(self.encoding)

    @property
    def silence_ms(self) -> int:
        """The gap that is meant."""
        return self.gap_ms or (_GAP_WITHOUT_SUFFIX_MS if self.suffix == "none" else _GAP_MS)


class TextFramer:
    """Cuts a stream at its suffixes. What is longer than any code is skipped to the next suffix or pause."""

    def __init__(self, settings: TextSettings) -> None:
        self._settings = settings
        ending = settings.ending
        self._cut = re.compile(re.escape(ending) if ending else b"[\r\n]")
        self._prefix = settings.prefix.encode(settings.encoding)
        self.restart()

    def restart(self) -> None:
        """Forgets what is half read."""
        self._held, self._at, self._is_skipping = b"", 0, False

    @property
    def wait_ms(self) -> int:
        """Until half a code is thrown away, or one without suffix is whole."""
        return self._gap_ms if self._held or self._is_skipping else LISTEN_MS

    def feed(self, data: bytes, at: int) -> list[Found]:
        """What is whole now."""
        found = self.silence(at)
        self._at = at
        *frames, rest = self._cut.split(self._held + data) if self._settings.suffix != "none" else [self._held + data]
        for frame in frames:
            found += self._whole(frame)
        found += self._kept(rest)
        return found

    def silence(self, at: int) -> list[Found]:
        """Ends what is held, where it has lasted long enough."""
        if at - self._at < self._gap_ms or not (self._held or self._is_skipping):
            return []
        frame, self._held = self._held, b""
        if self._is_skipping or self._settings.suffix == "none":
            return self._whole(frame)
        if not frame.strip(b"\r\n"):
            return []
        return [self._answered(Rubbish(what=f"{len(frame)} bytes came without suffix and were thrown away: half a code, or the setting is wrong."))]

    def _whole(self, frame: bytes) -> list[Found]:
        was_skipping, self._is_skipping = self._is_skipping, False
        if was_skipping:
            return []
        if len(frame) > self._settings.max_length:
            return [self._too_long()]
        return list(self._read(frame))

    def _kept(self, rest: bytes) -> list[Found]:
        most = self._settings.max_length + len(self._settings.ending)
        if self._is_skipping or len(rest) > most:
            was_skipping, self._is_skipping = self._is_skipping, True
            self._held = rest[max(0, len(rest) - len(self._settings.ending) + 1):] if self._settings.ending else b""
            return [] if was_skipping else [self._too_long()]
        self._held = rest
        return []

    def _read(self, frame: bytes) -> Iterator[Found]:
        for one in codes_in(frame, self._settings):
            yield self._answered(one)

    def _too_long(self) -> Found:
        return Rubbish(what=f"More than {self._settings.max_length} bytes without suffix: is it the right suffix, and the right device?")

    def _answered(self, found: Code | Rubbish) -> Found:
        if not self._settings.ack:
            return found
        return replace(found, answer=_ACK if isinstance(found, Code) else _NAK)

    @property
    def _gap_ms(self) -> int:
        silence = self._settings.silence_ms
        return min(silence, _RUBBISH_GAP_MS) if self._is_skipping or is_rubbish(self._held.replace(self._prefix, b"")) else silence
