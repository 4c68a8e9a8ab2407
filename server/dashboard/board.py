"""The board of a warehouse: its eight groups, reckoned once for everybody who looks at the same moment."""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from server.dashboard.around import Around
from server.dashboard.backlog import backlog
from server.dashboard.cutoffs import cutoffs
from server.dashboard.floor_map import floor_map
from server.dashboard.gear import gear
from server.dashboard.pace import pace
from server.dashboard.replenishing import replenishing
from server.dashboard.system import system
from server.dashboard.troubles import troubles
from server.kernel.database import Database
from server.kernel.transaction import Tx

Group = dict[str, Any]
GROUPS: Mapping[str, Callable[[Tx, int, Around], Group]] = {
    "cutoffs": cutoffs, "backlog": backlog, "pace": pace, "troubles": troubles, "map": floor_map, "replenishing": replenishing,
    "gear": gear, "system": system,
}
REST_MIN_S, REST_MAX_S, REST_TIMES = 0.2, 5.0, 9
_SITE = text("SELECT code, name FROM site WHERE id = :site_id")


@dataclass(frozen=True, slots=True)
class Kept:
    """A group as it was seen at a moment, and until when nobody reckons it again."""

    group: Group
    mark: str
    seen_at: float
    until: float


class Board:
    """After it has reckoned a group it rests nine times as long, so that however many look each takes a tenth of a processor at most.

    Who asks while one rests, and something changed since it was reckoned, is answered from what is kept and told when to ask
    once more. One of several processes does not hear what the others change, and says so always.
    """

    def __init__(self, database: Database, around: Around, clock: Callable[[], float] = time.monotonic, *, is_one_of_many: bool = False) -> None:
        self._database, self._around, self._clock, self._is_one_of_many = database, around, clock, is_one_of_many
        self._changed_at = float("-inf")
        self._kept: dict[int, dict[str, Kept]] = {}
        self._locks: dict[int, threading.Lock] = {}
        self._lock = threading.Lock()
        database.listen(self._committed)

    def look(self, site_id: int, known: Mapping[str, str]) -> dict[str, Any]:
        """The groups whose marks are not the `known` ones. With `again_ms` some of it may be a moment old: ask again then."""
        asked_at = self._clock()
        with self._lock:
            lock = self._locks.setdefault(site_id, threading.Lock())
        with lock:
            kept = self._kept.setdefault(site_id, {})
            due = [name for name in GROUPS if name not in kept or self._clock() >= kept[name].until]
            now, site = self._database.read(lambda tx: self._look(tx, site_id, due, kept))
            board = dict(kept)
        old = [one.until for one in board.values() if one.seen_at < asked_at and (self._is_one_of_many or self._changed_at >= one.seen_at)]
        return {"now": now, "site": site, "marks": {name: one.mark for name, one in board.items()},
                "groups": {name: one.group for name, one in board.items() if known.get(name) != one.mark},
                "again_ms": max(1, round((min(old) - self._clock()) * 1000)) if old else None}

    def _committed(self, _tx: Tx) -> None:
        self._changed_at = self._clock()

    def _look(self, tx: Tx, site_id: int, due: list[str], kept: dict[str, Kept]) -> tuple[int, Group]:
        seen_at = self._clock()  # of all of them: what is committed from now on, this transaction may not see
        for name in due:
            began = self._clock()
            group = GROUPS[name](tx, site_id, self._around)
            ended = self._clock()
            rest = min(REST_MAX_S, max(REST_MIN_S, REST_TIMES * (ended - began)))
            kept[name] = Kept(group, mark_of(group), seen_at, ended + rest)
        return tx.now, _site(tx, site_id)


def reckon(tx: Tx, site_id: int, around: Around) -> dict[str, Group]:
    """All groups of a warehouse, afresh."""
    return {name: group(tx, site_id, around) for name, group in GROUPS.items()}


def mark_of(group: Group) -> str:
    """The same for the same figures."""
    return hashlib.blake2b(json.dumps(group, sort_keys=True).encode(), digest_size=6).hexdigest()


def _site(tx: Tx, site_id: int) -> Group:
    row = tx.row(_SITE, site_id=site_id)
    return {"code": row.code, "name": row.name}
