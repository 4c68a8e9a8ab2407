"""Returns are settled: money goes back, other goods go out, or neither does; by the site's rule or by somebody's word."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from server.kernel.audit import record
from server.kernel.errors import Conflict, Invalid, Refusal
from server.kernel.transaction import Tx
from server.masterdata.site_settings import site_settings
from server.oms.notices import tell_refunded
from server.oms.orders import NewOrder, NewOrderLine, accept_order, order_by_number
from server.oms.returns import WHY_MAX, give_back_line, guard_open, hold_return, return_lines

EXCHANGE = "exchange"
"""The channel that exchange orders are of; their reference is the return's number."""
_SETTLE = text("UPDATE rma SET state = 'settled', outcome = :outcome, why = :why, amount = :amount, settled_at = :at WHERE id = :id AND state IN ('announced', 'received')")
_PAY = text("UPDATE line_return SET refunded = refunded + :amount WHERE order_line_id = :id AND refunded + :amount <= paid")
_PAID = text("UPDATE rma_line SET refunded = :quantity, amount = :amount WHERE id = :id")
_NUMBER = text("SELECT number FROM sales_order WHERE id = :id")
_EXCHANGED = text("UPDATE rma SET exchange_order_id = :order_id WHERE id = :id AND exchange_order_id IS NULL")


class OverRefund(Refusal):
    """More money would go back than was paid for the lines and not paid back yet."""

    code = "over_refund"


class NothingCame(Refusal):
    """A return is settled when something of it has come back."""

    code = "nothing_came"


def refund(tx: Tx, number: str, amount: int | None = None, why: str = "") -> int:
    """Pays back for what came: its price, or another `amount` of somebody's word; what was paid back. The order's channel is told.

    OverRefund beyond what was paid for the return's lines and not paid back before, by whatever return.
    """
    rma, lines = _came(tx, number)
    if rma.exchange_order_id is not None:
        raise Conflict(f"Other goods were sent for {number}; it is not paid back as well.", what=number)
    wanted = priced(lines) if amount is None else amount
    shares = _shared(lines, wanted)
    for line in lines:
        if not tx.changed(_PAY, id=line.order_line_id, amount=shares[line.id]):
            raise _over(number, wanted, lines)
        tx.execute(_PAID, {"id": line.id, "quantity": line.came, "amount": shares[line.id]})
    _settle(tx, rma, lines, "refund", why, amount=wanted)
    if wanted:
        tell_refunded(tx, rma.order_number, number, rma.reason, amount=wanted, currency=rma.currency)
    return wanted


def refuse(tx: Tx, number: str, why: str) -> None:
    """Nothing goes back to the customer, who is to be told why."""
    rma, lines = _came(tx, number)
    _settle(tx, rma, lines, "refused", why)


def exchange(tx: Tx, number: str, goods: Sequence[NewOrderLine] = (), *, at_once: bool = False) -> str:
    """Other goods go to the same receiver, by default the same again: the order that brings them. Said again it is the same order.

    NothingCame while something is still to come, unless it is to go `at_once`: then it is settled when all has come.
    """
    rma = hold_return(tx, number)
    if rma.exchange_order_id is not None:
        return _exchange_number(tx, rma)
    guard_open(rma)
    lines = return_lines(tx, rma.id)
    if not at_once and not _all_came(lines):
        raise NothingCame(f"Not all of {number} has come back. Wait for it, or send the other goods at once.", what=number)
    made = _send(tx, rma, goods or [NewOrderLine(item=line.item, quantity=line.quantity) for line in lines if line.quantity])
    if _all_came(lines):
        _settle(tx, rma, lines, "exchange", "")
    return made


def settle_by_rule(tx: Tx, number: str) -> None:
    """What came back whole and as good as new is settled by itself where its site wants it so; anything else waits for somebody."""
    rma = hold_return(tx, number)
    lines = return_lines(tx, rma.id)
    is_good = _all_came(lines) and all(line.restocked == line.quantity for line in lines)
    if rma.state != "received" or rma.made_by == "floor" or not is_good:
        return
    if rma.exchange_order_id is not None:
        _settle(tx, rma, lines, "exchange", "")
    elif site_settings(tx, rma.site_id).return_refunds != "restocked":
        return
    elif rma.wish == "exchange":
        exchange(tx, number)
    else:
        refund(tx, number)


