"""A device bound to a station, while the server holds it: what it delivers, what it is told, and what was seen of it."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

from server.masterdata.stations import Seen
from server.masterdata.waiting_scans import Kept
from server.ports import Condition
from server.scanners.fitness import Fitness
from server.scanners.scan import Scan, TagRead

COLOURS = ("green", "amber", "red", "off")


class Port(Protocol):
    """Whatever holds the device's port: a Keeper, a camera's thread, a TCP scanner's listener."""

    def start(self) -> None:
        """Opens it."""

    def stop(self) -> None:
        """Closes it."""

    @property
    def condition(self) -> Condition:
        """How it is."""


class Signal(Protocol):
    """A light: it shows one colour at a time."""

    def show(self, colour: str) -> None:
        """One of COLOURS."""


@runtime_checkable
class Pupil(Protocol):
    """A port whose scanner can be learnt."""

    def learn(self, lesson: int) -> Fitness | None:
        """Begins a lesson unless it is the one that runs, and ends it with 0; what is known by now, None without a lesson."""


@runtime_checkable
class Obedient(Protocol):
    """A port whose device can be told something, as a scale to zero."""

    def obey(self, wanted: str) -> str:
        """Does it; one of server.masterdata.wishes.ANSWERS."""


@runtime_checkable
class Weighs(Protocol):
    """A port whose device shows a weight all the time, also one that nobody uses."""

    @property
    def load(self) -> tuple[str, int]:
        """Whether it is at rest, one of server.scales.driver.LOADS, and grams; "" while it says nothing."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a device delivered, to be worked on in order: a scan, reads of tags, or a weight in grams; `kept` where it is written down."""

    peripheral: int
    what: Scan | tuple[TagRead, ...] | int
    at: float
    kept: Kept | None = None


Deliver = Callable[[Scan | tuple[TagRead, ...] | int], None]
"""Takes what was read; waits where the station is behind, so that nothing is dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What a peripheral's row says, and where what it delivers goes."""

    id: int
    name: str
    kind: str
    driver: str
    url: str
    settings: Mapping[str, Any]
    deliver: Deliver


Bind = Callable[[Binding], Port]
"""Makes a peripheral's port from its row; raises ScannerError, PortError or ValueError when the row makes no sense."""


class Watched:
    """Counts what a peripheral read, and tells what has changed since it was asked last."""

    def __init__(self, number: int, kind: str, port: Port) -> None:
        self.id, self.kind, self.port = number, kind, port
        self._lock = threading.Lock()
        self._reads = self._told_errors = self._told_outages = 0
        self._last = ""
        self._last_at: int | None = None
        self._latency_ms: int | None = None
        self._told: Seen | None = None

    def note_read(self, what: str, at: int, count: int = 1) -> None:
        """Something was read, at a time of the clock."""
        with self._lock:
            self._reads += count
            self._last, self._last_at = what, at

    def note_answer(self, latency_ms: int) -> None:
        """The last read was answered after so long."""
        with self._lock:
            self._latency_ms = latency_ms

    def seen(self, *, anew: bool = False) -> Seen | None:
        """What there is to write down; None when nothing changed."""
        condition = self.port.condition
        load, load_g = self.port.load if isinstance(self.port, Weighs) else ("", 0)
        with self._lock:
            now = Seen(id=self.id, state=condition.state, since=condition.since, error=condition.error, error_code=condition.code, firmware=condition.firmware,
                       reads=self._reads, errors=condition.errors - self._told_errors, outages=condition.outages - self._told_outages,
                       last_read=self._last, last_at=self._last_at, latency_ms=self._latency_ms, load=load, load_g=load_g)
            if now == self._told and not anew:
                return None
            self._told_errors, self._told_outages, self._reads = condition.errors, condition.outages, 0
            self._told = replace(now, reads=0, errors=0, outages=0)
            return now
