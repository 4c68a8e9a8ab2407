"""Returns: scan the return paper, the order or its parcel, then each piece; the scan of the grade commits."""

from datetime import date
from typing import Any

from sqlalchemy import text

from server.floor.exceptions import raise_exception
from server.floor.process import Answer, Call, Json, Message, OperationRow, Process
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.transaction import Tx
from server.masterdata.codes import card_codes, item_codes, location_codes
from server.printing.labels import print_lpn_label
from server.stock.goods import lot_without_code
from server.stock.lpns import lpn_by_code
from server.wms.inbound import inbound_by_code, reopen_inbound
from server.wms.receiving import close_if_complete
from server.wms.releases import release_by_code, release_by_id
from server.wms.return_papers import paper_to_receive
from server.wms.returning import (
    GRADES,
    Booked,
    Returned,
    begin_return,
    count_on_paper,
    dock_of,
    give_back_goods,
    lines_of,
    paper_by_code,
    paper_rest,
    release_of_parcel,
    returns_area,
    shipped_goods,
    unreturn,
)
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
from server.workflows.at_station import printer_here
from server.workflows.forms import form, progress, slot

_CARDS = frozenset(f"GRADE-{grade}" for grade in GRADES)
_OPEN_TASK = text(
    "SELECT id FROM task WHERE document = :document AND kind = 'return' AND state IN ('open', 'leased') "
    "AND (state = 'leased' OR site_id = :site_id) ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, id LIMIT 1"
)


def _start(tx: Tx, call: Call, value: Json) -> int | None:
    """A return paper, or blind: an order or a parcel of which something is still with the customer."""
    key, paper = str(value.get("key")), None
    if value["type"] == "lpn":
        release_id = release_of_parcel(tx, key)
    elif value.get("kind") == "return":
        paper = paper_to_receive(tx, key)
        release_id = paper.release_id if paper is not None else None
    else:
        release_id = release_by_code(tx, key).id if value.get("kind") == "order" else None
    if release_id is None:
        return None
    release = release_by_id(tx, release_id)
    if release.site_id != call.site_id or not any(line.shipped > line.returned for line in lines_of(tx, release_id)):
        return None
    if paper is not None:
        _begin(tx, paper)
    document = paper.code if paper is not None else release.code
    known = tx.scalar(_OPEN_TASK, document=document, site_id=call.site_id)
    return int(known) if known else make_task(tx, NewTask(
        site_id=call.site_id, kind="return", priority=4, document=document, subject_id=release_id,
        data={"paper": paper.code if paper is not None else None}))


def _begin(tx: Tx, paper: Any) -> None:
    if paper.state not in ("expected", "receiving"):
        raise Conflict(f"{paper.code} has been received. Scan the order to return more of it.", what=paper.code)
    begin_return(tx, paper.id)


def _build(tx: Tx, task: TaskRow) -> Json:
    lines = lines_of(tx, _release_id(task))
    area, dock = returns_area(tx, task.site_id), dock_of(tx, task.site_id)
    forms = [_form(tx, task, line, [*sorted(_CARDS), area.code, dock.code]) for line in lines]
    wanted = _on_paper(tx, task, lines)
    forms.sort(key=lambda one: (one["state"] != "open", not wanted.get(one["info"]["item"], 0)))
    codes: Json = {**card_codes(_CARDS), **item_codes(tx, {line.item_id for line in lines}), **location_codes(tx, {area.id, dock.id})}
    return {"forms": forms if task.done_at is None else [], "finish": True, "codes": codes, "progress": progress(forms)}


def _on_paper(tx: Tx, task: TaskRow, lines: list[Any]) -> dict[str, int]:
    paper = paper_by_code(tx, str(task.data["paper"])) if task.data.get("paper") else None
    return {} if paper is None else {line.item: paper_rest(tx, paper.id, line.item_id) for line in lines}


