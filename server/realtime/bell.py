"""The doorbell: after a commit, off the request's path, tells devices and dashboards to look again."""

import logging
import queue
import threading
import time
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text

from server.floor.operations import DeviceIdentity
from server.kernel.database import Database
from server.kernel.errors import AisleError
from server.kernel.intercom import Intercom
from server.kernel.measures import Measures, labelled
from server.kernel.transaction import Tx, in_list
from server.masterdata.devices import standing_device, standing_person
from server.realtime.socket import Socket

log = logging.getLogger("aisle.realtime")

_HOLDERS = text("SELECT DISTINCT device_id FROM task WHERE id IN :ids AND device_id IS NOT NULL").bindparams(
    bindparam("ids", expanding=True))
_DASHBOARD_SECONDS = 1.0
_CHECK_SECONDS = 2.0
_AGAIN_SECONDS = 0.25
_TELL_SECONDS = 0.1
_HEAR_SECONDS = 0.5
_QUEUED_MAX = 10_000
_HANDHELDS, _BROWSERS = (labelled("aisle_sockets_connected", who=who) for who in ("device", "browser"))


@dataclass(frozen=True, slots=True)
class _Changed:
    """Tasks and devices that changed, by a commit of this process or, as devices only, of another one."""

    tasks: AbstractSet[int]
    devices: AbstractSet[int]
    is_anothers: bool = False


class Bell:
    """One thread, and one that hears the server's other processes; what it misses a device finds out at its next pull.

    What comes alone rings at once. What comes thick and fast rings a device four times a second, for each ring makes
    it ask for all its tasks, and is told to the other processes ten times a second.
    """

    def __init__(self, database: Database, socket: Socket, measures: Measures, intercom: Intercom | None = None) -> None:
        self._database, self._socket, self._peers, self._measures = database, socket, socket.peers, measures
        self._intercom = intercom
        self._changed: queue.Queue[_Changed] = queue.Queue(_QUEUED_MAX)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bell", daemon=True)
        self._unrung, self._untold, self._rung_at = set[int](), set[int](), dict[int, float]()
        self._dashboards_at = self._checked_at = self._told_at = 0.0
        self._is_dirty = self._is_untold = False
        database.listen(self._committed)

    def start(self) -> None:
        """Begins to ring."""
        self._thread.start()
        if self._intercom is not None:
            threading.Thread(target=self._hear, args=(self._intercom,), name="bell-hears", daemon=True).start()

    def stop(self) -> None:
        """Ends within a second."""
        self._ended.set()

    def _committed(self, tx: Tx) -> None:
        self._is_dirty = self._is_untold = True
        if tx.touched_tasks or tx.touched_devices:
            self._note(_Changed(frozenset(tx.touched_tasks), frozenset(tx.touched_devices)))

    def _hear(self, intercom: Intercom) -> None:
        while not self._ended.is_set():
            devices = intercom.heard(_HEAR_SECONDS)
            if devices is not None:
                self._is_dirty = True
                self._note(_Changed(frozenset(), devices, is_anothers=True))

    def _note(self, changed: _Changed) -> None:
        try:
            self._changed.put_nowait(changed)
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
        own, heard = self._collect()
        now = time.monotonic()
        self._call(own | heard, now)
        if self._intercom is not None:
            self._tell(self._intercom, own, now)
        if self._is_dirty and now - self._dashboards_at >= _DASHBOARD_SECONDS:
            self._is_dirty, self._dashboards_at = False, now
            self._socket.emit("dashboard", ["dashboard"])
        if now - self._checked_at >= _CHECK_SECONDS:
            self._checked_at = now
            self._measures.put(_HANDHELDS, len(self._peers.device_of))
            self._measures.put(_BROWSERS, len(self._peers.session_of))
            self._close_revoked()

    def _collect(self) -> tuple[set[int], set[int]]:
        """The devices of what this process changed, and of what the others did."""
        changes = list[_Changed]()
        with suppress(queue.Empty):
            changes.append(self._changed.get(timeout=_AGAIN_SECONDS))
            while True:
                changes.append(self._changed.get_nowait())
        tasks = {task for one in changes for task in one.tasks}
        own = {device for one in changes if not one.is_anothers for device in one.devices}
        heard = {device for one in changes if one.is_anothers for device in one.devices}
        return own.union(self._holders(tasks) if tasks else ()), heard

    def _call(self, devices: AbstractSet[int], now: float) -> None:
        self._unrung |= devices
        due = {device for device in self._unrung if now - self._rung_at.get(device, 0) >= _AGAIN_SECONDS}
        if due:
            self._unrung -= due
            self._rung_at.update(dict.fromkeys(due, now))
            self._socket.emit("changed", [f"device:{device}" for device in due])

    def _tell(self, intercom: Intercom, devices: AbstractSet[int], now: float) -> None:
        self._untold |= devices
        is_news = self._is_untold and now - self._told_at >= _DASHBOARD_SECONDS
        if (self._untold and now - self._told_at >= _TELL_SECONDS) or is_news:
            self._told_at, self._is_untold, untold, self._untold = now, False, self._untold, set()
            intercom.tell(untold)
        else:
            intercom.tell_again()

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
