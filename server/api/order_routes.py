"""Orders: taken in once, promised at once, held and let go, cancelled while the floor still allows it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel, Field
from sqlalchemy import text

from server.api.idempotency import HEADER, Told, once
from server.api.paging import PageQuery, cursor_of, page
from server.api.parts import as_dicts, caller, read, write
from server.api.speech import in_their_words
from server.dashboard.order_story import order_story
from server.dashboard.orders_found import newest, searched
from server.kernel.audit import record
from server.kernel.errors import Conflict, Invalid
from server.kernel.transaction import Tx
from server.masterdata.site_settings import site_settings
from server.masterdata.sites import site_id_of
from server.oms.backorders import FIRST_PROMISED
from server.oms.catalogue import guard_prices
from server.oms.changing import hold_back, let_go
from server.oms.channels.base import Stage
from server.oms.checking import findings_of, keep_findings, look_over, pass_findings, receiver_of
from server.oms.exceptions.opening import open_held
from server.oms.holding import hold_bound
from server.oms.merging import part_company
from server.oms.orders import (
    BY_HAND,
    CHECK,
    COLLECT,
    LANE,
    NOTE_MAX,
    SHIP,
    NewOrder,
    NewOrderLine,
    OrderAnswer,
    accept_order,
    cancel_order,
    order_by_number,
    order_lines,
)
from server.oms.papers import paper_of_order
from server.oms.parts import cancel_parts, parts_of, withdraw_open
from server.oms.paying import discount_of, told
from server.oms.refund_papers import REFUND_ASKED
from server.oms.sourcing.sending import SOURCING, accept_sourced
from server.wms.order_floor import FLOOR

orders = APIBlueprint("orders", __name__, url_prefix="/api/v1", tag="Orders")
BLUEPRINTS = (orders,)
_LIST = text(
    "SELECT o.id, o.number, o.channel, o.channel_ref, s.code AS site, o.customer, o.carrier, o.priority, o.cutoff_at, "
    f"o.promised_at, {FIRST_PROMISED} AS first_promised_at, o.state, o.hold, o.created_at, (SELECT COUNT(*) FROM sales_order_line l WHERE l.order_id = o.id) AS lines, "
    "(SELECT CAST(COALESCE(SUM(l.quantity), 0) AS BIGINT) FROM sales_order_line l WHERE l.order_id = o.id) AS pieces "
    "FROM sales_order o JOIN site s ON s.id = o.site_id WHERE o.id > :after "
    "AND (:state = '' OR o.state = :state) AND (:channel = '' OR o.channel = :channel) "
    "AND (:hold = '' OR (o.hold <> '' AND (:hold = 'any' OR o.hold = :hold))) "
    "AND (CAST(:site_id AS BIGINT) IS NULL OR o.site_id = :site_id) ORDER BY o.id LIMIT :most"
)


class OrderQuery(PageQuery):
    """Filters: state, channel, site, and `hold`: why an order is kept from the floor, or any. `sort=newest` begins with the last order, and so does `search`."""

    state: str = Field("", max_length=16)
    channel: str = Field("", max_length=32)
    site: str = Field("", max_length=16)
    hold: str = Field("", max_length=32)
    sort: str = Field("", pattern="^(newest)?$")
    search: str = Field("", max_length=128)


class OrderLineBody(BaseModel):
    """An ordered item; with lot or serial exactly that one. `price` is of one before discounts, `paid` what was paid for all of the line where that is less."""

    model_config = {"extra": "forbid"}
    item: str = Field(min_length=1, max_length=64)
    quantity: int = Field(ge=1, le=10**9)
    lot: str = Field("", max_length=64)
    serial: str = Field("", max_length=64)
    price: int = Field(0, ge=0, le=10**15)
    paid: int | None = Field(None, ge=0, le=10**15)


class OrderBody(BaseModel):
    """An order; the channel's reference is its identity, unless an Idempotency-Key header is sent. `sourced`: the rules say which warehouse sends it."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"site": "W1", "channel": "shop", "reference": "100045", "customer": "Erika Mustermann", "carrier": "DHL",
         "ship_to": {"name": "Erika Mustermann", "street": "Heidestraße 17", "postcode": "51147", "city": "Köln",
                     "country": "DE"}, "lines": [{"item": "SOAP", "quantity": 3}]}]}}
    site: str = Field(max_length=16)
    channel: str = Field("api", min_length=1, max_length=32)
    reference: str = Field("", max_length=128)
    customer: str = Field("", max_length=256)
    ship_to: dict[str, str] = Field(default_factory=dict, max_length=20)
    carrier: str = Field("", max_length=64)
    delivery: str = Field(SHIP, pattern="^(ship|collect)$")
    priority: int = Field(5, ge=1, le=9)
    cutoff_at: int | None = Field(None, ge=0, lt=2**53)
    sourced: bool = False
    note: str = Field("", max_length=NOTE_MAX)
    currency: str = Field("", pattern="^([A-Z]{3})?$")
    total: int = Field(0, ge=0, le=10**15)
    postage: int = Field(0, ge=0, le=10**15)
    lines: list[OrderLineBody] = Field(min_length=1, max_length=2_000)


