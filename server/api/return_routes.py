"""Returns that customers have announced."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy import text

from server.api.paging import PageQuery, page
from server.api.parts import caller, read, write
from server.masterdata.sites import site_id_of
from server.wms.returning import put_return

returns = APIBlueprint("returns", __name__, url_prefix="/api/v1", tag="Inbound")
BLUEPRINTS = (returns,)
_LIST = text(
    'SELECT n.id, n.code, s.code AS site, r.code AS "order", n.state, n.expected_at, n.created_at, '
    "(SELECT CAST(COALESCE(SUM(l.quantity), 0) AS BIGINT) FROM inbound_line l WHERE l.inbound_id = n.id) AS quantity, "
    "(SELECT CAST(COALESCE(SUM(l.received), 0) AS BIGINT) FROM inbound_line l WHERE l.inbound_id = n.id) AS received "
    "FROM inbound n JOIN return_paper t ON t.inbound_id = n.id JOIN release r ON r.id = t.release_id JOIN site s ON s.id = n.site_id "
    "WHERE n.id > :after AND (:state = '' OR n.state = :state) AND (CAST(:site_id AS BIGINT) IS NULL OR n.site_id = :site_id) "
    "ORDER BY n.id LIMIT :most"
)


class ReturnQuery(PageQuery):
    """Filter: state (expected, receiving, received, cancelled)."""

    state: str = Field("", max_length=16)


class ReturnLineBody(BaseModel):
    """An item that comes back."""

    model_config = {"extra": "forbid"}
    item: str = Field(min_length=1, max_length=64)
    quantity: int = Field(ge=1, lt=10**12)


class ReturnBody(BaseModel):
    """What a customer will send back of a shipped order."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"code": "RET-1001", "site": "W1", "order": "ORD-000001", "lines": [{"item": "SOAP", "quantity": 1}]}]}}
    code: str = Field(min_length=1, max_length=64)
    site: str = Field(max_length=16)
    order: str = Field(min_length=1, max_length=72)
    expected_at: int | None = Field(None, ge=0, lt=2**53)
    lines: list[ReturnLineBody] = Field(min_length=1, max_length=5_000)


@returns.get("/returns")
@returns.input(ReturnQuery, location="query", arg_name="query")
@returns.doc(summary="Announced returns")
def returns_(query: ReturnQuery) -> dict[str, Any]:
    """With how much of each has come; a return without a paper is in the ledger under its order."""
    return page(query, read(lambda tx: tx.rows(_LIST, after=query.after, most=query.limit + 1, state=query.state,
                                               site_id=caller().site_id)))


@returns.post("/returns")
@returns.input(ReturnBody, arg_name="body")
@returns.doc(summary="Announce a return", responses=[201])
def make_return(body: ReturnBody) -> tuple[dict[str, Any], int]:
    """404 for an order that was never on the floor, 422 when more would come back than went out."""
    def work(tx: Any) -> int:
        site_id = site_id_of(tx, body.site)
        caller().guard_site(site_id)
        lines = [(line.item, line.quantity) for line in body.lines]
        return put_return(tx, body.code, site_id, body.order, lines, expected_at=body.expected_at)

    return {"id": write(work), "code": body.code}, 201
