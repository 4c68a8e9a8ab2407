"""Runs one operation: the floor's own kinds here, everything else by its process."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, text

from server.floor.choosing import Seeker
from server.floor.errors import CannotUndo, NothingToUndo, NotYourTask, SignInNeeded, UnknownOperation
from server.floor.exceptions import close_exceptions, raise_exception
from server.floor.handing_over import NotInHand, hand_over
from server.floor.leases import NothingToDo, claim, give_back, held_tasks, lease
from server.floor.lookup import opening_value
from server.floor.pictured import add_pictures
from server.floor.process import Answer, Call, Json, Message, OperationRow, Process
from server.floor.registry import Registry
from server.kernel.audit import record
from server.kernel.errors import NotAllowed, Refusal
from server.kernel.failures import why
from server.kernel.transaction import Tx
from server.masterdata.shifts import guard_at_work, last_shift
from server.printing.queue import label_seen
from server.stock.errors import AlreadyReversed, InsufficientStock
from server.stock.reversal import reverse_operation
from server.wms.tasks import TaskRow, cancel_task, task_by_id, touch_task

OWN_LASTING = {
    "start": "takes a task into the hand; GIVE BACK lays it down again",
    "claim": "takes a task into the hand; GIVE BACK lays it down again",
    "release": "lays a task down; whoever scans it takes it up again",
    "hand_over": "gives a task to a colleague, who hands it back by scanning a badge as well",
    "undo": "an undone operation is done again by doing it",
}
_OWN_REQUESTS = frozenset(OWN_LASTING)
_LAST = text(
    "SELECT o.op, o.kind, o.task_id, o.form, o.slots, o.answer FROM operation o LEFT JOIN task t ON t.id = o.task_id "
    "WHERE o.device_id = :device_id AND o.epoch = :epoch AND o.status = 'applied' AND o.undone_by IS NULL AND o.kind NOT IN :own "
    "AND COALESCE(t.kind, '') || '/' || o.kind NOT IN :lasting AND o.answer NOT LIKE '%\"nothing\": true%' "
    "AND (CAST(:task_id AS BIGINT) IS NULL OR o.task_id = :task_id) AND (:op = '' OR o.op = :op) "
    "ORDER BY o.seq DESC LIMIT 1"
).bindparams(bindparam("own", expanding=True), bindparam("lasting", expanding=True))
_LIVES = text("SELECT epoch FROM device_epoch WHERE device_id = :device_id ORDER BY started_at DESC, epoch")
_UNDONE = text("UPDATE operation SET undone_by = :by WHERE op = :op AND undone_by IS NULL")


class Runner:
    """Knows all processes and applies a call by the right one."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._own: Mapping[str, Callable[[Tx, Call], Answer]] = {
            "start": self._start, "claim": self._claim, "release": self._release, "undo": self._undo,
            "hand_over": self._hand_over,
        }

    def run(self, tx: Tx, call: Call, *, live: bool) -> Answer:
        """Applies the call and says what came of it; raises a Refusal when a request is refused."""
        _guard_site(call)
        own = self._own.get(call.kind)
        process = None if own else self.registry.for_operation(call.task.kind if call.task else None, call.kind)
        if own is None and process is None:
            raise UnknownOperation(f"Nothing here knows what to do with {call.kind}. Update the device, or ask the "
                                   "supervisor.", kind=call.kind)
        if self._is_request(process, call.kind) and not live:
            raise SignInNeeded("Scan your badge and enter your PIN, then try again.", kind=call.kind)
        if process is not None and call.kind in process.supervisor_only and call.role == "worker":
            raise NotAllowed("Only a supervisor may do this. Call your supervisor.", kind=call.kind)
        handler = own if own is not None else self._handler(process, call.kind)
        answer = handler(tx, call)
        if process is not None and call.kind in process.supervisor_only:
            record(tx, f"{process.kind}.{call.kind}", call.op, slots=dict(call.slots), data=dict(answer.data))
        for code in _lpns_scanned(call):
            label_seen(tx, code)
        return answer

    def refused(self, tx: Tx, call: Call, refusal: Refusal) -> Answer:
        """The answer to a refusal. What a person did is a fact: it goes to the supervisor's list."""
        process = self.registry.for_operation(call.task.kind if call.task else None, call.kind)
        if call.kind not in self._own and not self._is_request(process, call.kind):
            raise_exception(tx, call, "not_booked", kind=call.kind, why=refusal.code, slots=dict(call.slots),
                            sentence=refusal.sentence)
        return Answer(Message(refusal.message_key, dict(refusal.args_)), code=refusal.code)

    def set_aside(self, tx: Tx, call: Call, task_id: int | None, error: Exception) -> Answer:
        """The answer to an operation that met an error: kept for the supervisor with what the error said."""
        said = "".join(sign if sign.isprintable() else " " for sign in f"{type(error).__name__}: {why(error)}")
        raise_exception(tx, call, "set_aside", kind=call.kind, task=task_id, slots=dict(call.slots), error=said)
        return Answer(Message("refused.set_aside", {"kind": call.kind}), code="set_aside")

    def too_late(self, tx: Tx, call: Call) -> Answer:
        """An operation too old to be applied: kept for review."""
        raise_exception(tx, call, "late", kind=call.kind, slots=dict(call.slots), made_at=call.made_at)
        hours = (tx.now - call.made_at) // 3_600_000
        return Answer(Message("refused.late", {"hours": hours}), code="late")

    def not_understood(self, tx: Tx, call: Call, schema: int) -> Answer:
        """An operation of a version that is not spoken here (any more, or yet): kept for review."""
        raise_exception(tx, call, "upgrade_required", kind=call.kind, slots=dict(call.slots), made_at=call.made_at, schema=schema)
        return Answer(Message("refused.upgrade_required", {"kind": call.kind}), code="upgrade_required")

    def task_json(self, tx: Tx, task_id: int) -> Json:
        """A task with its forms, as a device gets it."""
        return self.document(tx, task_by_id(tx, task_id))

    def outcome(self, tx: Tx, task_id: int, held: TaskRow | None, now: TaskRow | None = None) -> Json:
        """A task as an answer brings it: one that has ended is told to have ended, without forms that nobody fills.

        `held` is the task as it was before, `now` as it was just read; of one that ended just now nothing else is told.
        """
        if held is not None and held.id == task_id and task_id in tx.ended_tasks:
            ended = replace(held, state=tx.ended_tasks[task_id], version=held.version + 1)
            return {**head(ended), "forms": [], "current": None}
        task = now if now is not None and now.id == task_id else task_by_id(tx, task_id)
        return self.document(tx, task) if task.state in ("open", "leased") else {**head(task), "forms": [], "current": None}

    def document(self, tx: Tx, task: TaskRow) -> Json:
        """A task row with the forms that its process builds."""
        own = self.registry.by_kind[task.kind].build(tx, task)
        document = {**head(task), **own}
        forms = document.get("forms", [])
        add_pictures(tx, forms)
        document.setdefault("current", next((form["id"] for form in forms if form["state"] == "open"), None))
        return document

    def _handler(self, process: Process | None, kind: str) -> Callable[[Tx, Call], Answer]:
        if process is None:
            raise AssertionError("a handler was looked up without a process")
        return process.handlers[kind]

    def _is_request(self, process: Process | None, kind: str) -> bool:
        return kind in _OWN_REQUESTS or (process is not None and kind in process.requests)

    def _start(self, tx: Tx, call: Call) -> Answer:
        value = call.slots.get("value") or opening_value(tx, call.site_id, dict(call.slots), self.registry.cards)
        if not isinstance(value, dict) or not isinstance(value.get("type"), str):
            raise UnknownOperation("Nothing was scanned that could start work.", kind="start")
        for process in self.registry.in_order:
            if process.start is None or value["type"] not in process.start_types:
                continue
            opened = process.start(tx, call, value)
            if opened is not None:
                task = opened if isinstance(opened, TaskRow) else lease(tx, opened, worker_id=call.worker_id, device_id=call.device_id)
                _guard_site(replace(call, task=task))
                self._leave_passing(tx, call, task.id)
                return Answer(Message("task.started", {"kind": process.kind}), task_id=task.id, task=task)
        raise NothingToDo(f"Nothing can be started with {value.get('key')}. Scan a task's paper, a pallet, a bin or "
                          "an item.", scanned=str(value.get("key"))[:64], kind="start")

    def _hand_over(self, tx: Tx, call: Call) -> Answer:
        if self.registry.by_kind[call.held_task.kind].passing:
            raise NotInHand("This is only shown and is nobody's task. Scan what is to be done.", task=f"t{call.held_task.id}")
        return hand_over(tx, call)

    def _claim(self, tx: Tx, call: Call) -> Answer:
        guard_at_work(last_shift(tx, call.worker_id))
        kind = call.slots.get("kind")
        seeker = Seeker(call.site_id, call.worker_id, call.device_id, kind if isinstance(kind, str) else "", str(call.slots.get("zone") or ""))
        task, option = claim(tx, seeker, lambda one: self.registry.by_kind[one].claimed)
        self._leave_passing(tx, call, task.id)
        return Answer(option.message(tx, call.site_id), task_id=task.id, task=task, data={"why": option.to_json()})

    def _leave_passing(self, tx: Tx, call: Call, begun: int) -> None:
        for task in held_tasks(tx, call.device_id):
            if task.id != begun and self.registry.by_kind[task.kind].passing:
                cancel_task(tx, task.id)

    def _release(self, tx: Tx, call: Call) -> Answer:
        if call.task is not None and self.registry.by_kind[call.task.kind].passing:
            cancel_task(tx, call.task.id)
            return Answer(Message("task.given_back"))
        if call.task is None or not give_back(tx, call.task.id, call.device_id):
            raise NothingToDo("This device does not hold that task.", kind="release")
        touch_task(tx, call.task.id)
        return Answer(Message("task.given_back"))

    def _undo(self, tx: Tx, call: Call) -> Answer:
        within = call.task.id if call.task is not None and not self.registry.by_kind[call.task.kind].passing else None
        row = self._last(tx, call, within)
        if row is None:
            raise NothingToUndo("There is nothing of yours left to undo here.")
        done = OperationRow(row.op, row.kind, row.task_id, row.form, json.loads(row.slots),
                            json.loads(row.answer).get("data", {}))
        task = task_by_id(tx, done.task_id) if done.task_id is not None else None
        process = self.registry.for_operation(task.kind if task else None, done.kind)
        if process is None or done.kind not in process.undo:
            raise CannotUndo("This cannot be undone here. Ask the supervisor.", kind=done.kind)
        if call.role == "worker" and done.kind in process.supervisor_only | process.supervisor_undo:
            raise NotAllowed("Only a supervisor may undo this. Call your supervisor.", kind=done.kind)
        if not tx.changed(_UNDONE, op=done.op, by=call.op):  # claimed before anything is moved back: of two only one does it
            raise NothingToUndo("This was undone just now.")
        _reverse(tx, done)
        process.undo[done.kind](tx, call, done)
        close_exceptions(tx, done.op, "undone")
        if done.kind in process.supervisor_only | process.supervisor_undo:
            record(tx, f"{process.kind}.undone", done.op, kind=done.kind)
        return Answer(Message("undo.done", {"kind": done.kind}), task_id=done.task_id, data={"undone": done.op})

    def _last(self, tx: Tx, call: Call, task_id: int | None) -> Any:
        """The last operation of a device that changed something: life by life, so that the index leads straight to it."""
        for life in tx.rows(_LIVES, device_id=call.device_id):
            row = tx.row(_LAST, device_id=call.device_id, epoch=life.epoch, task_id=task_id, op=str(call.slots.get("op") or ""),
                         own=sorted(OWN_LASTING), lasting=self.registry.lasting)
            if row is not None:
                return row
        return None


