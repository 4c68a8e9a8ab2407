"""One value into one form: what fits, what it fills, and when the form is full."""

from server.floor.fill_task import Effect, Form, Json, Task, open_forms, replace_form, slot_of, with_slot


class Refused(Exception):
    """A value fits a slot but is not what the slot wants."""

    def __init__(self, code: str, value: Json, form: Form | None, slot: str | None) -> None:
        super().__init__(code)
        self.code, self.value, self.form, self.slot = code, value, form, slot


def fits(form: Form, value: Json) -> bool:
    """Whether some slot of the form would take the value."""
    return _slot_for(form, value) is not None


def place(form: Form, value: Json, together: list[Json]) -> tuple[Form, list[str]]:  # noqa: PLR0911 - one return a rule
    """The form with the value in it, and the names of the slots that changed; raises Refused."""
    if form.get("mode") == "full" and value["type"] in ("tote", "lpn"):
        return with_slot(form, "to", replacement=value["key"]), ["to"]
    if value["type"] == "quantity":
        return _quantity(form, value)
    slot = _slot_for(form, value)
    if slot is None:
        return _no_slot(form, value)
    if slot.get("tally"):
        return _tally(form, slot, value, together)
    if value["type"] == "item":
        return _item(form, slot, value, together)
    held = value["n"] if value["type"] == "weight" else value["key"]
    if slot.get("value") == held:
        return form, []
    return with_slot(form, slot["name"], value=held), [slot["name"]]


def settled(task: Task, form: Form, *, closing: bool = False) -> tuple[Task, list[Effect]]:
    """Commits the form when it is full (or when `closing` an open tally), and goes to the next one."""
    if not closing and not _is_full(form):
        return task, []
    kind = form["mode"] if form.get("mode") in ("short", "damaged", "full") else form["kind"]
    effects: list[Effect] = [{"effect": "operation", "kind": kind, "form": form["id"], "slots": _slots(form)}]
    task = {**task, "trail": [step for step in task.get("trail", []) if step[0] != form["id"]]}
    if form.get("mode") == "full":
        return _new_tote(task, form), effects
    if form.get("repeat"):
        return replace_form(task, cleared(form)), effects
    state = "short" if kind == "short" else "done"
    task = replace_form(task, {**form, "state": state, "mode": None})
    following = open_forms(task)
    task = {**task, "current": following[0]["id"] if following else None}
    return task, effects if following else [*effects, {"effect": "complete"}]


def cleared(form: Form) -> Form:
    """The form as it was before anything was scanned into it."""
    return {**form, "mode": None, "slots": [{**slot, "value": None} for slot in form["slots"]]}


def _slot_for(form: Form, value: Json) -> Json | None:
    if form.get("mode") == "full" and value["type"] in ("tote", "lpn"):
        to: Json | None = slot_of(form, "to")
        return to
    for slot in form["slots"]:
        if value["type"] in slot["types"] and (slot.get("tally") or _accepts(slot, value)) and _free(slot, value):
            found: Json = slot
            return found
    return None


def _free(slot: Json, value: Json) -> bool:
    held = slot.get("value")
    return bool(slot.get("tally")) or held is None or held == value.get("key", value.get("n"))


def _accepts(slot: Json, value: Json) -> bool:
    expected, rule = slot.get("expected"), slot.get("rule")
    if value["type"] in ("quantity", "weight"):
        return True
    if expected is not None:
        return value.get("key") in expected
    if value.get("key") is None:
        return False
    return not rule or all(name not in value or value[name] in allowed for name, allowed in rule.items())


def _no_slot(form: Form, value: Json) -> tuple[Form, list[str]]:
    for slot in form["slots"]:
        if value["type"] in slot["types"] and not slot.get("tally"):
            if slot.get("value") not in (None, value.get("key")):
                raise Refused("already_filled", value, form, slot["name"])
            raise Refused(f"wrong_{value['type']}", value, form, slot["name"])
    return form, []  # a label may say more than the form asks for


def _item(form: Form, slot: Json, value: Json, together: list[Json]) -> tuple[Form, list[str]]:
    again = slot.get("value") is not None
    names = [] if again else [slot["name"]]
    form = with_slot(form, slot["name"], value=value["key"])
    quantity = slot_of(form, "quantity")
    if quantity is None or (quantity.get("mode") == "ask" and not form.get("mode")):
        return form, names
    if any(one["type"] == "quantity" for one in together):
        return form, names
    if "catch_weight" in value.get("tracking", []):
        weight = next((one["n"] for one in together if one["type"] == "weight"), None)
        return (form, names) if weight is None else _counted(form, quantity, weight, value, names)
    if form.get("mode") in ("short", "damaged") or quantity["mode"] == "each":
        return _counted(form, quantity, value.get("quantity", 1), value, names)
    if quantity.get("value") is not None:
        raise Refused("already_complete", value, form, "quantity")
    full = quantity.get("expected")
    return with_slot(form, "quantity", value=full if full is not None else value.get("quantity", 1)), [*names, "quantity"]


