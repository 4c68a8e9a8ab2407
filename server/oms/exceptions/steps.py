"""What somebody can do about an exception with one click, or a rule by itself: each step is done once, however many ask for it."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import JSON, text

from server.kernel.audit import record
from server.kernel.clock import HOUR
from server.kernel.errors import Invalid, NotFound, Refusal
from server.kernel.transaction import Tx
from server.oms.changing import let_go, send_elsewhere
from server.oms.checking import pass_findings, receiver_of
from server.oms.connecting import ask_now
from server.oms.exceptions.elsewhere import look_over_again, unpaid
from server.oms.exceptions.ending import end_by, look_again
from server.oms.exceptions.kinds import KINDS, TAKEN_BACK
from server.oms.floor import Floor
from server.oms.holding import hold_bound
from server.oms.listings import tell_again as tell_quantity_again
from server.oms.merging import part_company
from server.oms.notices import tell_again, tell_refund
from server.oms.orders import BY_HAND, CHECK, cancel_order, hold_order, order_by_number, order_lines
from server.oms.papers import drop_paper
from server.oms.parts import cancel_parts
from server.oms.paying import share, whole_paid
from server.oms.progress import give_up_rest, wait_again
from server.oms.refund_asking import agree, send_anyway
from server.oms.refund_papers import drop_request

WAIT_HOURS = 24
HAND, RULE = "hand", "rule"
_COLUMNS = ("x.id, x.site_id, x.kind, x.about, x.order_id, x.channel_id, x.paper_id, x.notice_id, x.listing_id, x.unread_id, c.code AS channel, x.code, x.suggestion, x.state, x.version, "
            "x.owner_id, x.note, x.step, o.number, w.badge AS owner")
_BY_ID = text(f"SELECT {_COLUMNS} FROM order_exception x JOIN worker w ON w.id = x.owner_id LEFT JOIN sales_order o ON o.id = x.order_id LEFT JOIN channel c ON c.id = x.channel_id WHERE x.id = :id").columns(suggestion=JSON)
_TAKE = text("UPDATE order_exception SET version = version + 1, step = :step WHERE id = :id AND state = 'open' AND version = :version")
_WAIT = text("UPDATE order_exception SET wait_until = :until WHERE id = :id")


class SeenTo(Refusal):
    """Somebody else has done something about an exception since it was looked at, or it is over."""

    code = "seen_to"


def exception_by_id(tx: Tx, number: int) -> Any:
    """An exception with its order's number; NotFound when there is none."""
    row = tx.row(_BY_ID, id=number)
    if row is None:
        raise NotFound(f"There is no order exception {number}.", what=str(number))
    return row


def possible_steps(kind: str, *, has_order: bool, has_suggestion: bool, code: str = "") -> list[str]:
    """What can be done about one, the most fitting first. An order whose goods came back is not cancelled, whatever a rule says of its kind."""
    without = {*(() if has_suggestion else ("take_suggestion",)), *(() if has_order else _OF_ORDERS), *(("cancel",) if code == TAKEN_BACK else ())}
    return [step for step in KINDS[kind].steps if step not in without]


def claim(tx: Tx, number: int, version: int, step: str) -> Any:
    """The exception, for whoever acts first on what they saw: SeenTo for all others. Its order is held before it, as everybody does, with all that is bound to it."""
    row = exception_by_id(tx, number)
    if step not in possible_steps(row.kind, has_order=row.order_id is not None, has_suggestion=bool(row.suggestion), code=row.code):
        raise Invalid(f"{step[:32]} is no step for this exception.", field="step")
    if row.number is not None:
        hold_bound(tx, row.number)
    if not tx.changed(_TAKE, id=number, version=version, step=step):
        raise SeenTo("Somebody has seen to this exception meanwhile. Look at it again.", exception=number)
    return row


def take_step(tx: Tx, floor: Floor, number: int, version: int, step: str, *, reason: str, how: str = HAND) -> None:
    """Does a step of an exception and writes it to the audit with its reason."""
    row = claim(tx, number, version, step)
    is_over = _STEPS[step](tx, floor, row, reason)
    if is_over:
        end_by(tx, row, step, how=how)
    if row.number is not None:
        look_again(tx, row.number)
    record(tx, "order_exception.step", f"exception {row.id}", old={"step": row.step, "state": "open"}, new={"step": step, "state": "done" if is_over else "open"},
           kind=row.kind, order=row.number, reason=reason)


def note_tried(tx: Tx, row: Any, what: str, *, reason: str) -> None:
    """A step that is done outside of the transaction was asked for."""
    record(tx, "order_exception.step", f"exception {row.id}", old={"step": row.step}, new={"step": what}, kind=row.kind, order=row.number, reason=reason)


