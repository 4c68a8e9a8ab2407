"""Of several scanners that call one port the one is found out that scans the printed codes. The others work on meanwhile."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from server.scanners.fitness import Fitness, fitness
from server.scanners.memory import Memory

_UNKNOWN_BYTES_MAX = 2_000
"""Of a scanner that is not known to be meant: the three codes with all that stands around them are a tenth of it."""


class CallerLearner:
    """Listens to all calls from `begin` to `end`. A call is any object; a scanner that calls again is known by its address.

    Several scanners that one box puts through a single call are one here. `prefixes` are those that name scanners.
    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = prefixes
        self._lock = threading.Lock()
        self._listens = False
        self._others: dict[object, Memory] = {}
        self._known: Memory | None = None
        self._pupil: object | None = None
        self._address = ""

    def begin(self) -> None:
        """Forgets what came, and whose it was, and listens from now on."""
        with self._lock:
            self._forget()
            self._listens = True

    def end(self) -> None:
        """All scanners work again."""
        with self._lock:
            self._forget()
            self._listens = False

    def heard(self, call: object, address: str, data: bytes) -> None:
        """Bytes of a call, before anything is made of them."""
        with self._lock:
            if not self._listens:
                return
            if call is self._pupil and self._known is not None:
                self._known.remember(data)
                return
            memory = self._others.setdefault(call, Memory(bytes_max=_UNKNOWN_BYTES_MAX))
            memory.remember(data)
            if self._is_the_one(address, memory):
                self._become_pupil(call, address, memory)

    def left(self, call: object) -> None:
        """A call is over; a lesson is not, since its scanner may call again."""
        with self._lock:
            self._others.pop(call, None)
            if call is self._pupil:
                self._pupil = None

    def withholds(self, call: object) -> bool:
        """Whether what this call brings is not to be booked."""
        with self._lock:
            return self._listens and call is self._pupil

    def fitness(self) -> Fitness:
        """What is known by now: of the scanner that is learnt, else of the only one that was heard. `caller` is the learnt one's address."""
        with self._lock:
            only = next(iter(self._others.values())) if len(self._others) == 1 else None
            memory, address = self._known or only, self._address
        found = fitness(memory.chunks if memory is not None else ())
        return replace(found, caller=address, settings=None if found.settings is None else self._settings(found.settings))

    def _is_the_one(self, address: str, memory: Memory) -> bool:
        if self._known is None:
            return bool(fitness(memory.chunks).seen)
        return address == self._address and (self._pupil is None or bool(fitness(memory.chunks).seen))

    def _become_pupil(self, call: object, address: str, memory: Memory) -> None:
        if self._known is None:
            self._known = Memory()
        for at, data in memory.chunks:
            self._known.remember(data, at)
        del self._others[call]
        self._pupil, self._address = call, address

    def _settings(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """Those of the port: what names this scanner is no prefix of the others, and stands between a code and its identifier."""
        if not self._prefixes:
            return dict(found)
        prefix = str(found.get("prefix", ""))
        own = next((one for one in sorted(self._prefixes, key=len, reverse=True) if prefix.endswith(one)), "")
        return {**found, "prefix": prefix.removesuffix(own), **({"aim": "seen"} if found.get("aim") == "sent" else {})}

    def _forget(self) -> None:
        self._others.clear()
        self._known = self._pupil = None
        self._address = ""
