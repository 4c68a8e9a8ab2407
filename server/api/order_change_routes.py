"""Orders changed after they came in, as far as the floor allows it: split, merged, sourced anew, of other goods or for elsewhere."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from server.api.parts import as_dicts, caller, read, write
from server.kernel.audit import record
from server.kernel.errors import Invalid
from server.kernel.transaction import Tx
from server.masterdata.site_settings import site_settings
from server.masterdata.sites import site_id_of, sites
from server.oms.changing import change_lines, send_elsewhere
from server.oms.checking import receiver_of, with_country
from server.oms.exceptions.elsewhere import look_over_again
from server.oms.exceptions.ending import look_again
from server.oms.holding import hold_bound
from server.oms.merging import merge, mergeable, merged_in, part_company, unmerge
from server.oms.orders import CHECK, COLLECT, NewOrderLine, hold_order, order_by_number, order_lines
from server.oms.papers import paper_of_order
from server.oms.parts import (
    Placement,
    WholeLine,
    gather,
    guard_alive,
    live_parts,
    parts_read,
    place,
    placed,
    root_of,
    whole_lines,
    withdraw_open,
)
from server.oms.paying import paid_after
from server.oms.sourcing.deciding import decisions_of, keep_reason
from server.oms.sourcing.sending import source_again
from server.wms.order_floor import FLOOR

order_changes = APIBlueprint("order_changes", __name__, url_prefix="/api/v1/orders", tag="Orders")
BLUEPRINTS = (order_changes,)


class ReasonBody(BaseModel):
    """Why."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"reason": "the customer asked for it"}]}}
    reason: str = Field(min_length=1, max_length=256)


class PartLineBody(BaseModel):
    """Pieces of a line, by its number."""

    model_config = {"extra": "forbid"}
    number: int = Field(ge=1)
    quantity: int = Field(ge=1, le=10**9)


class SplitBody(ReasonBody):
    """What of an order is to be sent by itself; from another warehouse where `site` is given."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"reason": "the rest comes next week", "lines": [{"number": 1, "quantity": 2}]}, {"reason": "nearer", "lines": [{"number": 2, "quantity": 1}], "site": "W2"}]}}
    lines: list[PartLineBody] = Field(min_length=1, max_length=2_000)
    site: str = Field("", max_length=16)


class MergeBody(ReasonBody):
    """The order that it is to leave with."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"reason": "one parcel for both", "into": "ORD-000001"}]}}
    into: str = Field(min_length=1, max_length=64)


class ChangedLineBody(BaseModel):
    """A line as it is to be: with its number where it is one of the order's, without where it is new."""

    model_config = {"extra": "forbid"}
    item: str = Field(min_length=1, max_length=64)
    quantity: int = Field(ge=1, le=10**9)
    number: int = Field(0, ge=0)


