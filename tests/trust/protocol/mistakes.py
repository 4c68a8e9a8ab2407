"""Mistakes that people make in such protocols, each planted here and nowhere else: the player has to find every one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from server.floor import operations as protocol
from server.floor.engine import FloorEngine
from server.floor.operations import DeviceIdentity
from server.kernel.clock import DAY, HOUR
from server.kernel.errors import Unavailable
from server.kernel.transaction import Tx
from tests.trust.protocol.handheld import ENDED, Handheld, Page, Store
from tests.trust.protocol.house import Crash, House, Rehearsal
from tests.trust.protocol.play import Play
from tests.trust.protocol.record import Json

_SET_SEQ = text("INSERT INTO device_epoch (device_id, epoch, next_seq, started_at) VALUES (:d, :e, :seq, 0) "
                "ON CONFLICT (device_id, epoch) DO UPDATE SET next_seq = :seq")
_LOWER_SEQ = text("UPDATE device_epoch SET next_seq = :seq WHERE device_id = :d AND epoch = :e AND next_seq > :seq")
_RAISE_SEQ = text("UPDATE device_epoch SET next_seq = :seq WHERE device_id = :d AND epoch = :e AND next_seq < :seq")
_DROP = text("DELETE FROM operation WHERE device_id = :d AND epoch = :e AND seq >= :seq")
_DROP_OP = text("DELETE FROM operation WHERE op = :op AND device_id = :d AND seq < :seq")
_DROP_REFUSED = text("DELETE FROM operation WHERE device_id = :d AND epoch = :e AND seq >= :seq AND status = 'refused'")
_ROWS = text("SELECT * FROM operation WHERE device_id = :d AND epoch = :e AND seq >= :seq")
_FORGET_LIVES = text("DELETE FROM device_epoch WHERE started_at < :before")


@contextmanager
def planted(place: Any, **changes: Any) -> Iterator[None]:
    """Something other in the place of what is there, as long as it lasts."""
    before = {name: place.__dict__[name] for name in changes}
    for name, value in changes.items():
        setattr(place, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(place, name, value)


def served_by(engine: type[FloorEngine]) -> Callable[[], Any]:
    return lambda: planted(House, engine_class=engine)


def carried_by(*, page: type[Page] = Page, store: type[Store] = Store, handheld: type[Handheld] = Handheld) -> Callable[[], Any]:
    own = type("Mistaken", (handheld,), {"page_class": page, "store_class": store})
    return lambda: planted(Play, handheld_class=own)


# the server's


class _Engine(FloorEngine):
    """Does something to the tables before a batch is applied."""

    def before(self, tx: Tx, device: DeviceIdentity, body: Json) -> None:
        """What is done."""

    def operations(self, device: DeviceIdentity, body: Json) -> Json:
        def work(tx: Tx) -> Json:
            self.before(tx, device, body)
            return protocol.apply_batch(tx, self.runner, device, body)

        return self._database.write(work)

    @staticmethod
    def first(device: DeviceIdentity, body: Json) -> Json:
        return {"d": device.id, "e": body["epoch"], "seq": body["operations"][0]["seq"]}


class NoGapCheck(_Engine):
    def before(self, tx: Tx, device: DeviceIdentity, body: Json) -> None:
        tx.execute(_RAISE_SEQ, self.first(device, body))


class NoDedupe(_Engine):
    def before(self, tx: Tx, device: DeviceIdentity, body: Json) -> None:
        tx.execute(_DROP, self.first(device, body))
        tx.execute(_LOWER_SEQ, self.first(device, body))


class RefusalsTriedAgain(_Engine):
    """What was refused is not remembered: it is tried again when it comes again."""

    def before(self, tx: Tx, device: DeviceIdentity, body: Json) -> None:
        if len(body["operations"]) == 1 and tx.changed(_DROP_REFUSED, **self.first(device, body)):
            tx.execute(_LOWER_SEQ, self.first(device, body))


class ReusedIdAccepted(_Engine):
    """An id that comes again under another number is taken for a new operation."""

    def before(self, tx: Tx, device: DeviceIdentity, body: Json) -> None:
        for one in body["operations"]:
            tx.execute(_DROP_OP, {"op": one["op"], "d": device.id, "seq": one["seq"]})


class RefusalIsAnError(FloorEngine):
    """The whole batch is taken back and an error is answered, so that the device keeps it."""

    def operations(self, device: DeviceIdentity, body: Json) -> Json:
        def work(tx: Tx) -> Json:
            answer = protocol.apply_batch(tx, self.runner, device, body)
            if any(one["status"] == "refused" for one in answer["results"]):
                raise Unavailable("422")
            return answer

        return self._database.write(work)


class AnswerInASecondTransaction(FloorEngine):
    """The stock is moved in one transaction, and that it was is written down in the next."""

    def operations(self, device: DeviceIdentity, body: Json) -> Json:
        first: Json = {"d": device.id, "e": body["epoch"], "seq": 0}

        def work(tx: Tx) -> tuple[Json, list[Any]]:
            next_seq = tx.scalar(text("SELECT next_seq FROM device_epoch WHERE device_id = :d AND epoch = :e"), d=device.id, e=body["epoch"])
            first["seq"] = next_seq or 1
            answer = protocol.apply_batch(tx, self.runner, device, body)
            rows = tx.rows(_ROWS, **first)
            tx.execute(_DROP, first)
            tx.execute(_LOWER_SEQ, first)
            return answer, rows

        dies = getattr(self._database, "crash", "")
        self._database.crash = ""
        answer, rows = self._database.write(work)
        self._database.crash = dies
        self._database.write(lambda tx: [self._remember(tx, row) for row in rows] + [tx.execute(_SET_SEQ, {**first, "seq": answer["next_seq"]})])
        return answer

    @staticmethod
    def _remember(tx: Tx, row: Any) -> None:
        values = row._asdict()
        tx.execute(text(f"INSERT INTO operation ({', '.join(values)}) VALUES ({', '.join(f':{name}' for name in values)})"), values)


class ByWallClock(FloorEngine):
    """Numbers are given by the device's clock."""

    def operations(self, device: DeviceIdentity, body: Json) -> Json:
        seqs = [one["seq"] for one in body["operations"]]
        in_time = sorted(body["operations"], key=lambda one: one["made_at"])
        return super().operations(device, {**body, "operations": [{**one, "seq": seq} for one, seq in zip(in_time, seqs, strict=True)]})


