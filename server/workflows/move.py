"""Moving by hand: a whole LPN, or loose goods out of a bin whose content is shown; the scan of the destination commits."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import text

from server.floor.exceptions import close_exceptions, raise_exception, reopen_exceptions
from server.floor.leases import held_tasks
from server.floor.process import NOTHING, Answer, Call, Json, Message, NextStep, OperationRow, Process
from server.kernel.errors import Invalid, NotFound
from server.kernel.transaction import Tx
from server.masterdata.codes import item_codes, location_codes, lpn_code
from server.masterdata.items import item_by_code
from server.masterdata.sites import Place, location_by_id
from server.stock.goods import GoodsKey, goods_id, goods_of, lot_without_code
from server.stock.lpns import lpn_by_code
from server.wms.enquiring import in_bin, in_lpn
from server.wms.holding import Which, hold
from server.wms.moving import (
    KeptForOrders,
    Taken,
    give_back_found,
    is_parcel,
    move_goods,
    move_whole,
    place_called,
    tell_pickers,
)
from server.wms.put_away import reopen_put_away
from server.wms.reallocating import regain
from server.wms.suspecting import ask_for_count, withdraw_count, withdraw_suspicion
from server.wms.tasks import NewTask, TaskRow, cancel_task, finish_task, make_task, set_task_data
from server.workflows.away import move_goods_as_seen, move_lpn_as_seen
from server.workflows.enquire import lpn_rows, means_this
from server.workflows.forms import form, opening_slots, slot

_HOLDERS = ("lpn", "tote", "trolley")
_MINE = text("SELECT op, slots FROM operation WHERE op = :op AND device_id = :device_id AND kind = 'move' "
             "AND status = 'applied' AND undone_by IS NULL")
_NOTE = text("UPDATE floor_exception SET note = :note WHERE op = :op AND state = 'open'")


def _start(tx: Tx, call: Call, value: Json) -> int | None:
    """An LPN is taken up as it is; an item out of the bin or LPN that this device is just being shown."""
    data = _whole(tx, call, value) if value["type"] in _HOLDERS else _loose(tx, call, value)
    return None if data is None else make_task(tx, NewTask(site_id=call.site_id, kind="move", priority=9, data=data))


def _whole(tx: Tx, call: Call, value: Json) -> Json | None:
    lpn = lpn_by_code(tx, str(value.get("key")))
    if lpn is None or lpn.site_id != call.site_id or is_parcel(tx, lpn) or location_by_id(tx, lpn.location_id).is_account:
        return None
    return {"lpn": lpn.code} if means_this(tx, call, value["type"], lpn) else None


def _loose(tx: Tx, call: Call, value: Json) -> Json | None:
    """Out of what is shown: None when nothing is, or the item does not lie there."""
    shown = next((task.data for task in held_tasks(tx, call.device_id) if task.kind == "enquire"), None)
    if shown is None or shown["type"] not in ("location", *_HOLDERS):
        return None
    data = {"place": shown["key"], "item": value.get("key"), **{name: value.get(name) for name in ("lot", "serial", "expiry")}}
    rows = _there(tx, call.site_id, data)
    if rows and all(row.allocated >= row.quantity for row in rows):
        raise KeptForOrders(f"All of it in {shown['key']} is kept for orders.", location=shown["key"],
                            quantity=sum(row.quantity for row in rows))
    return data if rows else None


def _there(tx: Tx, site_id: int, data: Json) -> list[Any]:
    """The goods that a scan of an item in a place can mean, one row for each holder, lot and status."""
    place = place_called(tx, site_id, str(data["place"]))
    rows = in_bin(tx, place.id) if place.id == place.location_id else in_lpn(tx, place)
    mine = [row for row in rows if row.item == data["item"] and data.get("lot") in (None, row.lot)
            and data.get("serial") in (None, row.serial)]
    first = {(row.holder_id, row.lot, row.status): row for row in reversed(mine)}
    return sorted(first.values(), key=lambda row: (row.allocated >= row.quantity, row.status != "available", mine.index(row)))


def _build(tx: Tx, task: TaskRow) -> Json:
    if task.done_at is not None:
        return {"forms": [], "progress": {"done": 1, "all": 1}}
    if "lpn" in task.data:
        return _build_whole(tx, task)
    rows = _there(tx, task.site_id, dict(task.data))
    forms = [_goods_form(task, row, rows) for row in rows]
    codes: Json = {**item_codes(tx, {row.item_id for row in rows}), **location_codes(tx, {row.location_id for row in rows})}
    for row in rows:
        codes.update(lpn_code(row.lpn, "pallet") if row.lpn else {})
    return {"forms": forms, "codes": codes, "finish": True, "progress": {"done": 0, "all": 1}, "document": task.data["place"]}


def _build_whole(tx: Tx, task: TaskRow) -> Json:
    code = str(task.data["lpn"])
    place = location_by_id(tx, place_called(tx, task.site_id, code).location_id).code
    slots = [slot("lpn", _HOLDERS, "slot.lpn", expected=[code], value=code),
             slot("to", ["location", *_HOLDERS], "slot.to_place")]
    one = form("p", "move", Message("move.take_lpn", {"lpn": code, "location": place}), slots,
               {"lpn": code, "name": place, "rows": lpn_rows(tx, code)})
    other = form("o", "start", Message("enquire.anything"), [one for one in opening_slots() if one["name"] not in ("lpn", "location")], {})
    return {"forms": [one, {**other, "repeat": True}], "finish": True, "document": code, "progress": {"done": 0, "all": 1}}


def _goods_form(task: TaskRow, row: Any, rows: Sequence[Any]) -> Json:
    number = f"g{row.holder_id}.{row.goods_id}"
    free = max(row.quantity - row.allocated, 1)
    quantity = int(task.data.get("take", {}).get(number, 1 if row.serial else free))
    lots = {one.lot for one in rows if (one.lpn or one.location) == (row.lpn or row.location)}
    info = {"location": row.location, "lpn": row.lpn, "item": row.item, "name": row.name, "quantity": quantity, "lot": row.lot or None,
            "expiry": row.expiry_on.isoformat() if row.expiry_on else None, "kept": row.allocated, "status": row.status,
            "notes": [Message("note.allocated", {"quantity": row.allocated}).to_json()] if row.allocated else []}
    holder, single = row.lpn or row.location, len({one.lpn or one.location for one in rows}) == 1
    slots = [slot("from", ["location", *_HOLDERS], "slot.from_which", expected=[holder], value=holder if single else None),
             slot("item", ["item"], "slot.item", expected=[row.item], value=row.item),
             *_tracked(task, row, is_alone=len(lots) == 1),
             slot("quantity", ["quantity"], "slot.quantity", mode="full", expected=quantity, default=quantity, min=1,
                  max=1 if row.serial else None),
             slot("to", ["location", *_HOLDERS], "slot.to_place")]
    message = Message("move.take", {"quantity": quantity, "name": row.name, "location": holder})
    return {**form(number, "move", message, slots, info), "shortable": not row.serial, "damageable": row.status == "available"}


def _tracked(task: TaskRow, row: Any, *, is_alone: bool) -> list[Json]:
    if row.serial:
        return [slot("serial", ["serial"], "slot.serial", suggested=[row.serial], value=task.data.get("serial"))]
    if not row.lot or (is_alone and task.data.get("lot") is None):
        return []
    if row.expiry_on is not None and row.lot == lot_without_code(row.expiry_on):
        return [slot("expiry", ["expiry"], "slot.expiry", expected=[row.expiry_on.isoformat()], value=task.data.get("expiry"))]
    return [slot("lot", ["lot"], "slot.lot", expected=[row.lot], value=task.data.get("lot"))]


def _move(tx: Tx, call: Call) -> Answer:
    target = place_called(tx, call.site_id, _text(call, "to"))
    if "lpn" in call.slots:
        lpn = place_called(tx, call.site_id, _text(call, "lpn"))
        if call.task is None:
            return move_lpn_as_seen(tx, call, lpn, target)
        ended = move_whole(tx, lpn, target)
        finish_task(tx, call.task.id)
        return Answer(Message("move.lpn_done", {"lpn": lpn.code, "location": target.code}), task_id=call.task.id,
                      data={"lpn": lpn.code, "put_away": ended})
    if call.task is None:
        return move_goods_as_seen(tx, call, target)
    origin, goods, number = _from_form(tx, call)
    taken = move_goods(tx, goods, number, _number(call), (origin, target), worker_id=call.worker_id)
    finish_task(tx, call.held_task.id)
    return _moved(tx, call, origin, target, taken)


def _moved(tx: Tx, call: Call, origin: Place, target: Place, taken: Taken) -> Answer:
    """Says what was booked; what the book did not know goes to the supervisor, and the worker may correct it."""
    item = item_by_code(tx, _text(call, "item"))
    args = {"quantity": taken.moved + taken.over, "name": item.name, "location": target.code}
    done: Json = {"task_id": call.held_task.id, "data": {"moved": taken.moved, "over": taken.over, "kept": taken.kept,
                                                            "asked": taken.asked}}
    if taken.elsewhere is not None:
        raise_exception(tx, call, "serial_elsewhere", serial=call.slots.get("serial"), location=taken.elsewhere, found=origin.code)
    if taken.over:
        said = _number(call)
        raise_exception(tx, call, "moved_more", item=item.code, location=origin.code, quantity=taken.over)
        steps = (NextStep(Message("move.have", {"quantity": said}), "have", {"op": call.op}),
                 NextStep(Message("move.took", {"quantity": said - taken.over}), "took", {"op": call.op}))
        return Answer(Message("move.more_than_booked", {**args, "booked": said - taken.over, "from": origin.code}), next=steps, code="short", **done)
    if taken.kept:
        return Answer(Message("move.kept", {**args, "kept": taken.kept, "from": origin.code}), code="kept_for_orders", **done)
    return Answer(Message("move.done", args), **done)


def _fewer(tx: Tx, call: Call) -> Answer:
    """SHORT: not all of it goes; the form asks for the destination of so many."""
    quantity = call.slots.get("quantity")
    if quantity == 0:
        cancel_task(tx, call.held_task.id)
        origin, _, _ = _from_form(tx, call)
        data: Json = dict(NOTHING)
        if location_by_id(tx, origin.location_id).kind == "bin":
            data = {"suspicion": ask_for_count(tx, origin.location_id, "empty", worker_id=call.worker_id)}
        return Answer(Message("move.nothing"), task_id=call.held_task.id, data=data)
    set_task_data(tx, call.held_task.id, {**call.held_task.data, "take": {str(call.form): _number(call)}})
    return Answer(Message("move.fewer", {"quantity": _number(call)}), task_id=call.held_task.id, data=NOTHING)


def _damaged(tx: Tx, call: Call) -> Answer:
    """DAMAGED: so many stay where they are and are not given out any more."""
    origin, goods, _ = _from_form(tx, call)
    which = Which(site_id=call.site_id, place=origin, item=_text(call, "item"), lot=goods.lot, quantity=_number(call))
    done = hold(tx, which, "DAMAGED")
    finish_task(tx, call.held_task.id)
    return Answer(Message("move.damaged", {"quantity": done.quantity, "location": origin.code}), task_id=call.held_task.id,
                  data={"lost": done.lost})


def _have(tx: Tx, call: Call) -> Answer:
    """The worker is sure of what was said: the supervisor reads that beside the exception."""
    _guard_mine(tx, call)
    tx.execute(_NOTE, {"op": _text(call, "op"), "note": f"{call.worker_name} is sure"})
    return Answer(Message("move.noted"))


def _took(tx: Tx, call: Call) -> Answer:
    """Only what was booked was taken: what had come from nowhere goes back there."""
    _guard_mine(tx, call)
    back = give_back_found(tx, call.site_id, _text(call, "op"))
    close_exceptions(tx, _text(call, "op"), f"corrected by {call.worker_name}")
    return Answer(Message("move.corrected", {"quantity": back}), data={"back": back})


def _finish(tx: Tx, call: Call) -> Answer:
    cancel_task(tx, call.held_task.id)
    return Answer(Message("move.nothing"), task_id=call.held_task.id)


def _undo(tx: Tx, _call: Call, done: OperationRow) -> None:
    if done.data.get("asked"):
        withdraw_count(tx, done.data["asked"])
    lpn = lpn_by_code(tx, str(done.data["lpn"])) if "lpn" in done.data else None
    if lpn is not None:
        tell_pickers(tx, lpn)
    if done.data.get("put_away") is not None:
        reopen_put_away(tx, int(done.data["put_away"]))


def _undo_fewer(tx: Tx, _call: Call, done: OperationRow) -> None:
    """Nothing was said to be there by mistake: nobody has to count it for that."""
    withdraw_suspicion(tx, done.kept("suspicion"))


def _undo_damaged(tx: Tx, _call: Call, done: OperationRow) -> None:
    """The change of status is reversed already: orders that went short for it get the goods."""
    regain(tx, done.data.get("lost", ()))


def _undo_took(tx: Tx, _call: Call, done: OperationRow) -> None:
    """What was found beyond the book stands again: the supervisor looks at it as before."""
    if done.data["back"]:
        reopen_exceptions(tx, str(done.slots["op"]))


def _guard_mine(tx: Tx, call: Call) -> None:
    if tx.row(_MINE, op=_text(call, "op"), device_id=call.device_id) is None:
        raise NotFound("That move was not made on this device, or was undone. Ask the supervisor.", what="move")


def _from_form(tx: Tx, call: Call) -> tuple[Place, GoodsKey, int]:
    """The holder and goods that the form named, as far as they are what was scanned; another serial is another unit."""
    holder, _, number = (call.form or "")[1:].partition(".")
    origin = place_called(tx, call.site_id, _text(call, "from"))
    if not number.isdigit() or len(number) > 15 or holder != str(origin.id):
        raise NotFound(f"{origin.code} is not where these goods were shown. Scan the bin again.", what=origin.code)
    goods, item = goods_of(tx, int(number)), item_by_code(tx, _text(call, "item"))
    if goods.item_id != item.id or _lot(call) not in ("", goods.lot):
        raise Invalid(f"{item.code} was scanned, other goods were shown. Scan the bin again.", field="item")
    serial = call.slots.get("serial")
    if goods.serial and serial != goods.serial:
        goods = GoodsKey(goods.item_id, goods.owner_id, goods.lot, _text(call, "serial"), goods.status)
        return origin, goods, goods_id(tx, goods)
    return origin, goods, int(number)


def _lot(call: Call) -> str:
    if call.slots.get("expiry"):
        try:
            return lot_without_code(date.fromisoformat(str(call.slots["expiry"])))
        except ValueError as error:
            raise Invalid(f"{str(call.slots['expiry'])[:32]} is no date. Scan the expiry again.", field="expiry") from error
    return str(call.slots.get("lot") or "")


def _number(call: Call) -> int:
    value = call.slots.get("quantity")
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 10**12:
        raise Invalid(f"{str(value)[:32]} is not a quantity. Count again.", field="quantity")
    return value


def _text(call: Call, name: str) -> str:
    value = call.slots.get(name)
    if not isinstance(value, str) or not value:
        raise Invalid(f"Nothing was scanned as {name}. Scan it again.", field=name)
    return value


PROCESS = Process(
    kind="move", build=_build, start=_start, start_types=frozenset({*_HOLDERS, "item"}), passing=True, order=80,
    undo={"move": _undo, "short": _undo_fewer, "damaged": _undo_damaged, "took": _undo_took},
    lasting={"have": "a remark for the supervisor beside the exception", "finish": "lays down what was only looked at"},
    handlers={"move": _move, "short": _fewer, "damaged": _damaged, "have": _have, "took": _took, "finish": _finish},
    requests=frozenset({"short", "have", "finish"}))
