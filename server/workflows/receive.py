"""Receiving against an ASN or purchase order: whole pallets by their SSCC, other lines by item and quantity.

What came beyond the paper is a fact too: the worker is asked, and it is booked on hold for the supervisor.
"""

from typing import Any

from sqlalchemy import text

from server.floor.exceptions import raise_exception
from server.floor.leases import give_back
from server.floor.process import NOTHING, Answer, Call, Json, Message, NextStep, OperationRow, Process
from server.kernel.errors import Invalid, NotFound, Refusal
from server.kernel.transaction import Tx
from server.masterdata.codes import item_codes
from server.masterdata.items import item_by_id
from server.masterdata.site_settings import site_settings
from server.wms.inbound import (
    InboundRow,
    begin_receiving,
    close_lines,
    guard_announced_once,
    inbound_by_code,
    inbound_lines,
    inbound_of_sscc,
    reopen_lines,
)
from server.wms.put_away import want_put_away
from server.wms.receiving import close_if_complete, pallet_of, receive, receive_extra, room_left
from server.wms.tasks import NewTask, TaskRow, finish_task, make_task, touch_task
from server.workflows.forms import form, progress, slot
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

_PAPERS = ("asn", "purchase_order")
_OPEN_TASK = text("SELECT id FROM task WHERE kind = 'receive' AND document = :code AND state IN ('open', 'leased')")
_SHORT_REASONS = ("supplier_short", "refused_goods", "later")


class AlreadyReceived(Refusal):
    """The pallet, or the whole paper, has been received before."""

    code = "already_received"


def _start(tx: Tx, call: Call, value: Json) -> int | None:
    code = value.get("key")
    if value["type"] == "lpn":
        code = inbound_of_sscc(tx, call.site_id, str(code))
    elif value.get("kind") not in _PAPERS:
        return None
    if code is None:
        return None
    begin_receiving(tx, inbound_by_code(tx, str(code)).id)
    paper = inbound_by_code(tx, str(code))
    if paper.site_id != call.site_id:
        raise NotFound(f"{paper.code} is expected in another warehouse. Call the supervisor.", what=paper.code)
    if paper.state not in ("expected", "receiving"):
        raise AlreadyReceived(f"{paper.code} has been received. Scan another paper or pallet.", document=paper.code)
    known = tx.scalar(_OPEN_TASK, code=paper.code)
    return int(known) if known else make_task(tx, NewTask(site_id=paper.site_id, kind="receive", priority=3,
                                                          document=paper.code))


def _build(tx: Tx, task: TaskRow) -> Json:
    lines = inbound_lines(tx, inbound_by_code(tx, str(task.document)).id)
    pallets: dict[str, list[Any]] = {}
    for line in lines:
        if line.sscc:
            pallets.setdefault(line.sscc, []).append(line)
    forms = [_pallet_form(sscc, on_it) for sscc, on_it in pallets.items()]
    forms.extend(_line_form(line) for line in lines if not line.sscc)
    codes = item_codes(tx, {line.item_id for line in lines if not line.sscc})  # so that it goes on without network
    return {"forms": forms, "finish": True, "codes": codes, "progress": progress(forms)}


def _pallet_form(sscc: str, lines: list[Any]) -> Json:
    is_done = all(line.received >= line.quantity for line in lines)
    info = {"lpn": sscc, "name": lines[0].name, "item": lines[0].item, "quantity": sum(line.quantity for line in lines)}
    return form(f"s{sscc}", "receive", Message("receive.pallet", {"sscc": sscc}),
                [slot("lpn", ["lpn"], "slot.lpn", expected=[sscc])], info, state="done" if is_done else "open")


def _line_form(line: Any) -> Json:
    rest = max(line.quantity - line.received, 0)
    slots = [slot("item", ["item"], "slot.item", expected=[line.item])]
    if line.tracks_lot:
        slots.append(slot("lot", ["lot"], "slot.lot", expected=[line.lot] if line.lot else None))
    if line.tracks_expiry:
        slots.append(slot("expiry", ["expiry"], "slot.expiry", expected=[line.expiry_on.isoformat()] if line.expiry_on else None))
    if line.tracks_serial:
        slots.append(slot("serial", ["serial"], "slot.serial"))
    slots.append(_quantity_slot(line))
    info = {"item": line.item, "name": line.name, "quantity": rest, "lot": line.lot or None,
            "expiry": line.expiry_on.isoformat() if line.expiry_on else None}
    made = form(f"l{line.id}", "receive", Message("receive.line", {"quantity": rest, "name": line.name}), slots, info,
                state="open" if rest else "done")
    return {**made, "damageable": True}


