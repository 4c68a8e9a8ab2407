"""The doorbell: after a commit, off the request's path, tells devices and dashboards to look again."""

import logging
import queue
import threading
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, text

from server.floor.operations import DeviceIdentity
from server.kernel.database import Database
from server.kernel.errors import AisleError
from server.kernel.measures import Measures, labelled
from server.kernel.transaction import Tx, in_list
from server.masterdata.devices import standing_device, standing_person
from server.realtime.socket import Socket

log = logging.getLogger("aisle.realtime")

_HOLDERS = text("SELECT DISTINCT device_id FROM task WHERE id IN :ids AND device_id IS NOT NULL").bindparams(
    bindparam("ids", expanding=True))
_DASHBOARD_SECONDS = 1.0
_CHECK_SECONDS = 2.0
_QUEUED_MAX = 10_000
_HANDHELDS, _BROWSERS = (labelled("aisle_sockets_connected", who=who) for who in ("device", "browser"))


class Bell:
    """One thread; what it misses a device finds out at its next pull."""

    def __init__(self, database: Database, socket: Socket, measures: Measures) -> None:
        self._database, self._socket, self._peers, self._measures = database, socket, socket.peers, measures
        self._changed: queue.Queue[tuple[frozenset[int], frozenset[int]]] = queue.Queue(_QUEUED_MAX)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bell", daemon=True)
        self._rung_at = self._checked_at = 0.0
        self._is_dirty = False
        database.listen(self._committed)

    def start(self) -> None:
        """Begins to ring."""
        self._thread.start()

    def stop(self) -> None:
        """Ends within a second."""
        self._ended.set()

    def _committed(self, tx: Tx) -> None:
        self._is_dirty = True
        if tx.touched_tasks or tx.touched_devices:
            try:
                self._changed.put_nowait((frozenset(tx.touched_tasks), frozenset(tx.touched_devices)))
            except queue.Full:
                log.warning("the doorbell is behind; devices look by themselves")

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._ring()
            except AisleError as error:
                log.warning("the doorbell waits: %s", error)
                self._ended.wait(1)
            except Exception:
                log.exception("the doorbell met an error and goes on")
                self._ended.wait(1)

    def _ring(self) -> None:
        tasks, devices = self._collect()
        for device_id in devices.union(self._holders(tasks) if tasks else ()):
            self._socket.emit("changed", f"device:{device_id}")
        now = time.monotonic()
        if self._is_dirty and now - self._rung_at >= _DASHBOARD_SECONDS:
            self._is_dirty, self._rung_at = False, now
            self._socket.emit("dashboard", "dashboard")
        if now - self._checked_at >= _CHECK_SECONDS:
            self._checked_at = now
            self._measures.put(_HANDHELDS, len(self._peers.device_of))
            self._measures.put(_BROWSERS, len(self._peers.session_of))
            self._close_revoked()

    def _collect(self) -> tuple[set[int], set[int]]:
        tasks, devices = set[int](), set[int]()
        try:
            found = self._changed.get(timeout=0.25)
            while True:
                tasks |= found[0]
                devices |= found[1]
                found = self._changed.get_nowait()
        except queue.Empty:
            return tasks, devices

    def _holders(self, tasks: set[int]) -> list[int]:
        rows: list[Any] = self._database.read(lambda tx: tx.rows(_HOLDERS, ids=in_list(tasks)))
        return [int(row.device_id) for row in rows]

    def _close_revoked(self) -> None:
        with self._peers.lock:
            connected, watching = dict(self._peers.device_of), dict(self._peers.session_of)
        for sid in self._database.read(lambda tx: _unwanted(tx, connected, watching)):
            self._socket.close(sid)


def _unwanted(tx: Tx, connected: Mapping[str, DeviceIdentity], watching: Mapping[str, str]) -> list[str]:
    """The connections of devices that were revoked and of people whose session has ended."""
    return [*(sid for sid, device in connected.items() if standing_device(tx, device.id) is None),
            *(sid for sid, session_id in watching.items() if standing_person(tx, session_id) is None)]
