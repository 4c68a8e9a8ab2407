"""What channels have to be told, kept until they have accepted it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.kernel.clock import SECOND
from server.kernel.transaction import Tx
from server.masterdata.collect_codes import collect_barcode, collect_code
from server.oms.channels.base import Asked, Stage
from server.oms.exceptions.ending import end_about
from server.oms.exceptions.opening import open_notice
from server.oms.orders import order_by_number, order_lines
from server.oms.papers import paper_of_order
from server.oms.refund_papers import is_answered

_OPEN_OF = text(
    "SELECT COUNT(*) FROM sales_order o JOIN sales_order_line l ON l.order_id = o.id WHERE (o.id = :origin OR o.part_of = :origin "
    "OR o.id = (SELECT merged_into FROM sales_order WHERE id = :origin)) AND COALESCE(l.origin_id, o.part_of, o.id) = :origin "
    "AND o.state NOT IN ('cancelled', 'merged') AND l.shipped + l.short < l.quantity")
"""Lines of an order of which something has not left yet, in whichever part or order they are."""
_ADD = text(
    "INSERT INTO channel_notice (channel_id, order_id, kind, once, payload, created_at) VALUES (:channel_id, :order_id, :kind, :once, "
    ":payload, :at) ON CONFLICT (channel_id, once) DO NOTHING"
).bindparams(bindparam("payload", type_=JSON))
_DUE = text(
    "SELECT n.id, n.kind, n.payload, n.attempts, p.ref, p.document FROM channel_notice n JOIN channel_paper p ON p.order_id = n.order_id "
    "AND p.channel_id = n.channel_id WHERE n.channel_id = :channel_id AND n.state = 'waiting' AND n.next_at <= :now ORDER BY n.id LIMIT :most"
).columns(payload=JSON, document=JSON)
_REFUND = text("SELECT n.state, n.attempts, n.error FROM rma r JOIN rma_line m ON m.rma_id = r.id JOIN sales_order_line l ON l.id = m.order_line_id "
               "JOIN sales_order o ON o.id = l.order_id JOIN channel_notice n ON n.order_id = COALESCE(l.origin_id, o.part_of, o.id) WHERE r.number = :number "
               "AND (n.once = :once OR n.once LIKE :once || '/%') ORDER BY CASE n.state WHEN 'refused' THEN 0 WHEN 'waiting' THEN 1 ELSE 2 END, n.id LIMIT 1")
_TOLD = text("UPDATE channel_notice SET state = 'told', told_at = :at, attempts = attempts + 1, error = '' WHERE id = :id AND state = 'waiting'")
_REFUSED = text("UPDATE channel_notice SET state = 'refused', attempts = attempts + 1, error = :error WHERE id = :id AND state = 'waiting'")
_LATER = text("UPDATE channel_notice SET attempts = attempts + 1, error = :error, next_at = :next_at WHERE id = :id AND state = 'waiting'")
_AGAIN = text("UPDATE channel_notice SET state = 'waiting', next_at = 0 WHERE id = :id AND state = 'refused'")
_PAID_BY = text("UPDATE refund_request SET notice_id = (SELECT id FROM channel_notice WHERE channel_id = :channel_id AND once = :once) "
                "WHERE id = :id AND notice_id IS NULL")
_REQUEST_OF = text(f"SELECT q.id, q.ref, q.channel_id, q.order_id FROM refund_request q JOIN rma r ON r.id = q.rma_id WHERE r.number = :number AND q.stage <> {Asked.OVER:d}")
_AGAIN_MAX_MS = 600 * SECOND


def tell_shipped(tx: Tx, order_number: str, parcel: str, carrier: str, shipped: Sequence[tuple[int, int]]) -> None:
    """A parcel has left: the channel is told its number, and how much of which of its lines. Orders of no channel are nobody's to tell."""
    order = order_by_number(tx, order_number)
    lines = {line.number: line for line in order_lines(tx, order.id)}
    first = order.part_of or order.id
    for origin in dict.fromkeys(lines[number].origin_id or first for number, _ in shipped):
        paper = paper_of_order(tx, origin)
        if paper is not None:
            payload = {"tracking": parcel, "carrier": carrier, "is_whole": not tx.scalar(_OPEN_OF, origin=origin),
                       "lines": [[lines[number].ref, quantity] for number, quantity in shipped if (lines[number].origin_id or first) == origin]}
            once = f"ship/{order_number}/{parcel}" + (f"/{origin}" if origin != first else "")
            _add(tx, paper, "ship", once, payload)


def tell_ready(tx: Tx, order_number: str, until: int) -> None:
    """The customer may come: the channel is told the code to say, as it is the one that can write to them."""
    order = order_by_number(tx, order_number)
    paper = paper_of_order(tx, order.id)
    if paper is not None:
        code = collect_code(tx, order_number)
        _add(tx, paper, "ready", f"ready/{order_number}/{until}", {"code": code, "barcode": collect_barcode(order_number, code), "until": until})


