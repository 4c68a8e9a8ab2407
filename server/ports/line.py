"""An open port: bytes in, bytes out. A device file, `socket://`, `rfc2217://` and what else pyserial can open are one to it."""

import errno
import os
import select
import socket
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, ClassVar

import serial

_MOST = 65_536
_KINDS = ("socket", "rfc2217", "hid", "evdev")
_FAULTS = (OSError, ValueError, TypeError, termios.error)
"""What pyserial raises: its own SerialException is an OSError; termios.error, of a port that was pulled out, is none."""
_PARITIES = {"none": "N", "even": "E", "odd": "O", "mark": "M", "space": "S"}


class PortError(Exception):
    """The base of what can go wrong with a port; says what, and what to do. `code` is for programs and for translations."""

    code: ClassVar[str] = "lost"


class UnknownPort(PortError):
    """An address that opens no kind of port, or settings that no port has."""

    code = "unknown_port"


class PortBusy(PortError):
    """Another program holds the port."""

    code = "busy"


class PortLost(PortError):
    """The port is not there, or is there no more."""


class Silent(PortLost):
    """The port is there, and its device says nothing any more."""

    code = "silent"


class Nonsense(PortError):
    """What answers at the port is not the device that its driver is for."""

    code = "wrong_device"


class NoAnswer(Nonsense):
    """Nothing answers at the port, and nothing ever has."""

    code = "no_answer"


class SettingRefused(Nonsense):
    """The device is the right one, and does not take what it is set to."""

    code = "setting_refused"


