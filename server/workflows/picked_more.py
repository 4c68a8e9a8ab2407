"""A pick of more than the book has in its bin: what fits is booked, the worker is asked for the rest, and the supervisor is told."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from server.floor.errors import FloorError
from server.floor.exceptions import close_exceptions, raise_exception, reopen_exceptions
from server.floor.process import Answer, Call, Json, Message, NextStep, OperationRow
from server.kernel.errors import NotFound
from server.kernel.transaction import Tx
from server.masterdata.sites import Place
from server.stock.lpns import lpn_by_id
from server.wms.pick_tasks import one_a_line, pick_by_id
from server.wms.picking import close_round
from server.wms.picking_beyond import look_elsewhere, pick_beyond
from server.wms.releases import release_lines
from server.wms.suspecting import ask_for_count, suspect, withdraw_suspicion
from server.wms.tasks import TaskRow, reopen_task, task_by_id, touch_task
from server.wms.unpicking import PackingBegun, pick_on, releases_of, void_picks

_MINE = text("SELECT task_id, answer FROM operation WHERE op = :op AND device_id = :device_id AND kind = 'pick' "
             "AND status = 'applied' AND undone_by IS NULL")
_ANSWER = text("UPDATE floor_exception SET note = :note WHERE op = :op AND code = 'picked_more' AND state = 'open' AND note = ''")
_UNANSWER = text("UPDATE floor_exception SET note = '' WHERE op = :op AND code = 'picked_more'")


class AnsweredAlready(FloorError):
    """A question was answered before, or the supervisor has dealt with it."""

    code = "answered_already"


class PackedWithout(FloorError):
    """An order is being packed without the goods that its picker still has."""

    code = "packed_without"


def asked(tx: Tx, call: Call, first: Any, picks: list[list[int]], tote: Place) -> Answer:
    """Only so many are booked: does the picker have the rest? The bin is to be counted whatever the answer."""
    quantity, booked = int(call.slots["quantity"]), sum(taken for _, taken in picks)
    over = quantity - booked
    raise_exception(tx, call, "picked_more", item=first.item, location=first.location, quantity=over, order=first.order_number)
    count = ask_for_count(tx, first.location_id, "variance", worker_id=call.worker_id) if first.location_kind == "bin" else None
    lines = one_a_line(tx, call.held_task.id, first) if call.held_task.data["picking"] == "batch" else [first.id]
    close_round(tx, call.held_task)
    steps = (NextStep(Message("pick.have", {"quantity": quantity}), "have", {"op": call.op}),
             NextStep(Message("pick.took", {"quantity": booked}), "took", {"op": call.op}))
    data: Json = {"picks": picks, "over": over, "asked": count, "of": lines, "tote": tote.id}
    args: Json = {"name": first.name, "location": first.location, "booked": booked, "quantity": quantity}
    return Answer(Message("pick.only_booked", args), next=steps, code="short", task_id=call.held_task.id, data=data)


def have(tx: Tx, call: Call) -> Answer:
    """The picker has them: what the order wants of them is found in the bin and picked; the supervisor reads who is sure."""
    task, kept = _answered(tx, call, f"{call.worker_name} is sure")
    first: Any = pick_by_id(tx, task.id, kept["of"][0])
    try:
        task = _taken_up(tx, call, task, kept["of"])
    except PackingBegun as refusal:
        raise PackedWithout(f"Order {first.release} is packed without them. Put {kept['over']} back to {first.location}.",
                            order=first.release, quantity=kept["over"], location=first.location) from refusal
    tote, back, picks = lpn_by_id(tx, kept["tote"]), int(kept["over"]), list[list[int]]()
    for number in kept["of"]:
        done = pick_beyond(tx, task, pick_by_id(tx, task.id, number), back, tote) if back else None
        picks, back = (picks + done.picks, done.back) if done else (picks, back)
    _settled(tx, task)
    found = sum(quantity for _, quantity in picks)
    args = {"quantity": found, "name": first.name, "back": back, "location": first.location}
    return Answer(Message("pick.beyond_back" if back else "pick.beyond", args), task_id=task.id, data={"picks": picks, "of": kept["of"]})


def took(tx: Tx, call: Call) -> Answer:
    """Only what was booked was taken: the pick was a short one, and nothing more is given out of the bin before it is counted."""
    task, kept = _answered(tx, call, f"corrected by {call.worker_name}")
    close_exceptions(tx, _op(call), f"corrected by {call.worker_name}")
    first: Any = pick_by_id(tx, task.id, kept["of"][0])
    suspicion = suspect(tx, first.location_id, "short", worker_id=call.worker_id) if first.location_kind == "bin" else None
    taken = sum(quantity for _, quantity in kept["picks"])
    return Answer(Message("pick.only", {"quantity": taken, "location": first.location}), data={"suspicion": suspicion})


def undo_have(tx: Tx, call: Call, done: OperationRow) -> None:
    """The goods are moved back out of the tote and the bin already: the order gets them from elsewhere, and the question stands again."""
    picks, task = done.kept("picks"), task_by_id(tx, int(done.task_id or 0))
    void_picks(tx, picks)
    task = _taken_up(tx, call, task, done.kept("of"))
    look_elsewhere(tx, task, picks)
    touch_task(tx, task.id)
    tx.execute(_UNANSWER, {"op": str(done.slots["op"])})


def undo_took(tx: Tx, _call: Call, done: OperationRow) -> None:
    """The bin is trusted again, and the question stands again."""
    if done.kept("suspicion") is not None:
        withdraw_suspicion(tx, done.kept("suspicion"))
    reopen_exceptions(tx, str(done.slots["op"]))
    tx.execute(_UNANSWER, {"op": str(done.slots["op"])})


def _answered(tx: Tx, call: Call, note: str) -> tuple[TaskRow, Json]:
    """The round of the pick that a question was about, and what its answer kept; each question is answered once."""
    row = tx.row(_MINE, op=_op(call), device_id=call.device_id)
    kept = json.loads(row.answer).get("data", {}) if row is not None else {}
    if row is None or "over" not in kept:
        raise NotFound("That pick was not made on this device, or was undone. Ask the supervisor.", what="pick")
    if not tx.changed(_ANSWER, op=_op(call), note=note):
        raise AnsweredAlready("This was answered already. Look at the task again.", what="pick")
    return task_by_id(tx, row.task_id), kept


def _taken_up(tx: Tx, call: Call, task: TaskRow, allocations: Sequence[int]) -> TaskRow:
    """The round goes on where it has ended, unless somebody packs already."""
    releases = releases_of(tx, allocations)
    ended = [number for number in releases if all(line.short == line.ordered for line in release_lines(tx, number))]
    pick_on(tx, releases, ended, device_id=call.device_id)
    reopen_task(tx, task)
    return task_by_id(tx, task.id)


def _settled(tx: Tx, task: TaskRow) -> None:
    if task.id not in tx.ended_tasks and not close_round(tx, task_by_id(tx, task.id)):
        touch_task(tx, task.id)


def _op(call: Call) -> str:
    return str(call.slots.get("op") or "")
