"""What the phone form asks while the customer is on the line; and how an order stands that its customer comes for."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from server.api.parts import caller, read, write
from server.api.speech import in_their_words
from server.kernel.errors import Invalid
from server.kernel.transaction import Tx
from server.masterdata.collect_codes import collect_barcode, collect_code
from server.masterdata.item_pictures import picture_addresses
from server.masterdata.sites import site_id_of
from server.oms.catalogue import may_price
from server.oms.checks.receiver import check_receiver
from server.oms.orders import COLLECT, order_by_number
from server.oms.phone import callers_orders, items_called
from server.wms.collecting import collection_of

phone = APIBlueprint("phone", __name__, url_prefix="/api/v1", tag="Orders")
BLUEPRINTS = (phone,)


class TypedQuery(BaseModel):
    """What was typed so far, and at which warehouse the goods are."""

    site: str = Field(max_length=16)
    search: str = Field(min_length=1, max_length=128)
    limit: int = Field(8, ge=1, le=50)


class ReceiverBody(BaseModel):
    """Where an order would go."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"ship_to": {"name": "Ann Lee", "phone": "6175550123", "street": "1 Main St", "postcode": "2139", "city": "Cambridge", "state": "MA", "country": "US"}}]}}
    ship_to: dict[str, str] = Field(max_length=20)


@phone.get("/order-items")
@phone.input(TypedQuery, location="query", arg_name="query")
@phone.doc(summary="Items by barcode, code or the beginning of code or name, with what may be promised of each, and what it costs")
def items_for_order(query: TypedQuery) -> dict[str, Any]:
    """`quantity` is of the pack whose barcode was scanned; `is_exact`: it is the very item that was typed. `may_price`: the caller may sell for another `price` than the catalogue's."""
    def work(tx: Tx) -> dict[str, Any]:
        site_id = _site(tx, query.site)
        found = items_called(tx, site_id, query.search, query.limit)
        pictures = picture_addresses(tx, {one["item"] for one in found}) if found else {}
        is_bound = caller().site_id is not None  # what other warehouses have is not their business
        return {"items": [{**one, **({"elsewhere": 0} if is_bound else {}), "picture": pictures.get(one["item"])} for one in found], "may_price": may_price(tx, site_id, caller().roles)}

    return read(work)


@phone.get("/order-callers")
@phone.input(TypedQuery, location="query", arg_name="query")
@phone.doc(summary="Who has a telephone number: the last orders that went to it, one for each address")
def callers_(query: TypedQuery) -> dict[str, Any]:
    """The newest first, whichever warehouse sent them; people of one warehouse are told of theirs. `search` is the whole number, written as anybody likes."""
    def work(tx: Tx) -> dict[str, Any]:
        _site(tx, query.site)
        rows = callers_orders(tx, caller().site_id, query.search)
        return {"items": [dict(row._mapping) for row in rows[:query.limit]]}

    return read(work)


@phone.post("/order-receivers/check")
@phone.input(ReceiverBody, arg_name="body")
@phone.doc(summary="What is found in an address, and how it is best written; nothing is kept")
def check_receiver_(body: ReceiverBody) -> dict[str, Any]:
    """As an order's own findings are told; `suggestion` is what a field could be instead."""
    checked = check_receiver(body.ship_to)
    return {"ship_to": dict(checked.ship_to), "items": [
        {"code": one.code, "field": one.field, "words": in_their_words(one.words), "severity": one.severity, "suggestion": dict(one.suggestion)}
        for one in checked.findings]}


@phone.get("/orders/<number>/collection")
@phone.doc(summary="How an order stands that its customer comes for, and the code that they say")
def collection(number: str) -> dict[str, Any]:
    """`state` is coming, ready, collected or withdrawn. 404 when there is no such order, 422 when it is sent."""
    def work(tx: Tx) -> dict[str, Any]:
        order = order_by_number(tx, number)
        caller().guard_site(order.site_id)
        if order.delivery != COLLECT:
            raise Invalid(f"{number} is sent to its customer, who does not come for it.", field="delivery")
        code, row = collect_code(tx, number), collection_of(tx, number)
        told = {"state": "coming", "place": None, "ready_at": None, "expires_at": None, "ended_at": None} if row is None else dict(row._mapping)
        return {"number": number, "code": code, "barcode": collect_barcode(number, code), **told}

    return write(work)  # the first who asks for any code makes the house's secret


def _site(tx: Tx, code: str) -> int:
    site_id = site_id_of(tx, code)
    caller().guard_site(site_id)
    return site_id
