"""How handhelds, stations' devices and printers are: how many of each, and first those that somebody should look at."""

from typing import Any

from sqlalchemy import text

from server.dashboard.around import Around
from server.kernel.clock import MINUTE
from server.kernel.hourly import errors_in_an_hour
from server.kernel.transaction import Tx
from server.printing.figures import PRINTERS

LOW_BATTERY = 20
SILENT_MS = 5 * MINUTE
_MOST = 1_000
_HANDHELDS = text(
    "SELECT d.id AS device, d.name, w.name AS worker, d.last_seen_at, d.queued, d.battery, d.build, d.hour, d.hour_errors, d.before_errors "
    "FROM device d LEFT JOIN worker w ON w.id = d.worker_id WHERE d.site_id = :site_id AND d.revoked_at IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM station s WHERE s.device_id = d.id) ORDER BY d.name, d.id LIMIT :most"
)
_PERIPHERALS = text(
    "SELECT s.code AS station, p.name, p.kind, p.state, p.since, p.error, p.last_at, p.hour, p.hour_errors, p.before_errors "
    "FROM station s JOIN peripheral p ON p.station_id = s.id WHERE s.site_id = :site_id ORDER BY s.code, p.id"
)


def gear(tx: Tx, site_id: int, around: Around) -> dict[str, Any]:
    """Each with `wrong`: what to look at, in words for programs; nothing where all is well."""
    handhelds = [{"device": row.device, "name": row.name, "worker": row.worker, "last_seen_at": _calm(row.last_seen_at), "queued": row.queued,
                  "battery": row.battery, "build": row.build, "errors_hour": errors_in_an_hour(row, tx.now), "wrong": _of_handheld(row, tx.now, around)}
                 for row in tx.rows(_HANDHELDS, site_id=site_id, most=_MOST)]
    peripherals = [{"station": row.station, "name": row.name, "kind": row.kind, "state": row.state, "since": row.since, "error": row.error or None,
                    "last_at": _calm(row.last_at), "errors_hour": errors_in_an_hour(row, tx.now),
                    "wrong": [row.state] if row.state in ("lost", "wrong") else []} for row in tx.rows(_PERIPHERALS, site_id=site_id)]
    printers = [{"name": row.name, "condition": row.condition, "since": row.since, "waiting": row.waiting, "unknown": row.unknown,
                 "printed_at": row.printed_at, "wrong": _of_printer(row)} for row in tx.rows(PRINTERS, site_id=site_id, after=0, most=_MOST)]
    return {"handhelds": handhelds, "peripherals": peripherals, "printers": printers}


def _calm(at: int | None) -> int | None:
    """To the minute: who is seen every second would otherwise change the page every second."""
    return at - at % MINUTE if at is not None else None


def _of_handheld(row: Any, now: int, around: Around) -> list[str]:
    is_silent = row.last_seen_at is None or row.last_seen_at < now - SILENT_MS
    return [name for name, holds in (
        ("stuck", is_silent and row.queued > 0), ("battery", row.battery is not None and row.battery < LOW_BATTERY),
        ("silent", is_silent and row.worker is not None and not row.queued), ("build", row.build not in ("", around.build)),
        ("errors", errors_in_an_hour(row, now) > 0)) if holds]


def _of_printer(row: Any) -> list[str]:
    return [*(["asked"] if row.unknown else []), *([row.condition] if row.condition not in ("", "ready") else [])]