class CancelBody(BaseModel):
    """Why."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"reason": "the customer changed their mind"}]}}
    reason: str = Field("", max_length=256)


class HoldBody(BaseModel):
    """Why."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"reason": "the customer was called"}]}}
    reason: str = Field(min_length=1, max_length=256)


@orders.get("/orders")
@orders.input(OrderQuery, location="query", arg_name="query")
@orders.doc(summary="Orders, and those that somebody looks for",
            description="By number; with `sort=newest` or `search` the newest first. `search` is an order's number, an item's code or a parcel's SSCC, "
                        "or the beginning of a channel's reference, a customer's name or phone number. A page may hold less than was asked for "
                        "and have a `next`: so far was looked. `is_cut`: more begin as was typed than were looked at; type more.")
def orders_(query: OrderQuery) -> dict[str, Any]:
    """Of the caller's warehouse, or all."""
    typed = query.search.strip()
    return read(lambda tx: _from_the_last(tx, query, typed) if typed or query.sort else _by_number(tx, query))


def _by_number(tx: Tx, query: OrderQuery) -> dict[str, Any]:
    rows = tx.rows(_LIST, after=query.after, most=query.limit + 1, state=query.state, channel=query.channel, hold=query.hold, site_id=_site(tx, query))
    return page(query, rows)


def _from_the_last(tx: Tx, query: OrderQuery, typed: str) -> dict[str, Any]:
    asked = {"state": query.state, "channel": query.channel, "hold": query.hold, "site_id": _site(tx, query)}
    filters = {name: value for name, value in asked.items() if value}
    found = searched(tx, typed, query.after, query.limit, filters) if typed else newest(tx, query.after, query.limit, filters)
    return {"items": as_dicts(found.rows), "next": None if found.following is None else cursor_of(found.following), "is_cut": found.is_cut}


def _site(tx: Tx, query: OrderQuery) -> int | None:
    site_id = site_id_of(tx, query.site) if query.site else caller().site_id
    if site_id is not None:
        caller().guard_site(site_id)
    return site_id


