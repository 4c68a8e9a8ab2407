"""The figures of the supervisor's page: read-only, from the tables as they are now."""

import json
from typing import Any

from sqlalchemy import JSON, text

from server.kernel.backup_note import last_backup
from server.kernel.clock import DAY, HOUR, MINUTE
from server.kernel.transaction import Tx

_SITE = text("SELECT code, name FROM site WHERE id = :site_id")
_TASKS = text(
    "SELECT kind, SUM(CASE WHEN state = 'open' THEN 1 ELSE 0 END) AS open, SUM(CASE WHEN state = 'leased' THEN 1 ELSE 0 END) "
    "AS leased, SUM(CASE WHEN state = 'done' AND done_at >= :since THEN 1 ELSE 0 END) AS done_today FROM task "
    "WHERE site_id = :site_id AND (state IN ('open', 'leased') OR done_at >= :since) GROUP BY kind ORDER BY kind"
)
_ORDERS = text("SELECT state, COUNT(*) AS count FROM release WHERE site_id = :site_id AND (state NOT IN ('shipped', 'cancelled') "
               "OR created_at >= :since) GROUP BY state ORDER BY state")
_CUTOFFS = text(
    "SELECT r.cutoff_at, r.carrier, COUNT(l.id) AS lines, SUM(CASE WHEN l.picked >= l.allocated AND l.allocated > 0 THEN 1 ELSE 0 END) "
    "AS picked, SUM(CASE WHEN l.packed >= l.picked AND l.picked > 0 THEN 1 ELSE 0 END) AS packed, "
    "SUM(CASE WHEN l.shipped >= l.packed AND l.packed > 0 THEN 1 ELSE 0 END) AS shipped FROM release r "
    "JOIN release_line l ON l.release_id = r.id WHERE r.site_id = :site_id AND r.state <> 'cancelled' AND r.created_at >= :since "
    "GROUP BY r.cutoff_at, r.carrier ORDER BY r.cutoff_at, r.carrier LIMIT 40"
)
_DEVICES = text(
    "SELECT d.id AS device, d.name, w.name AS worker, d.last_seen_at, d.queued, d.last_scan, d.build, d.battery FROM device d "
    "LEFT JOIN worker w ON w.id = d.worker_id WHERE d.site_id = :site_id AND d.revoked_at IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM station s WHERE s.device_id = d.id) ORDER BY d.name LIMIT 300"
)
_SCANS = text(
    "SELECT o.at, d.name AS device, w.name AS worker, o.kind, o.status, o.answer FROM operation o JOIN device d ON d.id = o.device_id "
    "LEFT JOIN worker w ON w.id = o.worker_id WHERE d.site_id = :site_id ORDER BY o.at DESC LIMIT 30"
)
_EXCEPTIONS = text("SELECT id, at, code, args, state FROM floor_exception WHERE site_id = :site_id AND state = 'open' "
                   "ORDER BY id DESC LIMIT 50").columns(args=JSON)
_RATES = text(
    "SELECT o.at / :step * :step AS at, COUNT(*) AS lines FROM operation o "
    "WHERE o.device_id IN (SELECT id FROM device WHERE site_id = :site_id) AND o.at >= :since AND o.status = 'applied' AND o.kind IN ('pick', 'receive', 'put_away', 'pack', "
    "'load', 'count') GROUP BY o.at / :step ORDER BY 1"
)
_LEDGER = text("SELECT COALESCE(MAX(id), 0) AS moves FROM stock_move")
_SEALED = text("SELECT COALESCE(SUM(moves), 0) AS sealed, MAX(sealed_at) AS checked_at FROM seal")
RATE_STEP_MS = 5 * MINUTE


def figures(tx: Tx, site_id: int) -> dict[str, Any]:
    """What a supervisor wants to see of a site: work, cut-offs, people, scans, exceptions, pace, the ledger."""
    today = tx.now - tx.now % DAY
    site = tx.row(_SITE, site_id=site_id)
    ledger, seals = tx.row(_LEDGER), tx.row(_SEALED)
    return {
        "now": tx.now, "site": {"code": site.code, "name": site.name} if site is not None else None,
        "tasks": _dicts(tx.rows(_TASKS, site_id=site_id, since=today)),
        "orders": _dicts(tx.rows(_ORDERS, site_id=site_id, since=today)),
        "cutoffs": _dicts(tx.rows(_CUTOFFS, site_id=site_id, since=tx.now - DAY)),
        "devices": _dicts(tx.rows(_DEVICES, site_id=site_id)),
        "scans": [_scan(row) for row in tx.rows(_SCANS, site_id=site_id)],
        "exceptions": [{"id": row.id, "at": row.at, "code": row.code, "state": row.state,
                        "message": {"key": f"exception.{row.code}", "args": row.args}}
                       for row in tx.rows(_EXCEPTIONS, site_id=site_id)],
        "rates": _dicts(tx.rows(_RATES, site_id=site_id, since=tx.now - 4 * HOUR, step=RATE_STEP_MS)),
        "ledger": {"moves": ledger.moves if ledger is not None else 0, "sealed": int(seals.sealed) if seals is not None else 0,
                   "checked_at": seals.checked_at if seals is not None else None},
        "backup": {"at": backup["at"], "bytes": backup["bytes"]} if (backup := last_backup(tx)) is not None else None,
    }


def _scan(row: Any) -> dict[str, Any]:
    return {"at": row.at, "device": row.device, "worker": row.worker, "kind": row.kind, "status": row.status,
            "message": json.loads(row.answer).get("message")}  # kept as text: PostgreSQL reads no JSON in it by itself


def _dicts(rows: list[Any]) -> list[dict[str, Any]]:
    return [{name: int(value) if isinstance(value, float) else value for name, value in row._mapping.items()} for row in rows]
