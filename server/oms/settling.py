"""Returns are settled: money goes back, other goods go out, or neither does; by the site's rule or by somebody's word."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from server.kernel.audit import record
from server.kernel.errors import Conflict, Invalid, Refusal
from server.kernel.transaction import Tx
from server.masterdata.site_settings import site_settings
from server.oms.holding import hold_all
from server.oms.notices import tell_refunded
from server.oms.orders import NewOrder, NewOrderLine, accept_order, order_by_number
from server.oms.paying import share
from server.oms.returns import WHY_MAX, give_back_line, guard_open, hold_return, return_by_number, return_lines

EXCHANGE = "exchange"
"""The channel that exchange orders are of; their reference is the return's number."""
_SETTLE = text("UPDATE rma SET state = 'settled', outcome = :outcome, why = :why, amount = :amount, postage = :postage, postage_of_id = :postage_of_id, "
               "settled_at = :at WHERE id = :id AND state IN ('announced', 'received')")
_PAY = text("UPDATE line_return SET refunded = refunded + :amount, kept = :due - refunded - :amount WHERE order_line_id = :id AND refunded + :amount <= :due")
_PAID = text("UPDATE rma_line SET refunded = :quantity, amount = :amount WHERE id = :id")
_WAYS = text("SELECT DISTINCT w.id, w.number, CASE w.postage_refunded WHEN 0 THEN w.postage ELSE 0 END AS rest FROM rma_line n JOIN sales_order_line l ON l.id = n.order_line_id "
             "JOIN sales_order o ON o.id = l.order_id JOIN sales_order w ON w.id = COALESCE(l.origin_id, o.part_of, o.id) WHERE n.rma_id = :id ORDER BY w.number")
"""The orders with which the goods of a return were paid, by their first parts: those that left together each have their own postage."""
_PAY_WAY = text("UPDATE sales_order SET postage_refunded = :postage WHERE id = :id AND postage_refunded = 0 AND postage >= :postage")
_NUMBER = text("SELECT number FROM sales_order WHERE id = :id")
_EXCHANGED = text("UPDATE rma SET exchange_order_id = :order_id WHERE id = :id AND exchange_order_id IS NULL")


class OverRefund(Refusal):
    """More money would go back than was paid for the lines and not paid back yet."""

    code = "over_refund"


class NothingCame(Refusal):
    """A return is settled when something of it has come back."""

    code = "nothing_came"


def refund(tx: Tx, number: str, amount: int | None = None, why: str = "", *, postage: int = 0) -> int:
    """Pays back for what came: what was paid for it, or another `amount` of somebody's word, and `postage` beside; all that was paid back. The order's channel is told.

    OverRefund beyond what was paid for the pieces that came and not paid back before, by whatever return; and beyond the order's postage,
    or where any of that went back before.
    """
    ways = _ways_held(tx, number, postage)
    rma, lines = _came(tx, number)
    if rma.exchange_order_id is not None:
        raise Conflict(f"Other goods were sent for {number}; it is not paid back as well.", what=number)
    wanted = priced(lines) if amount is None else amount
    shares = _shared(lines, wanted)
    for line in lines:
        if not tx.changed(_PAY, id=line.order_line_id, amount=shares[line.id], due=due(line)):
            raise _over(number, wanted, lines)
        tx.execute(_PAID, {"id": line.id, "quantity": line.came, "amount": shares[line.id]})
    amounts = _pay_postage(tx, rma, ways, postage)
    _settle(tx, rma, lines, "refund", why, amount=wanted + postage, postage=postage, postage_of_id=next(iter(amounts), None))
    for line in lines:
        amounts[line.paid_with_id] += shares[line.id]
    tell_refunded(tx, rma.order_number, number, rma.reason, amounts=amounts, currency=rma.currency)
    return wanted + postage


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


def paid_for_came(line: Any) -> int:
    """What was paid for the pieces of a return's line that came: after those that came before, whose share is theirs."""
    return _share(line, line.came_before + line.came) - _share(line, line.came_before)


