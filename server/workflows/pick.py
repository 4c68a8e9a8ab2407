"""Picking: bin by bin along the walk; a scan of the item, for trolleys one of the tote too."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from sqlalchemy import bindparam, text

from server.floor.choosing import Seeker, options
from server.floor.errors import CannotUndo
from server.floor.process import Answer, Call, Json, Message, OperationRow, Process
from server.kernel.errors import Invalid, NotFound
from server.kernel.transaction import Tx, in_list
from server.masterdata.codes import item_codes, lpn_code, place_value
from server.masterdata.item_pictures import seen_at
from server.masterdata.site_settings import site_settings
from server.masterdata.sites import Place
from server.stock.lpns import lpn_by_code
from server.wms.pick_tasks import lost_pick, open_group, others_at, taken_from, task_allocations
from server.wms.picking import (
    PickGone,
    Shortage,
    close_round,
    damaged,
    fell_short,
    pick,
    swap_serial,
    take_totes,
    tote_full,
)
from server.wms.picking_beyond import kept_here
from server.wms.reallocating import reallocate
from server.wms.releases import release_by_id
from server.wms.suspecting import withdraw_count, withdraw_suspicion
from server.wms.tasks import TaskRow, reopen_task, task_by_id, touch_task
from server.wms.unpicking import pick_on, releases_of, totes_off, unpick, unshort
from server.workflows.forms import form, progress, slot
from server.workflows.picked_more import asked, have, took, undo_have, undo_took
from server.workflows.surplus import damaged_of_none, given_away, handed, short_of_none, surplus

_PACKS = text(
    "SELECT item_id, level, quantity FROM pack WHERE item_id IN :ids AND quantity > 1 ORDER BY item_id, quantity DESC"
).bindparams(bindparam("ids", expanding=True))
_LOTS_HERE = text(
    "SELECT COUNT(DISTINCT g.lot) FROM balance b JOIN goods g ON g.id = b.goods_id LEFT JOIN lpn p ON p.id = b.holder_id "
    "WHERE COALESCE(p.location_id, b.holder_id) = :location_id AND g.item_id = :item_id AND b.quantity > 0"
)


def _start(tx: Tx, call: Call, value: Json) -> int | None:
    """An empty tote or trolley opens the next round and becomes its own."""
    place = lpn_by_code(tx, str(value.get("key")))
    if place is None or place.site_id != call.site_id or _holds_goods(tx, place):
        return None
    waiting = options(tx, Seeker(call.site_id, call.worker_id, call.device_id, "pick"))
    if not waiting:
        return None
    task = task_by_id(tx, waiting[0].id)
    releases = [int(number) for number in task.data["releases"]]
    take_totes(tx, task, place.code, None if place.kind == "trolley" else releases[0])
    return task.id


def _build(tx: Tx, task: TaskRow) -> Json:
    rows = task_allocations(tx, task.id)
    waiting = _without_tote(task, rows)
    if waiting:
        forms = [_tote_form(task, release_id, code) for release_id, code in waiting.items()]
        return {"forms": forms, "codes": {}, "progress": {"done": 0, "all": len(rows)}}
    needs_bin = site_settings(tx, task.site_id).pick_scan == "bin_item"
    groups = _groups(task, rows)
    packs = _packs_of(tx, rows)
    forms = [_form(tx, task, group, packs.get(group[0].item_id, ()), needs_bin=needs_bin) for group in groups]
    for one, other in pairwise(forms):
        one["info"]["location_next"] = other["info"]["location"]
    return {"forms": forms, "progress": progress(forms), "codes": _codes(tx, rows),
            "walk_m": task.data.get("walk_m")}


def _without_tote(task: TaskRow, rows: Sequence[Any]) -> dict[int, str]:
    """The orders of a round that have no tote yet: one stands for all where all go into one."""
    missing = {row.release_id: row.release for row in rows if row.state == "open" and row.tote_id is None}
    if task.data["picking"] == "batch" and missing:
        first = next(iter(missing))
        return {first: missing[first]}
    return missing


def _tote_form(task: TaskRow, release_id: int, code: str) -> Json:
    place = _place_on_trolley(task, release_id)
    return form(f"t{release_id}", "assign", Message("pick.tote", {"slot": place, "order": code}),
                [slot("tote", ["tote", "trolley"], "slot.tote")], {"slot": place, "order": code})


def _groups(task: TaskRow, rows: Sequence[Any]) -> list[list[Any]]:
    """The allocations of each form: one, or in batch rounds all of the same goods in the same place."""
    if task.data["picking"] != "batch":
        return [[row] for row in rows]
    groups: dict[tuple[int, int, bool], list[Any]] = {}
    for row in rows:
        groups.setdefault((row.holder_id, row.goods_id, row.state == "open"), []).append(row)
    return list(groups.values())


def _form(tx: Tx, task: TaskRow, group: Sequence[Any], packs: Sequence[Any], *, needs_bin: bool) -> Json:
    row = group[0]
    quantity = sum(one.quantity - (one.picked if one.state == "open" else 0) for one in group)
    place = _place_on_trolley(task, row.release_id)
    info = {"location": row.location, "zone": row.zone, "level": row.level, "levels": row.levels, "item": row.item, "name": row.name,
            "picture": seen_at(row.digest, row.picture), "quantity": quantity, "packs": _in_packs(packs, quantity),
            "lot": row.lot or None, "expiry": row.expiry_on.isoformat() if row.expiry_on else None, "lpn": row.lpn,
            "tote": row.tote, "slot": place if task.data["picking"] in ("cluster", "zone") else None}
    if row.suspect and row.state == "open":
        info |= {"rows": [], "notes": [Message("pick.suspect").to_json()]}
    message = Message("pick.take", {"quantity": quantity, "name": row.name, "location": row.location})
    made = form(f"a{row.id}", "pick", message, _slots(tx, task, row, quantity, needs_bin=needs_bin), info,
                state="open" if row.state == "open" else "done")
    return {**made, "shortable": True, "damageable": True}


def _slots(tx: Tx, task: TaskRow, row: Any, quantity: int, *, needs_bin: bool) -> list[Json]:
    slots = [slot("from", ["location"], "slot.from", expected=[row.location], optional=not needs_bin),
             slot("item", ["item"], "slot.item", expected=[row.item])]
    if row.tracks_lot and row.lot:
        is_alone = tx.scalar(_LOTS_HERE, location_id=row.location_id, item_id=row.item_id) == 1
        slots.append(slot("lot", ["lot"], "slot.lot", expected=[row.lot], default=row.lot if is_alone else None))
    if row.serial:
        slots.append(slot("serial", ["serial"], "slot.serial", suggested=[row.serial]))
    slots.append(slot("quantity", ["quantity"], "slot.quantity", mode="full", expected=quantity, min=quantity, max=quantity))
    is_cluster = task.data["picking"] in ("cluster", "zone") and len(task.data["releases"]) > 1
    slots.append(slot("to", ["tote"], "slot.tote_of", expected=[row.tote], default=None if is_cluster else row.tote))
    return slots


def _codes(tx: Tx, rows: Sequence[Any]) -> Json:
    codes: Json = item_codes(tx, {row.item_id for row in rows})
    codes |= {row.location.upper(): [place_value(row.location, row.zone, row.location_kind, row.check_digit)] for row in rows}
    for tote in {row.tote for row in rows if row.tote}:
        codes.update(lpn_code(tote, "tote"))
    return codes


def _pick(tx: Tx, call: Call) -> Answer:
    quantity = _number(call, "quantity", least=1)
    rows = _open(tx, call)
    lost = None if rows else lost_pick(tx, call.held_task.id, _allocation(call))
    if not rows and lost is None:
        return _of_none(tx, call, surplus(tx, call, quantity))
    first = rows[0] if lost is None else lost
    if call.slots.get("item") != first.item:
        raise Invalid(f"{str(call.slots.get('item'))[:64]} was scanned, {first.item} is wanted. Scan it again.", field="item")
    rows = kept_here(tx, call.held_task, lost, quantity) if lost is not None else _with_serial(tx, call, rows)
    tote = _tote(tx, call, first)
    done = pick(tx, rows, quantity, tote)
    if lost is not None:
        reallocate(tx, lost.release_line_id, call.held_task.id)
    if quantity > sum(taken for _, taken in done):
        return asked(tx, call, first, done, tote)
    ended = close_round(tx, call.held_task) or call.held_task.id in tx.ended_tasks
    message = Message("pick.done", {"quantity": quantity, "name": first.name})
    answer = Answer(Message("pick.round_done") if ended else message, data={"picks": done},
                    task_id=call.held_task.id if ended or lost is not None else None)
    return given_away(tx, call, answer, first, quantity)


def _short(tx: Tx, call: Call) -> Answer:
    quantity = _number(call, "quantity", least=0)
    rows = _open(tx, call)
    if not rows:
        return _of_none(tx, call, short_of_none(tx, call, quantity))
    if quantity >= sum(row.quantity - row.picked for row in rows):
        raise Invalid("That is all of it, not short. Scan on.", field="quantity")
    picks = pick(tx, rows, quantity, _tote(tx, call, rows[0])) if quantity else []
    rest = _rows(tx, call)
    found = fell_short(tx, call.held_task, rest, worker_id=call.worker_id, cause="short" if quantity else "empty")
    return _after(tx, call, "pick.short_done", rest[0], replace(found, kept={**found.kept, "picks": picks}))


def _damaged(tx: Tx, call: Call) -> Answer:
    quantity = _number(call, "quantity", least=1)
    rows = _open(tx, call)
    if not rows:
        return _of_none(tx, call, damaged_of_none(tx, call, quantity))
    found = damaged(tx, call.held_task, rows, quantity)
    return _after(tx, call, "pick.damaged_done", rows[0], found)


def _after(tx: Tx, call: Call, key: str, row: Any, found: Shortage) -> Answer:
    if not close_round(tx, call.held_task):
        touch_task(tx, call.held_task.id)
    args = {"location": row.location, "elsewhere": ", ".join(found.elsewhere) or "-", "reported": found.reported}
    return Answer(Message(key, args), task_id=call.held_task.id, data={
        "elsewhere": list(found.elsewhere), "reported": found.reported, **found.kept, "ended": _ended(tx, found)})


def _ended(tx: Tx, found: Shortage) -> list[int]:
    """The orders that ended because nothing at all was found of them."""
    releases = releases_of(tx, [number for number, _ in found.kept["given"]])
    return [number for number in releases if release_by_id(tx, number).state == "cancelled"]


def _assign(tx: Tx, call: Call) -> Answer:
    number = (call.form or "")[1:]
    taken = take_totes(tx, call.held_task, _text(call, "tote"), int(number) if number.isdigit() else None)
    task = touch_task(tx, call.held_task.id)
    return Answer(Message("pick.totes", {"count": taken.count}), task_id=task.id, data=taken.to_json(), task=task)


def _full(tx: Tx, call: Call) -> Answer:
    taken = tote_full(tx, call.held_task, _text(call, "tote"), _text(call, "to"))
    touch_task(tx, call.held_task.id)
    return Answer(Message("pick.new_tote", {"tote": _text(call, "to")}), task_id=call.held_task.id, data=taken.to_json())


def _undo_pick(tx: Tx, call: Call, done: OperationRow) -> None:
    picks = done.data["picks"]
    if "surplus" in done.data:
        return  # goods beyond the order: where they came from they lie again, and the round is as it was
    unpick(tx, picks)
    if done.data.get("asked"):
        withdraw_count(tx, done.data["asked"])
    _pick_on(tx, call, done, [number for number, _ in picks])


def _undo_short(tx: Tx, call: Call, done: OperationRow) -> None:
    """Short or damaged by mistake; the goods, or their status, are moved back already."""
    kept = done.data
    if "suspicion" in kept:
        withdraw_suspicion(tx, kept["suspicion"])
        for number in others_at(tx, _task_of(tx, done).id, int(kept["suspicion"]["location"])):
            touch_task(tx, number)
    if "surplus" in kept:
        return
    given = done.kept("given")
    unpick(tx, kept.get("picks", ()))
    unshort(tx, _task_of(tx, done), kept)
    for number in kept.get("apart", ()):
        close_round(tx, task_by_id(tx, number))
    _pick_on(tx, call, done, [number for number, _ in given])


def _pick_on(tx: Tx, call: Call, done: OperationRow, allocations: Sequence[int]) -> None:
    pick_on(tx, releases_of(tx, allocations), done.data.get("ended", ()), device_id=call.device_id)
    reopen_task(tx, _task_of(tx, done))
    touch_task(tx, _task_of(tx, done).id)


def _undo_totes(tx: Tx, _call: Call, done: OperationRow) -> None:
    task = _task_of(tx, done)
    if not totes_off(tx, task, done.kept("totes"), done.kept("before")):
        raise CannotUndo("This tote is not the round's any more. Undo what came after first.", kind=done.kind)
    touch_task(tx, task.id)


def _task_of(tx: Tx, done: OperationRow) -> TaskRow:
    if done.task_id is None:
        raise AssertionError(f"{done.kind} {done.op} belongs to no round")
    return task_by_id(tx, done.task_id)


def _of_none(tx: Tx, call: Call, answer: Answer | None) -> Answer:
    """What came of a line of which nothing is to be picked any more; PickGone where nothing did."""
    if answer is None:
        raise _gone(tx, call)
    return answer


def _rows(tx: Tx, call: Call) -> list[Any]:
    rows = _open(tx, call)
    if not rows:
        raise _gone(tx, call)
    return rows


def _open(tx: Tx, call: Call) -> list[Any]:
    return open_group(tx, call.held_task.id, _allocation(call), alone=call.held_task.data["picking"] != "batch")


def _allocation(call: Call) -> int:
    number = (call.form or "")[1:]
    if not number.isdigit() or len(number) > 15:
        raise NotFound(f"This round has no line {str(call.form)[:40]}.", what=str(call.form)[:40])
    return int(number)


def _gone(tx: Tx, call: Call) -> PickGone:
    return PickGone("This pick is not wanted any more. Put the goods back where you took them, and go on.",
                    item=str(call.slots.get("item"))[:64],
                    location=taken_from(tx, call.held_task.id, _allocation(call)) or str(call.slots.get("from"))[:64])


def _with_serial(tx: Tx, call: Call, rows: list[Any]) -> list[Any]:
    serial = call.slots.get("serial")
    if not rows[0].serial or serial in (None, rows[0].serial):
        return rows
    if not swap_serial(tx, rows[0], str(serial)):
        raise NotFound(f"Serial {str(serial)[:64]} is not in {rows[0].location}. Take {rows[0].serial}.", what=str(serial)[:64])
    return _rows(tx, call)


def _tote(tx: Tx, call: Call, row: Any) -> Place:
    code = call.slots.get("to") or row.tote
    if code and code == row.tote:
        return Place(row.tote_id, row.tote, row.site_id, "tote", row.tote_location_id, parent_id=row.tote_parent_id)
    place = lpn_by_code(tx, str(code)) if code else None
    if place is None or place.site_id != call.site_id or place.kind != "tote":
        raise NotFound(f"There is no tote {str(code)[:64]}. Scan the tote of this order.", what=str(code)[:64])
    if row.tote is not None and place.code != row.tote:
        raise Invalid(f"{place.code} is not the tote of this order; it is {row.tote}.", field="to")
    return place


def _holds_goods(tx: Tx, place: Place) -> bool:
    return bool(tx.scalar(_GOODS_IN, id=place.id))


_GOODS_IN = text("SELECT COUNT(*) FROM balance WHERE holder_id = :id AND quantity > 0")


def _packs_of(tx: Tx, rows: Sequence[Any]) -> dict[int, list[Any]]:
    """The packs of all the items of a round, largest first."""
    packs: dict[int, list[Any]] = defaultdict(list)
    for row in tx.rows(_PACKS, ids=in_list({row.item_id for row in rows})):
        packs[row.item_id].append(row)
    return packs


def _in_packs(packs: Sequence[Any], quantity: int) -> list[Json] | None:
    """As few packs as there can be, the largest first; None where it is only single pieces."""
    parts: list[Json] = []
    rest = quantity
    for row in packs:
        count, rest = divmod(rest, row.quantity)
        if count:
            parts.append({"count": count, "level": row.level, "quantity": row.quantity})
    return [*parts, {"count": rest, "level": "each", "quantity": 1}] if parts and rest else parts or None


def _place_on_trolley(task: TaskRow, release_id: int) -> str:
    """A, B, C ... of the trolley; numbers on one with more places than letters."""
    at = [int(number) for number in task.data["releases"]].index(release_id)
    return chr(ord("A") + at) if len(task.data["releases"]) <= 26 else str(at + 1)


def _number(call: Call, name: str, *, least: int) -> int:
    value = call.slots.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value < 10**12:
        raise Invalid(f"{str(value)[:32]} is not a quantity. Count again.", field=name)
    return value


def _text(call: Call, name: str) -> str:
    value = call.slots.get(name)
    if not isinstance(value, str) or not value:
        raise Invalid(f"Nothing was scanned as {name}. Scan it again.", field=name)
    return value


PROCESS = Process(kind="pick", build=_build, start=_start, start_types=frozenset({"tote", "trolley"}),
                  handlers={"pick": _pick, "short": _short, "damaged": _damaged, "assign": _assign, "full": _full, "have": have, "took": took,
                            "handed": handed},
                  lasting={"handed": "says in whose hands the goods are; books nothing"},
                  undo={"pick": _undo_pick, "short": _undo_short, "damaged": _undo_short, "assign": _undo_totes, "full": _undo_totes,
                        "have": undo_have, "took": undo_took},
                  requests=frozenset({"assign", "full"}), order=30)
