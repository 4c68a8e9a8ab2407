"""Counting: blind, bin by bin; the scan of the next bin closes this one. What the book says is never shown."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from server.floor.errors import CannotUndo
from server.floor.exceptions import raise_exception
from server.floor.leases import held_tasks
from server.floor.process import Answer, Call, Json, Message, OperationRow, Process
from server.kernel.audit import record
from server.kernel.errors import Invalid, NotAllowed, NotFound
from server.kernel.transaction import Tx
from server.masterdata.codes import location_codes
from server.masterdata.sites import location_by_code
from server.wms.counting import (
    CountStale,
    count,
    count_waiting_at,
    counts_of_task,
    is_count_waiting,
    request_count,
    uncount,
)
from server.wms.reallocating import regain
from server.wms.tasks import TaskRow, finish_task, reopen_task, task_by_id, touch_task
from server.workflows.forms import form, progress, slot

CARD = "COUNT"
_ENTRIES_MAX = 2_000
_TOLD_MAX = 20


def _start(tx: Tx, call: Call, value: Json) -> int | None:
    """A bin that waits to be counted opens its count; the card COUNT opens one for the bin that is being shown."""
    if value["type"] == "document":
        return _by_card(tx, call) if value.get("key") == CARD else None
    place = location_by_code(tx, str(value.get("key")))
    return count_waiting_at(tx, place.id, worker_id=call.worker_id, device_id=call.device_id) if place.kind == "bin" else None


def _by_card(tx: Tx, call: Call) -> int | None:
    if call.role == "worker":
        raise NotAllowed("Who has seen what the book says cannot count blind. Ask the supervisor for a count.", kind="count")
    shown = next((task.data for task in held_tasks(tx, call.device_id) if task.kind == "enquire"), None)
    if shown is None or shown["type"] != "location":
        raise NotFound("Scan the bin first, then the card.", what=CARD)
    place = location_by_code(tx, str(shown["key"]))
    request_count(tx, place.id, "manual")
    return count_waiting_at(tx, place.id, worker_id=call.worker_id, device_id=call.device_id)


def _build(tx: Tx, task: TaskRow) -> Json:
    rows = counts_of_task(tx, task.id)
    forms = [_form(row, is_open=row.state in ("open", "recount")) for row in rows]
    return {"forms": forms, "codes": location_codes(tx, [row.location_id for row in rows]), "progress": progress(forms)}


def _form(row: Any, *, is_open: bool) -> Json:
    slots = [slot("from", ["location"], "slot.from", expected=[row.location]),
             slot("counted", ["item", "lpn"], "slot.count_items", tally=True, mode="each", optional=True)]
    return form(f"n{row.id}", "count", Message("count.bin", {"location": row.location}), slots,
                {"location": row.location, "zone": row.zone, "level": row.level, "levels": row.levels}, state="open" if is_open else "done")


def _count(tx: Tx, call: Call) -> Answer:
    if call.task is None:
        return _count_as_seen(tx, call)
    rows = {f"n{row.id}": row for row in counts_of_task(tx, call.held_task.id)}
    row = rows.get(str(call.form))
    if row is None:
        raise NotFound(f"This bin is not on this list: {str(call.form)[:40]}.", what=str(call.form)[:40])
    if call.slots.get("from") != row.location:
        raise Invalid(f"{str(call.slots.get('from'))[:64]} was scanned, {row.location} is to be counted.", field="from")
    outcome = count(tx, row.id, _found(call), made_at=min(call.made_at, tx.now), worker_id=call.worker_id)
    if outcome.adjusted:
        raise_exception(tx, call, "count_adjusted", location=row.location, quantity=outcome.adjusted)
        record(tx, "count.adjusted", row.location, count=row.id, round=outcome.round, units=outcome.adjusted)
    if outcome.disputed:
        raise_exception(tx, call, "count_disputed", location=row.location)
    left = [one for one in counts_of_task(tx, call.held_task.id) if one.state in ("open", "recount")]
    if not left:
        finish_task(tx, call.held_task.id)
    return Answer(Message("count.done", {"location": row.location}), task_id=None if left else call.held_task.id,
                  data={"again": outcome.again, "count": row.id, "round": outcome.round, "recount_task": outcome.recount_task,
                        "lost": outcome.lost})


def _count_as_seen(tx: Tx, call: Call) -> Answer:
    """A bin that a device counted without network, blind, as nothing could be shown: the count that waits there, or a new one.

    While somebody else counts the bin, and after goods were moved in it, the supervisor gets what was found.
    """
    place, found = location_by_code(tx, str(call.slots.get("from"))), _found(call)
    if place.site_id != call.site_id or place.kind != "bin":
        raise NotFound(f"{place.code} is no bin of this warehouse. Count a bin of this one.", what=place.code)
    if not is_count_waiting(tx, place.id):
        request_count(tx, place.id, "manual")
    task_id = count_waiting_at(tx, place.id, worker_id=call.worker_id, device_id=call.device_id)
    if task_id is None:
        return _only_told(tx, call, "counted_besides", place.code, found)
    row = next(one for one in counts_of_task(tx, task_id) if one.location_id == place.id)
    try:
        answer = _count(tx, replace(call, task=task_by_id(tx, task_id), form=f"n{row.id}"))
    except CountStale:
        return _only_told(tx, call, "count_overtaken", place.code, found)
    return replace(answer, task_id=None, data={**answer.data, "task": task_id})


def _only_told(tx: Tx, call: Call, code: str, location: str, found: Sequence[Mapping[str, Any]]) -> Answer:
    said = "; ".join(str(one.get("lpn") or f"{one.get('quantity')} × {one.get('item')}") for one in found[:_TOLD_MAX])
    raise_exception(tx, call, code, location=location, found=said or "-")
    return Answer(Message(f"count.{code}", {"location": location}), code=code)


def _undo(tx: Tx, _call: Call, done: OperationRow) -> None:
    """The adjusting moves are reversed already: the bin waits to be counted as it did before."""
    task_id = done.task_id or done.data.get("task")  # a count made without network names the task that it was booked to
    if task_id is None:
        raise CannotUndo("This cannot be undone here. Ask the supervisor.", kind=done.kind)
    uncount(tx, int(done.data["count"]), round_=int(done.data["round"]), task_id=int(task_id),
            recount_task=done.data["recount_task"])
    reopen_task(tx, task_by_id(tx, int(task_id)))
    touch_task(tx, int(task_id))
    regain(tx, done.data.get("lost", ()))


def _found(call: Call) -> list[Mapping[str, Any]]:
    found = call.slots.get("counted") or []
    if not isinstance(found, list) or len(found) > _ENTRIES_MAX or not all(isinstance(one, dict) for one in found):
        raise Invalid("The count cannot be read. Count the bin again.", field="counted")
    for entry in found:
        _check(entry)
    return found


def _check(entry: Mapping[str, Any]) -> None:
    if isinstance(entry.get("lpn"), str):
        return
    quantity = entry.get("quantity")
    if not isinstance(entry.get("item"), str) or not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 0:
        raise Invalid("A line of the count has no item or no quantity. Count the bin again.", field="counted")
    try:
        date.fromisoformat(str(entry.get("expiry") or "2000-01-01"))
    except ValueError as error:
        raise Invalid(f"{str(entry['expiry'])[:32]} is no date. Scan the expiry again.", field="expiry") from error


PROCESS = Process(kind="count", build=_build, handlers={"count": _count}, start=_start, start_types=frozenset({"location", "document"}),
                  cards=frozenset({CARD}), undo={"count": _undo}, order=60)