@orders.post("/orders")
@orders.input(OrderBody, arg_name="body")
@orders.doc(summary="Take an order in; the answer says what is promised and when it leaves", responses=[200, 201])
def make_order(body: OrderBody) -> tuple[dict[str, Any], int]:
    """The same order again gives the same answer (200); another under the same key is a conflict (409)."""
    key = request.headers.get(HEADER, "")
    reference = body.reference or key
    if not reference:
        raise Invalid("Send a reference of the order, or an Idempotency-Key header: a lost answer must not double it.",
                      field="reference")
    if len(reference) > 128:
        raise Invalid("The reference is longer than 128 characters.", field="reference")
    lines = [NewOrderLine(**line.model_dump()) for line in body.lines]

    def work(tx: Any) -> Told:
        site_id = site_id_of(tx, body.site)
        caller().guard_site(site_id)
        if caller().worker_id is not None:  # other systems say what was agreed with them
            guard_prices(tx, site_id, lines, body.currency, caller().roles)
        return once(tx, key, body.model_dump(), lambda: _told(_looked_at(tx, NewOrder(
            channel=body.channel, channel_ref=reference, site_id=site_id, lines=lines, customer=body.customer,
            ship_to=body.ship_to, carrier=body.carrier, priority=body.priority, cutoff_at=body.cutoff_at, delivery=body.delivery, note=body.note,
            currency=body.currency, total=body.total, postage=body.postage), accept_sourced if body.sourced else accept_order)))

    return write(work, lane=LANE)


def _looked_at(tx: Any, new: NewOrder, accept: Callable[[Tx, NewOrder], OrderAnswer] = accept_order) -> OrderAnswer:
    """Taken in as it was given, and on hold if it is blocked or, where the site wants it so, could not be delivered."""
    checks = site_settings(tx, new.site_id).order_checks
    looked = look_over(tx, new.site_id, receiver_of(tx, new.site_id, new.ship_to, "off" if new.delivery == COLLECT else checks), customer=new.customer, lines=new.lines, is_hint=checks != "hold")
    answer = accept(tx, replace(new, hold=CHECK if looked.holds else ""))
    if not answer.repeated and (looked.findings or looked.marks):
        order_id = order_by_number(tx, answer.number).id
        keep_findings(tx, order_id, looked, is_new=True)
        if looked.holds:
            open_held(tx, order_id)
    return answer


def _told(answer: OrderAnswer) -> Told:
    told = {"number": answer.number, "state": answer.state, "promised_at": answer.promised_at, "repeated": answer.repeated,
            "lines": [{"number": line.number, "item": line.item, "quantity": line.quantity, "promised": line.promised}
                      for line in answer.lines]}
    return told, 200 if answer.repeated else 201


@orders.get("/orders/<number>")
@orders.doc(summary="An order with its lines",
            description="Money is in the currency's smallest unit. `price` is of `pack` pieces before discounts; `paid` is what was paid for the whole line after "
                        "its own discounts and its share of the order's, `discount` how much less that is than its price (below zero where it is more). "
                        "`postage` is what was paid for the way, `postage_refunded` what of it went back; an order in parts has it on the first.")
def order(number: str) -> dict[str, Any]:
    """404 when there is none."""
    def work(tx: Any) -> dict[str, Any]:
        head = order_by_number(tx, number)
        caller().guard_site(head.site_id)
        lines = order_lines(tx, head.id)
        return {**dict(head._mapping), "discount": sum(discount_of(line) for line in lines),
                "lines": [{**one, **told(line)} for one, line in zip(as_dicts(lines), lines, strict=True)]}

    return read(work)


_SAID = frozenset({"words", "reason"})
"""What of a story is a sentence, ours or somebody's."""


@orders.get("/orders/<number>/story")
@orders.doc(summary="What happened to an order, from the channel to the door and back",
            description="`kind` is placed, came, refused, promised, handed, wave, held, let_go, picked, packed, weighed, label_printed, label_seen, label_waits, "
                        "loaded, left, set_down, handed_out, telling, told, not_told, changed, delayed, readdressed, sourced, sourced_again, split, gathered, merged, joined, unmerged, cancelled or "
                        "returned; `args` are what it is about.")
def story(number: str) -> dict[str, Any]:
    """In the sequence of what happened; 404 when there is none."""
    def work(tx: Tx) -> dict[str, Any]:
        head = order_by_number(tx, number)
        caller().guard_site(head.site_id)
        return order_story(tx, head, order_lines(tx, head.id))

    told = read(work)
    return {**told, "items": [{**one, "args": {name: in_their_words(value) if name in _SAID else value for name, value in one["args"].items()}}
                              for one in told["items"]]}


