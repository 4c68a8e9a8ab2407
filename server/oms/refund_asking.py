"""A buyer asks the platform for the money of an order that has not left: the order waits until somebody has decided, or the buyer does not want it any more."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from server.kernel.audit import record
from server.kernel.errors import Refusal
from server.kernel.transaction import Tx
from server.oms.changing import hold_back, let_go
from server.oms.channels.base import Asked, RefundRequest, Stage
from server.oms.exceptions.elsewhere import unpaid
from server.oms.exceptions.ending import look_again
from server.oms.exceptions.opening import open_refund_asked, open_refund_left
from server.oms.floor import Floor
from server.oms.holding import hold_bound
from server.oms.merging import lines_merged, part_company, unmerge
from server.oms.notices import tell_agreed
from server.oms.orders import hold_order, order_by_number
from server.oms.papers import paper_of_order, settle, want
from server.oms.parts import OPEN, live_parts, whole_lines, withdraw_open
from server.oms.refund_papers import (
    AGREED,
    CANCELS,
    LET_GO,
    REFS_MAX,
    REFUND_ASKED,
    decide,
    is_known,
    link_requests,
    note_holding,
    requests_of,
    store_request,
)
from server.oms.refund_returns import follow_return

_PAPER = text("SELECT p.id, p.version, p.stage, p.state, p.wanted, p.order_id, o.number FROM channel_paper p JOIN sales_order o ON o.id = p.order_id "
              "WHERE p.channel_id = :channel_id AND p.ref = :ref")
_OF_ORDER = text("SELECT c.id, c.code, p.ref FROM channel_paper p JOIN channel c ON c.id = p.channel_id WHERE p.order_id = :order_id "
                 "AND EXISTS (SELECT 1 FROM refund_request r WHERE r.order_id = :order_id)")


def take_request(tx: Tx, channel: Any, request: RefundRequest, floor: Floor) -> None:
    """Keeps a request if it is newer than what is known, and has its order wait or go. The order is asked for anew: it may be known here only then."""
    if is_known(tx, channel.id, request):
        return
    want(tx, channel.id, request.order_ref[:REFS_MAX])  # its paper is held before the request, as who takes in the order does
    if store_request(tx, channel.id, request):
        heed(tx, channel, request.order_ref, floor)


def heed(tx: Tx, channel: Any, order_ref: str, floor: Floor) -> None:
    """Has an order wait while its buyer's request is open, and go when it is not: after anything that happened to either."""
    paper = tx.row(_PAPER, channel_id=channel.id, ref=order_ref[:REFS_MAX])
    if paper is None or not link_requests(tx, channel.id, order_ref[:REFS_MAX], paper.order_id):
        return
    order = hold_bound(tx, paper.number)
    requests = requests_of(tx, order.id)
    for request in requests:
        follow_return(tx, order, request, floor, channel.code)
        if request.stage == Asked.PAID and order.state == "shipped" and paper.state == "refused" and paper.stage == Stage.CANCELLED:
            settle(tx, paper.id, order_id=order.id)  # so a platform calls an order that was paid back after it had left
    requests, can_leave = requests_of(tx, order.id), _can_leave(tx, order)
    holding = _holding(tx, order, requests, paper) if can_leave else _unanswered(order, requests)
    note_holding(tx, requests, holding)
    if not holding:
        _go_on(tx, order, f"nobody asks {channel.code} for its money any more")
    elif can_leave:
        why = "" if order.hold else _stop(tx, order, floor, channel.code)
        if any(not one.decision for one in holding):
            open_refund_asked(tx, order.id, why)
    else:
        open_refund_left(tx, order.id)
    look_again(tx, order.number)


def heed_shipped(tx: Tx, order_number: str, floor: Floor) -> None:
    """Something of an order has left: it waits for no request any more, and may come back for one."""
    order = order_by_number(tx, order_number)
    for row in tx.rows(_OF_ORDER, order_id=order.part_of or order.id):
        heed(tx, row, row.ref, floor)


