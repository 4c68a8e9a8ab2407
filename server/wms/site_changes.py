"""What a warehouse chooses, changed by texts (`aisle site`) or by values (the API)."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import text

from labels.gs1 import CatchWeight
from server.kernel.audit import record
from server.kernel.errors import Invalid
from server.kernel.transaction import Tx
from server.masterdata.site_settings import set_site_settings, site_settings
from server.masterdata.sites import site_id_of
from server.wms.floor_plan import check_aisles
from server.wms.release_rules import PICKINGS

_STREAMS = text("UPDATE release_rule SET streaming = :streaming WHERE site_id = :site_id AND name = 'streaming'")
_IS_STREAMING = text("SELECT streaming FROM release_rule WHERE site_id = :site_id AND name = 'streaming'")
_NUMBERS = ("receive_over_percent", "receive_under_percent", "count_tolerance_units", "count_tolerance_percent",
            "pack_carton_g", "pack_tolerance_g", "pack_tolerance_percent", "next_priority_m", "next_cutoff_m", "next_cutoff_minutes",
            "cost_per_hour_cents", "return_days", "collect_days", "dock_to_stock_hours")
_LAYOUT = ("cross_aisles_mm", "depot_mm", "one_way_up_mm", "one_way_down_mm", "narrow_aisles_mm")
_BETWEEN = {"group_separators": " "}
_PLACE: Mapping[str, Callable[[str], bool]] = {
    "country": lambda value: not value or (len(value) == 2 and value.isascii() and value.isalpha() and value.isupper()),
    "city": lambda value: len(value) <= 64 and (value == "" or value.isprintable())}
_WORDS = {"pick_scan": ("item", "bin_item"), "pack_check": ("full", "each"), "pack_weigh": ("no", "yes"), "order_checks": ("off", "hint", "hold"), "return_refunds": ("ask", "restocked"), "price_changes": ("supervisor", "manager", "admin")}
_TEXTS = {"return_address": 200}


def change_site(tx: Tx, code: str, changes: tuple[str, ...]) -> dict[str, Any]:
    """Applies `name=value` texts to a site; its settings afterwards. Invalid names what is wrong."""
    site_id = site_id_of(tx, code)
    for change in changes:
        name, found, value = change.partition("=")
        if not found:
            raise Invalid(f"{change[:64]!r} is no setting: write name=value.", field="set")
        _change(tx, site_id, name, value)
    return asdict(site_settings(tx, site_id))


def change_settings(tx: Tx, site_id: int, values: Mapping[str, str | int | list[str] | list[int] | list[float]]) -> None:
    """Applies settings given as values, all or none; Invalid names the field that is wrong."""
    for name, value in values.items():
        written = str(value) if isinstance(value, str | int) else _BETWEEN.get(name, ",").join(map(str, value))
        if name in _LAYOUT:
            _change(tx, site_id, "layout", f"{name}:{written}")
        else:
            _change(tx, site_id, name, written)


def streams(tx: Tx, site_id: int) -> bool:
    """Whether orders go to the floor by themselves."""
    return bool(tx.scalar(_IS_STREAMING, site_id=site_id))


def _change(tx: Tx, site_id: int, name: str, value: str) -> None:
    if name == "streams":
        tx.execute(_STREAMS, {"site_id": site_id, "streaming": int(value == "1")})
        record(tx, "release_rule.streams", str(site_id), new={"streaming": int(value == "1")})
    elif name == "layout":
        parts = dict(part.split(":", 1) for part in value.split(";") if ":" in part)
        set_site_settings(tx, site_id, **{part: _lengths(part, parts[part]) for part in _LAYOUT if part in parts})
        check_aisles(tx, site_id)
    elif name in _NUMBERS and value.isascii() and value.isdigit() and len(value) < 10:
        set_site_settings(tx, site_id, **{name: int(value)})
    elif value in _WORDS.get(name, ()) or (name in _TEXTS and len(value) <= _TEXTS[name] and value.isprintable()):
        set_site_settings(tx, site_id, **{name: value})
    elif name == "gcp" and value.isascii() and value.isdigit() and 4 <= len(value) <= 12:
        set_site_settings(tx, site_id, gcp=value)
    elif name == "currency" and (not value or (value.isascii() and value.isalpha() and value.isupper() and len(value) == 3)):
        set_site_settings(tx, site_id, currency=value)
    elif name in _PLACE and _PLACE[name](value):
        set_site_settings(tx, site_id, **{name: value})
    elif name == "coordinates":
        set_site_settings(tx, site_id, coordinates=_coordinates(value))
    elif name in _LISTS and (value or name != "cutoffs"):
        between, read = _LISTS[name]
        set_site_settings(tx, site_id, **{name: [read(one) for one in value.split(between) if one]})
    else:
        raise Invalid(f"{name[:32]}={value[:32]} is no setting of a warehouse. See aisle site --help.", field=name[:32])


def _coordinates(value: str) -> list[float]:
    try:
        spot = [float(one) for one in value.split(",") if one]
    except ValueError:
        spot = [math.inf]
    if spot and not (len(spot) == 2 and abs(spot[0]) <= 90 and abs(spot[1]) <= 180):
        raise Invalid(f"{value[:64]!r} is no place: write latitude and longitude in degrees, such as 31.23,121.47.", field="coordinates")
    return spot


def _lengths(name: str, value: str) -> list[int]:
    try:
        return [int(one) for one in value.split(",") if one]
    except ValueError as error:
        raise Invalid(f"{name} is {value[:64]!r}, not whole millimetres with commas between them.", field=name) from error


def _clock(value: str) -> str:
    hour, _, minute = value.partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        raise Invalid(f"{value[:16]!r} is no time of day such as 16:00.", field="cutoffs")
    return f"{int(hour):02d}:{int(minute):02d}"


def _layout(pattern: str) -> str:
    try:
        return CatchWeight.of(pattern).pattern
    except ValueError as error:
        raise Invalid(str(error), field="catch_weight") from error


def _separator(value: str) -> str:
    if value.isalnum() or len(value) > 16:
        raise Invalid(f"{value[:16]!r} would be taken out of every code that holds it; a separator has a sign in it "
                      "that codes have not, such as ~ or <GS>.", field="group_separators")
    return value


def _level(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 4):
        raise Invalid(f"{value[:16]!r} is no level of a rack: 0 is the floor.", field="forklift_levels")
    return int(value)


def _picking(value: str) -> str:
    if value not in PICKINGS:
        raise Invalid(f"{value[:16]!r} is no way of picking. There are {', '.join(PICKINGS)}.", field="trolley_picking")
    return value


_LISTS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "cutoffs": (",", _clock), "catch_weight": (",", _layout), "group_separators": (" ", _separator),
    "forklift_levels": (",", _level), "trolley_picking": (",", _picking)}
