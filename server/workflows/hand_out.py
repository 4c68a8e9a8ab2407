"""Handing over to a customer who comes: scan the order's barcode, ask for the code, give what waits and scan its tote.

The customer's own barcode holds the code as well. Until the code is right nobody sees who the customer is, or what waits where.
"""

from typing import Any

from server.floor.leases import held_tasks
from server.floor.process import NOTHING, Answer, Call, Json, Message, OperationRow, Process
from server.kernel.errors import Invalid, Refusal
from server.kernel.transaction import Tx
from server.masterdata.codes import lpn_code
from server.masterdata.collect_codes import DIGITS
from server.masterdata.sites import location_by_id
from server.wms.collecting import (
    hand_out,
    take_back_from_customer,
    totes_waiting,
    tries_left,
    try_code,
    waiting_for_customer,
)
from server.wms.releases import release_by_code, release_by_id
from server.wms.tasks import NewTask, TaskRow, cancel_task, finish_task, make_task, set_task_data, task_by_id
from server.workflows.collect import contents_of
from server.workflows.forms import form, progress, slot


class CodeUnsaid(Refusal):
    """Goods were to be handed over to somebody who has not said the code."""

    code = "collect_code_unsaid"


class WrongTotes(Refusal):
    """Another tote was scanned than the order waits in."""

    code = "wrong_collect_tote"


def _start(tx: Tx, call: Call, value: Json) -> int | None:
    if value.get("kind") != "order":
        return None
    release = release_by_code(tx, str(value.get("key")))
    if release.delivery != "collect" or release.site_id != call.site_id:
        return None
    waiting = waiting_for_customer(tx, release)
    said = value.get("code")
    is_proven = isinstance(said, str) and _may_try(tx, call, waiting.id) and try_code(tx, waiting, said)
    data = {"release": waiting.id, "is_proven": is_proven, "device": call.device_id, "is_wrong": isinstance(said, str) and not is_proven}
    held = next((task for task in held_tasks(tx, call.device_id) if task.kind == "hand_out"), None)
    if held is None:
        return make_task(tx, NewTask(site_id=call.site_id, kind="hand_out", priority=1, document=waiting.code, subject_id=waiting.id, data=data))
    if held.subject_id != waiting.id:
        cancel_task(tx, held.id)
        return make_task(tx, NewTask(site_id=call.site_id, kind="hand_out", priority=1, document=waiting.code, subject_id=waiting.id, data=data))
    set_task_data(tx, held.id, data)
    return held.id


def _build(tx: Tx, task: TaskRow) -> Json:
    release = release_by_id(tx, int(task.data["release"]))
    forms = [_give_form(tx, release)] if task.data["is_proven"] else [_code_form(release, task)]
    codes: Json = {}
    for tote in totes_waiting(tx, release) if task.data["is_proven"] else ():
        codes.update(lpn_code(tote, "tote"))
    return {"forms": forms, "codes": codes, "progress": progress(forms)}


def _code_form(release: Any, task: TaskRow) -> Json:
    said = Message("hand_out.wrong_barcode" if task.data["is_wrong"] else "hand_out.ask_code", {"order": release.code})
    return form(f"k{task.version}", "prove", said, [slot("code", ["quantity"], "slot.collect_code", mode="ask")], {"order": release.code})


def _give_form(tx: Tx, release: Any) -> Json:
    waiting, totes = waiting_for_customer(tx, release), totes_waiting(tx, release)
    place = location_by_id(tx, waiting.location_id).code
    slots = [slot(f"tote{at}", ["tote"], "slot.collect_tote", expected=[tote]) for at, tote in enumerate(totes, 1)]
    return form(f"h{release.id}", "hand_out", Message("hand_out.give", {"name": release.customer or "-", "totes": ", ".join(totes), "location": place}), slots,
                {"location": place, "order": release.code, "name": release.customer or release.code, "lpn": ", ".join(totes),
                 "contents": contents_of(tx, release.id)})


def _prove(tx: Tx, call: Call) -> Answer:
    """A wrong code is no refusal: it is counted, and a refusal would count nothing."""
    task, release = call.held_task, release_by_id(tx, int(call.held_task.data["release"]))
    waiting_for_customer(tx, release)
    if not _may_try(tx, call, release.id):
        return Answer(Message("hand_out.no_more_tries", {"order": release.code}), task_id=task.id, data=dict(NOTHING), code="no_more_tries")
    is_right = try_code(tx, release, _code_of(call))
    set_task_data(tx, task.id, {**task.data, "is_proven": is_right, "device": call.device_id, "is_wrong": False})
    if is_right:
        return Answer(Message("hand_out.proven", {"order": release.code}), task_id=task.id, data=dict(NOTHING))
    left = tries_left(tx, release.id)
    return Answer(Message("hand_out.wrong_code", {"order": release.code, "left": left}), task_id=task.id, data=dict(NOTHING), code="wrong_collect_code")


def _may_try(tx: Tx, call: Call, release_id: int) -> bool:
    """A supervisor may always; somebody who guesses has five tries at an order."""
    return call.role != "worker" or tries_left(tx, release_id) > 0


def _code_of(call: Call) -> str:
    said = call.slots.get("code")
    if isinstance(said, int) and not isinstance(said, bool) and 0 <= said < 10**DIGITS:
        return f"{said:0{DIGITS}d}"
    if isinstance(said, str) and len(said) <= DIGITS:
        return said
    raise Invalid(f"A code has {DIGITS} digits. Ask the customer for it, and type all of them.", field="code")


def _hand_out(tx: Tx, call: Call) -> Answer:
    task = call.held_task
    release = release_by_id(tx, int(task.data["release"]))
    if not task.data["is_proven"] or task.data["device"] != call.device_id:  # a supervisor may have given the task to somebody else since
        raise CodeUnsaid(f"Ask the customer for the code of {release.code} first, and type it.", order=release.code)
    waiting_for_customer(tx, release)
    wanted, scanned = totes_waiting(tx, release), [value for name, value in sorted(call.slots.items()) if name.startswith("tote")]
    if sorted(map(str, scanned)) != sorted(wanted):
        raise WrongTotes(f"{release.code} waits in {', '.join(wanted)}, not in {', '.join(map(str, scanned))[:64] or 'what was scanned'}. "
                         "Fetch that tote and scan it.", order=release.code, totes=", ".join(wanted), scanned=", ".join(map(str, scanned))[:64] or "-")
    kept = hand_out(tx, release.id)
    finish_task(tx, task.id)
    return Answer(Message("hand_out.done", {"order": release.code}), task_id=task.id, data={"release": release.id, **kept})


def _undo(tx: Tx, _call: Call, done: OperationRow) -> None:
    """The customer has given the goods back at once; who wants them is asked for the code anew."""
    take_back_from_customer(tx, int(done.kept("release")), done.kept("lines"))
    if done.task_id is not None:
        tx.touched_tasks.add(task_by_id(tx, done.task_id).id)


PROCESS = Process(kind="hand_out", build=_build, start=_start, start_types=frozenset({"document"}), handlers={"prove": _prove, "hand_out": _hand_out},
                  undo={"hand_out": _undo}, lasting={"prove": "asks whether a code is right; books nothing"},
                  requests=frozenset({"prove", "hand_out"}), passing=True, order=23)
