"""Drivers of scanners by name, for `server.ports.Keeper`: they listen to a line and deliver scans."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import serial

from server.scanners.codes import LISTEN_MS, Code, Found, Framer, Rubbish
from server.scanners.hid_pos import HidPosFramer, HidPosSettings
from server.scanners.keyboard import KeyboardFramer, KeyboardSettings
from server.scanners.scan import Scan
from server.scanners.ssi import SsiFramer, SsiSettings
from server.scanners.stored_settings import WrongSettings
from server.scanners.text import TextFramer, TextSettings

Deliver = Callable[[Scan], None]

serial.protocol_handler_packages.append("server.scanners.urls")  # hid:// and evdev:// are ports like any other


class ScannerLine(Protocol):
    """What a driver needs of a line; `server.ports.Line` is one."""

    def ready(self, firmware: str = "") -> None:
        """The device is there."""

    def read(self, seconds: float) -> bytes:
        """What has come; b"" after so much silence."""

    def write(self, data: bytes) -> None:
        """Sends."""

    def note_error(self, what: str, code: str = "misread") -> None:
        """Counts what made no sense."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A way in which scanners speak: the settings it has, made by `of`, and what finds its codes."""

    of: Callable[[Mapping[str, Any]], Any]
    framer: Callable[[Any], Framer]


DRIVERS: Mapping[str, Kind] = {
    "text": Kind(TextSettings.of, TextFramer),
    "ssi": Kind(SsiSettings.of, SsiFramer),
    "hid-pos": Kind(HidPosSettings.of, HidPosFramer),
    "keyboard": Kind(KeyboardSettings.of, KeyboardFramer),
}
"""text: serial, USB-CDC, TCP. ssi: Zebra's packets. hid-pos: `hid://VENDOR:PRODUCT`. keyboard: `evdev:///dev/input/by-id/NAME`."""


def driver_for(name: str, settings: Mapping[str, Any], deliver: Deliver, *, device: str = "") -> "ScannerDriver":
    """The driver of that name, with settings from JSON; WrongSettings names what there is. `deliver` may wait: see Inbox."""
    if name not in DRIVERS:
        raise WrongSettings(f"There is no driver {name!r} of scanners. There are: {', '.join(DRIVERS)}.")
    kind = DRIVERS[name]
    return ScannerDriver(kind.framer(kind.of(settings)), deliver, device=device)


class ScannerDriver:
    """Listens with a framer. A scanner does not say who it is: an open line counts as connected."""

    def __init__(self, framer: Framer, deliver: Deliver, *, device: str = "",
                 now: Callable[[], int] = lambda: int(time.time() * 1000)) -> None:
        self._framer, self._deliver, self._device, self._now = framer, deliver, device, now
        self._half_again: str | None = None

    def talk(self, line: ScannerLine) -> None:
        """Delivers until the line is lost.

        Silence is what was waited through in vain, not what a clock says: a thread that was held up must not take half a code
        for a whole one, or throw it away.
        """
        self._framer.restart()
        line.ready()
        listened_ms = 0
        while True:
            wait_ms = self._framer.wait_ms
            data = line.read(wait_ms / 1000)
            listened_ms += 0 if data else wait_ms
            self._half_again = self._half_again if data else None
            for found in self._framer.feed(data, listened_ms) if data else self._framer.silence(listened_ms):
                self._take(line, found, listened_ms)

    def _take(self, line: ScannerLine, found: Found, at: int) -> None:
        if isinstance(found, Code):
            self._take_code(line, found, at)
            return
        if isinstance(found, Rubbish):
            line.note_error(found.what)
        if found.answer:
            line.write(found.answer)

    def _take_code(self, line: ScannerLine, code: Code, at: int) -> None:
        """A scanner hears that a code was read once it is in good hands, and not before."""
        is_again, self._half_again = code.text == self._half_again, None
        if not is_again:
            self._deliver(Scan(text=code.text, symbology=code.symbology, device=self._device, at=self._now(), is_repeat=code.is_repeat,
                               waits=bool(code.answer)))
        if not code.answer:
            return
        meanwhile: list[Found] = []
        try:
            meanwhile = [] if is_again else self._sent_meanwhile(line, code, at)
        finally:
            line.write(code.answer)  # also where who keeps the port wants it closed just now
        for one in meanwhile:
            self._take(line, one, at)

    def _sent_meanwhile(self, line: ScannerLine, taken: Code, at: int) -> list[Found]:
        """A scanner that has not heard in time sends its code again, and no other one: what came before its answer is the same scan."""
        early = line.read(0)
        if not early:
            return []
        found = [one for one in self._framer.feed(early, at) if not isinstance(one, Code) or one.text != taken.text]
        self._half_again = taken.text if self._framer.wait_ms != LISTEN_MS else None
        return found
