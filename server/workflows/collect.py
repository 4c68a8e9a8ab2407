"""Setting down for a customer: scan the tote in hand, then the place where orders wait to be collected."""

from typing import Any

from sqlalchemy import text

from server.floor.process import Answer, Call, Json, Message, OperationRow, Process
from server.kernel.errors import Invalid
from server.kernel.transaction import Tx
from server.masterdata.codes import location_codes
from server.masterdata.sites import location_by_code
from server.stock.lpns import lpn_by_code
from server.wms.collecting import collect_places, set_down, take_up, totes_waiting
from server.wms.releases import release_by_id, release_lines
from server.wms.tasks import TaskRow, finish_task, reopen_task, task_by_id, touch_task
from server.workflows.forms import form, progress, slot

_OF_TOTE = text(
    "SELECT DISTINCT t.id, t.priority FROM allocation a JOIN release_line l ON l.id = a.release_line_id AND l.picked > l.packed "
    "JOIN task t ON t.kind = 'collect' AND t.subject_id = l.release_id AND t.state IN ('open', 'leased') "
    "WHERE a.tote_id = :tote_id AND a.picked > 0 ORDER BY t.priority, t.id LIMIT 1"
)


def _start(tx: Tx, call: Call, value: Json) -> int | None:
    tote = lpn_by_code(tx, str(value.get("key")))
    row = tx.row(_OF_TOTE, tote_id=tote.id) if tote is not None and tote.site_id == call.site_id else None
    return int(row.id) if row is not None else None


def _build(tx: Tx, task: TaskRow) -> Json:
    release = release_by_id(tx, _release_id(task))
    places, totes = collect_places(tx, task.site_id), totes_waiting(tx, release)
    ids = [location_by_code(tx, code).id for code in places]
    info: dict[str, Any] = {"location": places[0] if len(places) == 1 else None, "order": release.code, "name": release.customer or release.code,
                            "lpn": ", ".join(totes), "contents": contents_of(tx, release.id)}
    made = form(f"s{release.id}", "set_down", Message("collect.to", {"order": release.code, "totes": ", ".join(totes)}),
                [slot("to", ["location"], "slot.collect_place", expected=places)], info)
    return {"forms": [made], "codes": location_codes(tx, ids), "progress": progress([made]), "totes": totes}


def contents_of(tx: Tx, release_id: int) -> list[Json]:
    """The pieces that a customer gets, by item."""
    found: dict[str, Json] = {}
    for line in release_lines(tx, release_id):
        if line.picked > line.packed:
            entry = found.setdefault(line.item, {"item": line.item, "name": line.name, "quantity": 0})
            entry["quantity"] += line.picked - line.packed
    return list(found.values())


def _set_down(tx: Tx, call: Call) -> Answer:
    scanned = call.slots.get("to")
    if not isinstance(scanned, str):
        raise Invalid("No place was scanned. Scan where the order is to wait.", field="to")
    place = location_by_code(tx, scanned)
    set_down(tx, _release_id(call.held_task), place)
    finish_task(tx, call.held_task.id)
    return Answer(Message("collect.done", {"order": str(call.held_task.document), "location": place.code}), task_id=call.held_task.id)


def _undo(tx: Tx, _call: Call, done: OperationRow) -> None:
    """The tote is in hand again by the reversed move."""
    if done.task_id is None:
        raise AssertionError(f"setting down {done.op} belongs to no task")
    task = task_by_id(tx, done.task_id)
    take_up(tx, _release_id(task))
    reopen_task(tx, task)
    touch_task(tx, task.id)


def _release_id(task: TaskRow) -> int:
    if task.subject_id is None:
        raise AssertionError(f"collect task {task.id} names no release")
    return task.subject_id


PROCESS = Process(kind="collect", build=_build, start=_start, start_types=frozenset({"tote"}), handlers={"set_down": _set_down},
                  undo={"set_down": _undo}, order=24)