@orders.post("/orders/<number>/cancel")
@orders.input(CancelBody, arg_name="body")
@orders.doc(summary="Cancel an order that nobody has begun to pack")
def cancel(number: str, body: CancelBody) -> dict[str, Any]:
    """The floor is asked first, and brings back what was picked; 409 when somebody packs it. Of an order in parts, all that have not left."""
    def work(tx: Any) -> Any:
        before = _guarded(tx, number)
        if before.part:
            FLOOR.withdraw(tx, number)
            cancel_order(tx, number, body.reason)
        else:
            part_company(tx, before, FLOOR)
            cancel_parts(tx, before, body.reason, FLOOR)
        record(tx, "order.cancelled", number, old={"state": before.state}, new={"state": "cancelled"}, reason=body.reason)
        return order_by_number(tx, number).state

    return {"number": number, "state": write(work)}


def _guarded(tx: Any, number: str) -> Any:
    """An order, held, of whose parts the caller may touch each."""
    before = hold_bound(tx, number)
    for part in [before] if before.part else parts_of(tx, before):
        caller().guard_site(part.site_id)
    return before


@orders.get("/orders/<number>/findings")
@orders.doc(summary="What was found in an order: what holds it, and hints")
def findings(number: str) -> dict[str, Any]:
    """`passed` where somebody has let the order go all the same; `suggestion` is what a field could be instead."""
    def work(tx: Any) -> dict[str, Any]:
        head = order_by_number(tx, number)
        caller().guard_site(head.site_id)
        rows = [{**one, "words": in_their_words(one["words"]), "passed": bool(one["passed"])} for one in as_dicts(findings_of(tx, head.id))]
        return {"number": number, "hold": head.hold, "items": rows}

    return read(work)


@orders.post("/orders/<number>/hold")
@orders.input(HoldBody, arg_name="body")
@orders.doc(summary="Keep an order from the floor until it is let go")
def hold(number: str, body: HoldBody) -> dict[str, Any]:
    """What was picked is brought back, and stays promised; 409 when somebody packs it or it is on hold already."""
    def work(tx: Any) -> None:
        before = _guarded(tx, number)
        if before.hold:
            raise Conflict(f"{number} is on hold already.", what=number)
        withdraw_open(tx, before, FLOOR)
        hold_back(tx, number, BY_HAND)
        record(tx, "order.held", number, old={"hold": ""}, new={"hold": BY_HAND}, reason=body.reason)

    write(work)
    return {"number": number, "hold": BY_HAND}


@orders.post("/orders/<number>/let-go")
@orders.input(HoldBody, arg_name="body")
@orders.doc(summary="Let an order go that was held by hand or for what was found in it")
def let_go_(number: str, body: HoldBody) -> dict[str, Any]:
    """What was found holds it no more; 409 when it waits for its payment, or for nothing."""
    def work(tx: Any) -> str:
        before = _guarded(tx, number)
        if before.hold == REFUND_ASKED:
            raise Conflict(f"The buyer of {number} asks for the money back. Agree to it or let the order go where its exceptions stand.", what=number)
        if before.hold not in (CHECK, BY_HAND, SOURCING):
            raise Conflict(f"{number} waits for its payment; its channel says when it may go." if before.hold else f"{number} is not on hold.", what=number)
        paper = paper_of_order(tx, before.id)
        left = "payment" if paper is not None and paper.stage < Stage.PAID else ""  # its platform stopped it while somebody held it
        pass_findings(tx, before.id)
        let_go(tx, number, left)
        record(tx, "order.let_go", number, old={"hold": before.hold}, new={"hold": left}, reason=body.reason)
        return left

    return {"number": number, "hold": write(work)}
