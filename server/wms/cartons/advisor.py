"""The process that chooses cartons for packers: {"items", "cartons", "seconds"} on standard input, the advice on standard output."""

import json
import os
import sys
from collections import Counter
from contextlib import suppress
from typing import Any

from server.wms.cartons.choosing import PIECES_MAX, choose_carton
from server.wms.cartons.document import request_of
from server.wms.cartons.models import FilledCarton
from server.wms.cartons.picture import carton_steps, full_carton

Json = dict[str, Any]
_GENTLY = 10
"""Added to its niceness: a scan goes first."""
_MANY = 250
"""So many pieces may take twice as long, and so on."""
_DRAWN_MAX = 100
"""Pieces of a carton that is drawn: nobody follows a picture of more, and each is 600 bytes."""


def advice(request: Json) -> Json:
    """{"state", "cartons": [{"carton", "count"}], "first", "split"} for what is to be packed, the carton to take now first.

    `state` is chosen, none_fits (neither one nor several), not_found (no way was found, and there may be one) or too_many (pieces).
    `first` is the carton to take now: its inner sides
    in mm, weight_g of the closed parcel, fill_percent, how many `pieces` go in, its `picture` (SVG) with all of them and the `steps`
    ({"picture", "items": [{"item", "count", "colour"}]}); without pictures where it holds too many.
    `split` says of every carton what goes in: [{"carton", "items": [{"item", "count"}]}], in the order of packing. Only wares with sides may be given.
    """
    seconds = float(request.pop("seconds"))
    wares, cartons, support = request_of(request)
    pieces = sum(one.count for one in wares)
    if pieces > PIECES_MAX:
        return _nothing("too_many")
    choice = choose_carton(wares, cartons, support=support, seconds=seconds * (1 + pieces / _MANY))
    if not choice.cartons:
        return _nothing("not_found" if any(one.why in ("time", "arrangement") for one in choice.reasons) else "none_fits")
    counted = Counter(one.carton.carton for one in choice.cartons)
    return {"state": "chosen", "cartons": [{"carton": name, "count": count} for name, count in counted.items()], "first": _first(choice.cartons[0]),
            "split": [_split(one) for one in choice.cartons]}


def _nothing(state: str) -> Json:
    return {"state": state, "cartons": [], "first": None, "split": []}


def _split(filled: FilledCarton) -> Json:
    counted = Counter(one.item for one in filled.placements)
    return {"carton": filled.carton.carton, "items": [{"item": item, "count": count} for item, count in sorted(counted.items())]}


def _first(filled: FilledCarton) -> Json:
    carton, is_drawn = filled.carton, len(filled.placements) <= _DRAWN_MAX
    return {"carton": carton.carton, "length_mm": carton.length_mm, "width_mm": carton.width_mm, "height_mm": carton.height_mm,
            "weight_g": filled.weight_g, "fill_percent": filled.fill_percent, "pieces": len(filled.placements),
            "picture": full_carton(filled) if is_drawn else "", "steps": _steps(filled) if is_drawn else []}


def _steps(filled: FilledCarton) -> list[Json]:
    return [{"picture": step.picture, "items": [{"item": item, "count": count, "colour": colour} for item, count, colour in step.items]}
            for step in carton_steps(filled)]


if __name__ == "__main__":
    with suppress(OSError, AttributeError):  # where a system has no niceness, or allows none, it is searched all the same
        os.nice(_GENTLY)
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr] # it is a text stream here
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    json.dump(advice(json.load(sys.stdin)), sys.stdout, ensure_ascii=False)
