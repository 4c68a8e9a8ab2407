"""Receiving against an ASN or purchase order: whole pallets by their SSCC, other lines by item and quantity."""

from datetime import date
from typing import Any

from sqlalchemy import text

from server.floor.process import Answer, Call, Json, Message, Process
from server.kernel.errors import Invalid, NotFound, Refusal
from server.kernel.transaction import Tx
from server.masterdata.codes import item_codes
from server.masterdata.items import item_by_id
from server.masterdata.sites import Place, location_by_code
from server.wms.inbound import InboundRow, begin_receiving, inbound_by_code, inbound_lines, inbound_of_sscc
from server.wms.put_away import want_put_away
from server.wms.receiving import Received, close_if_complete, pallet_of, receive
from server.wms.tasks import NewTask, TaskRow, finish_task, make_task, touch_task
from server.workflows.forms import form, progress, slot

CODE_MAX = 64
_PAPERS = ("asn", "purchase_order")
_OPEN_TASK = text("SELECT id FROM task WHERE kind = 'receive' AND document = :code AND state IN ('open', 'leased')")
_DOCK = text("SELECT code FROM location WHERE site_id = :site_id AND kind = 'dock' AND blocked = 0 ORDER BY code LIMIT 1")


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
        slots.append(slot("expiry", ["expiry"], "slot.expiry"))
    if line.tracks_serial:
        slots.append(slot("serial", ["serial"], "slot.serial"))
    most = 1 if line.tracks_serial else _most(line)
    slots.append(slot("quantity", ["quantity"], "slot.quantity", mode="ask", min=1, max=max(most, 1)))
    info = {"item": line.item, "name": line.name, "quantity": rest, "lot": line.lot or None}
    return form(f"l{line.id}", "receive", Message("receive.line", {"quantity": rest, "name": line.name}), slots, info,
                state="open" if rest else "done")


def _most(line: Any) -> int:
    return int(line.quantity * (100 + line.over_percent) // 100 - line.received)


def _receive(tx: Tx, call: Call) -> Answer:
    paper = inbound_by_code(tx, str(call.held_task.document))
    if "lpn" in call.slots:
        return _receive_pallet(tx, call, paper, str(call.slots["lpn"]))
    line = _line(tx, paper, call.form)
    quantity = call.slots.get("quantity")
    if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 1:
        raise Invalid(f"{str(quantity)[:32]} is not a quantity. Count again.", field="quantity")
    if call.slots.get("item") != line.item:
        raise Invalid(f"{str(call.slots.get('item'))[:64]} was scanned, {line.item} is on this line. Scan it again.",
                      field="item")
    lpn = receive(tx, paper, _found(tx, line, quantity, call), _dock(tx, paper.site_id))
    return _answer(tx, call, paper, Message("receive.done", {"quantity": quantity, "name": line.name, "lpn": lpn.code}))


def _receive_pallet(tx: Tx, call: Call, paper: InboundRow, sscc: str) -> Answer:
    lines = [line for line in inbound_lines(tx, paper.id) if line.sscc == sscc]
    dock = _dock(tx, paper.site_id)
    lpn = pallet_of(tx, sscc, dock) if lines else None
    if lpn is None:
        raise AlreadyReceived(f"Pallet {sscc} has been received or is not on {paper.code}. Scan the next pallet.",
                              document=paper.code, lpn=sscc)
    for line in lines:
        receive(tx, paper, _found(tx, line, line.quantity, call), dock, lpn)
    want_put_away(tx, lpn, document=paper.code)
    message = Message("receive.pallet_done", {"sscc": sscc})
    if close_if_complete(tx, paper):
        finish_task(tx, call.held_task.id)
        return Answer(message, task_id=call.held_task.id)
    return Answer(message)  # the device knows that this form is done; a long paper is not sent again for each pallet


def _found(tx: Tx, line: Any, quantity: int, call: Call) -> Received:
    return Received(item=item_by_id(tx, line.item_id), owner_id=line.owner_id, quantity=quantity, line_id=line.id,
                    lot=_scanned(call, "lot") or line.lot or "", serial=_scanned(call, "serial"),
                    expiry_on=_expiry(call) or line.expiry_on)


def _scanned(call: Call, name: str) -> str:
    value = call.slots.get(name) or ""
    if not isinstance(value, str) or len(value) > CODE_MAX:
        raise Invalid(f"The {name} is no text of at most {CODE_MAX} characters. Scan it again.", field=name)
    return value


def _expiry(call: Call) -> date | None:
    value = _scanned(call, "expiry")
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise Invalid(f"{value} is no date. Scan the expiry date again.", field="expiry") from error


def _answer(tx: Tx, call: Call, paper: InboundRow, message: Message) -> Answer:
    if close_if_complete(tx, paper):
        finish_task(tx, call.held_task.id)
    else:
        touch_task(tx, call.held_task.id)
    return Answer(message, task_id=call.held_task.id)


def _finish(tx: Tx, call: Call) -> Answer:
    paper = inbound_by_code(tx, str(call.held_task.document))
    missing = sum(max(line.quantity - line.received, 0) for line in inbound_lines(tx, paper.id))
    close_if_complete(tx, paper, force=True)
    finish_task(tx, call.held_task.id)
    return Answer(Message("receive.closed", {"document": paper.code, "missing": missing}), task_id=call.held_task.id)


def _line(tx: Tx, paper: InboundRow, number: str | None) -> Any:
    for line in inbound_lines(tx, paper.id):
        if number == f"l{line.id}":
            return line
    raise NotFound(f"{paper.code} has no line {number}.", what=str(number)[:64])


def _dock(tx: Tx, site_id: int) -> Place:
    code = tx.scalar(_DOCK, site_id=site_id)
    if code is None:
        raise NotFound("This warehouse has no dock. Make a location of kind dock.", what="dock")
    return location_by_code(tx, code)


PROCESS = Process(kind="receive", build=_build, handlers={"receive": _receive, "finish": _finish}, start=_start,
                  start_types=frozenset({"document", "lpn"}), requests=frozenset({"finish"}), order=20)
