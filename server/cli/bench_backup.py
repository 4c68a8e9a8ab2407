"""`aisle bench backup`: how long scans wait while a backup is made, beside how long they wait without one."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any

import click
from sqlalchemy import text

from server import workflows
from server.cli.bench_ledger import fill
from server.cli.bench_verify import temporary_database
from server.cli.figures import Figure, percentile, report
from server.floor.engine import FloorEngine
from server.floor.operations import DeviceIdentity
from server.floor.registry import discover
from server.floor.schemas import SCHEMAS
from server.kernel.database import Database
from server.kernel.ids import uuid7
from server.masterdata.items import NewItem, NewPack, put_item
from server.masterdata.locations import NewLocation, put_location
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound

_STALL_MS = 100.0
_EPOCH, _PLENTY = "bench-0001", 1_000_000
_SITE = text("SELECT MIN(id) FROM site")
_SITE_CODE = text("SELECT code FROM site WHERE id = :id")
_ADD_DEVICE = text("INSERT INTO device (name, site_id, token_hash, enrolled_at) VALUES (:n, :s, :n, 0) RETURNING id")
_ADD_WORKER = text("INSERT INTO worker (badge, name, role) VALUES ('BENCH-BADGE', 'Bench', 'supervisor') RETURNING id")
_ADD_SESSION = text("INSERT INTO worker_session (id, token_hash, worker_id, device_id, created_at, last_used_at, expires_at) "
                    "VALUES (:id, :id, :w, :d, 0, 0, 99999999999999)")


@click.command("backup")
@click.option("--moves", default=100_000, show_default=True, type=click.IntRange(min=100), help="Moves in the ledger at the start.")
@click.option("--handhelds", default=4, show_default=True, type=click.IntRange(min=1), help="Handhelds that receive meanwhile.")
@click.option("--pace", default=0.02, show_default=True, type=click.FloatRange(min=0), help="Seconds between a handheld's scans.")
@click.option("--database", "server_url", default=None,
              help="A PostgreSQL server, by the address of any database on it. If left out, SQLite in a temporary file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_backup(context: click.Context, *, moves: int, handhelds: int, pace: float, server_url: str | None, as_json: bool) -> None:
    """Receive one piece after the other through the floor's engine, and back up meanwhile, as the server does by itself.

    The limit is the longest wait without a backup, in the same run, for as long. Ends with 1 when a goal is missed.
    """
    with temporary_database(server_url) as database, tempfile.TemporaryDirectory(prefix="aisle-bench-") as var:
        fill(database, moves)
        floor = _Floor(database, handhelds, pace)
        told = floor.during(lambda: _backed_up(database, var))
        alone = floor.during(lambda: time.sleep(told[1]))
    waits, without = told[2], alone[2]
    figures = [Figure("a scan's longest wait while backed up", max(waits), "ms", _STALL_MS, limit=max(without)),
               Figure("a scan's wait while backed up, 99 %", percentile(waits, 99), "ms", limit=percentile(without, 99)),
               Figure("a scan's wait while backed up, 50 %", percentile(waits, 50), "ms", limit=percentile(without, 50)),
               Figure("scans acknowledged meanwhile", len(waits), "", limit=len(without)),
               Figure("backup, restored beside and checked", told[1], "s"), Figure("backup", told[0]["bytes"] / 2**20, "MiB")]
    report(context, figures, {"engine": database.engine.dialect.name, "moves": moves, "handhelds": handhelds,
                              "pace": f"a scan every {pace:g} s"}, as_json=as_json)


def _backed_up(database: Database, var: str) -> dict[str, Any]:
    """By a process of its own, as the server makes it."""
    done = subprocess.run([sys.executable, "-m", "server.cli.main", "backup", "--gently", "--json"], check=False,
                          capture_output=True, text=True, env={**os.environ, "AISLE_DB": database.url, "AISLE_VAR": var})
    if done.returncode:
        raise click.ClickException(done.stderr.strip())
    told: dict[str, Any] = json.loads(done.stdout)
    return told


class _Floor:
    """Handhelds with a paper of plenty in hand."""

    def __init__(self, database: Database, handhelds: int, pace: float) -> None:
        self._database, self._pace = database, pace
        self._engine = FloorEngine(database, discover(workflows))
        self._devices = database.write(lambda tx: self._build(tx, handhelds))
        self._seq = [0] * handhelds
        self._forms = [self._open(number) for number in range(handhelds)]

    def during(self, work: Any) -> tuple[Any, float, list[float]]:
        """What the work gave, its seconds, and the milliseconds that each scan of that time waited."""
        over, waits = threading.Event(), list[float]()
        threads = [threading.Thread(target=self._receive, args=(number, over, waits)) for number in range(len(self._devices))]
        for thread in threads:
            thread.start()
        began = time.perf_counter()
        try:
            given = work()
        finally:
            seconds = time.perf_counter() - began
            over.set()
            for thread in threads:
                thread.join()
        return given, seconds, waits

    def _receive(self, number: int, over: threading.Event, waits: list[float]) -> None:
        task, form = self._forms[number]
        while not over.wait(self._pace):
            began = time.perf_counter()
            self._send(number, "receive", task, form, {"item": "BENCH-SOAP", "quantity": 1})
            waits.append((time.perf_counter() - began) * 1000)

    def _open(self, number: int) -> tuple[str, str]:
        value = {"type": "document", "key": f"BENCH-{number}", "kind": "asn"}
        task = self._send(number, "start", None, None, {"value": value})["task"]
        return task["id"], task["forms"][0]["id"]

    def _send(self, number: int, kind: str, task: str | None, form: str | None, slots: dict[str, Any]) -> dict[str, Any]:
        self._seq[number] += 1
        operation = {"op": uuid7(), "seq": self._seq[number], "kind": kind, "task": task, "form": form, "slots": slots, "schema": SCHEMAS.current,
                     "made_at": self._database.clock.now(), "session": f"bench-{number}"}
        answer = self._engine.operations(self._devices[number], {"epoch": _EPOCH, "operations": [operation]})["results"][0]
        if answer["status"] != "applied":
            raise AssertionError(f"{kind} was {answer['status']}: {answer['code']}")
        return dict(answer)

    def _build(self, tx: Any, handhelds: int) -> list[DeviceIdentity]:
        site_id = int(tx.scalar(_SITE))
        put_location(tx, site_id, NewLocation(code=f"{tx.scalar(_SITE_CODE, id=site_id)}-BENCH-DOCK", kind="dock"))
        put_item(tx, NewItem(code="BENCH-SOAP", name="Soap", packs=[NewPack("each", 1, ("09506000134352",))]))
        worker, made = tx.scalar(_ADD_WORKER), []
        for number in range(handhelds):
            put_inbound(tx, NewInbound(code=f"BENCH-{number}", kind="asn", site_id=site_id,
                                       lines=[NewInboundLine(item="BENCH-SOAP", quantity=_PLENTY)]))
            device = tx.scalar(_ADD_DEVICE, n=f"bench {number}", s=site_id)
            tx.execute(_ADD_SESSION, {"id": f"bench-{number}", "w": worker, "d": device})
            made.append(DeviceIdentity(device, site_id))
        return made