def tell_cancelled(tx: Tx, order_number: str, reason: str) -> None:
    """Nothing will come of an order: its channel is told, unless it said so itself, or is told that its buyer's request is agreed to."""
    order = order_by_number(tx, order_number)
    paper = paper_of_order(tx, order.id)
    if paper is not None and paper.stage < Stage.CANCELLED and not is_answered(tx, order.id):
        _add(tx, paper, "cancel", f"cancel/{order_number}", {"reason": reason})


def tell_agreed(tx: Tx, order: Any, request: Any, reason: str) -> None:
    """The seller says yes to a buyer's request, once: it pays this refund and no other."""
    paper, once = paper_of_order(tx, order.id), f"refund/request/{request.id}"
    if paper is not None:
        _add(tx, paper, "refund", once, {"amount": request.amount, "currency": order.currency, "reason": reason, "request": request.ref})
        tx.execute(_PAID_BY, {"id": request.id, "channel_id": paper.channel_id, "once": once})


def tell_refund(tx: Tx, order_number: str, once: str, amounts: Mapping[int, int], reason: str) -> None:
    """So much is paid back (smallest unit) of each of the orders that left as this one, by the number of its first part: the channel of each is told, once."""
    order = order_by_number(tx, order_number)
    for paid_with, amount in amounts.items():
        _tell_paid_back(tx, order, once, paid_with, {"amount": amount, "currency": order.currency, "reason": reason})


def tell_refunded(tx: Tx, order_number: str, number: str, reason: str, *, amounts: Mapping[int, int], currency: str) -> None:
    """The same for a return: what was paid for it with one order is told to that one's channel, as the answer to the request that the return is of.

    `number` stands in the reason, so that no two are alike.
    """
    asked, order = tx.row(_REQUEST_OF, number=number), order_by_number(tx, order_number)
    for paid_with, amount in amounts.items():
        is_answer = asked is not None and asked.order_id == paid_with
        payload = {"amount": amount, "currency": currency, "reason": f"{number} {reason}"} | ({"request": asked.ref} if is_answer else {})
        once = _tell_paid_back(tx, order, number, paid_with, payload)
        if is_answer:
            tx.execute(_PAID_BY, {"id": asked.id, "channel_id": asked.channel_id, "once": once})


def _tell_paid_back(tx: Tx, order: Any, once: str, paid_with: int, payload: dict[str, Any]) -> str:
    """Under which name it is kept: of an order that left with another it has that one's number, too."""
    paper = paper_of_order(tx, paid_with)
    named = f"refund/{once}" + ("" if paid_with == (order.part_of or order.id) else f"/{paid_with}")  # a part has no paper of its own
    if paper is not None and payload["amount"] > 0:
        _add(tx, paper, "refund", named, payload)
    return named


def tell_again(tx: Tx, notice: int) -> bool:
    """What a channel refused is told once more; False when it was not refused."""
    return bool(tx.changed(_AGAIN, id=notice))


def refund_notice(tx: Tx, number: str) -> Any:
    """Whether the channel was told of a return's refund: state, attempts and the last error, of several that of which most is still to be done; None where nobody was to be told."""
    return tx.row(_REFUND, once=f"refund/{number}", number=number)


def due_notices(tx: Tx, channel_id: int, most: int = 50) -> list[Any]:
    """What a channel is to be told now, in the order in which it happened, with the paper that it belongs to."""
    return tx.rows(_DUE, channel_id=channel_id, now=tx.now, most=most)


def note_told(tx: Tx, notice: int) -> None:
    """The channel has accepted it."""
    tx.execute(_TOLD, {"id": notice, "at": tx.now})
    end_about(tx, f"notice/{notice}")


def note_refused(tx: Tx, notice: int, words: str) -> None:
    """The channel will not hear of it: somebody has to see to it."""
    if tx.changed(_REFUSED, id=notice, error=words[:512]):
        open_notice(tx, notice)


def note_later(tx: Tx, notice: Any, words: str) -> None:
    """The channel could not be told; it is tried again, at longer and longer intervals."""
    wait = min(SECOND * 2 ** min(notice.attempts, 20), _AGAIN_MAX_MS)
    tx.execute(_LATER, {"id": notice.id, "error": words[:512], "next_at": tx.now + wait})


def _add(tx: Tx, paper: Any, kind: str, once: str, payload: dict[str, Any]) -> None:
    tx.execute(_ADD, {"channel_id": paper.channel_id, "order_id": paper.order_id, "kind": kind, "once": once, "payload": payload, "at": tx.now})
