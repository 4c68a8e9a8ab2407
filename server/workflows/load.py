"""Loading: scan the dock door, then every parcel; DONE closes the vehicle and ships what is on it."""

from sqlalchemy import text

from server.floor.process import Answer, Call, Json, Message, OperationRow, Process
from server.kernel.errors import Invalid, NotFound
from server.kernel.transaction import Tx
from server.masterdata.codes import location_codes
from server.masterdata.sites import location_by_code, location_by_id
from server.wms.calling_back import call_back
from server.wms.loading import dispatch, load_at, load_by_id, load_carton, manifest, unload_carton, waiting_to_load
from server.wms.tasks import NewTask, TaskRow, finish_task, make_task, reopen_task, task_by_id, touch_task
from server.workflows.forms import form, slot

_OPEN_TASK = text("SELECT id FROM task WHERE kind = 'load' AND subject_id = :load_id AND state IN ('open', 'leased')")


def _start(tx: Tx, call: Call, value: Json) -> int | None:
    if value.get("kind") != "door":
        return None
    door = location_by_code(tx, str(value.get("key")))
    if door.site_id != call.site_id:
        raise NotFound(f"{door.code} is a door of another warehouse. Scan a door of this one.", what=door.code)
    load = load_at(tx, door)
    known = tx.scalar(_OPEN_TASK, load_id=load.id)
    return int(known) if known else make_task(tx, NewTask(site_id=call.site_id, kind="load", priority=2,
                                                          document=load.code, subject_id=load.id))


def _build(tx: Tx, task: TaskRow) -> Json:
    load = load_by_id(tx, _load_id(task))
    door = location_by_id(tx, load.door_id)
    done, waiting = len(manifest(tx, load.id)), waiting_to_load(tx, load)
    one = form(f"d{load.id}", "load", Message("load.scan", {"door": door.code, "carrier": load.carrier}) if load.carrier else Message("load.scan_first", {"door": door.code}),
               [slot("lpn", ["lpn"], "slot.parcel")],
               {"location": door.code, "carrier": load.carrier, "loaded": done, "waiting": waiting},
               state="open" if load.state == "open" else "done")
    return {"forms": [{**one, "repeat": True}], "finish": True, "codes": location_codes(tx, [door.id]),
            "progress": {"done": done, "all": done + waiting}}


def _load(tx: Tx, call: Call) -> Answer:
    sscc = call.slots.get("lpn")
    if not isinstance(sscc, str):
        raise Invalid("No parcel was scanned. Scan the parcel's label.", field="lpn")
    load = load_by_id(tx, _load_id(call.held_task))
    carton = load_carton(tx, load, sscc, location_by_id(tx, load.door_id))
    return Answer(Message("load.done", {"sscc": sscc, "number": carton.number}), task_id=call.held_task.id, data={"sscc": sscc})


def _finish(tx: Tx, call: Call) -> Answer:
    load = load_by_id(tx, _load_id(call.held_task))
    count, job = dispatch(tx, load.id)
    finish_task(tx, call.held_task.id)
    return Answer(Message("load.dispatched", {"load": load.code, "count": count}), task_id=call.held_task.id,
                  data={"load": load.code, "cartons": count, "job": job})


def _undo(tx: Tx, _call: Call, done: OperationRow) -> None:
    unload_carton(tx, str(done.data["sscc"]))
    if done.task_id is not None:
        reopen_task(tx, task_by_id(tx, done.task_id))
        touch_task(tx, done.task_id)


def _undo_finish(tx: Tx, call: Call, done: OperationRow) -> None:
    """The vehicle has not left after all."""
    if done.task_id is None:
        raise AssertionError(f"dispatch {done.op} belongs to no task")
    task = task_by_id(tx, done.task_id)
    call_back(tx, _load_id(task), str(done.kept("job")), device_id=call.device_id)
    reopen_task(tx, task)
    touch_task(tx, task.id)


def _load_id(task: TaskRow) -> int:
    if task.subject_id is None:
        raise AssertionError(f"loading task {task.id} names no load")
    return task.subject_id


PROCESS = Process(kind="load", build=_build, start=_start, start_types=frozenset({"location"}),
                  handlers={"load": _load, "finish": _finish}, undo={"load": _undo, "finish": _undo_finish},
                  supervisor_undo=frozenset({"finish"}), requests=frozenset({"finish"}), order=15)