def proposed(line: Any) -> int:
    """What is paid back for a return's line unless somebody says otherwise."""
    return min(paid_for_came(line), left(line))


def due(line: Any) -> int:
    """What was paid for the pieces of an order's line that came, with this return and before; never less than went back already."""
    return int(max(min(_share(line, line.came_before + line.came), line.paid_shipped), line.paid_back))


def left(line: Any) -> int:
    """Of that what has not gone back."""
    return int(due(line) - line.paid_back)


def priced(lines: Sequence[Any]) -> int:
    """What was paid for the goods that came, as far as it was not paid back."""
    return sum(proposed(line) for line in lines)


def refundable(lines: Sequence[Any]) -> int:
    """The most that may be paid back for what came of these lines."""
    return sum(left(line) for line in lines)


def postage_left(tx: Tx, rma_id: int) -> int:
    """What may go back of the postage that was paid with a return's goods: all of it, once; of each order, where several left together."""
    return sum(int(way.rest) for way in tx.rows(_WAYS, id=rma_id))


def whole_of(line: Any) -> int:
    """What was paid for all of an order's line, of which a return's line is."""
    return int(line.price * line.ordered // line.pack if line.paid is None else line.paid)


def _share(line: Any, pieces: int) -> int:
    return share(whole_of(line), line.ordered, pieces)


def _ways_held(tx: Tx, number: str, postage: int) -> Sequence[Any]:
    """The orders that have the postage, as they stand once they are held."""
    if postage < 0:
        raise Invalid("An amount that is paid back is at least 0.", field="postage")
    if not postage:
        return ()
    rma = return_by_number(tx, number)
    numbers = {way.number for way in tx.rows(_WAYS, id=rma.id)}
    hold_all(tx, numbers | {rma.order_number})
    return tx.rows(_WAYS, id=rma.id)


def _pay_postage(tx: Tx, rma: Any, ways: Sequence[Any], postage: int) -> Counter[int]:
    """Of which order's postage how much goes back: of the first as much as there is."""
    amounts, rest = Counter[int](), postage
    for way in ways:
        paid = min(rest, int(way.rest))
        if paid and tx.changed(_PAY_WAY, id=way.id, postage=paid):
            amounts[way.id] += paid
            rest -= paid
    if rest:
        most = sum(int(way.rest) for way in ways)
        raise OverRefund(f"{postage} would be paid back as postage, and at most {most} was paid for it and is not paid back yet.",
                         what=rma.number, amount=postage, most=most)
    return amounts


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
    """An amount over the lines: of each what was paid for what came first, then whatever has not gone back of what came before."""
    if amount < 0:
        raise Invalid("An amount that is paid back is at least 0.", field="amount")
    shares, rest = dict[int, int](), amount
    for line in lines:
        shares[line.id] = min(rest, proposed(line))
        rest -= shares[line.id]
    for line in lines:
        more = min(rest, left(line) - shares[line.id])
        shares[line.id] += more
        rest -= more
    if rest:
        raise _over(lines[0].item, amount, lines)
    return shares


def _over(what: str, amount: int, lines: Sequence[Any]) -> OverRefund:
    most = refundable(lines)
    return OverRefund(f"{amount} would be paid back, and at most {most} was paid for what came and is not paid back yet.",
                      what=what, amount=amount, most=most)


def _settle(tx: Tx, rma: Any, lines: Sequence[Any], outcome: str, why: str, **money: Any) -> None:
    values = {"amount": 0, "postage": 0, "postage_of_id": None, **money}
    if not tx.changed(_SETTLE, id=rma.id, outcome=outcome, why=why[:WHY_MAX], at=tx.now, **values):
        raise AssertionError(f"{rma.number} was held, and has ended")
    for line in lines:
        give_back_line(tx, line.order_line_id, line.quantity - line.came)
    old: dict[str, Any] = {"state": rma.state, "outcome": ""}
    new: dict[str, Any] = {"state": "settled", "outcome": outcome}
    for name in ("amount", "postage") if outcome == "refund" else ():
        if name == "amount" or values[name]:
            old[name], new[name] = 0, values[name]
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
