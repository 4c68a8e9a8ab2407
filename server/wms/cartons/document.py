"""Wares and cartons from plain JSON values, and a choice as such."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, TypeVar

from server.kernel.errors import Invalid
from server.wms.cartons.choosing import SUPPORT
from server.wms.cartons.models import CartonChoice, CartonType, FilledCarton, Ware

_Kind = TypeVar("_Kind", Ware, CartonType)


def request_of(document: Any) -> tuple[list[Ware], list[CartonType], float]:
    """Items, cartons and support of {"items": [...], "cartons": [...], "support": 0 to 1}; Invalid says what is wrong where."""
    if not isinstance(document, dict) or set(document) - {"items", "cartons", "support"} or not {"items", "cartons"} <= set(document):
        raise Invalid('Give {"items": [...], "cartons": [...]}, and "support" (0 to 1) if you like.', field="items")
    support = document.get("support", SUPPORT)
    if isinstance(support, bool) or not isinstance(support, int | float) or not 0 <= support <= 1:
        raise Invalid(f"support is a number from 0 to 1, not {str(support)[:40]!r}.", field="support")
    return _all(document, "items", Ware), _all(document, "cartons", CartonType), float(support)


def choice_json(choice: CartonChoice) -> dict[str, Any]:
    """A choice as plain values; sizes in mm, weights in g."""
    return {"fits": bool(choice.cartons), "cartons": [_carton_json(one) for one in choice.cartons],
            "reasons": [{**asdict(one), "sentence": one.sentence} for one in choice.reasons], "notes": list(choice.notes)}


def _carton_json(filled: FilledCarton) -> dict[str, Any]:
    return {"carton": filled.carton.carton, "weight_g": filled.weight_g, "fill_percent": filled.fill_percent,
            "placements": [asdict(one) for one in filled.placements],
            "loose": [{"item": one.item, "count": one.count} for one in filled.loose]}


def _all(document: Mapping[str, Any], name: str, kind: type[_Kind]) -> list[_Kind]:
    entries = document[name]
    if not isinstance(entries, list):
        raise Invalid(f"{name} is a list, not {type(entries).__name__}.", field=name)
    return [_one(f"{name}[{at}]", entry, kind) for at, entry in enumerate(entries)]


def _one(where: str, entry: Any, kind: type[_Kind]) -> _Kind:
    types = {field.name: field.type for field in fields(kind)}
    if not isinstance(entry, dict):
        raise Invalid(f"{where} is an object of {', '.join(types)}.", field=where)
    unknown = sorted(set(entry) - set(types))
    if unknown:
        raise Invalid(f"{where} has no {str(unknown[0])[:40]!r}. There are: {', '.join(types)}.", field=where)
    for name, value in entry.items():
        if type(value) is not types[name]:
            wanted = {str: "a text", int: "a whole number", bool: "true or false"}[types[name]]  # type: ignore[index]
            raise Invalid(f"{where}: {name} is {wanted}, not {str(value)[:40]!r}.", field=where)
    try:
        return kind(**entry)
    except TypeError as error:
        raise Invalid(f"{where} needs {', '.join(_needed(kind))}.", field=where) from error


def _needed(kind: type[Ware] | type[CartonType]) -> list[str]:
    return ["item"] if kind is Ware else ["carton", "length_mm", "width_mm", "height_mm"]
