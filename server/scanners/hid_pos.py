"""USB scanners as HID POS devices: reports of 64 bytes with identifier, data and whether more follows. Needs `aisle[hid]`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.scanners.codes import LISTEN_MS, Code, CodeSettings, Found, Rubbish, codes_in
from server.scanners.stored_settings import settings_of

REPORT_SIZE, SCANNED_DATA = 64, 2
_DATA_MAX = 56
_GAP_MS = 500
_MESSAGE_MAX = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class HidPosSettings(CodeSettings):
    """How the text in a report is dressed; its identifier comes apart from it."""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "HidPosSettings":
        """From JSON; WrongSettings says what is wrong."""
        return settings_of(cls, given)


class HidPosFramer:
    """Puts reports together. Layout (usage page 8C, usage 2): report id 2, length, identifier (3), data (56), two unused, more."""

    def __init__(self, settings: HidPosSettings) -> None:
        self._settings = settings
        self.restart()

    def restart(self) -> None:
        """Forgets what is half read."""
        self._held = self._text = b""
        self._symbology, self._at, self._is_noisy = "", 0, False

    @property
    def wait_ms(self) -> int:
        """Until a code of which no more comes is thrown away."""
        return _GAP_MS if self._held or self._text else LISTEN_MS

    def feed(self, data: bytes, at: int) -> list[Found]:
        """Every code that is whole now."""
        found = self.silence(at)
        self._at = at
        self._held += data
        while self._held:
            if not _may_be_report(self._held):
                found += self._noise()
            elif len(self._held) < REPORT_SIZE:
                break
            else:
                report, self._held = self._held[:REPORT_SIZE], self._held[REPORT_SIZE:]
                self._is_noisy = False
                found += self._report(report)
        return found

    def silence(self, at: int) -> list[Found]:
        """Throws half a code away."""
        if at - self._at < _GAP_MS or not (self._held or self._text):
            return []
        self.restart()
        return [Rubbish(what="The rest of a code never came; its beginning was thrown away.")]

    def _noise(self) -> list[Found]:
        was_noisy, self._is_noisy, self._held = self._is_noisy, True, self._held[1:]
        return [] if was_noisy else [Rubbish(what="Bytes came that are no report of a HID POS scanner. Is it set to HID POS, not to HID keyboard?")]

    def _report(self, report: bytes) -> list[Found]:
        start = 2 if report[2:3] == b"]" else 3 if report[3:4] == b"]" else 0  # some models put it one byte later
        data = report[start + 3:start + 3 + report[1]] if start else report[5:5 + report[1]]
        if not self._text and start:
            self._symbology = report[start:start + 3].decode("latin-1")
        self._text += data
        if report[-1] & 1 and len(self._text) < _MESSAGE_MAX:
            return []
        text, symbology = self._text, self._symbology
        self._text, self._symbology = b"", ""
        return [_named(one, symbology) for one in codes_in(text, self._settings)]


def _may_be_report(held: bytes) -> bool:
    return held[0] == SCANNED_DATA and (len(held) < 2 or held[1] <= _DATA_MAX)


def _named(one: Code | Rubbish, symbology: str) -> Found:
    return Code(text=one.text, symbology=one.symbology or symbology) if isinstance(one, Code) else one
