"""Returns for staff: announced, looked at, settled with money, other goods or neither, and their labels."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel, Field
from sqlalchemy import bindparam, text

from server.api.idempotency import HEADER, Told, once
from server.api.paging import PageQuery, page
from server.api.parts import as_dicts, caller, read, write
from server.api.rma_labels import label_values
from server.api.speech import in_their_words
from server.dashboard.returns_found import ids_bound, returns_found
from server.kernel.audit import record
from server.kernel.transaction import Tx
from server.masterdata.sites import site_id_of
from server.oms.merging import leaves_with
from server.oms.notices import refund_notice
from server.oms.orders import LANE, NewOrderLine, order_by_number
from server.oms.returns import (
    REASONS,
    NewReturn,
    announce,
    cancel_return,
    return_by_number,
    return_lines,
    returnable_lines,
    returns_of_order,
)
from server.oms.settling import (
    exchange,
    finish_exchange,
    postage_left,
    priced,
    proposed,
    refund,
    refundable,
    refuse,
    whole_of,
)
from server.printing.return_labels import print_return_label, return_label_page
from server.wms.return_papers import end_papers, left_at, put_papers

rmas = APIBlueprint("rmas", __name__, url_prefix="/api/v1", tag="Returns")
BLUEPRINTS = (rmas,)
_ALL = 2**62
_COLUMNS = ('r.id, r.number, o.number AS "order", o.customer, o.channel, s.code AS site, r.state, r.made_by, r.reason, r.wish, r.outcome, r.currency, r.amount, '
            "r.created_at, r.expires_at, r.settled_at, "
            "(SELECT CAST(COALESCE(SUM(n.quantity), 0) AS BIGINT) FROM rma_line n WHERE n.rma_id = r.id) AS quantity, "
            "(SELECT CAST(COALESCE(SUM(n.restocked + n.quarantined + n.scrapped), 0) AS BIGINT) FROM rma_line n WHERE n.rma_id = r.id) AS came")
_FROM = "FROM rma r JOIN sales_order o ON o.id = r.order_id JOIN site s ON s.id = r.site_id"
_NEWEST = text(f"SELECT {_COLUMNS} {_FROM} WHERE r.id < :before AND (CAST(:site_id AS BIGINT) IS NULL OR r.site_id = :site_id) ORDER BY r.id DESC LIMIT :most")
_OF_STATE = text(f"SELECT {_COLUMNS} {_FROM} WHERE r.state = :state AND r.id < :before AND (CAST(:site_id AS BIGINT) IS NULL OR r.site_id = :site_id) "
                 "ORDER BY r.id DESC LIMIT :most")
_OF_ORDER = text(f"SELECT {_COLUMNS} {_FROM} WHERE r.order_id = :order_id ORDER BY r.id DESC LIMIT :most")
_OF_IDS = text(f"SELECT {_COLUMNS} {_FROM} WHERE r.id IN :ids AND r.id < :before AND (CAST(:site_id AS BIGINT) IS NULL OR r.site_id = :site_id) AND :state IN ('', r.state) "
               "ORDER BY r.id DESC LIMIT :most").bindparams(bindparam("ids", expanding=True))
_ORDER_NUMBER = text("SELECT number FROM sales_order WHERE id = :id")


class RmaQuery(PageQuery):
    """Filters: state (announced, received, settled, cancelled, expired), site, order; `search` is a return's number, or whatever its order is found by. The newest come first."""

    state: str = Field("", max_length=16)
    site: str = Field("", max_length=16)
    order: str = Field("", max_length=64)
    search: str = Field("", max_length=128)
    sort: str = Field("", pattern="^(newest)?$")


class RmaLineBody(BaseModel):
    """How much of an order's line comes back."""

    model_config = {"extra": "forbid"}
    line: int = Field(ge=1, lt=10**6)
    quantity: int = Field(ge=1, le=10**9)


class RmaBody(BaseModel):
    """What a customer sends back, as they told somebody."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"order": "ORD-000001", "reason": "damaged", "wish": "refund", "note": "the lid is broken", "lines": [{"line": 1, "quantity": 1}]}]}}
    order: str = Field(min_length=1, max_length=64)
    lines: list[RmaLineBody] = Field(min_length=1, max_length=2_000)
    reason: str = Field(pattern=f"^({'|'.join(REASONS)})$")
    wish: str = Field("refund", pattern="^(refund|exchange)$")
    note: str = Field("", max_length=512)


class RefundBody(BaseModel):
    """`amount` for the goods, in the currency's smallest unit; left out it is what was paid for what came. `postage` goes back beside it, where somebody says so."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"amount": 1990, "postage": 500, "reason": "it came broken"}]}}
    amount: int | None = Field(None, ge=0, lt=2**53)
    postage: int = Field(0, ge=0, lt=2**53)
    reason: str = Field("", max_length=256)