def _form(tx: Tx, task: TaskRow, line: Any, grades: list[str]) -> Json:
    rest, shipped = line.shipped - line.returned, shipped_goods(tx, line)
    slots = [slot("item", ["item"], "slot.item", expected=[line.item])]
    lots = sorted({row.lot for row in shipped if row.lot})
    if line.tracks_lot:
        slots.append(slot("lot", ["lot"], "slot.lot", suggested=lots, default=lots[0] if len(lots) == 1 else None))
    elif line.tracks_expiry:
        dates = sorted({row.expiry_on.isoformat() for row in shipped if row.expiry_on is not None})
        slots.append(slot("expiry", ["expiry"], "slot.expiry", suggested=dates, default=dates[0] if len(dates) == 1 else None))
    if line.tracks_serial:
        slots.append(slot("serial", ["serial"], "slot.serial", suggested=[row.serial for row in shipped if row.serial]))
    slots += [slot("quantity", ["quantity"], "slot.quantity", mode="each", min=1, max=1 if line.tracks_serial else max(rest, 1)),
              slot("grade", ["document", "location"], "slot.grade", expected=grades)]
    message = Message("return.line", {"quantity": rest, "name": line.name, "document": str(task.document)})
    info = {"order": task.document, "item": line.item, "name": line.name, "quantity": rest, "lot": ", ".join(lots) or None}
    return {**form(f"l{line.id}", "return", message, slots, info, state="open" if rest else "done"), "repeat": True}


def _return(tx: Tx, call: Call) -> Answer:
    line = _line(tx, call)
    quantity, rest = _number(call), line.shipped - line.returned
    lot, serial = _lot(call), _scanned(call, "serial")
    grade = _grade(tx, call, line, serial)
    lpn = lpn_by_code(tx, str(call.held_task.data.get("lpn")))
    fits = min(quantity, rest) if rest else quantity
    booked = give_back_goods(tx, Returned(line=line, quantity=fits, grade=grade, lot=lot, serial=serial,
                                          paper=str(call.held_task.data.get("paper") or "")), lpn)
    if booked.lpn is not None and (printer := printer_here(tx, call)):  # the first label of it comes out here, and not at the dock
        print_lpn_label(tx, booked.lpn.code, document=str(call.held_task.document), printer=printer)
    if quantity > fits:
        raise_exception(tx, call, "over_return", item=line.item, quantity=quantity - fits, order=str(call.held_task.document))
    return _answer(tx, call, line, booked, (fits, quantity))


def _answer(tx: Tx, call: Call, line: Any, booked: Booked, numbers: tuple[int, int]) -> Answer:
    task, (quantity, said) = call.held_task, numbers
    on_paper = _count(tx, task, line, quantity)
    data = {**task.data, "lpn": booked.lpn.code} if booked.lpn is not None else dict(task.data)
    set_task_data(tx, task.id, data)
    if not any(one.shipped > one.returned for one in lines_of(tx, line.release_id)):
        _close(tx, task)
    args = {"quantity": quantity, "name": line.name, "place": booked.lpn.code if booked.lpn is not None else booked.place.code}
    key = {"RESTOCK": "return.restocked", "QUARANTINE": "return.quarantined", "SCRAP": "return.scrapped"}[booked.grade]
    done = {"line": line.id, "quantity": quantity, "paper": on_paper, "grade": booked.grade, "lpn": booked.lpn.code if booked.lpn is not None else None}
    if said > quantity:
        return Answer(Message("return.too_many", {**args, "over": said - quantity}), task_id=task.id, data=done, code="over_return")
    return Answer(Message(key, args), task_id=task.id, data=done)


def _count(tx: Tx, task: TaskRow, line: Any, quantity: int) -> int:
    """Counts on the task's paper what it still expects; how much that was."""
    paper = paper_by_code(tx, str(task.data["paper"])) if task.data.get("paper") else None
    counted = min(quantity, paper_rest(tx, paper.id, line.item_id)) if paper is not None else 0
    if counted and paper is not None:
        count_on_paper(tx, paper.id, line.item_id, counted)
        if close_if_complete(tx, inbound_by_code(tx, paper.code)):
            finish_task(tx, task.id)
    return counted


def _close(tx: Tx, task: TaskRow) -> None:
    finish_task(tx, task.id)
    if task.data.get("paper"):
        close_if_complete(tx, inbound_by_code(tx, str(task.data["paper"])), force=True)


