"""Small steps on a task's JSON, each giving a new one."""

from typing import Any

Json = dict[str, Any]
Task = dict[str, Any]
Form = dict[str, Any]
Effect = dict[str, Any]

_OWN = ("value", "said", "scanned", "replacement")


def form_by_id(task: Task, form_id: str | None) -> Form | None:
    """The form of an id."""
    return next((form for form in task["forms"] if form["id"] == form_id), None)


def open_forms(task: Task) -> list[Form]:
    """The forms still to be filled, in order."""
    return [form for form in task["forms"] if form["state"] == "open"]


def current_form(task: Task) -> Form | None:
    """The form at hand: the current one while it is open, else the first that is."""
    form = form_by_id(task, task.get("current"))
    return form if form is not None and form["state"] == "open" else next(iter(open_forms(task)), None)


def replace_form(task: Task, form: Form) -> Task:
    """The task with one form replaced."""
    return {**task, "forms": [form if one["id"] == form["id"] else one for one in task["forms"]]}


def slot_of(form: Form, name: str) -> Json | None:
    """The slot of a name."""
    return next((slot for slot in form["slots"] if slot["name"] == name), None)


def tally_of(form: Form) -> Json | None:
    """The slot that counts what is scanned."""
    return next((slot for slot in form["slots"] if slot.get("tally")), None)


def with_slot(form: Form, name: str, **changes: Any) -> Form:
    """The form with some fields of one slot changed."""
    return {**form, "slots": [{**slot, **changes} if slot["name"] == name else slot for slot in form["slots"]]}


def cleared(form: Form) -> Form:
    """The form as it was before anything was scanned into it."""
    empty = [{**slot, "value": None, **{name: None for name in _OWN if name in slot}} for slot in form["slots"]]
    return {**form, "mode": None, "slots": empty}


def step(before: Form, after: Form, names: list[str]) -> list[Any]:
    """A step of the trail: which slots of a form a scan changed, and what was in them."""
    changed: Json = {name: _before(slot_of(before, name) or {}, slot_of(after, name) or {}) for name in names}
    return [after["id"], names, changed]


def step_back(form: Form, changed: Json) -> Form:
    """The form with a step of the trail taken back."""
    for name, held in changed.items():
        if name == "mode":
            form = {**form, "mode": held}
        elif "at" in held:
            form = with_slot(form, name, value=_without_last((slot_of(form, name) or {})["value"], held))
        else:
            form = with_slot(form, name, **held)
    return form


def _before(before: Json, after: Json) -> Json:
    if not after.get("tally"):
        return {name: before.get(name) for name in _OWN if name in after}
    old, new = before.get("value") or [], after["value"]
    if len(new) > len(old):
        return {"at": None, "entry": None}
    at = next((number for number, entry in enumerate(old) if entry is not new[number]), len(old) - 1)
    return {"at": at, "entry": old[at]}


def _without_last(entries: list[Json], held: Json) -> list[Json] | None:
    left = entries[:-1]
    if held["at"] is not None:
        left.insert(held["at"], held["entry"])
    return left or None


def refusal(task: Task, code: str, scanned: Json, form: Form | None = None, slot: str | None = None) -> Effect:
    """What was scanned, and what was wanted instead: the next open slot of the form at hand."""
    form = form or current_form(task)
    wanted = _wanted(form, slot) if form is not None else None
    return {"effect": "refused", "code": code, "scanned": scanned, "wanted": wanted}


def _wanted(form: Form, name: str | None) -> Json | None:
    name = name or {"full": "to", "short": "quantity", "damaged": "quantity"}.get(form.get("mode") or "")
    slot = slot_of(form, name) if name else next((one for one in form["slots"] if _is_asked(one)), None)
    if slot is None:
        return None
    return {"form": form["id"], "slot": slot["name"], "types": slot["types"], "expected": _names_of(slot)}


def _is_asked(slot: Json) -> bool:
    if slot.get("tally"):
        return slot.get("expected") is None or any(tally_left(slot, one["item"]) > 0 for one in slot["expected"])
    return slot.get("value") is None and not slot.get("optional") and slot.get("default") is None


def _names_of(slot: Json) -> list[Any] | None:
    """What the slot wants, for people: codes, of an amount the number, of a tally the items that are missing."""
    expected = slot.get("expected")
    if slot.get("tally") and expected is not None:
        return [item for item in {one["item"]: None for one in expected} if tally_left(slot, item) > 0]
    if slot["name"] == "quantity":
        number = expected if expected is not None else slot.get("max")
        return None if number is None else [number]
    return expected if expected is not None else slot.get("suggested")


def tally_left(slot: Json, item: str) -> int:
    """How many of an item a tally still wants."""
    return _sum(slot["expected"], item) - _sum(slot.get("value") or [], item)


def _sum(entries: list[Json], item: str) -> int:
    return sum(one["quantity"] for one in entries if one.get("item") == item)
