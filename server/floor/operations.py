"""An operation arrives, is applied once, and its answer is kept: the server's half of the protocol."""

import hashlib
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import JSON, text
from sqlalchemy.exc import IntegrityError

from server.floor.errors import Malformed
from server.floor.process import Answer, Call, Json, Message
from server.floor.runner import Runner
from server.kernel.clock import HOUR
from server.kernel.errors import NotSignedIn, Refusal
from server.kernel.failures import is_the_databases
from server.kernel.transaction import Actor, Tx
from server.masterdata.devices import standing_device
from server.wms.tasks import TASK_COLUMNS, TaskRow, as_task, task_by_id

log = logging.getLogger("aisle.floor")

OPERATIONS_MAX = 50
SLOTS_BYTES_MAX = 61_440  # the tally of a parcel with hundreds of lines; a batch is 64 KiB
LATE_AFTER_MS = 72 * HOUR
_TEXT_MAX = 512
_TRIES = 2
_FIRST_SCHEMA = 1
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_FORM = re.compile(r"[ -~]{0,40}")
_SESSION_ID = re.compile(r"[0-9a-zA-Z_-]{1,40}")
_EPOCH = re.compile(r"[0-9a-zA-Z_-]{8,32}")

_NEXT_SEQ = text(
    "INSERT INTO device_epoch (device_id, epoch, next_seq, started_at) VALUES (:device_id, :epoch, 1, :now) "
    "ON CONFLICT (device_id, epoch) DO UPDATE SET next_seq = device_epoch.next_seq RETURNING next_seq"
)
_SET_NEXT_SEQ = text(
    "UPDATE device_epoch SET next_seq = :next_seq WHERE device_id = :device_id AND epoch = :epoch"
)
_TAKE_SEQ = text(
    "UPDATE device_epoch SET next_seq = next_seq + 1 WHERE device_id = :device_id AND epoch = :epoch AND next_seq = :seq "
    "AND EXISTS (SELECT 1 FROM device WHERE id = :device_id AND site_id = :site_id AND revoked_at IS NULL)"
)
_TAKE_FIRST_SEQ = text(
    "INSERT INTO device_epoch (device_id, epoch, next_seq, started_at) SELECT id, :epoch, 2, :now FROM device "
    "WHERE id = :device_id AND site_id = :site_id AND revoked_at IS NULL AND :seq = 1 ON CONFLICT (device_id, epoch) DO NOTHING"
)
_KNOWN = text(
    "SELECT answer, body_hash FROM operation WHERE op IN (:op, :unusable) AND device_id = :device_id ORDER BY op = :op LIMIT 1"
)
_KEEP = text(
    "INSERT INTO operation (op, device_id, epoch, seq, kind, task_id, form, slots, body_hash, worker_id, made_at, at, "
    "status, answer) VALUES (:op, :device_id, :epoch, :seq, :kind, :task_id, :form, :slots, :body_hash, :worker_id, "
    ":made_at, :at, :status, :answer) ON CONFLICT DO NOTHING"
)
_SESSION = text(
    "SELECT w.id, w.name, w.role, CASE WHEN s.ended_at IS NULL AND s.expires_at > :now AND w.disabled = 0 "
    "THEN 1 ELSE 0 END AS live FROM worker_session s JOIN worker w ON w.id = s.worker_id "
    "WHERE s.id = :id AND s.device_id = :device_id"
)

_CONTEXT = text(
    "SELECT w.id AS person_id, w.name AS person_name, w.role AS person_role, CASE WHEN s.ended_at IS NULL AND s.expires_at > :now "
    f"AND w.disabled = 0 THEN 1 ELSE 0 END AS person_live, {', '.join(f't.{name}' for name in TASK_COLUMNS.split(', '))} "
    "FROM worker_session s JOIN worker w ON w.id = s.worker_id JOIN task t ON t.id = :task_id "
    "WHERE s.id = :session AND s.device_id = :device_id"
).columns(data=JSON)


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


class NotAsUsual(Exception):
    """An operation is not simply the next one, applied: `apply_next` gives up, and `apply_batch` finds out."""


class _OpReused(Exception):
    """The id of an operation was used before."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An operation as sent, its shape checked; `slots_text` is how it is kept."""

    op: str
    epoch: str
    seq: int
    kind: str
    task_id: int | None
    form: str | None
    slots: Mapping[str, Any]
    slots_text: str
    made_at: int
    session: str
    body_hash: str
    schema: int


def only_one(body: Mapping[str, Any]) -> Sent | None:
    """The operation of a batch that has one and is well formed; None otherwise, and `apply_batch` finds out why."""
    try:
        epoch, operations = _batch_of(body)
        if len(operations) != 1:
            return None
        _seq_of(operations[0])
        return _sent_of(operations[0], epoch)
    except Malformed:
        return None


