"""Stations: which devices are bound to which place, how they are, and what the screen of a station shows."""

import json
import re
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field

from server.api.parts import caller, read, write
from server.api.speech import in_their_words
from server.kernel.errors import Invalid, NotFound
from server.kernel.hourly import errors_in_an_hour
from server.kernel.transaction import Tx
from server.masterdata.found_ports import bind_found, free_ports
from server.masterdata.sites import first_site, site_id_of
from server.masterdata.stations import (
    WORKED_AT,
    NewPeripheral,
    NewStation,
    drop_station,
    peripherals,
    put_station,
    station,
    stations,
    take_screen,
)
from server.masterdata.wishes import is_late, wish
from server.printing.queue import printer_named
from server.stations.showing import shown_at

stations_blueprint = APIBlueprint("stations", __name__, url_prefix="/api/v1", tag="Stations")
BLUEPRINTS = (stations_blueprint,)
_URL = re.compile(r"(socket|rfc2217|listen|rtsp|http)://[^\s]{1,240}|/dev/[A-Za-z0-9._:/-]{1,200}")
_PASSWORD = re.compile(r"//[^/@]+@")
_SETTINGS_MAX = 4_000


class PeripheralBody(BaseModel):
    """A device: where it is plugged in, which driver speaks with it, and that driver's settings."""

    model_config = {"extra": "forbid"}
    name: str = Field(max_length=32)
    kind: str = Field(max_length=16)
    driver: str = Field("", max_length=32)
    url: str = Field(max_length=256)
    settings: dict[str, Any] = Field(default_factory=dict)


class StationBody(BaseModel):
    """A station with all its devices; those that it had beside them are unbound."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{
        "site": "W1", "kind": "dock", "location": "W1-DOCK", "settings": {}, "peripherals": [
            {"name": "scanner", "kind": "scanner", "driver": "text", "url": "socket://10.0.0.61:4001", "settings": {"suffix": "CR"}},
            {"name": "light", "kind": "light", "driver": "", "url": "socket://10.0.0.62:4002", "settings": {}}]}]}}
    site: str = Field(max_length=16)
    kind: str = Field(max_length=16)
    location: str = Field(max_length=64)
    settings: dict[str, Any] = Field(default_factory=dict)
    peripherals: list[PeripheralBody] = Field(default_factory=list, max_length=32)


class FoundBody(BaseModel):
    """A port that was found, and what the scanner there is to be called."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"name": "scanner", "url": "/dev/serial/by-id/usb-Honeywell_1950-if00"}]}}
    name: str = Field(max_length=32)
    url: str = Field(max_length=256)


class SiteQuery(BaseModel):
    """Of one warehouse; the caller's own, or all, if left out."""

    site: str = Field("", max_length=16)


@stations_blueprint.get("/stations")
@stations_blueprint.input(SiteQuery, location="query", arg_name="query")
@stations_blueprint.doc(summary="Stations and the devices that are bound to them, as they were seen last")
def stations_(query: SiteQuery) -> dict[str, Any]:
    """All of them: a warehouse has a few."""
    def work(tx: Tx) -> list[dict[str, Any]]:
        site_id = site_id_of(tx, query.site) if query.site else caller().site_id
        if site_id is not None:
            caller().guard_site(site_id)
        bound = peripherals(tx, site_id)
        return [_told(row, [one for one in bound if one.station_id == row.id], tx.now) for row in stations(tx, site_id)]

    return {"items": read(work), "next": None}


@stations_blueprint.put("/stations/<code>")
@stations_blueprint.input(StationBody, arg_name="body")
@stations_blueprint.doc(summary="Make or change a station")
def put_station_(code: str, body: StationBody) -> dict[str, Any]:
    """Its ports are opened anew within a second; those of other stations stay open."""
    for one in body.peripherals:
        if not _URL.fullmatch(one.url):
            raise Invalid(f"The address of {one.name!r} is none: use /dev/serial/by-id/NAME, socket://HOST:PORT, rfc2217://HOST:PORT, "
                          "listen://:PORT, or rtsp:// and http:// for a camera.", field="peripherals.url")
    if len(json.dumps([body.settings, *(one.settings for one in body.peripherals)])) > _SETTINGS_MAX:
        raise Invalid(f"The settings are longer than {_SETTINGS_MAX} signs.", field="settings")
    printer = body.settings.get("printer", "")
    if not isinstance(printer, str):
        raise Invalid("The printer of a station is the name of one.", field="settings.printer")
    new = NewStation(code=code, kind=body.kind, location=body.location, settings=body.settings,
                     peripherals=[NewPeripheral(**one.model_dump()) for one in body.peripherals])

    def work(tx: Tx) -> int:
        site_id = site_id_of(tx, body.site)
        caller().guard_site(site_id)
        if printer and printer_named(tx, printer).site_id != site_id:
            raise NotFound(f"There is no printer {printer[:64]} in this warehouse.", what=printer[:64])
        return put_station(tx, site_id, new)

    return {"id": write(work), "code": code}