def _quantity_slot(line: Any) -> Json:
    if line.tracks_serial:
        return slot("quantity", ["quantity"], "slot.quantity", mode="full", expected=1, min=1, max=1)
    types = ["quantity", "weight"] if line.catch_weight else ["quantity"]
    return slot("quantity", types, "slot.quantity", mode="ask", min=1)


def _receive(tx: Tx, call: Call) -> Answer:
    paper = inbound_by_code(tx, str(call.held_task.document))
    begin_receiving(tx, paper.id)  # of two at one line the second sees what the first has left
    if "lpn" in call.slots:
        return _receive_pallet(tx, call, paper, str(call.slots["lpn"]))
    line, wanted = _line(tx, paper, call), quantity_of(call)
    fitting = min(wanted, room_left(line))
    receipts = [_book(tx, call, paper, line, quantity=fitting, status="available")] if fitting else []
    if fitting < wanted:
        return _ask_about_extra(tx, call, paper, line, extra=wanted - fitting, receipts=receipts)
    done = Message("receive.done", {"quantity": fitting, "name": line.name, "lpn": receipts[0].lpn})
    return _answer(tx, call, paper, done, receipts)


def _damaged(tx: Tx, call: Call) -> Answer:
    """Damaged goods are received as such: they count on their line, and nobody can pick them."""
    paper = inbound_by_code(tx, str(call.held_task.document))
    begin_receiving(tx, paper.id)
    line = _line(tx, paper, call)
    receipt = _book(tx, call, paper, line, quantity=min(quantity_of(call), max(room_left(line), 1)), status="damaged")
    raise_exception(tx, call, "received_damaged", document=paper.code, item=line.item, quantity=receipt.quantity)
    args = {"quantity": receipt.quantity, "name": line.name, "lpn": receipt.lpn}
    return _answer(tx, call, paper, Message("receive.damaged_done", args), [receipt])


def _extra(tx: Tx, call: Call) -> Answer:
    """The worker has more than the paper says, and has said so twice; by then the paper may be closed."""
    paper = inbound_by_code(tx, scanned(call, "document"))
    if paper.site_id != call.site_id:
        raise NotFound(f"{paper.code} is expected in another warehouse. Call the supervisor.", what=paper.code)
    line = _line(tx, paper, call)
    found = found_of(call, item_by_id(tx, line.item_id), quantity_of(call), owner_id=line.owner_id, line=line, status="hold")
    lpn, added = receive_extra(tx, paper, found, dock_of(tx, paper), "over")
    raise_exception(tx, call, "over_receipt", document=paper.code, item=line.item, quantity=found.quantity)
    done = Message("receive.extra_done", {"quantity": found.quantity, "name": line.name, "lpn": lpn.code})
    return Answer(done, data=kept([Receipt(added, found.quantity, lpn.code, added=True)]))


def _ask_about_extra(tx: Tx, call: Call, paper: InboundRow, line: Any, *, extra: int, receipts: list[Receipt]) -> Answer:
    booked = sum(one.quantity for one in receipts)
    slots = {**{name: value for name, value in call.slots.items() if value is not None}, "line": f"l{line.id}", "quantity": extra,
             "document": paper.code}
    question = Message("receive.more_than_expected", {"booked": booked, "extra": extra, "document": paper.code})
    answer = _answer(tx, call, paper, question, receipts)
    step = NextStep(Message("receive.extra_yes", {"quantity": extra}), "receive_extra", slots)
    return Answer(question, answer.task_id, answer.data, (step,), code="over_receipt")


def _book(tx: Tx, call: Call, paper: InboundRow, line: Any, *, quantity: int, status: str) -> Receipt:
    found = found_of(call, item_by_id(tx, line.item_id), quantity, owner_id=line.owner_id, line=line, status=status)
    lpn = receive(tx, paper, found, dock_of(tx, paper))
    return Receipt(line.id, quantity, lpn.code, damaged=quantity if status == "damaged" else 0)