def apply_next(tx: Tx, runner: Runner, device: DeviceIdentity, sent: Sent) -> Json:
    """Applies an operation that is alone in its batch and the next of its device: the usual case, with the fewest statements.

    Its shape was checked before, outside of the transaction, for which others wait. What is not usual (another number,
    a refusal, an error of the operation's own) raises NotAsUsual. The transaction is to be taken back then, and the
    batch to be given to `apply_batch`, which sets savepoints.
    """
    if not _take_seq(tx, device, sent.epoch, sent.seq):
        raise NotAsUsual
    try:
        result = _apply_at_once(tx, runner, device, sent)
    except Exception as error:
        if is_the_databases(error) or not tx.stands:
            raise
        raise NotAsUsual from error
    return {"results": [result], "next_seq": result["seq"] + 1}


def apply_batch(tx: Tx, runner: Runner, device: DeviceIdentity, body: Mapping[str, Any]) -> Json:
    """Applies a batch of operations in order, each once; {"results": [...], "next_seq": n}.

    Raises Malformed when the batch itself has no shape; everything inside it gets an answer of its own. A gap in
    the numbers ends the batch: what follows has to be sent again, after what is missing.
    """
    epoch, operations = _batch_of(body)
    _guard_standing(tx, device)
    next_seq = int(tx.scalar(_NEXT_SEQ, device_id=device.id, epoch=epoch, now=tx.now))
    first, results, persons = next_seq, [], dict[str, Person]()
    for raw in operations:
        seq = _seq_of(raw)
        if seq > next_seq:
            results.append({"op": _op_of(raw), "seq": seq, "status": "gap", "next_seq": next_seq})
            break
        if seq < next_seq:
            results.append(_seen_before(tx, device, epoch, raw))
            continue
        results.append(_apply(tx, runner, device, epoch, raw, persons))
        next_seq += 1
    if next_seq != first:
        tx.execute(_SET_NEXT_SEQ, {"next_seq": next_seq, "device_id": device.id, "epoch": epoch})
    return {"results": results, "next_seq": next_seq}


def _take_seq(tx: Tx, device: DeviceIdentity, epoch: str, seq: int) -> bool:
    """Counts an operation that is the next of a device that may still come in; the first of its life begins the count."""
    values = {"device_id": device.id, "site_id": device.site_id, "epoch": epoch, "seq": seq}
    return bool(tx.changed(_TAKE_FIRST_SEQ, **values, now=tx.now) if seq == 1 else tx.changed(_TAKE_SEQ, **values))


def _guard_standing(tx: Tx, device: DeviceIdentity) -> None:
    """A connection outlives the right to it: asked in the transaction that applies."""
    row = standing_device(tx, device.id)
    if row is None or row.site_id != device.site_id:
        raise NotSignedIn("This device was revoked or moved to another warehouse. Call your supervisor; what it holds is kept.")


def body_hash_of(raw: Mapping[str, Any]) -> str:
    """What tells two operations of the same id apart: everything but when it was sent."""
    parts = {name: raw.get(name) for name in ("op", "seq", "kind", "task", "form", "slots")}
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=repr).encode()).hexdigest()


def _apply(tx: Tx, runner: Runner, device: DeviceIdentity, epoch: str, raw: Json, persons: dict[str, Person]) -> Json:  # noqa: PLR0917 - a batch is these five things
    try:
        sent = _sent_of(raw, epoch)
    except Malformed as error:
        return _keep_malformed(tx, device, epoch, raw, error)
    person = _person(tx, device, sent.session, persons)
    acting = tx.acting_as(Actor(person.name, person.id, device.id, sent.op))
    try:
        return _run(acting, runner, sent, _call(sent, device, person), live=person.live)
    except _OpReused:
        log.warning("device %d numbered two operations alike: %s", device.id, sent.op)
        return _keep_unusable(tx, device, epoch, raw, _reused(raw))


def _apply_at_once(tx: Tx, runner: Runner, device: DeviceIdentity, sent: Sent) -> Json:
    if sent.made_at < tx.now - LATE_AFTER_MS or sent.schema != runner.registry.schemas.current:
        raise NotAsUsual
    person, task = _person_and_task(tx, device, sent)
    acting = tx.acting_as(Actor(person.name, person.id, device.id, sent.op))
    return _applied(acting, runner, sent, _call(sent, device, person, task), live=person.live)


def _run(tx: Tx, runner: Runner, sent: Sent, call: Call, *, live: bool) -> Json:
    """Applies an operation. What nobody foresaw is set aside, or the device would send it for ever and nothing after it."""
    for left in reversed(range(_TRIES)):
        try:
            return _try(tx, runner, sent, call, live=live)
        except _OpReused:
            raise
        except Exception as error:
            if is_the_databases(error) or not tx.stands:
                raise  # the whole batch is tried again later
            if left and isinstance(error, IntegrityError):
                continue  # another device may have been quicker by an instant: what it wrote is seen now
            log.exception("operation %s (%s) met an error that nobody foresaw and is set aside", sent.op, sent.kind)
            with tx.savepoint():
                return _keep(tx, sent, call, "refused", runner.set_aside(tx, call, sent.task_id, error))
    raise AssertionError("the last try either answered or raised")


