"""What could be promised: by item, site and date, and when an order that came now would leave."""

from typing import Any

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel, Field

from server.api.parts import caller, read
from server.kernel.errors import Invalid
from server.kernel.transaction import Tx
from server.masterdata.items import item_by_code
from server.masterdata.sites import site_id_of
from server.oms.available import Question, available
from server.oms.connecting import channel_by_code

promise_blueprint = APIBlueprint("promises", __name__, url_prefix="/api/v1", tag="Stock")
BLUEPRINTS = (promise_blueprint,)
ITEMS_MAX = 20
QUANTITY_MAX = 10**9


class PromiseQuery(BaseModel):
    """`item` and `quantity` may be given again, up to twenty times: each quantity is of the item of its place, one alone of all of them.

    `country`, `state`, `city` and `postcode` say where it would go; `channel` is who sells it, `site` which warehouse alone is asked.
    """

    item: str = Field(min_length=1, max_length=64)
    quantity: int = Field(1, ge=1, le=QUANTITY_MAX)
    country: str = Field("", max_length=64)
    state: str = Field("", max_length=64)
    city: str = Field("", max_length=64)
    postcode: str = Field("", max_length=32)
    channel: str = Field("", max_length=32)
    site: str = Field("", max_length=16)


@promise_blueprint.get("/stock/promise")
@promise_blueprint.input(PromiseQuery, location="query", arg_name="query")
@promise_blueprint.doc(summary="What could be promised of items by site and date, and when an order would leave",
                       description="`expected` is what is announced and `free` what of it and of all before nobody waits for. `barred` are the warehouses that the "
                                   "rules of sourcing do not let send there, with the rule; where `site` is given, or the channel's own warehouse sends all, that one "
                                   "alone is asked. `leaves` is what an order would be told that came at this moment: null where what it lacks is not announced.")
def promise(query: PromiseQuery) -> dict[str, Any]:
    """Nothing is kept. People of one warehouse are told of theirs. 404 when there is no such item, channel or site."""
    def look(tx: Tx) -> dict[str, Any]:
        channel = channel_by_code(tx, query.channel) if query.channel else None
        if channel is not None:
            caller().guard_site(channel.site_id)
        site_id = site_id_of(tx, query.site) if query.site else caller().site_id
        if site_id is not None:
            caller().guard_site(site_id)
        wanted = [(item_by_code(tx, item), quantity) for item, quantity in _wanted()]
        where = {"country": query.country, "state": query.state, "city": query.city, "postcode": query.postcode}
        return available(tx, Question(wanted=wanted, ship_to={name: value for name, value in where.items() if value}, channel=channel, site_id=site_id))

    return read(look)


def _wanted() -> list[tuple[str, int]]:
    """The items as often as they are given, each with its quantity."""
    items, quantities = request.args.getlist("item"), request.args.getlist("quantity") or ["1"]
    if len(quantities) == 1:
        quantities *= len(items)
    if len(items) > ITEMS_MAX or len(quantities) != len(items) or not all(one.isascii() and one.isdigit() and 0 < int(one) <= QUANTITY_MAX for one in quantities):
        raise Invalid(f"Give up to {ITEMS_MAX} items, and one quantity for all of them or one for each.", field="quantity")
    return [(item, int(quantity)) for item, quantity in zip(items, quantities, strict=True)]
