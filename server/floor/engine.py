"""The floor's door: what devices ask of it, each in one transaction."""

import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import text

from server.floor.handed import handed_to
from server.floor.leases import held_tasks, tasks_for, waiting_counts
from server.floor.lives import begin_or_go_on
from server.floor.lookup import understand
from server.floor.operations import (
    DeviceIdentity,
    NotAsUsual,
    apply_batch,
    apply_next,
    epoch_of,
    only_one,
)
from server.floor.process import Json
from server.floor.registry import Registry
from server.floor.runner import OWN_LASTING, Runner, head
from server.floor.told import Told
from server.kernel.database import Database
from server.kernel.hourly import adding, hour_of
from server.kernel.measures import Measures
from server.kernel.transaction import Actor, Tx
from server.masterdata.code_changes import codes_after, mark_of, newest_mark
from server.masterdata.devices import shown_scan
from server.masterdata.shifts import last_shift
from server.masterdata.sign_in import session_on
from server.masterdata.site_settings import site_settings

CODES_A_PAGE = 1_000
_LIVE_MAX = 3
_SCAN_MAX = 4_096
_NEW_ERRORS = "CASE WHEN :errors < 0 THEN 0 WHEN :errors >= errors_told THEN :errors - errors_told ELSE :errors END"
"""Of what its page has counted by now those that it had not told; a page that was opened anew begins at nought."""
_SEEN = text(
    "UPDATE device SET last_seen_at = :now, queued = :queued, build = :build, battery = :battery, latency_ms = COALESCE(:latency_ms, latency_ms), "
    f"last_scan = CASE WHEN :last_scan = '' THEN last_scan ELSE :last_scan END, {adding(_NEW_ERRORS, 'device')}, "
    "errors_told = CASE WHEN :errors < 0 THEN errors_told ELSE :errors END WHERE id = :id"
)