class Ended(Exception):
    """No fault: who keeps the port wants it closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortSettings:
    """How a serial line is spoken; a TCP port takes no notice. 9600 8N1 without handshake unless said otherwise."""

    baudrate: int = 9_600
    data_bits: int = 8
    parity: str = "none"
    stop_bits: float = 1
    xonxoff: bool = False
    rtscts: bool = False

    def __post_init__(self) -> None:
        if self.parity not in _PARITIES or self.data_bits not in (5, 6, 7, 8) or self.stop_bits not in (1, 1.5, 2) \
                or not 50 <= self.baudrate <= 4_000_000:
            raise UnknownPort(f"No serial line is spoken like this: {self}. Parity is one of {', '.join(_PARITIES)}, "
                              "data bits 5 to 8, stop bits 1, 1.5 or 2, 50 to 4,000,000 baud.")


class Line:
    """An open port, used by one thread. Opened so that no second program can read half of what is scanned.

    Raises PortLost, PortBusy and UnknownPort when it cannot be opened, and PortLost when it is gone.
    """

    def __init__(self, url: str, settings: PortSettings | None = None, *, is_wanted: Callable[[], bool] = lambda: True,
                 on_ready: Callable[[], None] = lambda: None) -> None:
        self.url = url
        self.errors = 0
        self.firmware = ""
        self.last_error = self.last_code = ""
        self._is_wanted, self._on_ready = is_wanted, on_ready
        self._serial = _open(url, settings or PortSettings())
        self._descriptor = _descriptor_of(self._serial)
        if self._descriptor is not None and str(getattr(self._serial, "port", "")).startswith("socket://"):
            watch(self._descriptor)

    def ready(self, firmware: str = "") -> None:
        """The driver knows that its device is at the other end: from now on the port counts as connected."""
        self.firmware = firmware[:64]
        self._on_ready()

    def read(self, seconds: float) -> bytes:
        """What has come, as soon as something has; b"" after so many seconds of silence."""
        ends = time.monotonic() + seconds
        while self._is_wanted():
            left = ends - time.monotonic()
            data = self._some(max(0.0, min(left, 0.2)))  # short, so that who keeps the port can close it
            if data or left <= 0:
                return data
        raise Ended

    def write(self, data: bytes) -> None:
        """Sends all of it; PortLost when it cannot."""
        try:
            self._serial.write(data)
            self._serial.flush()
        except _FAULTS as error:
            raise _lost(self.url, error) from error

    def close(self) -> None:
        """Gives the port back; never fails."""
        try:
            if self.url.startswith("socket://") and self._serial.is_open:
                self._serial._socket.close()
                self._serial.is_open = False  # pyserial would sleep for 0.3 s after this
            self._serial.close()
        except _FAULTS:
            return

    def note_error(self, what: str, code: str = "misread") -> None:
        """Something came that made no sense: counted and shown, and the reading goes on. `code` as with PortError."""
        self.errors += 1
        self.last_error, self.last_code = what[:200], code

    def _some(self, seconds: float) -> bytes:
        try:
            if self._descriptor is None:
                self._serial.timeout = seconds
                first = self._serial.read(1)
                self._serial.timeout = 0
                return bytes(first + self._serial.read(self._serial.in_waiting)) if first else b""
            if not select.select([self._descriptor], [], [], seconds)[0]:
                return b""
            data = os.read(self._descriptor, _MOST)  # pyserial would forget what a socket's other end said before it hung up
        except BlockingIOError:
            return b""
        except _FAULTS as error:
            raise _lost(self.url, error) from error
        if not data:
            raise _lost(self.url, ConnectionResetError("the other end hung up"))
        return data


def watch(descriptor: int) -> None:
    """Has the system ask the other end of a TCP connection every second: a cable pulled out is seen in two, although nobody sends."""
    with socket.socket(fileno=os.dup(descriptor)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT"):  # Linux names; other systems ask at their own pace
            if hasattr(socket, name):
                connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), 1)


def _open(url: str, settings: PortSettings) -> Any:
    try:
        url = _known_kind(url)
    except ValueError as error:
        raise UnknownPort(str(error)) from error
    except OSError as error:
        raise _lost(url, error) from error
    if not _is_address(url):
        raise _unknown(url)
    try:
        port: Any = serial.serial_for_url(
            url, baudrate=settings.baudrate, bytesize=settings.data_bits, parity=_PARITIES[settings.parity], do_not_open=True,
            stopbits=settings.stop_bits, xonxoff=settings.xonxoff, rtscts=settings.rtscts, timeout=0, write_timeout=5, exclusive=True)
        if url.startswith("socket://"):
            port.reset_input_buffer = lambda: None  # while it opens, it would throw away what the other end greets with
        port.open()
    except _FAULTS as error:
        if getattr(error, "errno", None) in (errno.EAGAIN, errno.EBUSY) or "exclusively lock" in str(error):
            raise PortBusy(f"{url} is held by another program. End that one, or give this device another port.") from error
        if isinstance(error, ValueError):
            raise _unknown(url) from error
        raise _lost(url, error) from error
    return port


def _known_kind(url: str) -> str:
    """Other packages may add kinds of addresses (entry points `aisle.ports`), each a function to an address that pyserial knows."""
    scheme, is_url, _ = url.partition("://")
    if not is_url or scheme in _KINDS:
        return url
    found = next(iter(entry_points(group="aisle.ports", name=scheme)), None)
    return str(found.load()(url)) if found is not None else url


def _is_address(url: str) -> bool:
    """Pyserial finds this out too, in words that nobody understands."""
    scheme, is_url, rest = url.partition("://")
    if not is_url or scheme not in ("socket", "rfc2217"):
        return bool(url)
    _, colon, port = rest.partition("?")[0].rstrip("/").rpartition(":")
    return bool(colon) and port.isdigit() and 0 < int(port) <= 65_535


def _unknown(url: str) -> UnknownPort:
    return UnknownPort(f"{url!r} is no port. Use a device file such as /dev/serial/by-id/NAME, socket://HOST:PORT or rfc2217://HOST:PORT.")


def _lost(url: str, error: BaseException) -> PortLost:
    why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
    return PortLost(f"{url} is not there: {why}. Is it plugged in and switched on?")


def _descriptor_of(opened: Any) -> int | None:
    """What the system can wait for; None where there is no such thing (rfc2217, Windows)."""
    try:
        return int(opened.fileno())
    except (AttributeError, OSError, TypeError, ValueError):
        return None
