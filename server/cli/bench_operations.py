"""`aisle bench operations`: what one operation of the floor costs the database, beside the plain driver doing the same."""

import itertools
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy import text

from server import workflows
from server.cli.bench_verify import temporary_database
from server.cli.figures import Figure, report
from server.floor.engine import FloorEngine
from server.floor.operations import DeviceIdentity
from server.floor.registry import discover
from server.kernel.database import Database
from server.kernel.dispatcher import Dispatcher
from server.kernel.ids import uuid7
from server.kernel.statements import Driver
from server.masterdata.items import NewItem, NewPack, put_item
from server.masterdata.locations import NewLocation, put_location
from server.masterdata.sites import account, add_site, location_by_code
from server.oms.orders import NewOrder, NewOrderLine, accept_order
from server.reactions import CONSUMERS
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, move
from server.stock.lpns import make_lpn
from server.wms.put_away import want_put_away
from server.wms.release_rules import ReleaseRule
from server.wms.waves import release_wave

Json = dict[str, Any]
Trace = list[tuple[str, Any]]

STATEMENTS_MAX, CPU_MS_MAX = 12, 3.0
SHARE_LEAST = {"sqlite": 0.25, "postgresql": 0.40}
_AT_ONCE = {"sqlite": 20, "postgresql": 8}
_CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK")
_GTIN, _EPOCH, _UNITS = "09506000134352", "bench-0001", 2
_ADD_DEVICE = text("INSERT INTO device (name, site_id, token_hash, enrolled_at) VALUES (:n, :s, :n, 0) RETURNING id")
_ADD_WORKER = text("INSERT INTO worker (badge, name, role) VALUES (:b, :b, 'worker') RETURNING id")
_ADD_SESSION = text(
    "INSERT INTO worker_session (id, token_hash, worker_id, device_id, created_at, last_used_at, expires_at) "
    "VALUES (:id, :id, :w, :d, 0, 0, 99999999999999)"
)
_OWNER = text("INSERT INTO party (code, name, kind) VALUES ('OWN', 'Own stock', 'owner') RETURNING id")


