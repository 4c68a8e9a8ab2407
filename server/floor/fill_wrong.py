"""Why a value is refused."""

from server.floor.fill_task import Form, Json

AMOUNTS = ("quantity", "weight")
_WRONG = {"location": "wrong_location", "item": "wrong_item", "lpn": "wrong_lpn", "tote": "wrong_tote",
          "trolley": "wrong_tote", "document": "wrong_document", "badge": "wrong_badge", "lot": "wrong_lot",
          "serial": "wrong_serial", "expiry": "wrong_expiry", "production_date": "wrong_production_date"}


class Refused(Exception):
    """A value fits a slot but is not what the slot wants."""

    def __init__(self, code: str, value: Json, form: Form | None, slot: str | None) -> None:
        super().__init__(code)
        self.code, self.value, self.form, self.slot = code, value, form, slot


def asks_for(form: Form, value: Json) -> bool:
    """Whether the form has a slot for values of this type at all."""
    return any(value["type"] in slot["types"] for slot in form["slots"])


def accepts(slot: Json, value: Json) -> bool:
    """Whether a value is what the slot expects, or keeps its rule; what a rule asks and the value does not tell is let be."""
    expected, rule = slot.get("expected"), slot.get("rule")
    if value["type"] in AMOUNTS:
        return True
    if expected is not None:
        return value.get("key") in expected
    if value.get("key") is None:
        return False
    return not rule or all(name not in value or value[name] in allowed for name, allowed in rule.items())


def contradiction(form: Form, value: Json) -> Refused:
    """A value of a type that the form asks for, but not the one it wants."""
    slots = [slot for slot in form["slots"] if value["type"] in slot["types"]]
    wanting = next((slot for slot in slots if not accepts(slot, value)), None)
    if wanting is None:
        return Refused("already_filled", value, form, slots[0]["name"])
    return wrong(value, form, wanting["name"])


def wrong(value: Json, form: Form, slot: str) -> Refused:
    """The refusal of a value that another is wanted for."""
    return Refused(_WRONG.get(value["type"], "not_wanted"), value, form, slot)