def _receive_pallet(tx: Tx, call: Call, paper: InboundRow, sscc: str) -> Answer:
    lines = [line for line in inbound_lines(tx, paper.id) if line.sscc == sscc]
    dock = dock_of(tx, paper)
    lpn = pallet_of(tx, sscc, dock) if lines else None
    if lpn is None:
        raise AlreadyReceived(f"Pallet {sscc} has been received or is not on {paper.code}. Scan the next pallet.",
                              document=paper.code, lpn=sscc)
    for line in lines:
        receive(tx, paper, found_of(call, item_by_id(tx, line.item_id), line.quantity, owner_id=line.owner_id, line=line), dock, lpn)
    want_put_away(tx, lpn, document=paper.code)
    message, data = Message("receive.pallet_done", {"sscc": sscc}), kept([Receipt(one.id, one.quantity, sscc) for one in lines])
    if close_if_complete(tx, paper):
        finish_task(tx, call.held_task.id)
        return Answer(message, task_id=call.held_task.id, data=data)
    return Answer(message, data=data)  # the device knows that this form is done; a long paper is not sent again for each pallet


def _answer(tx: Tx, call: Call, paper: InboundRow, message: Message, receipts: list[Receipt]) -> Answer:
    if close_if_complete(tx, paper):
        finish_task(tx, call.held_task.id)
    else:
        touch_task(tx, call.held_task.id)
    return Answer(message, task_id=call.held_task.id, data=kept(receipts))


def _finish(tx: Tx, call: Call) -> Answer:
    paper = inbound_by_code(tx, str(call.held_task.document))
    lines, reason = inbound_lines(tx, paper.id), call.slots.get("reason")
    missing = sum(max(line.quantity - line.received, 0) for line in lines)
    if reason not in _SHORT_REASONS and _is_short(lines, site_settings(tx, paper.site_id).receive_under_percent):
        steps = tuple(NextStep(Message(f"receive.reason.{one}"), "finish", {"reason": one}) for one in _SHORT_REASONS)
        return Answer(Message("receive.why_short", {"document": paper.code, "missing": missing}), next=steps, code="under_receipt",
                      data=NOTHING)
    if reason == "later":
        give_back(tx, call.held_task.id, call.device_id)
        touch_task(tx, call.held_task.id)
        return Answer(Message("receive.goes_on", {"document": paper.code, "missing": missing}), task_id=call.held_task.id, data=NOTHING)
    before = [[line.id, line.closed_reason] for line in lines if line.received < line.quantity]
    close_lines(tx, paper.id, str(reason or "within_tolerance"))
    close_if_complete(tx, paper, force=True)
    finish_task(tx, call.held_task.id)
    return Answer(Message("receive.closed", {"document": paper.code, "missing": missing}), task_id=call.held_task.id,
                  data={"document": paper.code, "lines": before})


def _undo_finish(tx: Tx, call: Call, done: OperationRow) -> None:
    """Closed by mistake: what has not come is expected as before, unless it was announced again on another paper."""
    paper = inbound_by_code(tx, str(done.kept("document")))
    reopen_lines(tx, done.kept("lines"))
    guard_announced_once(tx, paper)
    reopen_paper(tx, call, done)


def _is_short(lines: list[Any], under_percent: int) -> bool:
    return any((line.quantity - line.received) * 100 > line.quantity * under_percent for line in lines)


def _line(tx: Tx, paper: InboundRow, call: Call) -> Any:
    number = call.form or call.slots.get("line")
    line = next((one for one in inbound_lines(tx, paper.id) if number == f"l{one.id}"), None)
    if line is None:
        raise NotFound(f"{paper.code} has no line {str(number)[:64]}.", what=str(number)[:64])
    if call.slots.get("item") != line.item:
        raise Invalid(f"{str(call.slots.get('item'))[:64]} was scanned, {line.item} is on this line. Scan it again.",
                      field="item")
    return line


PROCESS = Process(kind="receive", build=_build, start=_start, start_types=frozenset({"document", "lpn"}),
                  handlers={"receive": _receive, "damaged": _damaged, "receive_extra": _extra, "finish": _finish},
                  undo={"receive": undo_receipts, "damaged": undo_receipts, "receive_extra": undo_receipts, "finish": _undo_finish},
                  requests=frozenset({"finish"}), order=20)