@click.command("operations")
@click.option("--devices", default=200, show_default=True, type=click.IntRange(min=20), help="Handhelds; each puts away once and picks once.")
@click.option("--database", "server_url", default=None,
              help="A PostgreSQL server, by the address of any database on it. If left out, SQLite in a temporary file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_operations(context: click.Context, *, devices: int, server_url: str | None, as_json: bool) -> None:
    """Confirm put-aways and picks through the floor's engine, without a network, and count what each asks of the database.

    The limit: the same statements by the plain driver, on SQLite twenty operations to a commit (what waits together is
    committed together), on PostgreSQL one by one over eight connections. Ends with 1 when a goal is missed.
    """
    kind = "sqlite" if server_url is None else "postgresql"
    with temporary_database(server_url) as database:
        traces = _recorded(_Floor(database, devices))
    with temporary_database(server_url) as database:
        rate, cpu = _through_the_engine(_Floor(database, devices))
    with temporary_database(server_url) as database:
        _Floor(database, devices)
        plain = _plainly(database, [trace for of_kind in traces.values() for trace in of_kind])
    figures = [Figure(f"statements of a {name}, transaction control left out", _mean(of_kind), "count", STATEMENTS_MAX)
               for name, of_kind in traces.items()]
    figures += [Figure("processor time of an operation", cpu * 1000, "ms", CPU_MS_MAX),
                Figure("operations", rate, "1/s", SHARE_LEAST[kind] * plain, at_least=True, limit=plain),
                Figure("share of the plain driver's rate", rate / plain, "", SHARE_LEAST[kind], at_least=True)]
    report(context, figures, {"engine": kind, "devices": devices, "at once": _AT_ONCE[kind]}, as_json=as_json)


class _Floor:
    """A warehouse in which every device has one pallet in hand and one pick in front of it; built alike each time."""

    def __init__(self, database: Database, devices: int) -> None:
        self.database, self.engine = database, FloorEngine(database, discover(workflows))
        self.put_aways, self.picks = list[Json](), list[Json]()
        self._seq = dict[int, int]()
        self.site_id = database.write(self._build_site)
        self.identities = [database.write(lambda tx, number=number: self._enrol(tx, number)) for number in range(devices)]  # type: ignore[misc]
        self._fill(devices)
        for number in range(devices):
            self.picks.append(self._pick(number))
            self.put_aways.append(self._put_away(number))

    def send(self, number: int, operation: Json) -> Json:
        """One operation of a device; AssertionError when it is not applied."""
        self._seq[number] = self._seq.get(number, 0) + 1
        numbered = {**operation, "seq": self._seq[number]}
        answer = self.engine.operations(self.identities[number], {"epoch": _EPOCH, "operations": [numbered]})["results"][0]
        if answer["status"] != "applied":
            raise AssertionError(f"{operation['kind']} was {answer['status']}: {answer['code']}")
        return dict(answer)

    def _operation(self, number: int, kind: str, task: str | None, form: str | None, slots: Json) -> Json:
        return {"op": uuid7(), "kind": kind, "task": task, "form": form, "slots": slots, "schema": 1,
                "made_at": self.database.clock.now(), "session": f"s{number}"}

    def _put_away(self, number: int) -> Json:
        value = {"type": "lpn", "key": f"LPN{number + 1:08d}"}
        task = self.send(number, self._operation(number, "start", None, None, {"value": value}))["task"]
        form = task["forms"][0]
        slots = {"lpn": value["key"], "to": form["info"]["location"]}
        return self._operation(number, "put_away", task["id"], form["id"], slots)

    def _pick(self, number: int) -> Json:
        task = self.send(number, self._operation(number, "claim", None, None, {"kind": "pick"}))["task"]
        given = self._operation(number, "assign", task["id"], task["forms"][0]["id"], {"tote": f"TOTE-{number}"})
        task = self.send(number, given)["task"]
        form = next(one for one in task["forms"] if one["state"] == "open")
        slots = {"from": form["info"]["location"], "item": "SOAP", "quantity": _UNITS, "to": f"TOTE-{number}"}
        return self._operation(number, "pick", task["id"], form["id"], slots)

    def _build_site(self, tx: Any) -> int:
        site_id = add_site(tx, "W1", "Bench")
        self.owner_id = tx.scalar(_OWNER)
        self.item_id = put_item(tx, NewItem(code="SOAP", name="Soap", packs=[NewPack("each", 1, (_GTIN,))]))
        for kind in ("dock", "stage", "pack", "door"):
            put_location(tx, site_id, NewLocation(code=f"W1-{kind.upper()}", kind=kind))
        return site_id

    def _enrol(self, tx: Any, number: int) -> DeviceIdentity:
        device = tx.scalar(_ADD_DEVICE, n=f"PDA {number}", s=self.site_id)
        worker = tx.scalar(_ADD_WORKER, b=f"BDG-{number}")
        tx.execute(_ADD_SESSION, {"id": f"s{number}", "w": worker, "d": device})
        return DeviceIdentity(device, self.site_id)

    def _fill(self, devices: int) -> None:
        """A pallet on the dock, a bin with goods, an empty bin, a tote and an order of two lines for each device."""
        for number in range(devices):
            self.database.write(lambda tx, number=number: self._fill_one(tx, number))  # type: ignore[misc]
        Dispatcher(self.database, CONSUMERS).drain()
        release_wave(self.database, ReleaseRule(site_id=self.site_id, name="bench", picking="single"), most=devices)

    def _fill_one(self, tx: Any, number: int) -> None:
        supplier, goods = account(tx, self.site_id, "SUPPLIER"), GoodsKey(self.item_id, self.owner_id)
        for level, aisle in (("1", "A"), ("2", "B")):
            put_location(tx, self.site_id, NewLocation(code=f"W1-{aisle}-{number:03d}-{level}", zone=aisle, aisle=aisle,
                                                       x_mm=3000 * ord(aisle), y_mm=number * 1000))
        move(tx, Move(goods, 10, supplier, location_by_code(tx, f"W1-A-{number:03d}-1"), "receiving"))
        pallet = make_lpn(tx, location_by_code(tx, "W1-DOCK"))
        move(tx, Move(goods, 10, supplier, pallet, "receiving"))
        want_put_away(tx, pallet)
        make_lpn(tx, location_by_code(tx, "W1-STAGE"), kind="tote", code=f"TOTE-{number}")
        lines = [NewOrderLine(item="SOAP", quantity=_UNITS), NewOrderLine(item="SOAP", quantity=_UNITS)]
        accept_order(tx, NewOrder(channel="bench", channel_ref=str(number), site_id=self.site_id, lines=lines))


def _recorded(floor: _Floor) -> dict[str, list[Trace]]:
    """The statements of every operation, in the order in which they are done."""
    found: dict[str, list[Trace]] = {"put-away": [], "pick": []}
    for name, operations in (("put-away", floor.put_aways), ("pick", floor.picks)):
        for number, operation in enumerate(operations):
            with _listening() as trace:
                floor.send(number, operation)
            found[name].append([one for one in trace if not one[0].startswith(_CONTROL)])
    return found


@contextmanager
def _listening() -> Iterator[Trace]:
    trace: Trace = []
    run = Driver.run

    def told(self: Driver, sql: str, values: Any = ()) -> Any:
        trace.append((sql, values))
        return run(self, sql, values)

    Driver.run = told  # type: ignore[method-assign]
    try:
        yield trace
    finally:
        Driver.run = run  # type: ignore[method-assign]


def _through_the_engine(floor: _Floor) -> tuple[float, float]:
    """Operations a second with many devices at once, and processor seconds of each."""
    kind = "sqlite" if floor.database.is_sqlite else "postgresql"
    count = len(floor.put_aways) + len(floor.picks)
    cpu, began = time.process_time(), time.perf_counter()
    with ThreadPoolExecutor(_AT_ONCE[kind]) as pool:
        for operations in (floor.put_aways, floor.picks):
            list(pool.map(floor.send, itertools.count(), operations))
    return count / (time.perf_counter() - began), (time.process_time() - cpu) / count


def _plainly(database: Database, traces: Sequence[Trace]) -> float:
    """Operations a second by the plain driver."""
    began = time.perf_counter()
    if database.is_sqlite:
        _in_groups(database, traces)
    else:
        with ThreadPoolExecutor(_AT_ONCE["postgresql"]) as pool:
            list(pool.map(lambda part: _one_by_one(database, part), [traces[at::_AT_ONCE["postgresql"]] for at in range(_AT_ONCE["postgresql"])]))
    return len(traces) / (time.perf_counter() - began)


def _in_groups(database: Database, traces: Sequence[Trace]) -> None:
    with _raw(database) as connection:
        for first in range(0, len(traces), _AT_ONCE["sqlite"]):
            connection.execute("BEGIN IMMEDIATE")
            for sql, values in itertools.chain(*traces[first:first + _AT_ONCE["sqlite"]]):
                connection.execute(sql, values).fetchall()
            connection.execute("COMMIT")


def _one_by_one(database: Database, traces: Sequence[Trace]) -> None:
    with _raw(database) as connection:
        for trace in traces:
            for sql, values in trace:
                cursor = connection.execute(sql, values)
                if cursor.description is not None:
                    cursor.fetchall()
            connection.commit()


@contextmanager
def _raw(database: Database) -> Iterator[Any]:
    pooled = database.engine.raw_connection()
    try:
        yield pooled.dbapi_connection
    finally:
        pooled.close()


def _mean(traces: Sequence[Trace]) -> float:
    return sum(map(len, traces)) / len(traces)

