"""The command card: UNDO, SHORT, DAMAGED, FULL, SKIP, DONE, NEXT, REPRINT, HELP."""

from collections.abc import Callable

from server.floor.fill_form import is_full, settled
from server.floor.fill_tally import is_closable
from server.floor.fill_task import (
    Effect,
    Form,
    Task,
    cleared,
    current_form,
    form_by_id,
    open_forms,
    refusal,
    replace_form,
    slot_of,
    step,
    step_back,
    with_slot,
)

Step = tuple[Task, list[Effect]]


def command(task: Task, name: str) -> Step:
    """What a command does to a task."""
    return _COMMANDS.get(name, _not_here)(task, name)


def command_without_task(name: str) -> Effect:
    """What a command does with nothing in hand: the last operation can be undone, help be had."""
    if name == "UNDO":
        return dict(_UNDO_OPERATION)
    if name == "HELP":
        return {"effect": "help"}
    return {"effect": "refused", "code": "not_here", "scanned": {"type": "command", "key": name}, "wanted": None}


def _undo(task: Task, _name: str) -> Step:
    trail = task.get("trail", [])
    form = form_by_id(task, trail[-1][0]) if trail else None
    if form is None or not trail[-1][1]:
        return {**task, "trail": trail[:-1]} if trail else task, [dict(_UNDO_OPERATION)]
    _, names, before = trail[-1]
    task = replace_form({**task, "trail": trail[:-1], "current": form["id"]}, step_back(form, before))
    return task, [{"effect": "undone", "form": form["id"], "slots": names}]


def _short_or_damaged(task: Task, name: str) -> Step:
    mode = name.lower()
    form = current_form(task)
    quantity = slot_of(form, "quantity") if form is not None else None
    if form is None or quantity is None or not form.get("shortable" if mode == "short" else "damageable"):
        return _not_here(task, name)
    is_counted = mode == "short" and quantity.get("mode") == "each"  # what was scanned one by one is what there is
    asking = with_slot({**form, "mode": mode}, "quantity", value=quantity.get("value") if is_counted else None, said=False)
    return _in_mode(task, form, asking, "quantity")


def _full(task: Task, name: str) -> Step:
    form = current_form(task)
    if form is not None and form.get("closable") and is_closable(form):
        return settled(task, form, closing=True)
    to = slot_of(form, "to") if form is not None else None
    if form is None or to is None or not to.get("expected") or not {"tote", "lpn"} & set(to["types"]):
        return _not_here(task, name)
    return _in_mode(task, form, {**form, "mode": "full"}, "to")


def _in_mode(task: Task, before: Form, form: Form, asked: str) -> Step:
    changed = step(before, form, ["quantity"])[2] if asked == "quantity" else {}
    trail = [*task.get("trail", []), [form["id"], ["mode"], {"mode": before.get("mode"), **changed}]]
    return replace_form({**task, "current": form["id"], "trail": trail}, form), [
        {"effect": "ask", "form": form["id"], "slot": asked}]


def _skip(task: Task, name: str) -> Step:
    form = current_form(task)
    others = [one for one in open_forms(task) if form is not None and one["id"] != form["id"]]
    if form is None or not others:
        return _not_here(task, name)
    forms = [one for one in task["forms"] if one["id"] != form["id"]] + [cleared(form)]
    trail = [one for one in task.get("trail", []) if one[0] != form["id"] or not one[1]]
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
    form = current_form(task)
    if form is not None and form.get("mode") in ("short", "damaged"):
        return _say_counted(task, form)
    counted = next((one for one in [form, *open_forms(task)] if one is not None and _is_counted_by_scans(one)), None)
    if counted is not None:
        said = with_slot(counted, "quantity", said=True)
        if is_full(said):
            return settled(task, said)
        return task, [refusal(task, "not_finished", {"type": "command", "key": name}, counted)]
    if form is not None and is_closable(form):
        return settled(task, form, closing=True)
    if task.get("finish"):
        return task, [{"effect": "operation", "kind": "finish", "form": None, "slots": {}}]
    return task, [refusal(task, "not_finished", {"type": "command", "key": name})]


def _say_counted(task: Task, form: Form) -> Step:
    """Ends SHORT or DAMAGED with what was scanned since, or none."""
    quantity = slot_of(form, "quantity") or {}
    number, expected = quantity.get("value") or 0, quantity.get("expected")
    scanned = {"type": "quantity", "n": number}
    if form["mode"] == "short" and expected is not None and number >= expected:
        return task, [refusal(task, "not_short", scanned, form, "quantity")]
    if form["mode"] == "damaged" and number < 1:
        return task, [refusal(task, "too_few", scanned, form, "quantity")]
    form = with_slot(form, "quantity", value=number, said=True)
    return settled(replace_form(task, form), form)


def _reprint(task: Task, _name: str) -> Step:
    current = task.get("current")
    return task, [{"effect": "operation", "kind": "reprint", "form": current, "slots": {}}]


def _help(task: Task, _name: str) -> Step:
    return task, [{"effect": "help"}]


def _not_here(task: Task, name: str) -> Step:
    return task, [refusal(task, "not_here", {"type": "command", "key": name})]


def _is_counted_by_scans(form: Form) -> bool:
    quantity = slot_of(form, "quantity") or {}
    return quantity.get("mode") == "ask" and quantity.get("value") is not None and not quantity.get("said")


_UNDO_OPERATION: Effect = {"effect": "operation", "kind": "undo", "form": None, "slots": {}}
_COMMANDS: dict[str, Callable[[Task, str], Step]] = {
    "UNDO": _undo, "SHORT": _short_or_damaged, "DAMAGED": _short_or_damaged, "FULL": _full, "SKIP": _skip,
    "NEXT": _next, "DONE": _done, "REPRINT": _reprint, "HELP": _help,
}
