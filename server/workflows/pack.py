"""Packing: scan the tote, its items, then the label that came out; the label on the parcel is the proof."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import text

from labels.template import TEXT_LONGEST
from server.floor.exceptions import raise_exception
from server.floor.process import NOTHING, Answer, Call, Json, Message, OperationRow, Process
from server.kernel.errors import Invalid, Refusal
from server.kernel.transaction import Tx
from server.masterdata.carton_types import carton_types_of
from server.masterdata.codes import card_codes, carton_codes, item_codes, lpn_code
from server.masterdata.site_settings import site_settings
from server.masterdata.sites import Place
from server.printing.queue import NewLabel, label_seen, last_job, print_label, reprint_label
from server.stock.lpns import lpn_by_code, lpn_by_id
from server.wms.packing import (
    AlreadyOnItsWay,
    Unweighed,
    carton_by_code,
    carton_content,
    cartons_of,
    close_packing,
    guard_packing_open,
    missing_at_packing,
    pack,
    reopen_packing,
    to_pack,
    totes_of,
    unpack,
    unverify_carton,
    verify_carton,
)
from server.wms.parcel_weights import close_parcel, judge_parcel, note_wrong, reopen_parcel
from server.wms.releases import release_by_code, release_by_id, release_lines, set_release_state
from server.wms.taken_cartons import TakenCarton, retake, taken_of
from server.wms.tasks import TaskRow, finish_task, reopen_task, task_by_id, touch_task
from server.workflows.at_station import printer_here
from server.workflows.forms import form, progress, slot
from server.workflows.weighing import (
    WEIGHT_CARDS,
    NotOnTheScale,
    carton_of,
    explained,
    grams_of,
    reason_of,
    taken_after_all,
    ways_on,
    weigh_form,
    what_is_wrong,
)

_OF_RELEASE = text(
    "SELECT id FROM task WHERE kind = 'pack' AND subject_id = :release_id AND state IN ('open', 'leased') "
    "ORDER BY id LIMIT 1"
)
_OF_TOTE = text(
    "SELECT DISTINCT t.id, t.priority, CASE WHEN t.device_id = :device_id THEN 0 WHEN t.state = 'open' THEN 1 ELSE 2 END AS whose "
    "FROM allocation a JOIN release_line l ON l.id = a.release_line_id AND l.picked > l.packed "
    "JOIN task t ON t.kind = 'pack' AND t.subject_id = l.release_id AND t.state IN ('open', 'leased') "
    "WHERE a.tote_id = :tote_id AND a.picked > 0 ORDER BY 3, t.priority, t.id LIMIT 1"
)


class LabelUnread(Refusal):
    """Packing was said to be done while the label of a parcel has not been scanned from it."""

    code = "label_unread"


class WrongLabel(Refusal):
    """The label that was read belongs to another parcel."""

    code = "wrong_label"


def _start(tx: Tx, call: Call, value: Json) -> int | None:
    if value["type"] == "document":
        if value.get("kind") != "order":
            return None
        found = tx.scalar(_OF_RELEASE, release_id=release_by_code(tx, str(value.get("key"))).id)
        return int(found) if found is not None else None
    tote = lpn_by_code(tx, str(value.get("key")))
    row = tx.row(_OF_TOTE, tote_id=tote.id, device_id=call.device_id) if tote is not None else None
    return int(row.id) if row is not None else None


def _build(tx: Tx, task: TaskRow) -> Json:
    release_id = _release_id(task)
    rest, cartons = to_pack(tx, release_id), cartons_of(tx, release_id)
    forms = [weigh_form(row, judge_parcel(tx, task.site_id, row, row.scale_g)) if row.state == "open" else _label_form(row) for row in cartons]
    if rest:
        forms.append(_content_form(tx, task, len(cartons) + 1, rest))
    lines = release_lines(tx, release_id)
    codes: Json = {**card_codes(WEIGHT_CARDS), **carton_codes(row.code for row in carton_types_of(tx, task.site_id)), **item_codes(tx, {line.item_id for line in lines})}
    for row in cartons:
        codes.update(lpn_code(row.code, "carton"))
    return {"forms": forms, "codes": codes, "finish": True, "progress": progress(forms), "totes": totes_of(tx, release_id)}


def _label_form(carton: Any) -> Json:
    return form(f"v{carton.code}", "verify_label", Message("pack.label", {"sscc": carton.code, "number": carton.number}),
                [slot("label", ["lpn"], "slot.label", expected=[carton.code])],
                {"lpn": carton.code, "number": carton.number}, state="open" if carton.state == "closed" else "done")


def _content_form(tx: Tx, task: TaskRow, number: int, rest: list[Json]) -> Json:
    units = sum(int(one["quantity"]) for one in rest)
    mode = "each" if site_settings(tx, task.site_id).pack_check == "each" else "full"
    tally = slot("counted", ["item"], "slot.counted", tally=True, mode=mode,
                 expected=[{"item": one["item"], "quantity": one["quantity"]} for one in rest])
    cartons = [row.code for row in carton_types_of(tx, task.site_id)]
    taken = [slot("carton", ["carton"], "slot.carton", expected=cartons, optional=True, replaces=True)] if cartons else []
    made = form(f"c{number}", "pack", Message("pack.content", {"quantity": units, "order": str(task.document)}), [tally, *taken],
                {"order": task.document, "number": number, "quantity": units, "contents": rest, "carton_for": task.document})
    return {**made, "closable": True}


def _pack(tx: Tx, call: Call) -> Answer:
    release_id = _release_id(call.held_task)
    packed = pack(tx, release_id, _counted(call), carton_type=carton_of(call.slots))
    if packed.is_weighed_first:
        touch_task(tx, call.held_task.id)
        said = Message("pack.weigh", {"number": packed.number})
    else:
        said = _print(tx, call, packed.lpn, packed.sscc, packed.number, is_reprint=False)
    return Answer(said, task_id=call.held_task.id,
                  data={"sscc": packed.sscc, "carton": packed.lpn.id, "lines": [list(pair) for pair in packed.lines]})


def weigh(tx: Tx, call: Call) -> Answer:
    """A weight that nothing explains away prints no label; the parcel stays on the scale."""
    sscc = str(call.slots.get("lpn") or str(call.form)[1:])
    carton, grams, reason = carton_by_code(tx, sscc), grams_of(call.slots), reason_of(call.slots)
    if carton.release_id != _release_id(call.held_task) or carton.state != "open":
        raise NotOnTheScale(f"Parcel {sscc[:40]} does not wait for a weight.", lpn=sscc[:40])
    before = taken_of(carton)
    judged = judge_parcel(tx, call.site_id, carton, grams, taken=taken_after_all(tx, call.site_id, call.slots))
    if judged.verdict.state == "off" and not reason:
        note_wrong(tx, carton, grams)
        touch_task(tx, call.held_task.id)
        return Answer(what_is_wrong(carton, judged, grams), task_id=call.held_task.id, next=ways_on(carton, grams, judged), code="wrong_weight",
                      data={**NOTHING, "explanations": explained(judged.verdict)})
    if not close_parcel(tx, carton, judged, grams, reason=reason):
        raise NotOnTheScale(f"Parcel {sscc[:40]} was weighed a moment ago.", lpn=sscc[:40])
    is_reprint = last_job(tx, sscc) is not None
    said = _print(tx, call, lpn_by_id(tx, carton.lpn_id), sscc, carton.number, is_reprint=is_reprint)
    return Answer(said, task_id=call.held_task.id, data={"sscc": sscc, "carton": carton.lpn_id, "weight_g": carton.weight_g,
                                                                          "taken": asdict(before)})


def _print(tx: Tx, call: Call, lpn: Place, sscc: str, number: int, *, is_reprint: bool) -> Message:
    release_id = _release_id(call.held_task)
    printer = printer_here(tx, call)
    job = (reprint_label if is_reprint else print_label)(tx, call.site_id, parcel_label(tx, release_id, sscc, number, is_reprint=is_reprint), printer=printer)
    print_label(tx, call.site_id, _list_of(tx, release_id, lpn, sscc, number), printer=printer)
    if job is None:
        raise_exception(tx, call, "no_printer", lpn=sscc)
    touch_task(tx, call.held_task.id)
    return Message("pack.closed" if job is not None else "pack.closed_no_printer", {"sscc": sscc, "number": number})


def _verify(tx: Tx, call: Call) -> Answer:
    sscc = str(call.slots.get("label"))
    if call.form != f"v{sscc}":
        raise WrongLabel(f"{sscc[:64]} is the label of another parcel. Scan the label that came out for this one.",
                         label=sscc[:64], wanted=str(call.form)[1:41])
    verify_carton(tx, sscc)
    label_seen(tx, sscc)
    ended = close_packing(tx, _release_id(call.held_task))
    if ended:
        finish_task(tx, call.held_task.id)
    return Answer(Message("pack.done" if ended else "pack.verified", {"order": str(call.held_task.document), "sscc": sscc}),
                  task_id=call.held_task.id if ended else None)


def _finish(tx: Tx, call: Call) -> Answer:
    release_id = _release_id(call.held_task)
    states = {row.state for row in cartons_of(tx, release_id)}
    if "open" in states:
        raise Unweighed
    if "closed" in states:
        raise LabelUnread("A parcel's label has not been scanned yet. Scan it, or say REPRINT.")
    missing = missing_at_packing(tx, release_id)
    units = sum(quantity for _, quantity, _ in missing)
    if missing:
        raise_exception(tx, call, "missing_at_packing", order=str(call.held_task.document), quantity=units)
    set_release_state(tx, release_id, "packed" if cartons_of(tx, release_id) else "cancelled")
    finish_task(tx, call.held_task.id)
    return Answer(Message("pack.finished", {"order": str(call.held_task.document), "missing": units}),
                  task_id=call.held_task.id, data={"missing": missing})


def _reprint(tx: Tx, call: Call) -> Answer:
    release_id = _release_id(call.held_task)
    cartons = [row for row in cartons_of(tx, release_id) if row.state != "open"]
    chosen = next((row for row in cartons if call.form == f"v{row.code}"), cartons[-1] if cartons else None)
    if chosen is None:
        raise Invalid("No parcel has been packed yet, so there is no label to print again.", field="label")
    reprint_label(tx, call.site_id, parcel_label(tx, release_id, chosen.code, chosen.number, is_reprint=True), printer=printer_here(tx, call))
    return Answer(Message("pack.reprinted", {"sscc": chosen.code}))


def _undo_pack(tx: Tx, _call: Call, done: OperationRow) -> None:
    guard_packing_open(tx, _release_id(_task_of(tx, done)))
    unpack(tx, int(done.data["carton"]), done.data["lines"])
    _pack_on(tx, done)


def undo_weigh(tx: Tx, _call: Call, done: OperationRow) -> None:
    """The parcel waits for the scale again."""
    guard_packing_open(tx, _release_id(_task_of(tx, done)))
    if not reopen_parcel(tx, int(done.data["carton"]), int(done.data["weight_g"])):
        raise AlreadyOnItsWay(f"Parcel {done.data['sscc']} is on its way. Take it off first.", lpn=str(done.data["sscc"]))
    if "taken" in done.data:  # a server before this one did not keep it
        retake(tx, int(done.data["carton"]), TakenCarton(**done.data["taken"]))
    _pack_on(tx, done)


def _undo_verify(tx: Tx, _call: Call, done: OperationRow) -> None:
    guard_packing_open(tx, _release_id(_task_of(tx, done)))
    unverify_carton(tx, str(done.slots["label"]))
    _pack_on(tx, done)


def _undo_finish(tx: Tx, _call: Call, done: OperationRow) -> None:
    """What was booked as missing lies in the totes again by the reversed moves."""
    reopen_packing(tx, _release_id(_task_of(tx, done)), done.kept("missing"))
    _pack_on(tx, done)


def _pack_on(tx: Tx, done: OperationRow) -> None:
    task = _task_of(tx, done)
    set_release_state(tx, _release_id(task), "picked")
    reopen_task(tx, task)
    touch_task(tx, task.id)


def _task_of(tx: Tx, done: OperationRow) -> TaskRow:
    if done.task_id is None:
        raise AssertionError(f"{done.kind} {done.op} belongs to no order")
    return task_by_id(tx, done.task_id)


def parcel_label(tx: Tx, release_id: int, sscc: str, number: int, *, is_reprint: bool) -> NewLabel:
    """The shipping label of a parcel."""
    release = release_by_id(tx, release_id)
    weight = next((row.weight_g for row in cartons_of(tx, release_id) if row.code == sscc), 0)
    to = {name: str(release.ship_to.get(name) or "") for name in ("name", "street", "postcode", "city", "country")}
    return NewLabel(label="carton", code=sscc, template="shipping", values={
        "sscc": sscc, "reference": release.code, "number": number, "carrier": release.carrier, "weight_g": weight, "is_reprint": is_reprint,
        **{f"to_{name}": value for name, value in to.items()}, "to_name": (to["name"] or release.customer or release.code)[:TEXT_LONGEST]})


def _list_of(tx: Tx, release_id: int, lpn: Place, sscc: str, number: int) -> NewLabel:
    release = release_by_id(tx, release_id)
    lines = [{"item": row.item, "name": row.name, "quantity": int(row.quantity), "lots": row.lot} for row in carton_content(tx, lpn)]
    return NewLabel(label="packing_list", code=f"{sscc}-LIST", values={
        "order": release.code, "sscc": sscc, "number": number, "customer": release.customer, "lines": lines})


def _counted(call: Call) -> list[Mapping[str, Any]]:
    counted = call.slots.get("counted")
    if not isinstance(counted, list) or not counted:
        raise Invalid("Nothing was scanned into the parcel. Scan its items.", field="counted")
    for entry in counted:
        quantity = entry.get("quantity") if isinstance(entry, dict) else None
        if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 1 or not isinstance(entry.get("item"), str):
            raise Invalid("The contents of the parcel cannot be read. Scan its items again.", field="counted")
    return counted


def _release_id(task: TaskRow) -> int:
    if task.subject_id is None:
        raise AssertionError(f"packing task {task.id} names no release")
    return task.subject_id


PROCESS = Process(kind="pack", build=_build, start=_start, start_types=frozenset({"tote", "document"}),
                  undo={"pack": _undo_pack, "weigh": undo_weigh, "verify_label": _undo_verify, "finish": _undo_finish},
                  lasting={"reprint": "prints a label once more; paper cannot be taken back and books nothing"},
                  handlers={"pack": _pack, "weigh": weigh, "verify_label": _verify, "finish": _finish, "reprint": _reprint},
                  requests=frozenset({"finish", "reprint", "weigh"}), cards=WEIGHT_CARDS, order=25)
