"""Put-away: scan the pallet, then the bin; the house proposes one and says why another does not do.

Several pallets taken on one way are scanned one after the other, then their bins.
"""

from collections.abc import Mapping
from typing import Any

from server.floor.errors import CannotUndo
from server.floor.leases import lease
from server.floor.process import Answer, Call, Json, Message, OperationRow, Process
from server.kernel.errors import NotFound, Refusal
from server.kernel.transaction import Tx
from server.masterdata.codes import place_value
from server.masterdata.sites import Place, location_by_code
from server.printing.labels import NoPrinter, print_lpn_label
from server.stock.lpns import lpn_by_code, lpn_by_id
from server.wms.moving import tell_pickers
from server.wms.put_away import (
    join_put_away,
    loaded_put_aways_of,
    open_put_away,
    put_away,
    put_away_task,
    put_aways_of,
    reopen_put_away,
    suggest,
    waiting_lpn,
)
from server.wms.task_places import reach_of
from server.wms.tasks import TaskRow, leave_aisle, reopen_task, set_task_data, task_by_id
from server.workflows.forms import form, progress, slot


class NothingToPutAway(Refusal):
    """A pallet was scanned that has no put-away waiting."""

    code = "nothing_to_put_away"


def _start(tx: Tx, call: Call, value: Json) -> TaskRow | None:
    lpn, waiting = waiting_lpn(tx, str(value.get("key")))
    if lpn is None or waiting is None:
        return None
    suggest(tx, waiting.id, lpn, reach_of(tx, lpn.site_id, call.worker_id))
    return lease(tx, waiting.task_id, worker_id=call.worker_id, device_id=call.device_id, data=_with_in_hand(waiting.data, lpn))


def _join(tx: Tx, call: Call) -> Answer:
    """One more pallet is taken along on the same way."""
    code = str(call.slots.get("lpn"))
    lpn, waiting = waiting_lpn(tx, code)
    if lpn is None:
        raise _no_pallet(code)
    if waiting is None or lpn.site_id != call.site_id:
        raise NothingToPutAway(f"{lpn.code} has not to be put away. Scan the bin of a pallet that you have, or another pallet.",
                               lpn=lpn.code)
    if waiting.task_id != call.held_task.id:
        leave_aisle(tx, waiting.task_id)  # this round has an aisle of its own
        lease(tx, waiting.task_id, worker_id=call.worker_id, device_id=call.device_id)  # TaskTaken when a colleague has it
        join_put_away(tx, waiting.id, waiting.task_id, call.held_task.id)
    suggest(tx, waiting.id, lpn, reach_of(tx, lpn.site_id, call.worker_id, call.held_task.narrow_mm))
    set_task_data(tx, call.held_task.id, _with_in_hand(call.held_task.data, lpn))
    return Answer(Message("put_away.joined", {"lpn": lpn.code}), task_id=call.held_task.id)


def _reprint(tx: Tx, call: Call) -> Answer:
    """The label of the pallet at hand comes out once more."""
    row = next((one for one in put_aways_of(tx, call.held_task.id) if call.form in (None, "join", f"p{one.id}")), None)
    if row is None or print_lpn_label(tx, row.lpn, document=str(call.held_task.document or ""), again=True) is None:
        raise NoPrinter("There is no printer for this label. Call the supervisor.", what="printer")
    return Answer(Message("put_away.reprinted", {"lpn": row.lpn}))


def _with_in_hand(data: Mapping[str, Any], lpn: Place) -> Json:
    return {"in_hand": list(dict.fromkeys([*data.get("in_hand", []), lpn.code]))}


def _claimed(tx: Tx, task: TaskRow) -> None:
    for row in put_aways_of(tx, task.id):
        if row.state == "open" and row.suggested is None:
            suggest(tx, row.id, lpn_by_id(tx, row.lpn_id), reach_of(tx, task.site_id, task.worker_id, task.narrow_mm))


