"""A driver that listens in on another, so that what its scanner does can be found out while it works."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.scanners.driver import Deliver, ScannerLine, driver_for
from server.scanners.fitness import Fitness, fitness
from server.scanners.keyboard import EVENT, Keys, keys_in
from server.scanners.memory import Memory
from server.scanners.scan import Scan

_RAW = ("text", "keyboard")


class Learner:
    """Delivers as the driver of that name does, and remembers what came and when: from the start, or where `listens` is False from `begin` on."""

    def __init__(self, name: str, settings: Mapping[str, Any], deliver: Deliver, *, device: str = "", listens: bool = True) -> None:
        self._name, self._deliver = name, deliver
        self._driver = driver_for(name, settings, self._take, device=device)
        self._lock = threading.Lock()
        self._listens = listens
        self._memory = Memory()
        self._keys, self._event = Keys(), b""

    def talk(self, line: ScannerLine) -> None:
        """Until the line is lost."""
        self._driver.talk(_Heard(line, self) if self._name in _RAW else line)

    def begin(self) -> None:
        """Forgets what came, and remembers from now on."""
        with self._lock:
            self._forget()
            self._listens = True

    def end(self) -> None:
        """Remembers nothing any more."""
        with self._lock:
            self._forget()
            self._listens = False

    @property
    def fitness(self) -> Fitness:
        """What is known of the scanner by now."""
        with self._lock:
            chunks = self._memory.chunks
        return fitness(chunks, driver=self._name)

    def heard(self, data: bytes) -> None:
        """Remembers bytes; of keys, what an American keyboard would say."""
        with self._lock:
            if not self._listens:
                return
            if self._name == "keyboard":
                self._event += data
                whole = len(self._event) // EVENT.size * EVENT.size
                data, self._event = keys_in(self._event[:whole], self._keys).encode(), self._event[whole:]
            self._memory.remember(data)

    def _take(self, scan: Scan) -> None:
        """Packets and reports hold no suffix and no typing that could be found out."""
        with self._lock:
            if self._name not in _RAW and self._listens:
                self._memory.remember(f"{scan.symbology}{scan.text}".encode())
        self._deliver(scan)

    def _forget(self) -> None:
        self._memory.forget()
        self._keys, self._event = Keys(), b""


@dataclass(frozen=True, slots=True)
class _Heard:
    """A line that is listened in on."""

    line: ScannerLine
    learner: Learner

    def ready(self, firmware: str = "") -> None:
        self.line.ready(firmware)

    def read(self, seconds: float) -> bytes:
        data = self.line.read(seconds)
        self.learner.heard(data)
        return data

    def write(self, data: bytes) -> None:
        self.line.write(data)

    def note_error(self, what: str, code: str = "misread") -> None:
        self.line.note_error(what, code)
