"""One value into one form: what fits, what it fills, and when the form is full."""

from server.floor.fill_tally import count_item, count_lpn, is_counted, say_of_last
from server.floor.fill_task import (
    Effect,
    Form,
    Json,
    Task,
    cleared,
    open_forms,
    replace_form,
    slot_of,
    tally_of,
    with_slot,
)
from server.floor.fill_wrong import AMOUNTS, Refused, accepts, asks_for, contradiction

Placed = tuple[Form, list[str]]


def fits(form: Form, value: Json) -> bool:
    """Whether some slot of the form would take the value."""
    return _slot_for(form, value) is not None


def takes(form: Form, values: list[Json]) -> bool:
    """Whether something fits and nothing is other than the form wants; what it does not ask for is passed over."""
    return any(fits(form, value) for value in values) and all(fits(form, value) or not asks_for(form, value) for value in values)


def place(form: Form, value: Json, together: list[Json]) -> Placed:
    """The form with the value in it, and the names of the slots that changed; raises Refused."""
    if _is_new_tote(form, value):
        return _replacement(form, value)
    if value["type"] in AMOUNTS:
        return _amount(form, value, together)
    slot = _slot_for(form, value)
    if slot is None:
        if asks_for(form, value):
            raise contradiction(form, value)
        return form, []  # a label may say more than the form asks for
    if slot.get("tally"):
        return count_lpn(form, slot, value) if value["type"] == "lpn" else count_item(form, slot, value, together)
    if value["type"] == "item":
        return _item(form, slot, value, together)
    return _held(form, slot, value["key"])


def settled(task: Task, form: Form, *, closing: bool = False) -> tuple[Task, list[Effect]]:
    """Commits the form when it is full (or when `closing` what was counted), and goes to the next one."""
    if not closing and not is_full(form):
        return task, []
    kind = form["mode"] if form.get("mode") in ("short", "damaged", "full") else form["kind"]
    effects: list[Effect] = [{"effect": "operation", "kind": kind, "form": form["id"], "slots": _slots(form)}]
    if form.get("mode") == "full":
        return _new_tote(task, form), effects
    task = {**task, "trail": _trail_after(task.get("trail", []), form["id"])}
    if form.get("repeat"):
        return replace_form(task, cleared(form)), effects
    state = "short" if kind == "short" else "done"
    task = replace_form(task, {**form, "state": state, "mode": None})
    following = open_forms(task)
    task = {**task, "current": following[0]["id"] if following else None}
    return task, effects if following else [*effects, {"effect": "complete"}]


def is_full(form: Form) -> bool:
    """Whether nothing is missing that would make the form an operation."""
    mode = form.get("mode")
    if mode == "full":
        return (slot_of(form, "to") or {}).get("replacement") is not None
    if mode in ("short", "damaged"):
        return bool((slot_of(form, "quantity") or {}).get("said"))
    return all(_is_settled(slot) for slot in form["slots"])


def _trail_after(trail: list[list[object]], form_id: str) -> list[list[object]]:
    """Steps of other forms stay, and a mark behind them: to undo goes back through this operation first."""
    left = [step for step in trail if step[0] != form_id or not step[1]]
    return [*left, [form_id, [], {}]] if any(step[1] for step in left) else []


def _slot_for(form: Form, value: Json) -> Json | None:
    if _is_new_tote(form, value):
        return slot_of(form, "to")
    for slot in form["slots"]:
        if value["type"] in slot["types"] and (slot.get("tally") or (accepts(slot, value) and _free(slot, value))):
            found: Json = slot
            return found
    return None


def _is_new_tote(form: Form, value: Json) -> bool:
    return form.get("mode") == "full" and value["type"] in ("tote", "lpn")


def _free(slot: Json, value: Json) -> bool:
    return value["type"] in AMOUNTS or bool(slot.get("replaces")) or slot.get("value") in (None, value.get("key"))


def _held(form: Form, slot: Json, held: str | int) -> Placed:
    if slot.get("value") == held:
        return form, []
    return with_slot(form, slot["name"], value=held), [slot["name"]]


def _replacement(form: Form, value: Json) -> Placed:
    if value["key"] in ((slot_of(form, "to") or {}).get("expected") or []):
        raise Refused("same_tote", value, form, "to")
    return with_slot(form, "to", replacement=value["key"]), ["to"]


def _item(form: Form, slot: Json, value: Json, together: list[Json]) -> Placed:
    is_again = slot.get("value") is not None
    names = [] if is_again else [slot["name"]]
    pack = value.get("quantity", 1)
    form = form if is_again else with_slot(form, slot["name"], value=value["key"], scanned=pack)
    quantity = slot_of(form, "quantity")
    if quantity is None or _has(together, "quantity"):
        return form, names
    if "catch_weight" in value.get("tracking", []):
        weight = next((one["n"] for one in together if one["type"] == "weight"), None)
        return (form, names) if weight is None else _counted(form, quantity, weight, value, names)
    if not is_again and quantity.get("value") is not None:
        return form, names  # the quantity was said before the goods were named
    if quantity.get("mode") == "ask" and not form.get("mode"):
        first = slot.get("scanned") or 0 if quantity.get("value") is None else 0
        return _counted(form, quantity, first + pack, value, names, said=False) if is_again else (form, names)
    return _another(form, quantity, value, names)


