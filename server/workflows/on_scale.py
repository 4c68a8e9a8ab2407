"""The scale of a pack station fills the weight by itself: the parcel that waits for one is weighed, and its label comes."""

from dataclasses import replace

from sqlalchemy import text

from server.floor.process import NOTHING, Answer, Call, Json, Message, OperationRow, Process
from server.kernel.errors import NotAllowed
from server.kernel.transaction import Tx
from server.masterdata.stations import station_of_device
from server.wms.tasks import TaskRow, task_by_id, touch_task
from server.workflows.pack import undo_weigh, weigh

_WAITING = text(
    "SELECT t.id AS task_id, p.code AS sscc FROM carton c JOIN lpn p ON p.id = c.lpn_id "
    "JOIN task t ON t.kind = 'pack' AND t.subject_id = c.release_id AND t.state = 'leased' JOIN device d ON d.id = t.device_id "
    "WHERE c.state = 'open' AND t.site_id = :site_id AND (CAST(:screen_id AS BIGINT) IS NULL OR d.id = :screen_id) "
    "AND (:handheld = '' OR d.name = :handheld) ORDER BY c.lpn_id LIMIT 2")


def _on_scale(tx: Tx, call: Call) -> Answer:
    station = station_of_device(tx, call.device_id)
    if station is None or station.kind != "pack":
        raise NotAllowed("Only a station at a packing table weighs parcels.")
    handheld = "" if station.screen_id is not None else str((station.settings or {}).get("handheld", ""))
    waiting = tx.rows(_WAITING, site_id=call.site_id, screen_id=station.screen_id, handheld=handheld)
    if len(waiting) != 1:
        code = "which_parcel" if waiting else "nothing_to_weigh"
        return Answer(Message(f"scale.{code}"), data=dict(NOTHING), code=code)
    task = task_by_id(tx, waiting[0].task_id)
    sscc = str(waiting[0].sscc)
    answer = weigh(tx, replace(call, task=task, form=f"w{sscc}", slots={"weight": call.slots.get("weight"), "lpn": sscc}))
    touch_task(tx, task.id)
    return replace(answer, task_id=None, next=(), data={**answer.data, "task": task.id})


def _undo(tx: Tx, call: Call, done: OperationRow) -> None:
    undo_weigh(tx, call, replace(done, task_id=int(done.kept("task"))))


def _build(_tx: Tx, _task: TaskRow) -> Json:
    return {"forms": [], "finish": False}


PROCESS = Process(kind="on_scale", build=_build, handlers={"on_scale": _on_scale}, undo={"on_scale": _undo}, order=92)