def _finish(tx: Tx, call: Call) -> Answer:
    _close(tx, call.held_task)
    return Answer(Message("return.closed", {"document": str(call.held_task.document)}), task_id=call.held_task.id)


def _undo(tx: Tx, _call: Call, done: OperationRow) -> None:
    if done.task_id is None:
        raise AssertionError(f"return {done.op} belongs to no task")
    task = task_by_id(tx, done.task_id)
    line = next(one for one in lines_of(tx, _release_id(task)) if one.id == done.data["line"])
    unreturn(tx, line, int(done.data["quantity"]), done.data.get("lpn"), grade=str(done.data.get("grade") or ""), paper=str(task.data.get("paper") or ""))
    if done.data.get("paper"):
        paper = paper_by_code(tx, str(task.data["paper"]))
        count_on_paper(tx, paper.id, line.item_id, -int(done.data["paper"]))
    _reopen(tx, task)


def _undo_finish(tx: Tx, _call: Call, done: OperationRow) -> None:
    if done.task_id is None:
        raise AssertionError(f"return {done.op} belongs to no task")
    _reopen(tx, task_by_id(tx, done.task_id))


def _reopen(tx: Tx, task: TaskRow) -> None:
    if task.data.get("paper"):
        reopen_inbound(tx, paper_by_code(tx, str(task.data["paper"])).id)
    reopen_task(tx, task)
    touch_task(tx, task.id)


def _grade(tx: Tx, call: Call, line: Any, serial: str) -> str:
    """The grade that was scanned; a unit that this order was never sent waits for the supervisor whatever was said."""
    said = _scanned(call, "grade")
    by_place = {dock_of(tx, call.site_id).code: "RESTOCK", returns_area(tx, call.site_id).code: "QUARANTINE"}
    grade = by_place.get(said, said.removeprefix("GRADE-"))
    if grade not in GRADES:
        raise Invalid(f"{said[:64]} is no grade. Scan RESTOCK, QUARANTINE or SCRAP.", field="grade")
    if serial and serial not in {row.serial for row in shipped_goods(tx, line)}:
        raise_exception(tx, call, "return_serial", serial=serial, item=line.item, order=str(call.held_task.document))
        return "QUARANTINE"
    return grade


def _line(tx: Tx, call: Call) -> Any:
    for line in lines_of(tx, _release_id(call.held_task)):
        if call.form == f"l{line.id}":
            if call.slots.get("item") != line.item:
                raise Invalid(f"{str(call.slots.get('item'))[:64]} was scanned, {line.item} is on this line.", field="item")
            if line.tracks_serial and not _scanned(call, "serial"):
                raise Invalid(f"{line.item} has serial numbers. Scan the serial number.", field="serial")
            return line
    raise NotFound(f"{call.held_task.document} has no line {str(call.form)[:40]}.", what=str(call.form)[:40])


def _lot(call: Call) -> str:
    expiry = _scanned(call, "expiry")
    try:
        return _scanned(call, "lot") or (lot_without_code(date.fromisoformat(expiry)) if expiry else "")
    except ValueError as error:
        raise Invalid(f"{expiry[:32]} is no date. Scan the expiry again.", field="expiry") from error


def _number(call: Call) -> int:
    value = call.slots.get("quantity")
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 10**12:
        raise Invalid(f"{str(value)[:32]} is not a quantity. Count again.", field="quantity")
    if value > 1 and call.slots.get("serial"):
        raise Invalid("A serial number is one piece. Scan each piece by itself.", field="quantity")
    return value


def _scanned(call: Call, name: str) -> str:
    value = call.slots.get(name) or ""
    if not isinstance(value, str) or len(value) > 64:
        raise Invalid(f"The {name} is no text of at most 64 characters. Scan it again.", field=name)
    return value


def _release_id(task: TaskRow) -> int:
    if task.subject_id is None:
        raise AssertionError(f"return task {task.id} names no release")
    return task.subject_id


PROCESS = Process(kind="return", build=_build, handlers={"return": _return, "finish": _finish}, start=_start,
                  undo={"return": _undo, "finish": _undo_finish},
                  start_types=frozenset({"document", "lpn"}), requests=frozenset({"finish"}), cards=_CARDS, order=70)
