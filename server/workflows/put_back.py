"""Putting back: what was picked and is not wanted from this hand goes back into the bin it was taken from."""

import json
from typing import Any

from server.floor.errors import CannotUndo
from server.floor.exceptions import close_exceptions
from server.floor.leases import held_tasks, lease
from server.floor.process import Answer, Call, Json, Message, OperationRow, Process
from server.kernel.errors import Invalid, NotFound
from server.kernel.transaction import Tx
from server.masterdata.codes import location_codes
from server.masterdata.sites import location_by_id
from server.stock.errors import AlreadyReversed, InsufficientStock
from server.stock.goods import goods_of
from server.stock.ledger import Move, move
from server.stock.lpns import lpn_by_id
from server.stock.reversal import reverse_operation
from server.wms.taken_away import in_hand_of, line_of_pick, mark_put_back, pick_in_hand, put_surplus_back
from server.wms.tasks import (
    NewTask,
    TaskRow,
    finish_task,
    make_task,
    reopen_task,
    set_task_data,
    task_by_id,
    touch_task,
)
from server.wms.unpicking import pick_on, releases_of, unpick
from server.workflows.forms import form, progress, slot


def _start(tx: Tx, call: Call, value: Json) -> TaskRow | int | None:
    """The button under a pick that was given away: one more line where this device puts back already."""
    found = pick_in_hand(tx, str(value.get("key")), call.device_id)
    if found is None:
        return None
    line = _line_of(tx, found)
    held = next((task for task in held_tasks(tx, call.device_id) if task.kind == "put_back"), None)
    if held is None:
        number = make_task(tx, NewTask(site_id=call.site_id, kind="put_back", priority=1, document=line["order"],
                                       begin_id=line["location_id"], data={"lines": [line]}))
        return lease(tx, number, worker_id=call.worker_id, device_id=call.device_id)
    if line["op"] not in {one["op"] for one in held.data["lines"]}:
        set_task_data(tx, held.id, {"lines": [*held.data["lines"], line]})
    return held.id


def _line_of(tx: Tx, found: Any) -> Json:
    data = json.loads(found.answer).get("data", {})
    row = line_of_pick(tx, found.task_id, int(found.form[1:]))
    quantity = int(data.get("surplus") or sum(taken for _, taken in data["picks"]))
    return {"op": found.op, "order": row.release, "item": row.item, "name": row.name, "lot": row.lot, "quantity": quantity,
            "location": row.location, "location_id": row.location_id, "is_done": False}


def _build(tx: Tx, task: TaskRow) -> Json:
    lines = task.data["lines"]
    forms = [_form(at, line) for at, line in enumerate(lines)]
    return {"forms": forms, "codes": location_codes(tx, {line["location_id"] for line in lines}), "progress": progress(forms)}


def _form(at: int, line: Json) -> Json:
    args = {"quantity": line["quantity"], "name": line["name"], "location": line["location"]}
    message = Message("put_back.from", {**args, "tote": line["tote"]}) if line["op"] is None else Message("put_back.to", args)
    info = {**{name: line[name] or None for name in ("location", "item", "name", "quantity", "lot", "order")}, "lpn": line.get("tote")}
    return form(f"b{at}", "put_back", message, [slot("to", ["location"], "slot.to", expected=[line["location"]])], info,
                state="done" if line["is_done"] else "open")


def _put_back(tx: Tx, call: Call) -> Answer:
    lines, number = call.held_task.data["lines"], (call.form or "")[1:]
    if not number.isdigit() or len(number) > 6 or int(number) >= len(lines):
        raise NotFound("There is no such line to put back. Look at the task again.", what=str(call.form)[:40])
    at, line = int(number), lines[int(number)]
    location = line["location"]
    if call.slots.get("to") != location:
        raise Invalid(f"This goes back to {location}. Scan that bin.", field="to")
    if line["is_done"]:
        raise NotFound("That pick was taken back already. Go on.", what="pick")
    if line["op"] is None:
        _bring_back(tx, line)
    else:
        _take_back(tx, call, line)
        close_exceptions(tx, line["op"], f"put back to {location} by {call.worker_name}")
    left = [{**one, "is_done": one["is_done"] or one is line} for one in lines]
    set_task_data(tx, call.held_task.id, {"lines": left})
    if all(one["is_done"] for one in left):
        finish_task(tx, call.held_task.id)
    return Answer(Message("put_back.done", {"quantity": line["quantity"], "name": line["name"], "location": line["location"]}),
                  task_id=call.held_task.id, data={"line": at, "is_of_pick": line["op"] is not None})


def _bring_back(tx: Tx, line: Json) -> None:
    """Goods of an order that was cancelled go back onto what they were taken from, where that still stands there."""
    bin_, tote = location_by_id(tx, line["location_id"]), lpn_by_id(tx, line["to_id"])
    pallet = None if line["from_id"] == bin_.id else lpn_by_id(tx, line["from_id"])
    target = pallet if pallet is not None and pallet.location_id == bin_.id else bin_
    move(tx, Move(goods_of(tx, line["goods_id"]), line["quantity"], tote, target, "storing", document=line["order"]))


def _take_back(tx: Tx, call: Call, line: Json) -> None:
    """The pick is as if it had not been made; goods beyond the order just go back."""
    found = pick_in_hand(tx, line["op"])  # the task may have passed to a colleague with the goods
    if found is None or not mark_put_back(tx, line["op"], by=call.op):
        raise NotFound("That pick was taken back already. Go on.", what="pick")
    picks = json.loads(found.answer)["data"]["picks"]
    if not picks:
        put_surplus_back(tx, in_hand_of(tx, line["op"]), line["location_id"])
        return
    try:
        reverse_operation(tx, line["op"])
    except (InsufficientStock, AlreadyReversed) as error:
        raise CannotUndo("The goods have moved on since. Call your supervisor.", kind="pick") from error
    unpick(tx, picks)
    pick_on(tx, releases_of(tx, [allocation for allocation, _ in picks]), device_id=call.device_id)
    reopen_task(tx, task_by_id(tx, found.task_id))
    touch_task(tx, found.task_id)


def _undo(tx: Tx, _call: Call, done: OperationRow) -> None:
    """Goods that were brought back for nobody's order are in the tote again; a pick that was taken back stays so."""
    if done.task_id is None or done.kept("is_of_pick"):
        raise CannotUndo("The goods are to be picked from their bin again by whoever has the task. Leave them there.", kind=done.kind)
    task = task_by_id(tx, done.task_id)
    lines = [{**line, "is_done": line["is_done"] and at != done.data["line"]} for at, line in enumerate(task.data["lines"])]
    set_task_data(tx, task.id, {"lines": lines})
    reopen_task(tx, task)


PROCESS = Process(kind="put_back", build=_build, handlers={"put_back": _put_back}, start=_start, start_types=frozenset({"put_back"}),
                  undo={"put_back": _undo}, order=12)
