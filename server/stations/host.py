"""Holds all stations' ports in one server process, follows changes of the master data, and writes down how devices are."""

import importlib
import json
import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from server.floor.engine import FloorEngine
from server.kernel.database import Database
from server.kernel.errors import AisleError, Unavailable
from server.kernel.lease import Lease
from server.kernel.transaction import Tx
from server.masterdata.found_ports import found_ports, note_found
from server.masterdata.lessons import Learnt, note_learnt
from server.masterdata.stations import Seen, note_seen, peripherals, stations
from server.masterdata.wishes import answer, take
from server.scanners.fitness import Fitness

log = logging.getLogger("aisle.stations")

PORTS = Path("/dev/serial/by-id")
_BEAT_SECONDS = 0.5
_LOADS_A_BEAT = 4
"""How often in a beat it is written down what scales show, where it changed."""


class Worker(Protocol):
    """A station at work."""

    def start(self) -> None:
        """Opens its ports."""

    def stop(self) -> None:
        """Closes them."""

    def seen(self, *, anew: bool = False) -> list[Seen]:
        """What changed of its devices."""

    def loads(self) -> list[Seen]:
        """What changed of its scales."""

    def learn(self, lessons: Mapping[int, int]) -> dict[int, Fitness]:
        """Has scanners learnt, by number, each in the lesson named, 0 for none; what is known of those by now."""

    def obey(self, peripheral: int, wanted: str) -> str:
        """Tells a device what somebody wants of it; one of server.masterdata.wishes.ANSWERS."""


MakeWorker = Callable[[Any, list[Any]], Worker]


class Stations:
    """A thread that keeps stations at work as the master data says; of several server processes one holds the ports."""

    def __init__(self, database: Database, engine: FloorEngine, make: MakeWorker | None = None, *, ports: Path = PORTS,
                 beat_seconds: float = _BEAT_SECONDS) -> None:
        self._database, self._engine, self._ports, self._beat_seconds = database, engine, ports, beat_seconds
        self._make = make if make is not None else self._worker
        self._lease = Lease(database, "stations")
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._at_work: dict[int, tuple[str, Worker]] = {}

    def start(self) -> None:
        """Begins in the background."""
        self._thread = threading.Thread(target=self._run, name="stations", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Closes all ports; another process may take them."""
        self._ended.set()
        if self._thread is None:
            self._end()
        else:
            self._thread.join(timeout=20)

    def look(self) -> None:
        """Once: takes up what was made, leaves what was taken away, begins anew what was changed, writes down how devices are."""
        rows, devices, known = self._database.read(lambda tx: (stations(tx), peripherals(tx), found_ports(tx)))
        found = _ports_in(self._ports)
        if not (rows or self._at_work or found != known) or not self._lease.is_mine():
            self._leave(set(self._at_work))
            return
        if found != known:
            self._database.write(lambda tx: note_found(tx, found), backlog=True)
        wanted = {row.id: (row, [one for one in devices if one.station_id == row.id]) for row in rows if row.revoked_at is None}
        made = {number: _made_of(row, bound) for number, (row, bound) in wanted.items()}
        self._leave({number for number, (before, _) in self._at_work.items() if made.get(number) != before})
        for number, (row, bound) in wanted.items():
            if number not in self._at_work:
                self._take_up(number, made[number], row, bound)
        self._teach(devices)
        for one in devices:
            if one.wanted and one.station_id in self._at_work:
                self._obey(one)
        self._note([one for _, worker in self._at_work.values() for one in worker.seen()])

    def _run(self) -> None:
        beats = _LOADS_A_BEAT - 1  # it looks first, and does not wait for a whole beat with it
        while not self._ended.wait(self._beat_seconds / _LOADS_A_BEAT):
            beats += 1
            try:
                if beats % _LOADS_A_BEAT:
                    self._note([one for _, worker in self._at_work.values() for one in worker.loads()])
                else:
                    self.look()
            except Unavailable as error:
                log.warning("stations wait: the database is away: %s", error)
            except Exception:
                log.exception("the stations met an error and go on")
        self._end()

    def _end(self) -> None:
        self._leave(set(self._at_work))
        with suppress(Unavailable):
            self._lease.give_up()

    def _take_up(self, number: int, made: str, row: Any, bound: list[Any]) -> None:
        try:
            worker = self._make(row, bound)
        except (AisleError, ValueError, TypeError) as error:
            log.error("station %s cannot work: %s", row.code, error)  # noqa: TRY400 - what is wrong stands in its row
            return
        worker.start()
        self._at_work[number] = (made, worker)
        log.info("station %s is at work with %d devices", row.code, len(bound))

    def _leave(self, numbers: set[int]) -> None:
        """All at once: each waits a moment for its devices."""
        left = [self._at_work.pop(number)[1] for number in numbers]
        ending = [threading.Thread(target=worker.stop, daemon=True) for worker in left]
        for thread in ending:
            thread.start()
        for thread in ending:
            thread.join(timeout=15)
        seen = [one for worker in left for one in worker.seen(anew=True)]
        if seen:
            with suppress(Unavailable):
                self._database.write(lambda tx: note_seen(tx, seen), backlog=True)

    def _teach(self, devices: list[Any]) -> None:
        """Begins and ends lessons as the rows say, and writes down what they brought."""
        now = self._database.clock.now()
        lessons = {one.id: one.lesson_until for one in devices if one.lesson_until > now}
        known = {one.id: one.lesson for one in devices}
        found = [Learnt(number, lessons[number], json.loads(json.dumps(fitness.as_json()))) for _, worker in self._at_work.values()
                 for number, fitness in worker.learn(lessons).items()]
        news = [one for one in found if one.found != known[one.peripheral]]
        if news:
            self._database.write(lambda tx: note_learnt(tx, news), backlog=True)

    def _obey(self, row: Any) -> None:
        wanted = self._database.write(lambda tx: take(tx, row))
        if wanted is not None:
            said = self._at_work[row.station_id][1].obey(row.id, wanted)
            self._database.write(lambda tx: answer(tx, row, said), backlog=True)

    def _note(self, seen: list[Seen]) -> None:
        if seen:
            def work(tx: Tx) -> None:
                note_seen(tx, seen)

            self._database.write(work, backlog=True)

    def _worker(self, row: Any, bound: list[Any]) -> Worker:
        """Drivers and what they need are loaded with the first station."""
        module = importlib.import_module("server.stations.worker")
        drivers = importlib.import_module("server.stations.drivers")
        made: Worker = module.StationWorker(self._engine, row, bound, drivers.bind, self._database)
        return made


def _ports_in(folder: Path) -> list[str]:
    """Named by what is plugged in, so that a name means the same scanner after a restart; none where the system has no such folder."""
    try:
        return sorted(str(path) for path in folder.iterdir())
    except OSError:
        return []


def _made_of(row: Any, bound: list[Any]) -> str:
    """What a station was begun with: anything else is another beginning. How its devices are is no part of it."""
    return repr((row.code, row.kind, row.location_id, row.device_id, row.settings,
                 [(one.id, one.name, one.kind, one.driver, one.url, one.settings) for one in bound]))
