"""Who changed what: rows chained by hashes and counted, so that tampering shows."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from server.kernel.errors import Invalid
from server.kernel.transaction import Tx

_LAST = text("SELECT hash FROM audit ORDER BY id DESC LIMIT 1")
_LOCK = text("INSERT INTO counter (name, value) VALUES ('audit', 1) "
             "ON CONFLICT (name) DO UPDATE SET value = counter.value + 1")
_ADD = text(
    "INSERT INTO audit (at, actor, device, address, action, subject, detail, previous, hash) "
    "VALUES (:at, :actor, :device, :address, :action, :subject, :detail, :previous, :hash)"
)
_ALL = text("SELECT * FROM audit ORDER BY id").execution_options(stream_results=True)
_COUNTED = text("SELECT value FROM counter WHERE name = 'audit'")
_HEAD = text("SELECT COUNT(*) AS rows, (SELECT hash FROM audit ORDER BY id DESC LIMIT 1) AS hash FROM audit")
_NTH = text("SELECT hash FROM audit ORDER BY id LIMIT 1 OFFSET :before")
GENESIS = "0" * 64
_SUBJECT_MAX = 256


@dataclass(frozen=True, slots=True)
class Head:
    """How long the audit is, and the hash of its last row: whoever wrote this down elsewhere can tell that rows were cut off."""

    rows: int
    hash: str

    def __str__(self) -> str:
        return f"{self.rows}:{self.hash}"

    @classmethod
    def of(cls, written: str) -> "Head":
        """The head that was written down; Invalid when it is none."""
        rows, _, hashed = written.partition(":")
        if not (rows.isascii() and rows.isdigit() and len(rows) < 18 and len(hashed) == len(GENESIS)):
            raise Invalid("An audit's head is its number of rows, a colon and 64 signs, as the server's log has it.", field="audit_head")
        return cls(int(rows), hashed)


def record(tx: Tx, action: str, subject: str, **detail: Any) -> None:
    """Adds a row to the audit: what was done to what, with old and new values; never a secret."""
    tx.execute(_LOCK)  # one writer at a time, or two rows would follow the same one
    values = {
        "at": tx.now, "actor": tx.actor.name, "address": tx.actor.address, "action": action, "subject": subject[:_SUBJECT_MAX],
        "device": None if tx.actor.device_id is None else str(tx.actor.device_id),
        "detail": json.dumps(detail, ensure_ascii=True, sort_keys=True, default=str),
        "previous": tx.scalar(_LAST) or GENESIS,
    }
    tx.execute(_ADD, {**values, "hash": _hash(values)})


def record_change(tx: Tx, action: str, subject: str, *, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> bool:
    """The same for a thing that is as `new` now: what it was before (`old`; None made it), only where it differs; whether it does."""
    before = {name: old.get(name) for name, value in new.items() if old.get(name) != value} if old is not None else None
    if before is None or before:
        record(tx, action, subject, old=before, new=dict(new) if before is None else {name: new[name] for name in before})
    return before is None or bool(before)


def head(tx: Tx) -> Head:
    """Where the audit ends now."""
    row = tx.row(_HEAD)
    return Head(int(row.rows), row.hash or GENESIS)


def missing_rows(tx: Tx) -> int:
    """How many rows were written and are not there any more, wherever they were."""
    return int(tx.scalar(_COUNTED) or 0) - head(tx).rows


def holds(tx: Tx, noted: Head) -> bool:
    """Whether the audit still holds what it held when its head was noted."""
    return noted.rows == 0 or tx.scalar(_NTH, before=noted.rows - 1) == noted.hash


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
