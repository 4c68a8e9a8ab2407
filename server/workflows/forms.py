"""The pieces that forms are made of, in the shapes of the device protocol."""

from collections.abc import Mapping, Sequence
from typing import Any

from server.floor.process import Json, Message


def slot(name: str, types: Sequence[str], prompt: str, **more: Any) -> Json:
    """A slot; `more` are expected, suggested, rule, optional, default, mode, min, max, replaces.

    `replaces`: what is scanned later takes the place of what was.
    """
    plain = {"expected": None, "suggested": None, "rule": None, "optional": False, "default": None, "value": None}
    return {"name": name, "types": list(types), **plain, "prompt": Message(prompt).to_json(), **more}


def form(number: str, kind: str, prompt: Message, slots: Sequence[Json], info: Mapping[str, Any], *,
         state: str = "open") -> Json:
    """A form of a task."""
    return {"id": number, "kind": kind, "state": state, "repeat": False, "shortable": False, "damageable": False,
            "mode": None, "prompt": prompt.to_json(), "info": dict(info), "slots": list(slots)}


def opening_slots() -> list[Json]:
    """The slots of a form that takes anything and starts what it starts: its operation is a `start`."""
    types = {"lpn": ("lpn", "tote", "trolley"), "location": ("location",), "item": ("item",), "document": ("document",),
             "lot": ("lot",), "serial": ("serial",), "expiry": ("expiry",)}
    return [slot(name, accepted, "slot.anything", optional=True) for name, accepted in types.items()]


def progress(forms: Sequence[Json]) -> Json:
    """How many of a task's forms are done."""
    return {"done": sum(1 for one in forms if one["state"] != "open"), "all": len(forms)}
