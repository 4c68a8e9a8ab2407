"""Returns are announced, waited for, and ended: an order's goods come back under a number, and never more of a line than was shipped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from server.kernel.audit import record
from server.kernel.clock import DAY
from server.kernel.counters import next_number
from server.kernel.errors import Invalid, NotFound, Refusal
from server.kernel.transaction import Tx
from server.masterdata.site_settings import site_settings
from server.oms.holding import hold_all
from server.oms.orders import hold_order

REASONS = ("damaged", "wrong_item", "not_as_described", "changed_mind", "too_late", "other")
WISHES = ("refund", "exchange")
OPEN = ("announced", "received")
NOTE_MAX, WHY_MAX = 512, 256
_WAITS_MORE_DAYS = 30
"""What was announced in time may be on the road for so long."""
_COLUMNS = ("r.id, r.number, r.order_id, r.site_id, r.state, r.made_by, r.reason, r.note, r.wish, r.outcome, r.why, r.currency, r.amount, r.postage, "
            "r.exchange_order_id, r.token_hash, r.salt, r.created_at, r.expires_at, r.settled_at, o.number AS order_number")
_ADD = text(
    "INSERT INTO rma (number, order_id, site_id, state, made_by, reason, note, wish, currency, created_at, expires_at) VALUES "
    "(:number, :order_id, :site_id, :state, :made_by, :reason, :note, :wish, :currency, :at, :expires_at) RETURNING id"
)
_ADD_LINE = text(
    "INSERT INTO rma_line (rma_id, order_line_id, quantity) VALUES (:rma_id, :order_line_id, :quantity) "
    "ON CONFLICT (rma_id, order_line_id) DO UPDATE SET quantity = rma_line.quantity + excluded.quantity"
)
_WHOLE = "COALESCE(paid, price * quantity / pack)"
_PAID_OF = f"CASE WHEN {{0}} >= quantity THEN {_WHOLE} ELSE {_WHOLE} / quantity * {{0}} + {_WHOLE} % quantity * {{0}} / quantity END"
"""What was paid for so many pieces of an order's line, as `paying.share` has it; the product of both could be larger than any number."""
_ANNOUNCE = text(
    f"INSERT INTO line_return (order_line_id, shipped, announced, paid) SELECT id, shipped, :quantity, {_PAID_OF.format('shipped')} FROM sales_order_line "
    "WHERE id = :id AND shipped >= :quantity ON CONFLICT (order_line_id) DO UPDATE SET shipped = excluded.shipped, "
    "paid = CASE WHEN line_return.refunded > excluded.paid THEN line_return.refunded ELSE excluded.paid END, kept = 0, "
    "announced = line_return.announced + excluded.announced WHERE line_return.announced + excluded.announced <= excluded.shipped"
)
_UNANNOUNCE = text("UPDATE line_return SET announced = announced - :quantity WHERE order_line_id = :id AND announced >= :quantity")
_BY_NUMBER = text(f"SELECT {_COLUMNS} FROM rma r JOIN sales_order o ON o.id = r.order_id WHERE r.number = :number")
_OF_ORDER = text(f"SELECT {_COLUMNS} FROM rma r JOIN sales_order o ON o.id = r.order_id WHERE r.order_id = :order_id ORDER BY r.id")
_LINES = text(
    "SELECT n.id, n.order_line_id, l.number AS line, l.item_id, i.code AS item, i.name, l.price, l.pack, l.paid, l.quantity AS ordered, n.quantity, n.restocked, "
    "n.quarantined, n.scrapped, n.restocked + n.quarantined + n.scrapped AS came, n.refunded, n.amount, COALESCE(t.paid, 0) AS paid_shipped, "
    "COALESCE(t.refunded, 0) AS paid_back, (SELECT CAST(COALESCE(SUM(b.restocked + b.quarantined + b.scrapped), 0) AS BIGINT) FROM rma_line b "
    "JOIN rma c ON c.id = b.rma_id WHERE b.order_line_id = n.order_line_id AND c.outcome = 'refund' AND c.id <> n.rma_id) AS came_before, "
    "COALESCE(l.origin_id, o.part_of, o.id) AS paid_with_id "
    "FROM rma_line n JOIN sales_order_line l ON l.id = n.order_line_id JOIN sales_order o ON o.id = l.order_id JOIN item i ON i.id = l.item_id "
    "LEFT JOIN line_return t ON t.order_line_id = l.id WHERE n.rma_id = :id ORDER BY l.number"
)
_REST = text(
    "SELECT l.id, l.number AS line, l.item_id, i.code AS item, i.name, l.shipped, COALESCE(l.paid / l.quantity, l.price / l.pack) AS price, l.shipped - COALESCE(t.announced, 0) AS rest "
    "FROM sales_order_line l JOIN item i ON i.id = l.item_id LEFT JOIN line_return t ON t.order_line_id = l.id "
    "WHERE l.order_id = :order_id AND l.shipped > 0 ORDER BY l.number"
)
_END = text("UPDATE rma SET state = :state, why = :why WHERE id = :id AND state = 'announced'")
_EXPIRED = text("SELECT r.number, o.number AS order_number FROM rma r CROSS JOIN sales_order o WHERE r.state = 'announced' AND r.expires_at IS NOT NULL "
                "AND r.expires_at <= :now AND o.id = r.order_id ORDER BY r.expires_at LIMIT :most")


