"""Shifts: begun with equipment, broken by breaks, ended; whoever signs in is at work without saying more."""

from typing import Any

from server.floor.leases import held_tasks
from server.floor.process import Answer, Call, Json, Message, Process
from server.kernel.errors import Invalid, NotFound, Refusal
from server.kernel.transaction import Tx
from server.masterdata.shifts import begin_break, end_break, end_shift, equip, last_shift, open_shift
from server.stock.lpns import lpn_by_code
from server.wms.tasks import TaskRow


class TasksInHand(Refusal):
    """Whoever goes home leaves nothing in the hand."""

    code = "tasks_in_hand"


def _start(tx: Tx, call: Call) -> Answer:
    worker_id = _worker(call)
    shift = open_shift(tx, worker_id, call.site_id, call.device_id)
    equip(tx, shift, worker_id, vehicle=_text(call, "vehicle"), trolley=_trolley(tx, call, _text(call, "trolley")))
    return _told(tx, worker_id, "shift.started")


def _break_begin(tx: Tx, call: Call) -> Answer:
    begin_break(tx, _worker(call))
    return _told(tx, _worker(call), "shift.break_begun")


def _break_end(tx: Tx, call: Call) -> Answer:
    end_break(tx, _worker(call))
    return _told(tx, _worker(call), "shift.break_ended")


def _end(tx: Tx, call: Call) -> Answer:
    held = len(held_tasks(tx, call.device_id))
    if held:
        raise TasksInHand(f"You still hold {held} tasks. Finish them, give them back, or scan a colleague's badge to hand them over.",
                          count=held)
    end_shift(tx, _worker(call))
    return _told(tx, _worker(call), "shift.ended")


def _trolley(tx: Tx, call: Call, code: str) -> str:
    if not code:
        return ""
    lpn = lpn_by_code(tx, code)
    if lpn is None or lpn.kind != "trolley" or lpn.site_id != call.site_id:
        raise NotFound(f"{code[:64]} is no trolley of this warehouse. Scan the label of the trolley.", what=code[:64])
    return lpn.code


def _text(call: Call, name: str) -> str:
    value = call.slots.get(name) or ""
    if not isinstance(value, str):
        raise Invalid("Equipment is named by a text.", field=name)
    return value


def _worker(call: Call) -> int:
    if call.worker_id is None:
        raise AssertionError("a request came from nobody")
    return call.worker_id


def _told(tx: Tx, worker_id: int, key: str) -> Answer:
    shift = last_shift(tx, worker_id)
    data: dict[str, Any] = {"shift": shift.to_json() if shift is not None else None}
    return Answer(Message(key), data=data)


def _build(_tx: Tx, _task: TaskRow) -> Json:
    return {"forms": [], "finish": False}


PROCESS = Process(
    kind="shift", build=_build, order=94,
    handlers={"shift_start": _start, "break_begin": _break_begin, "break_end": _break_end, "shift_end": _end},
    lasting={"shift_start": "says who works with what; equipment is changed by starting again",
             "break_begin": "says when somebody went; the end of the break ends it",
             "break_end": "says when somebody came back; a break is begun again by saying so",
             "shift_end": "says when somebody went home; the shift is started again by saying so"},
    requests=frozenset({"shift_start", "break_begin", "break_end", "shift_end"}))