class GapIsStale(FloorEngine):
    def operations(self, device: DeviceIdentity, body: Json) -> Json:
        answer = super().operations(device, body)
        return {**answer, "results": [{**one, "status": "stale", "code": "stale"} if one["status"] == "gap" else one for one in answer["results"]]}


@contextmanager
def _answers_before_the_commit() -> Iterator[None]:
    """The answer goes out, and the process dies before what it said is on the disk."""
    write = Rehearsal.write

    def hasty(self: Rehearsal, work: Callable[[Tx], Any], **more: Any) -> Any:
        said: list[Any] = []

        def told(tx: Tx) -> Any:
            said.append(work(tx))
            return said[0]

        try:
            return write(self, told, **more)
        except Crash:
            return said[0]

    with planted(Rehearsal, write=hasty):
        yield


@contextmanager
def _lives_forgotten() -> Iterator[None]:
    """The numbers are thrown away with the answers."""
    forget = House.forget_answers

    def both(self: House) -> int:
        before = forget(self)
        self.database.write(lambda tx: tx.execute(_FORGET_LIVES, {"before": before}))
        return before

    with planted(House, forget_answers=both):
        yield


# the device's


class NumberedInTwoWrites(Store):
    """The operation is written, and its number after it: a page that dies between leaves the number where it was."""

    writes = 0

    def add(self, content: Json) -> Json:
        operation = super().add(content)
        self.writes += 1
        if self.writes % 4 == 0:
            self.seq -= 1
        return operation


class GreenBeforeWritten(Store):
    """What is shown as done is written down a little later."""

    def add(self, content: Json) -> Json:
        self.queue, self.late = [*self.queue, *getattr(self, "late", [])], []
        operation = super().add(content)
        self.late = [self.queue.pop()]
        return operation