def _another(form: Form, quantity: Json, value: Json, names: list[str]) -> Placed:
    pack, mode = value.get("quantity", 1), quantity.get("mode")
    if form.get("mode") in ("short", "damaged") or mode == "each":
        return _counted(form, quantity, pack, value, names, said=False)
    if quantity.get("value") is not None:
        raise Refused("already_complete", value, form, "quantity")
    full = quantity.get("expected")
    amount = full if full is not None else pack
    if quantity.get("max") is not None and amount > quantity["max"]:
        raise Refused("too_many", value, form, "quantity")
    return with_slot(form, "quantity", value=amount), [*names, "quantity"]


def _counted(form: Form, quantity: Json, more: int, value: Json, names: list[str], *, said: bool = True) -> Placed:
    total = (quantity.get("value") or 0) + more
    if quantity.get("max") is not None and total > quantity["max"]:
        raise Refused("too_many", value, form, "quantity")
    is_said = form.get("mode") is None and (said or bool(quantity.get("said")))
    return with_slot(form, "quantity", value=total, said=is_said), [*names, "quantity"]


def _amount(form: Form, value: Json, together: list[Json]) -> Placed:
    slot = next((one for one in form["slots"] if value["type"] in one["types"] and not one.get("tally")), None)
    if slot is None:
        return _amount_without_slot(form, value, together)
    if slot["name"] != "quantity":
        return _held(form, slot, value["n"])
    if value["type"] == "weight":
        return (form, []) if _weighs_its_item(together) else _counted(form, slot, value["n"], value, [])
    return _quantity(form, slot, value, together)


def _weighs_its_item(together: list[Json]) -> bool:
    """The item of the same label has taken the weight, or a quantity says how much it is."""
    return any(one["type"] == "quantity" or "catch_weight" in (one.get("tracking") or []) for one in together)


def _amount_without_slot(form: Form, value: Json, together: list[Json]) -> Placed:
    if any(one["type"] not in AMOUNTS for one in together):
        return form, []
    tally = tally_of(form)
    if tally is None or value["type"] == "weight":
        raise Refused("not_wanted", value, form, None)
    return say_of_last(form, tally, value)


def _quantity(form: Form, slot: Json, value: Json, together: list[Json]) -> Placed:
    mode, number, held = form.get("mode"), value["n"], slot.get("value")
    if held is not None and not mode and slot.get("mode") in ("each", "ask") and _has(together, "item"):
        number += held  # the same label again, with its own quantity
    if slot.get("max") is not None and number > slot["max"]:
        raise Refused("too_many", value, form, "quantity")
    is_growing = mode == "damaged" or slot.get("mode") == "each"
    least = 0 if mode == "short" else 1 if is_growing else slot.get("min", 1)
    if number < least:
        raise Refused("short_first" if slot.get("expected") and not mode and not is_growing else "too_few", value, form, "quantity")
    if mode == "short" and slot.get("expected") is not None and number >= slot["expected"]:
        raise Refused("not_short", value, form, "quantity")
    if number == held and not mode and slot.get("mode") != "ask":
        return form, []
    return with_slot(form, "quantity", value=number, said=True), ["quantity"]


def _has(values: list[Json], kind: str) -> bool:
    return any(value["type"] == kind for value in values)


def _is_settled(slot: Json) -> bool:
    if slot.get("tally"):
        return is_counted(slot)
    if slot["name"] == "quantity" and slot.get("mode") == "each" and slot.get("expected") is not None:
        return bool(slot.get("value") == slot["expected"])
    if slot["name"] == "quantity" and slot.get("mode") == "ask" and not (slot.get("optional") and slot.get("value") is None):
        return slot.get("value") is not None and bool(slot.get("said"))
    return slot.get("value") is not None or bool(slot.get("optional")) or slot.get("default") is not None


def _slots(form: Form) -> Json:
    if form.get("mode") == "full":
        to = slot_of(form, "to") or {}
        return {"tote": (to.get("expected") or [None])[0], "to": to.get("replacement")}
    filled: Json = {}
    for slot in form["slots"]:
        value = slot.get("value") if slot.get("value") is not None else slot.get("default")
        if value is None and form.get("mode") in ("short", "damaged"):
            expected = slot.get("expected")
            value = expected[0] if isinstance(expected, list) and expected and not slot.get("tally") else None
        if value is not None:
            filled[slot["name"]] = value
    return filled


def _new_tote(task: Task, form: Form) -> Task:
    """Every open form that wanted the full tote wants the new one now; what was scanned before stays, and can be undone."""
    slots = _slots(form)
    forms = []
    for one in task["forms"]:
        if one["id"] == form["id"]:
            one = {**with_slot(one, "to", replacement=None), "mode": None}  # noqa: PLW2901 - path copying
        to = slot_of(one, "to") or {}
        if one["state"] == "open" and to.get("expected") == [slots["tote"]]:
            default = slots["to"] if to.get("default") is not None else None
            one = with_slot(one, "to", expected=[slots["to"]], default=default, value=None)  # noqa: PLW2901 - path copying
        forms.append(one)
    trail = [step for step in task["trail"][:-1] if step[0] != form["id"] or step[1] != ["mode"]]
    return {**task, "forms": forms, "trail": trail}