class ChangeBody(ReasonBody):
    """What an order is to be: its lines (all that are not named end), its receiver, or both."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"reason": "two more", "lines": [{"number": 1, "item": "SOAP", "quantity": 5}]},
        {"reason": "moved", "ship_to": {"name": "Erika Mustermann", "street": "Heidestraße 17", "postcode": "51147", "city": "Köln", "country": "DE"}}]}}
    lines: list[ChangedLineBody] = Field(default_factory=list, max_length=2_000)
    ship_to: dict[str, str] | None = Field(None, max_length=20)
    customer: str | None = Field(None, max_length=256)


@order_changes.get("/<number>/parts")
@order_changes.doc(summary="Who sends what of an order, why, and with which orders it could leave together")
def parts(number: str) -> dict[str, Any]:
    """`decisions` begin with the last; each has the chosen plan, the next best ones, and the warehouses that a rule barred with its line."""
    def look(tx: Tx) -> dict[str, Any]:
        head = order_by_number(tx, number)
        caller().guard_site(head.site_id)
        root = head.part_of or head.id
        codes = {row.id: row.code for row in sites(tx)}
        shown = [{"number": one.number, "site": codes[one.site_id], "state": one.state, "hold": one.hold, "promised_at": one.promised_at,
                  "lines": [{"number": line.number, "item": line.item, "quantity": line.quantity, "promised": line.promised, "shipped": line.shipped,
                             "short": line.short} for line in order_lines(tx, one.id)]}
                 for one in parts_read(tx, root) or [head]]
        return {"number": number, "sourced": bool(head.is_sourced), "parts": shown, "merged": merged_in(tx, head.id), "mergeable": mergeable(tx, head),
                "decisions": as_dicts(decisions_of(tx, root))}

    return read(look)


@order_changes.post("/<number>/source")
@order_changes.input(ReasonBody, arg_name="body")
@order_changes.doc(summary="Decide anew who sends an order")
def source(number: str, body: ReasonBody) -> dict[str, Any]:
    """What is sent by the same warehouse as before goes on undisturbed, and what leaves with it leaves by itself again; 409 when a part that would change has left or is being packed."""
    def work(tx: Tx) -> list[str]:
        root = _guarded(tx, number)
        part_company(tx, root, FLOOR)
        before = _seen(tx, root)
        changed = source_again(tx, root.number, FLOOR)
        record(tx, "order.sourced", root.number, old=before, new=_seen(tx, root), reason=body.reason)
        return changed

    return {"number": number, "changed": write(work)}


@order_changes.post("/<number>/split")
@order_changes.input(SplitBody, arg_name="body")
@order_changes.doc(summary="Send a part of an order by itself")
def split(number: str, body: SplitBody) -> dict[str, Any]:
    """The part gets a number of its own behind the order's; 409 when what changes has left or is being packed."""
    def work(tx: Tx) -> list[str]:
        root = _guarded(tx, number)
        order = hold_order(tx, number)
        site_id = site_id_of(tx, body.site) if body.site else order.site_id
        caller().guard_site(site_id)
        part_company(tx, root, FLOOR)
        before = _seen(tx, root)
        new = _taken_out(tx, order, {line.number: line.quantity for line in body.lines})
        changed = place(tx, root, [*_others(tx, order), *new, Placement(site_id, {line.number: line.quantity for line in body.lines})], FLOOR)
        keep_reason(tx, root.id, {"by": caller().name, "reason": body.reason}, "by_hand")
        record(tx, "order.split", root.number, old=before, new=_seen(tx, root), reason=body.reason)
        return changed

    return {"number": number, "changed": write(work)}


@order_changes.post("/<number>/gather")
@order_changes.input(ReasonBody, arg_name="body")
@order_changes.doc(summary="Send all parts of an order together again")
def gather_(number: str, body: ReasonBody) -> dict[str, Any]:
    """From the warehouse of its first part; 409 when a part has left or is being packed."""
    def work(tx: Tx) -> str:
        root = _guarded(tx, number)
        before = _seen(tx, root)
        gather(tx, root, FLOOR)
        record(tx, "order.gathered", root.number, old=before, new=_seen(tx, root), reason=body.reason)
        return str(root.number)

    return {"number": write(work)}


@order_changes.post("/<number>/merge")
@order_changes.input(MergeBody, arg_name="body")
@order_changes.doc(summary="Let an order leave with another of the same receiver")
def merge_(number: str, body: MergeBody) -> dict[str, Any]:
    """409 says why the two cannot leave together; each channel is still told of its own order."""
    def work(tx: Tx) -> None:
        hold_bound(tx, number, body.into)
        for one in (number, body.into):
            _guarded(tx, one)
        merge(tx, number, body.into, FLOOR)
        record(tx, "order.merged", number, new={"into": body.into}, reason=body.reason)

    write(work)
    return {"number": number, "state": "merged", "into": body.into}


@order_changes.post("/<number>/unmerge")
@order_changes.input(ReasonBody, arg_name="body")
@order_changes.doc(summary="Let an order that was merged leave by itself again")
def unmerge_(number: str, body: ReasonBody) -> dict[str, Any]:
    """409 when it is not merged, or what it leaves with has gone too far."""
    def work(tx: Tx) -> str:
        order = _guarded(tx, number)
        if order.state != "merged":
            raise Invalid(f"{number} is not merged with another order.", field="number")
        record(tx, "order.unmerged", number, reason=body.reason)
        return str(unmerge(tx, order, FLOOR).state)

    return {"number": number, "state": write(work)}