def finish_exchange(tx: Tx, number: str, why: str = "") -> None:
    """Somebody is content with what came of a return whose other goods went at once."""
    rma, lines = _came(tx, number)
    if rma.exchange_order_id is None:
        raise Conflict(f"Nothing was sent for {number} yet.", what=number)
    _settle(tx, rma, lines, "exchange", why)


def priced(lines: Sequence[Any]) -> int:
    """What the goods that came were paid, as far as it was not paid back."""
    return sum(min(line.price * line.came // line.pack, line.refundable) for line in lines)


def refundable(lines: Sequence[Any]) -> int:
    """The most that may be paid back for these lines."""
    return sum(line.refundable for line in lines)


def _came(tx: Tx, number: str) -> tuple[Any, list[Any]]:
    rma = hold_return(tx, number)
    guard_open(rma)
    lines = return_lines(tx, rma.id)
    if not any(line.came for line in lines):
        raise NothingCame(f"Nothing of {number} has come back yet.", what=number)
    return rma, lines


def _all_came(lines: Sequence[Any]) -> bool:
    return bool(lines) and all(line.came == line.quantity for line in lines) and any(line.came for line in lines)


def _shared(lines: Sequence[Any], amount: int) -> Mapping[int, int]:
    """An amount over the lines: of each what came at its price first, then whatever was paid for it."""
    if amount < 0:
        raise Invalid("An amount that is paid back is at least 0.", field="amount")
    shares, left = dict[int, int](), amount
    for line in lines:
        shares[line.id] = min(left, line.price * line.came // line.pack, line.refundable)
        left -= shares[line.id]
    for line in lines:
        more = min(left, line.refundable - shares[line.id])
        shares[line.id] += more
        left -= more
    if left:
        raise _over(lines[0].item, amount, lines)
    return shares


def _over(what: str, amount: int, lines: Sequence[Any]) -> OverRefund:
    most = refundable(lines)
    return OverRefund(f"{amount} would be paid back, and at most {most} was paid for these lines and is not paid back yet.",
                      what=what, amount=amount, most=most)


def _settle(tx: Tx, rma: Any, lines: Sequence[Any], outcome: str, why: str, *, amount: int = 0) -> None:
    if not tx.changed(_SETTLE, id=rma.id, outcome=outcome, why=why[:WHY_MAX], amount=amount, at=tx.now):
        raise AssertionError(f"{rma.number} was held, and has ended")
    for line in lines:
        give_back_line(tx, line.order_line_id, line.quantity - line.came)
    old: dict[str, Any] = {"state": rma.state, "outcome": ""}
    new: dict[str, Any] = {"state": "settled", "outcome": outcome}
    if outcome == "refund":
        old["amount"], new["amount"] = 0, amount
    record(tx, f"rma.{outcome}", rma.number, old=old, new=new, reason=why, currency=rma.currency)


def _send(tx: Tx, rma: Any, goods: Sequence[NewOrderLine]) -> str:
    order = order_by_number(tx, rma.order_number)
    answer = accept_order(tx, NewOrder(
        channel=EXCHANGE, channel_ref=rma.number, site_id=rma.site_id, lines=goods, customer=order.customer, ship_to=order.ship_to,
        carrier=order.carrier, currency=order.currency, note=f"For {rma.number} of {order.number}"))
    tx.execute(_EXCHANGED, {"id": rma.id, "order_id": order_by_number(tx, answer.number).id})
    record(tx, "rma.sent", rma.number, new={"order": answer.number, "lines": [{"item": line.item, "quantity": line.quantity} for line in goods]})
    return answer.number


def _exchange_number(tx: Tx, rma: Any) -> str:
    return str(tx.scalar(_NUMBER, id=rma.exchange_order_id))