def _counted(form: Form, quantity: Json, more: int, value: Json, names: list[str]) -> tuple[Form, list[str]]:
    total = (quantity.get("value") or 0) + more
    if quantity.get("max") is not None and total > quantity["max"]:
        raise Refused("too_many", value, form, "quantity")
    return with_slot(form, "quantity", value=total), [*names, "quantity"]


def _quantity(form: Form, value: Json) -> tuple[Form, list[str]]:
    slot = slot_of(form, "quantity")
    if slot is None:
        tally = next((one for one in form["slots"] if one.get("tally")), None)
        if tally is not None:
            return form, []  # the quantity of the item in the same label, taken there
        raise Refused("not_wanted", value, form, None)
    number = value["n"]
    if slot.get("mode") == "each" and slot.get("value") is not None and not form.get("mode"):
        number += slot["value"]
    if slot.get("max") is not None and number > slot["max"]:
        raise Refused("too_many", value, form, "quantity")
    least = {"short": 0, "damaged": 1}.get(form.get("mode") or "", slot.get("min", 1))
    if number < least:
        raise Refused("short_first" if slot.get("expected") else "too_few", value, form, "quantity")
    if form.get("mode") == "short" and slot.get("expected") is not None and number >= slot["expected"]:
        raise Refused("not_short", value, form, "quantity")
    return with_slot(form, "quantity", value=number, said=True), ["quantity"]


def _tally(form: Form, slot: Json, value: Json, together: list[Json]) -> tuple[Form, list[str]]:
    entries = list(slot.get("value") or [])
    if value["type"] == "lpn":
        if any(entry.get("lpn") == value["key"] for entry in entries):
            return form, []
        return with_slot(form, slot["name"], value=[*entries, {"lpn": value["key"]}]), [slot["name"]]
    if value.get("key") is None:
        raise Refused("unknown_code", value, form, slot["name"])
    entry = {"item": value["key"], **{kind: _one(together, kind) for kind in ("lot", "serial", "expiry")}}
    if entry["serial"] and any(one.get("item") == entry["item"] and one.get("serial") == entry["serial"] for one in entries):
        raise Refused("serial_twice", value, form, slot["name"])
    wanted = _wanted_of(slot, entry, value, form)
    counted = sum(one["quantity"] for one in entries if one.get("item") == entry["item"])
    more = _more(slot, value, together, wanted, counted)
    if wanted is not None and counted + more > wanted:
        raise Refused("too_many", value, form, slot["name"])
    same = next((one for one in entries if "item" in one and all(one[k] == entry[k] for k in entry)), None)
    rest = [one for one in entries if one is not same]
    total = (same["quantity"] if same else 0) + more
    return with_slot(form, slot["name"], value=[*rest, {**entry, "quantity": total}]), [slot["name"]]


def _more(slot: Json, value: Json, together: list[Json], wanted: int | None, counted: int) -> int:
    said = next((one["n"] for one in together if one["type"] == "quantity"), None)
    weight = next((one["n"] for one in together if one["type"] == "weight"), None)
    if said is not None:
        return int(said)
    if weight is not None and "catch_weight" in value.get("tracking", []):
        return int(weight)
    if slot.get("mode") == "full" and wanted is not None and counted < wanted:
        return wanted - counted
    return int(value.get("quantity", 1))


def _wanted_of(slot: Json, entry: Json, value: Json, form: Form) -> int | None:
    expected = slot.get("expected")
    if expected is None:
        return None
    mine = [one for one in expected if one["item"] == entry["item"]]
    if not mine:
        raise Refused("wrong_item", value, form, slot["name"])
    return int(sum(one["quantity"] for one in mine))


def _one(together: list[Json], kind: str) -> str | None:
    return next((value["key"] for value in together if value["type"] == kind), None)


def _is_full(form: Form) -> bool:
    mode = form.get("mode")
    if mode == "full":
        return (slot_of(form, "to") or {}).get("replacement") is not None
    if mode in ("short", "damaged"):
        quantity = slot_of(form, "quantity") or {}
        return bool(quantity.get("said"))
    return all(_is_settled(slot) for slot in form["slots"])


def _is_settled(slot: Json) -> bool:
    if slot.get("tally"):
        return slot.get("expected") is not None and _tally_complete(slot)
    if slot["name"] == "quantity" and slot.get("mode") == "each" and slot.get("expected") is not None:
        return bool(slot.get("value") == slot["expected"])
    return slot.get("value") is not None or bool(slot.get("optional")) or slot.get("default") is not None


def _tally_complete(slot: Json) -> bool:
    entries = slot.get("value") or []
    return all(sum(entry["quantity"] for entry in entries if entry.get("item") == item)
               == sum(one["quantity"] for one in slot["expected"] if one["item"] == item)
               for item in {one["item"] for one in slot["expected"]})


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
    """Every open form that wanted the full tote wants the new one now."""
    slots = _slots(form)
    forms = []
    for one in task["forms"]:
        if one["id"] == form["id"]:
            one = {**with_slot(one, "to", replacement=None), "mode": None}  # noqa: PLW2901 - path copying
        if one["state"] == "open" and (slot_of(one, "to") or {}).get("expected") == [slots["tote"]]:
            one = with_slot(one, "to", expected=[slots["to"]], value=None)  # noqa: PLW2901 - path copying
        forms.append(one)
    return {**task, "forms": forms}