class RefuseBody(BaseModel):
    """Why, as the customer is to be told."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"reason": "it was worn"}]}}
    reason: str = Field(min_length=1, max_length=256)


class ExchangeLineBody(BaseModel):
    """What goes out instead."""

    model_config = {"extra": "forbid"}
    item: str = Field(min_length=1, max_length=64)
    quantity: int = Field(ge=1, le=10**9)


class ExchangeBody(BaseModel):
    """Without lines the same goods again; `at_once` before the others came."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"lines": [{"item": "SOAP", "quantity": 1}], "at_once": True}]}}
    lines: list[ExchangeLineBody] = Field(default_factory=list, max_length=2_000)
    at_once: bool = False


class LabelBody(BaseModel):
    """Where it is to come out; at the warehouse's first printer without one."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"printer": "labels"}]}}
    printer: str = Field("", max_length=64)


@rmas.get("/rmas")
@rmas.input(RmaQuery, location="query", arg_name="query")
@rmas.doc(summary="Returns, the newest first", description="`quantity` is how many pieces were announced, `came` how many have come; `amount` was paid back.")
def rmas_(query: RmaQuery) -> dict[str, Any]:
    """Of the caller's warehouse, or all. `is_cut`: more orders were found by the search than were looked at."""
    cut = False

    def work(tx: Tx) -> list[Any]:
        nonlocal cut
        site_id = site_id_of(tx, query.site) if query.site else caller().site_id
        if site_id is not None:
            caller().guard_site(site_id)
        most, before = query.limit + 1, query.after or _ALL
        if query.order:
            order = leaves_with(tx, order_by_number(tx, query.order))
            caller().guard_site(order.site_id)
            return tx.rows(_OF_ORDER, order_id=order.id, most=most)
        if query.search.strip():
            ids, cut = returns_found(tx, query.search.strip())
            return tx.rows(_OF_IDS, ids=ids_bound(ids), before=before, site_id=site_id, state=query.state, most=most)
        if query.state:
            return tx.rows(_OF_STATE, state=query.state, before=before, site_id=site_id, most=most)
        return tx.rows(_NEWEST, before=before, site_id=site_id, most=most)

    found = page(query, read(work))
    return {**found, "is_cut": cut}


@rmas.get("/rmas/<number>")
@rmas.doc(summary="A return with its lines and what came of each",
          description="`told` says whether its channel has heard of the refund (waiting, told, refused), null where nobody is to be told; "
                      "`proposed` is what was paid for what came and did not go back yet, `most` what may be paid back for it at most, and `postage_left` what of the postage, "
                      "in the currency's smallest unit; each line tells how it was reckoned: `paid` for `ordered` pieces, of which `came_before` were paid back before. "
                      "`amount` was paid back, of it `postage` for the way.")
def rma(number: str) -> dict[str, Any]:
    """404 when there is none."""
    def work(tx: Tx) -> dict[str, Any]:
        row = _mine(tx, number)
        lines = return_lines(tx, row.id)
        order = order_by_number(tx, row.order_number)
        told = {name: getattr(row, name) for name in ("number", "state", "made_by", "reason", "note", "wish", "outcome", "why", "currency", "amount", "postage", "created_at",
                                                      "expires_at", "settled_at")}
        sent = None if row.exchange_order_id is None else str(tx.scalar(_ORDER_NUMBER, id=row.exchange_order_id))
        notice = refund_notice(tx, number)
        return {**told, "told": None if notice is None else {"state": notice.state, "attempts": notice.attempts, "words": in_their_words(notice.error)},
                "order": row.order_number, "customer": order.customer, "channel": order.channel, "exchange_order": sent,
                "proposed": priced(lines), "most": refundable(lines), "postage_left": postage_left(tx, row.id), "lines": [_line(line) for line in lines]}

    return read(work)


@rmas.get("/orders/<number>/returnable")
@rmas.doc(summary="What may come back of an order", description="`rest` of each shipped line is not announced yet; `left_at` is when the last of it left.")
def returnable(number: str) -> dict[str, Any]:
    """With its returns so far; of an order that left with another, what may come back of that one."""
    def work(tx: Tx) -> dict[str, Any]:
        order = leaves_with(tx, order_by_number(tx, number))
        caller().guard_site(order.site_id)
        lines = [{name: getattr(line, name) for name in ("line", "item", "name", "shipped", "rest", "price")} for line in returnable_lines(tx, order.id)]
        return {"order": order.number, "currency": order.currency, "left_at": left_at(tx, order.number), "lines": lines,
                "returns": [{"number": one.number, "state": one.state} for one in returns_of_order(tx, order.id)]}

    return read(work)


