"""Whom and where a warehouse sends nothing to without somebody's word."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from server.api.paging import PageQuery, page
from server.api.parts import caller, read, write
from server.kernel.transaction import Tx
from server.masterdata.sites import site_id_of
from server.oms.blocking import block_by_id, blocks, drop_block, put_block, region_name

block_blueprint = APIBlueprint("blocks", __name__, url_prefix="/api/v1", tag="Orders")
BLUEPRINTS = (block_blueprint,)


class BlockQuery(PageQuery):
    """Filter: kind."""

    kind: str = Field("", max_length=16)


class BlockBody(BaseModel):
    """A customer by name, a telephone number, or a region: a place in China or its code, a country, or a state such as US-CA."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"site": "W1", "kind": "phone", "value": "13800138000", "reason": "did not pay twice"}, {"site": "W1", "kind": "region", "value": "海南省", "reason": "no carrier"}]}}
    site: str = Field(max_length=16)
    kind: str = Field(pattern="^(customer|phone|region)$")
    value: str = Field(min_length=1, max_length=128)
    reason: str = Field(min_length=1, max_length=256)


@block_blueprint.get("/order-blocks")
@block_blueprint.input(BlockQuery, location="query", arg_name="query")
@block_blueprint.doc(summary="Blocked customers, telephone numbers and regions")
def blocks_(query: BlockQuery) -> dict[str, Any]:
    """Their orders are held when they come in, until somebody lets them go."""
    rows = read(lambda tx: blocks(tx, site_id=caller().site_id, kind=query.kind, after=query.after, most=query.limit + 1))
    return page(query, rows, lambda row: {**dict(row._mapping), "name": region_name(row.value) if row.kind == "region" else row.value})


@block_blueprint.put("/order-blocks")
@block_blueprint.input(BlockBody, arg_name="body")
@block_blueprint.doc(summary="Block a customer, a telephone number or a region")
def put_block_(body: BlockBody) -> dict[str, Any]:
    """Counts for orders that come from now on; the same value again changes its reason."""
    def put(tx: Tx) -> int:
        site_id = site_id_of(tx, body.site)
        caller().guard_site(site_id)
        return put_block(tx, site_id, body.kind, body.value, body.reason)

    return {"id": write(put)}


@block_blueprint.delete("/order-blocks/<int:number>")
@block_blueprint.doc(summary="Unblock")
def drop_block_(number: int) -> dict[str, Any]:
    """Orders that are on hold for it stay so until they are let go."""
    def drop(tx: Tx) -> None:
        caller().guard_site(block_by_id(tx, number).site_id)
        drop_block(tx, number)

    write(drop)
    return {"id": number}
