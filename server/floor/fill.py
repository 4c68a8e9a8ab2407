"""A reading fills a task's forms: pure, and the same here and in the web client (`tests/floor_cases` holds both).

A task and its forms are plain JSON. `fill` never changes what it is given: it answers with a new task and
with effects, in order; a refused reading leaves the task as it was.
"""

from collections.abc import Mapping
from typing import Any

from server.floor.fill_commands import command, command_without_task
from server.floor.fill_form import fits, place, settled, takes
from server.floor.fill_tally import is_closable
from server.floor.fill_task import (
    Effect,
    Form,
    Json,
    Task,
    cleared,
    current_form,
    open_forms,
    refusal,
    replace_form,
    step,
)
from server.floor.fill_wrong import AMOUNTS, Refused, asks_for, contradiction, wrong

PRIMARY = ("location", "lpn", "tote", "trolley", "item", "document", "badge")
_OF_A_LABEL = {"lot", "serial", "expiry", "production_date"}
"""What only says something together with the item, which may stand in the label's other barcode."""


def fill(task: Task | None, reading: Mapping[str, Any]) -> tuple[Task | None, list[Effect]]:
    """The task after a reading, and what came of it."""
    values = reading["values"]
    if reading.get("error"):
        return task, [_unreadable(task, reading)]
    if values and values[0]["type"] == "command":
        return command(task, values[0]["key"]) if task is not None else (None, [command_without_task(values[0]["key"])])
    if task is None:
        return None, [_start(reading, values)]
    if all(value["type"] == "unknown" for value in values):
        return task, [refusal(task, "unknown_code", _raw(reading))]
    return _fill_values(task, values)


def _unreadable(task: Task | None, reading: Mapping[str, Any]) -> Effect:
    code, raw = reading["error"]["code"], _raw(reading)
    return refusal(task, code, raw) if task is not None else {"effect": "refused", "code": code, "scanned": raw, "wanted": None}


def _fill_values(task: Task, values: list[Json]) -> tuple[Task, list[Effect]]:
    colleague = next((value for value in values if value["type"] == "badge" and value.get("key")), None)
    if colleague is not None and not any(asks_for(form, colleague) for form in open_forms(task)):
        return task, [{"effect": "operation", "kind": "hand_over", "form": None, "slots": {"badge": colleague["key"]}}]
    task, effects = _close_tally(task, values)
    try:
        form = _choose(task, values)
    except Refused as refused:
        return task, [*effects, refusal(task, refused.code, refused.value, refused.form, refused.slot)]
    return _into(task, form, values, effects)


def _into(task: Task, chosen: Form, values: list[Json], effects: list[Effect]) -> tuple[Task, list[Effect]]:
    form, names = chosen, list[str]()
    try:
        for value in sorted(values, key=_primary_first):
            form, filled = place(form, value, values)
            names += [name for name in filled if name not in names]
    except Refused as refused:
        return task, [*effects, refusal(task, refused.code, refused.value, chosen, refused.slot)]
    if form["id"] != task.get("current"):
        effects = [*effects, {"effect": "current", "form": form["id"]}]
        task = {**task, "current": form["id"]}
    if not names:
        return task, [*effects, {"effect": "again", "form": form["id"]}]
    task = replace_form({**task, "trail": [*task.get("trail", []), step(chosen, form, names)]}, form)
    done, more = settled(task, form)
    return done, [*effects, {"effect": "filled", "form": form["id"], "slots": names}, *more]


