"""Returns by customers, who do not sign in: an order's number and what only its receiver knows; then a secret link.

Nothing here tells a number that is none from a phone that is another's, nor anything of an address or a name.
"""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel, Field

from server.api.parts import caller, guess, parts
from server.api.rma_labels import label_values, where_to
from server.api.rma_routes import RmaLineBody, announced
from server.kernel.clock import DAY
from server.kernel.errors import Invalid, Refusal
from server.kernel.transaction import Actor, Tx
from server.masterdata.sign_in import Attempt, forget_old_tries, forget_tries, take_try
from server.masterdata.site_settings import site_settings
from server.oms.own_returns import NoSuchReturn, link_of, number_of_link, orders_of, said_before
from server.oms.returns import REASONS, NewReturn, return_by_number, return_lines, returnable_lines, returns_of_order
from server.printing.return_labels import return_label_page
from server.wms.return_papers import left_at

my_returns = APIBlueprint("my_returns", __name__, url_prefix="/api/v1", tag="Returns")
BLUEPRINTS = (my_returns,)
TOKEN_HEADER = "X-Return-Token"  # noqa: S105 - the header's name
"""Where the link's secret stands: addresses are written into logs."""
_WHERE = "my-return"
_CUSTOMER = "customer"


class TooLate(Refusal):
    """An order's goods may not be announced any more, or not yet."""

    code = "return_too_late"


class FindBody(BaseModel):
    """The order's number, or the shop's; and the last four digits of the receiver's phone, or the postcode."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"reference": "100045", "proof": "51147"}]}}
    reference: str = Field(min_length=1, max_length=128)
    proof: str = Field(min_length=1, max_length=16)


class MyReturnBody(FindBody):
    """What comes back of `order`, one of those that were found. `key` is random and the caller's own; with it the same is announced once."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"reference": "100045", "proof": "51147", "order": "ORD-000001", "key": "pTq6v3yPzN2sWk8dLr4xQw", "reason": "damaged", "wish": "refund",
         "lines": [{"line": 1, "quantity": 1}]}]}}
    order: str = Field(min_length=1, max_length=64)
    key: str = Field(min_length=20, max_length=128, pattern="^[A-Za-z0-9_-]+$")
    lines: list[RmaLineBody] = Field(min_length=1, max_length=200)
    reason: str = Field(pattern=f"^({'|'.join(REASONS)})$")
    wish: str = Field("refund", pattern="^(refund|exchange)$")
    note: str = Field("", max_length=512)


@my_returns.post("/my-return/find")
@my_returns.input(FindBody, arg_name="body")
@my_returns.doc(summary="What a customer may send back of an order", security=[], responses=[200],
                description="Nobody signs in. `can` is yes, too_late or not_yet; `until` is the last moment. Wrong tries are counted and have to wait.")
def find(body: FindBody) -> dict[str, Any]:
    """404 for a wrong number and a wrong phone alike."""
    return {"orders": _proved(body, lambda tx, orders: [_found(tx, order) for order in orders])}


@my_returns.post("/my-return")
@my_returns.input(MyReturnBody, arg_name="body")
@my_returns.doc(summary="A customer announces a return", security=[], responses=[200, 201],
                description="`token` is the secret of the link to it (header X-Return-Token); only its hash is kept. The same `key` again gives the same answer (200).")
def make(body: MyReturnBody) -> tuple[dict[str, Any], int]:
    """409 when it is too late, or more than was shipped."""
    def work(tx: Tx, orders: list[Any]) -> tuple[dict[str, Any], int]:
        order = next((one for one in orders if one.number == body.order), None)
        if order is None:
            raise _unknown()
        known = said_before(tx, order.id, body.key)
        if known is not None:
            return {"number": known[0], "token": known[1], "repeated": True}, 200
        _guard_time(tx, order)
        if not body.note.isprintable():
            raise Invalid("The note holds signs that cannot be printed.", field="note")
        number = announced(tx, NewReturn(order=order.number, lines=[(one.line, one.quantity) for one in body.lines], reason=body.reason, wish=body.wish,
                                         note=body.note, made_by="customer"))["number"]
        return {"number": number, "token": link_of(tx, return_by_number(tx, number).id, body.key), "repeated": False}, 201

    told: tuple[dict[str, Any], int] = _proved(body, work)
    return told


