"""Where a printer is: a folder (`file:///var/labels`) or a TCP port (`socket://10.0.0.9:9100`)."""

import os
import socket
from pathlib import Path
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 5.0


class PrinterError(Exception):
    """The base of what can go wrong with a printer."""


class UnknownPort(PrinterError):
    """A port's address that no driver understands."""


class PrinterUnreachable(PrinterError):
    """The printer did not take the bytes."""


def send(url: str, name: str, data: bytes) -> None:
    """Sends the bytes of one label; `name` names the file where the port is a folder.

    A folder gets each label once, whole or not at all, however often it is sent. A socket gets it once a call; when
    the call fails nobody knows how much arrived. Raises PrinterUnreachable and UnknownPort.
    """
    port = urlsplit(url)
    if port.scheme == "file":
        _to_folder(Path(unquote(port.path)), name, data)
    elif port.scheme == "socket" and port.hostname and port.port:
        _to_socket(port.hostname, port.port, data)
    else:
        raise UnknownPort(f"{url!r} is no printer port. Use file:///FOLDER or socket://HOST:PORT.")


def _to_folder(folder: Path, name: str, data: bytes) -> None:
    safe = "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in name)[:120]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{safe}.{os.getpid()}"
        draft.write_bytes(data)
        draft.replace(folder / safe)
    except OSError as error:
        raise PrinterUnreachable(f"{folder} cannot be written: {error.strerror}") from error


def _to_socket(host: str, port: int, data: bytes) -> None:
    try:
        with socket.create_connection((host, port), timeout=TIMEOUT_SECONDS) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
    except OSError as error:
        raise PrinterUnreachable(f"The printer at {host}:{port} does not answer: {error}") from error
