"""One station at work: a thread that takes what its devices deliver, joins it, and books it on the floor."""

import logging
import queue
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from server.floor.engine import FloorEngine
from server.floor.joining import AGAIN_MS, GATHER_MS, Joiner, Passage
from server.floor.operations import DeviceIdentity
from server.floor.process import Json
from server.floor.schemas import SCHEMAS
from server.kernel.database import Database
from server.kernel.errors import AisleError, Unavailable
from server.kernel.ids import new_secret, uuid7
from server.masterdata.stations import WORKED_AT, Seen
from server.masterdata.waiting_scans import Kept
from server.ports import Condition, PortError
from server.scales.weighing import ScaleError
from server.scanners.fitness import Fitness
from server.scanners.scan import Scan, TagRead
from server.scanners.stored_settings import ScannerError
from server.stations.bound import Bind, Binding, Delivered, Obedient, Port, Pupil, Signal, Watched
from server.stations.safe import Safe
from server.stations.tags import Passing

log = logging.getLogger("aisle.stations")

INBOX_MAX = 1_000
_BEAT_SECONDS = 0.5
_AGAIN_SECONDS = (0.1, 0.25, 0.5, 1.0)
_LIGHT_SECONDS = 3.0
_GREEN, _RED, _AMBER, _OFF = "green", "red", "amber", "off"
_COLOURS = {"ok": _GREEN, "label_differs": _RED, "strangers": _RED, "wrong_weight": _RED}
"""What a booked passage shows; anything else is told with amber."""
_SHOWN_ELSEWHERE = ("handed_on",)
"""What becomes of such a scan the handheld shows."""


class Unusable:
    """A peripheral whose row makes no sense: it is shown with what is wrong, and the station's others work."""

    def __init__(self, error: Exception, at: int) -> None:
        code = error.code if isinstance(error, PortError) else "settings"
        self.condition = Condition(state="wrong", since=at, error=str(error), code=code)

    def start(self) -> None:
        """There is nothing to open."""

    def stop(self) -> None:
        """There is nothing to close."""


