"""Warehouses: made, named, and what each has chosen."""

from dataclasses import asdict
from typing import Any
from zoneinfo import available_timezones

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from server.api.parts import caller, guard_reach, parts, read, write
from server.kernel.errors import Conflict, Invalid
from server.kernel.transaction import Tx
from server.masterdata.locations import Grid, NewLocation, locations_of_pattern
from server.masterdata.site_settings import site_settings
from server.masterdata.sites import name_site, site_id_of, sites
from server.new_warehouse import begin_warehouse, guard_names
from server.wms.site_changes import change_settings, streams

site_blueprint = APIBlueprint("sites", __name__, url_prefix="/api/v1", tag="Warehouses")
BLUEPRINTS = (site_blueprint,)


class SiteBody(BaseModel):
    """A new warehouse; with a pattern its bins are made too."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"code": "W1", "name": "Main warehouse", "timezone": "Europe/Berlin", "pattern": "W1-{A..D}-{01..20}-{1..4}"}]}}
    code: str = Field(min_length=1, max_length=16)
    name: str = Field(min_length=1, max_length=128)
    timezone: str = Field("UTC", max_length=64)
    pattern: str = Field("", max_length=128)
    aisle_spacing_mm: int = Field(3_000, ge=1, le=10**6)
    rack_length_mm: int = Field(1_000, ge=1, le=10**6)
    level_height_mm: int = Field(500, ge=1, le=10**5)


class SiteChanges(BaseModel):
    """What is to be different. Each setting has the form in which it is told."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"settings": {"pick_scan": "bin_item", "cutoffs": ["11:00", "16:00"], "receive_over_percent": 5}}, {"streams": False}]}}
    name: str | None = Field(None, min_length=1, max_length=128)
    timezone: str | None = Field(None, max_length=64)
    streams: bool | None = None
    settings: dict[str, int | str | list[int] | list[str] | list[float]] = Field(default_factory=dict, max_length=40)


@site_blueprint.get("/sites")
@site_blueprint.doc(summary="Warehouses")
def sites_() -> dict[str, Any]:
    """The caller's own, or all."""
    return {"items": [{"code": row.code, "name": row.name, "timezone": row.timezone} for row in read(sites) if caller().may_see(row.id)]}


@site_blueprint.post("/sites")
@site_blueprint.input(SiteBody, arg_name="body")
@site_blueprint.doc(summary="Make a warehouse", responses=[201])
def make_site(body: SiteBody) -> tuple[dict[str, Any], int]:
    """With a dock, a stage, a packing place and a door; a printer that writes files, and a rule that lets orders through. 409 when there is one of this code."""
    guard_reach(None)
    code = body.code.strip().upper()
    guard_names(code, body.name)
    _guard_timezone(body.timezone)
    grid = Grid(aisle_spacing_mm=body.aisle_spacing_mm, rack_length_mm=body.rack_length_mm, level_height_mm=body.level_height_mm)
    bins = locations_of_pattern(body.pattern, grid, NewLocation(code="")) if body.pattern else []

    def work(tx: Tx) -> None:
        if any(row.code == code for row in sites(tx)):
            raise Conflict(f"There is a warehouse {code} already. Give another code.", field="code")
        begin_warehouse(tx, code, body.name, parts().var_folder, bins, pattern=body.pattern, timezone=body.timezone)

    write(work)
    return {"code": code, "locations": len(bins)}, 201


@site_blueprint.get("/sites/<code>")
@site_blueprint.doc(summary="A warehouse with its settings")
def site(code: str) -> dict[str, Any]:
    """404 when there is none."""
    return read(lambda tx: _told(tx, code))


@site_blueprint.patch("/sites/<code>")
@site_blueprint.input(SiteChanges, arg_name="body")
@site_blueprint.doc(summary="Change a warehouse's name and settings")
def change_site_(code: str, body: SiteChanges) -> dict[str, Any]:
    """All of it or nothing; `streams` says whether orders go to the floor by themselves."""
    def work(tx: Tx) -> dict[str, Any]:
        site_id = _reached(tx, code)
        if body.name is not None or body.timezone is not None:
            _guard_timezone(body.timezone or "UTC")
            guard_names(code, body.name or code)
            name_site(tx, code, name=body.name, timezone=body.timezone)
        change_settings(tx, site_id, body.settings)
        if body.streams is not None:
            change_settings(tx, site_id, {"streams": int(body.streams)})
        return _told(tx, code)

    return write(work)


def _reached(tx: Tx, code: str) -> int:
    site_id = site_id_of(tx, code)
    caller().guard_site(site_id)
    return site_id


def _told(tx: Tx, code: str) -> dict[str, Any]:
    site_id = _reached(tx, code)
    row = next(row for row in sites(tx) if row.id == site_id)
    return {"code": row.code, "name": row.name, "timezone": row.timezone, "streams": streams(tx, site_id), "settings": asdict(site_settings(tx, site_id))}


def _guard_timezone(name: str) -> None:
    if name not in available_timezones():
        raise Invalid(f"There is no time zone {name[:32]!r}. Give one such as Europe/Berlin or Asia/Shanghai.", field="timezone")
