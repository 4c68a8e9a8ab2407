"""The server under rehearsal: its real code on a real SQLite database, with time, crashes and restores in the player's hand."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import text

from server import workflows
from server.floor.engine import FloorEngine
from server.floor.operations import DeviceIdentity
from server.floor.process import Answer, Call, Message, Process
from server.floor.registry import Registry, discover
from server.kernel import transaction
from server.kernel.clock import DAY, StillClock
from server.kernel.database import Database, _sqlite_engine
from server.kernel.errors import Refusal, Unavailable
from server.kernel.transaction import SYSTEM, Actor, Tx
from server.masterdata.sites import location_by_code
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, move
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.warehouse import Warehouse

T = TypeVar("T")
BEGAN = 1_790_000_000_000
DEVICES, PLENTY = 4, 1_000_000
BINS = ("W1-A-01-1", "W1-A-02-1", "W1-B-01-1")
PLAY = "play"
"""The name of how everything was before a play."""
ANSWERS_KEPT_MS = 30 * DAY
_FORGET_ANSWERS = text("DELETE FROM operation WHERE at < :before")
_MOVED = text("SELECT op, SUM(quantity) AS quantity, MIN(id) AS first, MAX(id) AS last FROM stock_move WHERE goods_id IS NOT NULL AND op IS NOT NULL GROUP BY op")
_END_SESSION = text("UPDATE worker_session SET ended_at = :now WHERE id = :id AND ended_at IS NULL")
_LEASES_END = text("UPDATE task SET leased_until = :now - 1 WHERE state = 'leased'")


class Crash(Exception):
    """The server's process ends in the middle of its work."""


class HalfDone(Refusal):
    """A refusal that comes after something was written."""

    code = "half_done"


class Rehearsal(Database):
    """One connection and one transaction for each play, never committed: what the house commits is a savepoint here.

    A crash takes the unit of work back, a restore all that came after the backup, and the next play everything.
    """

    def __init__(self, template: Path) -> None:
        self.url, self.is_sqlite, self.clock = "sqlite://", True, StillClock(BEGAN)
        self.engine = _sqlite_engine(self.url, "BEGIN")
        self._gate = self._liveness = None
        self._listeners = []
        self._connection = self.engine.connect()
        self._raw: Any = self._connection.connection.dbapi_connection
        with sqlite3.connect(template) as source:
            source.backup(self._raw)
        source.close()
        self._transaction = self._connection.begin()
        self.crash = ""

    def write(self, work: Callable[[Tx], T], *, actor: Actor = SYSTEM, backlog: bool = False) -> T:  # noqa: ARG002 - nobody waits here
        tx = Tx(self._connection, self.clock.now(), actor)
        self._raw.execute("SAVEPOINT work")
        try:
            answer = self._told(work)(tx)
            self._point("before")
        except BaseException:
            self._raw.execute("ROLLBACK TO work")
            self._raw.execute("RELEASE work")
            raise
        self._raw.execute("RELEASE work")
        tx.committed()
        self._point("after")
        return answer

    def read(self, work: Callable[[Tx], T]) -> T:
        return work(Tx(self._connection, self.clock.now()))

    def keep(self, name: str) -> None:
        if name == PLAY:
            self._raw.execute("COMMIT")
            self._raw.execute("BEGIN")
        self._raw.execute(f"SAVEPOINT {name}")

    def back_to(self, name: str) -> None:
        if name == PLAY:  # the journal of a transaction that never ends grows with every play, and with it the time of each savepoint
            self._raw.execute("ROLLBACK")
            self._raw.execute("BEGIN")
            self._raw.execute(f"SAVEPOINT {name}")
        else:
            self._raw.execute(f"ROLLBACK TO {name}")
        self.forget()

    def forget(self) -> None:
        """What the process knew by heart is gone with it."""
        transaction._LASTING.pop(self.engine, None)

    def close(self) -> None:
        self._transaction.rollback()
        self._connection.close()
        self.engine.dispose()

    def _point(self, where: str) -> None:
        if self.crash == where:
            self.crash = ""
            raise Crash(where)


class House:
    """A small warehouse, some devices with somebody signed in, and one endless paper to receive."""

    engine_class: type[FloorEngine] = FloorEngine

    def __init__(self, database: Database) -> None:
        self.database = database
        self.registry = Registry([*discover(workflows).in_order, trial(self)])
        self.warehouse = Warehouse(database)
        database.write(self.warehouse._build)
        self.start()
        self.warehouse.put("SOAP", PLENTY, BINS[0])
        database.write(lambda tx: put_inbound(tx, NewInbound(code="ASN-1", kind="asn", site_id=self.warehouse.site_id, lines=[
            NewInboundLine(item="SOAP", quantity=PLENTY)])))
        first, *rest = [self.warehouse.pda() for _ in range(DEVICES + 1)]
        first.scan("ASN-1")
        self.task, self.form = first.task["id"], first.task["forms"][0]["id"]
        first.send("release", {}, None)
        self.devices: list[DeviceIdentity] = [one.device for one in rest]
        self.sessions: list[str] = [one.session for one in rest]

    def start(self) -> None:
        """A new process on the same tables."""
        self.engine = self.warehouse.engine = self.engine_class(self.database, self.registry)
        self.up, self.dies = True, ""

    def answer(self, device: int, body: dict[str, Any]) -> dict[str, Any]:
        if not self.up:
            raise Unavailable("the server starts")
        self.database.crash, self.dies = self.dies, ""
        try:
            return self.engine.operations(self.devices[device], body)
        finally:
            self.database.crash = ""

    def end_session(self, device: int) -> None:
        self.database.write(lambda tx: tx.execute(_END_SESSION, {"now": tx.now, "id": self.sessions[device]}))

    def end_leases(self) -> None:
        self.database.write(lambda tx: tx.execute(_LEASES_END, {"now": tx.now}))

    def forget_answers(self) -> int:
        before = self.database.clock.now() - ANSWERS_KEPT_MS
        self.database.write(lambda tx: tx.execute(_FORGET_ANSWERS, {"before": before}))
        return before

    def moved(self) -> dict[str, Any]:
        return self.database.read(lambda tx: {row.op: row for row in tx.rows(_MOVED)})


def trial(house: House) -> Process:
    """A process of nothing but ledger moves: cheap, and with a refusal that comes when something is written already."""

    def shift(tx: Tx, call: Call) -> Answer:
        goods = GoodsKey(house.warehouse.items["SOAP"], house.warehouse.owner_id)
        origin, target = (location_by_code(tx, BINS[0]), location_by_code(tx, str(call.slots["to"])))
        move(tx, Move(goods, int(call.slots["quantity"]), origin, target, "storing"))
        return Answer(Message("task.given_back"))

    def half(tx: Tx, call: Call) -> Answer:
        shift(tx, call)
        raise HalfDone("Nothing of this is to stay.")

    return Process(kind="trial", build=lambda _tx, _task: {}, handlers={"shift": shift, "half": half}, requests=frozenset({"half"}))