@my_returns.get("/my-return")
@my_returns.doc(summary="How a customer's return is", security=[], responses=[200, 404],
                description="The header X-Return-Token has the link's secret.")
def state() -> dict[str, Any]:
    """404 for a link that was made up."""
    def work(tx: Tx, rma: Any) -> dict[str, Any]:
        name, address = where_to(tx, rma.site_id)
        return {"number": rma.number, "state": rma.state, "outcome": rma.outcome, "why": rma.why if rma.outcome == "refused" else "", "reason": rma.reason,
                "wish": rma.wish, "amount": rma.amount, "currency": rma.currency, "created_at": rma.created_at, "expires_at": rma.expires_at,
                "to": name, "address": address, "is_sent": rma.exchange_order_id is not None,
                "lines": [{"name": line.name, "quantity": line.quantity, "came": line.came} for line in return_lines(tx, rma.id)]}

    told: dict[str, Any] = _by_link(work)
    return told


@my_returns.get("/my-return/label.pdf")
@my_returns.doc(summary="The label of a customer's return, as a PDF", security=[], responses=[200, 404],
                description="The header X-Return-Token has the link's secret.")
def label() -> Response:
    """To be printed and put on the parcel."""
    data: bytes = _by_link(lambda tx, rma: return_label_page(tx, rma.site_id, label_values(tx, rma)))
    return Response(data, content_type="application/pdf", headers={"Content-Disposition": 'inline; filename="return.pdf"'})


def _proved(body: FindBody, work: Any) -> Any:
    """Who proves an order: limited by address, and by what was typed wherever it comes from; a try is counted before it is looked at."""
    attempt = Attempt(body.reference, "", _WHERE)

    def tried() -> Any:
        _write(lambda tx: take_try(tx, attempt))
        return _write(proved)

    def proved(tx: Tx) -> Any:
        orders = orders_of(tx, body.reference, body.proof)
        forget_tries(tx, attempt)
        return orders

    try:
        orders = guess(tried, parts().lookups)
    except NoSuchReturn:
        _write(forget_old_tries)
        raise
    return _write(lambda tx: work(tx, orders))


def _by_link(work: Any) -> Any:
    token = request.headers.get(TOKEN_HEADER, "")
    return guess(lambda: parts().database.read(lambda tx: work(tx, return_by_number(tx, number_of_link(tx, token)))), parts().lookups)


def _write(work: Any) -> Any:
    return parts().database.write(work, actor=Actor(_CUSTOMER, address=caller().address))


def _found(tx: Tx, order: Any) -> dict[str, Any]:
    left, until = _time(tx, order)
    can = "not_yet" if left is None else "too_late" if tx.now > (until or 0) else "yes"
    lines = [{"line": line.line, "name": line.name, "quantity": max(int(line.rest), 0)} for line in returnable_lines(tx, order.id)] if can == "yes" else []
    return {"order": order.number, "can": can, "until": until, "lines": lines,
            "returns": [{"number": one.number, "state": one.state} for one in returns_of_order(tx, order.id) if one.made_by != "floor"]}


def _time(tx: Tx, order: Any) -> tuple[int | None, int | None]:
    left = left_at(tx, order.number)
    return left, None if left is None else left + site_settings(tx, order.site_id).return_days * DAY


def _guard_time(tx: Tx, order: Any) -> None:
    left, until = _time(tx, order)
    if left is None or until is None:
        raise TooLate(f"{order.number} has not left yet.", what=order.number)
    if tx.now > until:
        raise TooLate(f"It is too late to send {order.number} back. Call us.", what=order.number)


def _unknown() -> NoSuchReturn:
    return NoSuchReturn("There is no order with this number and this phone or postcode. Compare both with your confirmation.")
