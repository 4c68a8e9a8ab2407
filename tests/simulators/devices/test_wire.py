"""Where simulated devices are plugged in."""

import contextlib
import socket

from simulators.devices.wire import Device, TcpPort, Wire
from tests.waiting import PATIENCE


class Listens(Device):
    """Says nothing until it is cut off."""

    def serve(self, wire: Wire) -> None:
        while True:
            wire.read(PATIENCE)


def test_whoever_has_called_is_hung_up_on_though_nobody_has_answered_yet() -> None:
    port = TcpPort(Listens())
    for _ in range(100):
        with socket.create_connection((port.host, port.port), timeout=PATIENCE) as host:
            port.unplug()
            with contextlib.suppress(ConnectionResetError):
                assert host.recv(1) == b""
    port.close()


def test_a_port_that_is_closed_keeps_nobody() -> None:
    for _ in range(100):
        port = TcpPort(Listens())
        with socket.create_connection((port.host, port.port), timeout=PATIENCE) as host:
            port.close()
            with contextlib.suppress(ConnectionResetError):
                assert host.recv(1) == b""