class OverReturned(Refusal):
    """More would come back of an order's line than was shipped of it, over all its returns."""

    code = "over_return"


class ReturnIsOver(Refusal):
    """A return that was settled, cancelled or given up is not changed any more."""

    code = "return_is_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReturn:
    """What somebody wants to send back of an order: `lines` are (number of the order's line, quantity)."""

    order: str
    lines: Sequence[tuple[int, int]]
    reason: str
    wish: str = "refund"
    note: str = ""
    made_by: str = "staff"


def announce(tx: Tx, new: NewReturn) -> str:
    """Writes a return; its number. Invalid names each line that is wrong, OverReturned says of which line less is left."""
    order = hold_order(tx, new.order)
    lines = _checked(tx, order, new)
    number = add_return(tx, order, new, expires_at=tx.now + (site_settings(tx, order.site_id).return_days + _WAITS_MORE_DAYS) * DAY)
    row = return_by_number(tx, number)
    for line, quantity in lines:
        if not take_line(tx, row.id, line.id, quantity):
            raise OverReturned(f"{quantity} of {line.item} would come back, and {line.rest} of it are still with the customer and not announced.",
                               item=line.item, rest=line.rest, quantity=quantity)
    record(tx, "rma.announced", number, new={"order": order.number, "by": new.made_by, "reason": new.reason, "wish": new.wish,
                                             "lines": [{"item": line.item, "quantity": quantity} for line, quantity in lines]})
    return number


def add_return(tx: Tx, order: Any, new: NewReturn, *, expires_at: int | None, state: str = "announced") -> str:
    """The head of a return, without lines; its number."""
    number = f"RMA-{next_number(tx, 'rma'):06d}"
    tx.execute(_ADD, {"number": number, "order_id": order.id, "site_id": order.site_id, "state": state, "made_by": new.made_by, "reason": new.reason,
                      "note": new.note[:NOTE_MAX], "wish": new.wish, "currency": order.currency, "at": tx.now, "expires_at": expires_at})
    return number


def take_line(tx: Tx, rma_id: int, order_line_id: int, quantity: int) -> bool:
    """So much of an order's line belongs to a return; False when not so much of it is left."""
    if not tx.changed(_ANNOUNCE, id=order_line_id, quantity=quantity):
        return False
    tx.execute(_ADD_LINE, {"rma_id": rma_id, "order_line_id": order_line_id, "quantity": quantity})
    return True


def give_back_line(tx: Tx, order_line_id: int, quantity: int) -> None:
    """So much of an order's line may be announced anew."""
    if quantity and not tx.changed(_UNANNOUNCE, id=order_line_id, quantity=quantity):
        raise AssertionError(f"less than {quantity} of the order's line {order_line_id} were announced")