def _build(tx: Tx, task: TaskRow) -> Json:
    loaded, forms = loaded_put_aways_of(tx, task.id), []
    rows = [row for row, *_ in loaded]
    for row, *more in loaded:
        scanned = row.lpn if row.lpn in task.data.get("in_hand", []) else None  # the scan that started this was its first
        slots = [slot("lpn", ["lpn"], "slot.lpn", expected=[row.lpn], value=scanned),
                 slot("to", ["location"], "slot.to", rule={"kind": ["bin", "hold", "stage"]},
                      suggested=[row.suggested] if row.suggested else None)]
        message = Message("put_away.to", {"lpn": row.lpn, "location": row.suggested or "?"})
        forms.append(form(f"p{row.id}", "put_away", message, slots,
                          {"lpn": row.lpn, "location": row.suggested, "level": row.suggested_level, "levels": row.suggested_levels, **_goods_on([row, *more])},
                          state="open" if row.state == "open" else "done"))
    codes = {row.suggested.upper(): [place_value(row.suggested, row.suggested_zone, row.suggested_kind, row.suggested_check)]
             for row in rows if row.suggested}
    join = form("join", "join", Message("put_away.join"), [slot("lpn", ["lpn"], "slot.lpn")], {})
    return {"forms": [*forms, {**join, "repeat": True}], "progress": progress(forms), "codes": codes}


def _goods_on(rows: list[Any]) -> Json:
    """What stands on an LPN, for the eyes: name and quantity where it is one item, else how many there are."""
    content = [row for row in rows if row.item is not None]
    quantity = sum(one.quantity for one in content)
    if len({one.item for one in content}) != 1:
        return {"quantity": quantity}
    return {"item": content[0].item, "name": content[0].name, "quantity": quantity, "lot": content[0].lot or None}


def _put_away(tx: Tx, call: Call) -> Answer:
    lpn, target = _lpn(tx, str(call.slots.get("lpn"))), location_by_code(tx, str(call.slots.get("to")))
    if {lpn.site_id, target.site_id} != {call.site_id}:
        raise NotFound(f"{target.code} or {lpn.code} is in another warehouse. Scan a bin of this one.", what=target.code)
    ended = put_away(tx, lpn, target, document=call.held_task.document)
    data = {"put_away": ended} if ended is not None else {}
    return Answer(Message("put_away.done", {"lpn": lpn.code, "location": target.code}), task_id=call.held_task.id,
                  data=data)


def _undo(tx: Tx, _call: Call, done: OperationRow) -> None:
    tell_pickers(tx, _lpn(tx, str(done.slots["lpn"])))
    if "put_away" in done.data:
        reopen_put_away(tx, int(done.data["put_away"]))
    elif done.task_id is not None:
        reopen_task(tx, task_by_id(tx, done.task_id))


def _leave_behind(tx: Tx, _call: Call, done: OperationRow) -> None:
    """A pallet that was taken along stays where it is: its put-away waits by itself again."""
    lpn = _lpn(tx, str(done.slots["lpn"]))
    waiting = open_put_away(tx, lpn)
    if waiting is None or done.task_id is None or waiting.task_id != done.task_id:
        raise CannotUndo("This pallet has been put away already.", kind=done.kind)
    round_ = task_by_id(tx, done.task_id)
    set_task_data(tx, round_.id, {"in_hand": [code for code in round_.data.get("in_hand", []) if code != lpn.code]})
    join_put_away(tx, waiting.id, None, put_away_task(tx, lpn, document=round_.document))


def _lpn(tx: Tx, code: str) -> Place:
    found = lpn_by_code(tx, code)
    if found is None:
        raise _no_pallet(code)
    return found


def _no_pallet(code: str) -> NotFound:
    return NotFound(f"There is no pallet {code}. Scan its label again.", what=code[:64])


PROCESS = Process(kind="put_away", build=_build, handlers={"put_away": _put_away, "join": _join, "reprint": _reprint}, start=_start,
                  start_types=frozenset({"lpn"}), undo={"put_away": _undo, "join": _leave_behind}, claimed=_claimed,
                  lasting={"reprint": "prints a label once more; paper cannot be taken back and books nothing"},
                  requests=frozenset({"join", "reprint"}), order=10)
