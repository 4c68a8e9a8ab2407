"""Counting into a form: each scan adds to an entry of the tally, the last one scanned stands last."""

from server.floor.fill_task import Form, Json, slot_of, tally_left, with_slot
from server.floor.fill_wrong import Refused

Placed = tuple[Form, list[str]]


def count_lpn(form: Form, slot: Json, value: Json) -> Placed:
    """A pallet or parcel is counted once, with whatever is on it."""
    entries = list(slot.get("value") or [])
    if any(entry.get("lpn") == value["key"] for entry in entries):
        return form, []
    return with_slot(form, slot["name"], value=[*entries, {"lpn": value["key"]}]), [slot["name"]]


def count_item(form: Form, slot: Json, value: Json, together: list[Json]) -> Placed:
    """An item, with the lot, serial and expiry of the same label, adds one, one pack, or what the label says."""
    if "lpn" in slot["types"] and any(one["type"] == "lpn" for one in together):
        return form, []  # the label of a whole pallet also says what is on it
    if value.get("key") is None:
        raise Refused("unknown_code", value, form, slot["name"])
    entries = list(slot.get("value") or [])
    entry = {"item": value["key"], **{kind: _one(together, kind) for kind in ("lot", "serial", "expiry")}}
    if entry["serial"] and any(one.get("item") == entry["item"] and one.get("serial") == entry["serial"] for one in entries):
        raise Refused("serial_twice", value, form, slot["name"])
    more = _more(slot, value, together, _left(form, slot, value))
    same = next((one for one in entries if "item" in one and all(one[k] == entry[k] for k in entry)), None)
    rest = [one for one in entries if one is not same]
    total = (same["quantity"] if same else 0) + more
    return with_slot(form, slot["name"], value=[*rest, {**entry, "quantity": total}]), [slot["name"]]


def say_of_last(form: Form, slot: Json, value: Json) -> Placed:
    """A quantity by itself says how many of the last scanned item there are."""
    entries = list(slot.get("value") or [])
    if not entries or "item" not in entries[-1]:
        raise Refused("not_wanted", value, form, slot["name"])
    last, number = entries[-1], value["n"]
    if number < 1:
        raise Refused("too_few", value, form, slot["name"])
    most = tally_left(slot, last["item"]) + last["quantity"] if slot.get("expected") is not None else None
    if (most is not None and number > most) or (last["serial"] and number > 1):
        raise Refused("too_many", value, form, slot["name"])
    if number == last["quantity"]:
        return form, []
    return with_slot(form, slot["name"], value=[*entries[:-1], {**last, "quantity": number}]), [slot["name"]]


def is_counted(slot: Json) -> bool:
    """Whether all that the tally expects is there; one that expects nothing ends by the next place or DONE."""
    expected = slot.get("expected")
    return expected is not None and all(tally_left(slot, one["item"]) == 0 for one in expected)


def is_closable(form: Form) -> bool:
    """Whether DONE may end the counting here: an open tally at its place, or a parcel with something in it."""
    here = slot_of(form, "from")
    has_place = here is None or here.get("value") is not None
    return any(slot.get("tally") and ((slot.get("expected") is None and has_place) or (form.get("closable") and slot.get("value")))
               for slot in form["slots"])


def _left(form: Form, slot: Json, value: Json) -> int | None:
    expected = slot.get("expected")
    if expected is None:
        return None
    if all(one["item"] != value["key"] for one in expected):
        raise Refused("wrong_item", value, form, slot["name"])
    left = tally_left(slot, value["key"])
    if left <= 0:
        raise Refused("already_complete", value, form, slot["name"])
    return left


def _more(slot: Json, value: Json, together: list[Json], left: int | None) -> int:
    more = _said_or_weighed(value, together)
    if more is None:
        more = left if slot.get("mode") == "full" and left is not None else int(value.get("quantity", 1))
    if more < 1:
        raise Refused("too_few", value, None, slot["name"])
    if left is not None and more > left:
        raise Refused("too_many", value, None, slot["name"])
    return more


def _said_or_weighed(value: Json, together: list[Json]) -> int | None:
    said = next((one["n"] for one in together if one["type"] == "quantity"), None)
    if said is None and "catch_weight" in value.get("tracking", []):
        said = next((one["n"] for one in together if one["type"] == "weight"), None)
    return said


def _one(together: list[Json], kind: str) -> str | None:
    return next((value["key"] for value in together if value["type"] == kind), None)