class StationWorker:
    """Holds the ports of one station. Whatever its devices deliver is worked on in order, and nothing is dropped.

    When the database takes nothing, it waits with what it holds; its devices wait with it.
    """

    def __init__(self, engine: FloorEngine, station: Any, peripherals: Sequence[Any], bind: Bind, database: Database) -> None:
        self.code, self._engine, self._clock = str(station.code), engine, database.clock
        self._device = DeviceIdentity(station.device_id, station.site_id)
        settings: Mapping[str, Any] = station.settings or {}
        self._joiner = Joiner(self._read, gather_ms=int(settings.get("gather_ms", GATHER_MS)), again_ms=int(settings.get("again_ms", AGAIN_MS)))
        self._kind, self._passing = str(station.kind), Passing(settings)
        self._inbox: queue.Queue[Delivered | None] = queue.Queue(INBOX_MAX)  # None ends a wait, and is nothing else
        self._epoch, self._seq = new_secret("s", 64)[:20], 0
        self._ended = threading.Event()
        self._safe, self._open = Safe(database, station.id, self._ended), list[Kept]()
        self._watched = {row.id: self._watch(row, bind) for row in peripherals}
        self._colour, self._light_until = _OFF, 0.0
        self._thread = threading.Thread(target=self._run, name=f"station {self.code}", daemon=True)

    def start(self) -> None:
        """Opens the ports and begins to work, with what was read before and not booked. Unavailable."""
        left = self._safe.left_over()
        self._take_up(left[:INBOX_MAX])  # before any is worked on: the first would be booked without the codes beside it
        self._thread.start()
        self._take_up(left[INBOX_MAX:])
        for number, one in self._watched.items():
            try:
                one.port.start()
            except PortError as error:
                log.warning("%s cannot open a port: %s", self.code, error)
                self._watched[number] = Watched(number, one.kind, Unusable(error, self._clock.now()))

    def stop(self) -> None:
        """Closes the ports, works on what was read, and ends."""
        for one in self._watched.values():
            one.port.stop()
        self._ended.set()
        with suppress(queue.Full):
            self._inbox.put_nowait(None)
        self._thread.join(timeout=10)

    def seen(self, *, anew: bool = False) -> list[Seen]:
        """What changed of its devices since it was asked last."""
        return [found for one in self._watched.values() if (found := one.seen(anew=anew)) is not None]

    def loads(self) -> list[Seen]:
        """What changed of its scales only: people watch them while something is put on."""
        return [found for one in self._watched.values() if one.kind == "scale" and (found := one.seen()) is not None]

    def learn(self, lessons: Mapping[int, int]) -> dict[int, Fitness]:
        """Has scanners learnt, by number, each in the lesson named, 0 for none; what is known of those by now."""
        found: dict[int, Fitness] = {}
        for number, one in self._watched.items():
            known = one.port.learn(lessons.get(number, 0)) if isinstance(one.port, Pupil) else None
            if known is not None:
                found[number] = known
        return found

    def obey(self, peripheral: int, wanted: str) -> str:
        """Tells a device what somebody wants of it; one of server.masterdata.wishes.ANSWERS."""
        port = self._watched[peripheral].port
        return port.obey(wanted) if isinstance(port, Obedient) else "cannot" if port.condition.state == "connected" else "away"

    def _watch(self, row: Any, bind: Bind) -> Watched:
        def deliver(what: Any) -> None:
            self._deliver(Delivered(row.id, what, time.monotonic()))

        try:
            port: Port = bind(Binding(id=row.id, name=f"{self.code} {row.name}", kind=row.kind, driver=row.driver, url=row.url,
                                      settings=row.settings or {}, deliver=deliver))
        except (PortError, ScannerError, ScaleError, AisleError, ValueError, ImportError) as error:
            log.warning("%s %s cannot be used: %s", self.code, row.name, error)
            port = Unusable(error, self._clock.now())
        return Watched(row.id, row.kind, port)

    def _take_up(self, left: Sequence[Any]) -> None:
        """With the pauses that were between them, so that what belongs together is joined as it would have been."""
        now, clock = time.monotonic(), self._clock.now()
        for row in left:
            if row.peripheral_id in self._watched:
                at = now - (clock - row.at) / 1000
                self._deliver(Delivered(row.peripheral_id, Scan(text=row.text), at, Kept(row.id, row.op)))

    def _deliver(self, one: Delivered) -> None:
        if isinstance(one.what, Scan) and one.what.waits:
            kept = self._safe.keep(one.peripheral, one.what)
            if kept is None:
                return
            one = replace(one, kept=kept)
        while not self._ended.is_set():  # a full inbox holds the device up, and never loses a code
            try:
                self._inbox.put(one, timeout=_BEAT_SECONDS)
            except queue.Full:
                log.warning("station %s is behind: %d reads wait", self.code, INBOX_MAX)
            else:
                return

    def _run(self) -> None:
        while not (self._ended.is_set() and self._inbox.empty()):
            try:
                self._beat()
            except Exception:
                log.exception("station %s met an error and goes on", self.code)
        self._acts(self._joiner.due(_ms(time.monotonic() + 3600)))

    def _beat(self) -> None:
        due_at = self._joiner.due_at
        wait = _BEAT_SECONDS if due_at is None else max(0.0, min(_BEAT_SECONDS, due_at / 1000 - time.monotonic()))
        try:
            one = self._inbox.get(timeout=wait or 0.001)
        except queue.Empty:
            self._acts(self._joiner.due(_ms(time.monotonic())))
            self._pass_tags()
            self._dim()
            return
        if one is None:
            return
        if isinstance(one.what, Scan):
            self._scanned(one, one.what)
        elif isinstance(one.what, tuple):
            self._read_tags(one, one.what)
        else:
            self._weighed(one, one.what)
        self._pass_tags()

    def _scanned(self, one: Delivered, scan: Scan) -> None:
        text = scan.symbology + scan.text
        self._watched[one.peripheral].note_read(text, self._clock.now())
        if self._kind in WORKED_AT:
            self._answered(self._booked("hand_on", {"text": text}, [one.kept] if one.kept else []), one.at)
            return
        passages = self._joiner.add(self._read(text), _ms(one.at))
        self._acts(passages)
        self._open += [one.kept] if one.kept else []
        if self._joiner.due_at is None:
            self._safe.done(self._open)  # a code that is still in sight is no passage
            self._open = []

    def _read_tags(self, one: Delivered, reads: tuple[TagRead, ...]) -> None:
        if reads:
            self._watched[one.peripheral].note_read(reads[-1].epc.hex().upper(), self._clock.now(), len(reads))
            self._passing.feed(reads, _ms(one.at))

    def _weighed(self, one: Delivered, grams: int) -> None:
        self._watched[one.peripheral].note_read(f"{grams} g", self._clock.now())
        if self._kind == "pack":
            self._answered(self._booked("on_scale", {"weight": grams}), one.at)

    def _pass_tags(self) -> None:
        began = time.monotonic()
        tags = self._passing.due(_ms(began), int(time.time() * 1000))
        if tags:
            self._answered(self._booked("tags", {"tags": tags}), began)

    def _acts(self, passages: Sequence[Passage]) -> None:
        for passage in passages:
            self._act(passage, passage.at / 1000)
            self._open = []

    def _act(self, passage: Passage, began: float) -> None:
        """At a gate a code is the paper to be worked on, or the word that confirms; at a dock it is what passes."""
        document = passage.slots.get("document", passage.slots.get("location"))
        if passage.done:
            result = self._booked("gate_confirm", {}, self._open)
        elif self._kind == "gate" and document is not None:
            result = self._booked("gate_paper", {"document": document}, self._open)
        else:
            result = self._booked("arrive", {**passage.slots, "codes": passage.codes[:16], "unread": passage.unread[:16],
                                             "differing": passage.differing}, self._open)
        self._answered(result, began)

    def _answered(self, result: Json | None, began: float) -> None:
        if result is None:
            return
        if result["code"] not in _SHOWN_ELSEWHERE:
            self._show(_COLOURS.get(result["code"], _AMBER) if result["status"] in ("applied", "replayed") else _RED)
        took = round((time.monotonic() - began) * 1000)
        for one in self._watched.values():
            one.note_answer(took)

    def _booked(self, kind: str, slots: Json, kept: Sequence[Kept] = ()) -> Json | None:
        """The result of one operation: sent until it is answered, always under the same id, which that of the first scan kept is."""
        self._seq += 1
        operation = {"op": kept[0].op if kept else str(uuid7()), "seq": self._seq, "kind": kind, "task": None, "form": None, "slots": slots, "schema": SCHEMAS.current,
                     "made_at": self._clock.now(), "session": ""}
        body = {"epoch": self._epoch, "operations": [operation]}
        tried = 0
        while True:
            try:
                result = dict(self._engine.operations(self._device, body)["results"][0])
                self._safe.done(kept)
            except Unavailable:
                self._show(_AMBER)
                if self._ended.wait(_AGAIN_SECONDS[min(tried, len(_AGAIN_SECONDS) - 1)]) and tried > len(_AGAIN_SECONDS):
                    log.error("station %s ends before the database took %s", self.code, slots)  # noqa: TRY400 - it is told, not traced
                    return None
                tried += 1
            else:
                return result

    def _read(self, text: str) -> Json:
        tried = 0
        while True:
            try:
                return self._engine.read(self._device, text)
            except Unavailable:
                if self._ended.wait(_AGAIN_SECONDS[min(tried, len(_AGAIN_SECONDS) - 1)]) and tried > len(_AGAIN_SECONDS):
                    raise
                tried += 1

    def _show(self, colour: str) -> None:
        self._light_until = time.monotonic() + _LIGHT_SECONDS
        self._colour = colour
        self._lights(colour)

    def _dim(self) -> None:
        if self._colour != _OFF and time.monotonic() > self._light_until:
            self._colour = _OFF
            self._lights(_OFF)

    def _lights(self, colour: str) -> None:
        for one in self._watched.values():
            signal: Signal | None = getattr(one.port, "signal", None)
            if signal is not None:
                signal.show(colour)


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