@stations_blueprint.get("/ports")
@stations_blueprint.doc(summary="Serial ports that were found and that no device uses")
def ports() -> dict[str, Any]:
    """Of the machine that holds the devices, as it saw them last: a scanner that was plugged in is there within a second."""
    return {"items": [{"url": url} for url in read(free_ports)], "next": None}


@stations_blueprint.post("/stations/<code>/scanners")
@stations_blueprint.input(SiteQuery, location="query", arg_name="query")
@stations_blueprint.input(FoundBody, arg_name="body")
@stations_blueprint.doc(summary="Bind a port that was found to a station, as a scanner", responses=[201])
def bind_scanner(code: str, query: SiteQuery, body: FoundBody) -> tuple[dict[str, Any], int]:
    """It reads lines of text; another driver is set with the station. What the station has stays; 409 for a name that it has."""
    write(lambda tx: bind_found(tx, _site(tx, query.site), code, body.name, body.url))
    return {"station": code, "name": body.name}, 201


@stations_blueprint.delete("/stations/<code>")
@stations_blueprint.input(SiteQuery, location="query", arg_name="query")
@stations_blueprint.doc(summary="Take a station away; what it did stays", responses=[204])
def drop_station_(code: str, query: SiteQuery) -> Response:
    """Its ports are closed within a second."""
    def work(tx: Tx) -> None:
        drop_station(tx, _site(tx, query.site), code)

    write(work)
    return Response(status=204)


@stations_blueprint.post("/stations/<code>/peripherals/<name>/zero")
@stations_blueprint.input(SiteQuery, location="query", arg_name="query")
@stations_blueprint.doc(summary="Zero a scale", responses=[202])
def zero(code: str, name: str, query: SiteQuery) -> tuple[dict[str, Any], int]:
    """The server that holds its port tells it within a second or two, or after ten never. What became of it is the device's `answer`.

    sent, away (not connected), cannot (its protocol knows no zero), late (nobody held its port).
    """
    write(lambda tx: wish(tx, station(tx, _site(tx, query.site), code), name, "zero"))
    return {"station": code, "name": name, "wanted": "zero"}, 202


@stations_blueprint.get("/stations/<code>/screen")
@stations_blueprint.input(SiteQuery, location="query", arg_name="query")
@stations_blueprint.doc(summary="What the screen at a station shows: what is expected, the last passages, what is wrong, its devices and labels")
def screen(code: str, query: SiteQuery) -> dict[str, Any]:
    """For a device or a supervisor of the warehouse. A scale's `load` is rest, moving, over, under or nothing, with `load_g`: what it shows now."""
    def work(tx: Tx) -> dict[str, Any]:
        row = station(tx, _site(tx, query.site), code)
        return {"now": tx.now, "code": row.code, "kind": row.kind, "location": row.location, "screen": row.screen_id, **shown_at(tx, row),
                "peripherals": [_peripheral(one, tx.now) for one in peripherals(tx, row.site_id) if one.station_id == row.id]}

    return read(work)


@stations_blueprint.put("/stations/<code>/screen")
@stations_blueprint.input(SiteQuery, location="query", arg_name="query")
@stations_blueprint.doc(summary="This device becomes the screen of a station that somebody works at")
def take_screen_(code: str, query: SiteQuery) -> dict[str, Any]:
    """What the station's scanner reads is a scan of it from then on, its scale weighs what is packed there, its printer prints."""
    def work(tx: Tx) -> None:
        row, number = station(tx, _site(tx, query.site), code), caller().device_id
        if row.kind not in WORKED_AT:
            raise Invalid(f"{row.code} is a {row.kind}: its screen shows what passes, and nobody works with it. It needs no device of its own.", field="code")
        if number is None:
            raise AssertionError("only devices may do this")
        take_screen(tx, row, number)

    write(work)
    return {"station": code}


def _site(tx: Tx, code: str) -> int:
    me = caller()
    site_id = site_id_of(tx, code) if code else me.site_id or first_site(tx)
    me.guard_site(site_id)
    return int(site_id)


def _told(row: Any, bound: list[Any], now: int) -> dict[str, Any]:
    return {"site": row.site, "code": row.code, "kind": row.kind, "location": row.location, "document": row.document or None,
            "settings": row.settings, "device": row.device_id, "screen": row.screen_id,
            "peripherals": [{**_peripheral(one, now), "url": _without_password(one.url), "settings": one.settings} for one in bound]}


def _without_password(url: str) -> str:
    """A camera's address may hold one."""
    return _PASSWORD.sub("//***@", url)


def _peripheral(row: Any, now: int) -> dict[str, Any]:
    """`wanted` is what the device has not been told yet, `answer` what became of the last wish."""
    return {"name": row.name, "kind": row.kind, "driver": row.driver, "state": row.state, "since": row.since, "error": in_their_words(row.error) or None, "error_code": row.error_code,
            "firmware": row.firmware, "reads": row.reads, "errors": row.errors, "errors_hour": errors_in_an_hour(row, now),
            "outages": row.outages, "last_read": row.last_read, "last_at": row.last_at, "latency_ms": row.latency_ms, "load": row.load, "load_g": row.load_g,
            "wanted": "" if is_late(row, now) else row.wanted, "answer": "late" if is_late(row, now) else row.answer}
