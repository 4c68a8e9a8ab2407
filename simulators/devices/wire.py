"""Where a simulated device is plugged in: a TCP port that listens, a TCP port it calls, or a pseudo terminal like a serial line."""

import contextlib
import functools
import os
import select
import socket
import threading
import tty
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import ClassVar, Protocol, TypeVar

_MOST = 65_536
_Result = TypeVar("_Result")


class Gone(Exception):
    """The other end is there no more, which is nobody's fault."""


class UnknownFault(ValueError):
    """A fault that this device does not have."""


class Wire(Protocol):
    """One end of a connection."""

    def read(self, seconds: float) -> bytes:
        """What has come, or b"" after so much silence; raises Gone."""

    def write(self, data: bytes) -> None:
        """Sends all of it; raises Gone."""

    def close(self) -> None:
        """Hangs up."""


class Device:
    """A simulated device: `serve` answers one host; `fail` and `heal` switch faults, named in FAULTS with what they do."""

    FAULTS: ClassVar[Mapping[str, str]] = {}

    def __init__(self, faults: Iterable[str] = ()) -> None:
        self.faults: set[str] = set()
        for name in faults:
            self.fail(name)

    def serve(self, wire: Wire) -> None:
        """Speaks with one host until it hangs up (Gone) or the port closes."""
        raise NotImplementedError

    def fail(self, name: str) -> None:
        """Begins a fault; UnknownFault names the ones there are."""
        if name not in self.FAULTS:
            raise UnknownFault(f"There is no fault {name!r}. There are: {', '.join(sorted(self.FAULTS)) or 'none'}.")
        self.faults.add(name)

    def heal(self, name: str) -> None:
        """Ends a fault."""
        self.faults.discard(name)


class TcpPort:
    """A TCP port at which a device answers every host that calls; `port` 0 takes a free one."""

    def __init__(self, device: Device, host: str = "127.0.0.1", port: int = 0) -> None:
        self._device = device
        self._listener = socket.create_server((host, port))
        self._listener.setblocking(False)
        self.host, self.port = host, int(self._listener.getsockname()[1])
        self.url = f"socket://{host}:{self.port}"
        self._hosts: set[SocketWire] = set()
        self._lock = threading.Lock()
        self._is_open = True
        threading.Thread(target=self._accept, name=f"simulated {self.port}", daemon=True).start()

    def unplug(self) -> None:
        """Hangs up on every host, as a pulled cable that is noticed; who calls again is answered."""
        self._take_in()  # who has called and was not answered yet is at the cable too
        for wire in tuple(self._hosts):
            wire.close()

    def close(self) -> None:
        """Hangs up and listens no more."""
        self._is_open = False
        self.unplug()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # a thread that waits for callers would keep the port
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # which is closed then
            while self._is_open:
                select.select([self._listener], [], [])
                self._take_in()

    def _take_in(self) -> None:
        """All who have called."""
        with self._lock, contextlib.suppress(OSError):
            while True:
                wire = SocketWire(self._listener.accept()[0])
                self._hosts.add(wire)
                threading.Thread(target=self._serve, args=(wire,), daemon=True).start()
                if not self._is_open:
                    wire.close()

    def _serve(self, wire: "SocketWire") -> None:
        with contextlib.suppress(Gone):
            self._device.serve(wire)
        self._hosts.discard(wire)
        wire.close()


