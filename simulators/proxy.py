"""A wire between handhelds and the server that loses, cuts, swallows and delays, by one seed."""

import contextlib
import random
import select
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

_LOOK_SECONDS = 0.05
_CHUNK = 65_536
_DOUBLED_MAX = 65_536
_RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Chances:
    """How likely each misfortune is for one piece of what goes over the wire."""

    lost: float = 0.0  # an answer is thrown away and the connection ends
    reset: float = 0.0  # what is sent does not arrive, and the connection is reset
    swallowed: float = 0.0  # from an answer on nothing passes any more, and nobody is told
    slow: float = 0.0  # an answer comes late and in crumbs
    doubled: float = 0.0  # what a connection sent is sent to the server once more when it has ended

    @classmethod
    def usual(cls) -> "Chances":
        """A bad radio: eight in a hundred answers lost, five resets, one swallowed."""
        return cls(lost=0.08, reset=0.05, swallowed=0.01, slow=0.02)


NONE = Chances()


class FaultProxy:
    """Listens on a port of its own and passes bytes on to wherever the server is now."""

    def __init__(self, port_of_server: Callable[[], int], seed: int) -> None:
        self._port_of_server, self._seed, self._number = port_of_server, seed, 0
        self.chances = NONE
        self.happened: Counter[str] = Counter()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: set[_Passage] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, name="fault-proxy", daemon=True).start()

    def cut_all(self) -> int:
        """Resets every connection now; how many there were."""
        with self._lock:
            passages = list(self._open)
        for passage in passages:
            passage.cut()
        self.happened["cut"] += len(passages)
        return len(passages)

    def settle(self) -> None:
        """Waits until every connection that is open now has ended, and what is sent twice was sent."""
        with self._lock:
            passages = list(self._open)
        for passage in passages:
            passage.ended.wait(10)

    def close(self) -> None:
        """Takes no connection any more and cuts those that are open."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut_all()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._number += 1
            passage = _Passage(self, client, random.Random(f"{self._seed}-{self._number}"))
            with self._lock:
                self._open.add(passage)
            threading.Thread(target=self._pass, args=(passage,), name="fault-passage", daemon=True).start()

    def _pass(self, passage: "_Passage") -> None:
        try:
            passage.run(self._port_of_server())
        finally:
            passage.ended.set()
            with self._lock:
                self._open.discard(passage)


class _Passage:
    """One connection through the proxy. Only its own thread closes its sockets."""

    def __init__(self, proxy: FaultProxy, client: socket.socket, chance: random.Random) -> None:
        self._proxy, self._client, self._chance = proxy, client, chance
        self._is_cut = self._is_swallowed = False
        self.ended = threading.Event()
        self._sent = bytearray()

    def cut(self) -> None:
        """The connection is reset at both ends as soon as its thread looks."""
        self._is_cut = True

    def run(self, port: int) -> None:
        """Passes bytes on until either end or a misfortune ends it."""
        try:
            server = socket.create_connection(("127.0.0.1", port), timeout=5)
        except OSError:
            _reset(self._client)
            return
        try:
            while not self._is_cut and self._step(server):
                pass
        except OSError:
            self._is_cut = True
        end = _reset if self._is_cut else _close
        end(self._client)
        end(server)
        if 0 < len(self._sent) <= _DOUBLED_MAX and self._happens("doubled"):
            _play(bytes(self._sent), self._proxy._port_of_server())

    def _step(self, server: socket.socket) -> bool:
        """Whether the connection goes on."""
        heard = [self._client] if self._is_swallowed else [self._client, server]  # that the server hangs up is swallowed too
        ready = select.select(heard, [], [], _LOOK_SECONDS)[0]
        if self._is_cut:
            return False
        for source, target in ((self._client, server), (server, self._client)):
            if source in ready:
                piece = source.recv(_CHUNK)
                if not piece:
                    return False
                if not self._passes(piece, target, is_answer=source is server):
                    return False
        return True

    def _passes(self, piece: bytes, target: socket.socket, *, is_answer: bool) -> bool:
        self._is_swallowed = self._is_swallowed or (is_answer and self._happens("swallowed"))
        if self._is_swallowed:
            return True
        if is_answer and self._happens("lost"):
            return False
        if not is_answer and self._happens("reset"):
            self._is_cut = True
            return False
        if is_answer and self._happens("slow"):
            self._crumble(piece, target)
            return True
        if not is_answer and len(self._sent) <= _DOUBLED_MAX:
            self._sent += piece
        target.sendall(piece)
        return True

    def _crumble(self, piece: bytes, target: socket.socket) -> None:
        at = 0
        for _ in range(4):
            time.sleep(self._chance.uniform(0.05, 0.3))
            size = self._chance.randint(1, max(1, len(piece) // 3))
            target.sendall(piece[at:at + size])
            at += size
        target.sendall(piece[at:])

    def _happens(self, what: str) -> bool:
        happens = bool(self._chance.random() < getattr(self._proxy.chances, what))
        self._proxy.happened[what] += happens
        return happens


def _play(sent: bytes, port: int) -> None:
    """Sends what was sent before once more; what comes back is nobody's."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as again:
        again.sendall(sent)
        again.settimeout(1)
        while again.recv(_CHUNK):
            pass


def _reset(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    end.close()


def _close(end: socket.socket) -> None:
    end.close()
