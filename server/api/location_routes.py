"""Locations, made in bulk from a pattern."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy import text

from server.api.paging import SortedQuery, page, page_by_code
from server.api.parts import caller, read, write
from server.kernel.audit import record
from server.masterdata.locations import Grid, NewLocation, change_location, locations_of_pattern, put_location
from server.masterdata.sites import location_by_code, site_id_of

locations = APIBlueprint("locations", __name__, url_prefix="/api/v1", tag="Locations")
BLUEPRINTS = (locations,)
_COLUMNS = ("l.id, s.code AS site, l.code, l.kind, l.zone, l.rack, l.bin, l.level, l.aisle, l.x_mm, l.y_mm, l.z_mm, "
            "l.max_weight_g, l.max_volume_ml, l.max_lpns, l.check_digit, l.mixing, l.abc, l.blocked, l.suspect, l.last_counted_on")
_WHICH = ("l.kind <> 'account' AND (:kind = '' OR l.kind = :kind) AND (:zone = '' OR l.zone = :zone) AND (:site = '' OR s.code = :site) "
          "AND (:search = '' OR UPPER(l.code) LIKE :search) AND (CAST(:site_id AS BIGINT) IS NULL OR l.site_id = :site_id)")
_LIST = text(f"SELECT {_COLUMNS} FROM location l JOIN site s ON s.id = l.site_id WHERE l.id > :after AND {_WHICH} ORDER BY l.id LIMIT :most")
_BY_CODE = text(f"SELECT {_COLUMNS} FROM location l JOIN site s ON s.id = l.site_id WHERE l.code > :after AND {_WHICH} ORDER BY l.code LIMIT :most")
STACKS_SHOWN_MAX = 3_000


class LocationQuery(SortedQuery):
    """Filters: site, kind (bin, dock, stage, pack, door ...), zone, and part of the code."""

    site: str = Field("", max_length=16)
    kind: str = Field("", max_length=16)
    zone: str = Field("", max_length=16)


class LocationsBody(BaseModel):
    """One code, or a pattern such as W1-{A..D}-{01..20}-{1..4}: zone (aisle), rack, level."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"site": "W1", "pattern": "W1-{A..D}-{01..20}-{1..4}", "max_lpns": 1, "aisle_spacing_mm": 3000}]}}
    site: str = Field(max_length=16)
    pattern: str = Field(min_length=1, max_length=128)
    kind: str = "bin"
    max_weight_g: int | None = Field(None, ge=0, lt=10**12)
    max_volume_ml: int | None = Field(None, ge=0, lt=10**12)
    max_lpns: int | None = Field(None, ge=0, lt=10**6)
    mixing: str = Field("any", pattern="^(any|one_item|one_lot)$")
    abc: str = Field("C", pattern="^[ABC]$")
    x_mm: int = Field(0, ge=-(10**9), le=10**9)
    y_mm: int = Field(0, ge=-(10**9), le=10**9)
    aisle_spacing_mm: int = Field(3_000, ge=1, le=10**6)
    rack_length_mm: int = Field(1_000, ge=1, le=10**6)
    level_height_mm: int = Field(500, ge=1, le=10**5)


class LocationChanges(BaseModel):
    """What is to be different; what is left out stays. A limit that is null is none."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"blocked": True}, {"max_lpns": 2, "abc": "A"}]}}
    blocked: bool | None = None
    count_due: bool | None = None
    max_weight_g: int | None = Field(None, ge=0, lt=10**12)
    max_volume_ml: int | None = Field(None, ge=0, lt=10**12)
    max_lpns: int | None = Field(None, ge=0, lt=10**6)
    mixing: str | None = Field(None, pattern="^(any|one_item|one_lot)$")
    abc: str | None = Field(None, pattern="^[ABC]$")
    zone: str | None = Field(None, max_length=16)


@locations.patch("/locations/<code>")
@locations.input(LocationChanges, arg_name="body")
@locations.doc(summary="Change a location: block it, its capacity, its class")
def change_location_(code: str, body: LocationChanges) -> dict[str, Any]:
    """A blocked bin gets no goods and none are allocated from it; what stands there stays."""
    changes = {name: value for name, value in body.model_dump(exclude_unset=True).items() if value is not None or name.startswith("max_")}

    def work(tx: Any) -> None:
        caller().guard_site(location_by_code(tx, code).site_id)
        change_location(tx, code, **changes)

    write(work)
    return {"code": code, **changes}


@locations.get("/locations")
@locations.input(LocationQuery, location="query", arg_name="query")
@locations.doc(summary="Locations")
def locations_(query: LocationQuery) -> dict[str, Any]:
    """Of the caller's own warehouse, or of all."""
    wanted = {"most": query.limit + 1, "kind": query.kind, "zone": query.zone, "site": query.site, "search": query.like, "site_id": caller().site_id}
    if query.sort:
        return page_by_code(query, read(lambda tx: tx.rows(_BY_CODE, after=query.after_code, **wanted)))
    return page(query, read(lambda tx: tx.rows(_LIST, after=query.after, **wanted)))


@locations.post("/locations")
@locations.input(LocationsBody, arg_name="body")
@locations.doc(summary="Make locations, one or many", responses=[201])
def put_locations(body: LocationsBody) -> tuple[dict[str, Any], int]:
    """All of them or none."""
    wanted = wanted_locations(body)

    def work(tx: Any) -> int:
        site_id = site_id_of(tx, body.site)
        caller().guard_site(site_id)
        for one in wanted:
            put_location(tx, site_id, one)
        record(tx, "location.made", body.pattern, made=len(wanted), new=body.model_dump(exclude_unset=True))
        return len(wanted)

    return {"made": write(work)}, 201


@locations.post("/locations/preview")
@locations.input(LocationsBody, arg_name="body")
@locations.doc(summary="How many locations a pattern would make, and where they would stand")
def preview(body: LocationsBody) -> dict[str, Any]:
    """Nothing is made. `stacks` are the places on the floor, each with its levels; the first 3,000 of them."""
    wanted = wanted_locations(body)
    stacks = {(one.x_mm, one.y_mm): [0, one.zone, one.rack] for one in wanted}
    for one in wanted:
        stacks[one.x_mm, one.y_mm][0] += 1  # type: ignore[operator]
    return {"count": len(wanted), "first": wanted[0].code, "last": wanted[-1].code, "zones": len({one.zone for one in wanted}), "stacks": [
        {"x_mm": x, "y_mm": y, "levels": levels, "zone": zone, "rack": rack} for (x, y), (levels, zone, rack) in list(stacks.items())[:STACKS_SHOWN_MAX]]}


def wanted_locations(body: LocationsBody) -> list[NewLocation]:
    """What the body describes; Invalid says what is wrong with the pattern."""
    template = NewLocation(code=body.pattern, kind=body.kind, max_weight_g=body.max_weight_g, mixing=body.mixing,
                           max_volume_ml=body.max_volume_ml, max_lpns=body.max_lpns, abc=body.abc, x_mm=body.x_mm,
                           y_mm=body.y_mm)
    grid = Grid(aisle_spacing_mm=body.aisle_spacing_mm, rack_length_mm=body.rack_length_mm, level_height_mm=body.level_height_mm,
                first_x_mm=body.x_mm)
    return locations_of_pattern(body.pattern, grid, template) if "{" in body.pattern else [template]
