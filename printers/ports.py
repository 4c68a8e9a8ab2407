"""Where a printer is, by its address: a TCP port, a serial line, a USB printer or a folder.

| address | what |
|---|---|
| `socket://10.0.0.9:9100` | a TCP port |
| `/dev/ttyUSB0?baud=9600&flow=xonxoff` | a serial line; flow is xonxoff, rtscts or none; baud, bits, parity (none, even, odd), stop |
| `/dev/usb/lp0` | a USB printer of the system |
| `file:///var/labels` | a folder, each label a file: for tests and for printers that are fed by others |
"""

import contextlib
import os
import re
import select
import socket
import termios
import threading
import time
from collections.abc import Container, Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import serial

from printers.errors import PrinterUnreachable, UnknownPort

TIMEOUT_SECONDS = 5.0
_MOST = 65_536
_FAULTS = (OSError, ValueError, TypeError, termios.error)
"""What pyserial raises: its own SerialException is an OSError; termios.error, of a port that was pulled out, is none."""
_FLOWS: Mapping[str, Mapping[str, bool]] = {"none": {}, "xonxoff": {"xonxoff": True}, "rtscts": {"rtscts": True}}
_PARITIES = {"none": "N", "even": "E", "odd": "O"}
_BAUDS = ("1200", "2400", "4800", "9600", "14400", "19200", "28800", "38400", "57600", "115200")
_SETTINGS: Mapping[str, Container[str]] = {"baud": _BAUDS, "bits": ("7", "8"), "stop": ("1", "2"), "parity": _PARITIES, "flow": _FLOWS}
_USB = re.compile(r"lp\d+")
_ADDRESSES = "Use socket://HOST:PORT, /dev/ttyUSB0?baud=9600&flow=xonxoff, /dev/usb/lp0 or file:///FOLDER."


class Port(Protocol):
    """An open port to a printer, used by one thread. All of it raises PrinterUnreachable when the line is gone."""

    url: str

    def read(self, seconds: float) -> bytes:
        """What has come, as soon as something has; b"" after so many seconds of silence."""

    def write(self, data: bytes) -> None:
        """Sends all of it; when it fails nobody knows how much arrived."""

    def close(self) -> None:
        """Gives the port back; never fails."""


def open_port(url: str, *, answers: bool = True) -> Port:
    """Opens the port; UnknownPort when the address is none, PrinterUnreachable when nothing is there.

    Without answers nothing is read from a device file: one that only takes bytes may not even be opened for reading.
    """
    where = _split(url)
    if where.scheme == "socket":
        return _Tcp(url, *_host_and_port(url))
    if not where.scheme and where.path.startswith("/"):
        return _Usb(url, where.path, answers=answers) if _USB.fullmatch(Path(where.path).name) else _Serial(url, where.path, where.query)
    raise UnknownPort(f"{url[:200]!r} is no printer port. {_ADDRESSES}")


def guard_url(url: str) -> None:
    """UnknownPort when this is no address of a printer; opens nothing."""
    where = _split(url)
    if where.scheme == "socket":
        _host_and_port(url)
    elif not where.scheme and where.path.startswith("/"):
        _line_settings(url, where.query)
    elif folder_of(url) is None:
        raise UnknownPort(f"{url[:200]!r} is no printer port. {_ADDRESSES}")


def folder_of(url: str) -> Path | None:
    """The folder where the port is one."""
    if not url.startswith("file:"):
        return None
    where = _split(url)
    return Path(unquote(where.path)) if where.path else None


def put_in_folder(folder: Path, name: str, data: bytes) -> None:
    """Writes one label as a file, once, whole or not at all, however often it is called with a name. PrinterUnreachable when it cannot."""
    safe = "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in name)[:120]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{safe}.{os.getpid()}.{threading.get_ident()}"
        draft.write_bytes(data)
        draft.replace(folder / safe)
    except OSError as error:
        raise PrinterUnreachable(f"{folder} cannot be written: {error.strerror}. Is the disk there, and may the server write on it?") from error