def _reverse(tx: Tx, done: OperationRow) -> None:
    try:
        reverse_operation(tx, done.op)
    except (InsufficientStock, AlreadyReversed) as error:
        raise CannotUndo("The goods have moved on since, so this cannot be undone. Move them back by hand.",
                         kind=done.kind) from error


def _lpns_scanned(call: Call) -> list[str]:
    """The pallets and parcels whose labels were read for this: their labels are where they belong."""
    value, counted = call.slots.get("value"), call.slots.get("counted")
    entries = [one for one in counted if isinstance(one, dict)] if isinstance(counted, list) else []
    opening = value.get("key") if isinstance(value, dict) and value.get("type") == "lpn" else None
    codes = (opening, call.slots.get("lpn"), *(one.get("lpn") for one in entries))
    return sorted({code[:64] for code in codes if isinstance(code, str)})


def _guard_site(call: Call) -> None:
    if call.task is not None and call.task.site_id != call.site_id:
        raise NotYourTask("This task belongs to another warehouse.", task=f"t{call.task.id}")


def head(task: TaskRow) -> Json:
    """A task without its forms."""
    return {"id": f"t{task.id}", "kind": task.kind, "title": Message(f"task.{task.kind}").to_json(), "priority": task.priority,
            "version": task.version, "state": task.state, "document": task.document, "finish": False, "codes": {}, "trail": []}