@order_changes.post("/<number>/change")
@order_changes.input(ChangeBody, arg_name="body")
@order_changes.doc(summary="Change what an order is of, or where it goes")
def change(number: str, body: ChangeBody) -> dict[str, Any]:
    """What was picked for it is brought back, unless only its receiver changes; 409 when something of it has left or is being packed.

    An order that was held for its old address is let go where the new one is good.
    """
    def work(tx: Tx) -> None:
        root = _guarded(tx, number)
        guard_alive(tx, root)
        part_company(tx, root, FLOOR)
        if body.lines:
            _change_lines(tx, root, body)
        if body.ship_to is not None or body.customer is not None:
            _readdress(tx, root, body)

    write(work)
    return {"number": number}


def _change_lines(tx: Tx, root: Any, body: ChangeBody) -> None:
    known = {line.row.number: line for line in whole_lines(tx, root)}
    before = _seen(tx, root)
    strange = [one.number for one in body.lines if one.number and one.number not in known]
    if strange:
        raise Invalid(f"{root.number} has no line {strange[0]}. Leave the number out for a new line.", field="lines")
    gather(tx, root, FLOOR)
    withdraw_open(tx, root, FLOOR)
    change_lines(tx, root.number, [_as_changed(one, known.get(one.number)) for one in body.lines])
    if root.is_sourced:
        source_again(tx, root.number, FLOOR)
    record(tx, "order.changed", root.number, old=before, new=_seen(tx, root), reason=body.reason)


def _as_changed(body: ChangedLineBody, known: WholeLine | None) -> NewOrderLine:
    """Other goods under the same number have no price of their own yet: what was paid for the line stays what was paid."""
    if known is None:
        return NewOrderLine(item=body.item, quantity=body.quantity)
    row = known.row
    paid = paid_after(known.quantity, known.paid, body.quantity)
    return NewOrderLine(item=body.item, quantity=body.quantity, number=body.number, ref=row.ref, price=row.price, pack=row.pack, paid=paid)


def _readdress(tx: Tx, root: Any, body: ChangeBody) -> None:
    """What it was held for may be mended by that: nobody has to let it go by hand then."""
    is_sent = root.delivery != COLLECT
    ship_to = root.ship_to if body.ship_to is None else with_country(tx, root.site_id, body.ship_to) if is_sent else body.ship_to
    customer = root.customer if body.customer is None else body.customer
    send_elsewhere(tx, FLOOR, root, ship_to, customer, reason=body.reason)
    if root.hold == CHECK:
        checks = "off" if not is_sent else "on" if paper_of_order(tx, root.id) is not None else site_settings(tx, root.site_id).order_checks
        look_over_again(tx, root, receiver_of(tx, root.site_id, ship_to, checks), customer, reason=body.reason, is_hint=checks == "hint")
        look_again(tx, root.number)


def _guarded(tx: Tx, number: str) -> Any:
    """The first part of an order, held, of whose parts the caller may touch each."""
    root = root_of(tx, hold_bound(tx, number))
    for part in live_parts(tx, root) or [root]:
        caller().guard_site(part.site_id)
    return root


def _seen(tx: Tx, root: Any) -> dict[str, Any]:
    """An order's lines and who sends them, for the audit."""
    codes = {row.id: row.code for row in sites(tx)}
    return {"lines": [[line.row.ref, line.row.item, line.quantity] for line in whole_lines(tx, root)],
            "parts": [[codes[one.site_id], sorted(one.pieces.items())] for one in placed(tx, root)]}


def _others(tx: Tx, order: Any) -> list[Placement]:
    return [Placement(part.site_id, {line.number: line.quantity for line in order_lines(tx, part.id)}) for part in live_parts(tx, order) if part.id != order.id]


def _taken_out(tx: Tx, order: Any, pieces: dict[int, int]) -> list[Placement]:
    """What stays of a part when these pieces leave it; Invalid when it has not so many."""
    rest = {line.number: line.quantity for line in order_lines(tx, order.id)}
    for line, quantity in pieces.items():
        if quantity > rest.get(line, 0):
            raise Invalid(f"{order.number} has {rest.get(line, 0)} pieces of line {line}, and not {quantity}.", field="lines")
        rest[line] -= quantity
    left = {line: quantity for line, quantity in rest.items() if quantity}
    return [Placement(order.site_id, left)] if left else []
