"""What is expected: ASNs and purchase orders."""

from datetime import date
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy import text

from server.api.paging import PageQuery, page
from server.api.parts import as_dicts, caller, read, write
from server.masterdata.sites import site_id_of
from server.wms.inbound import NewInbound, NewInboundLine, inbound_by_code, inbound_lines, put_inbound
from server.wms.inbound_cancelling import cancel_inbound
from server.wms.inbound_found import Wanted, papers_found

inbound = APIBlueprint("inbound", __name__, url_prefix="/api/v1", tag="Inbound")
BLUEPRINTS = (inbound,)
_LIST = text(
    "SELECT n.id, n.code, s.code AS site, n.state, n.expected_at, n.created_at, "
    "(SELECT COUNT(*) FROM inbound_line l WHERE l.inbound_id = n.id) AS lines, "
    "(SELECT COALESCE(SUM(l.quantity), 0) FROM inbound_line l WHERE l.inbound_id = n.id) AS quantity, "
    "(SELECT COALESCE(SUM(l.received), 0) FROM inbound_line l WHERE l.inbound_id = n.id) AS received "
    "FROM inbound n JOIN site s ON s.id = n.site_id WHERE n.id > :after AND n.kind = :kind AND (:state = '' OR n.state = :state) "
    "AND (CAST(:site_id AS BIGINT) IS NULL OR n.site_id = :site_id) ORDER BY n.id LIMIT :most"
)


class InboundQuery(PageQuery):
    """Filter: state (expected, receiving, received, cancelled)."""

    state: str = Field("", max_length=16)


class PapersQuery(PageQuery):
    """Filters: kind (asn, purchase_order), state (as of an ASN; open is expected or being received), site; `search` is a part of a code, a pallet, or an item still to come."""

    kind: str = Field("", pattern="^(asn|purchase_order)?$")
    state: str = Field("", pattern="^(open|expected|receiving|received|cancelled)?$")
    site: str = Field("", max_length=16)
    search: str = Field("", max_length=128)
    sort: str = Field("", pattern="^(newest)?$")


class InboundLineBody(BaseModel):
    """A line; with `sscc` it lies on that pallet, with `hold` it is kept for inspection when it comes."""

    model_config = {"extra": "forbid"}
    item: str = Field(min_length=1, max_length=64)
    quantity: int = Field(ge=1, lt=10**12)
    lot: str = Field("", max_length=64)
    expiry: date | None = None
    sscc: str | None = Field(None, pattern=r"^\d{18}$")
    over_percent: int | None = Field(None, ge=0, le=100)
    hold: bool = False


class InboundBody(BaseModel):
    """An ASN or purchase order."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"code": "ASN-1001", "site": "W1", "lines": [
            {"item": "SOAP", "quantity": 480, "sscc": "395060001111111110"}, {"item": "TEA", "quantity": 60, "lot": "L7",
                                                                                 "expiry": "2027-06-30"}]}]}}
    code: str = Field(min_length=1, max_length=64)
    site: str = Field(max_length=16)
    expected_at: int | None = Field(None, ge=0, lt=2**53)
    lines: list[InboundLineBody] = Field(min_length=1, max_length=5_000)


class CancelBody(BaseModel):
    """Why nothing comes: written to the audit log."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"reason": "the supplier has called it off"}]}}
    reason: str = Field(min_length=1, max_length=256)


@inbound.get("/asns")
@inbound.input(InboundQuery, location="query", arg_name="query")
@inbound.doc(summary="ASNs")
def asns(query: InboundQuery) -> dict[str, Any]:
    """With how much of each has come."""
    return _list(query, "asn")


@inbound.post("/asns")
@inbound.input(InboundBody, arg_name="body")
@inbound.doc(summary="Announce an ASN", responses=[201])
def make_asn(body: InboundBody) -> tuple[dict[str, Any], int]:
    """409 when the code is taken, 422 with every wrong line."""
    return _make(body, "asn"), 201


@inbound.get("/purchase-orders")
@inbound.input(InboundQuery, location="query", arg_name="query")
@inbound.doc(summary="Purchase orders")
def purchase_orders(query: InboundQuery) -> dict[str, Any]:
    """With how much of each has come."""
    return _list(query, "purchase_order")


@inbound.post("/purchase-orders")
@inbound.input(InboundBody, arg_name="body")
@inbound.doc(summary="Announce a purchase order", responses=[201])
def make_purchase_order(body: InboundBody) -> tuple[dict[str, Any], int]:
    """The same as an ASN, without pallets as a rule."""
    return _make(body, "purchase_order"), 201


@inbound.get("/inbound")
@inbound.input(PapersQuery, location="query", arg_name="query")
@inbound.doc(summary="ASNs and purchase orders, the newest first")
def papers(query: PapersQuery) -> dict[str, Any]:
    """Of the caller's warehouse, or all; with how much of each has come."""
    def look(tx: Any) -> list[Any]:
        site_id = site_id_of(tx, query.site) if query.site else caller().site_id
        if site_id is not None:
            caller().guard_site(site_id)
        return papers_found(tx, Wanted(kind=query.kind, state=query.state, site_id=site_id, typed=query.search.strip()), query.after, query.limit + 1)

    return page(query, read(look))


@inbound.post("/inbound/<path:code>/cancel")
@inbound.input(CancelBody, arg_name="body")
@inbound.doc(summary="Cancel an ASN or purchase order of which nothing has come")
def cancel(code: str, body: CancelBody) -> dict[str, Any]:
    """409 when something of it has come (close it short), when it was closed, and when it was cancelled before."""
    def work(tx: Any) -> None:
        caller().guard_site(inbound_by_code(tx, code).site_id)
        cancel_inbound(tx, code, body.reason)

    write(work)
    return {"code": code, "state": "cancelled"}


@inbound.get("/inbound/<path:code>")
@inbound.doc(summary="An ASN or purchase order with its lines")
def paper(code: str) -> dict[str, Any]:
    """404 when there is none."""
    def work(tx: Any) -> dict[str, Any]:
        head = inbound_by_code(tx, code)
        caller().guard_site(head.site_id)
        return {"code": head.code, "kind": head.kind, "state": head.state, "lines": as_dicts(inbound_lines(tx, head.id))}

    return read(work)


def _list(query: InboundQuery, kind: str) -> dict[str, Any]:
    return page(query, read(lambda tx: tx.rows(_LIST, after=query.after, most=query.limit + 1, kind=kind, state=query.state,
                                               site_id=caller().site_id)))


def _make(body: InboundBody, kind: str) -> dict[str, Any]:
    lines = [NewInboundLine(item=line.item, quantity=line.quantity, lot=line.lot, expiry_on=line.expiry, sscc=line.sscc,
                            over_percent=line.over_percent, hold=line.hold) for line in body.lines]

    def work(tx: Any) -> int:
        site_id = site_id_of(tx, body.site)
        caller().guard_site(site_id)
        return put_inbound(tx, NewInbound(code=body.code, kind=kind, site_id=site_id, lines=lines, expected_at=body.expected_at))

    return {"id": write(work), "code": body.code}
