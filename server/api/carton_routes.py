"""Cartons that a warehouse packs into, and which of them a packer takes."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field

from server.api.parts import as_dicts, caller, parts, read, write
from server.kernel.errors import Invalid
from server.kernel.transaction import Tx
from server.masterdata.carton_types import NewCartonType, all_carton_types, drop_carton_type, put_carton_type
from server.masterdata.sites import site_id_of
from server.wms.order_cartons import Rest, rest_to_pack
from server.wms.releases import release_by_code
from server.wms.taken_cartons import parcels_of

cartons = APIBlueprint("cartons", __name__, url_prefix="/api/v1", tag="Cartons")
BLUEPRINTS = (cartons,)
_NOTHING: dict[str, Any] = {"cartons": [], "first": None, "split": []}


class SiteQuery(BaseModel):
    """Of one warehouse; the caller's own, or all, if left out."""

    site: str = Field("", max_length=16)


class CartonTypeBody(BaseModel):
    """A carton: inner sides; `max_weight_g` of the closed parcel, 0 without limit; a blocked one is not in use.

    Outer sides are what a carrier is told: all three, or 0 where they are not known.
    """

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"site": "W1", "length_mm": 300, "width_mm": 200, "height_mm": 150, "max_weight_g": 15_000, "own_weight_g": 180}]}}
    site: str = Field(max_length=16)
    length_mm: int = Field(ge=1, le=20_000)
    width_mm: int = Field(ge=1, le=20_000)
    height_mm: int = Field(ge=1, le=20_000)
    max_weight_g: int = Field(0, ge=0, le=10_000_000)
    own_weight_g: int = Field(0, ge=0, le=10_000_000)
    cost: int = Field(0, ge=0, le=10_000_000)
    blocked: bool = False
    outer_length_mm: int = Field(0, ge=0, le=20_000)
    outer_width_mm: int = Field(0, ge=0, le=20_000)
    outer_height_mm: int = Field(0, ge=0, le=20_000)


@cartons.get("/carton-types")
@cartons.input(SiteQuery, location="query", arg_name="query")
@cartons.doc(summary="The cartons that a warehouse packs into")
def carton_types_(query: SiteQuery) -> dict[str, Any]:
    """All of them, the blocked ones too: a warehouse has a few."""
    def work(tx: Tx) -> list[Any]:
        site_id = site_id_of(tx, query.site) if query.site else caller().site_id
        if site_id is not None:
            caller().guard_site(site_id)
        return all_carton_types(tx, site_id)

    return {"items": [{**row, "blocked": bool(row["blocked"])} for row in as_dicts(read(work))], "next": None}


@cartons.put("/carton-types/<code>")
@cartons.input(CartonTypeBody, arg_name="body")
@cartons.doc(summary="Make or change a carton")
def put_carton_type_(code: str, body: CartonTypeBody) -> dict[str, Any]:
    """The next packer who asks is told of it."""
    def work(tx: Tx) -> bool:
        site_id = site_id_of(tx, body.site)
        caller().guard_site(site_id)
        return put_carton_type(tx, site_id, NewCartonType(code=code, **body.model_dump(exclude={"site"})))

    return {"code": code, "changed": write(work)}


@cartons.delete("/carton-types/<code>")
@cartons.input(SiteQuery, location="query", arg_name="query")
@cartons.doc(summary="Take a carton away; what was packed stays", responses=[204])
def drop_carton_type_(code: str, query: SiteQuery) -> Response:
    """To keep it for later, block it instead."""
    def work(tx: Tx) -> None:
        me = caller()
        site_id = site_id_of(tx, query.site) if query.site else me.site_id
        if site_id is None:
            raise Invalid("Name the warehouse whose carton this is: ?site=W1.", field="site")
        me.guard_site(site_id)
        drop_carton_type(tx, site_id, code)

    write(work)
    return Response(status=204)


@cartons.get("/releases/<code>/parcels")
@cartons.doc(summary="The parcels of an order, as a carrier is told of them",
             description="`carton` is the one that it was packed into, empty where nobody said it; `length_mm`, `width_mm` and `height_mm` are its outer "
                         "sides, 0 where they are not known; `weight_g` is what the scale said, or what its items and its carton should weigh.")
def parcels_of_release(code: str) -> dict[str, Any]:
    """All of them: an order has a few."""
    def work(tx: Tx) -> list[Any]:
        release = release_by_code(tx, code)
        caller().guard_site(release.site_id)
        return parcels_of(tx, release.id)

    return {"items": as_dicts(read(work)), "next": None}


@cartons.get("/releases/<code>/cartons")
@cartons.doc(summary="Which carton to take for what is left to pack",
             description="`state`: chosen; unmeasured (`lacking` names items without sides, or without a weight where cartons have a limit); no_cartons "
                         "(of this warehouse); nothing_left; none_fits; not_found (no way was found in time); too_many (more than 500 pieces); late; not_yet (others come first: "
                         "it is being worked out). Where time was short, `again_seconds` says when to ask again. "
                         "`cartons` are all that are needed, `first` is the one to take now, with pictures (SVG) of how it is filled, none where it holds "
                         "more than a hundred pieces.")
def of_release(code: str) -> dict[str, Any]:
    """Read first, chosen afterwards and elsewhere: no transaction and no scan waits for it."""
    def work(tx: Tx) -> Rest:
        release = release_by_code(tx, code)
        caller().guard_site(release.site_id)
        return rest_to_pack(tx, release)

    rest = read(work)
    head = {"release": code, "pieces": sum(one.count for one in rest.wares), "lacking": list(rest.lacking)}
    for state, is_so in (("nothing_left", not rest.wares), ("no_cartons", not rest.cartons), ("unmeasured", rest.lacking)):
        if is_so:
            return {**head, "state": state, **_NOTHING}
    return {**head, **parts().advising.advise(rest.wares, rest.cartons)}
