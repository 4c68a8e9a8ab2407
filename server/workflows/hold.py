"""Holding goods: scan the card with the reason, then a pallet, or a bin and an item; a recall takes a lot wherever it lies."""

from datetime import date
from typing import Any

from server.floor.exceptions import raise_exception
from server.floor.process import Answer, Call, Json, Message, OperationRow, Process
from server.kernel.errors import Invalid, NotAllowed
from server.kernel.transaction import Tx
from server.masterdata.sites import Place
from server.stock.goods import lot_without_code
from server.wms.holding import REASONS, Changed, Which, hold, release_hold
from server.wms.moving import place_called
from server.wms.reallocating import regain
from server.wms.tasks import NewTask, TaskRow, cancel_task, make_task
from server.workflows.forms import form, slot

RELEASE = "HOLD-RELEASE"
_CARDS = frozenset({*(f"HOLD-{reason}" for reason in REASONS), RELEASE})
_SUPERVISORS = frozenset({"HOLD-RECALL", RELEASE})
_HOLDERS = ("lpn", "tote")


def _start(tx: Tx, call: Call, value: Json) -> int | None:
    card = str(value.get("key"))
    if card not in _CARDS:
        return None
    if card in _SUPERVISORS and call.role == "worker":
        raise NotAllowed("Only a supervisor may recall a lot or release goods. Call your supervisor.", kind=card)
    return make_task(tx, NewTask(site_id=call.site_id, kind="hold", priority=2, document=card, data={"card": card}))


def _build(_tx: Tx, task: TaskRow) -> Json:
    card = str(task.data["card"])
    kind = "unhold" if card == RELEASE else "hold"
    whole = _form("w", "unhold" if card == RELEASE else "recall", Message("hold.lot", {"card": f"card.{card}"}), card, [
        slot("item", ["item"], "slot.item"), slot("lot", ["lot"], "slot.lot")])
    forms = [
        _form("l", kind, Message("hold.scan", {"card": f"card.{card}"}), card, [slot("lpn", _HOLDERS, "slot.lpn_or_bin")]),
        _form("b", kind, Message("hold.item", {"card": f"card.{card}"}), card, [
            slot("from", ["location"], "slot.from"), *_optional(), slot("item", ["item"], "slot.item")])]
    if card == "HOLD-RECALL":
        forms = [whole, forms[0]]
    elif card == RELEASE:
        forms.append(whole)
    is_open = task.done_at is None
    return {"forms": forms if is_open else [], "finish": True, "progress": {"done": 0, "all": 1}}


def _optional() -> list[Json]:
    """What a label may add, or a worker says before the item: fewer than all, one lot of several, one unit."""
    return [slot("quantity", ["quantity"], "slot.quantity", mode="ask", min=1, optional=True),
            *(slot(name, [name], f"slot.{name}", optional=True) for name in ("lot", "serial", "expiry"))]


def _form(number: str, kind: str, prompt: Message, card: str, slots: list[Json]) -> Json:
    return {**form(number, kind, prompt, slots, {"order": card}), "repeat": True}


def _hold(tx: Tx, call: Call) -> Answer:
    return _answer(tx, call, hold(tx, _which(tx, call), str(call.held_task.data["card"]).removeprefix("HOLD-")), "hold.done")


def _recall(tx: Tx, call: Call) -> Answer:
    which = Which(site_id=call.site_id, item=_text(call, "item"), lot=_text(call, "lot"))
    return _answer(tx, call, hold(tx, which, "RECALL"), "hold.done")


def _unhold(tx: Tx, call: Call) -> Answer:
    return _answer(tx, call, release_hold(tx, _which(tx, call)), "hold.released")


def _answer(tx: Tx, call: Call, changed: Changed, key: str) -> Answer:
    """What lies in totes and parcels of orders is for the supervisor to stop by hand."""
    for place, quantity in changed.in_orders:
        raise_exception(tx, call, "held_in_order", lpn=place, quantity=quantity)
    stopped = sum(quantity for _, quantity in changed.in_orders)
    args = {"quantity": changed.quantity, "what": str(call.slots.get("lpn") or call.slots.get("item"))}
    if stopped:
        key, args = "hold.some_in_orders", {**args, "stopped": stopped}
    return Answer(Message(key, args), data={"quantity": changed.quantity, "lost": changed.lost})


def _which(tx: Tx, call: Call) -> Which:
    if "lpn" in call.slots:
        return Which(site_id=call.site_id, place=place_called(tx, call.site_id, _text(call, "lpn")))
    quantity = call.slots.get("quantity")
    if quantity is not None and (not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 1):
        raise Invalid(f"{str(quantity)[:32]} is not a quantity. Count again.", field="quantity")
    return Which(site_id=call.site_id, place=_place(tx, call), item=_text(call, "item"), lot=_lot(call), quantity=quantity,
                 serial=str(call.slots.get("serial") or ""))


def _place(tx: Tx, call: Call) -> Place | None:
    """The bin; none for a whole lot, which has to be named then."""
    if "from" in call.slots:
        return place_called(tx, call.site_id, _text(call, "from"))
    _text(call, "lot")
    return None


def _lot(call: Call) -> str:
    expiry: Any = call.slots.get("expiry")
    try:
        return str(call.slots.get("lot") or (lot_without_code(date.fromisoformat(str(expiry))) if expiry else ""))
    except ValueError as error:
        raise Invalid(f"{str(expiry)[:32]} is no date. Scan the expiry again.", field="expiry") from error


def _text(call: Call, name: str) -> str:
    value = call.slots.get(name)
    if not isinstance(value, str) or not value:
        raise Invalid(f"Nothing was scanned as {name}. Scan it again.", field=name)
    return value


def _finish(tx: Tx, call: Call) -> Answer:
    cancel_task(tx, call.held_task.id)  # what was held is in the ledger; the task itself was only the card in the hand
    return Answer(Message("hold.closed"), task_id=call.held_task.id)


def _undo(tx: Tx, _call: Call, done: OperationRow) -> None:
    """The goods are moved back: orders that went short for it get them, what was allocated elsewhere meanwhile stays there."""
    regain(tx, done.data.get("lost", ()))


PROCESS = Process(
    kind="hold", build=_build, start=_start, start_types=frozenset({"document"}), passing=True, cards=_CARDS, order=5,
    handlers={"hold": _hold, "recall": _recall, "unhold": _unhold, "finish": _finish},
    undo={"hold": _undo, "recall": _undo, "unhold": _undo}, lasting={"finish": "lays the card down; the task held nothing but the card"},
    requests=frozenset({"recall", "unhold", "finish"}), supervisor_only=frozenset({"recall", "unhold"}))
