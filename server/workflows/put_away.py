"""Put-away: scan the pallet, then the bin; the house proposes one and says why another does not do."""

from server.floor.process import Answer, Call, Json, Message, OperationRow, Process
from server.kernel.errors import NotFound
from server.kernel.transaction import Tx
from server.masterdata.sites import Place, location_by_code
from server.stock.lpns import lpn_by_code, lpn_by_id
from server.wms.put_away import open_put_away, put_away, put_aways_of, reopen_put_away, suggest
from server.wms.tasks import TaskRow, reopen_task, set_task_data, task_by_id
from server.workflows.forms import form, progress, slot


def _start(tx: Tx, _call: Call, value: Json) -> int | None:
    lpn = lpn_by_code(tx, str(value.get("key")))
    waiting = open_put_away(tx, lpn) if lpn is not None else None
    if lpn is None or waiting is None:
        return None
    suggest(tx, waiting.id, lpn)
    in_hand = [*task_by_id(tx, waiting.task_id).data.get("in_hand", []), lpn.code]
    set_task_data(tx, waiting.task_id, {"in_hand": in_hand})
    return int(waiting.task_id)


def _claimed(tx: Tx, task: TaskRow) -> None:
    for row in put_aways_of(tx, task.id):
        if row.state == "open" and row.suggested is None:
            suggest(tx, row.id, lpn_by_id(tx, row.lpn_id))


def _build(tx: Tx, task: TaskRow) -> Json:
    forms = []
    for row in put_aways_of(tx, task.id):
        scanned = row.lpn if row.lpn in task.data.get("in_hand", []) else None  # the scan that started this was its first
        slots = [slot("lpn", ["lpn"], "slot.lpn", expected=[row.lpn], value=scanned),
                 slot("to", ["location"], "slot.to", rule={"kind": ["bin"]},
                      suggested=[row.suggested] if row.suggested else None)]
        message = Message("put_away.to", {"lpn": row.lpn, "location": row.suggested or "?"})
        forms.append(form(f"p{row.id}", "put_away", message, slots,
                          {"lpn": row.lpn, "location": row.suggested}, state="open" if row.state == "open" else "done"))
    return {"forms": forms, "progress": progress(forms)}


def _put_away(tx: Tx, call: Call) -> Answer:
    lpn, target = _lpn(tx, str(call.slots.get("lpn"))), location_by_code(tx, str(call.slots.get("to")))
    if {lpn.site_id, target.site_id} != {call.site_id}:
        raise NotFound(f"{target.code} or {lpn.code} is in another warehouse. Scan a bin of this one.", what=target.code)
    waiting = open_put_away(tx, lpn)
    put_away(tx, lpn, target, document=call.held_task.document)
    data = {"put_away": waiting.id} if waiting is not None else {}
    return Answer(Message("put_away.done", {"lpn": lpn.code, "location": target.code}), task_id=call.held_task.id,
                  data=data)


def _undo(tx: Tx, _call: Call, done: OperationRow) -> None:
    if "put_away" in done.data:
        reopen_put_away(tx, int(done.data["put_away"]))
    if done.task_id is not None:
        reopen_task(tx, task_by_id(tx, done.task_id))


def _lpn(tx: Tx, code: str) -> Place:
    found = lpn_by_code(tx, code)
    if found is None:
        raise NotFound(f"There is no pallet {code}. Scan its label again.", what=code[:64])
    return lpn_by_id(tx, found.id)


PROCESS = Process(kind="put_away", build=_build, handlers={"put_away": _put_away}, start=_start,
                  start_types=frozenset({"lpn"}), undo=_undo, claimed=_claimed, order=10)
