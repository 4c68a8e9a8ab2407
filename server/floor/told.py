"""What came of each operation, counted and written into the log: who, on which device, what, and how long it took."""

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import text

from server.kernel.database import Database
from server.kernel.errors import Unavailable
from server.kernel.measures import Measures, labelled

log = logging.getLogger("aisle.operations")
_BADGE = text("SELECT w.badge FROM worker_session s JOIN worker w ON w.id = s.worker_id WHERE s.id = :id")
_PERSONS_MAX = 10_000


class Told:
    """Called with each batch that was answered. The log is written where somebody reads it by program."""

    def __init__(self, database: Database, measures: Measures, kinds: frozenset[str]) -> None:
        self._database, self._measures, self._kinds = database, measures, kinds
        self._badges: dict[str, str] = {}

    def batch(self, device_id: int, body: Mapping[str, Any], answer: Mapping[str, Any], seconds: float) -> None:
        """The operations as they were sent, and the results in the same order."""
        for sent, result in zip(body["operations"], answer["results"], strict=False):
            kind = str(sent.get("kind"))
            self._measures.add(_series(kind if kind in self._kinds else "other", result["status"]))
            if log.isEnabledFor(logging.INFO):
                self._write(device_id, sent, result, seconds)

    def _write(self, device_id: int, sent: Mapping[str, Any], result: Mapping[str, Any], seconds: float) -> None:
        log.info("operation", extra={
            "op": str(result["op"])[:64], "kind": str(sent.get("kind"))[:64], "device": f"d{device_id}", "seq": result["seq"],
            "person": self._badge(sent.get("session")), "result": result["status"], "code": result.get("code"), "ms": round(seconds * 1000, 1)})

    def _badge(self, session: Any) -> str | None:
        if not isinstance(session, str) or not session or "\0" in session:
            return None
        if session not in self._badges:
            if len(self._badges) >= _PERSONS_MAX:
                self._badges.clear()
            try:
                self._badges[session] = str(self._database.read(lambda tx: tx.scalar(_BADGE, id=session[:64])) or "")
            except Unavailable:
                return None
        return self._badges[session] or None


@cache
def _series(kind: str, result: str) -> str:
    return labelled("aisle_operations_total", kind=kind, result=result)
