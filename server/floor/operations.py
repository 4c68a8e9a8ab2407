"""An operation arrives, is applied once, and its answer is kept: the server's half of the protocol."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from server.floor.errors import Malformed
from server.floor.process import Answer, Call, Json, Message
from server.floor.runner import Runner
from server.kernel.clock import HOUR
from server.kernel.errors import Refusal
from server.kernel.transaction import Actor, Tx
from server.wms.tasks import TaskRow, task_by_id

SCHEMA_MIN = SCHEMA_MAX = 1
OPERATIONS_MAX = 50
SLOTS_BYTES_MAX = 61_440  # the tally of a parcel with hundreds of lines; a batch is 64 KiB
LATE_AFTER_MS = 72 * HOUR
_TEXT_MAX = 512
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_EPOCH = re.compile(r"[0-9a-zA-Z_-]{8,32}")

_NEXT_SEQ = text(
    "INSERT INTO device_epoch (device_id, epoch, next_seq, started_at) VALUES (:device_id, :epoch, 1, :now) "
    "ON CONFLICT (device_id, epoch) DO UPDATE SET next_seq = device_epoch.next_seq RETURNING next_seq"
)
_SET_NEXT_SEQ = text(
    "UPDATE device_epoch SET next_seq = :next_seq WHERE device_id = :device_id AND epoch = :epoch"
)
_KNOWN = text("SELECT status, answer, body_hash FROM operation WHERE op = :op AND device_id = :device_id")
_KEEP = text(
    "INSERT INTO operation (op, device_id, epoch, seq, kind, task_id, form, slots, body_hash, worker_id, made_at, at, "
    "status, answer) VALUES (:op, :device_id, :epoch, :seq, :kind, :task_id, :form, :slots, :body_hash, :worker_id, "
    ":made_at, :at, :status, :answer)"
)
_SESSION = text(
    "SELECT w.id, w.name, w.role, CASE WHEN s.ended_at IS NULL AND s.expires_at > :now AND w.disabled = 0 "
    "THEN 1 ELSE 0 END AS live FROM worker_session s JOIN worker w ON w.id = s.worker_id "
    "WHERE s.id = :id AND s.device_id = :device_id"
)


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """The enrolled device that a batch came from."""

    id: int
    site_id: int


@dataclass(frozen=True, slots=True)
class Person:
    """Who was signed in when an operation was made; `live` while that session stands."""

    id: int | None = None
    name: str = "nobody"
    role: str = "worker"
    live: bool = False


NOBODY = Person()


@dataclass(frozen=True, slots=True)
class _Sent:
    """An operation as sent, its shape checked."""

    op: str
    seq: int
    kind: str
    task_id: int | None
    form: str | None
    slots: Mapping[str, Any]
    made_at: int
    session: str
    body_hash: str


def apply_batch(tx: Tx, runner: Runner, device: DeviceIdentity, body: Mapping[str, Any]) -> Json:
    """Applies a batch of operations in order, each once; {"results": [...], "next_seq": n}.

    Raises Malformed when the batch itself has no shape; everything inside it gets an answer of its own. A gap in
    the numbers ends the batch: what follows has to be sent again, after what is missing.
    """
    epoch, operations = _batch_of(body)
    next_seq = int(tx.scalar(_NEXT_SEQ, device_id=device.id, epoch=epoch, now=tx.now))
    first, results, persons = next_seq, [], dict[str, Person]()
    for raw in operations:
        seq = _seq_of(raw)
        if seq > next_seq:
            results.append({"op": raw.get("op"), "seq": seq, "status": "gap", "next_seq": next_seq})
            break
        if seq < next_seq:
            results.append(_seen_before(tx, device, raw, seq))
            continue
        results.append(_apply(tx, runner, device, epoch, raw, persons))
        next_seq += int(results[-1]["status"] != "refused" or results[-1]["code"] != "op_reused")
    if next_seq != first:
        tx.execute(_SET_NEXT_SEQ, {"next_seq": next_seq, "device_id": device.id, "epoch": epoch})
    return {"results": results, "next_seq": next_seq}


def body_hash_of(raw: Mapping[str, Any]) -> str:
    """What tells two operations of the same id apart: everything but when it was sent."""
    parts = {name: raw.get(name) for name in ("op", "seq", "kind", "task", "form", "slots")}
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def _apply(tx: Tx, runner: Runner, device: DeviceIdentity, epoch: str, raw: Json, persons: dict[str, Person]) -> Json:  # noqa: PLR0917 - a batch is these five things
    try:
        sent = _sent_of(raw)
    except Malformed as error:
        return _keep_malformed(tx, device, epoch, raw, error)
    person = _person(tx, device, sent.session, persons)
    row = {"op": sent.op, "device_id": device.id, "epoch": epoch, "seq": sent.seq, "kind": sent.kind,
           "task_id": None, "form": sent.form, "slots": json.dumps(sent.slots), "body_hash": sent.body_hash,
           "worker_id": person.id, "made_at": sent.made_at, "at": tx.now}
    acting = tx.acting_as(Actor(person.name, person.id, device.id, sent.op))
    if sent.made_at < tx.now - LATE_AFTER_MS:
        status, answer, task = "late", runner.set_aside(acting, _call(sent, None, device, person)), None
    else:
        status, answer, task = _run(acting, runner, sent, device, person)
    result = _result(sent.op, sent.seq, status, answer)
    kept = {**row, "task_id": task.id if task else None, "status": status, "answer": json.dumps(result)}
    if not _keep(tx, kept):
        return _reused(raw, sent.seq)
    return {**result, "task": runner.task_json(tx, answer.task_id) if answer.task_id is not None else None}


def _run(
    tx: Tx, runner: Runner, sent: _Sent, device: DeviceIdentity, person: Person
) -> tuple[str, Answer, TaskRow | None]:
    task = None
    savepoint = tx.connection.begin_nested()
    try:
        task = task_by_id(tx, sent.task_id) if sent.task_id is not None else None
        answer = runner.run(tx, _call(sent, task, device, person), live=person.live)
    except Refusal as refusal:
        savepoint.rollback()
        return "refused", runner.refused(tx, _call(sent, task, device, person), refusal), task
    savepoint.commit()
    return "applied", answer, task


def _keep(tx: Tx, row: Json) -> bool:
    savepoint = tx.connection.begin_nested()
    try:
        tx.execute(_KEEP, row)
    except IntegrityError:
        savepoint.rollback()
        return False
    savepoint.commit()
    return True


def _seen_before(tx: Tx, device: DeviceIdentity, raw: Json, seq: int) -> Json:
    known = tx.row(_KNOWN, op=str(raw.get("op"))[:40], device_id=device.id)
    if known is None:
        return {"op": raw.get("op"), "seq": seq, "status": "stale", "code": "stale",
                "message": Message("refused.stale").to_json()}
    if known.body_hash != body_hash_of(raw):
        return _reused(raw, seq)
    first = json.loads(known.answer)
    return {"op": raw.get("op"), "seq": seq, "status": "replayed", "code": first["code"],
            "message": first["message"], "first": first}


def _reused(raw: Json, seq: int) -> Json:
    return {"op": raw.get("op"), "seq": seq, "status": "refused", "code": "op_reused",
            "message": Message("refused.op_reused", {"op": str(raw.get("op"))[:40]}).to_json()}


def _keep_malformed(tx: Tx, device: DeviceIdentity, epoch: str, raw: Json, error: Malformed) -> Json:
    op = raw["op"] if isinstance(raw.get("op"), str) and _ID.fullmatch(raw["op"]) else None
    answer = Answer(Message(error.message_key, dict(error.args_)), code=error.code)
    result = _result(op or str(raw.get("op"))[:40], raw["seq"], "refused", answer)
    kept = {"op": op or f"malformed-{device.id}-{epoch}-{raw['seq']}"[:40], "device_id": device.id, "epoch": epoch,
            "seq": raw["seq"], "kind": "malformed", "task_id": None, "form": None, "worker_id": None,
            "slots": json.dumps(raw, ensure_ascii=True)[:4000], "body_hash": body_hash_of(raw), "made_at": 0,
            "at": tx.now, "status": "refused", "answer": json.dumps(result)}
    return result if _keep(tx, kept) else _reused(raw, raw["seq"])


def _result(op: str, seq: int, status: str, answer: Answer) -> Json:
    return {"op": op, "seq": seq, "status": status, "code": answer.code, "message": answer.message.to_json(),
            "data": dict(answer.data), "next": [step.to_json() for step in answer.next]}


def _call(sent: _Sent, task: TaskRow | None, device: DeviceIdentity, person: Person) -> Call:
    return Call(op=sent.op, kind=sent.kind, task=task, form=sent.form, slots=sent.slots, made_at=sent.made_at,
                worker_id=person.id, worker_name=person.name, role=person.role, device_id=device.id,
                site_id=device.site_id)


def _person(tx: Tx, device: DeviceIdentity, session: str, persons: dict[str, Person]) -> Person:
    if session not in persons:
        row = tx.row(_SESSION, id=session, device_id=device.id, now=tx.now)
        persons[session] = Person(row.id, row.name, row.role, bool(row.live)) if row is not None else NOBODY
    return persons[session]


def _batch_of(body: Mapping[str, Any]) -> tuple[str, list[Json]]:
    epoch, operations = body.get("epoch"), body.get("operations")
    if not isinstance(epoch, str) or not _EPOCH.fullmatch(epoch):
        raise Malformed("`epoch` must be 8 to 32 letters or digits, made once with the device's database.", field="epoch")
    if not isinstance(operations, list) or not all(isinstance(raw, dict) for raw in operations):
        raise Malformed("`operations` must be a list of objects.", field="operations")
    if len(operations) > OPERATIONS_MAX:
        raise Malformed(f"A batch holds at most {OPERATIONS_MAX} operations, this one has {len(operations)}. "
                        "Send it in parts.", field="operations")
    return epoch, operations


def _seq_of(raw: Json) -> int:
    seq = raw.get("seq")
    if not isinstance(seq, int) or isinstance(seq, bool) or not 0 < seq < 2**53:
        raise Malformed("`seq` must be a whole number from 1, rising by one.", field="seq")
    return seq


def _sent_of(raw: Json) -> _Sent:
    op, kind, slots, form = raw.get("op"), raw.get("kind"), raw.get("slots"), raw.get("form")
    if not isinstance(op, str) or not _ID.fullmatch(op):
        raise Malformed("`op` must be a UUIDv7 in lower case.", field="op")
    if not isinstance(kind, str) or not re.fullmatch(r"[a-z_]{1,24}", kind):
        raise Malformed("`kind` must name an operation.", field="kind")
    if not isinstance(slots, dict) or len(json.dumps(slots)) > SLOTS_BYTES_MAX:
        raise Malformed("`slots` must be an object of at most 60 KiB.", field="slots")
    if form is not None and (not isinstance(form, str) or len(form) > 40):
        raise Malformed("`form` must be a text of at most 40 characters or null.", field="form")
    made_at = raw.get("made_at")
    if not isinstance(made_at, int) or isinstance(made_at, bool) or not 0 <= made_at < 2**53:
        raise Malformed("`made_at` must be milliseconds since 1970.", field="made_at")
    _check_texts(slots)
    return _Sent(op, raw["seq"], kind, _task_id(raw.get("task")), form, slots, made_at, str(raw.get("session") or "")[:40],
                 body_hash_of(raw))


def _task_id(task: Any) -> int | None:
    if task is None:
        return None
    if not isinstance(task, str) or not re.fullmatch(r"t\d{1,15}", task):
        raise Malformed("`task` must be a task's id, such as t12, or null.", field="task")
    return int(task[1:])


def _check_texts(value: Any, depth: int = 0) -> None:
    if depth > 6:
        raise Malformed("`slots` is nested too deeply.", field="slots")
    if isinstance(value, str) and (len(value) > _TEXT_MAX or "\0" in value or (not value.isprintable() and not value.isascii())):
        raise Malformed("A text in `slots` is too long or holds characters that no label has.", field="slots")
    if isinstance(value, int) and abs(value) >= 2**53:
        raise Malformed("A number in `slots` is too large.", field="slots")
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        _check_texts(child, depth + 1)