def _choose(task: Task, values: list[Json]) -> Form:
    current = current_form(task)
    if current is None:
        raise Refused("nothing_open", values[0], None, None)
    named = [value for value in values if value["type"] not in AMOUNTS]
    if not named:
        return current  # an amount names no line: it is of the goods in hand
    primary = [value for value in named if value["type"] in PRIMARY]
    _guard_destination(current, primary)
    fitting = [form for form in open_forms(task) if takes(form, primary or named)]
    if not fitting and len(named) < len(values) and not any(asks_for(form, value) for form in open_forms(task) for value in named):
        return current  # a label with more on it than is asked for, and an amount that is
    if not fitting:
        raise _why_not(current, primary or named)
    # An SSCC says more than the content on the same label, so forms that want its first value come before.
    fitting = [form for form in fitting if fits(form, (primary or named)[0])] or fitting
    ranked = sorted(fitting, key=lambda form: _rank(form, current, primary))
    return next((form for form in ranked if _qualifiers_agree(form, values)), ranked[0])


def _guard_destination(form: Form, primary: list[Json]) -> None:
    """Goods in hand go where this form says: another line's tote is a mistake, not a change of line."""
    if all(slot.get("value") is None for slot in form["slots"]) or form.get("mode") == "full":
        return
    to = next((slot for slot in form["slots"] if slot["name"] == "to" and slot.get("value") is None), None)
    for value in primary:
        if to is not None and value["type"] in to["types"] and to.get("expected") and value.get("key") not in to["expected"]:
            raise wrong(value, form, "to")


def _rank(form: Form, current: Form, primary: list[Json]) -> tuple[int, int]:
    named = any(_names(slot, value) for value in primary for slot in form["slots"])
    started = any(slot.get("value") is not None for slot in form["slots"])
    is_current = form["id"] == current["id"]
    if not primary:
        return (0 if is_current else 1, 0)
    if started and named:
        return (0, 0 if is_current else 1)
    if is_current:
        return (1, 0)
    return (2 if named else 3, 0)


def _names(slot: Json, value: Json) -> bool:
    named = (slot.get("expected") or []) if not slot.get("tally") else []
    listed = [*named, *(slot.get("suggested") or [])] if isinstance(named, list) else []
    return value["type"] in slot["types"] and value.get("key") in listed


def _qualifiers_agree(form: Form, values: list[Json]) -> bool:
    for value in values:
        if value["type"] in ("lot", "serial", "expiry"):
            slot = next((one for one in form["slots"] if value["type"] in one["types"] and not one.get("tally")), None)
            if slot is not None and slot.get("expected") and value["key"] not in slot["expected"]:
                return False
    return True


def _why_not(form: Form, values: list[Json]) -> Refused:
    wrongly = next((value for value in values if asks_for(form, value) and not fits(form, value)), None)
    return Refused("not_wanted", values[0], form, None) if wrongly is None else contradiction(form, wrongly)


def _close_tally(task: Task, values: list[Json]) -> tuple[Task, list[Effect]]:
    """The scan of another place ends the counting of this one."""
    form = current_form(task)
    location = next((value for value in values if value["type"] == "location"), None)
    if form is None or location is None or form.get("mode") or form.get("closable") or not is_closable(form):
        return task, []
    here = next((slot for slot in form["slots"] if slot["name"] == "from"), None)
    if here is None or here.get("value") == location["key"]:
        return task, []
    after = [other for other in open_forms(task) if other["id"] != form["id"]] + ([cleared(form)] if form.get("repeat") else [])
    if any(takes(other, [location]) for other in after):
        return settled(task, form, closing=True)
    return task, []


def _start(reading: Mapping[str, Any], values: list[Json]) -> Effect:
    for value in values:
        if value["type"] in PRIMARY and value.get("key") is not None:
            return {"effect": "start", "value": value}
    types = {value["type"] for value in values}
    code = "missing_ai" if types & _OF_A_LABEL and not types & set(PRIMARY) else "unknown_code"
    return {"effect": "refused", "code": code, "scanned": _raw(reading), "wanted": None}


def _primary_first(value: Json) -> int:
    order = ("item", "lot", "serial", "expiry", "production_date", "weight", "quantity")
    return order.index(value["type"]) + 1 if value["type"] in order else 0


def _raw(reading: Mapping[str, Any]) -> Json:
    values = reading.get("values") or []
    return dict(values[0]) if values else {"type": "unknown", "key": reading.get("raw", "")}
