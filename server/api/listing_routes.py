"""What channels sell of ours: how much of each they may, what they were told, what they had instead, and what of it is to be otherwise."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from server.api.paging import PageQuery, page
from server.api.parts import caller, read, write
from server.kernel.transaction import Tx
from server.oms.connecting import channel_by_code, reconcile
from server.oms.listings import change_listing, list_all, listing_by_id, shown_listings

listing_blueprint = APIBlueprint("listings", __name__, url_prefix="/api/v1", tag="Channels")
BLUEPRINTS = (listing_blueprint,)


class ListingsQuery(PageQuery):
    """`only=drifted`: those of which the channel had something else; `only=refused`: those of which it will not hear."""

    only: str = Field("", pattern="^(drifted|refused)?$")


class ListingChanges(BaseModel):
    """What is to be different. `safety_stock` is kept back from this channel, in our pieces; null is as the channel says.

    So are `backorder` (never, dated or always) and `presell_days`.

    `price` is what one of theirs should cost, in the currency's smallest unit; null is not looked at.
    """

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"safety_stock": 5}, {"safety_stock": None}, {"is_on": False}, {"price": 1990}]}}
    safety_stock: int | None = Field(None, ge=0, le=10**9)
    backorder: str | None = Field(None, pattern="^(never|dated|always)$")
    presell_days: int | None = Field(None, ge=1, le=730)
    is_on: bool = True
    ref: str = Field("", max_length=128)
    price: int | None = Field(None, ge=0, le=10**12)


@listing_blueprint.get("/channels/<code>/listings")
@listing_blueprint.input(ListingsQuery, location="query", arg_name="query")
@listing_blueprint.doc(summary="What a channel sells of ours, how much of it, and what it was told")
def listings(code: str, query: ListingsQuery) -> dict[str, Any]:
    """In pieces of theirs, but for `safety_stock`. `drift` is null unless the channel had neither what it was told nor what it should."""
    def look(tx: Tx) -> list[Any]:
        return shown_listings(tx, _channel(tx, code).id, query.after, query.limit + 1, query.only)

    return page(query, read(look), _told)


@listing_blueprint.post("/channels/<code>/listings")
@listing_blueprint.doc(summary="A channel sells every item of its warehouse")
def list_all_(code: str) -> dict[str, Any]:
    """Under our codes, as far as it does not sell it yet; `added` is how many."""
    return {"added": write(lambda tx: list_all(tx, _channel(tx, code)))}


@listing_blueprint.patch("/listings/<int:number>")
@listing_blueprint.input(ListingChanges, arg_name="body")
@listing_blueprint.doc(summary="Change a listing: its safety stock, whether it may be sold before it is there, or whether it is on")
def change_listing_(number: int, body: ListingChanges) -> dict[str, Any]:
    """One that is switched off is told that there is none, and then nothing more."""
    def change(tx: Tx) -> None:
        caller().guard_site(listing_by_id(tx, number).site_id)
        change_listing(tx, number, body.model_dump(exclude_unset=True))

    write(change)
    return {"id": number}


@listing_blueprint.post("/channels/<code>/reconcile")
@listing_blueprint.doc(summary="Tell a channel again how much it may sell of everything", responses=[202])
def reconcile_(code: str) -> tuple[dict[str, Any], int]:
    """It is asked what it has first, if it can be: what differs is shown as `drift` of its listings."""
    write(lambda tx: reconcile(tx, _channel(tx, code)))
    return {"code": code}, 202


def _channel(tx: Tx, code: str) -> Any:
    row = channel_by_code(tx, code)
    caller().guard_site(row.site_id)
    return row


def _told(row: Any) -> dict[str, Any]:
    names = ("id", "name", "item", "quantity", "ref", "safety_stock", "backorder", "presell_days", "price", "may_sell", "told", "told_at", "attempts", "error", "error_code")
    drift = {"told": row.drift_told, "there": row.drift_there, "should": row.drift_should, "at": row.drift_at}
    return {**{name: getattr(row, name) for name in names}, "is_on": bool(row.is_on), "drift": drift if row.drift_at is not None else None}