class FloorEngine:
    """Applies batches, hands out tasks, understands scans."""

    def __init__(self, database: Database, registry: Registry, measures: Measures | None = None) -> None:
        self._database = database
        self.runner = Runner(registry)
        kinds = frozenset(kind for process in registry.in_order for kind in process.handlers)
        self._told = Told(database, measures, kinds | OWN_LASTING.keys()) if measures is not None else None

    def hello(self, device: DeviceIdentity, body: Mapping[str, Any], build: str) -> Json:
        """A device says who and how it is; it is told what number comes next and which schemas are spoken."""
        epoch = epoch_of(body)

        def work(tx: Tx) -> Json:
            next_seq, reset_after = begin_or_go_on(tx, device.id, device.site_id, epoch, body)
            tx.execute(_SEEN, {"now": tx.now, "id": device.id, **_health_of(body), "hour": hour_of(tx.now)})
            schemas = self.runner.registry.schemas
            return {"schema_min": schemas.oldest, "schema_max": schemas.current, "build": build, "now": tx.now,
                    "next_seq": next_seq, "reset_after_seq": reset_after}

        return self._database.write(work, actor=Actor("device", device_id=device.id))

    def operations(self, device: DeviceIdentity, body: Mapping[str, Any]) -> Json:
        """Applies a batch, and notes what came of it; a small one is live and goes before the backlog of others."""
        began = time.perf_counter()
        return self._noted(device, body, self._apply(device, body), began)

    def _apply(self, device: DeviceIdentity, body: Mapping[str, Any]) -> Json:
        sent = only_one(body)
        if sent is not None:
            with suppress(NotAsUsual):
                return self._database.write(lambda tx: apply_next(tx, self.runner, device, sent))
        return self._database.write(lambda tx: apply_batch(tx, self.runner, device, body), backlog=_count_of(body) > _LIVE_MAX)

    async def operations_soon(self, device: DeviceIdentity, body: Mapping[str, Any]) -> Json:
        """Like `operations`, for the thread that must not wait."""
        began = time.perf_counter()
        return self._noted(device, body, await self._apply_soon(device, body), began)

    async def _apply_soon(self, device: DeviceIdentity, body: Mapping[str, Any]) -> Json:
        sent = only_one(body)
        if sent is not None:
            with suppress(NotAsUsual):
                return await self._database.write_soon(lambda tx: apply_next(tx, self.runner, device, sent))
        return await self._database.write_soon(lambda tx: apply_batch(tx, self.runner, device, body), backlog=_count_of(body) > _LIVE_MAX)

    def _noted(self, device: DeviceIdentity, body: Mapping[str, Any], answer: Json, began: float) -> Json:
        if self._told is not None:
            self._told.batch(device.id, body, answer, time.perf_counter() - began)
        return answer

    def pull(self, device: DeviceIdentity, since: int | None, scans_after: int | None = None) -> Json:
        """The tasks that a device holds, and what waits; without the tasks when nothing changed since `since`.

        With the scans of its packing table's scanner after the number that it has taken.
        """
        return self._database.read(lambda tx: {**self._snapshot(tx, device, since), **handed_to(tx, device.id, scans_after)})

    def read(self, device: DeviceIdentity, scanned: str) -> Json:
        """What a scan means here, for a device that cannot tell by itself."""
        plain = scanned.replace("\0", "").encode("utf-8", "replace").decode()[:_SCAN_MAX]
        return self._database.read(lambda tx: understand(tx, device.site_id, plain, self.runner.registry.cards))

    def codes(self, device: DeviceIdentity, after: str) -> Json:
        """The codes of the site's items and places that changed after a mark, for a device that keeps them all."""
        mark = mark_of(after)

        def work(tx: Tx) -> Json:
            page = codes_after(tx, device.site_id, mark, CODES_A_PAGE)
            return {"codes": page.codes, "mark": str(page.mark), "more": page.more, "afresh": page.afresh}

        return self._database.read(work)

    def _snapshot(self, tx: Tx, device: DeviceIdentity, since: int | None) -> Json:
        held = held_tasks(tx, device.id)
        version = zlib.crc32(repr([(task.id, task.version) for task in held]).encode())
        answer: Json = {"version": version, "counts": waiting_counts(tx, device.site_id), "codes": {},
                        "codes_mark": str(newest_mark(tx, device.site_id)),
                        "settings": _label_texts(tx, device.site_id)}
        answer |= self._for_person(tx, device)
        if since != version:
            answer["tasks"] = [self.runner.document(tx, task) for task in held]
        return answer


    def _for_person(self, tx: Tx, device: DeviceIdentity) -> Json:
        """The shift of who is signed in, and what waits for them by name or for this device."""
        session = session_on(tx, device.id)
        worker_id = session["worker"]["id"] if session is not None else None
        shift = last_shift(tx, worker_id)
        pushed = tasks_for(tx, device.site_id, worker_id=worker_id, device_id=device.id)
        return {"shift": shift.to_json() if shift is not None else None, "pushed": [head(task) for task in pushed]}


def _label_texts(tx: Tx, site_id: int) -> Json:
    """How a device reads the labels of its site, as texts."""
    settings = site_settings(tx, site_id)
    return {"catch_weight": list(settings.catch_weight), "group_separators": list(settings.group_separators)}


def _count_of(body: Mapping[str, Any]) -> int:
    operations = body.get("operations")
    return len(operations) if isinstance(operations, list) else 0


def _health_of(body: Mapping[str, Any]) -> Json:
    """How the device says it is; what is strange counts as not told."""
    scan = body.get("last_scan")
    return {"queued": _number(body.get("queued"), 0), "build": _plain(body.get("build")), "battery": _percent(body.get("battery")),
            "latency_ms": _number(body.get("latency_ms"), None), "errors": _number(body.get("errors"), -1),
            "last_scan": shown_scan(scan) if isinstance(scan, str) else ""}


def _number(value: Any, otherwise: int | None) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**6 else otherwise


def _plain(value: Any) -> str:
    return value[:64] if isinstance(value, str) and value.isprintable() else ""


def _percent(value: Any) -> int | None:
    return value if isinstance(value, int) and 0 <= value <= 100 else None
