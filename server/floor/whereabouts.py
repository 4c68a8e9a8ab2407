"""Where somebody is: the place that their handheld scanned last, or where the task ended that they finished last."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text

from server.kernel.transaction import Tx

_LOOKED_AT = 8
_RECENT = text(
    "SELECT o.at, o.slots, t.state, t.end_x_mm, t.end_y_mm FROM operation o LEFT JOIN task t ON t.id = o.task_id "
    "WHERE o.device_id = :device_id AND o.epoch = (SELECT epoch FROM device_epoch WHERE device_id = :device_id "
    "ORDER BY started_at DESC, epoch LIMIT 1) ORDER BY o.seq DESC LIMIT :most"
)
_PLACES = text("SELECT code, x_mm, y_mm FROM location WHERE code IN :codes AND site_id = :site_id").bindparams(
    bindparam("codes", expanding=True))
_SLOTS = ("to", "from", "location")


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A place on the floor; `code` is empty where it is known by its coordinates only."""

    x_mm: int
    y_mm: int
    code: str
    at: int


def whereabouts(tx: Tx, site_id: int, device_id: int) -> Whereabouts | None:
    """Where the worker with a device is, as far as its last operations tell; None when they do not."""
    rows = [(row, _codes_in(json.loads(row.slots))) for row in tx.rows(_RECENT, device_id=device_id, most=_LOOKED_AT)]
    codes = {code for _, named in rows for code in named}
    places = {place.code: place for place in tx.rows(_PLACES, codes=sorted(codes), site_id=site_id)} if codes else {}
    return next((found for row, named in rows for found in _found(row, named, places)), None)


def _found(row: Any, named: list[str], places: Mapping[str, Any]) -> Iterator[Whereabouts]:
    """What one operation tells: a task that it ended has led to the end of its way, else the last place that was scanned."""
    if row.state == "done" and row.end_x_mm is not None:
        yield Whereabouts(row.end_x_mm, row.end_y_mm, next((code for code in named if _is_at(places.get(code), row)), ""), row.at)
    for code in named:
        if code in places:
            yield Whereabouts(places[code].x_mm, places[code].y_mm, code, row.at)


def _is_at(place: Any, row: Any) -> bool:
    return place is not None and (place.x_mm, place.y_mm) == (row.end_x_mm, row.end_y_mm)


def _codes_in(slots: Any) -> list[str]:
    if not isinstance(slots, dict):
        return []
    value = slots.get("value")
    opening = [value.get("key")] if isinstance(value, dict) and value.get("type") == "location" else []
    return [code for code in (*(slots.get(name) for name in _SLOTS), *opening) if isinstance(code, str) and 0 < len(code) <= 64]