class DropsAt503(Page):
    drops = frozenset({503})

    def failed(self, status: int) -> None:
        super().failed(status)
        if status in self.drops:
            gone = [one["seq"] for one in self.batch]
            self.store.remove(gone)
            self.waiting = [one for one in self.waiting if one["seq"] not in gone]


class DropsWhatItSent(DropsAt503):
    """Sent is as good as done."""

    drops = frozenset({0, 503})


class NewIdsOnResend(Page):
    """What was not answered is sent as something new."""

    tries = 0

    def failed(self, status: int) -> None:
        super().failed(status)
        again = self.waiting
        self.store.remove([one["seq"] for one in again])
        self.tries += 1
        self.waiting = [self.store.add({**one, "op": f"{one['op'][:-4]}{self.tries:02x}{one['op'][-2:]}"}) for one in again]


class BelievesAnyAnswer(Handheld):
    """An answer is for whatever has its number now, whichever life it was meant for."""

    def asker(self, _page: Page, _number: int) -> Page | None:
        self.page.batch = list(self.page.waiting)
        return self.page


class BlockedByRefusals(Page):
    """Only what was applied leaves the queue."""

    def take(self, results: list[Json]) -> list[tuple[Json, Json]]:
        until = next((at for at, one in enumerate(results) if one.get("first", one)["status"] not in ENDED - {"refused"}), len(results))
        return super().take(results[:until])


class QueueInMemory(Store):
    """What waits is kept by the page alone."""

    def add(self, content: Json) -> Json:
        operation = super().add(content)
        self.queue = []
        return operation


class SameEpochAfterAWipe(Handheld):
    def new_epoch(self) -> str:
        self.life += 1
        return "the-only-life-there-is"


class StuckAtAGap(Handheld):
    """A server that was set back is waited for, for ever."""

    def forgotten(self, _answer: Json) -> bool:
        return False


@dataclass(frozen=True)
class Mistake:
    plant: Callable[[], Any]
    seeds: int = 60  # within so many plays it is found


MISTAKES = {
    "no epoch on the device": Mistake(carried_by(handheld=SameEpochAfterAWipe)),
    "no epoch on the server": Mistake(lambda: planted(protocol, epoch_of=lambda _body: "the-only-life-there-is")),
    "no gap check": Mistake(served_by(NoGapCheck), 200),
    "a gap is answered as stale": Mistake(served_by(GapIsStale), 200),
    "answers and numbers forgotten together": Mistake(_lives_forgotten, 100),
    "order by wall clock": Mistake(served_by(ByWallClock)),
    "a refusal is an error": Mistake(served_by(RefusalIsAnError)),
    "no dedupe": Mistake(served_by(NoDedupe)),
    "the answer is kept in a second transaction": Mistake(served_by(AnswerInASecondTransaction), 100),
    "answered before the commit": Mistake(_answers_before_the_commit, 100),
    "a reused id is accepted": Mistake(served_by(ReusedIdAccepted), 100),
    "other content under a known id gets the first answer": Mistake(lambda: planted(protocol, body_hash_of=lambda _raw: "same")),
    "refused is tried again": Mistake(served_by(RefusalsTriedAgain)),
    "no savepoints": Mistake(lambda: planted(Tx, savepoint=lambda _self: nullcontext())),
    "late ones are executed": Mistake(lambda: planted(protocol, LATE_AFTER_MS=10_000 * DAY)),
    "the clock is an expiry": Mistake(lambda: planted(protocol, LATE_AFTER_MS=HOUR)),
    "the number in a write of its own": Mistake(carried_by(store=NumberedInTwoWrites)),
    "green before written": Mistake(carried_by(store=GreenBeforeWritten)),
    "dropped at 503": Mistake(carried_by(page=DropsAt503)),
    "dropped when sent": Mistake(carried_by(page=DropsWhatItSent)),
    "new ids on resend": Mistake(carried_by(page=NewIdsOnResend)),
    "any answer is believed": Mistake(carried_by(handheld=BelievesAnyAnswer), 100),
    "a refusal blocks the queue": Mistake(carried_by(page=BlockedByRefusals)),
    "the queue in memory": Mistake(carried_by(store=QueueInMemory)),
    "stuck after a restored backup": Mistake(carried_by(handheld=StuckAtAGap), 100),
}
