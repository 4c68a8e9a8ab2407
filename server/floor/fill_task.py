"""Small steps on a task's JSON, each giving a new one."""

from typing import Any

Json = dict[str, Any]
Task = dict[str, Any]
Form = dict[str, Any]
Effect = dict[str, Any]


def form_by_id(task: Task, form_id: str | None) -> Form | None:
    """The form of an id."""
    return next((form for form in task["forms"] if form["id"] == form_id), None)


def open_forms(task: Task) -> list[Form]:
    """The forms still to be filled, in order."""
    return [form for form in task["forms"] if form["state"] == "open"]


def replace_form(task: Task, form: Form) -> Task:
    """The task with one form replaced."""
    return {**task, "forms": [form if one["id"] == form["id"] else one for one in task["forms"]]}


def slot_of(form: Form, name: str) -> Json | None:
    """The slot of a name."""
    return next((slot for slot in form["slots"] if slot["name"] == name), None)


def with_slot(form: Form, name: str, **changes: Any) -> Form:
    """The form with some fields of one slot changed."""
    return {**form, "slots": [{**slot, **changes} if slot["name"] == name else slot for slot in form["slots"]]}


def refusal(task: Task, code: str, scanned: Json, form: Form | None = None, slot: str | None = None) -> Effect:
    """What was scanned, and what was wanted instead: the next open slot of the form at hand."""
    form = form or form_by_id(task, task.get("current")) or next(iter(open_forms(task)), None)
    wanted = _wanted(form, slot) if form is not None else None
    return {"effect": "refused", "code": code, "scanned": scanned, "wanted": wanted}


def _wanted(form: Form, name: str | None) -> Json | None:
    slot = slot_of(form, name) if name else None
    if slot is None:
        slot = next((one for one in form["slots"] if one.get("value") is None and not one.get("optional")), None)
    if slot is None:
        return None
    expected = slot.get("expected")
    return {"form": form["id"], "slot": slot["name"], "types": slot["types"],
            "expected": expected if isinstance(expected, list) else None}