def _try(tx: Tx, runner: Runner, sent: Sent, call: Call, *, live: bool) -> Json:
    reviewed = _to_review(tx, runner, sent, call)
    if reviewed is not None:
        return reviewed
    sent, call = _lifted(runner, sent, call)
    try:
        with tx.savepoint():
            return _applied(tx, runner, sent, replace(call, task=_task(tx, sent)), live=live)
    except Refusal as refusal:
        with tx.savepoint():
            return _keep(tx, sent, call, "refused", runner.refused(tx, call, refusal))


def _to_review(tx: Tx, runner: Runner, sent: Sent, call: Call) -> Json | None:
    """What is not understood, or comes too late to be applied, is kept for the supervisor; None for everything else."""
    if not runner.registry.schemas.takes(sent.schema):
        with tx.savepoint():
            return _keep(tx, sent, call, "late", runner.not_understood(tx, call, sent.schema))
    if sent.made_at < tx.now - LATE_AFTER_MS:
        with tx.savepoint():
            return _keep(tx, sent, call, "late", runner.too_late(tx, call))
    return None


def _lifted(runner: Runner, sent: Sent, call: Call) -> tuple[Sent, Call]:
    """An operation as today's handheld would have sent it; it is kept so too, as an undo reads it again."""
    schemas = runner.registry.schemas
    if sent.schema == schemas.current:
        return sent, call
    kind, slots = schemas.lifted(sent.schema, sent.kind, sent.slots)
    return replace(sent, kind=kind, slots=slots, slots_text=_text_of(dict(slots)), schema=schemas.current), replace(call, kind=kind, slots=slots)


def _applied(tx: Tx, runner: Runner, sent: Sent, call: Call, *, live: bool) -> Json:
    answer = runner.run(tx, call, live=live)
    document = runner.outcome(tx, answer.task_id, call.task, answer.task) if answer.task_id is not None else None
    return {**_keep(tx, sent, call, "applied", answer), "task": document}


def _keep(tx: Tx, sent: Sent, call: Call, status: str, answer: Answer) -> Json:
    result = _result(sent.op, sent.seq, status, answer)
    _insert(tx, {
        "op": sent.op, "device_id": call.device_id, "epoch": sent.epoch, "seq": sent.seq, "kind": sent.kind,
        "task_id": call.task.id if call.task else None, "form": sent.form, "slots": sent.slots_text,
        "body_hash": sent.body_hash, "worker_id": call.worker_id, "made_at": sent.made_at, "at": tx.now, "status": status,
        "answer": json.dumps(result)})
    return {**result, "task": None}


def _insert(tx: Tx, row: Json) -> None:
    if not tx.changed(_KEEP, **row):
        raise _OpReused


def _seen_before(tx: Tx, device: DeviceIdentity, epoch: str, raw: Json) -> Json:
    op, seq = _op_of(raw), raw["seq"]
    known = tx.row(_KNOWN, op=op if _ID.fullmatch(op) else "", unusable=_unusable(device, epoch, seq), device_id=device.id)
    if known is None:
        return {"op": op, "seq": seq, "status": "stale", "code": "stale", "message": Message("refused.stale").to_json()}
    if known.body_hash != body_hash_of(raw):
        return _reused(raw)
    first = json.loads(known.answer)
    return {"op": op, "seq": seq, "status": "replayed", "code": first["code"], "message": first["message"], "first": first}


def _reused(raw: Json) -> Json:
    op = _op_of(raw)
    return _result(op, raw["seq"], "refused", Answer(Message("refused.op_reused", {"op": op}), code="op_reused"))


def _keep_malformed(tx: Tx, device: DeviceIdentity, epoch: str, raw: Json, error: Malformed) -> Json:
    said = {"detail": error.sentence}  # a worker cannot mend it: this is for whoever writes a client
    answer = Answer(Message(error.message_key, dict(error.args_)), code=error.code, data=said)
    return _keep_unusable(tx, device, epoch, raw, _result(_op_of(raw), raw["seq"], "refused", answer))


def _keep_unusable(tx: Tx, device: DeviceIdentity, epoch: str, raw: Json, result: Json) -> Json:
    """An operation that cannot be kept as sent still takes its number, or nothing after it would be taken."""
    _insert(tx, {"op": _unusable(device, epoch, raw["seq"]), "device_id": device.id, "epoch": epoch, "seq": raw["seq"], "kind": "malformed",
                 "task_id": None, "form": None, "worker_id": None, "slots": json.dumps(raw, default=repr)[:4000],
                 "body_hash": body_hash_of(raw), "made_at": 0, "at": tx.now, "status": "refused",
                 "answer": json.dumps(result)})
    return {**result, "task": None}