@rmas.post("/rmas")
@rmas.input(RmaBody, arg_name="body")
@rmas.doc(summary="Announce a return; the floor takes its number as a return paper", responses=[200, 201])
def make_rma(body: RmaBody) -> Told:
    """409 when more would come back than was shipped, over all returns of the order; send an Idempotency-Key, so that it is announced once."""
    def work(tx: Tx) -> Told:
        caller().guard_site(order_by_number(tx, body.order).site_id)
        return once(tx, request.headers.get(HEADER, ""), body.model_dump(), lambda: (announced(tx, NewReturn(
            order=body.order, lines=[(one.line, one.quantity) for one in body.lines], reason=body.reason, wish=body.wish, note=body.note)), 201))

    return write(work)


@rmas.post("/rmas/<number>/refund")
@rmas.input(RefundBody, arg_name="body")
@rmas.doc(summary="Pay back for what came", description="The order's channel is told, if it came from one, until it has accepted. The `amount` of the answer is all that goes back, "
                                                            "with the postage.")
def refund_(number: str, body: RefundBody) -> dict[str, Any]:
    """409 beyond what was paid for what came and not paid back before, and beyond the order's postage, which goes back once."""
    def work(tx: Tx) -> int:
        _mine(tx, number)
        paid = refund(tx, number, body.amount, body.reason, postage=body.postage)
        end_papers(tx, number)
        return paid

    return {"number": number, "state": "settled", "amount": write(work)}


@rmas.post("/rmas/<number>/refuse")
@rmas.input(RefuseBody, arg_name="body")
@rmas.doc(summary="Settle a return without money or goods")
def refuse_(number: str, body: RefuseBody) -> dict[str, Any]:
    """409 while nothing has come, and when it is settled."""
    def work(tx: Tx) -> None:
        _mine(tx, number)
        refuse(tx, number, body.reason)
        end_papers(tx, number)

    write(work)
    return {"number": number, "state": "settled"}


@rmas.post("/rmas/<number>/exchange")
@rmas.input(ExchangeBody, arg_name="body")
@rmas.doc(summary="Send other goods for a return, as an order of their own", responses=[200])
def exchange_(number: str, body: ExchangeBody) -> dict[str, Any]:
    """Said again it is the same order; 409 while something is still to come, unless they are to go at once."""
    def work(tx: Tx) -> dict[str, Any]:
        _mine(tx, number)
        made = exchange(tx, number, [NewOrderLine(item=one.item, quantity=one.quantity) for one in body.lines], at_once=body.at_once)
        return {"number": number, "state": return_by_number(tx, number).state, "order": made}

    return write(work, lane=LANE)


@rmas.post("/rmas/<number>/finish")
@rmas.input(RefundBody, arg_name="body")
@rmas.doc(summary="Settle a return whose other goods went at once, as it came")
def finish(number: str, body: RefundBody) -> dict[str, Any]:
    """409 when nothing was sent."""
    def work(tx: Tx) -> None:
        _mine(tx, number)
        finish_exchange(tx, number, body.reason)
        end_papers(tx, number)

    write(work)
    return {"number": number, "state": "settled"}


@rmas.post("/rmas/<number>/cancel")
@rmas.input(RefuseBody, arg_name="body")
@rmas.doc(summary="Call off a return of which nothing has come")
def cancel_(number: str, body: RefuseBody) -> dict[str, Any]:
    """The floor waits for it no longer; 409 when something has come."""
    def work(tx: Tx) -> None:
        _mine(tx, number)
        cancel_return(tx, number, body.reason)
        end_papers(tx, number)

    write(work)
    return {"number": number, "state": "cancelled"}


@rmas.post("/rmas/<number>/label")
@rmas.input(LabelBody, arg_name="body")
@rmas.doc(summary="Print a return's label", responses=[200])
def print_label_(number: str, body: LabelBody) -> dict[str, Any]:
    """Its job; printed again it says REPRINT."""
    def work(tx: Tx) -> int:
        row = _mine(tx, number)
        job = print_return_label(tx, row.site_id, label_values(tx, row), printer=body.printer)
        record(tx, "rma.label", number, job=job)
        return job

    return {"number": number, "job": write(work)}


@rmas.get("/rmas/<number>/label.pdf")
@rmas.doc(summary="A return's label as a PDF")
def label_page(number: str) -> Response:
    """To be sent to the customer."""
    def work(tx: Tx) -> bytes:
        row = _mine(tx, number)
        return return_label_page(tx, row.site_id, label_values(tx, row))

    return Response(read(work), content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{number}.pdf"'})


def announced(tx: Tx, new: NewReturn) -> dict[str, Any]:
    """A return, and the papers by which the floor takes it in."""
    number = announce(tx, new)
    put_papers(tx, number, new.order, dict(new.lines))
    return {"number": number, "state": "announced", "order": new.order}


def _mine(tx: Tx, number: str) -> Any:
    row = return_by_number(tx, number)
    caller().guard_site(row.site_id)
    return row


def _line(line: Any) -> dict[str, Any]:
    told = {name: value for name, value in as_dicts([line])[0].items() if name not in ("paid_shipped", "paid_back")}
    return {**told, "paid": whole_of(line), "proposed": proposed(line)}
