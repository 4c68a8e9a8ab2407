"""The command card: UNDO, SHORT, DAMAGED, FULL, SKIP, DONE, NEXT, REPRINT, HELP."""

from collections.abc import Callable

from server.floor.fill_form import cleared, settled
from server.floor.fill_task import Effect, Form, Task, form_by_id, open_forms, refusal, replace_form, slot_of, with_slot

Step = tuple[Task, list[Effect]]


def command(task: Task, name: str) -> Step:
    """What a command does to a task."""
    return _COMMANDS.get(name, _not_here)(task, name)


def _undo(task: Task, _name: str) -> Step:
    trail = task.get("trail", [])
    form = form_by_id(task, trail[-1][0]) if trail else form_by_id(task, task.get("current"))
    if form is not None and form.get("mode") and not (trail and trail[-1][0] == form["id"] and _said(form)):
        return replace_form(task, {**_unasked(form), "mode": None}), [
            {"effect": "undone", "form": form["id"], "slots": ["mode"]}]
    if not trail or form is None:
        return task, [{"effect": "operation", "kind": "undo", "form": None, "slots": {}}]
    names = trail[-1][1]
    for slot_name in names:
        form = with_slot(form, slot_name, value=None)
    task = replace_form({**task, "trail": trail[:-1], "current": form["id"]}, form)
    return task, [{"effect": "undone", "form": form["id"], "slots": names}]


def _short_or_damaged(task: Task, name: str) -> Step:
    mode = name.lower()
    form = _current(task)
    if form is None or not form.get(f"{mode}able" if mode == "short" else "damageable"):
        return _not_here(task, name)
    form = with_slot({**form, "mode": mode}, "quantity", value=None, said=False)
    return replace_form({**task, "current": form["id"]}, form), [
        {"effect": "ask", "form": form["id"], "slot": "quantity"}]


def _full(task: Task, name: str) -> Step:
    form = _current(task)
    to = slot_of(form, "to") if form is not None else None
    if form is None or to is None or not to.get("expected") or not {"tote", "lpn"} & set(to["types"]):
        return _not_here(task, name)
    form = {**form, "mode": "full"}
    return replace_form({**task, "current": form["id"]}, form), [{"effect": "ask", "form": form["id"], "slot": "to"}]


def _skip(task: Task, name: str) -> Step:
    form = _current(task)
    others = [one for one in open_forms(task) if form is not None and one["id"] != form["id"]]
    if form is None or not others:
        return _not_here(task, name)
    forms = [one for one in task["forms"] if one["id"] != form["id"]] + [cleared(form)]
    trail = [step for step in task.get("trail", []) if step[0] != form["id"]]
    task = {**task, "forms": forms, "trail": trail, "current": others[0]["id"]}
    return task, [{"effect": "skipped", "form": form["id"]}, {"effect": "current", "form": others[0]["id"]}]


def _next(task: Task, name: str) -> Step:
    forms = open_forms(task)
    ids = [form["id"] for form in forms]
    if len(forms) < 2 or task.get("current") not in ids:
        return _not_here(task, name)
    following = ids[(ids.index(task["current"]) + 1) % len(ids)]
    return {**task, "current": following}, [{"effect": "current", "form": following}]


def _done(task: Task, name: str) -> Step:
    form = _current(task)
    if form is not None and form.get("mode") in ("short", "damaged"):
        quantity = slot_of(form, "quantity") or {}
        form = with_slot(form, "quantity", value=quantity.get("value") or 0, said=True)
        return settled(replace_form(task, form), form)
    if form is not None and _open_tally(form):
        return settled(task, form, closing=True)
    if task.get("finish"):
        return task, [{"effect": "operation", "kind": "finish", "form": None, "slots": {}}]
    return task, [refusal(task, "not_finished", {"type": "command", "key": name})]


def _reprint(task: Task, _name: str) -> Step:
    current = task.get("current")
    return task, [{"effect": "operation", "kind": "reprint", "form": current, "slots": {}}]


def _help(task: Task, _name: str) -> Step:
    return task, [{"effect": "help"}]


def _not_here(task: Task, name: str) -> Step:
    return task, [refusal(task, "not_here", {"type": "command", "key": name})]


def _current(task: Task) -> Form | None:
    form = form_by_id(task, task.get("current"))
    return form if form is not None and form["state"] == "open" else next(iter(open_forms(task)), None)


def _open_tally(form: Form) -> bool:
    here = slot_of(form, "from")
    has_place = here is None or here.get("value") is not None
    return has_place and any(slot.get("tally") and not slot.get("expected") for slot in form["slots"])


def _said(form: Form) -> bool:
    return bool((slot_of(form, "quantity") or {}).get("said"))


def _unasked(form: Form) -> Form:
    return with_slot(form, "quantity", value=None, said=False) if slot_of(form, "quantity") else form


_COMMANDS: dict[str, Callable[[Task, str], Step]] = {
    "UNDO": _undo, "SHORT": _short_or_damaged, "DAMAGED": _short_or_damaged, "FULL": _full, "SKIP": _skip,
    "NEXT": _next, "DONE": _done, "REPRINT": _reprint, "HELP": _help,
}
