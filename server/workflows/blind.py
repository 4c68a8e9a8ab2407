"""Blind receiving: scan the dock, then whatever came; nobody announced it, so nothing is compared."""

from sqlalchemy import text

from server.floor.process import Answer, Call, Json, Message, Process
from server.kernel.transaction import Tx
from server.masterdata.codes import location_codes
from server.masterdata.items import item_by_code
from server.masterdata.parties import own_stock
from server.masterdata.sites import location_by_code
from server.wms.inbound import add_line, inbound_by_code, inbound_lines, open_blind
from server.wms.receiving import close_if_complete, receive
from server.wms.tasks import NewTask, TaskRow, finish_task, make_task, touch_task
from server.workflows.forms import form, slot
from server.workflows.receipts import (
    Receipt,
    dock_of,
    found_of,
    kept,
    quantity_of,
    reopen_paper,
    scanned,
    undo_receipts,
)

_OPEN_TASK = text("SELECT t.id FROM task t JOIN inbound n ON n.code = t.document WHERE t.kind = 'blind' "
                  "AND n.dock_id = :dock_id AND t.state = 'leased' AND t.device_id = :device_id")
_LAST = 3


def _start(tx: Tx, call: Call, value: Json) -> int | None:
    if value.get("kind") != "dock":
        return None
    dock = location_by_code(tx, str(value.get("key")))
    if dock.site_id != call.site_id:
        return None
    known = tx.scalar(_OPEN_TASK, dock_id=dock.id, device_id=call.device_id)
    if known is not None:
        return int(known)
    paper = open_blind(tx, call.site_id, dock.id)
    return make_task(tx, NewTask(site_id=call.site_id, kind="blind", priority=3, document=paper.code, subject_id=dock.id))


def _build(tx: Tx, task: TaskRow) -> Json:
    paper = inbound_by_code(tx, str(task.document))
    dock, lines = dock_of(tx, paper), inbound_lines(tx, paper.id)
    slots = [slot("item", ["item"], "slot.item"), slot("lot", ["lot"], "slot.lot", optional=True),
             slot("expiry", ["expiry"], "slot.expiry", optional=True), slot("serial", ["serial"], "slot.serial", optional=True),
             slot("quantity", ["quantity"], "slot.quantity", mode="ask", min=1)]
    last = [{"title": line.name, "sub": line.lot, "value": line.received, "notes": []} for line in lines[-_LAST:][::-1]]
    one = form("blind", "receive", Message("blind.scan", {"location": dock.code}), slots,
               {"location": dock.code, "rows": last}, state="open" if paper.state in ("expected", "receiving") else "done")
    return {"forms": [{**one, "repeat": True, "damageable": True}], "finish": True, "codes": location_codes(tx, [dock.id]),
            "progress": {"done": len(lines), "all": len(lines)}}


def _receive(tx: Tx, call: Call) -> Answer:
    return _book(tx, call, "available")


def _damaged(tx: Tx, call: Call) -> Answer:
    return _book(tx, call, "damaged")


def _book(tx: Tx, call: Call, status: str) -> Answer:
    paper = inbound_by_code(tx, str(call.held_task.document))
    item, quantity = item_by_code(tx, scanned(call, "item")), quantity_of(call)
    found = found_of(call, item, quantity, owner_id=own_stock(tx), status=status)
    line_id = add_line(tx, paper, item.id, quantity, lot=found.lot, expiry_on=found.expiry_on, reason="blind")
    line = next(one for one in inbound_lines(tx, paper.id) if one.id == line_id)
    lpn = receive(tx, paper, found_of(call, item, quantity, owner_id=line.owner_id, line=line, status=status), dock_of(tx, paper))
    touch_task(tx, call.held_task.id)
    damaged = quantity if status == "damaged" else 0
    key = "receive.damaged_done" if damaged else "receive.done"
    return Answer(Message(key, {"quantity": quantity, "name": item.name, "lpn": lpn.code}), task_id=call.held_task.id,
                  data=kept([Receipt(line_id, quantity, lpn.code, damaged=damaged, added=True)]))


def _finish(tx: Tx, call: Call) -> Answer:
    paper = inbound_by_code(tx, str(call.held_task.document))
    count = len(inbound_lines(tx, paper.id))
    close_if_complete(tx, paper, force=True)
    finish_task(tx, call.held_task.id)
    return Answer(Message("blind.closed", {"document": paper.code, "count": count}), task_id=call.held_task.id,
                  data={"document": paper.code})


PROCESS = Process(kind="blind", build=_build, start=_start, start_types=frozenset({"location"}),
                  undo={"receive": undo_receipts, "damaged": undo_receipts, "finish": reopen_paper},
                  handlers={"receive": _receive, "damaged": _damaged, "finish": _finish}, requests=frozenset({"finish"}),
                  order=16)
