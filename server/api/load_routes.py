"""Loads: what goes on which vehicle, and its manifest."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import Field
from sqlalchemy import text

from server.api.paging import PageQuery, page
from server.api.parts import as_dicts, caller, read
from server.wms.loading import load_by_code, manifest

loads = APIBlueprint("loads", __name__, url_prefix="/api/v1", tag="Loads")
BLUEPRINTS = (loads,)
_LIST = text(
    "SELECT d.id, d.code, s.code AS site, l.code AS door, d.carrier, d.state, d.created_at, d.dispatched_at, "
    "(SELECT COUNT(*) FROM carton c WHERE c.load_id = d.id) AS parcels FROM load d JOIN site s ON s.id = d.site_id "
    "JOIN location l ON l.id = d.door_id WHERE d.id > :after AND (:state = '' OR d.state = :state) "
    "AND (CAST(:site_id AS BIGINT) IS NULL OR d.site_id = :site_id) ORDER BY d.id LIMIT :most"
)


class LoadQuery(PageQuery):
    """Filter: state (open, dispatched)."""

    state: str = Field("", max_length=16)


@loads.get("/loads")
@loads.input(LoadQuery, location="query", arg_name="query")
@loads.doc(summary="Loads")
def loads_(query: LoadQuery) -> dict[str, Any]:
    """With how many parcels are on each."""
    return page(query, read(lambda tx: tx.rows(_LIST, after=query.after, most=query.limit + 1, state=query.state,
                                               site_id=caller().site_id)))


@loads.get("/loads/<code>")
@loads.doc(summary="A load with its manifest")
def load(code: str) -> dict[str, Any]:
    """Every parcel by its SSCC, with its order and weight; 404 when there is no such load."""
    def look(tx: Any) -> dict[str, Any]:
        row = load_by_code(tx, code)
        caller().guard_site(row.site_id)
        parcels = as_dicts(manifest(tx, row.id))
        return {"code": row.code, "carrier": row.carrier, "state": row.state, "dispatched_at": row.dispatched_at,
                "parcels": [{"sscc": one["code"], "order": one["release"], "number": one["number"], "weight_g": one["weight_g"]}
                            for one in parcels], "weight_g": sum(one["weight_g"] for one in parcels)}

    return read(look)