def agree(tx: Tx, order_number: str, reason: str) -> bool:
    """The platform is told yes, to each open request of the order; whether that is for all that could leave, so that nothing is to be sent."""
    order = hold_order(tx, order_number)
    holding = [one for one in requests_of(tx, order.id) if one.holds]
    is_whole = _can_leave(tx, order) and _is_whole(tx, order, holding)
    for one in holding:
        decide(tx, one.id, CANCELS if is_whole else AGREED)
        tell_agreed(tx, order, one, reason)
    return is_whole


def answer_cancelled(tx: Tx, order_number: str, reason: str) -> None:
    """Who cancels an order here says yes to what its buyer asked for: no seller cancels what is paid on these platforms in another way."""
    order = order_by_number(tx, order_number)
    asked = [one for one in requests_of(tx, order.id) if one.holds and not one.decision and one.stage == Asked.OPEN]
    paper = paper_of_order(tx, order.id)
    if paper is None or paper.stage >= Stage.CANCELLED:
        return
    is_whole = sum(one.amount for one in asked) >= order.total
    for one in asked:
        decide(tx, one.id, CANCELS if is_whole else AGREED)
        tell_agreed(tx, order, one, reason)


def send_anyway(tx: Tx, order_number: str, reason: str) -> None:
    """The order leaves in spite of what its buyer asked for; the platform is told nothing."""
    order = hold_order(tx, order_number)
    for one in requests_of(tx, order.id):
        if one.holds:
            decide(tx, one.id, LET_GO)
    _go_on(tx, order, reason)


def _holding(tx: Tx, order: Any, requests: Sequence[Any], paper: Any) -> list[Any]:
    """Those for which the order waits. What was paid counts until its platform has told the order anew, which says what is left of it."""
    live = [one for one in requests if one.stage != Asked.OVER and one.decision != LET_GO]
    is_old = {one.id for one in live if paper.version < one.version} if _is_whole(tx, order, live) else set()
    return [one for one in live if one.stage != Asked.PAID or paper.wanted or one.id in is_old]


def _can_leave(tx: Tx, order: Any) -> bool:
    return order.state == "merged" or any(part.state in OPEN for part in live_parts(tx, order))


def _unanswered(order: Any, requests: Sequence[Any]) -> list[Any]:
    """What somebody is to answer of an order that has left: its return, where there is one, has its own answer."""
    return [one for one in requests if order.state != "cancelled" and one.stage in (Asked.OPEN, Asked.WAITS) and one.decision == "" and one.rma_id is None]


def _is_whole(tx: Tx, order: Any, requests: Sequence[Any]) -> bool:
    """Whether nothing of the order is left to send when all these are paid."""
    asked, all_of = Counter[str](), set[str]()
    for ref, pieces in (line for one in requests for line in one.lines):
        asked[ref] += pieces
        all_of |= {ref} if not pieces else set()
    rows = [(row, row.quantity) for row in lines_merged(tx, order)] if order.state == "merged" else [
        (line.row, line.quantity) for line in whole_lines(tx, order) if line.row.origin_id is None]
    quantities = Counter[tuple[str, int]]()
    for row, quantity in rows:
        quantities[row.ref, row.pack] += quantity
    return any(not one.lines for one in requests) or (bool(requests) and all(
        ref in all_of or asked[ref] * pack >= quantity for (ref, pack), quantity in quantities.items()))


def _stop(tx: Tx, order: Any, floor: Floor, channel: str) -> str:
    """The floor gives the order back, and it is held; else why it cannot: somebody has to take the parcel out."""
    try:
        with tx.savepoint():
            alone = unmerge(tx, order, floor) if order.state == "merged" else order
            part_company(tx, alone, floor)
            withdraw_open(tx, alone, floor)
            hold_back(tx, alone.number, REFUND_ASKED)
    except Refusal as refusal:
        return refusal.sentence
    record(tx, "order.held", order.number, old={"hold": ""}, new={"hold": REFUND_ASKED}, reason=f"its buyer asked {channel} for the money")
    return ""


def _go_on(tx: Tx, order: Any, reason: str) -> None:
    if order.hold == REFUND_ASKED:
        left = unpaid(tx, order.id)
        let_go(tx, order.number, left)
        record(tx, "order.let_go", order.number, old={"hold": REFUND_ASKED}, new={"hold": order_by_number(tx, order.number).hold}, reason=reason)