def _unusable(device: DeviceIdentity, epoch: str, seq: int) -> str:
    return f"unusable-{hashlib.sha256(f'{device.id} {epoch} {seq}'.encode()).hexdigest()[:30]}"


def _op_of(raw: Json) -> str:
    return str(raw.get("op"))[:40]


def _result(op: str, seq: int, status: str, answer: Answer) -> Json:
    return {"op": op, "seq": seq, "status": status, "code": answer.code, "message": answer.message.to_json(),
            "data": dict(answer.data), "next": [step.to_json() for step in answer.next]}


def _call(sent: Sent, device: DeviceIdentity, person: Person, task: TaskRow | None = None) -> Call:
    return Call(op=sent.op, kind=sent.kind, task=task, form=sent.form, slots=sent.slots, made_at=sent.made_at,
                worker_id=person.id, worker_name=person.name, role=person.role, device_id=device.id,
                site_id=device.site_id)


def _task(tx: Tx, sent: Sent) -> TaskRow | None:
    return task_by_id(tx, sent.task_id) if sent.task_id is not None else None


def _person_and_task(tx: Tx, device: DeviceIdentity, sent: Sent) -> tuple[Person, TaskRow | None]:
    """Who was signed in and what was being done, in one statement where both are there."""
    row = tx.row(_CONTEXT, session=sent.session, device_id=device.id, now=tx.now, task_id=sent.task_id) if sent.task_id else None
    if row is None:
        return _person(tx, device, sent.session, {}), _task(tx, sent)
    return Person(row.person_id, row.person_name, row.person_role, bool(row.person_live)), as_task(row)


def _person(tx: Tx, device: DeviceIdentity, session: str, persons: dict[str, Person]) -> Person:
    if session not in persons:
        row = tx.row(_SESSION, id=session, device_id=device.id, now=tx.now)
        persons[session] = Person(row.id, row.name, row.role, bool(row.live)) if row is not None else NOBODY
    return persons[session]


def epoch_of(body: Mapping[str, Any]) -> str:
    """The life of the device's database that a body names; Malformed when it names none."""
    epoch = body.get("epoch")
    if not isinstance(epoch, str) or not _EPOCH.fullmatch(epoch):
        raise Malformed("`epoch` must be 8 to 32 letters or digits, made once with the device's database.", field="epoch")
    return epoch


def _batch_of(body: Mapping[str, Any]) -> tuple[str, list[Json]]:
    epoch, operations = epoch_of(body), body.get("operations")
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


def _sent_of(raw: Json, epoch: str) -> Sent:
    op, kind, slots, form = raw.get("op"), raw.get("kind"), raw.get("slots"), raw.get("form")
    if not isinstance(op, str) or not _ID.fullmatch(op):
        raise Malformed("`op` must be a UUIDv7 in lower case.", field="op")
    if not isinstance(kind, str) or not re.fullmatch(r"[a-z_]{1,24}", kind):
        raise Malformed("`kind` must name an operation.", field="kind")
    if not isinstance(slots, dict) or len(slots_text := _text_of(slots)) > SLOTS_BYTES_MAX:
        raise Malformed("`slots` must be an object of at most 60 KiB.", field="slots")
    if form is not None and (not isinstance(form, str) or not _FORM.fullmatch(form)):
        raise Malformed("`form` must be a text of at most 40 plain characters or null.", field="form")
    made_at = raw.get("made_at")
    if not isinstance(made_at, int) or isinstance(made_at, bool) or not 0 <= made_at < 2**53:
        raise Malformed("`made_at` must be milliseconds since 1970.", field="made_at")
    _check_texts(slots)
    session = str(raw.get("session") or "")
    return Sent(op, epoch, raw["seq"], kind, _task_id(raw.get("task")), form, slots, slots_text, made_at,
                 session if _SESSION_ID.fullmatch(session) else "", body_hash_of(raw), _schema_of(raw))


def _schema_of(raw: Json) -> int:
    """The version of its shape; what names none is of the first."""
    schema = raw.get("schema", _FIRST_SCHEMA)
    if not isinstance(schema, int) or isinstance(schema, bool) or not 0 < schema < 2**31:
        raise Malformed("`schema` must be the version of the operation's shape, a whole number from 1.", field="schema")
    return schema


def _text_of(slots: Json) -> str:
    try:
        return json.dumps(slots, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise Malformed("`slots` holds something that JSON has no word for.", field="slots") from error


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
    children = [*value.keys(), *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        _check_texts(child, depth + 1)