def return_by_number(tx: Tx, number: str) -> Any:
    """A return with its order's number; NotFound when there is none."""
    row = tx.row(_BY_NUMBER, number=number)
    if row is None:
        raise NotFound(f"There is no return {number[:32]}.", what=number[:32])
    return row


def hold_return(tx: Tx, number: str) -> Any:
    """The same for who goes on to write of it: whoever writes of the same order waits."""
    hold_order(tx, return_by_number(tx, number).order_number)
    return return_by_number(tx, number)


def returns_of_order(tx: Tx, order_id: int) -> list[Any]:
    """All returns of an order, the oldest first."""
    return tx.rows(_OF_ORDER, order_id=order_id)


def return_lines(tx: Tx, rma_id: int) -> list[Any]:
    """What is to come back with a return, what came of it and, for which money went back, of the same line before; what was paid for it, with which order, and paid back."""
    return tx.rows(_LINES, id=rma_id)


def returnable_lines(tx: Tx, order_id: int) -> list[Any]:
    """The shipped lines of an order; `rest` is what may still be announced of each."""
    return tx.rows(_REST, order_id=order_id)


def was_paid_back(tx: Tx, order_id: int) -> bool:
    """Whether money went back for a return of the order."""
    return any(one.outcome == "refund" for one in returns_of_order(tx, order_id))


def cancel_return(tx: Tx, number: str, why: str) -> None:
    """Nothing will come of it; ReturnIsOver when something came, or it has ended. Its paper on the floor is the caller's to end."""
    _end(tx, hold_return(tx, number), "cancelled", why)


def expire_returns(tx: Tx, most: int = 200) -> list[str]:
    """Returns that were waited for too long are given up; their numbers."""
    rows = tx.rows(_EXPIRED, now=tx.now, most=most)
    hold_all(tx, {str(row.order_number) for row in rows})
    return [str(row.number) for row in rows if _expire(tx, row.number)]


def is_open(tx: Tx, number: str) -> bool:
    """Whether something can still be done about a return."""
    return return_by_number(tx, number).state in OPEN


def guard_open(rma: Any) -> None:
    """ReturnIsOver unless something can still be done about it."""
    if rma.state not in OPEN:
        raise ReturnIsOver(f"{rma.number} is {rma.state}; it cannot be changed any more.", what=rma.number, state=rma.state)


def _expire(tx: Tx, number: str) -> bool:
    rma = hold_return(tx, number)
    if rma.state != "announced":
        return False
    _end(tx, rma, "expired", "")
    return True


def _end(tx: Tx, rma: Any, state: str, why: str) -> None:
    if not tx.changed(_END, id=rma.id, state=state, why=why[:WHY_MAX]):
        raise ReturnIsOver(f"{rma.number} is {rma.state}; it cannot be changed any more.", what=rma.number, state=rma.state)
    for line in return_lines(tx, rma.id):
        give_back_line(tx, line.order_line_id, line.quantity - line.came)
    record(tx, f"rma.{state}", rma.number, old={"state": rma.state}, new={"state": state}, reason=why)


def _checked(tx: Tx, order: Any, new: NewReturn) -> list[tuple[Any, int]]:
    if new.reason not in REASONS or new.wish not in WISHES:
        raise Invalid(f"The reason is one of {', '.join(REASONS)}; the wish is refund or exchange.", field="reason")
    known: Mapping[int, Any] = {line.line: line for line in returnable_lines(tx, order.id)}
    errors = [{"where": f"line {number}", "what": "nothing of it was shipped" if number not in known else "must be a whole number of at least 1"}
              for number, quantity in new.lines if number not in known or quantity < 1]
    if errors or not new.lines or len({number for number, _ in new.lines}) < len(new.lines):
        raise Invalid(f"{order.number}: name each shipped line once, with how much of it comes back.", errors=errors)
    return [(known[number], quantity) for number, quantity in new.lines]