class _Tcp:
    def __init__(self, url: str, host: str, port: int) -> None:
        self.url = url
        try:
            self._socket = socket.create_connection((host, port), timeout=TIMEOUT_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            raise _gone(url, error) from error

    def read(self, seconds: float) -> bytes:
        try:
            if not select.select([self._socket], [], [], seconds)[0]:
                return b""
            data = self._socket.recv(_MOST)
        except (OSError, ValueError) as error:
            raise _gone(self.url, error) from error
        if not data:
            raise PrinterUnreachable(f"The printer at {self.url} hung up. Is it switched on, and does another program print there?")
        return data

    def write(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise _gone(self.url, error) from error

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class _Serial:
    def __init__(self, url: str, path: str, query: str) -> None:
        self.url = url
        settings = _line_settings(url, query)
        try:
            self._serial = serial.Serial(path, timeout=0, write_timeout=TIMEOUT_SECONDS, exclusive=True, **settings)
        except _FAULTS as error:
            raise _gone(url, error) from error

    def read(self, seconds: float) -> bytes:
        try:
            if not select.select([self._serial.fileno()], [], [], seconds)[0]:
                return b""
            return bytes(self._serial.read(_MOST))
        except _FAULTS as error:
            raise _gone(self.url, error) from error

    def write(self, data: bytes) -> None:
        """With a handshake the line takes no more than the printer does; pyserial's timeout is that of the whole write."""
        try:
            for at in range(0, len(data), 256):
                self._serial.write(data[at:at + 256])
            self._serial.flush()
        except _FAULTS as error:
            raise _gone(self.url, error) from error

    def close(self) -> None:
        with contextlib.suppress(*_FAULTS):
            self._serial.close()


class _Usb:
    """The system's USB printer class: a file that is read and written; a write waits for as long as the printer takes nothing."""

    def __init__(self, url: str, path: str, *, answers: bool) -> None:
        self.url, self._answers = url, answers
        try:
            self._file = os.open(path, (os.O_RDWR if answers else os.O_WRONLY) | os.O_NONBLOCK)
        except OSError as error:
            raise _gone(url, error) from error

    def read(self, seconds: float) -> bytes:
        if not self._answers:
            time.sleep(seconds)
            return b""
        try:
            if not select.select([self._file], [], [], seconds)[0]:
                return b""
            return os.read(self._file, _MOST)
        except BlockingIOError:
            return b""
        except (OSError, ValueError) as error:
            raise _gone(self.url, error) from error

    def write(self, data: bytes) -> None:
        ends = time.monotonic() + TIMEOUT_SECONDS
        while data:
            try:
                if not select.select([], [self._file], [], max(0.0, ends - time.monotonic()))[1]:
                    raise PrinterUnreachable(f"The printer at {self.url} takes no more bytes. Look at its paper and at its display.")
                data = data[os.write(self._file, data):]
            except (OSError, ValueError) as error:
                raise _gone(self.url, error) from error

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self._file)


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise UnknownPort(f"{url[:200]!r} is no printer port: {error}. {_ADDRESSES}") from error


def _host_and_port(url: str) -> tuple[str, int]:
    try:
        where = _split(url)
        host, port = where.hostname, where.port
    except ValueError as error:
        raise UnknownPort(f"{url[:200]!r} is no printer port: {error}. {_ADDRESSES}") from error
    if not host or not port:
        raise UnknownPort(f"{url[:200]!r} names no host and port. {_ADDRESSES}")
    return host, port


def _line_settings(url: str, query: str) -> dict[str, Any]:
    given = {"baud": "9600", "bits": "8", "stop": "1", "parity": "none", "flow": "none", **dict(parse_qsl(query, keep_blank_values=True))}
    if given.keys() - _SETTINGS or any(given[name] not in known for name, known in _SETTINGS.items()):
        raise UnknownPort(f"{url[:200]!r} says how no serial line is spoken. After ? come baud=9600, flow=xonxoff, rtscts or none, bits=8, "
                          "parity=none, even or odd, stop=1, with & between them.")
    return {"baudrate": int(given["baud"]), "bytesize": int(given["bits"]), "stopbits": int(given["stop"]),
            "parity": _PARITIES[given["parity"]], **_FLOWS[given["flow"]]}


def _gone(url: str, error: BaseException) -> PrinterUnreachable:
    why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
    return PrinterUnreachable(f"The printer at {url} cannot be reached: {why}. Is it switched on and plugged in, and is the address right?")
