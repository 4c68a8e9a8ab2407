"""Goods in the hand of a worker whose task was given away, or whose order was cancelled: booked as they are, and asked about."""

from dataclasses import replace
from typing import Any

from server.floor.exceptions import close_exceptions, raise_exception
from server.floor.leases import held_tasks
from server.floor.process import Answer, Call, Json, Message, NextStep
from server.kernel.errors import NotFound
from server.kernel.transaction import Tx
from server.masterdata.items import item_by_code
from server.stock.goods import goods_of
from server.stock.ledger import Move, change_status
from server.stock.lpns import lpn_by_code
from server.wms.seen import Seen, book_as_happened
from server.wms.suspecting import suspect
from server.wms.taken_away import given_to, holder_of, line_of_pick, pick_in_hand
from server.wms.tasks import touch_task


def given_away(tx: Tx, call: Call, answer: Answer, row: Any, quantity: int) -> Answer:
    """A pick that stands, of a task that somebody else has: the goods are the order's, in whose hands is to be said."""
    worker = given_to(tx, call.held_task, worker_id=call.worker_id, device_id=call.device_id)
    if worker is None:
        return answer
    if call.held_task.id not in tx.ended_tasks:
        touch_task(tx, call.held_task.id)
    args: Json = {"order": row.release, "worker": worker, "item": row.item, "quantity": quantity, "location": row.location}
    raise_exception(tx, call, "task_reassigned", **args)
    steps = (NextStep(Message("pick.hand_to", {"worker": worker}), "handed", {"op": call.op}), _back(call, row))
    return replace(answer, message=Message("pick.given_away", args), task_id=None, next=steps, code="task_reassigned")


def surplus(tx: Tx, call: Call, quantity: int) -> Answer | None:
    """A pick of a line that was picked by somebody else or cancelled meanwhile: the goods are in the tote beyond the order.

    None where it is no such pick.
    """
    row = _line_of(tx, call)
    if row is None or call.slots.get("item") != row.item:
        return None
    worker = given_to(tx, call.held_task, worker_id=call.worker_id, device_id=call.device_id)
    tote = lpn_by_code(tx, str(call.slots.get("to") or row.tote))
    is_cancelled = row.release_state == "cancelled"
    if tote is None or tote.site_id != call.site_id or tote.kind != "tote" or not (is_cancelled or (worker and row.state == "picked")):
        return None
    serial = str(call.slots.get("serial") or row.serial)
    seen = Seen(item_by_code(tx, row.item), str(call.slots.get("lot") or row.lot), serial, quantity)
    came = book_as_happened(tx, seen, holder_of(tx, row), tote, worker_id=call.worker_id)
    args: Json = {"order": row.release, "item": row.item, "quantity": quantity, "location": row.location}
    back = Answer(Message("pick.cancelled", {**args, "lines": 1 + _waiting(tx, call)}), next=(_back(call, row),), code="order_cancelled",
                  data={"picks": [], "surplus": quantity, "over": came.over})
    if is_cancelled:
        raise_exception(tx, call, "order_cancelled", **args, over=came.over)
        return back
    raise_exception(tx, call, "task_reassigned", **args, worker=worker, over=came.over)
    return replace(back, message=Message("pick.picked_by", {**args, "worker": worker}), code="task_reassigned")


def short_of_none(tx: Tx, call: Call, quantity: int) -> Answer | None:
    """SHORT for an order that was cancelled: what was found is in the hand, and its bin holds less than the book says. None for others."""
    row = _line_of(tx, call)
    if row is None or row.release_state != "cancelled":
        return None
    said = replace(call, slots={"item": row.item, **call.slots})
    answer = surplus(tx, said, quantity) if quantity else _noted(row, "pick.cancelled_short")
    if answer is None or row.location_kind != "bin":
        return answer
    suspicion = suspect(tx, row.location_id, "short" if quantity else "empty", worker_id=call.worker_id)
    return replace(answer, data={**answer.data, "suspicion": suspicion})


def damaged_of_none(tx: Tx, call: Call, quantity: int) -> Answer | None:
    """DAMAGED for an order that was cancelled: broken goods stay in their bin as damaged. None for others."""
    row = _line_of(tx, call)
    if row is None or row.release_state != "cancelled":
        return None
    place = holder_of(tx, row)
    change_status(tx, Move(goods_of(tx, row.goods_id), quantity, place, place, "inspecting", document=row.release), "damaged")
    return _noted(row, "pick.cancelled_damaged")


def handed(tx: Tx, call: Call) -> Answer:
    """The goods went to whoever has the task: what was picked stands as theirs, and the supervisor need not ask."""
    op = str(call.slots.get("op"))
    if pick_in_hand(tx, op, call.device_id) is None:
        raise NotFound("That pick was not made on this device, or was taken back. Ask the supervisor.", what="pick")
    worker = given_to(tx, call.held_task, worker_id=call.worker_id, device_id=call.device_id) or "-"
    close_exceptions(tx, op, f"handed over to {worker} by {call.worker_name}")
    return Answer(Message("pick.handed", {"worker": worker}))


def _back(call: Call, row: Any) -> NextStep:
    return NextStep(Message("pick.put_back", {"location": row.location}), "start", {"value": {"type": "put_back", "key": call.op}})


def _line_of(tx: Tx, call: Call) -> Any:
    number = (call.form or "")[1:]
    return line_of_pick(tx, call.held_task.id, int(number)) if number.isdigit() and len(number) <= 15 else None


def _noted(row: Any, key: str) -> Answer:
    return Answer(Message(key, {"order": row.release, "location": row.location}), code="order_cancelled", data={"picks": [], "surplus": 0})


def _waiting(tx: Tx, call: Call) -> int:
    """How many lines this device has to put back already."""
    return sum(not line["is_done"] for task in held_tasks(tx, call.device_id) if task.kind == "put_back" for line in task.data["lines"])