def _let_go(tx: Tx, _floor: Floor, row: Any, reason: str) -> bool:
    order = order_by_number(tx, row.number)
    if order.hold not in (CHECK, BY_HAND):
        raise SeenTo(f"{order.number} is not held any more.", order=order.number)
    pass_findings(tx, order.id)
    left = unpaid(tx, order.id)
    let_go(tx, order.number, left)
    record(tx, "order.let_go", order.number, old={"hold": order.hold}, new={"hold": left}, reason=reason)
    return True


def _take_suggestion(tx: Tx, floor: Floor, row: Any, reason: str) -> bool:
    """The order goes to the suggested address, and is let go if nothing else holds it."""
    order = order_by_number(tx, row.number)
    checked = receiver_of(tx, order.site_id, {**order.ship_to, **row.suggestion}, "on")
    wrong = next((one for one in checked.findings if one.holds), None)
    if wrong is not None:
        raise Invalid(f"The suggestion does not do: {wrong.words}", field="suggestion")
    send_elsewhere(tx, floor, order, checked.ship_to, order.customer, reason=reason)
    look_over_again(tx, order, checked, order.customer, reason=reason)
    return True


def _cancel(tx: Tx, floor: Floor, row: Any, reason: str) -> bool:
    """The floor gives back what it has, and the channel is told."""
    before = hold_order(tx, row.number)
    if before.part:
        floor.withdraw(tx, row.number)
        cancel_order(tx, row.number, reason)
    else:
        part_company(tx, before, floor)
        cancel_parts(tx, before, reason, floor)
    record(tx, "order.cancelled", row.number, old={"state": before.state}, new={"state": "cancelled"}, reason=reason)
    return True


def _agree(tx: Tx, floor: Floor, row: Any, reason: str) -> bool:
    """The platform pays the buyer; of an order of which nothing is left by that nothing is sent."""
    return _cancel(tx, floor, row, reason) if agree(tx, row.number, reason) else True


def _send_anyway(tx: Tx, _floor: Floor, row: Any, reason: str) -> bool:
    """The platform is told nothing: the buyer's request stays open there."""
    send_anyway(tx, row.number, reason)
    return True


def _cancel_rest(tx: Tx, floor: Floor, row: Any, reason: str) -> bool:
    """What is not there will not come; where that is all of it, the order is cancelled. The channel is told either way."""
    lines = order_lines(tx, row.order_id)
    if not any(line.promised or line.shipped for line in lines) and order_by_number(tx, row.number).state in ("accepted", "released"):
        return _cancel(tx, floor, row, reason)
    lacking = give_up_rest(tx, row.number)
    amounts = _paid_for(lacking, order_by_number(tx, row.number))
    tell_refund(tx, row.number, f"exception/{row.id}", amounts, reason)
    record(tx, "order.rest_cancelled", row.number, old={"lacking": [[line.number, line.quantity - line.promised] for line in lacking], "amount": 0},
           new={"lacking": [], "amount": amounts.total()}, reason=reason)
    return True


def _paid_for(lacking: Sequence[Any], order: Any) -> Counter[int]:
    """What was paid for what will not come, by the order with which it was: what comes has its share, as it is paid back by."""
    amounts = Counter[int]()
    for line in lacking:
        amounts[line.origin_id or order.part_of or order.id] += whole_paid(line) - share(whole_paid(line), line.quantity, line.promised)
    return amounts


def _wait_for_stock(tx: Tx, _floor: Floor, row: Any, _reason: str) -> bool:
    wait_again(tx, row.number)
    return True


def _tell_again(tx: Tx, _floor: Floor, row: Any, _reason: str) -> bool:
    """It is over when the channel has accepted it."""
    if row.listing_id is not None:
        tell_quantity_again(tx, row.listing_id)
    else:
        tell_again(tx, row.notice_id)
    return False


def _ask_again(tx: Tx, _floor: Floor, row: Any, _reason: str) -> bool:
    """It is over when the channel has answered."""
    ask_now(tx, row.channel_id)
    return False


def _drop(tx: Tx, _floor: Floor, row: Any, _reason: str) -> bool:
    if row.unread_id is not None:
        drop_request(tx, row.unread_id)
    else:
        drop_paper(tx, row.paper_id)
    return True


def _wait(tx: Tx, _floor: Floor, row: Any, _reason: str) -> bool:
    tx.execute(_WAIT, {"id": row.id, "until": tx.now + WAIT_HOURS * HOUR})
    return False


def _done(_tx: Tx, _floor: Floor, _row: Any, _reason: str) -> bool:
    return True


_STEPS: dict[str, Callable[[Tx, Floor, Any, str], bool]] = {
    "let_go": _let_go, "take_suggestion": _take_suggestion, "cancel": _cancel, "cancel_rest": _cancel_rest, "wait_for_stock": _wait_for_stock,
    "agree": _agree, "send_anyway": _send_anyway, "tell_again": _tell_again, "try_again": _ask_again, "drop": _drop, "wait": _wait, "done": _done,
}
_OF_ORDERS = frozenset({"agree", "send_anyway", "let_go", "take_suggestion", "cancel", "cancel_rest", "wait_for_stock"})
