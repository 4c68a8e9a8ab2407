"""Idempotency-Key: a call that was answered is answered the same again for a day, and done once."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from server.api.parts import caller
from server.kernel.clock import DAY
from server.kernel.errors import Conflict, Invalid
from server.kernel.transaction import Tx

HEADER = "Idempotency-Key"
KEY_MAX = 128
Told = tuple[dict[str, Any], int]
_FORGET = text("DELETE FROM idempotency_key WHERE at < :before")
_TAKE = text("INSERT INTO idempotency_key (key, body_hash, status, answer, at) VALUES (:key, :body_hash, 0, '', :at) "
             "ON CONFLICT (key) DO NOTHING RETURNING key")
_KNOWN = text("SELECT body_hash, status, answer FROM idempotency_key WHERE key = :key")
_KEEP = text("UPDATE idempotency_key SET status = :status, answer = :answer WHERE key = :key")


def once(tx: Tx, key: str, body: dict[str, Any], work: Callable[[], Told]) -> Told:
    """What `work` answers, or what it answered before to this caller's key; Conflict when the body was another.

    The key is written in the transaction of the work: two calls at once do it once, and a failed call leaves no key.
    """
    if not key:
        return work()
    if len(key) > KEY_MAX or not key.isprintable():
        raise Invalid(f"{HEADER} must be at most {KEY_MAX} printable characters.", field=HEADER)
    me = caller()
    whose = f"key {me.key_id}" if me.key_id is not None else f"worker {me.worker_id}"
    name, body_hash = f"{whose}: {key}", hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    tx.execute(_FORGET, {"before": tx.now - DAY})
    if tx.scalar(_TAKE, key=name, body_hash=body_hash, at=tx.now) is None:
        known = tx.row(_KNOWN, key=name)
        if known is None or known.body_hash != body_hash:
            raise Conflict(f"This {HEADER} was used for another request. Use a new key for each request.", key=key)
        return {**json.loads(known.answer), "repeated": True}, 200
    told, status = work()
    tx.execute(_KEEP, {"key": name, "status": status, "answer": json.dumps(told)})
    return told, status
