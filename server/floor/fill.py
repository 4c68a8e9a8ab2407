"""A reading fills a task's forms: pure, and the same here and in the web client (`tests/floor_cases` holds both).

A task and its forms are plain JSON. `fill` never changes what it is given: it answers with a new task and
with effects, in order; a refused reading leaves the task as it was.
"""

from collections.abc import Mapping
from typing import Any

from server.floor.fill_commands import command
from server.floor.fill_form import Refused, fits, place, settled
from server.floor.fill_task import Effect, Form, Json, Task, form_by_id, open_forms, refusal, replace_form

PRIMARY = ("location", "lpn", "tote", "trolley", "item", "document", "badge")
QUALIFIERS = ("lot", "serial", "expiry", "production_date", "quantity", "weight")
_OF_A_LABEL = {"lot", "serial", "expiry", "production_date"}
"""What only says something together with the item, which may stand in the label's other barcode."""
_WRONG = {"location": "wrong_location", "item": "wrong_item", "lpn": "wrong_lpn", "tote": "wrong_tote",
          "trolley": "wrong_tote", "document": "wrong_document"}


def fill(task: Task | None, reading: Mapping[str, Any]) -> tuple[Task | None, list[Effect]]:
    """The task after a reading, and what came of it."""
    values = reading["values"]
    if reading.get("error"):
        return task, [{"effect": "refused", "code": reading["error"]["code"], "scanned": _raw(reading), "wanted": None}]
    if task is None:
        return None, [_start(reading, values)]
    if values and values[0]["type"] == "command":
        return command(task, values[0]["key"])
    if all(value["type"] == "unknown" for value in values):
        return task, [refusal(task, "unknown_code", _raw(reading))]
    return _fill_values(task, values)


def _fill_values(task: Task, values: list[Json]) -> tuple[Task, list[Effect]]:
    task, before, closed_for = _close_tally(task, values)
    try:
        form = _choose(task, values)
    except Refused as refused:
        if closed_for:
            return task, [*before, {"effect": "refused", "code": refused.code, "scanned": values[0], "wanted": None}]
        return task, [refusal(task, refused.code, refused.value, refused.form, refused.slot)]
    effects = list(before)
    if form["id"] != task["current"]:
        effects.append({"effect": "current", "form": form["id"]})
        task = {**task, "current": form["id"]}
    return _into(task, form, values, effects)


def _into(task: Task, form: Form, values: list[Json], effects: list[Effect]) -> tuple[Task, list[Effect]]:
    names: list[str] = []
    unchanged = task
    try:
        for value in sorted(values, key=_primary_first):
            form, filled = place(form, value, values)
            names += [name for name in filled if name not in names]
    except Refused as refused:
        kept = [effect for effect in effects if effect["effect"] in ("operation", "filled")]
        return unchanged, [*kept, refusal(task, refused.code, refused.value, form, refused.slot)]
    if not names:
        return unchanged, [*effects, {"effect": "again", "form": form["id"]}]
    task = replace_form({**task, "trail": [*task.get("trail", []), [form["id"], names]]}, form)
    effects.append({"effect": "filled", "form": form["id"], "slots": names})
    done, more = settled(task, form)
    return done, effects + more


def _choose(task: Task, values: list[Json]) -> Form:
    candidates = open_forms(task)
    if not candidates:
        raise Refused("nothing_open", values[0], None, None)
    primary = [value for value in values if value["type"] in PRIMARY]
    current = form_by_id(task, task["current"]) or candidates[0]
    _guard_destination(current, primary)
    fitting = [form for form in candidates if all(fits(form, value) for value in primary or values)]
    if not fitting:
        raise _why_not(current, primary or values)
    ranked = sorted(fitting, key=lambda form: _rank(form, current, primary))
    for form in ranked:
        if _qualifiers_agree(form, values):
            return form
    return ranked[0]


def _guard_destination(form: Form, primary: list[Json]) -> None:
    """Goods in hand go where this form says: another line's tote is a mistake, not a change of line."""
    if all(slot.get("value") is None for slot in form["slots"]) or form.get("mode") == "full":
        return
    to = next((slot for slot in form["slots"] if slot["name"] == "to" and slot.get("value") is None), None)
    for value in primary:
        if to is not None and value["type"] in to["types"] and to.get("expected") and value.get("key") not in to["expected"]:
            raise Refused(_WRONG.get(value["type"], "not_wanted"), value, form, "to")


def _rank(form: Form, current: Form, primary: list[Json]) -> tuple[int, int]:
    named = any(_names(slot, value) for value in primary for slot in form["slots"])
    started = any(slot.get("value") is not None for slot in form["slots"])
    is_current = form["id"] == current["id"]
    if not primary:
        return (0 if is_current else 1, 0)
    if started and named:
        return (0 if not is_current or not _loose(form, primary) else 1, 0 if is_current else 1)
    if is_current:
        return (1, 0)
    return (2 if named else 3, 0)


def _loose(form: Form, primary: list[Json]) -> bool:
    return not any(_names(slot, value) for value in primary for slot in form["slots"])


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
    for value in values:
        if fits(form, value):
            continue
        slots = [slot for slot in form["slots"] if value["type"] in slot["types"]]
        if not slots:
            return Refused("not_wanted", value, form, None)
        same = next((slot for slot in slots if slot.get("value") is None or slot.get("tally")), None)
        if same is None:
            return Refused("already_filled", value, form, slots[0]["name"])
        return Refused(_WRONG.get(value["type"], "not_wanted"), value, form, same["name"])
    return Refused("not_wanted", values[0], form, None)


def _close_tally(task: Task, values: list[Json]) -> tuple[Task, list[Effect], bool]:
    """The scan of another place ends the counting of this one."""
    form = form_by_id(task, task["current"])
    location = next((value for value in values if value["type"] == "location"), None)
    if form is None or location is None or form.get("mode"):
        return task, [], False
    tally = next((slot for slot in form["slots"] if slot.get("tally") and not slot.get("expected")), None)
    here = next((slot for slot in form["slots"] if slot["name"] == "from"), None)
    if tally is None or here is None or here.get("value") in (None, location["key"]):
        return task, [], False
    if not form.get("repeat") and not any(
        fits(other, location) for other in open_forms(task) if other["id"] != form["id"]
    ):
        return task, [], False
    done, effects = settled(task, form, closing=True)
    return done, effects, True


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
