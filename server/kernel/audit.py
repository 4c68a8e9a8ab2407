"""Who changed what: rows chained by hashes, so that tampering shows."""

import hashlib
import json
from typing import Any

from sqlalchemy import text

from server.kernel.transaction import Tx

_LAST = text("SELECT hash FROM audit ORDER BY id DESC LIMIT 1")
_LOCK = text("INSERT INTO counter (name, value) VALUES ('audit', 1) "
             "ON CONFLICT (name) DO UPDATE SET value = counter.value + 1")
_ADD = text(
    "INSERT INTO audit (at, actor, device, address, action, subject, detail, previous, hash) "
    "VALUES (:at, :actor, :device, :address, :action, :subject, :detail, :previous, :hash)"
)
_ALL = text("SELECT * FROM audit ORDER BY id").execution_options(stream_results=True)
GENESIS = "0" * 64


def record(tx: Tx, action: str, subject: str, **detail: Any) -> None:
    """Adds a row to the audit: what was done to what, with old and new values; never a secret."""
    tx.execute(_LOCK)  # one writer at a time, or two rows would follow the same one
    values = {
        "at": tx.now, "actor": tx.actor.name, "address": tx.actor.address, "action": action, "subject": subject,
        "device": None if tx.actor.device_id is None else str(tx.actor.device_id),
        "detail": json.dumps(detail, ensure_ascii=True, sort_keys=True, default=str),
        "previous": tx.scalar(_LAST) or GENESIS,
    }
    tx.execute(_ADD, {**values, "hash": _hash(values)})


def broken_rows(tx: Tx) -> list[int]:
    """The ids of audit rows that do not fit the chain."""
    previous, broken = GENESIS, []
    for row in tx.query(_ALL):
        values = {name: row._mapping[name] for name in
                  ("at", "actor", "address", "action", "subject", "device", "detail", "previous")}
        if row.previous != previous or row.hash != _hash(values):
            broken.append(row.id)
        previous = row.hash
    return broken


def _hash(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
