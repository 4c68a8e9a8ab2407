"""How the processes of one server tell each other which devices should look again."""

import json
import select
import socket
from collections.abc import Set as AbstractSet
from contextlib import suppress

_BYTES_MAX = 65_536
_MANY = 5_000  # in one message, which must fit into it


class Intercom:
    """Made before the processes are, which then share it; each enters with its number and hears what the others tell.

    What cannot be delivered at once, because a process is busy or dead, is kept and told later; nobody waits.
    """

    def __init__(self, processes: int) -> None:
        self._ways = [socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(processes)]
        self._number = 0
        self._untold: list[set[int]] = [set() for _ in self._ways]

    def enter(self, number: int) -> None:
        """From now on this is the process of that number; what its predecessor did not hear is old."""
        self._number = number
        while self.heard(0) is not None:
            pass

    def tell(self, devices: AbstractSet[int]) -> None:
        """Tells all others of devices that should look again, or with none only that something changed; from one thread."""
        for number, untold in enumerate(self._untold):
            if number != self._number:
                untold.update(devices)
                self._send(number, untold)

    def tell_again(self) -> None:
        """What could not be delivered before."""
        for number, untold in enumerate(self._untold):
            if untold:
                self._send(number, untold)

    def _send(self, number: int, untold: set[int]) -> None:
        told = list(untold)[:_MANY]
        with suppress(BlockingIOError):
            self._ways[number][1].send(json.dumps(told).encode(), socket.MSG_DONTWAIT)
            untold.difference_update(told)

    def heard(self, seconds: float) -> set[int] | None:
        """What another process told, waited for so long at most; None when nobody did."""
        here, _ = self._ways[self._number]
        if not select.select([here], [], [], seconds)[0]:
            return None
        try:
            return set(json.loads(here.recv(_BYTES_MAX, socket.MSG_DONTWAIT)))
        except BlockingIOError:
            return None