class TcpCaller:
    """A device that calls its host, as many TCP scanners do, and calls again when it is cut off."""

    def __init__(self, device: Device, host: str, port: int, *, pause_seconds: float = 0.2) -> None:
        self._device, self._address, self._pause = device, (host, port), pause_seconds
        self._ended, self._may_call = threading.Event(), threading.Event()
        self._wire: SocketWire | None = None
        self.go_on()
        threading.Thread(target=self._call, name=f"simulated caller of {port}", daemon=True).start()

    def unplug(self) -> None:
        """Hangs up; it calls again."""
        if self._wire is not None:
            self._wire.close()

    def hold(self) -> None:
        """Once it is cut off it calls no more until `go_on`."""
        self._may_call.clear()

    def go_on(self) -> None:
        """It calls again when it is cut off."""
        self._may_call.set()

    def close(self) -> None:
        """Hangs up for good."""
        self._ended.set()
        self.go_on()
        self.unplug()

    def _call(self) -> None:
        while not self._ended.wait(self._pause) and self._may_call.wait() and not self._ended.is_set():
            with contextlib.suppress(OSError, Gone):
                self._wire = SocketWire(socket.create_connection(self._address, timeout=2))
                self._device.serve(self._wire)


class PtyPort:
    """A serial line: `link` (or `url`) is opened by the host. Line settings are ignored, as the system ignores them on one."""

    def __init__(self, device: Device, link: Path | None = None) -> None:
        self._device, self._link = device, link
        self._wire: PtyWire | None = None
        self.url = ""
        self.plug_in()

    def unplug(self) -> None:
        """The adapter is pulled out: the device file is gone."""
        if self._link is not None:
            self._link.unlink(missing_ok=True)
        if self._wire is not None:
            self._wire.close()

    def plug_in(self) -> None:
        """The adapter is there again; behind a link, as `/dev/serial/by-id` keeps them, under the same name."""
        master, slave = os.openpty()
        tty.setraw(slave)
        path = Path(os.ttyname(slave))
        if self._link is not None:
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(path)
        self.url = str(self._link or path)
        self._wire = PtyWire(master, slave)
        threading.Thread(target=self._serve, args=(self._wire,), name=f"simulated {path.name}", daemon=True).start()

    def close(self) -> None:
        """Unplugged for good."""
        self.unplug()

    def _serve(self, wire: "PtyWire") -> None:
        with contextlib.suppress(Gone):
            self._device.serve(wire)


class SocketWire:
    """A TCP connection as a wire."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(None)

    def read(self, seconds: float) -> bytes:
        """What has come."""
        data = _when_ready(self._socket.fileno(), seconds, lambda: self._socket.recv(_MOST))
        if data == b"":
            raise Gone
        return data or b""

    def write(self, data: bytes) -> None:
        """Sends all of it."""
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise Gone from error

    def close(self) -> None:
        """Hangs up, so that the other end knows."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class PtyWire:
    """The device's end of a pseudo terminal. A host that is not there yet is silence: a serial line does not know."""

    def __init__(self, master: int, slave: int) -> None:
        self._master, self._slave = master, slave  # held open as well: else reading fails until a host comes
        self._lock = threading.Lock()
        self._is_open = True

    def read(self, seconds: float) -> bytes:
        """What has come."""
        return _when_ready(self._master, seconds, lambda: self._locked(lambda: os.read(self._master, _MOST))) or b""

    def write(self, data: bytes) -> None:
        """Sends all of it; what nobody reads within a second is lost, as on a line without handshake."""
        while data and self._takes():
            data = data[self._locked(functools.partial(os.write, self._master, data[:1024])):]

    def close(self) -> None:
        """Pulled out."""
        with self._lock:
            if self._is_open:
                self._is_open = False
                os.close(self._master)
                os.close(self._slave)

    def _takes(self) -> bool:
        try:
            return bool(select.select([], [self._master], [], 1.0)[1])
        except (OSError, ValueError) as error:
            raise Gone from error

    def _locked(self, act: Callable[[], _Result]) -> _Result:
        """The number of a port that was closed may already be another's."""
        with self._lock:
            if not self._is_open:
                raise Gone
            try:
                return act()
            except OSError as error:
                raise Gone from error


def _when_ready(descriptor: int, seconds: float, take: Callable[[], bytes]) -> bytes | None:
    """What `take` gives once there is something; None after silence."""
    try:
        return take() if select.select([descriptor], [], [], seconds)[0] else None
    except (OSError, ValueError) as error:
        raise Gone from error
